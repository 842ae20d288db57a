"""
What a column of Arrow holds: an Arrow type, and both ways between arrays of it and what a codec writes.

A column takes *wires*, the builtins that a codec has for values of a type, so
that what goes into a table is what goes into a document.  For most types the
values themselves say the same in fewer steps; `Column.write_values` takes
those.
"""

from __future__ import annotations

import abc

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from symphony_types.checks import describe
from symphony_types.traits.validatable import PathElement

from .._issues import FormatError
from ..python._source import Source


__all__ = ["REFUSALS", "Column", "Holder", "at", "lengths", "masked", "plain", "same", "spread", "wrong_column"]

_compute: Any = pc  # whose functions are made when it is imported

# What `pyarrow.array` raises for a value that is none of a type's; a capacity error is one of these.
REFUSALS = (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError)


def _fields_of(arrow_type: Any) -> list[Any]:
    return list(arrow_type) if pa.types.is_struct(arrow_type) else []


def same(value: Any) -> Any:
    """Return *value*."""
    return value


@attrs.frozen(eq=False)
class Column(abc.ABC):
    """
    One column, or a part of one.

    Attributes:
        type: The Arrow type.
        convert: From a value to its wire.
        is_nullable: Whether ``None`` is among the wires.
        fields: Of a struct.
    """

    type: Any
    convert: Callable[[Any], Any] = attrs.field(default=same, kw_only=True)
    is_nullable: bool = attrs.field(default=False, kw_only=True)
    fields: list[Any] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _fields_of(self.type), takes_self=True)
    )

    @abc.abstractmethod
    def write(self, wires: Sequence[Any]) -> pa.Array:
        """
        Return the array of *wires*.

        Raises:
            FormatError: The Arrow type has no room for one of them.
        """

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """Return the array of values that the codec takes; it raises as `write` does."""
        return self.write(values if self.convert is same else list(map(self.convert, values)))

    def taking(self, value: str, source: Source) -> str:
        """
        Return the expression for what a batch keeps of a value until `write_taken`; here the value itself.

        Args:
            value: The expression for the value.
            source: Where names are made.
        """
        return value

    def write_taken(self, items: Sequence[Any]) -> pa.Array:
        """Return the array of what `taking` has given; it raises as `write` does."""
        return self.write_values(items)

    def read(self, array: pa.Array) -> list[Any]:
        """
        Return the wires of an array, ``None`` for each null.

        Raises:
            FormatError: It is of a type that cannot stand for the column's, or holds what has no wire.
        """
        if pa.types.is_null(array.type):
            return [None] * len(array)
        array = plain(array)
        if not array.null_count:
            return self.read_there(array)
        there = iter(self.read_there(array.drop_null()))
        return [next(there) if is_there else None for is_there in array.is_valid().to_pylist()]

    @abc.abstractmethod
    def read_there(self, array: pa.Array) -> list[Any]:
        """Return the wires of a `plain` array without nulls; a `Holder` may have them, and anything in their places."""

    def array(self, wires: Sequence[Any]) -> pa.Array:
        """Return what `pyarrow.array` makes of *wires*; it raises as `write` does."""
        try:
            made = pa.array(wires, self.type, from_pandas=False)
        except REFUSALS:
            refused = _first_refused(wires, self.type)
            raise FormatError.of("out_of_range", f"what Arrow's {self.type} holds", describe(refused)) from None
        if isinstance(made, pa.ChunkedArray):
            raise FormatError.of("too_large", "at most 2147483647 bytes of text in one batch", "more")
        return made


class Holder(Column):
    """A column of others, which read what stands under nulls as null: pyarrow cannot drop all that may be in there."""

    def read(self, array: pa.Array) -> list[Any]:
        """See `Column.read`."""
        if pa.types.is_null(array.type):
            return [None] * len(array)
        return masked(array, self.read_there(array))


def _first_refused(wires: Sequence[Any], arrow_type: Any) -> Any:
    for wire in wires:
        try:
            pa.array([wire], arrow_type, from_pandas=False)
        except REFUSALS:
            return wire
    return None


def plain(array: pa.Array) -> pa.Array:
    """Return what an extension array is stored as, and what pyarrow can take parts of in place of views."""
    array = array.storage if isinstance(array, pa.ExtensionArray) else array
    if pa.types.is_string_view(array.type):
        return array.cast(pa.large_string())
    return array.cast(pa.large_binary()) if pa.types.is_binary_view(array.type) else array


def masked(array: pa.Array, items: list[Any], missing: Any = None) -> list[Any]:
    """Return *items* with *missing* in the places of the nulls of *array*."""
    if not array.null_count:
        return items
    return [item if is_there else missing for item, is_there in zip(items, array.is_valid().to_pylist(), strict=True)]


def spread(array: pa.Array, is_there: Sequence[bool]) -> pa.Array:
    """Return *array* with a null in each place that *is_there* has as false."""
    there = pa.array(is_there, pa.bool_())
    place = _compute.subtract(_compute.cumulative_sum(there.cast(pa.int32())), pa.scalar(1, pa.int32()))
    return array.take(_compute.if_else(there, place, pa.scalar(None, pa.int32())))


def lengths(array: pa.Array) -> list[int]:
    """Return the length of each list of an array."""
    found: list[int] = _compute.list_value_length(array).to_pylist()
    return found


def at(element: PathElement, exc: FormatError) -> FormatError:
    """Return *exc* with *element* in front of its paths."""
    return FormatError(issue.prefixed(element) for issue in exc.issues)


def wrong_column(expected: Any, array: pa.Array) -> FormatError:
    """Return the error for an array whose type cannot stand for another."""
    return FormatError.of("wrong_type", f"a column of {expected}", str(array.type))
