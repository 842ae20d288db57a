"""Values as readable builtins, by the names of fields and members, and where two of them differ."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
import re

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import attrs


__all__ = ["MEMBER", "differences", "fields_of", "shown", "step", "view"]

_ABSENT: Final = object()

MEMBER: Final = re.compile(r"(?P<name>\w+(?:\|\w+)*) = (?P<value>.+)", re.DOTALL)
"""A regular expression of the view of an enum's member: ``RED = 'red'``."""


def view(value: Any) -> Any:
    """
    Return a value as builtins that JSON has: what it means, whatever its bytes are.

    Fields go by the names of attributes and enum members by theirs, with their values, so that bytes which come to mean
    another field or member give another view.

    Args:
        value: An instance of any class that codecs take.
    """
    if value is None or isinstance(value, bool) or type(value) in {int, str}:
        return value
    if isinstance(value, enum.Enum):
        return f"{value.name} = {view(value.value)!r}"
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"bytes {bytes(value).hex()}"
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    fields = fields_of(value)
    if fields is not None:
        return {name: view(item) for name, item in fields.items()}
    if isinstance(value, Mapping):
        return _map(value)
    if isinstance(value, AbstractSet):
        return sorted((view(item) for item in value), key=repr)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [view(item) for item in value]
    return str(value)


def fields_of(value: Any) -> dict[str, Any] | None:
    """Return what the fields of an instance hold, by name; `None` for other values."""
    cls = type(value)
    if attrs.has(cls):
        # Fields that take no part in comparisons are no part of the value.
        return {field.name: getattr(value, field.name) for field in attrs.fields(cls) if field.eq}
    if dataclasses.is_dataclass(cls):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(cls) if field.compare}
    return dict(value._asdict()) if hasattr(value, "_asdict") else None


def _map(value: Mapping[Any, Any]) -> Any:
    if all(isinstance(key, str) for key in value):
        return {key: view(item) for key, item in value.items()}
    return [[view(key), view(item)] for key, item in value.items()]


def step(key: Any) -> str:
    """Return the step of a path to an entry of a map."""
    return f".{key}" if isinstance(key, str) else f"[{key!r}]"


def differences(old: Any, new: Any, path: str = "$") -> Iterator[str]:
    """
    Yield where two trees of builtins differ: one line each, by path.

    Args:
        old: The first tree.
        new: The second.
        path: Where they stand.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from differences(old.get(key, _ABSENT), new.get(key, _ABSENT), path + step(key))
        if old == new and [*old] != [*new]:
            yield f"{path}: {', '.join(map(str, old))} stand in another order: {', '.join(map(str, new))}"
    elif isinstance(old, list) and isinstance(new, list):
        for place in range(max(len(old), len(new))):
            before, after = (items[place] if place < len(items) else _ABSENT for items in (old, new))
            yield from differences(before, after, f"{path}[{place}]")
    elif not _is_same(old, new):
        yield f"{path}: {shown(old)} is now {shown(new)}"


def _is_same(old: Any, new: Any) -> bool:
    if type(old) is not type(new):
        return False
    is_nan = old != old and new != new  # noqa: PLR0124
    return bool(old == new) or is_nan


def shown(value: Any) -> str:
    """Return a value as a short text."""
    if value is _ABSENT:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
