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
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, Final

import attrs

from symphony_types import _rfc3339

from .._issues import mismatch


__all__ = [
    "TextForm",
    "text_form",
    "uuid_from_bytes",
]

# More digits than that is no number anybody meant; parsing them is quadratic.
_MAX_DECIMAL: Final = 4300
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
        raise mismatch("at most 6 digits of fraction (symphony_types.Timestamp keeps 9)", text, "invalid_value")


def _read_decimal(text: str) -> decimal.Decimal:
    if len(text) <= _MAX_DECIMAL and _DECIMAL.fullmatch(text):
        try:
            return decimal.Decimal(text)
        except decimal.InvalidOperation:
            pass
    raise mismatch("a decimal number as text", text, "invalid_value")


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


@attrs.frozen
class TextForm:
    """
    How values of a class are text.

    Attributes:
        expected: What to call such a text in an error.
        read: From text to a value.
        write: From a value to text.
    """

    expected: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]


def text_form(cls: type) -> TextForm:
    """Return how values of *cls*, one of the table above or a class of paths, are text."""
    if issubclass(cls, PurePath):
        return TextForm("a path as text", _read_path(cls), str)
    return TextForm(*_TEXTS[cls])


def uuid_from_bytes(data: bytes) -> uuid.UUID:
    """Return the UUID of 16 bytes."""
    return uuid.UUID(bytes=data)
