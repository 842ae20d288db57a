"""Comparing builtins exactly: classes count in all places, so that 1 is neither True nor 1.0."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, cast

from ..formats.base import CborTag


__all__ = ["comparable", "count_parts"]


def comparable(wire: Any, most: int) -> Hashable:
    """
    Return what is equal for builtins that are the same, and hashable.

    The order of a map's entries makes no difference, CBOR tags neither, and
    NaN is the same as NaN.

    Args:
        wire: Builtins of a format.
        most: How many parts they may have; the work is bounded by it.

    Returns:
        The parts in one tuple, or ``None`` if a container goes beyond *most*.
    """
    parts: list[Hashable] = []
    pending: list[Any] = [wire]
    while pending:
        value: Any = _untagged(pending.pop())
        kind = list if type(value) is tuple else type(value)
        if kind is not list and kind is not dict:
            parts.append((kind, "NaN" if value != value else value))  # noqa: PLR0124
            continue
        count = len(value)
        parts.append((kind, count))
        if len(parts) + len(pending) + count > most:
            return None
        if kind is list:
            pending.extend(reversed(value))
        else:
            entries = sorted(
                cast("dict[Any, Any]", value).items(),
                key=lambda entry: (type(entry[0]).__name__, repr(entry[0])),
                reverse=True,
            )
            for key, item in entries:
                pending += (item, key)
    return tuple(parts)


def _untagged(value: Any) -> Any:
    while type(value) is CborTag:
        value = value.value
    return value


def count_parts(wire: Any) -> int:
    """Return how many parts builtins have, which nest as values of the user's do."""
    count = 0
    pending: list[Any] = [wire]
    while pending:
        value: Any = pending.pop()
        count += 1
        if type(value) in (list, tuple):
            pending.extend(value)
        elif type(value) is dict:
            pending.extend(value)
            pending.extend(value.values())
    return count
