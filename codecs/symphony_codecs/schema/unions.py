"""
The nodes of unions, told apart as `symphony_codecs.hooks.unions` does.

Whatever is irregular (a member with a hook of the user's, two that look
alike) is left to the union's hook, which works or says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ..hooks._literals import find_literal
from ..hooks.domain import TaggedValueShape
from ..hooks.enums import literal_values
from ..hooks.unions import group_kinds, in_order, is_variant, options_for, union_members
from ..options import UnionOptions
from . import nodes
from .annotations import admits_none, behind, class_of
from .fields import wire_fields
from .structs import body


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["cases", "union"]


def cases(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a `TaggedValue`."""
    held = TaggedValueShape.held(tp)
    return nodes.TaggedValueNode(
        cls=tp,
        nodes={name: None if kind is None else builder.node(kind) for name, kind in held.items()},
        units={name: tp.from_variant(name) for name, kind in held.items() if kind is None},
        make=tp.from_variant,
    )


def union(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a union."""
    everything = union_members(tp, builder.are_own)
    members = [member for member in everything if member is not type(None)]
    beside_none = len(members) < len(everything)
    options = options_for(members, builder.converter)
    node: nodes.Node | None
    if len(members) == 1:
        node = _alone(members[0], builder)
    elif not all(map(builder.are_own, members)):
        return None
    elif all(map(is_variant, members)):
        node = _of_classes(members, builder)
    elif options is not None and options.tagging == "untagged":
        node = _untagged(members, options, builder)
    else:
        node = _mixed(tp, members, builder)
    return nodes.Optional(node) if beside_none and node is not None else node


def _alone(member: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of the one class of a union; one without fields must not look like ``None``."""
    node = builder.node(member)
    if isinstance(node, nodes.Struct) and not node.fields and not builder.reads and is_variant(member):
        return body(behind(member), builder)
    return node


def _of_classes(structs: list[Any], builder: Builder) -> nodes.Node | None:
    """Build the node of the class members of a union."""
    converter = builder.converter
    options = options_for(structs, converter)
    if options is None:
        literals = find_literal(structs, converter)
        if literals:
            return _labelled(min(literals), structs, builder)
        options = UnionOptions()
    if options.tagging == "untagged":
        return _untagged(structs, options, builder)
    variants = _variants(structs, options, builder)
    if variants is None:
        return None
    positional = converter.format.positional if converter.options.positional is None else converter.options.positional
    return nodes.TaggedUnion(
        tagging=options.tagging,
        variants=variants,
        tag=options.tag,
        content=options.content,
        positional=positional,
        forbids=converter.options.unknown_fields == "forbid",
    )


def _variants(structs: list[Any], options: UnionOptions, builder: Builder) -> tuple[nodes.Variant, ...] | None:
    """Return the variants that the classes are, ``None`` for what only hooks can do, or refuse."""
    converter = builder.converter
    names = {**converter.unions.names, **options.names}
    newtypes = converter.unions.newtypes if options.newtypes is None else options.newtypes
    variants: list[nodes.Variant] = []
    for tp in structs:
        cls = class_of(tp)
        name = names.get(cls) or cls.__name__
        if not builder.are_own(behind(tp)):
            return None
        fields = [field for field in wire_fields(behind(tp), converter) if not field.omitted]
        is_inline = options.tagging == "internal"
        if cls in newtypes:
            if len(fields) != 1 or is_inline:
                return None
            (field,) = fields
            variant = nodes.Variant(
                name=name,
                cls=cls,
                node=builder.node(field.type),
                field=field.name,
                argument=field.argument,
                optional=admits_none(field.type),
            )
        elif is_inline:
            if options.tag in {field.key for field in fields}:
                return None
            node = builder.node(tp) if builder.reads else body(behind(tp), builder)
            if not isinstance(node, nodes.Struct) or node.kept is not None:
                return None
            variant = nodes.Variant(name=name, cls=cls, node=node)
        else:
            variant = nodes.Variant(name=name, cls=cls, node=builder.node(tp) if fields else None)
        variants.append(variant)
    if len({variant.cls for variant in variants}) < len(variants):
        return None
    return tuple(variants) if len({variant.name for variant in variants}) == len(variants) else None


def _labelled(key: str, structs: list[Any], builder: Builder) -> nodes.Node | None:
    """Schema classes that differ in the literal field *key*."""
    positions: set[int] = set()
    readers: dict[tuple[type, Any], nodes.Node] = {}
    writers: dict[type, nodes.Node] = {}
    for tp in structs:
        fields = [field for field in wire_fields(behind(tp), builder.converter) if not field.omitted]
        position, field = next((i, f) for i, f in enumerate(fields) if f.key == key)
        if field.default is not None or field.omit_none:  # written all the same, which a record would not do
            return None
        positions.add(position)
        write = builder.converter.get_unstructure_hook(field.type)
        node = builder.node(tp)
        for value in literal_values(behind(field.type)):
            wire = write(value)
            readers[type(wire), wire] = node
        writers[class_of(tp)] = node
    at_one_place = len(positions) == 1
    if not at_one_place and any(isinstance(node, nodes.Struct) and node.positional for node in writers.values()):
        return None
    return nodes.UnionByLiteral(
        key=key, position=min(positions) if at_one_place else None, readers=readers, writers=writers
    )


def _untagged(members: list[Any], options: UnionOptions, builder: Builder) -> nodes.Node | None:
    """Build the node of a union of which the first member that fits is taken."""
    if builder.is_trying:
        return None
    newtypes = builder.converter.unions.newtypes if options.newtypes is None else options.newtypes
    tried: list[nodes.Node] = []
    for member in in_order(members, options):
        node = builder.trying(member)
        if is_variant(member):
            if not isinstance(node, nodes.Struct) or not node.fields or class_of(member) in newtypes:
                return None
            if options.maps and not builder.reads:
                tried.append(attrs.evolve(node, positional=False))
                continue
        tried.append(node)
    if builder.reads:
        return nodes.UntaggedUnion(members=tuple(tried))
    writers = {class_of(m): node for m, node in zip(in_order(members, options), tried, strict=True)}
    if len(writers) < len(members) or not all(map(is_variant, members)):
        return None
    return nodes.UntaggedUnion(members=tuple(tried), writers=writers)


def _mixed(tp: Any, members: list[Any], builder: Builder) -> nodes.Node | None:
    """Build the node of a union whose members differ in what they are on the wire."""
    structs = [member for member in members if is_variant(member)]
    readers: dict[type, nodes.Node] = {}
    writers: dict[type, list[nodes.Node]] = {}
    other: nodes.Node | None = None
    groups: list[tuple[frozenset[type] | None, nodes.Node, tuple[Any, ...]]] = []
    if structs:
        one = len(structs) == 1
        node = _alone(structs[0], builder) if one else _of_classes(structs, builder)
        if node is None:
            return None
        groups.append((group_kinds(structs, builder.converter), node, tuple(map(class_of, structs))))
    groups.extend(
        (builder.kinds(member), builder.node(member), (class_of(member),))
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
    if builder.reads:
        if float in readers and int not in readers:  # serde reads an integer where a float belongs
            readers[int] = readers[float]
        return nodes.UnionByJsonType(readers=readers, other=other)
    certain = {cls: found[0] for cls, found in writers.items() if len(found) == 1 and isinstance(cls, type)}
    return nodes.UnionByJsonType(writers=certain, call=builder.converter.get_unstructure_hook(tp))


def _held_to(node: nodes.Node, kinds: frozenset[type] | None) -> nodes.Node:
    """Refuse to write what would be read back as another member: a wide int as text."""
    if isinstance(node, nodes.Integer) and node.wide is not None and kinds is not None and node.minimum is None:
        return attrs.evolve(node, minimum=node.wide[0], maximum=node.wide[1])
    return node
