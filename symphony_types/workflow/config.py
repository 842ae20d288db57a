"""The settings of instrument, operator and control nodes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import ClassVar, Final

import attrs

from symphony_types import integers
from symphony_types._json import JsonValue
from symphony_types._tagged import TaggedValue
from symphony_types.checks import (
    NON_EMPTY,
    TEXT_MAP,
    U32,
    U64,
    CheckBase,
    FieldError,
    FieldTypeError,
    InstanceOf,
    Text,
    as_map,
    optional,
)
from symphony_types.time import Duration


__all__ = ["ControlType", "InstrumentConfig", "OperatorConfig", "OperatorType"]

_DURATION: Final = InstanceOf((Duration,), "a Duration")
_URL: Final = Text(pattern=r"[A-Za-z][A-Za-z0-9+.-]*://[^\s]+", name="an absolute URL")


def _check_positive(value: Duration, field: str) -> None:
    if not (value.secs or value.nanos):
        raise FieldError("out_of_range", (field,), "a duration above 0", "0 s")


def _mask(value: object) -> str:
    return "None" if value is None else "'***'"


class _Secret(CheckBase):
    """A string, or ``None``; what is refused is not shown, as other checks do."""

    __slots__ = ()

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if value is not None and not isinstance(value, str):
            raise FieldTypeError("wrong_type", path, "a string", type(value).__name__)


class OperatorType(
    TaggedValue,
    variants={
        "Transform": None,
        "Filter": None,
        "Aggregate": None,
        "Validate": None,
        "Format": None,
        "Parse": None,
        "Custom": str,
    },
):
    """The operation of an operator node; ``Custom`` holds a name that its extension knows."""

    __slots__ = ()

    TRANSFORM: ClassVar[OperatorType]
    FILTER: ClassVar[OperatorType]
    AGGREGATE: ClassVar[OperatorType]
    VALIDATE: ClassVar[OperatorType]
    FORMAT: ClassVar[OperatorType]
    PARSE: ClassVar[OperatorType]

    @classmethod
    def custom(cls, name: str) -> OperatorType:
        """Return the operator type that an extension calls *name* (not empty)."""
        return cls.from_variant("Custom", name)

    @classmethod
    def from_name(cls, name: str) -> OperatorType:
        """Return the operator type called *name*, ``custom(name)`` if there is none."""
        is_unit = name in cls.__variants__ and cls.__variants__[name] is None
        return cls.from_variant(name) if is_unit else cls.custom(name)

    @classmethod
    def _check_value(cls, variant: str, value: object) -> None:
        NON_EMPTY.check(value, (variant,))


class ControlType(Enum):
    """How a control node steers the flow; a loop runs inside its node, never over a back edge."""

    BRANCH = "Branch"
    MERGE = "Merge"
    LOOP = "Loop"
    PARALLEL = "Parallel"
    JOIN = "Join"

    @property
    def needs_condition(self) -> bool:
        """Whether such a node decides something."""
        return self in {ControlType.BRANCH, ControlType.LOOP}

    @property
    def joins(self) -> bool:
        """Whether such a node brings two or more flows together."""
        return self in {ControlType.MERGE, ControlType.JOIN}


@attrs.frozen(kw_only=True, unsafe_hash=False)
class InstrumentConfig:
    """
    How to reach and call the model of an instrument node.

    Args:
        api_key: A secret: masked in ``repr``, never on the wire; decoding
            leaves it ``None``.
        endpoint: Where the model answers, an absolute URL.
        timeout: For one call, above 0.
        max_retries: After the first try, u32.
        rate_limit: Calls per minute, u32; ``None`` for no limit.
        custom: Settings that the extension defines; read-only.
    """

    api_key: str | None = attrs.field(default=None, repr=_mask, validator=_Secret(), metadata={"wire": False})
    endpoint: str | None = attrs.field(default=None, validator=optional(_URL))
    timeout: Duration = attrs.field(default=Duration(30, 0), validator=_DURATION)
    max_retries: integers.U32 = attrs.field(default=3, validator=U32)
    rate_limit: integers.U32 | None = attrs.field(default=100, validator=optional(U32))
    custom: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP)

    def __attrs_post_init__(self) -> None:
        _check_positive(self.timeout, "timeout")


@attrs.frozen(kw_only=True, unsafe_hash=False)
class OperatorConfig:
    """
    The limits that an operator node runs under.

    Args:
        timeout: For one run, above 0.
        max_input_size: In bytes, u64.
        max_output_size: In bytes, u64.
        custom: Settings that the extension defines; read-only.
    """

    timeout: Duration = attrs.field(default=Duration(5, 0), validator=_DURATION)
    max_input_size: integers.U64 = attrs.field(default=10_000_000, validator=U64)
    max_output_size: integers.U64 = attrs.field(default=10_000_000, validator=U64)
    custom: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP)

    def __attrs_post_init__(self) -> None:
        _check_positive(self.timeout, "timeout")
