"""Columns that hold no others, but for those of time."""

from __future__ import annotations

import base64
import binascii

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import pyarrow as pa

from symphony_types._uuid_text import format_uuid_bytes
from symphony_types.checks import describe

from .._issues import FormatError
from ..errors import EncodeError
from ..python._source import Source
from ._column import Column, wrong_column


__all__ = ["Bytes", "Choice", "Document", "Nothing", "Number", "Text", "Uuid", "WideInteger"]


def _is_text(arrow_type: Any) -> bool:
    types = pa.types
    if types.is_dictionary(arrow_type):
        return _is_text(arrow_type.value_type)
    return bool(types.is_string(arrow_type) or types.is_large_string(arrow_type) or types.is_string_view(arrow_type))


def _is_binary(arrow_type: Any) -> bool:
    types = pa.types
    return bool(
        types.is_binary(arrow_type)
        or types.is_large_binary(arrow_type)
        or types.is_binary_view(arrow_type)
        or types.is_fixed_size_binary(arrow_type)
    )


@attrs.frozen(eq=False)
class Number(Column):
    """
    Booleans, integers and floats.

    Attributes:
        accepts: Whether arrays of an Arrow type may stand for these.
    """

    accepts: Callable[[Any], bool]

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self.array(wires)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if not self.accepts(array.type):
            raise wrong_column(self.type, array)
        found: list[Any] = array.to_pylist()
        return found


@attrs.frozen(eq=False)
class Text(Column):
    """Text, whatever it stands for."""

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self.array(wires)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if not _is_text(array.type):
            raise wrong_column(self.type, array)
        found: list[Any] = array.to_pylist()
        return found


@attrs.frozen(eq=False)
class WideInteger(Text):
    """Integers of more than 64 bits: decimal text."""

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self.array(list(map(str, wires)))

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if pa.types.is_integer(array.type):
            found: list[Any] = array.to_pylist()
            return found
        return list(map(_integer, Text.read_there(self, array)))


def _integer(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 40):
        raise FormatError.of("invalid_value", "an integer as decimal text", describe(text))
    return int(text)


@attrs.frozen(eq=False)
class Bytes(Column):
    """Bytes, which are base64 text on the wire."""

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self.array([base64.b64decode(wire, validate=True) for wire in wires])

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self.array(list(map(bytes, values)))

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if not _is_binary(array.type):
            raise wrong_column(self.type, array)
        return [binascii.b2a_base64(data, newline=False).decode() for data in array.to_pylist()]


@attrs.frozen(eq=False)
class Uuid(Column):
    """
    UUIDs and typed ids: `arrow.uuid`; tools without it have 16 bytes, or text.

    Attributes:
        octets: The source that follows a value to give its 16 bytes.
    """

    octets: str

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self._of(bytes.fromhex("".join(wires).replace("-", "")), len(wires))

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self.write_taken([value.bytes for value in values])

    def taking(self, value: str, source: Source) -> str:
        """See `Column.taking`."""
        return f"{value}{self.octets}"

    def write_taken(self, items: Sequence[Any]) -> pa.Array:
        """See `Column.write_taken`."""
        return self._of(b"".join(items), len(items))

    def _of(self, data: bytes, count: int) -> pa.Array:
        stored = pa.FixedSizeBinaryArray.from_buffers(self.type.storage_type, count, [None, pa.py_buffer(data)])
        return pa.ExtensionArray.from_storage(self.type, stored)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if _is_text(array.type):
            found: list[Any] = array.to_pylist()
            return found
        if not _is_binary(array.type):
            raise wrong_column(self.type, array)
        return list(map(_uuid_text, array.to_pylist()))


def _uuid_text(data: bytes) -> str:
    if len(data) != 16:
        raise FormatError.of("invalid_value", "16 bytes", f"{len(data)} bytes")
    return format_uuid_bytes(data)


@attrs.frozen(eq=False)
class Choice(Text):
    """
    An enum or a literal whose values are text: a dictionary, the same in each batch.

    Attributes:
        options: The texts.
        places: The place of each text among them.
        key: From a value to what *by_value* has it under; ``None``: values are converted first.
        by_value: The place of each value.
    """

    options: pa.Array
    places: Mapping[str, int]
    key: Callable[[Any], Any] | None
    by_value: Mapping[Any, int]

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self._of(list(map(self.places.__getitem__, wires)))

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        if self.key is None:
            return Text.write_values(self, values)
        return self._of(list(map(self.by_value.__getitem__, map(self.key, values))))

    def _of(self, places: list[int]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), self.options)


@attrs.frozen(eq=False)
class Document(Column):
    """
    What has no Arrow type of its own: its JSON.

    Attributes:
        dumps: From a wire to JSON.
        loads: From JSON to a wire.
        encode: From an untyped value to JSON.
        is_untyped: Whether the values are.
        plain: Classes of values that are their own wires.
    """

    dumps: Callable[[Any], bytes]
    loads: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]
    is_untyped: bool
    plain: frozenset[type]

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        dumps = self.dumps
        # Decoded at once: of the results of orjson that are kept each takes a kilobyte of memory.
        return self._of([None if wire is None else dumps(wire).decode() for wire in wires])

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self._of(list(map(self.text, values)))

    def taking(self, value: str, source: Source) -> str:
        """See `Column.taking`."""
        text, encode = source.name(self.text, "text"), source.name(self.encode, "encode")
        held = source.variable("held")
        if self.is_untyped:
            return f"(None if ({held} := {value}) is None else {encode}({held}).decode())"
        if self.plain:
            plain = source.name(self.plain, "plain")
            return f"({encode}({held}).decode() if type({held} := {value}) in {plain} else {text}({held}))"
        return f"{text}({value})"

    def write_taken(self, items: Sequence[Any]) -> pa.Array:
        """See `Column.write_taken`."""
        return self._of(items)

    def text(self, value: Any) -> str | None:
        """Return the JSON of a value; ``None`` instead of null."""
        if value is None and self.is_untyped:
            return None
        if self.is_untyped or type(value) in self.plain:
            try:
                return self.encode(value).decode()
            except EncodeError as exc:
                raise FormatError(exc.issues) from None  # for the columns around this to put paths before
        wire = self.convert(value)
        return None if wire is None else self.dumps(wire).decode()

    def _of(self, documents: Sequence[str | None]) -> pa.Array:
        texts = Text(self.type.storage_type).write(documents)
        return pa.ExtensionArray.from_storage(self.type, texts)

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if not _is_text(array.type):
            raise wrong_column(self.type, array)
        return [self.loads(text.encode()) for text in array.to_pylist()]


@attrs.frozen(eq=False)
class Nothing(Column):
    """``None`` alone."""

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return pa.nulls(len(wires))

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
        if len(array):
            raise wrong_column(self.type, array)
        return []
