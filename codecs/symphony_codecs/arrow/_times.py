"""Columns of moments, dates and spans of time."""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs
import pyarrow as pa

from symphony_types.time import Timestamp

from .._issues import FormatError
from ..python._source import Source
from ._column import REFUSALS, Column, wrong_column


__all__ = ["Days", "Instant", "Moment", "Span"]

_SECOND: Final = 1_000_000_000
_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - clocks of any zone count from it
_MICROSECOND: Final = dt.timedelta(microseconds=1)


def _cast(array: pa.Array, arrow_type: Any) -> pa.Array:
    try:
        return array.cast(arrow_type)
    except REFUSALS as exc:
        raise FormatError.of("out_of_range", f"what Arrow's {arrow_type} holds", str(exc)) from None


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

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
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

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
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

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
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

    def read_there(self, array: pa.Array) -> list[Any]:
        """See `Column.read_there`."""
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
