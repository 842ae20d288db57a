"""The column of a class: a struct, or at the root a column for each field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any, Final, Literal

import attrs
import pyarrow as pa

from symphony_types.traits.validatable import Issue

from .._issues import FormatError, missing_field, unknown_field
from ..schema.nodes import ABSENT
from ._column import Column, Holder, at, wrong_column
from ._nested import Absentable, Part, written


__all__ = ["OTHERS", "Struct"]

OTHERS: Final = "*"
"""The column of unknown fields that are kept."""


def _getter(make: Callable[..., Callable[[Any], Any]], names: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    """Return what gives a list for each name from as many objects."""
    get = make(*names)

    def of_all(items: Iterable[Any]) -> Any:
        found = list(map(get, items))
        if len(names) == 1:
            return (found,)
        return list(zip(*found, strict=True)) if found else [()] * len(names)

    return of_all


@attrs.frozen(eq=False)
class Struct(Holder):
    """
    A class: a map on the wire.

    Attributes:
        parts: Its fields.
        unknown: What to do with columns that it has no field for.
        others: The column of unknown fields that are kept; ``None``: none are.
        is_direct: Whether the attributes of a value are all that there is to write.
    """

    parts: tuple[Part, ...]
    unknown: Literal["ignore", "forbid", "keep"] = "ignore"
    others: Column | None = None
    is_direct: bool = False

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self.together(self.arrays(wires))

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self.together(self.arrays_of_values(values))

    def together(self, arrays: list[pa.Array]) -> pa.Array:
        """Return the array of instances, given that of each field."""
        return pa.StructArray.from_arrays(arrays, fields=self.fields)

    def arrays(self, wires: Sequence[Any]) -> list[pa.Array]:
        """Return the array of each field; it raises as `write` does."""
        keys = [part.key for part in self.parts]
        if any(isinstance(part.column, Absentable) for part in self.parts):
            items: Any = [[wire.get(key, ABSENT) for wire in wires] for key in keys]
        else:
            items = _getter(itemgetter, keys)(wires)
        arrays = [written(part.column.write, each, part.key) for part, each in zip(self.parts, items, strict=True)]
        if self.others is not None:
            known = frozenset(keys)
            rest = ({key: item for key, item in wire.items() if key not in known} or None for wire in wires)
            arrays.append(written(self.others.write, list(rest), OTHERS))
        return arrays

    def arrays_of_values(self, values: Sequence[Any]) -> list[pa.Array]:
        """Return the array of each field of values that the codec takes; it raises as `write` does."""
        if not self.is_direct:
            return self.arrays(list(map(self.convert, values)))
        items = iter(_getter(attrgetter, [part.name for part in self.parts])(values))
        return self.arrays_of(lambda column: column.write_values(next(items)))

    def arrays_of(self, write: Callable[[Column], pa.Array]) -> list[pa.Array]:
        """Return what *write* returns for the column of each field, in order; it raises as `write` does."""
        return [written(write, part.column, part.key) for part in self.parts]

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if not pa.types.is_struct(array.type):
            raise wrong_column(self.type, array)
        return self.rows([field.name for field in array.type], array.flatten(), len(array))

    def rows(self, names: Sequence[str], arrays: Sequence[pa.Array], count: int) -> list[Any]:
        """
        Return the wires of *count* rows, by the arrays of their fields.

        Raises:
            FormatError: There is an array too few or too many, or one of another type.
        """
        given = dict(zip(names, arrays, strict=True))
        if len(given) < len(names):
            twice = next(name for place, name in enumerate(names) if name in names[:place])
            raise FormatError.of("duplicate_key", "each column once", f"{twice!r} twice", path=(twice,))
        lists: dict[str, list[Any]] = {}
        issues: list[Issue] = []
        for part in self.parts:
            array = given.pop(part.key, None)
            if array is not None:
                try:
                    lists[part.key] = part.column.read(array)
                except FormatError as exc:
                    issues.extend(at(part.key, exc).issues)
            elif part.is_required:
                issues.append(missing_field(part.key))
        kept = given.pop(OTHERS, None) if self.others is not None else None
        if self.unknown == "forbid":
            issues.extend(unknown_field(name, "no other column", name) for name in given)
        if issues:
            raise FormatError(issues)
        rows = _rows(lists, count)
        if any(isinstance(part.column, Absentable) for part in self.parts):
            rows = [{key: item for key, item in row.items() if item is not ABSENT} for row in rows]
        if self.unknown == "keep":
            _add_others(rows, given)
        if kept is not None and self.others is not None:
            _add_kept(rows, self.others.read(kept))
        return rows


def _rows(lists: Mapping[str, list[Any]], count: int) -> list[dict[str, Any]]:
    if not lists:
        return [{} for _ in range(count)]
    keys = list(lists)
    return [dict(zip(keys, items, strict=True)) for items in zip(*lists.values(), strict=True)]


def _add_others(rows: list[dict[str, Any]], given: Mapping[str, pa.Array]) -> None:
    """Put what is in columns that no field has into *rows*, for the codec to keep."""
    for name, array in given.items():
        for row, item in zip(rows, array.to_pylist(), strict=True):
            if item is not None:
                row[name] = item


def _add_kept(rows: list[dict[str, Any]], kept: Iterable[Any]) -> None:
    for row, fields in zip(rows, kept, strict=True):
        if fields is None:
            continue
        if type(fields) is not dict or not row.keys().isdisjoint(fields):
            expected = "a map of fields that no column is called"
            raise FormatError.of("invalid_value", expected, "another document", path=(OTHERS,))
        row.update(fields)
