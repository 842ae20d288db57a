"""The Python classes for the derives in `src/bin/pairs.rs`, and the options that give the same bytes."""

from __future__ import annotations

import datetime as dt
import enum

from collections.abc import Mapping
from typing import Any, Final, NewType
from uuid import UUID

import attrs

from symphony_codecs import Codec, FieldOptions, get_codec
from symphony_types import Duration, Timestamp


__all__ = ["PAIRS", "codec_of"]


# --8<-- [start:fields]
@attrs.frozen
class Fields:
    id: UUID
    at: Timestamp
    day: dt.date
    took: Duration
    count: int
    share: float
    note: str | None
    tags: tuple[str, ...]
    pair: tuple[int, str]
    by_name: dict[str, bool]


# --8<-- [end:fields]


# --8<-- [start:options]
@attrs.frozen
class Options:
    user_name: str
    address: str
    size: int
    level: int = 0
    limit: int = 10


def _options(codec: Codec) -> Codec:
    return codec.with_class(
        Options,
        rename="camelCase",
        unknown_fields="forbid",
        fields={"address": FieldOptions(rename="mail"), "size": FieldOptions(aliases=("old_size",))},
    )


# --8<-- [end:options]


# --8<-- [start:left-out]
@attrs.frozen
class LeftOut:
    note: str | None = None
    tags: tuple[str, ...] = ()


def _left_out(codec: Codec) -> Codec:
    return codec.with_class(LeftOut, omit_defaults=True)


# --8<-- [end:left-out]


# --8<-- [start:flattened]
@attrs.frozen
class Place:
    row: int
    seat: int


@attrs.frozen
class Flattened:
    name: str
    place: Place
    more: dict[str, int]


def _flattened(codec: Codec) -> Codec:
    flat = FieldOptions(flatten=True)
    return codec.with_class(Flattened, fields={"place": flat, "more": flat})


# --8<-- [end:flattened]


# --8<-- [start:tuples]
Newtype = NewType("Newtype", UUID)


@attrs.frozen
class Tuple:
    x: float
    y: float


@attrs.frozen
class Unit:
    pass


def _tuple(codec: Codec) -> Codec:
    return codec.with_class(Tuple, positional=True)


# --8<-- [end:tuples]


# --8<-- [start:enums]
class Level(enum.Enum):
    LOW = "Low"
    HIGH = "High"


class State(enum.Enum):
    NOT_STARTED = "not_started"
    DONE = "done"


# --8<-- [end:enums]


# --8<-- [start:unions]
@attrs.frozen
class Circle:
    radius: float


@attrs.frozen
class Square:
    side: float


def _internal(codec: Codec) -> Codec:
    return codec.with_union(Circle | Square, tagging="internal", tag="kind")


def _adjacent(codec: Codec) -> Codec:
    return codec.with_union(Circle | Square, tagging="adjacent", tag="t", content="c", rename="snake_case")


def _untagged(codec: Codec) -> Codec:
    return codec.with_union(Circle | Square, tagging="untagged")


# --8<-- [end:unions]

_ID: Final = UUID(int=2**127 + 5)
_SHAPES: Final = [Circle(0.5), Square(2.0)]
_FIELDS: Final = Fields(
    _ID, Timestamp.now(), dt.date(2026, 2, 28), Duration(3, 5), 7, 0.1, None, ("a",), (-1, "é"), {"yes": True}
)

# By name of the Rust type: the Python type, its codec, and values.
PAIRS: Final[Mapping[str, tuple[Any, Any, list[Any]]]] = {
    "Fields": (Fields, None, [_FIELDS, attrs.evolve(_FIELDS, note="text", tags=(), by_name={})]),
    "Options": (Options, _options, [Options("ann", "a@b", 255), Options("bob", "b@c", 0, -5, 65535)]),
    "LeftOut": (LeftOut, _left_out, [LeftOut(), LeftOut("x", ("y",)), LeftOut(tags=("z",))]),
    "Flattened": (Flattened, _flattened, [Flattened("a", Place(1, 2), {}), Flattened("b", Place(3, 4), {"five": 6})]),
    "Newtype": (Newtype, None, [_ID]),
    "Tuple": (Tuple, _tuple, [Tuple(1.0, -0.25)]),
    "Unit": (Unit, None, [Unit()]),
    "Level": (Level, None, list(Level)),
    "State": (State, None, list(State)),
    "External": (Circle | Square, None, _SHAPES),
    "Internal": (Circle | Square, _internal, _SHAPES),
    "Adjacent": (Circle | Square, _adjacent, _SHAPES),
    "Untagged": (Circle | Square, _untagged, _SHAPES),
}


def codec_of(name: str, format_name: str) -> Codec:
    """Return the codec for the values of a pair."""
    codec, adapt = get_codec(format_name), PAIRS[name][1]
    return codec if adapt is None else adapt(codec)
