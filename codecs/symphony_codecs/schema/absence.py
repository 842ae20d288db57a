"""What stands for a field that is not there, in annotations and as a default: `UNSET`, or a sentinel of PEP 661."""

from __future__ import annotations

import builtins

from typing import Annotated, Any, Final, Union, get_args, get_origin

import typing_extensions

from symphony_types._unset import UNSET, Unset

from . import nodes
from .annotations import is_union, unwrap


__all__ = ["absent_default", "is_marker", "without_absence"]

# `typing_extensions` has had it under two names; Python 3.15 has it itself.
_SENTINELS: Final[tuple[type, ...]] = tuple(
    getattr(module, name)
    for module in (builtins, typing_extensions)
    for name in ("sentinel", "Sentinel")
    if isinstance(getattr(module, name, None), type)
)


def marker_of(tp: Any) -> Any:
    """Return the value that an annotation stands for, if it says that a field may be absent; else ``None``."""
    if tp is Unset:
        return UNSET
    return tp if type(tp) is Unset or isinstance(tp, _SENTINELS) else None


def is_marker(tp: Any) -> bool:
    """Return whether the type *tp* is a sentinel or the class of sentinels, whose values stand for what is absent."""
    return marker_of(tp) is not None or tp in _SENTINELS


def absent_default(default: nodes.Default) -> Any:
    """Return the default of a field if it says that the field is absent; else ``None``."""
    return marker_of(default.value) if isinstance(default, nodes.Constant) and default.value is not Unset else None


def without_absence(tp: Any) -> tuple[Any, tuple[Any, ...]]:
    """
    Return the annotation *tp* of a field without what says that it may be absent, and what said so.

    Returns:
        The type of what is there, and the sentinels; the type is *tp* if
        there are none, `typing.Never` if there is nothing else.
    """
    if isinstance(tp, type) and tp is not Unset:
        return tp, ()
    marker = marker_of(tp)
    if marker is not None:
        return typing_extensions.Never, (marker,)
    if get_origin(tp) is Annotated:
        inner, markers = without_absence(get_args(tp)[0])
        if not markers or inner is typing_extensions.Never:
            return inner if markers else tp, markers
        return Annotated[(inner, *get_args(tp)[1:])], markers
    if is_union(tp):
        parts = [without_absence(member) for member in get_args(tp)]
        markers = tuple({marker for _, found in parts for marker in found})
        left = tuple(part for part, _ in parts if part is not typing_extensions.Never)
        if not markers:
            return tp, ()
        return (Union[left] if left else typing_extensions.Never), markers  # noqa: UP007 - of a tuple
    behind = unwrap(tp)
    if behind is not tp:
        inner, markers = without_absence(behind)
        return (inner, markers) if markers else (tp, ())
    return tp, ()
