"""Rust's names of the types in the data that serde wrote, as Python types."""

from __future__ import annotations

import functools

from typing import Any, Final

import attrs

import symphony_types

from symphony_types import JsonValue, MessageEnvelope, RequestId
from symphony_types.integers import I64, U8, U32, U64


__all__ = ["Ping", "python_type"]


@attrs.frozen
class Ping:
    """A Rust unit struct, ``struct Ping;``."""


_PLAIN: Final[dict[str, Any]] = {
    "()": None,
    "Ping": Ping,
    "RequestId": RequestId,
    "String": str,
    "Value": JsonValue,
    "bool": bool,
    "f64": float,
    "i64": I64,
    "u32": U32,
    "u64": U64,
    "u8": U8,
}
_GENERIC: Final[dict[str, Any]] = {
    "BTreeMap": lambda key, value: dict[key, value],  # type: ignore[valid-type]
    "MessageEnvelope": lambda payload: MessageEnvelope[payload],  # type: ignore[valid-type]
    "Option": lambda some: some | None,
    "Vec": lambda item: list[item],  # type: ignore[valid-type]
}


@functools.cache
def python_type(rust: str) -> Any:
    """Return the Python type for the Rust type *rust*, such as ``MessageEnvelope<Option<String>>``."""
    name, _, rest = rust.partition("<")
    if rest:
        inner = rest.removesuffix(">")
        arguments = inner.split(",", 1) if name == "BTreeMap" else [inner]
        return _GENERIC[name](*map(python_type, arguments))
    return _PLAIN[rust] if rust in _PLAIN else getattr(symphony_types, rust)
