"""Attrs classes; unions have a `Literal` field as their tag."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

from typing import Literal

import attrs


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


@attrs.define(kw_only=True)
class File:
    """A leaf of the tree."""

    type: Literal["file"] = "file"
    name: str
    created_by: str
    created_at: dt.datetime
    size: int
    permissions: Permissions
    updated_by: str | None = None
    updated_at: dt.datetime | None = None


@attrs.define(kw_only=True)
class Directory:
    """A node of the tree."""

    type: Literal["directory"] = "directory"
    name: str
    created_by: str
    created_at: dt.datetime
    contents: list[File | Directory]


@attrs.define(kw_only=True)
class Circle:
    """A member of the union."""

    type: Literal["circle"] = "circle"
    x: int
    y: int
    radius: float


@attrs.define(kw_only=True)
class Square:
    """Another member."""

    type: Literal["square"] = "square"
    x: int
    y: int
    side: float


@attrs.define(kw_only=True)
class Label:
    """The third."""

    type: Literal["label"] = "label"
    x: int
    y: int
    text: str


@attrs.define(kw_only=True)
class Drawing:
    """Unions alone."""

    shapes: list[Circle | Square | Label]


@attrs.define(kw_only=True)
class Palette:
    """Enums alone."""

    colours: list[Colour]


@attrs.define(kw_only=True)
class Ids:
    """Ids alone."""

    ids: list[uuid.UUID]


@attrs.define(kw_only=True)
class Times:
    """Moments alone."""

    times: list[dt.datetime]
