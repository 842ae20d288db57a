"""Untyped values, written as they are where that can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ._source import Refused


__all__ = ["DEEPEST", "plain_or_refused", "plain_writer"]

DEEPEST: Final = 16
"""How deep untyped values may lie; the reference sees to deeper ones."""

_CONTAINERS: Final = frozenset({dict, list, tuple})
_SCALARS: Final[frozenset[type]] = frozenset({str, int, bool, float, bytes, type(None)})
_KEYS: Final[frozenset[type]] = frozenset({str, int, bytes})


def _is_plain(value: Any, scalars: frozenset[type], keys: frozenset[type]) -> bool:
    """Tell whether there is nothing in *value* but scalars, and containers down to `DEEPEST`."""
    if type(value) not in _CONTAINERS:
        return type(value) in scalars
    either = scalars | _CONTAINERS
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for container in level:
            items = container
            if type(container) is dict:
                if not keys.issuperset(map(type, container)):
                    return False
                items = container.values()
            if scalars.issuperset(map(type, items)):
                continue
            if not either.issuperset(map(type, items)):
                return False
            below += [item for item in items if type(item) in _CONTAINERS]
        if not below:
            return True
        level = below
    return False


def plain_or_refused(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the hook *write*, held to builtins that are not deep."""

    def write_plain(value: Any) -> Any:
        written = write(value)
        if _is_plain(written, _SCALARS, _KEYS):
            return written
        raise Refused

    return write_plain


def plain_writer(
    scalars: frozenset[type], keys: frozenset[type], write: Callable[[Any], Any], *, is_known: bool
) -> Callable[[Any], Any]:
    """
    Return what writes lists, maps and whatever is no scalar.

    Args:
        scalars: Classes of leaves.
        keys: Classes of keys.
        write: The hook, which copies what is plain.
        is_known: Whether what the hook makes is held to builtins, too.
    """
    if is_known:
        write = plain_or_refused(write)
    return lambda value: value if _is_plain(value, scalars, keys) else write(value)
