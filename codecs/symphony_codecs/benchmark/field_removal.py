"""The sizes of fields in any format: the bytes by which a document is shorter without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .._issues import FormatError
from ..codec import Codec
from ..schema import nodes
from .field_nodes import EACH, LEVELS, Behind, FieldNodes, held, joined, name_of


__all__ = ["FieldRemoval"]


class _Place(NamedTuple):
    """A field: its path, and the keys that lead to it in a document."""

    path: str
    keys: tuple[str, ...]

    def inside(self, name: str, *keys: str) -> _Place:
        """Return the place of the same field seen from outside of what *keys* lead to."""
        return _Place(joined(name, self.path), (*keys, *self.keys))


class FieldRemoval:
    """
    Encodes a document anew without each field.

    Args:
        as_type: The type of the values.
        codec: The codec.
    """

    def __init__(self, as_type: Any, codec: Codec) -> None:
        self._format = codec.format
        self._limits = codec.options.limits
        self._nodes = FieldNodes(as_type, codec)

    def sizes(self, value: Any, document: bytes) -> Counter[str]:
        """Return the bytes of each field in the document of a value; nothing where that would be more than it has."""
        tree = self._format.loads(document, self._limits, False)
        sizes: Counter[str] = Counter()
        for place in dict.fromkeys(self._places(self._nodes.root, value, 0)):
            rest = self._size(_without(tree, place.keys), len(document)) if place.keys else 0
            if rest < len(document):
                sizes[place.path] += len(document) - rest
        return sizes if sizes.total() <= len(document) else Counter()

    def _size(self, tree: Any, otherwise: int) -> int:
        try:
            return len(self._format.dumps(tree, self._limits, False))
        except FormatError:
            return otherwise

    def _places(self, node: nodes.Node | None, value: Any, level: int) -> Iterator[_Place]:
        """Yield the places of all fields; where there are none, that of the value itself, without keys."""
        found = self._nodes.behind(node, value)
        if found.union is None:
            yield from self._content(found, level)
            return
        if found.union.tagging != "external":
            yield _Place(found.union.tag, (found.union.tag,))
        if found.variant is not None and found.node is not None:
            steps = {"external": (found.variant.name,), "adjacent": (found.union.content,), "internal": ()}
            for place in self._content(found, level):
                yield place.inside("", *steps[found.union.tagging])
        elif found.union.tagging == "external":
            yield _Place("", ())

    def _content(self, found: Behind, level: int) -> Iterator[_Place]:
        node, value = found.node, found.value
        if level == LEVELS or node is None or value is None:
            yield _Place("", ())
        elif isinstance(node, nodes.Sequence) and isinstance(value, Sequence) and self._divides(node, value):
            for item in value:
                yield from (place.inside(EACH, EACH) for place in self._places(node.item, item, level) if place.keys)
        elif isinstance(node, nodes.Struct | nodes.TypedDict) and node.fields:
            for field in node.fields:
                if field.flattened is not None:
                    places = self._places(field.node, held(value, field), level)
                    yield from (place for place in places if place.keys)
                else:
                    for place in self._places(field.node, held(value, field), level + 1):
                        yield place.inside(name_of(field), str(field.key))
        else:
            yield _Place("", ())

    def _divides(self, node: nodes.Sequence, items: Sequence[Any]) -> bool:
        """Return whether a list goes by the fields of its items; one without items is a part of its own."""
        return bool(items) and self._nodes.has_fields(node.item)


def _without(tree: Any, keys: Sequence[str]) -> Any:
    """Return a tree without the entry that keys lead to, where there is one."""
    first, *rest = keys
    if isinstance(tree, list) and first == EACH:
        return [_without(item, rest) for item in tree]
    if not isinstance(tree, dict) or first not in tree:
        return tree
    if rest:
        return {**tree, first: _without(tree[first], rest)}
    return {key: item for key, item in tree.items() if key != first}
