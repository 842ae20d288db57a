"""Expressions and data transforms: text and settings that an engine interprets, never this package."""

from __future__ import annotations

from enum import Enum

import attrs

from symphony_types._json import JsonValue
from symphony_types.checks import NON_EMPTY, InstanceOf


__all__ = ["DataTransform", "Expression", "TransformType"]


@attrs.frozen
class Expression:
    """
    Source text in some expression language; it is carried, never evaluated.

    Args:
        source: The text, not empty.
        language: Its language; an engine refuses what it does not know.
    """

    language: str = attrs.field(default="jsonpath-lite", validator=NON_EMPTY, kw_only=True)
    source: str = attrs.field(validator=NON_EMPTY)

    def __str__(self) -> str:
        return self.source


class TransformType(Enum):
    """The operation of a `DataTransform` on the data of its edge."""

    MAP = "Map"
    FILTER = "Filter"
    REDUCE = "Reduce"
    FLATTEN = "Flatten"
    CUSTOM = "Custom"


@attrs.frozen(kw_only=True, unsafe_hash=False)
class DataTransform:
    """
    A change of the data on its way along an edge.

    Args:
        transform_type: Which kind of change.
        config: Its settings, as the engine defines them.
    """

    transform_type: TransformType = attrs.field(validator=InstanceOf((TransformType,), "a TransformType"))
    config: JsonValue = None
