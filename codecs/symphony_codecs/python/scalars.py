"""
Ids, timestamps and durations, between objects and text or bytes: the usual case, quickly.

orjson is the quickest writer of UUIDs that there is, also where the document
is none of JSON's: what it writes is the text itself, in quotes.
"""

from __future__ import annotations

import functools
import uuid

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson

from symphony_types._uuid_text import format_uuid_bytes, parse_uuid_bytes
from symphony_types.time import Duration, Timestamp

from ._source import Refused
from .strict import structure_int


__all__ = [
    "id_from_bytes",
    "id_from_text",
    "instant",
    "span",
    "text_of_id",
    "uuid_as_text",
    "uuid_from_bytes",
    "uuid_from_text",
    "uuids_as_text",
]

# Senders, receivers and sessions recur from message to message, node ids inside a document.
_RECURRING: Final = 1024

_new: Final = object.__new__
_set_int: Final = uuid.UUID.__dict__["int"].__set__
_set_is_safe: Final = uuid.UUID.__dict__["is_safe"].__set__
_UNKNOWN: Final = uuid.SafeUUID.unknown


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
