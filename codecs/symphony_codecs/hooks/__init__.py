"""
How each kind of type looks on the wire: one module a kind.

`SHAPES` has the `Shape` that makes the hooks of each kind that
`symphony_codecs.schema.kinds` knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..schema.kinds import Kind
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

SHAPES: Final[Mapping[Kind, type[Shape]]] = {
    "annotated": AnnotatedShape,
    "any": AnyShape,
    "duration": DurationShape,
    "enum": EnumShape,
    "error": ErrorShape,
    "flag": FlagShape,
    "id": IdShape,
    "json_value": JsonValueShape,
    "literal": LiteralShape,
    "mapping": MappingShape,
    "null": NoneShape,
    "response": JsonRpcResponseShape,
    "scalar": ScalarShape,
    "sequence": SequenceShape,
    "set": SetShape,
    "standard": StdlibShape,
    "struct": StructShape,
    "tagged_value": TaggedValueShape,
    "timedelta": TimedeltaShape,
    "timestamp": TimestampShape,
    "tuple": TupleShape,
    "typed_dict": TypedDictShape,
    "union": UnionShape,
    "wrapper": WrapperShape,
}
