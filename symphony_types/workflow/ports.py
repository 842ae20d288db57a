"""Ports of a node and the types of the data that flows through them."""

from __future__ import annotations

import base64
import binascii

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, cast
from uuid import UUID

import attrs

from symphony_types._json import JsonValue
from symphony_types._tagged import TaggedValue
from symphony_types.checks import BOOL, NON_EMPTY, FieldError, FieldTypeError, InstanceOf, describe


__all__ = ["DataType", "PortDefinition"]


class DataType(
    TaggedValue,
    variants={
        "Any": None,
        "Null": None,
        "Boolean": None,
        "Integer": None,
        "Float": None,
        "String": None,
        "Bytes": None,
        "Json": None,
        "List": "DataType",
        "Map": "DataType",
        "Artifact": None,
        "Custom": str,
    },
):
    """
    The type of the data at a port.

    ``List`` and ``Map`` hold the type of their items (the keys of a map are
    text), ``Custom`` the name of a type that only its extension knows.
    """

    __slots__ = ()

    ANY: ClassVar[DataType]
    NULL: ClassVar[DataType]
    BOOLEAN: ClassVar[DataType]
    INTEGER: ClassVar[DataType]
    FLOAT: ClassVar[DataType]
    STRING: ClassVar[DataType]
    BYTES: ClassVar[DataType]
    JSON: ClassVar[DataType]
    ARTIFACT: ClassVar[DataType]

    @classmethod
    def list(cls, item: DataType) -> DataType:
        """Return the type of lists of *item*."""
        return cls.from_variant("List", item)

    @classmethod
    def map(cls, item: DataType) -> DataType:
        """Return the type of maps from text to *item*."""
        return cls.from_variant("Map", item)

    @classmethod
    def custom(cls, name: str) -> DataType:
        """Return the type that an extension calls *name* (not empty)."""
        return cls.from_variant("Custom", name)

    @classmethod
    def _check_value(cls, variant: str, value: object) -> None:
        if variant == "Custom":
            NON_EMPTY.check(value, (variant,))
        elif not isinstance(value, DataType):
            raise FieldTypeError("wrong_type", (variant,), "a DataType", describe(value))

    def is_compatible_with(self, target: DataType) -> bool:
        """
        Whether data of this type may flow into a port of type *target*.

        Equal types fit, ``Any`` fits both ways, ``Integer`` fits ``Float``,
        ``Json`` takes every JSON value, lists and maps fit when their
        items do.  It is not symmetric: ``Float`` does not fit ``Integer``.
        """
        source = self
        while source.variant == target.variant and source.variant in _CONTAINERS:
            source, target = source.value, target.value
        if source == target or source is DataType.ANY or target is DataType.ANY:
            return True
        if target is DataType.JSON:
            return _is_json(source)
        return source is DataType.INTEGER and target is DataType.FLOAT

    def accepts(self, value: JsonValue) -> bool:
        """
        Whether *value*, written as JSON, is of this type.

        Bytes are their base64 text (RFC 4648), an artifact is its id's text;
        what a ``Custom`` type holds is unknown here, so anything passes.
        """
        pending: list[tuple[DataType, Any]] = [(self, value)]
        while pending:
            kind, item = pending.pop()
            if kind.variant == "List" and isinstance(item, (list, tuple)):
                pending.extend((kind.value, child) for child in cast("Sequence[object]", item))
            elif kind.variant == "Map" and isinstance(item, Mapping):
                entries = cast("Mapping[object, object]", item)
                if not all(isinstance(key, str) for key in entries):
                    return False
                pending.extend((kind.value, child) for child in entries.values())
            elif not _ACCEPTS[kind.variant](item):
                return False
        return True


def _is_json(kind: DataType) -> bool:
    """Whether every value of type *kind* is one that JSON can say."""
    while kind.variant in _CONTAINERS:
        kind = kind.value
    return kind.variant not in _NOT_JSON


def _anything(_: Any) -> bool:
    return True


def _nothing(_: Any) -> bool:
    return False


def _is_base64(value: Any) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return False
    return isinstance(value, str)


def _is_uuid(value: Any) -> bool:
    try:
        UUID(value)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


_CONTAINERS: Final = frozenset({"List", "Map"})
_NOT_JSON: Final = frozenset({"Bytes", "Artifact", "Custom"})
_ACCEPTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "Any": _anything,
    "Null": lambda value: value is None,
    "Boolean": lambda value: isinstance(value, bool),
    "Integer": lambda value: type(value) is int,
    "Float": lambda value: type(value) in {int, float},
    "String": lambda value: isinstance(value, str),
    "Bytes": _is_base64,
    "Json": _anything,
    "List": _nothing,
    "Map": _nothing,
    "Artifact": _is_uuid,
    "Custom": _anything,
}


@attrs.frozen(kw_only=True, unsafe_hash=False)
class PortDefinition:
    """
    One input or output of a node.

    Args:
        name: Unique among the node's ports of the same direction, not empty.
        data_type: The type of the data that flows through it.
        required: Whether an input must be connected or have a default.
        default_value: The value of an unconnected input, of type *data_type*;
            ``None`` for no default.

    Raises:
        FieldError: The default is not of *data_type*.
    """

    name: str = attrs.field(validator=NON_EMPTY)
    data_type: DataType = attrs.field(validator=InstanceOf((DataType,), "a DataType"))
    required: bool = attrs.field(default=True, validator=BOOL)
    default_value: JsonValue = None

    def __attrs_post_init__(self) -> None:
        if self.default_value is not None and not self.data_type.accepts(self.default_value):
            expected = f"a value of type {self.data_type!r}"
            raise FieldError("invalid_value", ("default_value",), expected, describe(self.default_value))

    @property
    def has_default(self) -> bool:
        """Whether there is a value for an unconnected input."""
        return self.default_value is not None
