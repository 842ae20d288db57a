"""
Types of the standard library that no format has: the text or the map that stands for them.

============  =======================================================
UUID          hyphenated text, or 16 bytes in a binary format
datetime      RFC 3339 text; an aware one keeps its offset
date, time    RFC 3339 text
timedelta     ``{"secs": int, "nanos": 0..999_999_999}``, secs signed
Decimal       text, as `str` gives it
Path          text
============  =======================================================

In CBOR other forms are read as well, as others write them.  Tag 0 of a datetime
and tag 1004 of a date stand before the same text, and say nothing new.

===  ===================  ==================================================
1    datetime, Timestamp  seconds since the epoch (RFC 8949, section 3.4.2)
4    Decimal              a decimal fraction (section 3.4.4)
100  date                 days since 1970-01-01 (RFC 8943)
===  ===================  ==================================================
"""

from __future__ import annotations

import datetime as dt
import decimal
import math
import re
import uuid

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, Final

import attrs

from symphony_types import _rfc3339
from symphony_types.time import Timestamp

from .._issues import mismatch
from ..formats.base import CborTag
from .foreign import NotForeignError, out_of_whole_micros, timestamp_of
from .nodes import Foreign


__all__ = [
    "TAGS",
    "TextForm",
    "text_form",
    "uuid_from_bytes",
]

# More digits than that is no number anybody meant; parsing them is quadratic.
_MAX_DECIMAL: Final = 4300
# In bits: these have no more digits than the text of a Decimal may have.
_MAX_MANTISSA: Final = 14_000
_MAX_EXPONENT: Final = 64
_DECIMAL: Final = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,18})?|[+-]?(?:Infinity|s?NaN[0-9]*)", re.ASCII
)


def _read_datetime(text: str) -> dt.datetime:
    value = _rfc3339.parse_datetime(text)
    _refuse_nanos(text)
    return value


def _read_time(text: str) -> dt.time:
    value = _rfc3339.parse_time(text)
    _refuse_nanos(text)
    return value


_NANOS: Final = re.compile(r"\.[0-9]{6}[0-9]*[1-9]")


def _refuse_nanos(text: str) -> None:
    """Refuse what `datetime` would cut off: nothing is lost silently."""
    if _NANOS.search(text):
        raise out_of_whole_micros(text)


def _read_decimal(text: str) -> decimal.Decimal:
    if len(text) <= _MAX_DECIMAL and _DECIMAL.fullmatch(text):
        try:
            return decimal.Decimal(text)
        except decimal.InvalidOperation:
            pass
    raise mismatch("a decimal number as text", text, "invalid_value")


_from_seconds: Final = dt.datetime.fromtimestamp
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SECOND: Final = 1_000_000_000


def _read_seconds(seconds: object) -> dt.datetime:
    """Read the content of tag 1, to the nearest microsecond, in UTC."""
    if type(seconds) is int or type(seconds) is float:
        try:
            # Not every system has a clock that goes back behind the epoch.
            return _from_seconds(seconds, dt.UTC) if seconds >= 0 else _EPOCH + dt.timedelta(seconds=seconds)
        except (OverflowError, ValueError, OSError):
            pass
    raise mismatch("seconds since the epoch", seconds, "invalid_value")


def _read_instant(seconds: object) -> Timestamp:
    """Read the content of tag 1, to the nearest nanosecond."""
    if type(seconds) is int:
        return timestamp_of(seconds * _SECOND, seconds)
    if type(seconds) is float and math.isfinite(seconds):
        whole = math.floor(seconds)
        # The difference is exact, and so is the sum, whatever the size.
        return timestamp_of(whole * _SECOND + round((seconds - whole) * _SECOND), seconds)
    raise mismatch("seconds since the epoch", seconds, "invalid_value")


def _read_days(days: object) -> dt.date:
    """Read the content of tag 100."""
    if type(days) is int:
        try:
            return dt.date.fromordinal(_EPOCH.toordinal() + days)
        except (OverflowError, ValueError):
            pass
    raise mismatch("days since 1970-01-01", days, "invalid_value")


def _read_fraction(pair: object) -> decimal.Decimal:
    """Read the content of tag 4: an exponent of ten, and what it multiplies."""
    if type(pair) is list and list(map(type, pair)) == [int, int]:
        exponent, mantissa = pair
        if mantissa.bit_length() <= _MAX_MANTISSA and exponent.bit_length() <= _MAX_EXPONENT:
            return _read_decimal(f"{mantissa}E{exponent}")
    raise mismatch("a decimal fraction", pair, "invalid_value")


def _read_path(cls: type[PurePath]) -> Callable[[str], PurePath]:
    def read(text: str) -> PurePath:
        if "\0" in text:
            raise mismatch("a path without NUL", text, "invalid_value")
        return cls(text)

    return read


_TEXTS: Final[dict[type, tuple[str, Callable[[str], Any], Callable[[Any], str]]]] = {
    dt.datetime: ("an RFC 3339 date and time", _read_datetime, _rfc3339.format_datetime),
    dt.date: ("a date as YYYY-MM-DD", _rfc3339.parse_date, _rfc3339.format_date),
    dt.time: ("a time as HH:MM:SS", _read_time, _rfc3339.format_time),
    decimal.Decimal: ("a decimal number as text", _read_decimal, str),
}


TAGS: Final[Mapping[type, Mapping[int, Callable[[Any], Any]]]] = {
    dt.datetime: {1: _read_seconds},
    dt.date: {100: _read_days},
    decimal.Decimal: {4: _read_fraction},
    Timestamp: {1: _read_instant},
}
"""By a tag of CBOR: from what stands behind it to a value of the class."""


@attrs.frozen
class TextForm:
    """
    How values of a class are text.

    Attributes:
        expected: What to call such a text in an error.
        read: From text to a value.
        write: From a value to text.
        tags: By a tag of CBOR: from what stands behind it to a value.
        foreign: Other forms than text; see `schema.foreign`.
    """

    expected: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    tags: Mapping[int, Callable[[Any], Any]] = {}
    foreign: Foreign = attrs.field(factory=dict)

    def structure(self, value: Any, _: Any = None) -> Any:
        """Return the value that builtins stand for; as a cattrs hook."""
        return self.read(value) if type(value) is str else self._structure_other(value)

    def _structure_other(self, value: Any) -> Any:
        if type(value) is CborTag and value.tag in self.tags:
            return self.tags[value.tag](value.value)
        read = self.foreign.get(type(value))
        if read is not None:
            try:
                return read(value)
            except NotForeignError:
                pass
        raise mismatch(self.expected, value)


def text_form(cls: type) -> TextForm:
    """Return how values of *cls*, one of the table above or a class of paths, are text."""
    if issubclass(cls, PurePath):
        return TextForm("a path as text", _read_path(cls), str)
    return TextForm(*_TEXTS[cls], TAGS.get(cls, {}))


def uuid_from_bytes(data: bytes) -> uuid.UUID:
    """Return the UUID of 16 bytes."""
    return uuid.UUID(bytes=data)
