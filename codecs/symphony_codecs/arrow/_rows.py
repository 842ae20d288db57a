"""
Values to arrays, value by value.

A value is taken apart as soon as it comes, so that none of them is kept until
its batch is full: what the batch keeps are texts, bytes and numbers, which the
garbage collector does not look at.  One generated function does it, straight
down from a class to the fields of the classes inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import pyarrow as pa

from ..python._source import Source, attribute, indented
from ._classes import Struct
from ._column import Column


__all__ = ["Rows"]

Lists: TypeAlias = list[list[Any]]


class Rows:
    """
    The taking apart of values.

    Args:
        column: The column of the values.
        check: Called with each value first; it raises for what is to be left out; ``None``: nothing is.
    """

    def __init__(self, column: Column, check: Callable[[Any], Any] | None) -> None:
        self._column = column
        self._leaves: list[Column] = []
        self._source = Source("rows", "values, refuse, appends")
        body = list(self._taking(column, "value"))
        checking = [] if check is None else [f"{self._source.name(check, 'check')}(value)"]
        names = ", ".join(f"append_{place}" for place in range(len(self._leaves)))
        lines = [
            f"{names}, = appends",
            "for value in values:",
            "    try:",
            *indented(indented([*checking, *body])),
            "    except Exception as exc:",
            "        refuse(value, exc)",
        ]
        self._take: Any = self._source.compile(self._source.function("take", "take", lambda: lines))

    def _taking(self, column: Column, value: str) -> Iterator[str]:
        if isinstance(column, Struct) and column.is_direct:
            instance = self._source.variable("instance")
            yield f"{instance} = {value}"
            for part in column.parts:
                yield from self._taking(part.column, attribute(part.name).replace("value", instance, 1))
            return
        yield f"append_{len(self._leaves)}({column.taking(value, self._source)})"
        self._leaves.append(column)

    def take(self, values: Iterable[Any], refuse: Callable[[int, Any, Exception], object]) -> tuple[Lists, list[int]]:
        """
        Return what is kept of *values*, a list for each column that holds no others, and the places of those left out.

        Args:
            values: The values.
            refuse: Called for a value that *check* or a column does not take, with its place, and what was raised.
        """
        lists: Lists = [[] for _ in self._leaves]
        refused: list[int] = []

        def left_out(value: Any, exc: Exception) -> None:
            count = len(lists[-1])  # which is filled last
            for each in lists:
                del each[count:]
            place = count + len(refused)
            refused.append(place)
            refuse(place, value, exc)

        self._take(values, left_out, [each.append for each in lists])
        return lists, refused

    def arrays(self, lists: Sequence[Sequence[Any]]) -> list[pa.Array]:
        """
        Return the arrays of what `take` has given: of each field of a class, or of the one column.

        Raises:
            FormatError: A column has no room for one of them.
        """
        items = iter(lists)
        if not isinstance(self._column, Struct):
            return [self._array(self._column, items)]
        if self._column.is_direct:
            return self._column.arrays_of(lambda column: self._array(column, items))
        return self._column.arrays_of_values(next(items))

    def _array(self, column: Column, items: Iterator[Sequence[Any]]) -> pa.Array:
        if isinstance(column, Struct) and column.is_direct:
            return column.together(column.arrays_of(lambda inner: self._array(inner, items)))
        return column.write_taken(next(items))
