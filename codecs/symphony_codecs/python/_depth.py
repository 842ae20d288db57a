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
    return _depth(node, {})


def _depth(node: nodes.Node, known: dict[int, float]) -> float:
    depth = known.get(id(node))  # a node may be in many places
    if depth is None:
        if isinstance(node, _UNKNOWN) or (isinstance(node, nodes.Struct) and node.kept is not None):
            depth = float("inf")  # unknown fields that were kept are as deep as they came
        elif isinstance(node, nodes.Anything):
            depth = DEEPEST
        elif isinstance(node, nodes.Duration):
            depth = 1
        else:
            inside = max((_depth(child, known) for child in children(node)), default=0)
            depth = inside + isinstance(node, _CONTAINERS)
        known[id(node)] = depth
    return depth
