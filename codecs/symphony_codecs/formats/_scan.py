"""
The careful way of reading: a document taken apart item by item, with the path of what is wrong.

Nothing here recurses, so depth costs no stack; claims are checked against the
bytes that are left, so they cost no memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgpack

from symphony_types.checks import describe
from symphony_types.traits.validatable import PathElement

from .base import WIDE_KEY, CborTag, FormatError, Limits, TypedKey, bare_key, path_element, too_deep


__all__ = ["ARRAY", "MAP", "NO_KEY", "TAG", "Scan", "trailing_bytes", "wide_key"]

ARRAY: Final = 0
MAP: Final = 1
TAG: Final = 2

NO_KEY: Final = object()
"""Stands for the key of a map's entry that has not been read."""


_SOME: Final = 2**64
# Nobody may choose the hash of a timestamp either.
_TYPED: Final = (list, dict, msgpack.Timestamp)


class _Frame:
    """An open array or map, or a tag that waits for its value."""

    __slots__ = ("count", "items", "key", "kind", "left", "pairs", "tag")

    def __init__(self, kind: int, left: int | None, tag: int) -> None:
        self.kind = kind
        self.left = left
        self.tag = tag
        self.count = 0
        self.key: object = NO_KEY
        self.items: list[object] = []
        self.pairs: dict[object, object] = {}


def wide_key(key: int, path: tuple[PathElement, ...] = ()) -> FormatError:
    """
    Make the error for an int beyond 64 bits as a key.

    The writer of a document can give all such ints one hash, and building a
    map of them would take time that grows with the square of their number.
    """
    return FormatError.of("out_of_range", WIDE_KEY, describe(key), path=(*path, path_element(key)))


def trailing_bytes(data: bytes, offset: int) -> FormatError:
    """Make the error for a document that ends at *offset*, before the end of *data*."""
    actual = f"{len(data) - offset} bytes from offset {offset}"
    return FormatError.of("trailing_bytes", "nothing after the value", actual)


class Scan:
    """
    The state of a scan: where it stands in the bytes, and in the tree that it builds.

    Args:
        data: The document.
        limits: Depth and lengths.
        unique: Whether a map may not have equal keys.
    """

    __slots__ = ("_frames", "data", "done", "limits", "offset", "root", "unique")

    def __init__(self, data: bytes, limits: Limits, *, unique: bool) -> None:
        self.data = data
        self.limits = limits
        self.unique = unique
        self.offset = 0
        self.root: object = None
        self.done = False
        self._frames: list[_Frame] = []

    def take(self, count: int) -> bytes:
        """Return the next *count* bytes."""
        end = self.offset + count
        if end > len(self.data):
            left = len(self.data) - self.offset
            actual = f"{left} bytes" if left else "the end of the document" if self.data else "an empty document"
            raise self.error("syntax", f"{count} bytes at offset {self.offset}", actual)
        taken = self.data[self.offset : end]
        self.offset = end
        return taken

    def text(self, raw: bytes) -> str:
        """Return the text that *raw* encodes."""
        try:
            text = raw.decode()
        except UnicodeDecodeError as exc:
            raise self.error("invalid_value", "UTF-8", f"byte 0x{raw[exc.start]:02x}") from None
        if len(text) > self.limits.max_text:
            raise self.error("too_large", f"a text of at most {self.limits.max_text} characters", f"{len(text)}")
        return text

    def byte_string(self, raw: bytes) -> bytes:
        """Return *raw* if it is not too long."""
        if len(raw) > self.limits.max_text:
            raise self.error("too_large", f"a byte string of at most {self.limits.max_text} bytes", f"{len(raw)}")
        return raw

    def open(self, kind: int, count: int | None, tag: int = 0) -> None:
        """Begin an array or map of *count* entries, None for indefinite length, or a tag."""
        if kind != TAG:
            self._check_container(kind, count)
        if len(self._frames) + 1 >= self.limits.max_depth:
            raise too_deep(self.limits, self.path())
        self._frames.append(_Frame(kind, count, tag))
        if count == 0:
            self.close()

    def _check_container(self, kind: int, count: int | None) -> None:
        if count is None:
            return
        left = len(self.data) - self.offset
        if count * (2 if kind == MAP else 1) > left:
            raise self.error("syntax", f"{count} entries at offset {self.offset}", f"{left} bytes")
        self.check_width(count)

    def check_width(self, count: int) -> None:
        """Refuse more entries than there may be."""
        if count > self.limits.max_items:
            raise self.error("too_large", f"at most {self.limits.max_items} entries", f"{count} entries")

    def is_open(self) -> bool:
        """Tell whether the innermost container may end here: it has no length, and no key waits for its value."""
        if not self._frames:
            return False
        frame = self._frames[-1]
        return frame.kind != TAG and frame.left is None and frame.key is NO_KEY

    def close(self) -> None:
        """End the innermost container."""
        frame = self._frames.pop()
        self.put(frame.pairs if frame.kind == MAP else frame.items)

    def put(self, value: object) -> None:
        """Place a value, and end whatever ends with it."""
        while self._frames:
            frame = self._frames[-1]
            if frame.kind == TAG:
                value = self.tagged(frame.tag, value)
                self._frames.pop()
                continue
            if frame.kind == ARRAY:
                frame.items.append(value)
            elif frame.key is NO_KEY:
                if type(value) is not str:
                    value = self._key(value)
                if self.unique and value in frame.pairs:
                    raise self.equal_key(value)
                frame.key = value
                return
            else:
                frame.pairs[frame.key] = value
                frame.key = NO_KEY
            frame.count += 1
            if frame.left is None:
                self.check_width(frame.count)
                return
            frame.left -= 1
            if frame.left:
                return
            self._frames.pop()
            value = frame.pairs if frame.kind == MAP else frame.items
        self.root = value
        self.done = True

    def equal_key(self, key: object) -> FormatError:
        """Make the error for a key that comes again."""
        actual = f"{describe(bare_key(key))} again"
        return FormatError.of("duplicate_key", "keys that differ", actual, path=(*self.path(), path_element(key)))

    def _key(self, key: object) -> object:
        bare = key
        while type(bare) is CborTag:
            bare = bare.value
        if type(bare) is int and not -(2**64) <= bare < 2**64:
            raise wide_key(bare, self.path())
        return TypedKey(key) if type(bare) in _TYPED else key

    def resume(self, offset: int, frames: Iterable[tuple[int, bool, int, object, int]]) -> None:
        """
        Go on at *offset*, inside containers of which nothing is kept.

        Args:
            offset: Where the next item starts.
            frames: Each container or tag from the outside: which of `ARRAY`,
                `MAP` and `TAG`, whether it says how many entries it has, the
                entries before the current one, its key (`NO_KEY` if there is
                none yet), and the tag.
        """
        self.offset = offset
        for kind, has_length, count, key, tag in frames:
            frame = _Frame(kind, _SOME if has_length else None, tag)
            frame.count, frame.key = count, key
            self._frames.append(frame)

    def tagged(self, tag: int, value: object) -> object:
        """Return what *value* under a tag is."""
        return CborTag(tag, value)

    def finish(self) -> object:
        """Return the tree, if nothing comes after it."""
        if len(self.data) > self.offset:
            raise trailing_bytes(self.data, self.offset)
        return self.root

    def path(self) -> tuple[PathElement, ...]:
        """Return where in the tree the scan stands."""
        path: list[PathElement] = []
        for frame in self._frames:
            if frame.kind == ARRAY:
                path.append(frame.count)
            elif frame.kind == MAP and frame.key is not NO_KEY:
                path.append(path_element(frame.key))
        return tuple(path)

    def error(self, code: str, expected: str, actual: str) -> FormatError:
        """Make an error for where the scan stands."""
        return FormatError.of(code, expected, actual, path=self.path())
