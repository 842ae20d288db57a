"""
Forms that peers other than Rust write, which are read where the type is declared, and nowhere else.

==================  =============  ==================================================
datetime            MessagePack    the timestamp extension, in UTC
Timestamp           MessagePack    the timestamp extension
timedelta,          all formats    ISO 8601 text, such as ``PT1.5S``
Duration
Decimal             JSON           a number, by its text
Decimal             the others     an integer
==================  =============  ==================================================

Such a form is an entry in a node's ``foreign``: by the builtin class of what
stands in the document, the function from that to a value.  Inside an untagged
union there is none for text and numbers where a later member may be what was
written.
"""

from __future__ import annotations

import datetime as dt
import decimal

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgpack

from symphony_types._iso8601 import is_duration, parse_duration
from symphony_types.checks import FieldError
from symphony_types.time import Duration, Timestamp

from .._issues import FormatError, mismatch
from ..formats._json_numbers import Beyond, NoTextError, text_of
from .nodes import Foreign


__all__ = ["NotForeignError", "foreign_forms", "or_foreign", "out_of_whole_micros", "timestamp_of"]

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NANOS: Final = 1_000_000_000


class NotForeignError(Exception):
    """A value is of the class that a foreign form has, but not in that form: what the type itself says of it counts."""


def out_of_whole_micros(value: object) -> FormatError:
    """Return the error for a point in time that `datetime` would cut off: nothing is lost silently."""
    return mismatch("at most 6 digits of fraction (symphony_types.Timestamp keeps 9)", value, "invalid_value")


def _datetime_of(stamp: Any) -> dt.datetime:
    if stamp.nanoseconds % 1000:
        raise out_of_whole_micros(stamp)
    try:
        return _EPOCH + dt.timedelta(seconds=stamp.seconds, microseconds=stamp.nanoseconds // 1000)
    except OverflowError:
        raise mismatch("a timestamp of the years 1 to 9999", stamp, "out_of_range") from None


def timestamp_of(nanos: int, value: object) -> Timestamp:
    """Return the timestamp of nanoseconds since the epoch, which *value* says."""
    try:
        return Timestamp(nanos)
    except FieldError:
        raise mismatch("a timestamp of the years -262143 to 262142", value, "out_of_range") from None


def _timestamp_of(stamp: Any) -> Timestamp:
    return timestamp_of(stamp.seconds * _NANOS + stamp.nanoseconds, stamp)


def _duration_of(text: str) -> Duration:
    if not is_duration(text):
        raise NotForeignError
    return Duration.parse(text)


def _timedelta_of(text: str) -> dt.timedelta:
    if not is_duration(text):
        raise NotForeignError
    micros, rest = divmod(parse_duration(text), 1000)
    if rest:
        raise mismatch("whole microseconds", text, "out_of_range")
    try:
        return dt.timedelta(microseconds=micros)
    except OverflowError:
        raise mismatch("a duration that a timedelta holds", text, "out_of_range") from None


def _stamps(read: Callable[[Any], Any]) -> Foreign:
    return {msgpack.Timestamp: read}


# No other member of a union reads these.
_UNMISTAKABLE: Final[Mapping[type, Foreign]] = {
    dt.datetime: _stamps(_datetime_of),
    Timestamp: _stamps(_timestamp_of),
}
_COMMON: Final[Mapping[type, Foreign]] = {
    dt.timedelta: {str: _timedelta_of},
    Duration: {str: _duration_of},
    decimal.Decimal: {int: decimal.Decimal},
}


def foreign_forms(tp: type, read: Callable[[str], Any] | None, *, is_json: bool, takes_all: bool) -> Foreign:
    """
    Return the foreign forms of *tp*.

    Args:
        tp: The type.
        read: What reads the type's text.
        is_json: Whether the format is JSON.
        takes_all: Whether forms are read that another type may have, too.
    """
    if not takes_all:
        return _UNMISTAKABLE.get(tp, {})
    forms = _COMMON.get(tp) or _UNMISTAKABLE.get(tp, {})
    if tp is not decimal.Decimal or not is_json or read is None:
        return forms

    def read_number(number: float | Beyond) -> Any:
        try:
            text = text_of(number)
        except NoTextError:
            raise NotForeignError from None
        return read(text)

    return {**forms, float: read_number, Beyond: read_number}


def or_foreign(read: Callable[[Any, Any], Any], foreign: Foreign) -> Callable[..., Any]:
    """Return what reads a foreign form, and calls *read* for all else."""
    if not foreign:
        return read

    def read_either(value: Any, tp: Any = None) -> Any:
        of_foreign = foreign.get(type(value))
        if of_foreign is not None:
            try:
                return of_foreign(value)
            except NotForeignError:
                pass
        return read(value, tp)

    return read_either
