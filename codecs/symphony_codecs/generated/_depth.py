"""How deep the builtins lie that a plan writes, as far as the plan alone says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ..plans.nodes import (
    Anything,
    Cases,
    Checked,
    Fixed,
    Hook,
    Kinds,
    Labelled,
    Mapped,
    Node,
    Optional,
    Record,
    Reference,
    Sequence,
    Set,
    Span,
    Tagged,
    Untagged,
)
from ._plain import DEEPEST


__all__ = ["depth_of", "known_depth_of"]

# Nodes whose hooks or members of their own say it.
_UNKNOWN: Final = (Hook, Reference)


def depth_of(node: Any) -> int | None:
    """Return how many arrays and maps lie inside each other at most, 0 of no node; ``None`` if the plan is silent."""
    try:
        return 0 if node is None else _depth(node, None)
    except _UnknownError:
        return None


def known_depth_of(node: Any) -> int:
    """Return what `depth_of` does, as if there were none in those places where the plan does not say."""
    return _depth(node, 0)


class _UnknownError(Exception):
    pass


def _depth(node: Any, unknown: int | None) -> int:
    if isinstance(node, _UNKNOWN):
        if unknown is None:
            raise _UnknownError
        return unknown
    if isinstance(node, (Checked, Optional)):
        return _depth(node.inner, unknown)
    if isinstance(node, Anything):
        return DEEPEST
    if isinstance(node, Span):
        return 1
    inside = max((_depth(child, unknown) for child in _children(node) if child is not None), default=0)
    if isinstance(node, Kinds):
        return max(inside, DEEPEST)
    if isinstance(node, (Labelled, Untagged)):
        return inside
    return inside + isinstance(node, (Sequence, Set, Fixed, Mapped, Record, Tagged, Cases))


def _children(node: Any) -> Iterable[Node | None]:
    if isinstance(node, (Sequence, Set)):
        return (node.item,)
    if isinstance(node, Fixed):
        return node.items
    if isinstance(node, Mapped):
        return (node.value,)
    if isinstance(node, Record):
        # Unknown fields that were kept are as deep as they came.
        kept = () if node.kept is None else (Hook(None, dict),)
        return (*kept, *(field.node for field in node.fields))
    if isinstance(node, (Kinds, Labelled, Untagged)):
        return node.writers.values()
    if isinstance(node, Tagged):
        return (variant.node for variant in node.variants)
    return node.nodes.values() if isinstance(node, Cases) else ()
