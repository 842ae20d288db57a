"""Columns that hold no others."""

from __future__ import annotations

import base64
import binascii
import datetime as dt

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs
import pyarrow as pa

from symphony_types._uuid_text import format_uuid_bytes
from symphony_types.checks import describe
from symphony_types.time import Timestamp

from .._issues import FormatError
from ..errors import EncodeError
from ..python._source import Source
from ._column import REFUSALS, Column, wrong_column


__all__ = [
    "Bytes",
    "Choice",
    "Days",
    "Document",
    "Instant",
    "Moment",
    "Nothing",
    "Number",
    "Span",
    "Text",
    "Uuid",
    "WideInteger",
]

_SECOND: Final = 1_000_000_000
_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - clocks of any zone count from it
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_UTC: Final = "UTC"


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


def _cast(array: pa.Array, arrow_type: Any) -> pa.Array:
    try:
        return array.cast(arrow_type)
    except REFUSALS as exc:
        raise FormatError.of("out_of_range", f"what Arrow's {arrow_type} holds", str(exc)) from None


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

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
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

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
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

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
        if pa.types.is_integer(array.type):
            found: list[Any] = array.to_pylist()
            return found
        return list(map(_integer, Text.read_dense(self, array)))


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

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
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

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
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
class Instant(Column):
    """`Timestamp`: nanoseconds of UTC."""

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self.write_values(list(map(Timestamp.parse, wires)))

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self.write_taken([value.nanos for value in values])

    def taking(self, value: str, source: Source) -> str:
        """See `Column.taking`."""
        return f"{value}.nanos"

    def write_taken(self, items: Sequence[Any]) -> pa.Array:
        """See `Column.write_taken`."""
        try:
            return pa.array(items, self.type)
        except REFUSALS:
            refused = next(nanos for nanos in items if not -(2**63) < nanos < 2**63)
            expected = "a moment from 1677-09-21 to 2262-04-11, whose nanoseconds fit 64 bits"
            raise FormatError.of("out_of_range", expected, str(Timestamp(refused))) from None

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
        if not pa.types.is_timestamp(array.type) or array.type.tz is None:
            raise wrong_column(self.type, array)
        nanos = _cast(array, pa.timestamp("ns", array.type.tz)).cast(pa.int64())
        return [str(Timestamp(each)) for each in nanos.to_pylist()]


@attrs.frozen(eq=False)
class Span(Column):
    """
    `Duration` and `datetime.timedelta`, on the wire seconds and nanoseconds.

    Attributes:
        unit: How many nanoseconds the unit of the type has.
    """

    unit: int

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        counts = [(wire["secs"] * _SECOND + wire["nanos"]) // self.unit for wire in wires]
        try:
            return pa.array(counts, self.type)
        except REFUSALS:
            place = next(place for place, count in enumerate(counts) if not -(2**63) < count < 2**63)
            expected = f"less than {2**63 * self.unit // _SECOND} seconds, which Arrow's {self.type} holds"
            raise FormatError.of("out_of_range", expected, f"{wires[place]['secs']} seconds") from None

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
        if pa.types.is_duration(array.type):
            array = _cast(array, self.type).cast(pa.int64())
        elif not pa.types.is_int64(array.type):  # a tool without such a type has the count
            raise wrong_column(self.type, array)
        parts = (divmod(count * self.unit, _SECOND) for count in array.to_pylist())
        return [{"secs": secs, "nanos": nanos} for secs, nanos in parts]


@attrs.frozen(eq=False)
class Days(Column):
    """`datetime.date`."""

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return self.array(list(map(dt.date.fromisoformat, wires)))

    def write_values(self, values: Sequence[Any]) -> pa.Array:
        """See `Column.write_values`."""
        return self.array(values)

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
        if not pa.types.is_date(array.type):
            raise wrong_column(self.type, array)
        days = _cast(array, pa.date32()).cast(pa.int32())
        return [_after_epoch(each * dt.timedelta(days=1)).date().isoformat() for each in days.to_pylist()]


def _after_epoch(delta: dt.timedelta) -> dt.datetime:
    try:
        return _EPOCH + delta
    except OverflowError:
        raise FormatError.of("out_of_range", "a year from 1 to 9999", f"1970-01-01 and {delta}") from None


@attrs.frozen(eq=False)
class Moment(Column):
    """
    `datetime.datetime`: what the clock shows, and the same in UTC where there is an offset.

    A column of Arrow's timestamps has one zone for all of them, or none; a
    datetime has its own offset, or none.

    Attributes:
        parse: From RFC 3339 text.
        format: To that.
    """

    parse: Callable[[str], dt.datetime]
    format: Callable[[dt.datetime], str]

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        local, utc = [], []
        for moment in map(self.parse, wires):
            clock, offset = (moment.replace(tzinfo=None) - _EPOCH) // _MICROSECOND, moment.utcoffset()
            local.append(clock)
            utc.append(None if offset is None else clock - offset // _MICROSECOND)
        clocks, zones = self.type
        return pa.StructArray.from_arrays(
            [pa.array(local, clocks.type), pa.array(utc, zones.type)], fields=[clocks, zones]
        )

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
        kind = array.type
        if not pa.types.is_struct(kind) or {"local", "utc"} - {field.name for field in kind}:
            raise wrong_column(self.type, array)
        local, utc = array.field("local"), array.field("utc")
        for each, has_zone in ((local, False), (utc, True)):
            if not pa.types.is_null(each.type) and not (
                pa.types.is_timestamp(each.type) and (each.type.tz is not None) == has_zone
            ):
                raise wrong_column(self.type, array)
        return list(map(self._text, _micros(local), _micros(utc)))

    def _text(self, local: int | None, utc: int | None) -> str:
        if local is None:
            raise FormatError.of("missing_field", "a local time", "null", path=("local",))
        moment = _after_epoch(local * _MICROSECOND)
        if utc is not None:
            offset = (local - utc) * _MICROSECOND
            if offset % dt.timedelta(minutes=1) or abs(offset) >= dt.timedelta(days=1):
                expected = "whole minutes, less than a day, between local time and UTC"
                raise FormatError.of("invalid_value", expected, str(offset), path=("utc",))
            moment = moment.replace(tzinfo=dt.timezone(offset))
        return self.format(moment)


def _micros(array: pa.Array) -> list[int | None]:
    if pa.types.is_null(array.type):
        return [None] * len(array)
    found: list[int | None] = _cast(array, pa.timestamp("us", array.type.tz)).cast(pa.int64()).to_pylist()
    return found


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

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
        if not _is_text(array.type):
            raise wrong_column(self.type, array)
        return [self.loads(text.encode()) for text in array.to_pylist()]


@attrs.frozen(eq=False)
class Nothing(Column):
    """``None`` alone."""

    def write(self, wires: Sequence[Any]) -> pa.Array:
        """See `Column.write`."""
        return pa.nulls(len(wires))

    def read_dense(self, array: pa.Array) -> list[Any]:
        """See `Column.read_dense`."""
        if len(array):
            raise wrong_column(self.type, array)
        return []
