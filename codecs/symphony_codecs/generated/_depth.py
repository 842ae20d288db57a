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


__all__ = ["depth_of"]

# Nodes whose hooks or members of their own say it.
_UNKNOWN: Final = (Hook, Reference)


def depth_of(node: Any) -> int | None:
    """Return how many arrays and maps lie inside each other at most; ``None`` if the plan does not say."""
    if isinstance(node, _UNKNOWN):
        return None
    if isinstance(node, (Checked, Optional)):
        return depth_of(node.inner)
    if isinstance(node, Anything):
        return DEEPEST
    if isinstance(node, Span):
        return 1
    inside = _deepest(_children(node))
    if inside is None:
        return None
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
        return (Hook(None, dict),) if node.kept is not None else (field.node for field in node.fields)
    if isinstance(node, (Kinds, Labelled, Untagged)):
        return node.writers.values()
    if isinstance(node, Tagged):
        return (variant.node for variant in node.variants)
    return node.nodes.values() if isinstance(node, Cases) else ()


def _deepest(nodes: Iterable[Node | None]) -> int | None:
    deepest = 0
    for node in nodes:
        depth = 0 if node is None else depth_of(node)
        if depth is None:
            return None
        deepest = max(deepest, depth)
    return deepest
