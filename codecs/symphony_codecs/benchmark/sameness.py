"""Whether what was read is what was written, down to types: ``1`` is not ``True``, and NaN is itself."""

from __future__ import annotations

import dataclasses
import math

from collections.abc import Iterator
from typing import Any

import attrs


__all__ = ["difference"]


def difference(left: Any, right: Any) -> str | None:
    """
    Return where two values differ first, in value or in type, or ``None`` where they are the same.

    Attrs classes and dataclasses are compared by the fields that take part in equality, so that classes without an
    equality of their own can be compared, too.  The order of maps does not count.

    Returns:
        A path such as ``.lines[2].price``; the empty text for the values themselves.
    """
    cls = type(left)
    if cls is not type(right):
        return ""
    if cls is float:
        return None if _same_float(left, right) else ""
    if issubclass(cls, (list, tuple)):
        parts = ((f"[{number}]", *pair) for number, pair in enumerate(zip(left, right, strict=False)))
        return "" if len(left) != len(right) else _first_difference(parts)
    if issubclass(cls, dict):
        if left.keys() != right.keys():
            return ""
        return _first_difference((f"[{key!r}]", item, right[key]) for key, item in left.items())
    names = _compared(cls)
    if names is None:
        return None if left == right else ""
    return _first_difference((f".{name}", getattr(left, name), getattr(right, name)) for name in names)


def _first_difference(parts: Iterator[tuple[str, Any, Any]]) -> str | None:
    for step, left, right in parts:
        inner = difference(left, right)
        if inner is not None:
            return f"{step}{inner}"
    return None


def _same_float(left: float, right: float) -> bool:
    if math.isnan(left):
        return math.isnan(right)
    return left == right and math.copysign(1, left) == math.copysign(1, right)


def _compared(cls: type) -> list[str] | None:
    if attrs.has(cls):
        return [field.name for field in attrs.fields(cls) if field.eq]
    if dataclasses.is_dataclass(cls):
        return [field.name for field in dataclasses.fields(cls) if field.compare]
    return None
