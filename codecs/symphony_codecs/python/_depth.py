"""How deep the builtins lie that a schema writes, as far as the schema alone says it."""

from __future__ import annotations

from typing import Final

from ..schema import nodes
from ..schema.walk import children
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


def depth_of(node: nodes.Node) -> float:
    """Return how many arrays and maps lie inside each other at most; infinity if the schema does not say."""
    if isinstance(node, _UNKNOWN) or (isinstance(node, nodes.Struct) and node.kept is not None):
        return float("inf")  # unknown fields that were kept are as deep as they came
    if isinstance(node, nodes.Anything):
        return DEEPEST
    if isinstance(node, nodes.Duration):
        return 1
    return max(map(depth_of, children(node)), default=0) + isinstance(node, _CONTAINERS)
