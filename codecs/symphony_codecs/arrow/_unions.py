"""Columns of unions: a struct with a nullable field for each member, of which one is not null."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import attrs
import pyarrow as pa

from .._issues import FormatError
from ._column import Column, Holder, wrong_column
from ._nested import written


__all__ = ["ByLabel", "Tagged"]


def _fields_of(column: Column, array: pa.Array) -> dict[str, pa.Array]:
    """Return the arrays of a struct by name, if they are those of the type of *column*."""
    names = {field.name for field in column.type}
    if not pa.types.is_struct(array.type) or {field.name for field in array.type} != names:
        raise wrong_column(column.type, array)
    return dict(zip((field.name for field in array.type), array.flatten(), strict=True))


def _written(columns: Mapping[str, Column], contents: Sequence[Mapping[str, Any]]) -> list[pa.Array]:
    return [
        written(column.write, [content.get(name) for content in contents], name) for name, column in columns.items()
    ]


@attrs.frozen(eq=False)
class Tagged(Holder):
    """
    A union of classes under names, or a `TaggedValue`.

    Attributes:
        tagging: As for `nodes.TaggedUnion`.
        tag: The column of the names, and the key of the name.
        content: The key of the content, for adjacent tagging.
        label: What the column of the names is called.
        columns: By name what is held; names without are of what holds nothing.
    """

    tagging: Literal["external", "internal", "adjacent"]
    tag: str
    content: str
    label: str
    names: Column
    columns: Mapping[str, Column]

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        pairs = list(map(self._apart, wires))
        contents = [{name: content} for name, content in pairs]
        arrays = [self.names.write([name for name, _ in pairs]), *_written(self.columns, contents)]
        return pa.StructArray.from_arrays(arrays, fields=self.fields)

    def _apart(self, wire: Any) -> tuple[str, Any]:
        if self.tagging == "external":
            if type(wire) is str:
                return wire, None
            ((name, content),) = wire.items()
            return name, content
        if self.tagging == "adjacent":
            return wire[self.tag], wire.get(self.content)
        return wire[self.tag], {key: item for key, item in wire.items() if key != self.tag}

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        arrays = _fields_of(self, array)
        names = self.names.read(arrays[self.label])
        contents = {name: column.read(arrays[name]) for name, column in self.columns.items()}
        return [
            self._together(name, contents[name][place] if name in contents else None)
            for place, name in enumerate(names)
        ]

    def _together(self, name: str | None, content: Any) -> Any:
        has_content = name in self.columns
        if self.tagging == "external":
            return {name: content} if has_content else name
        if self.tagging == "adjacent":
            return {self.tag: name, **({self.content: content} if has_content else {})}
        return {self.tag: name, **(content or {})}


@attrs.frozen(eq=False)
class ByLabel(Holder):
    """
    A union of classes that differ in a literal field, which each has among its own.

    Attributes:
        find: From a wire to the name of its class.
        columns: By the classes' names: their columns.
    """

    find: Callable[[Mapping[str, Any]], str]
    columns: Mapping[str, Column]

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        contents = [{self.find(wire): wire} for wire in wires]
        return pa.StructArray.from_arrays(_written(self.columns, contents), fields=self.fields)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        arrays = _fields_of(self, array)
        lists = [column.read(arrays[name]) for name, column in self.columns.items()]
        return list(map(self._one, zip(*lists, strict=True)))

    def _one(self, contents: tuple[Any, ...]) -> Any:
        there = [content for content in contents if content is not None]
        if len(there) > 1:
            raise FormatError.of("invalid_value", f"one of {', '.join(self.columns)}", f"{len(there)} of them")
        return there[0] if there else None
