"""
How each kind of type looks on the wire: one module a kind.

To support a further kind, write a `Shape` in a module of its own and put it
into `SHAPES`: the first that matches makes the hooks.
"""

from __future__ import annotations

from typing import Final

from ._base import Shape
from .anything import AnyShape, JsonValueShape
from .containers import SequenceShape, SetShape, TupleShape
from .domain import DurationShape, IdShape, TaggedValueShape, TimestampShape
from .enums import EnumShape, FlagShape, LiteralShape
from .jsonrpc import JsonRpcResponseShape
from .mappings import MappingShape
from .scalars import NoneShape, ScalarShape
from .stdlib import StdlibShape, TimedeltaShape
from .structs import StructShape
from .symphony_errors import ErrorShape
from .typeddicts import TypedDictShape
from .unions import UnionShape
from .wrappers import AnnotatedShape, WrapperShape


__all__ = ["SHAPES", "Shape"]

# More special before more general: an IntEnum is an int, a typed id an attrs class, a JsonValue annotated.
SHAPES: Final[tuple[type[Shape], ...]] = (
    NoneShape,
    AnyShape,
    FlagShape,
    EnumShape,
    ScalarShape,
    IdShape,
    TimestampShape,
    DurationShape,
    JsonRpcResponseShape,
    TaggedValueShape,
    ErrorShape,
    StdlibShape,
    TimedeltaShape,
    UnionShape,
    LiteralShape,
    JsonValueShape,
    AnnotatedShape,
    WrapperShape,
    TypedDictShape,
    StructShape,
    SetShape,
    SequenceShape,
    TupleShape,
    MappingShape,
)
