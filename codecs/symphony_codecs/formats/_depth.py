"""How deep, long and wide a tree of builtins is."""

from __future__ import annotations

import gc
import itertools
import math

from collections.abc import Iterator
from typing import Final, NoReturn

from symphony_types.traits.validatable import PathElement

from .base import CborTag, FormatError, Limits, TypedKey, path_element, too_deep


__all__ = ["check_tree", "guard_tree", "holds_only", "is_within"]

_PLAIN: Final = frozenset({str, int, float, bool, type(None), bytes})
# Up to here the lists that the quick look makes, a pointer for each item of a level, are small change.
_QUICK_SIZE: Final = 2**20


def guard_tree(value: object, limits: Limits, size: int) -> None:
    """
    Raise for a tree of builtins beyond *limits*, and cost next to nothing for others.

    Args:
        value: The content of a document of *size* bytes.
        limits: The limits.
        size: Bytes of the document; each value and key takes at least one.

    Raises:
        FormatError: ``too_deep`` or ``too_large``, with the path.
    """
    if size > limits.max_items or size > limits.max_text or _may_be_deep(value, limits, size):
        check_tree(value, limits)


def is_within(value: object, limits: Limits, size: int) -> bool:
    """Tell whether `guard_tree` raises nothing."""
    try:
        guard_tree(value, limits, size)
    except FormatError:
        return False
    return True


def _may_be_deep(value: object, limits: Limits, size: int) -> bool:
    """
    Tell quickly whether `check_tree` has to look at how deep a tree is.

    May say yes where the answer is no (a subclass of a builtin leads to its
    class, and from there everywhere), never the other way round.
    """
    if size < limits.max_depth:
        return False
    if size > _QUICK_SIZE:
        return True
    # The garbage collector's view of a container is its items, and of a scalar nothing: a level of the tree in one
    # call, several times faster than any loop.
    level: list[object] = [value]
    for _ in range(limits.max_depth - 1):
        level = gc.get_referents(*level)
        size -= len(level)
        if not level:
            return False
        if size < 0:
            return True
    return True


def check_tree(value: object, limits: Limits, *, finite: bool = False) -> None:
    """
    Walk a tree of builtins and raise at the first thing that is beyond *limits*.

    The walk holds nothing but the way down to where it stands.

    Args:
        value: A tree of builtins, their subclasses, and anything else as a leaf.
        limits: The limits.
        finite: Whether to refuse NaN and the infinities too.

    Raises:
        FormatError: ``too_deep``, ``too_large`` or ``invalid_value``, with the path.
    """
    open_containers: list[Iterator[tuple[object, object]]] = []
    path: list[object] = []
    pending: Iterator[tuple[object, object]] = iter(((None, value),))
    max_text = limits.max_text
    while True:
        for key, child in pending:
            kind = type(child)
            while kind is CborTag:
                child = child.value  # type: ignore[attr-defined]  # noqa: PLW2901 - what the tag stands before
                kind = type(child)
            if kind in _PLAIN:
                if (kind is str or kind is bytes) and len(child) > max_text:  # type: ignore[arg-type]
                    _refuse_long(child, limits, [*path, key])
                if finite and kind is float and not math.isfinite(child):  # type: ignore[arg-type]
                    raise FormatError.of("invalid_value", "a finite number", repr(child), path=_path([*path, key]))
                continue
            entries = _entries(child, limits, [*path, key])
            if entries is None:
                continue
            if len(path) + 1 >= limits.max_depth:
                raise too_deep(limits, _path([*path, key]))
            open_containers.append(pending)
            path.append(key)
            pending = entries
            break
        else:
            if not path:
                return
            path.pop()
            pending = open_containers.pop()


def holds_only(value: object, kinds: frozenset[type], size: int) -> bool:
    """
    Tell whether all values and keys of a tree are of exactly these classes.

    Args:
        value: The content of a document of *size* bytes.
        kinds: Builtins, dict and list among them.
        size: Bytes of the document.
    """
    if size <= _QUICK_SIZE:
        level: list[object] = [value]
        while level:
            if not kinds.issuperset(map(type, level)):
                return False
            level = gc.get_referents(*level)
        return True
    pending: list[Iterator[object]] = [iter((value,))]
    while pending:
        for child in pending[-1]:
            kind = type(child)
            if kind not in kinds:
                return False
            if kind is list:
                pending.append(iter(child))  # type: ignore[call-overload]
                break
            if kind is dict:
                if not kinds.issuperset(map(type, child)):  # type: ignore[call-overload]
                    return False
                pending.append(iter(child.values()))  # type: ignore[attr-defined]
                break
        else:
            pending.pop()
    return True


def _entries(value: object, limits: Limits, path: list[object]) -> Iterator[tuple[object, object]] | None:
    """Return keys and values of a container, None for anything else."""
    if isinstance(value, dict):
        if len(value) > limits.max_items:
            _refuse_wide(value, limits, path)
        typed: list[tuple[object, object]] = []
        for key in value:
            if isinstance(key, (str, bytes)):
                if len(key) > limits.max_text:
                    _refuse_long(key, limits, path)
            elif type(key) is TypedKey:
                typed.append((key, key.value))
        return itertools.chain(typed, value.items()) if typed else iter(value.items())
    if isinstance(value, (list, tuple)):
        if len(value) > limits.max_items:
            _refuse_wide(value, limits, path)
        return enumerate(value)
    return None


def _refuse_wide(
    value: dict[object, object] | list[object] | tuple[object, ...], limits: Limits, path: list[object]
) -> NoReturn:
    raise FormatError.of("too_large", f"at most {limits.max_items} entries", f"{len(value)} entries", path=_path(path))


def _refuse_long(value: object, limits: Limits, path: list[object]) -> NoReturn:
    kind, unit = ("text", "characters") if isinstance(value, str) else ("byte string", "bytes")
    length = len(value)  # type: ignore[arg-type]
    raise FormatError.of(
        "too_large", f"a {kind} of at most {limits.max_text} {unit}", f"{length} {unit}", path=_path(path)
    )


def _path(keys: list[object]) -> tuple[PathElement, ...]:
    """Turn the way down, which starts with the root's own None, into an issue's path."""
    return tuple(map(path_element, keys[1:]))
