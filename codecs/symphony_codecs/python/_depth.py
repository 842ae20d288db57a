"""How deep the builtins lie that a schema writes, as far as the schema alone says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ..schema import nodes
from .untyped import DEEPEST


__all__ = ["depth_of"]

# Nodes whose hooks or members of their own say it.
_UNKNOWN: Final = (nodes.Hook, nodes.Reference)
_CONTAINERS: Final = (
    nodes.Sequence,
    nodes.Set,
    nodes.Tuple,
    nodes.Dict,
    nodes.Struct,
    nodes.TaggedUnion,
    nodes.TaggedValueNode,
)


def depth_of(node: Any) -> float:
    """Return how many arrays and maps lie inside each other at most; infinity if the schema does not say."""
    if node is None:
        return 0
    if isinstance(node, _UNKNOWN):
        return float("inf")
    if isinstance(node, nodes.Anything):
        return DEEPEST
    if isinstance(node, nodes.Duration):
        return 1
    inside = max(map(depth_of, _children(node)), default=0)
    if isinstance(node, nodes.UnionByJsonType):
        return max(inside, DEEPEST)
    return inside + isinstance(node, _CONTAINERS)


def _children(node: Any) -> Iterable[nodes.Node | None]:
    if isinstance(node, (nodes.Validated, nodes.Optional)):
        return (node.inner,)
    if isinstance(node, (nodes.Sequence, nodes.Set)):
        return (node.item,)
    if isinstance(node, nodes.Tuple):
        return node.items
    if isinstance(node, nodes.Dict):
        return (node.value,)
    if isinstance(node, nodes.Struct):
        # Unknown fields that were kept are as deep as they came.
        kept = () if node.kept is None else (nodes.Hook(None, dict),)
        return (*kept, *(field.node for field in node.fields))
    if isinstance(node, (nodes.UnionByJsonType, nodes.UnionByLiteral, nodes.UntaggedUnion)):
        return node.writers.values()
    if isinstance(node, nodes.TaggedUnion):
        return (variant.node for variant in node.variants)
    return node.nodes.values() if isinstance(node, nodes.TaggedValueNode) else ()
