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
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final

import attrs

from symphony_types import _rfc3339
from symphony_types._uuid_text import format_uuid_bytes, parse_uuid_bytes

from .._issues import FormatError, mismatch
from ..formats.base import Format
from ._base import Shape, StructureHook, UnstructureHook


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = [
    "StdlibShape",
    "TimedeltaShape",
    "TimedeltaWire",
    "id_hooks",
    "moment_functions",
    "uuid_from_bytes",
]

# More digits than that is no number anybody meant; parsing them is quadratic.
_MAX_DECIMAL: Final = 4300
_DECIMAL: Final = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,18})?|[+-]?(?:Infinity|s?NaN[0-9]*)", re.ASCII
)


def id_hooks(
    format: Format,  # noqa: A002 - the field's term
    cls: type,
    make: Callable[[bytes], Any],
    get: Callable[[Any], bytes],
) -> tuple[StructureHook, UnstructureHook]:
    """Return the hooks for a class around 16 bytes: text where people read, else the bytes themselves."""

    def checked(value: Any) -> bytes:
        if not isinstance(value, cls):
            raise mismatch(f"a {cls.__name__}", value)
        return get(value)

    if not format.human_readable:

        def structure_bytes(value: Any, _: Any) -> Any:
            if type(value) is not bytes:
                raise mismatch("16 bytes", value)
            if len(value) != 16:
                raise mismatch("16 bytes", value, "invalid_value")
            return make(value)

        return structure_bytes, checked

    def structure_text(value: Any, _: Any) -> Any:
        if type(value) is not str:
            raise mismatch("a UUID as text", value)
        return make(parse_uuid_bytes(value))

    def unstructure_text(value: Any) -> str:
        return format_uuid_bytes(checked(value))

    return structure_text, unstructure_text


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


def moment_functions(cls: type) -> tuple[Callable[[str], Any], Callable[[Any], str]]:
    """Return how a `datetime`, `date` or `time` is read from its text, and written."""
    _, read, write = _TEXTS[cls]
    return read, write


class StdlibShape(Shape):
    """UUID, datetime, date, time, Decimal and paths."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return text, or bytes for a UUID in a binary format."""
        return frozenset((bytes if tp is uuid.UUID and not converter.format.human_readable else str,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook from text."""
        if tp is uuid.UUID:
            return id_hooks(converter.format, uuid.UUID, uuid_from_bytes, _uuid_bytes)[0]
        expected, read = ("a path as text", _read_path(tp)) if issubclass(tp, PurePath) else _TEXTS[tp][:2]

        def structure_text(value: Any, _: Any) -> Any:
            if type(value) is not str:
                raise mismatch(expected, value)
            return read(value)

        return structure_text

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook to text."""
        if tp is uuid.UUID:
            return id_hooks(converter.format, uuid.UUID, uuid_from_bytes, _uuid_bytes)[1]
        write: Callable[[Any], str] = str if issubclass(tp, PurePath) else _TEXTS[tp][2]
        accepted = (PurePath,) if tp is Path else (tp,)

        def unstructure_text(value: Any) -> str:
            if not isinstance(value, accepted) or (tp is dt.date and isinstance(value, dt.datetime)):
                raise mismatch(f"a {tp.__name__}", value)
            return write(value)

        return unstructure_text


def uuid_from_bytes(data: bytes) -> uuid.UUID:
    """Return the UUID of 16 bytes."""
    return uuid.UUID(bytes=data)


def _uuid_bytes(value: uuid.UUID) -> bytes:
    return value.bytes


@attrs.frozen
class TimedeltaWire:
    """What a `datetime.timedelta` looks like: whole seconds, rounded down, and the rest."""

    secs: int
    nanos: int


TimedeltaWire.__name__ = "timedelta"  # which is what errors are about


class TimedeltaShape(Shape):
    """A `datetime.timedelta`, as a `symphony_types.Duration` with signed seconds."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return map and array."""
        return frozenset((dict, list))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook from seconds and nanoseconds."""
        read: StructureHook = converter.get_structure_hook(TimedeltaWire)

        def structure_timedelta(value: Any, _: Any) -> dt.timedelta:
            wire = read(value, TimedeltaWire)
            if not 0 <= wire.nanos <= 999_999_999:
                raise FormatError(i.prefixed("nanos") for i in _range("0 to 999999999", wire.nanos).issues)
            if wire.nanos % 1000:
                raise FormatError(i.prefixed("nanos") for i in _range("whole microseconds", wire.nanos).issues)
            try:
                return dt.timedelta(seconds=wire.secs, microseconds=wire.nanos // 1000)
            except OverflowError:
                raise FormatError(
                    i.prefixed("secs") for i in _range("seconds that a timedelta holds", wire.secs).issues
                ) from None

        return structure_timedelta

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook to seconds and nanoseconds."""
        write: UnstructureHook = converter.get_unstructure_hook(TimedeltaWire)

        def unstructure_timedelta(value: Any) -> Any:
            if not isinstance(value, dt.timedelta):
                raise mismatch("a timedelta", value)
            return write(TimedeltaWire(value.days * 86_400 + value.seconds, value.microseconds * 1000))

        return unstructure_timedelta


def _range(expected: str, value: int) -> FormatError:
    return mismatch(expected, value, "out_of_range")
