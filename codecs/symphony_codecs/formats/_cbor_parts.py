"""
CBOR part by part: cbor2 reads small parts and those with text and bytes as keys, others are taken apart.

The hashes of tuples can be chosen, and cbor2 makes tuples of arrays that are
keys.  Here a key is seen before a dict is made of it.
"""

from __future__ import annotations

import io

from collections.abc import Callable
from typing import Final, NoReturn

import cbor2

from .base import Limits


__all__ = ["Unclear", "loads"]

# Of so many bytes a map is made in a moment, whatever the hashes of its keys.
_SMALL: Final = 4096
# The most that may be read in vain, up to a key that is neither text nor bytes, in lengths of the document.
_IN_VAIN: Final = 4
_KEYS: Final[frozenset[type]] = frozenset((int, str, bytes, bool, float, type(None)))
_ARRAY, _MAP = 4, 5
_LARGE: Final = object()
_BREAK: Final = 0xFF
_LARGEST: Final = 2**64


class Unclear(Exception):  # noqa: N818 - no error: the scan reads the document
    """There is something that only the scan reads as it should be."""


def loads(data: bytes, limits: Limits, make: Callable[..., cbor2.CBORDecoder]) -> tuple[object, int]:
    """
    Read a value in time linear in its size, whatever the hashes of keys.

    Args:
        data: The document.
        limits: Its depth counts.
        make: ``make(stream, depth, text_keys=...)`` makes what reads a stream,
            and whether it refuses keys that are neither text nor bytes.

    Returns:
        The value, and where it ends.

    Raises:
        Unclear: A key is an array, a map or a wide int; keys are equal; too
            much is nested, or would be read again and again.
        Exception: Any error of cbor2.
    """
    parts = _Parts(data, limits, make)
    return parts.value(0), parts.stream.tell()


class _Parts:
    def __init__(self, data: bytes, limits: Limits, make: Callable[..., cbor2.CBORDecoder]) -> None:
        self.stream = io.BytesIO(data)
        self.data = data
        self.make = make
        # At the last level the scan decides.
        self.depths = range(limits.max_depth - 2, 0, -1)
        self.decoders = [make(self.stream, depth, text_keys=True) for depth in self.depths]
        self.spare = _IN_VAIN * len(data) + _SMALL
        # The levels where the last container was a small part with other keys than texts: so the next may be.
        self.mixed: set[int] = set()

    def value(self, level: int) -> object:
        """Read the value that stands next, inside *level* containers."""
        if level >= len(self.depths):
            raise Unclear
        start = self.stream.tell()
        is_container = self.data[start] >> 5 in (_ARRAY, _MAP)
        if is_container and level in self.mixed:
            small = self.small(start, level)
            if small is not _LARGE:
                return small
            self.mixed.discard(level)
        try:
            value: object = self.decoders[level].decode()
        except cbor2.CBORDecodeError:
            if not is_container:
                raise
            read = self.stream.tell() - start
            # It keeps what it has read ahead.
            self.decoders[level] = self.make(self.stream, self.depths[level], text_keys=True)
            small = self.small(start, level)
            if small is not _LARGE:
                self.mixed.add(level)
                return small
            self.spare -= read
            if self.spare < 0:
                raise
            self.stream.seek(start)
            return self.taken_apart(level + 1)
        return value

    def small(self, start: int, level: int) -> object:
        """Read the value at *start* whatever its keys are; return `_LARGE` if it is not small."""
        part = io.BytesIO(self.data[start : start + _SMALL])
        try:
            value: object = self.make(part, self.depths[level], text_keys=False).decode()
        except cbor2.CBORDecodeEOF:
            self.stream.seek(start)
            return _LARGE
        self.stream.seek(start + part.tell())
        return value

    def taken_apart(self, level: int) -> object:
        """Read the array or the map that stands next."""
        (head,) = self.stream.read(1)
        left = self.argument(head & 0x1F)
        return self.array(left, level) if head >> 5 == _ARRAY else self.map(left, level)

    def argument(self, info: int) -> int | None:
        if info < 24:
            return info
        if info == 31:
            return None
        if info > 27:
            self.give_up()
        return int.from_bytes(self.stream.read(1 << (info - 24)))

    def another(self, left: int | None, count: int) -> bool:
        """Tell whether a container goes on after *count* entries."""
        if left is not None:
            return count < left
        at = self.stream.tell()
        if self.data[at : at + 1] != bytes((_BREAK,)):
            return True
        self.stream.seek(at + 1)
        return False

    def array(self, left: int | None, level: int) -> list[object]:
        items: list[object] = []
        while self.another(left, len(items)):
            items.append(self.value(level))
        return items

    def map(self, left: int | None, level: int) -> dict[object, object]:
        pairs: dict[object, object] = {}
        while self.another(left, len(pairs)):
            key = self.value(level)
            if type(key) not in _KEYS or (type(key) is int and not -_LARGEST <= key < _LARGEST) or key in pairs:
                self.give_up()
            pairs[key] = self.value(level)
        return pairs

    @staticmethod
    def give_up() -> NoReturn:
        raise Unclear
