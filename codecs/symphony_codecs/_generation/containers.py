"""Recipes of nodes that hold any number of others, or several by place or name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..schema import nodes
from ..schema.walk import children


if TYPE_CHECKING:
    from .walk import Part

__all__ = ["dictionary", "sequence", "sized_entries", "sized_items", "sized_octets", "tuple_of", "typed_dict"]

S = TypeVar("S")


def _most(part: Part[S], node: nodes.Node, depth: int, low: int, high: int | None) -> int | None:
    """Return the greatest number of items: fewer where they may hold others of the same type."""
    if not part.fits(node, depth):
        return 0
    if not part.traced.is_recursive(node):
        return high
    most = max(low, depth)
    return most if high is None else min(high, most)


def sized_items(
    part: Part[S], node: nodes.Sequence | nodes.Set, depth: int, hint: str, low: int, high: int | None, unique: bool
) -> S:
    source = part.source
    most = _most(part, node.item, depth, low, high)
    if most == 0:
        items = source.mapped(source.just(()), list)
    else:
        is_unique = unique or isinstance(node, nodes.Set)
        item = _with_hash(part, node.item, depth, hint) if is_unique else part.of(node.item, depth, hint)
        items = source.lists(item, low, most, unique=is_unique)
    return part.built(items, node.build, lambda twin: sized_items(twin, node, depth, hint, low, high, unique))


def _with_hash(part: Part[S], node: nodes.Node, depth: int, hint: str) -> S:
    """Return the recipe of what *node* reads that has a hash."""
    if isinstance(node, nodes.Anything):
        return part.source.texts(1, None, hint)
    made = part.of(node, depth, hint)
    if not any(isinstance(each, (nodes.Anything, nodes.Hook)) for each in children(node)):
        return made

    def check(value: Any) -> Any:
        hash(value)
        return value

    return part.tried(made, check, "a value with a hash", lambda twin: _with_hash(twin, node, depth, hint))


def sequence(part: Part[S], node: nodes.Sequence | nodes.Set, depth: int, hint: str) -> S:
    return sized_items(part, node, depth, hint, 0, None, False)


def sized_entries(
    part: Part[S], node: nodes.Dict, depth: int, hint: str, low: int, high: int | None, unique: bool
) -> S:
    source = part.source
    most = _most(part, node.value, depth, low, high)
    key_node = node.key_node or node.wire_key or nodes.Text()
    if most == 0 or not part.fits(key_node, depth):
        entries = source.mapped(source.just(()), dict)
    else:
        entries = source.maps(_with_hash(part, key_node, depth, "key"), part.of(node.value, depth, hint), low, most)
    return part.built(entries, node.build, lambda twin: sized_entries(twin, node, depth, hint, low, high, unique))


def dictionary(part: Part[S], node: nodes.Dict, depth: int, hint: str) -> S:
    return sized_entries(part, node, depth, hint, 0, None, False)


def sized_octets(
    part: Part[S], _node: nodes.Binary, _depth: int, _hint: str, low: int, high: int | None, _u: bool
) -> S:
    return part.source.binaries(low, high)


def tuple_of(part: Part[S], node: nodes.Tuple, depth: int, hint: str) -> S:
    names = node.names or (hint,) * len(node.items)
    items = [part.of(item, depth, name) for item, name in zip(node.items, names, strict=True)]
    held = part.source.mapped(part.source.tuples(items), list)
    return part.built(held, node.build, lambda twin: tuple_of(twin, node, depth, hint))


def typed_dict(part: Part[S], node: nodes.TypedDict, depth: int, _hint: str) -> S:
    source, missing = part.source, part.source.just(nodes.ABSENT)
    held = [
        (
            part.of(field.node, depth, field.name)
            if not field.optional
            else source.maybe(missing, part.of(field.node, depth, field.name))
        )
        if part.fits(field.node, depth)
        else missing
        for field in node.fields
    ]
    names = [field.name for field in node.fields]
    others = source.just(())
    if node.other is not None and part.fits(node.other, depth):
        others = source.maps(source.texts(1, None, "key"), part.of(node.other, depth), 0, 3)

    def make(items: Sequence[Any]) -> dict[str, Any]:
        *known, more = items
        made = dict(more)
        made.update(zip(names, known, strict=True))
        return {key: item for key, item in made.items() if item is not nodes.ABSENT}

    return source.mapped(source.tuples([*held, others]), make)
