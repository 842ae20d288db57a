"""
The nodes of unions, told apart as `symphony_codecs.hooks.unions` does.

A member with a hook of the user's is a `Hook` among the other members.
Whatever is irregular (two members that look alike, a member without a form)
is left to the union's hook, which works or says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union

import attrs

from .._signals import raise_if_from_signal
from ..hooks._literals import find_literal
from ..hooks.domain import TaggedValueShape
from ..hooks.enums import literal_values
from ..hooks.unions import group_kinds, in_order, is_variant, options_for, union_members
from ..options import UnionOptions
from . import nodes
from .annotations import admits_none, behind, class_of
from .fields import WireField, is_positional, wire_fields
from .structs import body
from .values import may_write


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
    if options.tagging == "internal" and not builder.reads:
        return _beside_hooks(variants, structs, options, builder)
    return _tagged(variants, options, builder)


def _beside_hooks(
    variants: tuple[nodes.Variant, ...], structs: list[Any], options: UnionOptions, builder: Builder
) -> nodes.Node | None:
    """Build the node that writes tags among the fields; the union's hook writes them into what a user's hook makes."""
    if not any(isinstance(variant.node, nodes.Hook) for variant in variants):
        return _tagged(variants, options, builder)
    hook = _own_hook(structs, builder)
    if hook is None:
        return None
    members = tuple(
        hook if isinstance(variant.node, nodes.Hook) else _tagged((variant,), options, builder) for variant in variants
    )
    return nodes.UntaggedUnion(
        members=members, writers={variant.cls: node for variant, node in zip(variants, members, strict=True)}
    )


def _own_hook(members: list[Any], builder: Builder) -> nodes.Hook | None:
    """Return the node that calls the hook of a union of *members*, if it is ours."""
    tp: Any = Union[tuple(members)]  # noqa: UP007 - of members found at run time
    return builder.hook(tp) if builder.is_own(tp) else None


def _tagged(variants: tuple[nodes.Variant, ...], options: UnionOptions, builder: Builder) -> nodes.TaggedUnion:
    assert options.tagging != "untagged"
    converter = builder.converter
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
        is_inline = options.tagging == "internal"
        if not builder.are_own(tp) or not builder.are_own(behind(tp)):
            node = builder.node(tp)
            # The content is what the hook makes of it, whatever fields there are.
            if is_inline and not isinstance(node, nodes.Hook):
                return None
            variants.append(nodes.Variant(name=name, cls=cls, node=node))
            continue
        fields = [field for field in wire_fields(behind(tp), converter) if not field.omitted]
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
            inline = builder.node(tp) if builder.reads else body(behind(tp), builder)
            if inline is None or (isinstance(inline, nodes.Struct) and inline.kept is not None):
                return None
            variant = nodes.Variant(name=name, cls=cls, node=inline)
        else:
            variant = nodes.Variant(name=name, cls=cls, node=builder.node(tp) if fields else None)
        variants.append(variant)
    if len({variant.cls for variant in variants}) < len(variants):
        return None
    return tuple(variants) if len({variant.name for variant in variants}) == len(variants) else None


def _labelled(key: str, structs: list[Any], builder: Builder) -> nodes.Node | None:
    """Build the node of classes that differ in the literal field *key*."""
    positions: set[int] = set()
    readers: dict[tuple[type, Any], nodes.Node] = {}
    writers: dict[type, nodes.Node] = {}
    for tp in structs:
        fields = [field for field in wire_fields(behind(tp), builder.converter) if not field.omitted]
        position, field = next((i, f) for i, f in enumerate(fields) if f.key == key)
        positions.add(position)
        if builder.reads:
            write = builder.converter.get_unstructure_hook(field.type)
            node = builder.node(tp)
            readers.update(((type(wire), wire), node) for wire in map(write, literal_values(behind(field.type))))
        else:
            writer = _with_label(tp, field, builder) or _own_hook(structs, builder)
            if writer is None:
                return None
            writers[class_of(tp)] = writer
    at_one_place = len(positions) == 1
    if not at_one_place and not builder.reads and any(is_positional(class_of(tp), builder.converter) for tp in structs):
        return None
    return nodes.UnionByLiteral(
        key=key, position=min(positions) if at_one_place else None, readers=readers, writers=writers
    )


def _with_label(tp: Any, field: WireField, builder: Builder) -> nodes.Node | None:
    """Build the node that writes a class with its literal *field*, also where that would be left out."""
    if not builder.are_own(tp) or not builder.are_own(behind(tp)):
        return None
    node = builder.node(tp)
    if field.default is None and not field.omit_none:
        return node
    record = body(behind(tp), builder)
    (value, *more) = literal_values(behind(field.type))
    if record is None or record.positional:
        return None if record is None else node
    try:
        default = nodes.ABSENT if field.default is None else field.default(None)
    except Exception as exc:  # noqa: BLE001 - it is of the instance
        raise_if_from_signal(exc)
        return None
    if more or value is None or (default == value and type(default) is not type(value)):
        return None  # sometimes left out
    (label,) = (each for each in record.fields if each.key == field.key)
    held = attrs.evolve(label, omit_none=False, is_default=None)
    if default == value:  # then it stands first
        return attrs.evolve(record, fields=(held, *(each for each in record.fields if each is not label)))
    return attrs.evolve(record, fields=tuple(held if each is label else each for each in record.fields))


def _untagged(members: list[Any], options: UnionOptions, builder: Builder) -> nodes.Node | None:
    """Build the node of a union of which the first member that fits is taken."""
    newtypes = builder.converter.unions.newtypes if options.newtypes is None else options.newtypes
    ordered = in_order(members, options)
    tried: list[nodes.Node] = []
    for member in ordered:
        node = builder.trying(member)
        if is_variant(member) and builder.are_own(member):
            fields = [field for field in wire_fields(behind(member), builder.converter) if not field.omitted]
            if not fields or class_of(member) in newtypes:
                return None
            if options.maps and not builder.reads:
                record = body(behind(member), builder)
                if record is None:
                    return None
                node = attrs.evolve(record, positional=False)
        tried.append(node)
    if builder.reads:
        hook = _own_hook(ordered, builder) if builder.is_trying else None
        if builder.is_trying and hook is None:
            return None
        return nodes.UntaggedUnion(members=tuple(tried), hook=hook)
    hook = _own_hook(ordered, builder)
    if hook is None:
        return None
    writers: dict[type, nodes.Node] = {}
    for cls in map(class_of, ordered):
        # A class of the user's is its own, whatever else a hook behind it may take; of others it depends on the value.
        takers = [node for node in tried if may_write(node, cls)]
        if isinstance(cls, type) and (len(takers) == 1 or isinstance(takers[0], nodes.Struct)):
            writers[cls] = takers[0]
    return nodes.UntaggedUnion(members=tuple(tried), writers=writers, call=hook.call)


def _mixed(tp: Any, members: list[Any], builder: Builder) -> nodes.Node | None:
    """Build the node of a union whose members differ in what they are on the wire."""
    structs = [member for member in members if is_variant(member)]
    if len(structs) == 1 and not builder.are_own(structs[0]):
        structs = []  # what its own hook makes of it is not known
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
