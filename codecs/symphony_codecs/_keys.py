"""Keys of maps in errors: each is shown, in short."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import ipaddress
import itertools
import uuid

from collections.abc import Iterable
from typing import Any, Final

import attrs
import msgpack

from symphony_types.checks import class_name, cut, describe, quoted

from ._signals import raise_if_from_signal


__all__ = ["key_text"]

_MAX_TEXT: Final = 64
_MAX_BYTES: Final = 24
_MAX_PARTS: Final = 8
_DEEPEST: Final = 2
# Their own texts are short.
_AS_TEXT: Final = frozenset(
    (dt.date, dt.datetime, dt.time, dt.timedelta, uuid.UUID, ipaddress.IPv4Address, ipaddress.IPv6Address)
)


def key_text(key: object) -> str:
    """
    Return a short text of *key*, of any class.

    Bytes are hexadecimal, as in CBOR's diagnostic notation (RFC 8949 section
    8); tuples, sets and classes show their first parts.
    """
    return cut(_shown(key, 0), _MAX_TEXT)


def _shown(key: Any, depth: int) -> str:
    kind = type(key)
    if kind is str:
        return quoted(key) if depth else key
    if kind is bytes or kind is bytearray:
        return f"h'{key[:_MAX_BYTES].hex()}{'...' if len(key) > _MAX_BYTES else ''}'"
    if isinstance(key, tuple):
        return f"({_listed(tuple.__iter__(key), depth)}{',' if len(key) == 1 else ''})"
    if kind is list:
        return f"[{_listed(key, depth)}]"
    if kind is frozenset or kind is set:
        return f"{{{_listed(key, depth)}}}"
    if kind in _AS_TEXT or (kind is decimal.Decimal and len(key.as_tuple().digits) <= _MAX_TEXT):
        return str(key)
    if kind is msgpack.Timestamp:
        return repr(key)
    if isinstance(key, enum.Enum):
        return f"{class_name(kind)}.{key._name_}"
    return _fields_of(key, depth) or describe(key)


def _fields_of(key: Any, depth: int) -> str:
    """Return the text of an instance of an attrs class or a dataclass; empty for another."""
    kind = type(key)
    if attrs.has(kind):
        names = [attribute.name for attribute in attrs.fields(kind)]
    elif dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
    else:
        return ""
    try:
        return f"{class_name(kind)}({_listed([getattr(key, name) for name in names[: _MAX_PARTS + 1]], depth)})"
    except Exception as exc:  # noqa: BLE001 - an attribute may be code of the user's
        raise_if_from_signal(exc)
        return ""


def _listed(parts: Iterable[Any], depth: int) -> str:
    if depth == _DEEPEST:
        return "..."
    shown = [_shown(part, depth + 1) for part in itertools.islice(parts, _MAX_PARTS + 1)]
    return ", ".join(shown[:_MAX_PARTS] + ["..."] * (len(shown) > _MAX_PARTS))
