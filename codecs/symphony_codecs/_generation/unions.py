"""Recipes of unions, with names or without, and of their variants."""

from __future__ import annotations

import functools

from typing import TYPE_CHECKING, Any, TypeVar

from ..schema import nodes
from ..unknown import UnknownVariant
from . import structs
from .source import NothingError


if TYPE_CHECKING:
    from .walk import Part

__all__ = ["bare", "by_json_type", "by_literal", "tagged", "tagged_value", "untagged"]

S = TypeVar("S")


def by_json_type(part: Part[S], node: nodes.UnionByJsonType, depth: int, hint: str) -> S:
    members = [*node.readers.values(), *(() if node.other is None else (node.other,))]
    return part.one_of(members, depth, hint)


def by_literal(part: Part[S], node: nodes.UnionByLiteral, depth: int, hint: str) -> S:
    return part.one_of(node.readers.values(), depth, hint)


def untagged(part: Part[S], node: nodes.UntaggedUnion, depth: int, hint: str) -> S:
    return part.one_of(node.members, depth, hint)


def tagged(part: Part[S], node: nodes.TaggedUnion, depth: int, hint: str) -> S:
    made = [
        structs.variant(part, each, depth, hint)
        for each in node.variants
        if each.node is None or part.fits(each.node, depth)
    ]
    if node.other is not None and node.other.cls is UnknownVariant:
        made.append(_unknown(part, node))
    return part.source.one_of(made)


def _unknown(part: Part[S], node: nodes.TaggedUnion) -> S:
    """Return the recipe of a variant under a name that no class of the union goes by."""
    source, names = part.source, {variant.name for variant in node.variants}
    entries = source.maps(source.texts(1, 10, "key"), source.untyped(), 0, 3)
    pair = source.tuples([source.texts(1, 10, "type"), entries])

    def make(held: tuple[str, Any]) -> UnknownVariant:
        tag, content = held
        while tag in names:
            tag += "_"
        return UnknownVariant(tag, content)

    return source.mapped(pair, make)


def bare(part: Part[S], node: nodes.Bare, depth: int, hint: str) -> S:
    return structs.variant(part, node.variant, depth, hint)


def tagged_value(part: Part[S], node: nodes.TaggedValueNode, depth: int, _hint: str) -> S:
    source = part.source
    units = list(node.units.values())
    made = [source.among(units)] if units else []
    for name, held in node.nodes.items():
        if held is not None and part.fits(held, depth):
            made.append(_of_variant(part, node, name, depth))
    if not made:
        raise NothingError(f"{node.cls.__qualname__} has no variants")
    return source.one_of(made)


def _of_variant(part: Part[S], node: nodes.TaggedValueNode, name: str, depth: int) -> S:
    held = node.nodes[name]
    assert held is not None
    make = functools.partial(node.make, name)
    what = f"the variant {name} of {node.cls.__qualname__}"
    return part.tried(part.of(held, depth, name), make, what, lambda twin: _of_variant(twin, node, name, depth))
