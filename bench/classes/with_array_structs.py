"""msgspec Structs as arrays without field names; the first item is the tag, if any."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

import msgspec


__all__ = [
    "Circle",
    "Colour",
    "Directory",
    "Drawing",
    "File",
    "Ids",
    "Label",
    "Palette",
    "Permissions",
    "Square",
    "Times",
]


class Colour(enum.Enum):
    """A unit variant among others."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    BLACK = "black"


class Permissions(enum.Enum):
    """The operations that a user may perform."""

    READ = "READ"
    WRITE = "WRITE"
    READ_WRITE = "READ_WRITE"


class File(msgspec.Struct, kw_only=True, array_like=True, tag_field="type", tag="file"):
    """A leaf of the tree."""

    name: str
    created_by: str
    created_at: dt.datetime
    size: int
    permissions: Permissions
    updated_by: str | None = None
    updated_at: dt.datetime | None = None


class Directory(msgspec.Struct, kw_only=True, array_like=True, tag_field="type", tag="directory"):
    """A node of the tree."""

    name: str
    created_by: str
    created_at: dt.datetime
    contents: list[File | Directory]


class Circle(msgspec.Struct, kw_only=True, array_like=True, tag_field="type", tag="circle"):
    """A member of the union."""

    x: int
    y: int
    radius: float


class Square(msgspec.Struct, kw_only=True, array_like=True, tag_field="type", tag="square"):
    """Another member."""

    x: int
    y: int
    side: float


class Label(msgspec.Struct, kw_only=True, array_like=True, tag_field="type", tag="label"):
    """The third."""

    x: int
    y: int
    text: str


class Drawing(msgspec.Struct, kw_only=True, array_like=True):
    """Unions alone."""

    shapes: list[Circle | Square | Label]


class Palette(msgspec.Struct, kw_only=True, array_like=True):
    """Enums alone."""

    colours: list[Colour]


class Ids(msgspec.Struct, kw_only=True, array_like=True):
    """Ids alone."""

    ids: list[uuid.UUID]


class Times(msgspec.Struct, kw_only=True, array_like=True):
    """Moments alone."""

    times: list[dt.datetime]
