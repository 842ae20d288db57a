"""Where the entries of an array or a map lie in the bytes of a document, in the layouts of JSON, MessagePack, CBOR."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

from ..executor import end_of
from ..formats._extents import HEADS, OPEN


__all__ = ["Entries", "Layout", "Span", "entries_of"]

Layout: TypeAlias = Literal["json", "msgpack", "cbor"]
_CBOR_TAG: Final = 6
_CBOR_MAP: Final = 5
_MSGPACK_MAPS: Final = frozenset((*range(0x80, 0x90), 0xDE, 0xDF))
_OPENING: Final = {ord("{"): True, ord("["): False}
_CLOSING: Final = b"]}"
_SEPARATORS: Final = b",:"


class Span(NamedTuple):
    """
    The bytes of one item.

    Args:
        start: The index of its first byte.
        stop: The index behind its last byte.
    """

    start: int
    stop: int


class Entries(NamedTuple):
    """
    The entries of a container.

    Args:
        keys: The keys of a map; ``None`` for an array.
        values: The values of a map, or the items of an array.
    """

    keys: tuple[Span, ...] | None
    values: tuple[Span, ...]


def entries_of(layout: Layout, data: bytes, at: int) -> Entries | None:
    """
    Return the entries of the array or map that starts at *at*, in time linear in its bytes.

    Args:
        layout: How the bytes are laid out.
        data: A document.
        at: Where in it the item starts; CBOR tags before a container are passed over.

    Returns:
        The entries; ``None`` for a scalar, and for a CBOR container without a length.
    """
    items = _json_items(data, at) if layout == "json" else _binary_items(layout, data, at)
    if items is None:
        return None
    is_map, spans = items
    return Entries(tuple(spans[::2]), tuple(spans[1::2])) if is_map else Entries(None, tuple(spans))


def _json_items(data: bytes, at: int) -> tuple[bool, list[Span]] | None:
    is_map = _OPENING.get(data[at])
    if is_map is None:
        return None
    view, spans = memoryview(data), []
    at += 1
    while data[at] not in _CLOSING:
        at += data[at] in _SEPARATORS
        spans.append(_span("json", view, at))
        at = spans[-1].stop
    return is_map, spans


def _binary_items(layout: Literal["msgpack", "cbor"], data: bytes, at: int) -> tuple[bool, list[Span]] | None:
    heads = HEADS[layout]
    while layout == "cbor" and data[at] >> 5 == _CBOR_TAG:
        at += 1 + heads[data[at]].size
    first = data[at]
    head = heads[first]
    if head.kind != OPEN:
        return None
    at += 1
    count = head.base + head.factor * int.from_bytes(data[at : at + head.size], "big")
    at += head.size
    view, spans = memoryview(data), []
    for _ in range(count):
        spans.append(_span(layout, view, at))
        at = spans[-1].stop
    return (first >> 5 == _CBOR_MAP if layout == "cbor" else first in _MSGPACK_MAPS), spans


def _span(layout: Layout, view: memoryview, at: int) -> Span:
    size = end_of(layout, view[at:])
    assert size is not None, "an encoded document is whole"
    return Span(at, at + size)
