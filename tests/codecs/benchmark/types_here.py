"""A user's own types: an attrs class, a dataclass, and what they hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum

from collections.abc import Mapping
from typing import Annotated, Generic, Literal, NewType, TypeVar

import attrs

from symphony_codecs import FieldOptions, get_codec
from symphony_types import Version


T = TypeVar("T")
Sku = NewType("Sku", str)


class Colour(enum.Enum):
    """Two."""

    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Line:
    """Has an alias, and a field that the constructor does not take."""

    sku: Sku
    _count: Annotated[int, "pieces"] = 1
    total: int = attrs.field(init=False, default=0)


@attrs.frozen
class Order:
    """All sorts of fields, itself among them."""

    lines: list[Line]
    at: dt.datetime
    colour: Colour
    kind: Literal["a", "b"]
    version: Version
    pair: tuple[int, str]
    many: tuple[int, ...]
    tags: frozenset[str]
    extra: Mapping[str, bool]
    parent: Order | None = None


@attrs.frozen
class Box(Generic[T]):
    """Generic."""

    item: T


@dataclasses.dataclass
class Point:
    """Flat: what any library can do."""

    x: int
    name: str


@attrs.define
class Opaque:
    """What no codec can write."""

    thing: complex


ARRAYS = get_codec("json").with_options(positional=True)
SHORT_NAMES = get_codec("json").with_class(
    Version, fields={name: FieldOptions(rename=name[:1] + name[2:3]) for name in ("major", "minor", "patch")}
)
