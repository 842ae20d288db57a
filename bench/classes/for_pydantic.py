"""
Dataclasses whose unions name their discriminator for pydantic, as its documentation advises for speed.

Classes without unions are those of `with_dataclasses` and `domain_dataclasses`.
"""

import dataclasses
import datetime as dt
import uuid

from typing import Annotated, Literal, TypeAlias, Union

from pydantic import Discriminator

from .domain_dataclasses import About, Edge, Envelope, Manifest, Node, Version
from .with_dataclasses import Circle, Colour, File, Ids, Label, Palette, Permissions, Square, Times


__all__ = [
    "Circle",
    "Colour",
    "Directory",
    "Drawing",
    "Envelope",
    "File",
    "Ids",
    "Label",
    "Manifest",
    "Palette",
    "Permissions",
    "Square",
    "Times",
    "Workflow",
]

Shape: TypeAlias = Annotated[Circle | Square | Label, Discriminator("type")]
TaggedNode: TypeAlias = Annotated[Node, Discriminator("type")]


@dataclasses.dataclass(kw_only=True, slots=True)
class Directory:
    """A node of the tree."""

    type: Literal["directory"] = "directory"
    name: str
    created_by: str
    created_at: dt.datetime
    contents: list[Annotated[Union[File, "Directory"], Discriminator("type")]]


@dataclasses.dataclass(kw_only=True, slots=True)
class Drawing:
    """Unions alone."""

    shapes: list[Shape]


@dataclasses.dataclass(kw_only=True, slots=True)
class Workflow:
    """A workflow: nodes and edges."""

    id: uuid.UUID
    name: str
    description: str | None
    version: Version
    nodes: dict[str, TaggedNode]
    edges: list[Edge]
    metadata: About
    created_at: dt.datetime
    updated_at: dt.datetime
