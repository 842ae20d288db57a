"""The sizes of the parts of documents: the mean size of each field, and of the structure around the fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from typing_extensions import TypeForm

from ..codec import Codec
from ..formats.base import DEFAULT_LIMITS
from ..schema import nodes
from .field_nodes import EACH, LEVELS, Behind, FieldNodes, held, joined, name_of
from .field_removal import FieldRemoval
from .report import FieldSize
from .spans import Entries, Layout, Span, entries_of


__all__ = ["STRUCTURE", "field_sizes"]

T = TypeVar("T")

STRUCTURE: Final = "(structure)"
"""The path of the bytes that belong to no field: heads, brackets, commas, names of fields that are taken apart."""

_OTHER_KEYS: Final = "*"

Sizes: TypeAlias = Counter[str]


def field_sizes(as_type: TypeForm[T], values: Iterable[T], codec: Codec) -> tuple[FieldSize, ...]:
    """
    Return the mean bytes that each field takes in a document, its name included.

    Fields of fields are listed on their own, such as ``payload.params``; deeper ones count as a part of these.  The
    items of a list are added up, ``lines[].price``.  A map with free keys is one part, and so is what stands under
    keys that no field has, ``*``.  In TOML and in formats of other distributions a field has the bytes by which the
    document is shorter without it.

    Args:
        as_type: The type of the values.
        values: The values to encode.
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
    split = _Laid(codec, as_type, layout).sizes if layout is not None else FieldRemoval(as_type, codec).sizes
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
        self._nodes = FieldNodes(as_type, codec)
        self._data = b""
        self._sizes: Sizes = Counter()

    def sizes(self, value: Any, document: bytes) -> Sizes:
        """Return the bytes of each field in the document of a value."""
        self._data, self._sizes = document, Counter()
        self._add("", 0, self._nodes.root, value, 0, len(document), 0)
        return self._sizes

    def _add(self, path: str, level: int, node: nodes.Node | None, value: Any, at: int, stop: int, start: int) -> None:
        """
        Add the item from *at* to *stop*, which a field holds.

        Args:
            path: The field's.
            level: How many fields it lies in.
            node: The node that wrote it; ``None`` if that is not known.
            value: The value that it encodes.
            at: Where the item starts.
            stop: Where it ends.
            start: Where its key starts, which belongs to the field as long as that is not taken apart.
        """
        found = self._nodes.behind(node, value)
        entries = entries_of(self._layout, self._data, at) if level < LEVELS and found.node is not None else None
        if entries is None or not self._split(path, level, found, entries):
            self._sizes[path] += stop - start

    def _split(self, path: str, level: int, found: Behind, entries: Entries) -> bool:
        """Add the parts of a container; return whether it has any."""
        node = found.node
        if found.union is not None and found.union.tagging != "internal":
            return self._split_tagged(path, level, found, found.union, entries)
        if isinstance(node, nodes.Sequence):
            return self._split_items(path, level, node, found.value, entries)
        if isinstance(node, nodes.Struct | nodes.TypedDict):
            if entries.keys is None:
                return self._split_array(path, level, node, found, entries)
            return self._split_map(path, level, node, found, entries.keys, entries.values)
        return False

    def _split_items(self, path: str, level: int, node: nodes.Sequence, value: Any, entries: Entries) -> bool:
        if entries.keys is not None or not isinstance(value, Sequence) or not self._nodes.has_fields(node.item):
            return False
        if not value or len(value) != len(entries.values):
            return False
        for item, span in zip(value, entries.values, strict=True):
            self._add(joined(path, EACH), level, node.item, item, *span, span.start)
        return True

    def _split_tagged(self, path: str, level: int, found: Behind, union: nodes.TaggedUnion, entries: Entries) -> bool:
        """Add a name and the content beside it; the name of external tagging is a key, and part of the structure."""
        *names, content = entries.values or (None,)
        if content is None or len(names) > 1 or (union.tagging == "adjacent" and not names):
            return False
        for name in names:
            start = entries.keys[0].start if entries.keys else name.start
            self._sizes[joined(path, union.tag)] += name.stop - start
        start = entries.keys[-1].start if entries.keys else content.start
        self._add(path, level, found.node, found.value, *content, start)
        return True

    def _split_array(
        self, path: str, level: int, node: nodes.Struct | nodes.TypedDict, found: Behind, entries: Entries
    ) -> bool:
        # The name of internal tagging stands first.
        extra = len(entries.values) - len(node.fields)
        if extra not in {0, 1} or not node.fields:
            return False
        for tag in entries.values[:extra]:
            name = "type" if found.union is None else found.union.tag
            self._sizes[joined(path, name)] += tag.stop - tag.start
        for field, span in zip(node.fields, entries.values[extra:], strict=True):
            self._add_field(path, level, field, found.value, span, span.start)
        return True

    def _split_map(
        self,
        path: str,
        level: int,
        node: nodes.Struct | nodes.TypedDict,
        found: Behind,
        keys: Sequence[Span],
        values: Sequence[Span],
    ) -> bool:
        by_key = {field.key: field for field in node.fields if field.flattened is None}
        is_open = _is_open(node)
        known = {key for field in node.fields if field.flattened for key in field.flattened.keys or ()}
        known |= set() if found.union is None else {found.union.tag}
        for key_span, span in zip(keys, values, strict=True):
            key = self._loads(self._data[slice(*key_span)], DEFAULT_LIMITS, False)
            field = by_key.get(key) if isinstance(key, str | int) else None
            if field is not None:
                self._add_field(path, level, field, found.value, span, key_span.start)
            else:
                name = _OTHER_KEYS if is_open and key not in known else str(key)
                self._sizes[joined(path, name)] += span.stop - key_span.start
        return bool(keys)

    def _add_field(self, path: str, level: int, field: nodes.Field, value: Any, span: Span, start: int) -> None:
        self._add(joined(path, name_of(field)), level + 1, field.node, held(value, field), *span, start)


def _is_open(node: nodes.Struct | nodes.TypedDict) -> bool:
    """Return whether there may be keys that are nobody's name: of unknown fields, and of maps among the fields."""
    keeps = node.kept is not None if isinstance(node, nodes.Struct) else node.unknown == "keep"
    return keeps or any(field.flattened is not None and field.flattened.keys is None for field in node.fields)
