"""
RFC 3339 text of points in time, dates and times of day.

Nanosecond timestamps follow Rust's ``chrono``, whose reader is much more
lenient than the RFC; the standard library's `datetime` types are read strictly.
"""

from __future__ import annotations

import functools
import re

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from .checks import FieldError, FieldTypeError, InstanceOf, describe


__all__ = [
    "MAX_NANOS",
    "MIN_NANOS",
    "format_date",
    "format_datetime",
    "format_time",
    "format_timestamp",
    "parse_date",
    "parse_datetime",
    "parse_time",
    "parse_timestamp",
]

_NANOS: Final = 1_000_000_000
_DAY: Final = 86_400
_MINUTE: Final = 60 * _NANOS
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - arithmetic on wall-clock fields, all of them UTC
_EPOCH_DAY: Final = _EPOCH.toordinal()
_SECOND: Final = timedelta(seconds=1)
_from_iso: Final = datetime.fromisoformat
_TWO: Final = tuple(f"{number:02}" for number in range(60))

_TEXT: Final = InstanceOf((str,), "RFC 3339 text")


def _days_from_civil(year: int, month: int, day: int) -> int:
    """Return the days from 1970-01-01 in the proleptic Gregorian calendar, for any year."""
    # years run from March, so that the leap day is the last of its year
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _civil_from_days(days: int) -> tuple[int, int, int]:
    """Return year, month and day; the inverse of `_days_from_civil`."""
    era, of_era = divmod(days + 719_468, 146_097)
    years = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * years + years // 4 - years // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + years + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


# the years that every release of chrono takes; each has its own limits beyond
_MIN_YEAR: Final = -262_143
_MAX_YEAR: Final = 262_142
MIN_NANOS: Final = _days_from_civil(_MIN_YEAR, 1, 1) * _DAY * _NANOS
MAX_NANOS: Final = _days_from_civil(_MAX_YEAR + 1, 1, 1) * _DAY * _NANOS - 1

_WS: Final = r"[ \t\n\v\f\r]*"
_LENIENT: Final = re.compile(
    rf"""{_WS}(?:(?P<year>[0-9]{{1,4}})|(?P<signed>[+-][0-9]+))
    {_WS}-{_WS}(?P<month>[0-9]{{1,2}})
    {_WS}-{_WS}(?P<day>[0-9]{{1,2}})
    [Tt\x20]
    {_WS}(?P<hour>[0-9]{{1,2}})
    {_WS}:{_WS}(?P<minute>[0-9]{{1,2}})
    {_WS}:{_WS}(?P<second>[0-9]{{1,2}})
    (?:\.(?P<fraction>[0-9]+))?
    {_WS}(?:[Zz]|[Uu][Tt][Cc]|(?P<sign>[+-])(?P<off_hour>[0-9]{{2}})[: \t\n\v\f\r]*(?P<off_minute>[0-9]{{2}}))
    {_WS}""".replace("\n    ", ""),
)


def _refuse(text: str, expected: str, code: str = "invalid_value") -> FieldError:
    return FieldError(code, (), expected, describe(text))


@functools.lru_cache(maxsize=256)  # most timestamps that a process writes are of few days
def _date_text(days: int) -> str:
    year, month, day = _civil_from_days(days)
    shown = f"{year:04}" if 0 <= year <= 9999 else f"{year:+05}"
    return f"{shown}-{month:02}-{day:02}"


@functools.lru_cache(maxsize=256)  # and of few minutes
def _minute_text(minutes: int) -> str:
    days, of_day = divmod(minutes, 1440)
    hour, minute = divmod(of_day, 60)
    return f"{_date_text(days)}T{_TWO[hour]}:{_TWO[minute]}:"


def format_timestamp(nanos: int) -> str:
    """
    Return the wire text of a timestamp.

    UTC with ``Z``, and 0, 3, 6 or 9 digits of fraction, the fewest that lose
    nothing.  Years outside 0 to 9999 have a sign.

    Args:
        nanos: Nanoseconds since the Unix epoch, `MIN_NANOS` to `MAX_NANOS`.
    """
    minutes, of_minute = divmod(nanos, _MINUTE)
    second, fraction = divmod(of_minute, _NANOS)
    head = _minute_text(minutes) + _TWO[second]
    if not fraction:
        return f"{head}Z"
    if fraction % 1000:
        return f"{head}.{fraction:09}Z"
    if fraction % 1_000_000:
        return f"{head}.{fraction // 1000:06}Z"
    return f"{head}.{fraction // 1_000_000:03}Z"


def parse_timestamp(text: str) -> int:
    """
    Return the nanoseconds since the Unix epoch of *text*.

    Takes everything that ``chrono`` reads: ``T`` or a blank between date and time,
    ``Z``, ``UTC``, ``+hh:mm`` or ``+hhmm``, blanks around the parts, parts of
    one digit, years with a sign (required from five digits), a fraction of
    any length (cut after nine digits), and lower-case ``t`` as RFC 3339 has
    it.  Second 60 is folded into the next second.  An offset is required.

    Args:
        text: The text to read.

    Raises:
        FieldTypeError: *text* is not a `str`.
        FieldError: *text* is not such a text, or out of range.
    """
    if type(text) is not str:
        _TEXT.check(text)
    # The form that every writer of the wire form uses is checked to the character, since fromisoformat takes more:
    # its separators in one slice of every third character.  Newer versions of it take hour 24.
    punctuation = text[4:20:3]
    if text[-1:] == "Z" and text[11:13] != "24":
        digits = text[20:-1]
        if punctuation == "--T::." and digits.isdigit() and digits.isascii():
            fraction = int(digits if len(digits) == 9 else digits[:9].ljust(9, "0"))
        elif punctuation == "--T::Z" and len(text) == 20:
            fraction = 0
        else:
            return _parse_lenient(text)
        try:
            since = _from_iso(text[:19]) - _EPOCH
        except ValueError:
            pass
        else:
            return (since.days * _DAY + since.seconds) * _NANOS + fraction
    return _parse_lenient(text)


def _parse_lenient(text: str) -> int:
    match = _LENIENT.fullmatch(text)
    if match is None:
        raise _refuse(text, "an RFC 3339 timestamp with an offset")
    plain, signed, month_, day_, hour_, minute_, second_, fraction, sign, off_hour, off_minute = match.groups()
    year_ = plain or signed[0] + (signed[1:].lstrip("0") or "0")
    month, day, hour, minute, second = int(month_), int(day_), int(hour_), int(minute_), int(second_)
    expected = f"a timestamp in the years {_MIN_YEAR} to {_MAX_YEAR}"
    if len(year_) > 7:
        raise _refuse(text, expected, "out_of_range")
    year = int(year_)
    if not (1 <= month <= 12 and 1 <= day <= _days_in(year, month) and hour < 24 and minute < 60 and second <= 60):
        raise _refuse(text, "a date and time that exist", "out_of_range")
    offset = 0
    if sign:
        if int(off_hour) > 23 or int(off_minute) > 59:
            raise _refuse(text, "an offset below 24 hours", "out_of_range")
        offset = (int(off_hour) * 60 + int(off_minute)) * (-60 if sign == "-" else 60)
    secs = _days_from_civil(year, month, day) * _DAY + hour * 3600 + minute * 60 + second - offset
    nanos = secs * _NANOS + (int(fraction[:9].ljust(9, "0")) if fraction else 0)
    if not MIN_NANOS <= nanos <= MAX_NANOS:
        raise _refuse(text, expected, "out_of_range")
    return nanos


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


_DATE: Final = r"(\d{4})-(\d\d)-(\d\d)"
_TIME: Final = r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))?"
_DATE_RE: Final = re.compile(_DATE, re.ASCII)
_TIME_RE: Final = re.compile(_TIME, re.ASCII)
_DATETIME_RE: Final = re.compile(f"{_DATE}[Tt ]{_TIME}", re.ASCII)
# The forms that `fromisoformat` reads in the same way.
_ISO_TIME: Final = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(?:\d{3}|\d{6}))?"
_ISO_TIME_RE: Final = re.compile(_ISO_TIME, re.ASCII)
_ISO_RE: Final = re.compile(rf"\d{{4}}-\d\d-\d\dT{_ISO_TIME}(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?", re.ASCII)
# Lengths of what `isoformat` writes in the same way, in characters, without an offset and with one.
_NAIVE_LENGTHS: Final = frozenset({8, 15, 19, 26})
_AWARE_LENGTHS: Final = frozenset({25, 32})
# In UTC, with three or six digits of fraction.
_USUAL_LENGTHS: Final = frozenset({24, 27})


def _offset_text(offset: timedelta | None, value: object) -> str:
    if offset is None:
        return ""
    if not offset:
        return "Z"
    total = offset.days * _DAY + offset.seconds
    if offset.microseconds or total % 60:
        raise FieldError("invalid_value", (), "an offset of whole minutes", describe(value))
    sign = "-" if total < 0 else "+"
    hours, minutes = divmod(abs(total) // 60, 60)
    return f"{sign}{hours:02}:{minutes:02}"


def _fraction_text(micros: int) -> str:
    if not micros:
        return ""
    return f".{micros // 1000:03}" if micros % 1000 == 0 else f".{micros:06}"


def _offset_zone(zulu: str | None, sign: str | None, hours: str | None, minutes: str | None) -> timezone | None:
    if zulu:
        return UTC
    if sign is None or hours is None or minutes is None:
        return None
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("offset")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset) if offset else UTC


def _fraction_micros(fraction: str | None) -> int:
    return int(fraction[:6].ljust(6, "0")) if fraction else 0


def _has_usual_fraction(value: datetime | time) -> bool:
    """Return whether `isoformat` writes the fraction as we do: not of whole milliseconds, unless of whole seconds."""
    return bool(value.microsecond % 1000 or not value.microsecond)


def format_datetime(value: datetime) -> str:
    """
    Return the RFC 3339 text of *value*.

    An aware one keeps its offset (zero is ``Z``), a naive one has none.  The
    fraction has 0, 3 or 6 digits.  The zone's name and ``fold`` are not kept.

    Raises:
        FieldError: The offset is not in whole minutes.
    """
    if value.tzinfo is not UTC and _has_usual_fraction(value):
        text = datetime.isoformat(value)
        if len(text) in _NAIVE_LENGTHS or (len(text) in _AWARE_LENGTHS and text[-6:] != "+00:00"):
            return text
    offset = "Z" if value.tzinfo is UTC else _offset_text(value.utcoffset(), value)
    date_text = _date_text(value.toordinal() - _EPOCH_DAY)
    head = f"{date_text}T{_TWO[value.hour]}:{_TWO[value.minute]}:{_TWO[value.second]}"
    return head + _fraction_text(value.microsecond) + offset


def parse_datetime(text: str) -> datetime:
    """
    Return what RFC 3339 *text* says: aware if it has an offset, else naive.

    The fraction is cut after microseconds; second 60 is folded into the next.

    Raises:
        FieldTypeError: *text* is not a `str`.
        FieldError: *text* is not such a text, or not in the years 1 to 9999.
    """
    if type(text) is not str:
        _TEXT.check(text)
    # As in `parse_timestamp`; the lengths leave no room for anything but digits of the fraction.
    if len(text) in _USUAL_LENGTHS and text[4:20:3] == "--T::." and text[-1] == "Z" and text[11:13] != "24":
        try:
            return _from_iso(text)
        except ValueError:
            pass
    if _ISO_RE.fullmatch(text) is not None:
        try:
            return _from_iso(text)
        except ValueError:
            pass
    match = _DATETIME_RE.fullmatch(text)
    if match is None:
        raise _refuse(text, "an RFC 3339 date and time")
    year, month, day, hour, minute, second, fraction, zulu, sign, off_hour, off_minute = match.groups()
    leap = second == "60"
    try:
        zone = _offset_zone(zulu, sign, off_hour, off_minute)
        micros = _fraction_micros(fraction)
        seconds = 59 if leap else int(second)
        value = datetime(int(year), int(month), int(day), int(hour), int(minute), seconds, micros, zone)
        return value + _SECOND if leap else value
    except (ValueError, OverflowError):
        raise _refuse(text, "a date and time that exist in the years 1 to 9999", "out_of_range") from None


def format_date(value: date) -> str:
    """Return the RFC 3339 ``full-date`` of *value*; a `datetime` is refused, since its time would be lost."""
    if isinstance(value, datetime):
        raise FieldTypeError("wrong_type", (), "a date", describe(value))
    return value.isoformat()


def parse_date(text: str) -> date:
    """
    Return the date that *text* says as ``YYYY-MM-DD``.

    Raises:
        FieldTypeError: *text* is not a `str`.
        FieldError: *text* is not such a text, or the date does not exist.
    """
    _TEXT.check(text)
    match = _DATE_RE.fullmatch(text)
    if match is None:
        raise _refuse(text, "a date as YYYY-MM-DD")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise _refuse(text, "a date that exists in the years 1 to 9999", "out_of_range") from None


def format_time(value: time) -> str:
    """
    Return the RFC 3339 text of *value*, with its offset if it has a fixed one.

    Raises:
        FieldError: The offset is not in whole minutes, or depends on the date.
    """
    if value.tzinfo is None and _has_usual_fraction(value):
        return time.isoformat(value)
    offset = value.utcoffset()
    if value.tzinfo is not None and offset is None:
        raise FieldError("invalid_value", (), "a time whose offset does not depend on the date", describe(value))
    head = value.replace(tzinfo=None).isoformat(timespec="seconds")
    return head + _fraction_text(value.microsecond) + _offset_text(offset, value)


def parse_time(text: str) -> time:
    """
    Return the time of day that *text* says as ``HH:MM:SS``, with a fraction and an offset if it has them.

    The fraction is cut after microseconds.  Second 60 is refused: there is no
    next second of the same day to fold it into.

    Raises:
        FieldTypeError: *text* is not a `str`.
        FieldError: *text* is not such a text, or the time does not exist.
    """
    _TEXT.check(text)
    if _ISO_TIME_RE.fullmatch(text) is not None:
        return time.fromisoformat(text)
    match = _TIME_RE.fullmatch(text)
    if match is None:
        raise _refuse(text, "a time as HH:MM:SS")
    hour, minute, second, fraction, zulu, sign, off_hour, off_minute = match.groups()
    try:
        zone = _offset_zone(zulu, sign, off_hour, off_minute)
        return time(int(hour), int(minute), int(second), _fraction_micros(fraction), zone)
    except ValueError:
        raise _refuse(text, "a time that exists", "out_of_range") from None
