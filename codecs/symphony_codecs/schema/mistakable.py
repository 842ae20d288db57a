"""Which members of an untagged union could take what another one has written: what a schema alone can exclude."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from . import nodes
from .annotations import behind, class_of
from .fields import WireField, options_of, wire_fields
from .wire_kinds import kinds_of


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["Member", "may_take"]

_NULL: Final[frozenset[type]] = frozenset((type(None),))
_WIDE: Final = frozenset((str, bytes))  # of an int
_INTEGERS: Final[frozenset[type]] = frozenset((int,))
_EMPTY: Final[frozenset[type]] = frozenset((type(None), list, dict))


class Member(NamedTuple):
    """
    A member of an untagged union.

    Attributes:
        type: Its type.
        is_class: Whether it is a class on the wire whose hooks are ours.
        reader: Its node for reading.
        writer: Its node for writing.
    """

    type: Any
    is_class: bool
    reader: nodes.Node
    writer: nodes.Node


def may_take(member: Member, other: Member, reading: Builder, writing: Builder) -> bool:
    """Return whether *member* may read what *other* writes; ``False`` is certain."""
    written, read = _written(other, writing), _read(member.reader, member.type, reading)
    common = written & read if written is not None and read is not None else written or read
    if common is not None and not common:
        return False
    if not (member.is_class and other.is_class):
        return True
    if isinstance(member.reader, nodes.Bare) or isinstance(other.writer, nodes.Bare):
        return True
    return _class_may_take(member, other, reading, writing, is_array=written == frozenset((list,)))


def _written(member: Member, writing: Builder) -> frozenset[type] | None:
    node = member.writer
    if isinstance(node, nodes.Bare):
        variant = node.variant
        return _NULL if variant.node is None else _kinds(variant.node)
    if isinstance(node, nodes.Struct):
        if not node.fields and node.unit is not nodes.ABSENT:
            return frozenset((type(node.unit),))
        return frozenset((list if node.positional and node.kept is None else dict,))
    return writing.kinds(member.type) if isinstance(node, nodes.Reference) else _kinds(node)


def _kinds(node: nodes.Node) -> frozenset[type] | None:
    """Return the classes of what *node* writes, or reads in its own form: a wide int is text or bytes."""
    while isinstance(node, nodes.Validated):
        node = node.inner
    if isinstance(node, nodes.Enum) and node.missing is not None:
        return None
    kinds: frozenset[type] | None = kinds_of(node)
    if isinstance(node, nodes.Optional):
        inner = _kinds(node.inner)
        return None if inner is None else inner.union(_NULL)
    is_wide = isinstance(node, nodes.Integer) and node.wide is not None
    return kinds | _WIDE if kinds is not None and is_wide else kinds


def _read(node: nodes.Node, tp: Any, reading: Builder) -> frozenset[type] | None:
    while isinstance(node, nodes.Validated):
        node = node.inner
    if isinstance(node, nodes.Optional):
        inner = _read(node.inner, tp, reading)
        return None if inner is None or isinstance(node.inner, nodes.Reference) else inner.union(_NULL)
    if isinstance(node, nodes.Bare):
        return _EMPTY if node.variant.node is None else None
    if isinstance(node, nodes.Reference):
        return reading.kinds(tp)
    kinds = _kinds(node)
    if kinds is None or isinstance(node, (nodes.UnionByJsonType, nodes.UntaggedUnion)):
        return None
    found: frozenset[type] = kinds | frozenset(getattr(node, "foreign", ()))
    return found | _INTEGERS if float in found else found  # which may be whole


def _class_may_take(member: Member, other: Member, reading: Builder, writing: Builder, *, is_array: bool) -> bool:
    """Return the same of two classes, by the names and the number of their fields."""
    registry = writing.registry
    readable = _on_wire(member.type, reading)
    written = _on_wire(other.type, writing)
    if any(field.is_flattened for field in (*readable, *written)):
        return True
    settings = options_of(class_of(member.type), registry)
    if is_array:
        always = settings.serde_required
        least = next((i for i in range(len(readable), 0, -1) if always or not readable[i - 1].optional), 0)
        return least <= len(written) <= len(readable) and not any(
            _differ(one, two, reading, writing) for one, two in zip(readable, written, strict=False)
        )
    unknown = settings.unknown_fields or registry.options.unknown_fields
    of_other = options_of(class_of(other.type), registry).unknown_fields or registry.options.unknown_fields
    if of_other == "keep":
        return True
    by_key = {field.key: field for field in written}
    if not all(any(name in by_key for name in _names(field)) for field in readable if not field.optional):
        return False
    known = {name: field for field in readable for name in _names(field)}
    lasting = [
        field for field in written if not (field.omit_none or field.omit_default) and field.absent is nodes.ABSENT
    ]
    if unknown == "forbid" and not all(field.key in known for field in lasting):
        return False
    return not any(_differ(known[field.key], field, reading, writing) for field in lasting if field.key in known)


def _on_wire(tp: Any, builder: Builder) -> Sequence[WireField]:
    return [field for field in wire_fields(behind(tp), builder.registry) if not field.omitted]


def _names(field: WireField) -> tuple[nodes.FieldName, ...]:
    return field.key, *field.aliases


def _differ(one: WireField, two: WireField, reading: Builder, writing: Builder) -> bool:
    """Return whether one field certainly reads nothing that the other writes."""
    if one.structure is not None or two.unstructure is not None:
        return False
    if not (reading.are_own(one.type) and writing.are_own(two.type)):
        return False
    reader, writer = reading.node(one.type), writing.node(two.type)
    if isinstance(reader, nodes.Enum) and isinstance(writer, nodes.Enum) and reader.missing is writer.missing is None:
        known = [(type(wire), wire) for wire, _ in reader.pairs]
        return not any((type(wire), wire) in known for wire, _ in writer.pairs)
    read, written = _read(reader, one.type, reading), _kinds(writer)
    return read is not None and written is not None and not read & written
