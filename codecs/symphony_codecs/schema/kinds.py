"""The kind of a type: one look-up by class or origin, then a few questions."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import ipaddress
import types
import uuid

from collections import abc
from pathlib import PurePath
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

import typing_extensions

from symphony_types._error_base import SymphonyError
from symphony_types._json import JSON_VALUE
from symphony_types._tagged import TaggedValue
from symphony_types.ids import TypedId
from symphony_types.message.jsonrpc import JsonRpcResponse
from symphony_types.time import Duration, Timestamp

from .annotations import unwrap
from .fields import is_struct


__all__ = ["Kind", "is_namedtuple", "kind_of"]

Kind: TypeAlias = Literal[
    "address",
    "annotated",
    "any",
    "duration",
    "enum",
    "error",
    "flag",
    "id",
    "json_value",
    "literal",
    "mapping",
    "null",
    "response",
    "scalar",
    "sequence",
    "set",
    "standard",
    "struct",
    "tagged_value",
    "timedelta",
    "timestamp",
    "tuple",
    "typed_dict",
    "union",
    "wrapper",
]

_BY_TYPE: Final[dict[Any, Kind]] = {
    None: "null",
    type(None): "null",
    Any: "any",
    object: "any",
    uuid.UUID: "standard",
    dt.datetime: "standard",
    dt.date: "standard",
    dt.time: "standard",
    decimal.Decimal: "standard",
    dt.timedelta: "timedelta",
    bool: "scalar",
    int: "scalar",
    float: "scalar",
    str: "scalar",
    bytes: "scalar",
    Timestamp: "timestamp",
    Duration: "duration",
    JsonRpcResponse: "response",
    ipaddress.IPv4Address: "address",
    ipaddress.IPv6Address: "address",
    ipaddress.IPv4Interface: "address",
    ipaddress.IPv6Interface: "address",
    ipaddress.IPv4Network: "address",
    ipaddress.IPv6Network: "address",
}
_BY_ORIGIN: Final[dict[Any, Kind]] = {
    Union: "union",
    types.UnionType: "union",
    Literal: "literal",
    abc.Sequence: "sequence",
    abc.MutableSequence: "sequence",
    abc.Collection: "sequence",
    abc.Iterable: "sequence",
    list: "sequence",
    dict: "mapping",
    set: "set",
    frozenset: "set",
    abc.Set: "set",
    abc.MutableSet: "set",
}
# In this order: an IntEnum is an int, a typed id an attrs class.
_BY_BASE: Final[tuple[tuple[Any, Kind], ...]] = (
    (enum.Flag, "flag"),
    (enum.Enum, "enum"),
    ((bool, int, float, str, bytes, bytearray, memoryview), "scalar"),
    (TypedId, "id"),
    (TaggedValue, "tagged_value"),
    (SymphonyError, "error"),
    (PurePath, "standard"),
)
_CONTAINERS: Final[tuple[tuple[Any, Kind], ...]] = (
    ((set, frozenset), "set"),
    ((list, collections.deque), "sequence"),
    (abc.Mapping, "mapping"),
)


def is_namedtuple(cls: Any) -> bool:
    """Return whether *cls* is a class of named tuples."""
    return isinstance(cls, type) and issubclass(cls, tuple) and hasattr(cls, "_fields")


def kind_of(tp: Any) -> Kind | None:
    """Return the kind of the type *tp*; ``None`` if its values have no representation."""
    found: Kind | None
    try:
        found = _BY_TYPE.get(tp)
    except TypeError:  # an annotation that cannot be hashed
        found = None
    if found is not None:
        return found
    origin = get_origin(tp)
    if origin is None and isinstance(tp, type):
        for bases, kind in _BY_BASE:
            if issubclass(tp, bases):
                return kind
    if origin is Annotated:
        return "json_value" if JSON_VALUE in get_args(tp)[1:] else "annotated"
    cls = origin or tp
    try:
        found = _BY_ORIGIN.get(cls)
    except TypeError:
        found = None
    return found or ("wrapper" if unwrap(tp) is not tp else _of_class(tp, cls))


def _of_class(tp: Any, cls: Any) -> Kind | None:
    if is_struct(tp):
        return "struct"
    if typing_extensions.is_typeddict(cls):
        return "typed_dict"
    if cls is tuple:
        args = get_args(tp)
        # `tuple[()]` has no arguments either, but says so.
        has_one_type = (not args and not hasattr(tp, "__args__")) or (len(args) == 2 and args[1] is Ellipsis)
        return "sequence" if has_one_type else "tuple"
    if not isinstance(cls, type):
        return None
    found: Kind | None = next((kind for bases, kind in _CONTAINERS if issubclass(cls, bases)), None)
    return found or ("tuple" if is_namedtuple(cls) else None)
