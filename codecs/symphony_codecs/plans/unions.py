"""
The nodes of unions, told apart as `symphony_codecs.hooks.unions` does.

Whatever is irregular (a member with a hook of the user's, two that look
alike) is left to the union's hook, which works or says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ..hooks._fields import wire_fields
from ..hooks._literals import find_literal
from ..hooks._types import admits_none, behind, class_of
from ..hooks.domain import TaggedValueShape
from ..hooks.enums import literal_values
from ..hooks.unions import group_kinds, in_order, is_variant, options_for, union_members
from ..options import UnionOptions
from .nodes import Cases, Integer, Kinds, Labelled, Node, Optional, Record, Tagged, Untagged, Variant
from .records import body


if TYPE_CHECKING:
    from .planner import Planner


__all__ = ["cases", "union"]


def cases(tp: Any, planner: Planner) -> Node:
    """Plan a `TaggedValue`."""
    held = TaggedValueShape.held(tp)
    return Cases(
        cls=tp,
        nodes={name: None if kind is None else planner.node(kind) for name, kind in held.items()},
        units={name: tp.from_variant(name) for name, kind in held.items() if kind is None},
        make=tp.from_variant,
    )


def union(tp: Any, planner: Planner) -> Node | None:
    """Plan a union."""
    everything = union_members(tp, planner.are_own)
    members = [member for member in everything if member is not type(None)]
    beside_none = len(members) < len(everything)
    options = options_for(members, planner.converter)
    node: Node | None
    if len(members) == 1:
        node = _alone(members[0], planner)
    elif not all(map(planner.are_own, members)):
        return None
    elif all(map(is_variant, members)):
        node = _of_classes(members, planner)
    elif options is not None and options.tagging == "untagged":
        node = _untagged(members, options, planner)
    else:
        node = _mixed(tp, members, planner)
    return Optional(node) if beside_none and node is not None else node


def _alone(member: Any, planner: Planner) -> Node | None:
    """Plan the one class of a union; one without fields must not look like ``None``."""
    node = planner.node(member)
    if isinstance(node, Record) and not node.fields and not planner.reads and is_variant(member):
        return body(behind(member), planner)
    return node


def _of_classes(structs: list[Any], planner: Planner) -> Node | None:
    """Plan the class members of a union."""
    converter = planner.converter
    options = options_for(structs, converter)
    if options is None:
        literals = find_literal(structs, converter)
        if literals:
            return _labelled(min(literals), structs, planner)
        options = UnionOptions()
    if options.tagging == "untagged":
        return _untagged(structs, options, planner)
    variants = _variants(structs, options, planner)
    if variants is None:
        return None
    positional = converter.format.positional if converter.options.positional is None else converter.options.positional
    return Tagged(
        tagging=options.tagging,
        variants=variants,
        tag=options.tag,
        content=options.content,
        positional=positional,
        forbids=converter.options.unknown_fields == "forbid",
    )


def _variants(structs: list[Any], options: UnionOptions, planner: Planner) -> tuple[Variant, ...] | None:
    """Return the variants that the classes are, ``None`` for what only hooks can do, or refuse."""
    converter = planner.converter
    names = {**converter.unions.names, **options.names}
    newtypes = converter.unions.newtypes if options.newtypes is None else options.newtypes
    variants: list[Variant] = []
    for tp in structs:
        cls = class_of(tp)
        name = names.get(cls) or cls.__name__
        if not planner.are_own(behind(tp)):
            return None
        fields = [field for field in wire_fields(behind(tp), converter) if not field.omitted]
        is_inline = options.tagging == "internal"
        if cls in newtypes:
            if len(fields) != 1 or is_inline:
                return None
            (field,) = fields
            variant = Variant(
                name=name,
                cls=cls,
                node=planner.node(field.type),
                field=field.name,
                argument=field.argument,
                optional=admits_none(field.type),
            )
        elif is_inline:
            if options.tag in {field.key for field in fields}:
                return None
            node = planner.node(tp) if planner.reads else body(behind(tp), planner)
            if not isinstance(node, Record) or node.kept is not None:
                return None
            variant = Variant(name=name, cls=cls, node=node)
        else:
            variant = Variant(name=name, cls=cls, node=planner.node(tp) if fields else None)
        variants.append(variant)
    if len({variant.cls for variant in variants}) < len(variants):
        return None
    return tuple(variants) if len({variant.name for variant in variants}) == len(variants) else None


def _labelled(key: str, structs: list[Any], planner: Planner) -> Node | None:
    """Plan classes that differ in the literal field *key*."""
    positions: set[int] = set()
    readers: dict[tuple[type, Any], Node] = {}
    writers: dict[type, Node] = {}
    for tp in structs:
        fields = [field for field in wire_fields(behind(tp), planner.converter) if not field.omitted]
        position, field = next((i, f) for i, f in enumerate(fields) if f.key == key)
        if field.default is not None or field.omit_none:  # written all the same, which a record would not do
            return None
        positions.add(position)
        write = planner.converter.get_unstructure_hook(field.type)
        node = planner.node(tp)
        for value in literal_values(behind(field.type)):
            wire = write(value)
            readers[type(wire), wire] = node
        writers[class_of(tp)] = node
    at_one_place = len(positions) == 1
    if not at_one_place and any(isinstance(node, Record) and node.positional for node in writers.values()):
        return None
    return Labelled(key=key, position=min(positions) if at_one_place else None, readers=readers, writers=writers)


def _untagged(members: list[Any], options: UnionOptions, planner: Planner) -> Node | None:
    """Plan a union of which the first member that fits is taken."""
    if planner.is_trying:
        return None
    newtypes = planner.converter.unions.newtypes if options.newtypes is None else options.newtypes
    nodes: list[Node] = []
    for member in in_order(members, options):
        node = planner.trying(member)
        if is_variant(member):
            if not isinstance(node, Record) or not node.fields or class_of(member) in newtypes:
                return None
            if options.maps and not planner.reads:
                nodes.append(attrs.evolve(node, positional=False))
                continue
        nodes.append(node)
    if planner.reads:
        return Untagged(members=tuple(nodes))
    writers = {class_of(m): node for m, node in zip(in_order(members, options), nodes, strict=True)}
    if len(writers) < len(members) or not all(map(is_variant, members)):
        return None
    return Untagged(members=tuple(nodes), writers=writers)


def _mixed(tp: Any, members: list[Any], planner: Planner) -> Node | None:
    """Plan a union whose members differ in what they are on the wire."""
    structs = [member for member in members if is_variant(member)]
    readers: dict[type, Node] = {}
    writers: dict[type, list[Node]] = {}
    other: Node | None = None
    groups: list[tuple[frozenset[type] | None, Node, tuple[Any, ...]]] = []
    if structs:
        one = len(structs) == 1
        node = _alone(structs[0], planner) if one else _of_classes(structs, planner)
        if node is None:
            return None
        groups.append((group_kinds(structs, planner.converter), node, tuple(map(class_of, structs))))
    groups.extend(
        (planner.kinds(member), planner.node(member), (class_of(member),))
        for member in members
        if member not in structs
    )
    for kinds, node, classes in groups:
        if kinds is None:
            if other is not None:
                return None
            other = node
        elif kinds & readers.keys():
            return None
        else:
            readers.update(dict.fromkeys(kinds, node))
        for cls in classes:
            writers.setdefault(cls, []).append(_held_to(node, kinds))
    if planner.reads:
        if float in readers and int not in readers:  # serde reads an integer where a float belongs
            readers[int] = readers[float]
        return Kinds(readers=readers, other=other)
    certain = {cls: found[0] for cls, found in writers.items() if len(found) == 1 and isinstance(cls, type)}
    return Kinds(writers=certain, call=planner.converter.get_unstructure_hook(tp))


def _held_to(node: Node, kinds: frozenset[type] | None) -> Node:
    """Refuse to write what would be read back as another member: a wide int as text."""
    if isinstance(node, Integer) and node.wide is not None and kinds is not None and node.minimum is None:
        return attrs.evolve(node, minimum=node.wide[0], maximum=node.wide[1])
    return node
