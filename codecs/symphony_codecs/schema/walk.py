"""Going through the nodes of a schema."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from . import nodes


__all__ = ["children", "walk"]


def children(node: nodes.Node) -> Iterator[nodes.Node]:
    """
    Yield the nodes that *node* holds, each once, in the order of its attributes.

    A `nodes.Reference` holds none: what it names is in the schema's table.
    """
    seen: set[int] = set()
    for attribute in attrs.fields(type(node)):
        # Other attributes that take no part in comparisons say nothing that these do not.
        if attribute.eq or attribute.name == "members":
            for child in _nodes_in(getattr(node, attribute.name)):
                if id(child) not in seen:
                    seen.add(id(child))
                    yield child


def _nodes_in(value: object) -> Iterator[nodes.Node]:
    if isinstance(value, nodes.Node):
        yield value
    elif isinstance(value, nodes.Field):
        yield value.node
    elif isinstance(value, nodes.Variant):
        if value.node is not None:
            yield value.node
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _nodes_in(item)


def walk(schema: nodes.Schema) -> Iterator[nodes.Node]:
    """Yield every node of *schema* once, those before their children: the root first, then those of the table."""
    seen: set[int] = set()
    pending = [*reversed(list(schema.table.values())), schema.root]
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        pending.extend(reversed(list(children(node))))
