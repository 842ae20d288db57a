"""Unions without tags: the first member that fits, as serde tries them."""

from __future__ import annotations

import threading

from collections.abc import Sequence
from typing import Any

from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue

from .._issues import FormatError, issues_of
from ._base import Hooks, StructureHook, UnstructureHook, note


__all__ = ["untagged"]


class _Tried(threading.local):
    """
    What became of the arrays and maps inside an untagged union, while its outermost one is being read.

    Each level tries each member on the same values: remembering saves an
    amount of work that doubles from level to level.
    """

    outcomes: dict[tuple[int, int], tuple[Any, Any, tuple[Issue, ...]]] | None = None


_TRIED = _Tried()


def untagged(members: Sequence[tuple[StructureHook, UnstructureHook, Any]]) -> Hooks:
    """Take the first of *members* (hooks and type) that fits."""
    known = ", ".join(str(getattr(tp, "__name__", tp)) for _, _, tp in members)

    def structure_untagged(value: Any, _as_type: Any) -> Any:
        outcomes = _TRIED.outcomes
        is_outermost = outcomes is None
        if outcomes is None:
            outcomes = _TRIED.outcomes = {}
        # The value is kept, so that no other gets its id.  Only containers: equal scalars may be one object.
        key = (id(value), id(members)) if type(value) is dict or type(value) is list else None
        try:
            if key is not None and key in outcomes:
                _, result, issues = outcomes[key]
                if issues:
                    raise FormatError(issues)
                return result
            reasons: list[str] = []
            for hook, _, tp in members:
                try:
                    result = hook(value, tp)
                except RecursionError:
                    raise
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    reasons.append(f"{getattr(tp, '__name__', tp)}: {issues_of(exc)[0]}")
                else:
                    if key is not None:
                        outcomes[key] = value, result, ()
                    return result
            message = f"expected one of {known}, none fits ({'; '.join(reasons)[:500]})"
            fault = Issue((), "wrong_type", f"one of {known}", describe(value), message)
            if key is not None:
                outcomes[key] = value, None, (fault,)
            raise FormatError((fault,))
        finally:
            if is_outermost:
                _TRIED.outcomes = None

    def unstructure_untagged(value: Any) -> Any:
        issues: list[Issue] = []
        for _, hook, _ in members:
            try:
                return hook(value)
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                note(exc, None, issues)
        raise FormatError(issues)

    return structure_untagged, unstructure_untagged
