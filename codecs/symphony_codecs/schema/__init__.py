"""
What types look like on the wire, as data.

A schema is made of a type, a codec's options and the hooks on its converter.
It is what both executors run, the compiled engine and generated Python, and
what any other program may read that has to know the wire form of a type:
`schema_of` makes one, `walk` and `children` go through its nodes, and
`describe` turns it into builtins, and `fingerprint` into 16 bytes.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

from typing_extensions import TypeForm

from . import nodes
from .build import build_schema
from .describe import describe
from .fingerprint import fingerprint
from .nodes import Field, Node, Schema, Variant
from .registry import Registry
from .walk import children, walk


__all__ = [
    "Field",
    "Node",
    "Schema",
    "Variant",
    "build_schema",
    "children",
    "describe",
    "fingerprint",
    "nodes",
    "schema_of",
    "walk",
]


class _Codec(Protocol):
    @property
    def converter(self) -> Registry:
        """The converter that knows the hooks and the options."""
        ...


def schema_of(
    as_type: TypeForm[Any], codec: _Codec, *, direction: Literal["structure", "unstructure"] = "structure"
) -> Schema:
    """
    Return what values of a type look like in a codec's format.

    Args:
        as_type: A class, a generic one with its arguments, a union, or any
            other annotation.
        codec: The codec, such as ``get_codec("json")``: its options and the
            hooks that are registered now.
        direction: ``structure`` to read values, ``unstructure`` to write them.

    Raises:
        FormatError: The type has no representation.
    """
    return build_schema(as_type, codec.converter, direction, for_engine=False)
