"""Columns made of others: lists, tuples, maps, and what may be missing."""

from __future__ import annotations

import functools
import itertools

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import sub
from typing import Any, Final, NamedTuple

import attrs
import pyarrow as pa

from symphony_types.traits.validatable import PathElement

from .._issues import FormatError
from ..python._source import Source
from ..schema.nodes import ABSENT
from ._column import Column, Holder, at, lengths, masked, spread, wrong_column
from ._leaves import Document


__all__ = ["Absentable", "List", "Map", "Nullable", "Part", "Tuple", "absentable", "nullable", "written"]

_VALUE: Final = "value"


def nullable(inner: Column) -> Column:
    """Return the column that has null for ``None``, and else what *inner* has."""
    return Nullable(inner.type, inner, is_nullable=True)


@attrs.frozen(eq=False)
class Nullable(Column):
    """
    What may be ``None``.

    Attributes:
        inner: The column of everything else.
    """

    inner: Column

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return _spread_over(wires, None, self.inner.write)

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return _spread_over(values, None, self.inner.write_values)

    def taking(self, value: str, source: Source) -> str:
        """See `Column.taking`."""
        there = source.variable("there")
        return f"(None if ({there} := {value}) is None else {self.inner.taking(there, source)})"

    def write_taken(self, items: Sequence[Any]) -> pa.Array:
        """See `Column.write_taken`."""
        if isinstance(self.inner, Document):  # which has nulls itself
            return self.inner.write_taken(items)
        return _spread_over(items, None, self.inner.write_taken)

    def read(self, array: pa.Array) -> list[Any]:
        """See `Column.read`."""
        return self.inner.read(array)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        return self.inner.read_there(array)


@attrs.frozen(eq=False)
class Absentable(Column):
    """
    What may be absent: null.  Where ``None`` may be there, too, what is there is the one field of a struct.

    Attributes:
        inner: The column of what is there.
        marker: The value that says that it is absent.
    """

    inner: Column
    marker: Any

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`; `ABSENT` stands for what is absent."""
        return _spread_over(wires, ABSENT, functools.partial(self._wrapped, self.inner.write))

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return _spread_over(values, self.marker, functools.partial(self._wrapped, self.inner.write_values))

    def _wrapped(self, write: Callable[[Sequence[Any]], pa.Array], items: Sequence[Any]) -> pa.Array:
        array = write(items)
        return pa.StructArray.from_arrays([array], fields=self.fields) if self.inner.is_nullable else array

    def read(self, array: pa.Array) -> list[Any]:
        """See `Column.read`; what is absent is `ABSENT`."""
        if pa.types.is_null(array.type):
            return [ABSENT] * len(array)
        return masked(array, self.read_there(array), ABSENT)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if not self.inner.is_nullable:
            return self.inner.read(array)
        if not pa.types.is_struct(array.type) or [field.name for field in array.type] != [_VALUE]:
            raise wrong_column(self.type, array)
        return self.inner.read(array.flatten()[0])


def absentable(inner: Column, marker: Any) -> Absentable:
    """Return the column of what may be absent, for which the value *marker* stands."""
    arrow_type = pa.struct([pa.field(_VALUE, inner.type)]) if inner.is_nullable else inner.type
    return Absentable(arrow_type, inner, marker, is_nullable=True)


def _spread_over(items: Sequence[Any], missing: Any, write: Callable[[Sequence[Any]], pa.Array]) -> pa.Array:
    there = [item for item in items if item is not missing]
    if len(there) == len(items):
        return write(items)
    if not there:
        return write(there).take(pa.nulls(len(items), pa.int32()))
    return spread(write(there), [item is not missing for item in items])


class Part(NamedTuple):
    """
    A field of a class, or an item of a tuple.

    Attributes:
        key: What it is called, in a document and as a column.
        column: Its column.
        name: The attribute.
        is_required: Whether reading needs the column.
    """

    key: str
    column: Column
    name: str = ""
    is_required: bool = True

    @property
    def field(self) -> Any:
        """The field of a struct."""
        return pa.field(self.key, self.column.type)


def written(write: Callable[[Any], pa.Array], items: Any, element: PathElement) -> pa.Array:
    """Return what *write* makes of *items*; its errors are those of *element*."""
    try:
        return write(items)
    except FormatError as exc:
        raise at(element, exc) from None


@attrs.frozen(eq=False)
class Tuple(Holder):
    """
    A tuple of fixed length: an array on the wire.

    Attributes:
        parts: Its items.
    """

    parts: tuple[Part, ...]

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self._of([part.column.write for part in self.parts], wires)

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self._of([part.column.write_values for part in self.parts], values)

    def _of(self, writers: Sequence[Callable[[Sequence[Any]], pa.Array]], items: Sequence[Any]) -> pa.Array:
        columns = list(zip(*items, strict=True)) if items else [()] * len(self.parts)
        arrays = [written(write, each, place) for place, (write, each) in enumerate(zip(writers, columns, strict=True))]
        return pa.StructArray.from_arrays(arrays, fields=self.fields)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if not pa.types.is_struct(array.type) or {field.name for field in array.type} != {p.key for p in self.parts}:
            raise wrong_column(self.type, array)
        arrays = dict(zip((field.name for field in array.type), array.flatten(), strict=True))
        lists = [part.column.read(arrays[part.key]) for part in self.parts]
        return list(map(list, zip(*lists, strict=True)))


def _offsets(items: Iterable[Collection[Any]]) -> pa.Array:
    return pa.array([0, *itertools.accumulate(map(len, items))], pa.int32())


@attrs.frozen(eq=False)
class List(Holder):
    """
    An array of like items.

    Attributes:
        item: Their column.
        is_direct: Whether the items of a value are all that there is to write.
    """

    item: Column
    is_direct: bool

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self._of(self.item.write, wires)

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self._of(self.item.write_values, values) if self.is_direct else Column.write_values(self, values)

    def _of(self, write: Callable[[Sequence[Any]], pa.Array], lists: Sequence[Collection[Any]]) -> pa.Array:
        items = _flat(write, lists)
        return pa.ListArray.from_arrays(_offsets(lists), items, type=self.type)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if not _is_list(array.type):
            raise wrong_column(self.type, array)
        items = iter(self.item.read(array.flatten()))
        return [list(itertools.islice(items, length or 0)) for length in lengths(array)]


def _is_list(arrow_type: Any) -> bool:
    types = pa.types
    return bool(types.is_list(arrow_type) or types.is_large_list(arrow_type) or types.is_fixed_size_list(arrow_type))


def _flat(write: Callable[[Sequence[Any]], pa.Array], lists: Sequence[Collection[Any]]) -> pa.Array:
    """Return the array of the items of all *lists*; an error of one list alone names the place in it."""
    items = list(itertools.chain.from_iterable(lists))
    try:
        return write(items)
    except FormatError:
        if len(lists) != 1:
            raise
        for place, item in enumerate(items):
            written(write, [item], place)
        raise


@attrs.frozen(eq=False)
class Map(Holder):
    """
    A map with keys of text.

    Attributes:
        key: The column of the keys.
        item: The column of what they stand for.
        is_direct: Whether the keys of a value are those on the wire.
    """

    key: Column
    item: Column
    is_direct: bool

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self._of(self.item.write, wires)

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self._of(self.item.write_values, values) if self.is_direct else Column.write_values(self, values)

    def _of(self, write: Callable[[Sequence[Any]], pa.Array], maps: Sequence[Mapping[Any, Any]]) -> pa.Array:
        keys = self.key.write(list(itertools.chain.from_iterable(maps)))
        values: list[Collection[Any]] = [each.values() for each in maps]
        try:
            items = _flat(write, values)
        except FormatError:
            if len(maps) != 1:
                raise
            for key, item in maps[0].items():
                written(write, [item], key)
            raise
        return pa.MapArray.from_arrays(_offsets(values), keys, items, type=self.type)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if pa.types.is_map(array.type):
            offsets = array.offsets.to_pylist()
            begin, end = (offsets[0], offsets[-1]) if len(array) else (0, 0)
            counts = list(map(sub, offsets[1:], offsets))
            keys, items = array.keys.slice(begin, end - begin), array.items.slice(begin, end - begin)
        elif _is_list(array.type) and [field.name for field in _fields(array.type.value_type)] == ["key", "value"]:
            counts = lengths(array)
            keys, items = array.flatten().flatten()  # a tool without such a type has a list of pairs
        else:
            raise wrong_column(self.type, array)
        entries = iter(zip(self.key.read(keys), self.item.read(items), strict=True))
        return [_map(list(itertools.islice(entries, count or 0))) for count in counts]


def _fields(arrow_type: Any) -> Iterator[Any]:
    return iter(arrow_type) if pa.types.is_struct(arrow_type) else iter(())


def _map(entries: list[tuple[Any, Any]]) -> dict[Any, Any]:
    found = dict(entries)
    if len(found) < len(entries) or None in found:
        raise FormatError.of("duplicate_key", "each key once", "the same key twice, or null")
    return found
