"""
Points in time, between objects and text: the usual case, quickly.

orjson is the quickest writer of them that there is, also where the document
is none of JSON's: what it writes is the text itself, in quotes.  Many of them
are looked at in columns, a slice for each place of all of their texts.
"""

from __future__ import annotations

import datetime as dt
import operator

from collections.abc import Callable
from typing import Any, Final

import orjson

from ._source import Refused


__all__ = [
    "ZULU",
    "datetime_from_text",
    "datetimes_from_text",
    "moment_as_text",
    "moments",
]

ZULU: Final = orjson.OPT_UTC_Z
# Of a moment in UTC with microseconds, in characters; in an array there are quotes and a comma besides.
_WIDTH: Final = 27
_STEP: Final = _WIDTH + 3
_from_iso: Final = dt.datetime.fromisoformat
_WIDTHS: Final = frozenset({24, 27})


def _takes_hour_24() -> bool:
    try:
        _from_iso("2026-01-01T24:00:00")
    except ValueError:
        return False
    return True


_HAS_HOUR_24: Final = _takes_hour_24()


def datetime_from_text(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return what reads datetimes; *read* does whatever is not in the usual form: in UTC, with 3 or 6 digits."""

    def from_text(value: Any) -> Any:
        if type(value) is not str:
            raise Refused
        # The separators are among every third character, and the lengths leave no room for anything but digits.
        if value[4:20:3] == "--T::." and len(value) in _WIDTHS and value[-1] == "Z" and value[11:13] != "24":
            try:
                return _from_iso(value)
            except ValueError:
                pass
        return read(value)

    return from_text


def datetimes_from_text(read: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """Return what reads lists of datetimes; *read* reads one."""

    def from_texts(values: Any) -> list[Any]:
        width, rows = len(values[0]) if values else 0, len(values)
        if width in _WIDTHS:
            # All in the usual form, if they are columns of it; a text that began or ended within a row would be none.
            together = "".join(values)
            if (
                len(together) == width * rows
                and together[4::width] == together[7::width] == "-" * rows
                and together[13::width] == together[16::width] == ":" * rows
                and together[10::width] == "T" * rows
                and together[19::width] == "." * rows
                and together[width - 1 :: width] == "Z" * rows
                and not (_HAS_HOUR_24 and _has_hour_24(together, width))
            ):
                try:
                    return list(map(_from_iso, values))
                except ValueError:
                    pass
        return list(map(read, values))

    return from_texts


def _has_hour_24(together: str, width: int) -> bool:
    return "24" in set(map(operator.add, together[11::width], together[12::width]))


def moment_as_text(cls: type, write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return what writes a `datetime`, `date` or `time` as text; *write* does whatever is not usual."""

    def as_text(value: Any) -> str:
        kind = type(value)
        if kind is not cls:
            if not isinstance(value, cls) or (cls is dt.date and isinstance(value, dt.datetime)):
                raise Refused
        elif cls is dt.date:
            return value.isoformat()  # type: ignore[no-any-return]
        elif value.tzinfo is dt.UTC and cls is dt.datetime:
            text = orjson.dumps(value, None, ZULU).decode()
            # Of whole milliseconds it writes six digits, we three.
            return text[1:-1] if text[-5:] != '000Z"' else f"{text[1:-5]}Z"
        elif value.tzinfo is None and (value.microsecond % 1000 or not value.microsecond):
            return value.isoformat()  # type: ignore[no-any-return]
        return write(value)

    return as_text


def _array(values: Any) -> tuple[bytes | None, bool]:
    """
    Return the JSON of a list or tuple, and whether it is right.

    If not, some are of whole milliseconds, and have six digits instead of
    three.  It is ``None`` where not all are datetimes in UTC.
    """
    count = len(values)
    if not count or operator.countOf(map(type, values), dt.datetime) != count:
        return None, False
    array = orjson.dumps(values, None, ZULU)
    # In each there is at most one Z, and none that has one is longer: they are rows if all have one in the same place.
    if len(array) == count * _STEP + 1 and array[_WIDTH + 1 :: _STEP] == b"Z" * count:
        # A digit is a zero where it has no bit that a zero has not: of whole milliseconds the last three are.
        last = int.from_bytes(array[_WIDTH::_STEP])
        last |= int.from_bytes(array[_WIDTH - 1 :: _STEP]) | int.from_bytes(array[_WIDTH - 2 :: _STEP])
        return array, b"0" not in last.to_bytes(count)
    return (array, False) if array.count(b"Z") == count else (None, False)


def moments(values: Any, write: Callable[[Any], str], most: int) -> Any:
    """
    Write datetimes, all at once if they are in UTC.

    Args:
        values: A list or tuple.
        write: Writes one.
        most: Up to how many orjson may be given what it has written already.
    """
    if len(values) <= most:
        array, is_right = _array(values)
        if array is not None:
            return orjson.Fragment(array if is_right else array.replace(b'000Z"', b'Z"'))
    return list(map(write, values))
