"""Which members of an untagged union could take what another one has written: what a schema alone can exclude."""

from __future__ import annotations

import itertools

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from . import nodes
from .annotations import behind, class_of
from .fields import WireField, is_positional, is_struct, options_of, wire_fields
from .wire_kinds import kinds_of


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["Member", "may_take"]

# How far down types are compared; deeper ones, such as those that hold themselves, may be of any form.
_DEEPEST: Final = 4

_NULL: Final[frozenset[type]] = frozenset((type(None),))
_WIDE: Final = frozenset((str, bytes))  # of an int
_INTEGERS: Final[frozenset[type]] = frozenset((int,))
_LIST: Final[frozenset[type]] = frozenset((list,))
_DICT: Final[frozenset[type]] = frozenset((dict,))
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
    if isinstance(other.writer, nodes.Bare):
        inner = other.writer.variant.node
        written = _Part(nodes.Null() if inner is None else inner)
    else:
        written = _Part(other.writer, other.type, is_class=other.is_class)
    read = _Part(member.reader, member.type, is_class=member.is_class)
    return _Sides(reading, writing).may_meet(read, written)


class _Part(NamedTuple):
    """
    A value, or what stands in it.

    Attributes:
        node: Its node; ``None``: nothing is known of it.
        type: Its type, where that is known.
        is_class: Whether the node is of a class whose hooks are ours.
    """

    node: nodes.Node | None
    type: Any = None
    is_class: bool = False


_UNKNOWN: Final = _Part(None)


class _Array(NamedTuple):
    """
    What an array holds.

    Attributes:
        places: Its items, where their number is known.
        least: How many there are at least.
        item: What every item is, where it may be of any length.
    """

    places: Sequence[_Part]
    least: int = 0
    item: _Part | None = None


class _Sides(NamedTuple):
    """The builders of the nodes that are compared, and how far down the comparison is."""

    reading: Builder
    writing: Builder
    depth: int = 0

    def may_meet(self, read: _Part, written: _Part) -> bool:
        """Return whether what one reads may be what the other writes; ``False`` is certain."""
        reader, writer = _unchecked(read.node), _unchecked(written.node)
        if reader is None or writer is None:
            return True
        taken, given = _read(reader, read.type, self.reading), self.given(writer, written)
        kinds = given & taken if given is not None and taken is not None else given or taken
        if kinds is not None and not kinds:
            return False
        if isinstance(reader, nodes.Enum) and isinstance(writer, nodes.Enum):
            known = [(type(wire), wire) for wire, _ in reader.pairs]
            return not (reader.missing is writer.missing is None) or any(
                (type(wire), wire) in known for wire, _ in writer.pairs
            )
        if self.depth == _DEEPEST or given is None:
            return True
        within = self._replace(depth=self.depth + 1)
        if given == _LIST:
            items, there = within.array(read, reads=True), within.array(written, reads=False)
            return items is None or there is None or within.may_be_items(items, there)
        if given == _DICT:
            return within.may_be_entries(read, written)
        return True

    def given(self, node: nodes.Node, part: _Part) -> frozenset[type] | None:
        """Return the classes of what *node*, that of *part*, writes."""
        if isinstance(node, nodes.Reference):
            if not part.is_class or _unknown(part, self.writing) == "keep":
                return None
            return _LIST if is_positional(class_of(part.type), self.writing.registry) else _DICT
        if not isinstance(node, nodes.Struct):
            return _kinds(node)
        if not node.fields and node.unit is not nodes.ABSENT:
            return frozenset((type(node.unit),))
        if node.positional and node.kept is not None:  # a map where there are unknown fields
            return _LIST | _DICT
        return _LIST if node.positional else _DICT

    def array(self, part: _Part, *, reads: bool) -> _Array | None:
        """Return what is known of the items of an array."""
        node = _unchecked(part.node)
        if isinstance(node, (nodes.Sequence, nodes.Set)):
            return _Array((), item=_Part(node.item))
        if isinstance(node, nodes.Tuple):
            return _Array([_Part(item) for item in node.items], len(node.items) - len(node.defaults))
        fields = self.fields(part, reads=reads)
        if fields is None:
            return None
        least = len(fields)
        if reads:
            always = options_of(class_of(part.type), self.reading.registry).serde_required
            while least and fields[least - 1].optional and not always:
                least -= 1
        return _Array([self.held(field, reads=reads) for field in fields], least)

    def may_be_items(self, read: _Array, written: _Array) -> bool:
        """Return the same of two arrays."""
        if written.item is not None:  # none, at least
            return not read.least or self.may_meet(read.places[0], written.item)
        if read.item is None and not read.least <= len(written.places) <= len(read.places):
            return False
        readers = itertools.repeat(read.item) if read.item is not None else read.places
        return all(self.may_meet(one, two) for one, two in zip(readers, written.places, strict=False))

    def may_be_entries(self, read: _Part, written: _Part) -> bool:
        """Return the same of two maps."""
        reader, writer = _unchecked(read.node), _unchecked(written.node)
        known, there = self.fields(read, reads=True), self.fields(written, reads=False)
        if isinstance(writer, nodes.Dict) and known is not None:  # of any keys
            value = _Part(writer.value)
            return all(field.optional or self.may_meet(self.held(field, reads=True), value) for field in known)
        if there is None or _unknown(written, self.writing) == "keep":
            return True
        lasting = [
            field for field in there if not (field.omit_none or field.omit_default) and field.absent is nodes.ABSENT
        ]
        if isinstance(reader, nodes.Dict):
            value = _Part(reader.value)
            return all(self.may_meet(value, self.held(field, reads=False)) for field in lasting)
        if known is None:
            return True
        keys = {field.key for field in there}
        if any(keys.isdisjoint(_names(field)) for field in known if not field.optional):
            return False
        by_name = {name: field for field in known for name in _names(field)}
        if _unknown(read, self.reading) == "forbid" and any(field.key not in by_name for field in lasting):
            return False
        return all(
            self.may_meet(self.held(by_name[field.key], reads=True), self.held(field, reads=False))
            for field in lasting
            if field.key in by_name
        )

    def fields(self, part: _Part, *, reads: bool) -> Sequence[WireField] | None:
        """Return the fields of a class on the wire; ``None``: it is none, or others stand among them."""
        node, builder = _unchecked(part.node), self.reading if reads else self.writing
        if not part.is_class or not isinstance(node, (nodes.Struct, nodes.Reference)):
            return None
        if isinstance(node, nodes.Struct) and node.adapt is not None and node.only_one is None:
            return None
        fields = [field for field in wire_fields(behind(part.type), builder.registry) if not field.omitted]
        return None if any(field.is_flattened for field in fields) else fields

    def held(self, field: WireField, *, reads: bool) -> _Part:
        """Return what a field holds."""
        builder = self.reading if reads else self.writing
        hook = field.structure if reads else field.unstructure
        if hook is not None or field.absent is not nodes.ABSENT or not builder.are_own(field.type):
            return _UNKNOWN
        inner = behind(field.type)
        is_class = is_struct(class_of(inner)) and builder.are_own(inner)
        return _Part(builder.node(field.type), field.type, is_class=is_class)


def _unchecked(node: nodes.Node | None) -> nodes.Node | None:
    while isinstance(node, nodes.Validated):
        node = node.inner
    return node


def _unknown(part: _Part, builder: Builder) -> str:
    own = options_of(class_of(part.type), builder.registry).unknown_fields
    return own or builder.registry.options.unknown_fields


def _names(field: WireField) -> tuple[nodes.FieldName, ...]:
    return field.key, *field.aliases


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
    return kinds | _WIDE if kinds is not None and isinstance(node, nodes.Integer) and _may_be_wide(node) else kinds


def _may_be_wide(node: nodes.Integer) -> bool:
    if node.wide is None:
        return False
    low, high = node.wide
    return node.minimum is None or node.maximum is None or node.minimum < low or node.maximum > high


def _read(node: nodes.Node, tp: Any, reading: Builder) -> frozenset[type] | None:
    while isinstance(node, nodes.Validated):
        node = node.inner
    if isinstance(node, nodes.Optional):
        inner = None if isinstance(node.inner, nodes.Reference) else _read(node.inner, tp, reading)
        return None if inner is None else inner.union(_NULL)
    if isinstance(node, nodes.Struct) and not node.fields:
        return _EMPTY
    if isinstance(node, nodes.Bare):
        return _EMPTY if node.variant.node is None else None
    if isinstance(node, nodes.Reference):
        return None if tp is None else reading.kinds(tp)
    kinds = _kinds(node)
    if kinds is None or isinstance(node, (nodes.UnionByJsonType, nodes.UntaggedUnion)):
        return None
    found: frozenset[type] = kinds | frozenset(getattr(node, "foreign", ()))
    return found | _INTEGERS if float in found else found  # which may be whole
