"""How deep the builtins lie that a schema writes, as far as the schema alone says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ..schema import nodes
from .untyped import DEEPEST


__all__ = ["depth_of", "known_depth_of"]

# Nodes whose hooks or members of their own say it.
_UNKNOWN: Final = (nodes.Hook, nodes.Reference)


def depth_of(node: Any) -> int | None:
    """Return how many arrays and maps lie inside each other at most, 0 of no node; ``None`` if the schema is silent."""
    try:
        return 0 if node is None else _depth(node, None)
    except _UnknownError:
        return None


def known_depth_of(node: Any) -> int:
    """Return what `depth_of` does, as if there were none in those places where the schema does not say."""
    return _depth(node, 0)


class _UnknownError(Exception):
    pass


def _depth(node: Any, unknown: int | None) -> int:
    if isinstance(node, _UNKNOWN):
        if unknown is None:
            raise _UnknownError
        return unknown
    if isinstance(node, (nodes.Validated, nodes.Optional)):
        return _depth(node.inner, unknown)
    if isinstance(node, nodes.Anything):
        return DEEPEST
    if isinstance(node, nodes.Duration):
        return 1
    inside = max((_depth(child, unknown) for child in _children(node) if child is not None), default=0)
    if isinstance(node, nodes.UnionByJsonType):
        return max(inside, DEEPEST)
    if isinstance(node, (nodes.UnionByLiteral, nodes.UntaggedUnion)):
        return inside
    return inside + isinstance(
        node,
        (nodes.Sequence, nodes.Set, nodes.Tuple, nodes.Dict, nodes.Struct, nodes.TaggedUnion, nodes.TaggedValueNode),
    )


def _children(node: Any) -> Iterable[nodes.Node | None]:
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
