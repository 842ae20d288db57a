"""What the bytes of documents are spent on: the mean size of each field, and of what holds the fields together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from .._issues import FormatError
from ..codec import Codec
from ..formats.base import DEFAULT_LIMITS
from ..schema import build_schema, nodes
from ..schema.fields import is_struct
from .report import FieldSize
from .spans import Entries, Layout, entries_of


__all__ = ["STRUCTURE", "field_sizes"]

STRUCTURE: Final = "(structure)"
"""The path of the bytes that belong to no field: heads, brackets, commas, names of fields that are taken apart."""

_LEVELS: Final = 2
_EACH: Final = "[]"

Sizes: TypeAlias = Counter[str]


def field_sizes(as_type: Any, values: Iterable[Any], codec: Codec) -> tuple[FieldSize, ...]:
    """
    Return the mean bytes that each field takes in a document, its name included.

    Fields of fields are listed on their own, such as ``payload.params``; deeper ones count as a part of these.  The
    items of a list are added up, ``lines[].price``.  A map with free keys is one part.  In TOML and in formats of
    other distributions a field has the bytes by which the document is shorter without it.

    Args:
        as_type: What the values are.
        values: What to encode.
        codec: The codec; its name is in the result.

    Returns:
        The parts, largest first, and `STRUCTURE` at the end.  They add up to the mean size of a document.  Nothing if
        there are no values.

    Raises:
        EncodeError: The codec refuses a value.
        UnsupportedError: The type has parts without a representation.
    """
    encode = codec.encoder(as_type)
    layout = codec.format.layout
    split = _Laid(codec, as_type, layout).sizes if layout is not None else _Removed(codec).sizes
    total: Sizes = Counter()
    count = 0
    for value in values:
        document = encode(value)
        sizes = split(value, document)
        total.update(sizes)
        total[STRUCTURE] += len(document) - sum(sizes.values())
        count += 1
    ordered = sorted(total.items(), key=lambda part: (part[0] == STRUCTURE, -part[1], part[0]))
    return tuple(FieldSize(path=path, codec=codec.name, size=size / count) for path, size in ordered)


class _Laid:
    """Takes documents apart whose bytes have a known layout, with the nodes that they were written by."""

    def __init__(self, codec: Codec, as_type: Any, layout: Layout) -> None:
        self._layout: Layout = layout
        self._loads = codec.format.loads
        schema = build_schema(as_type, codec.converter, "unstructure")
        self._root = schema.root
        self._table = dict(schema.table)
        self._data = b""
        self._sizes: Sizes = Counter()

    def sizes(self, value: Any, document: bytes) -> Sizes:
        """Return the bytes of each field in the document of a value."""
        self._data, self._sizes = document, Counter()
        self._add("", 0, self._root, value, 0, len(document), 0)
        return self._sizes

    def _add(self, path: str, level: int, node: nodes.Node | None, value: Any, at: int, stop: int, start: int) -> None:
        """
        Add the item from *at* to *stop*, which a field holds.

        Args:
            path: The field's.
            level: How many fields it lies in.
            node: What it was written by; ``None`` if that is not known.
            value: What it was written for.
            at: Where the item starts.
            stop: Where it ends.
            start: Where its key starts, which belongs to the field as long as that is not taken apart.
        """
        node, value, tag = self._behind(node, value)
        entries = entries_of(self._layout, self._data, at) if level < _LEVELS and node is not None else None
        if entries is None or not self._split(path, level, node, value, tag, entries):
            self._sizes[path] += stop - start

    def _split(
        self,
        path: str,
        level: int,
        node: nodes.Node | None,
        value: Any,
        tag: nodes.TaggedUnion | None,
        entries: Entries,
    ) -> bool:
        """Add the parts of a container; return whether it has any."""
        if tag is not None and tag.tagging != "internal":
            return self._split_tagged(path, level, node, value, tag, entries)
        if isinstance(node, nodes.Sequence):
            return self._split_items(path, level, node, value, entries)
        if isinstance(node, nodes.Struct | nodes.TypedDict):
            return self._split_fields(path, level, node.fields, value, tag, entries)
        return False

    def _split_items(self, path: str, level: int, node: nodes.Sequence, value: Any, entries: Entries) -> bool:
        if entries.keys is not None or not entries.values or not isinstance(value, Sequence):
            return False
        if len(value) != len(entries.values):
            return False
        for item, span in zip(value, entries.values, strict=True):
            self._add(f"{path}{_EACH}", level, node.item, item, *span, span.start)
        return True

    def _split_tagged(
        self, path: str, level: int, node: nodes.Node | None, value: Any, tag: nodes.TaggedUnion, entries: Entries
    ) -> bool:
        """Add a name and the content beside it; the name of external tagging is a key, and part of the structure."""
        *names, content = entries.values or (None,)
        if content is None or len(names) > 1 or (tag.tagging == "adjacent" and not names):
            return False
        for name in names:
            start = entries.keys[0].start if entries.keys else name.start
            self._sizes[_joined(path, tag.tag)] += name.stop - start
        start = entries.keys[-1].start if entries.keys else content.start
        self._add(path, level, node, value, *content, start)
        return True

    def _split_fields(
        self,
        path: str,
        level: int,
        fields: tuple[nodes.Field, ...],
        value: Any,
        tag: nodes.TaggedUnion | None,
        entries: Entries,
    ) -> bool:
        if entries.keys is None:
            # The name of internal tagging stands first.
            extra = len(entries.values) - len(fields)
            if extra not in {0, 1} or not fields:
                return False
            first = "type" if tag is None else tag.tag
            named = [*[(first, None)] * extra, *((_name(field), field) for field in fields)]
            starts = [span.start for span in entries.values]
        else:
            by_key = {field.key: field for field in fields if field.flattened is None}
            keys = [self._loads(self._data[slice(*span)], DEFAULT_LIMITS, False) for span in entries.keys]
            found = [by_key.get(key) if isinstance(key, str | int) else None for key in keys]
            named = [(str(key) if at is None else _name(at), at) for key, at in zip(keys, found, strict=True)]
            starts = [span.start for span in entries.keys]
        for (name, field), start, span in zip(named, starts, entries.values, strict=True):
            node = None if field is None else field.node
            held = None if field is None else _held(value, field)
            self._add(_joined(path, name), level + 1, node, held, *span, start)
        return bool(named)

    def _behind(self, node: nodes.Node | None, value: Any) -> tuple[nodes.Node | None, Any, nodes.TaggedUnion | None]:
        """Return the node that decides the form, the value that it writes, and the tagged union around it."""
        tag: nodes.TaggedUnion | None = None
        while True:
            if isinstance(node, nodes.Reference):
                node = self._table[node.key]
            elif isinstance(node, nodes.Validated):
                node = node.inner
            elif isinstance(node, nodes.Optional):
                node = None if value is None else node.inner
            elif isinstance(node, nodes.UnionByJsonType | nodes.UnionByLiteral | nodes.UntaggedUnion):
                node = node.writers.get(type(value))
            elif isinstance(node, nodes.TaggedUnion) and tag is None:
                tag = node
                variant = next((one for one in node.variants if one.cls is type(value)), None)
                node, value = (None, None) if variant is None else _content(variant, value)
            elif isinstance(node, nodes.Bare):
                node, value = _content(node.variant, value)
            elif isinstance(node, nodes.Anything) and node.schema_of is not None and is_struct(type(value)):
                schema = node.schema_of(type(value))
                self._table.update(schema.table)
                node = schema.root
            else:
                return node, value, tag


def _content(variant: nodes.Variant, value: Any) -> tuple[nodes.Node | None, Any]:
    return variant.node, value if variant.field is None else getattr(value, variant.field)


def _held(value: Any, field: nodes.Field) -> Any:
    if isinstance(value, Mapping):
        return value.get(field.key)
    return getattr(value, field.name, None)


def _name(field: nodes.Field) -> str:
    return field.key if isinstance(field.key, str) else field.name


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


class _Removed:
    """Takes documents of any format apart: a field has the bytes that are gone with it."""

    def __init__(self, codec: Codec) -> None:
        self._format = codec.format
        self._limits = codec.options.limits

    def sizes(self, value: Any, document: bytes) -> Sizes:
        """Return the bytes of each field in a document; none where they do not tell."""
        tree = self._format.loads(document, self._limits, False)
        sizes: Sizes = Counter()
        for keys in dict.fromkeys(_paths(tree)):
            path = ".".join(keys).replace(f".{_EACH}", _EACH)
            sizes[path] += max(0, len(document) - self._size(_without(tree, keys), len(document)))
        return sizes if sum(sizes.values()) <= len(document) else Counter()

    def _size(self, tree: Any, otherwise: int) -> int:
        try:
            return len(self._format.dumps(tree, self._limits, False))
        except FormatError:
            return otherwise


def _paths(tree: Any, level: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield the keys that lead to each field, as deep as fields are listed; those of items of lists again and again."""
    if isinstance(tree, list):
        yield from ((_EACH, *rest) for item in tree for rest in _paths(item, level))
    elif isinstance(tree, dict) and level < _LEVELS:
        for key, item in tree.items():
            inner = [(str(key), *rest) for rest in _paths(item, level + 1)]
            yield from inner or [(str(key),)]


def _without(tree: Any, keys: Sequence[str]) -> Any:
    """Return a tree without the entry that keys lead to, where there is one."""
    first, *rest = keys
    if isinstance(tree, list):
        return [_without(item, rest) for item in tree] if first == _EACH else tree
    if not isinstance(tree, dict):
        return tree
    return {
        key: _without(item, rest) if rest and str(key) == first else item
        for key, item in tree.items()
        if rest or str(key) != first
    }
