"""
Ids and points in time, between objects and text or bytes: the usual case, quickly.

orjson is the quickest writer of both that there is, also where the document
is none of JSON's: what it writes is the text itself, in quotes.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
import uuid

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson

from symphony_types._uuid_text import format_uuid_bytes, parse_uuid_bytes
from symphony_types.time import Duration, Timestamp

from ..hooks.scalars import structure_int
from ._source import Refused


__all__ = [
    "ZULU",
    "datetime_from_text",
    "datetimes_from_text",
    "id_from_bytes",
    "id_from_text",
    "instant",
    "moment_as_text",
    "moments",
    "span",
    "text_of_id",
    "uuid_as_text",
    "uuid_from_bytes",
    "uuid_from_text",
    "uuids_as_text",
]

ZULU: Final = orjson.OPT_UTC_Z
# Senders, receivers and sessions recur from message to message, node ids inside a document.
_RECURRING: Final = 1024

_new: Final = object.__new__
_set_int: Final = uuid.UUID.__dict__["int"].__set__
_set_is_safe: Final = uuid.UUID.__dict__["is_safe"].__set__
_UNKNOWN: Final = uuid.SafeUUID.unknown
_from_iso: Final = dt.datetime.fromisoformat
_WIDTHS: Final = frozenset({24, 27})
_MARKS: Final = ((4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "."))


def _takes_hour_24() -> bool:
    try:
        _from_iso("2026-01-01T24:00:00")
    except ValueError:
        return False
    return True


_HAS_HOUR_24: Final = _takes_hour_24()


def uuid_from_bytes(value: Any) -> uuid.UUID:
    """Read a UUID from 16 bytes."""
    if type(value) is not bytes or len(value) != 16:
        raise Refused
    # What the constructor does with bytes, without looking at what else it may be given.
    self = _new(uuid.UUID)
    _set_int(self, int.from_bytes(value))
    _set_is_safe(self, _UNKNOWN)
    return self


def uuid_from_text(value: Any) -> uuid.UUID:
    """Read a UUID from its text."""
    if type(value) is not str:
        raise Refused
    return uuid_from_bytes(parse_uuid_bytes(value))


def uuid_as_text(value: uuid.UUID) -> str:
    """Write a UUID, whose class is known to be that."""
    return orjson.dumps(value).decode()[1:-1]


def uuids_as_text(values: Sequence[uuid.UUID]) -> list[str]:
    """Write UUIDs, whose class is known to be that."""
    texts: list[str] = orjson.loads(orjson.dumps(values))
    return texts


def id_from_text(make: Callable[[bytes], Any]) -> Callable[[str], Any]:
    """Return what reads typed ids; *make* makes one of 16 bytes.  They are immutable, so that they may be shared."""
    return functools.lru_cache(_RECURRING)(lambda text: make(parse_uuid_bytes(text)))


def id_from_bytes(make: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Return what reads typed ids from 16 bytes."""
    return functools.lru_cache(_RECURRING)(make)


text_of_id: Final = functools.lru_cache(_RECURRING)(format_uuid_bytes)
"""Write a typed id, by its bytes."""


def instant(value: Any) -> Timestamp:
    """Read a timestamp."""
    if type(value) is not str:
        raise Refused
    return Timestamp.parse(value)


def span(value: Any) -> Duration:
    """Read a duration, as a map or an array."""
    if type(value) is dict and len(value) == 2:
        secs, nanos = value["secs"], value["nanos"]
    elif type(value) is list and len(value) == 2:
        secs, nanos = value
    else:
        raise Refused
    return Duration.from_parts(structure_int(secs, int), structure_int(nanos, int))


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
        widths = set(map(len, values))
        if widths <= _WIDTHS and len(widths) == 1:
            # All in the usual form, if they are columns of it: a slice of each column that is no digit.
            (width,) = widths
            rows, together = len(values), "".join(values)
            if all(together[at::width] == mark * rows for at, mark in (*_MARKS, (width - 1, "Z"))) and not (
                _HAS_HOUR_24 and "24" in set(map(operator.add, together[11::width], together[12::width]))
            ):
                try:
                    return list(map(_from_iso, values))
                except ValueError:
                    pass
        return list(map(read, values))

    return from_texts


def moment_as_text(cls: type, write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return what writes a `datetime`, `date` or `time` as text; *write* does whatever is not usual."""

    def as_text(value: Any) -> str:
        kind = type(value)
        if kind is dt.datetime and kind is cls:
            if value.tzinfo is dt.UTC:
                text = orjson.dumps(value, None, ZULU).decode()
                # Of whole milliseconds it writes six digits, we three.
                return text[1:-1] if text[-5:] != '000Z"' else f"{text[1:-5]}Z"
        elif not isinstance(value, cls) or (cls is dt.date and isinstance(value, dt.datetime)):
            raise Refused
        return write(value)

    return as_text


def moments(values: Any, write: Callable[[Any], str], most: int) -> Any:
    """
    Write datetimes, all at once if they are usual.

    Args:
        values: A list or tuple.
        write: Writes one.
        most: Up to how many orjson may be given what it has written already.
    """
    if values and [*map(type, values)].count(dt.datetime) == len(values):
        array = orjson.dumps(values, option=ZULU)
        if array.count(b"Z") == len(values):  # all of them are in UTC
            array = array.replace(b'000Z"', b'Z"')  # of whole milliseconds it writes six digits, we three
            return orjson.Fragment(array) if len(values) <= most else orjson.loads(array)
    return list(map(write, values))
