"""Dataclasses, for libraries that do not support attrs or support it less well."""

import dataclasses
import datetime as dt
import enum
import uuid

from typing import Literal, Union


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


@dataclasses.dataclass(kw_only=True, slots=True)
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


@dataclasses.dataclass(kw_only=True, slots=True)
class Directory:
    """A node of the tree."""

    type: Literal["directory"] = "directory"
    name: str
    created_by: str
    created_at: dt.datetime
    contents: list[Union[File, "Directory"]]


@dataclasses.dataclass(kw_only=True, slots=True)
class Circle:
    """A member of the union."""

    type: Literal["circle"] = "circle"
    x: int
    y: int
    radius: float


@dataclasses.dataclass(kw_only=True, slots=True)
class Square:
    """Another member."""

    type: Literal["square"] = "square"
    x: int
    y: int
    side: float


@dataclasses.dataclass(kw_only=True, slots=True)
class Label:
    """The third."""

    type: Literal["label"] = "label"
    x: int
    y: int
    text: str


@dataclasses.dataclass(kw_only=True, slots=True)
class Drawing:
    """Unions alone."""

    shapes: list[Circle | Square | Label]


@dataclasses.dataclass(kw_only=True, slots=True)
class Palette:
    """Enums alone."""

    colours: list[Colour]


@dataclasses.dataclass(kw_only=True, slots=True)
class Ids:
    """Ids alone."""

    ids: list[uuid.UUID]


@dataclasses.dataclass(kw_only=True, slots=True)
class Times:
    """Moments alone."""

    times: list[dt.datetime]
