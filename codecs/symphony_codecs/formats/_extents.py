"""
Where one document ends: it is passed over, not read, so it costs neither memory nor recursion.

`Scanner` goes on wherever the bytes were cut, and looks at each once.  It
refuses no document that a codec decodes, but lets others through: what lies
inside is for the codec.  Well-formed are the heads of MessagePack and of CBOR
(RFC 8949, appendix C); of JSON strings and brackets count, and a number or
word ends where a blank or one of ``[]{},:"`` follows.

``compiled/_extents.pyx`` does the same in C, by the same tables.
"""

from __future__ import annotations

import re

from typing import Any, Final, NamedTuple

from typing_extensions import Buffer

from .base import Limits, byte_view


__all__ = [
    "BEYOND",
    "HEADS",
    "LEVELS",
    "MALFORMED",
    "NEED",
    "TOO_DEEP",
    "Head",
    "Scanner",
    "cbor_end",
    "end_of",
    "first_of",
    "json_end",
    "msgpack_end",
]

NEED: Final = -1
"""The document goes on behind the bytes that are there."""
MALFORMED: Final = -2
"""`Scanner.at` is not a part of a document."""
TOO_DEEP: Final = -3
"""More than `LEVELS` arrays, maps and tags lie inside each other, not counting those whose last entry it is."""
BEYOND: Final = -4
"""A head says that the document is longer than it may be."""

LEVELS: Final = 1024

# The kinds of heads.
BAD, SKIP, OPEN, ENDLESS, CHUNKS, BREAK, SIMPLE = range(7)
_ARRAY: Final = -1  # an array without a length
_MAP: Final = -2  # a map without a length, a key or its end comes next
_MAP_VALUE: Final = -3  # the same, a value comes next
_NO_CHUNKS: Final = -1


class Head(NamedTuple):
    """
    The meaning of the first byte of an item.

    Args:
        kind: The kind of what follows: bytes to skip, or entries.
        size: Bytes of the argument behind it.
        factor: How often the argument counts.
        base: The number added to it.
    """

    kind: int
    size: int = 0
    factor: int = 0
    base: int = 0


def _msgpack_head(head: int) -> Head:
    fixed = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
    lengths = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
    if head < 0x80 or head >= 0xE0 or head in (0xC0, 0xC2, 0xC3):
        return Head(SKIP)
    if head < 0x90:
        return Head(OPEN, base=2 * (head & 0x0F))
    if head < 0xA0:
        return Head(OPEN, base=head & 0x0F)
    if head < 0xC0:
        return Head(SKIP, base=head & 0x1F)
    if head in fixed:
        return Head(SKIP, base=fixed[head])
    if head in lengths:
        return Head(SKIP, lengths[head], 1)
    if head in (0xC7, 0xC8, 0xC9):  # the type of an extension is a byte
        return Head(SKIP, 1 << (head - 0xC7), 1, 1)
    if 0xD4 <= head <= 0xD8:
        return Head(SKIP, base=(1 << (head - 0xD4)) + 1)
    if head in (0xDC, 0xDD):
        return Head(OPEN, 2 << (head - 0xDC), 1)
    if head in (0xDE, 0xDF):
        return Head(OPEN, 2 << (head - 0xDE), 2)
    return Head(BAD)


def _cbor_head(head: int) -> Head:
    major, info = head >> 5, head & 0x1F
    if major == 7:
        if info == 31:
            return Head(BREAK)
        if info == 24:
            return Head(SIMPLE, 1)
        return Head(BAD) if info > 27 else Head(SKIP, base=1 << (info - 24) if info > 24 else 0)
    if info == 31:
        return (
            (Head(BAD), Head(BAD), Head(CHUNKS), Head(CHUNKS), Head(ENDLESS, base=_ARRAY), Head(ENDLESS, base=_MAP))[
                major
            ]
            if major < 6
            else Head(BAD)
        )
    if info > 27:
        return Head(BAD)
    size = 1 << (info - 24) if info >= 24 else 0
    if major < 2:
        return Head(SKIP, base=size)
    if major == 6:  # whatever its number, one item follows
        return Head(OPEN, size, 0, 1)
    factor = 2 if major == 5 else 1
    kind = SKIP if major < 4 else OPEN
    return Head(kind, size, factor) if size else Head(kind, base=info * factor)


HEADS: Final = {
    "msgpack": tuple(map(_msgpack_head, range(256))),
    "cbor": tuple(map(_cbor_head, range(256))),
}
"""By layout: what each first byte of an item says."""

_BLANKS: Final = re.compile(rb"[ \t\r\n]*+")
_RS: Final = b"\x1e"
_LF: Final = b"\n"
_ALL_BUT_LF: Final = re.compile(rb"[ \t\r]*+")
_SCALAR: Final = re.compile(rb'[^ \t\r\n\[\]{},:"]*+')
_NO_STRUCTURE: Final = re.compile(rb'[^\[\]{}"]*+')
_IN_TEXT: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_QUOTE: Final = ord('"')
_OPENING: Final = b"[{"
_NO_VALUE: Final = b"]},:"


class Scanner:
    """
    Finds the ends of documents that follow one another.

    Args:
        layout: ``json``, ``msgpack`` or ``cbor``.

    Attributes:
        at: After a fault: where it is, an index in the data of `find`, below 0
            if that is in the data before.
        is_scalar: Whether a JSON number or word is under way, which the end
            of the bytes ends too.
    """

    __slots__ = ("_chunks", "_escaped", "_heads", "_held", "_in_text", "_left", "_skip", "_started", "at", "is_scalar")

    def __init__(self, layout: str) -> None:
        self._heads = HEADS.get(layout)
        self.at = 0
        self.reset()

    def reset(self) -> None:
        """Stand before a document."""
        self._left = [1]  # entries that are missing, of the containers from the outside; JSON: of each level one
        self._skip = 0
        self._held = b""  # of a head that was cut
        self._chunks = _NO_CHUNKS
        self._started = self._in_text = self._escaped = self.is_scalar = False

    def find(self, data: Any, start: int, stop: int, room: int) -> int:
        """
        Return where the document under way ends, or a code below 0.

        Args:
            data: Bytes of which the document goes on at *start*.
            start: An index in *data*.
            stop: Up to where to look.
            room: How many bytes the document may have from *start* on; heads
                that say it has more are refused, so that nobody waits for it.

        Returns:
            The index in *data* behind the document's last byte, and the next
            document may be looked for; `NEED`: all up to *stop* belongs to
            it; `MALFORMED`, `TOO_DEEP` or `BEYOND`: only `reset` is of use.
        """
        found = self._find_text(data, start, stop) if self._heads is None else self._find_item(data, start, stop, room)
        if found >= 0:
            self.reset()
        return found

    def split(self, data: Any, start: int, searched: int, limit: int) -> tuple[list[bytes], int]:
        """
        Return the whole documents at *start*, and the code that says why there are no more.

        Args:
            data: Bytes.
            start: Where the first document begins.
            searched: How many of its bytes have been looked at.
            limit: The most bytes of a document.
        """
        messages: list[bytes] = []
        view, size = memoryview(data), len(data)
        while True:
            found = self.find(data, start + searched, min(size, start + limit), limit - searched)
            if found < 0:
                return messages, found
            messages.append(bytes(view[start:found]))
            start, searched = found, 0

    def split_texts(self, data: Any, start: int, limit: int) -> tuple[list[bytes], int]:
        """
        Return the JSON texts at *start* that are each between RS and LF, and where the first one begins that is not.

        Args:
            data: Bytes.
            start: Where the first RS is.
            limit: The most bytes between RS and LF.
        """
        messages: list[bytes] = []
        while data.startswith(_RS, start):
            stop = data.find(_RS, start + 1)
            stop = min(len(data) if stop < 0 else stop, start + 1 + limit + 1)
            found = self.find(data, start + 1, stop, limit)
            end = _end(_ALL_BUT_LF, data, found, stop) if found >= 0 else stop
            if not data.startswith(_LF, end) or end == stop:
                self.reset()
                break
            messages.append(bytes(data[start + 1 : end]))
            start = end + 1
        return messages, start

    def _find_item(self, data: Any, at: int, stop: int, room: int) -> int:
        heads, left, most = self._heads, self._left, at + room
        assert heads is not None
        while True:
            if self._skip > stop - at:
                self._skip -= stop - at
                return NEED
            at += self._skip
            self._skip = 0
            if not left and self._chunks == _NO_CHUNKS:
                return at
            held = self._held
            if at == stop:
                return NEED
            first = held[0] if held else data[at]
            kind, size, factor, base = heads[first]
            missing = 1 + size - len(held)
            if missing > stop - at:
                self._held = held + bytes(data[at:stop])
                return NEED
            argument = int.from_bytes((held + bytes(data[at : at + missing]))[1:]) if size else 0
            self._held = b""
            self.at = at - len(held)
            at += missing
            count = argument * factor + base
            if self._chunks != _NO_CHUNKS:
                if kind == BREAK:
                    self._chunks = _NO_CHUNKS
                    continue
                if kind != SKIP or first >> 5 != self._chunks:
                    return MALFORMED
            elif kind == BREAK:
                if not left or left[-1] not in (_ARRAY, _MAP):
                    return MALFORMED
                left.pop()
                continue
            elif kind == BAD or (kind == SIMPLE and argument < 32):
                return MALFORMED
            else:
                self._count_entry()
            if kind in (SKIP, OPEN) and count > most - at:
                return BEYOND
            if kind == SKIP:
                self._skip = count
            elif kind == CHUNKS:
                self._chunks = first >> 5
            elif kind == ENDLESS or (kind == OPEN and count):
                if len(left) == LEVELS:
                    return TOO_DEEP
                left.append(count)

    def _count_entry(self) -> None:
        """Count an entry of the innermost container, which is forgotten before its last one: that ends with it."""
        left = self._left
        missing = left[-1]
        if missing == 1:
            left.pop()
        elif missing > 0:
            left[-1] -= 1
        elif missing != _ARRAY:
            left[-1] = _MAP if missing == _MAP_VALUE else _MAP_VALUE

    def _find_text(self, data: Any, at: int, stop: int) -> int:
        left = self._left
        if not self._started:
            at = _end(_BLANKS, data, at, stop)
            if at == stop:
                return NEED
            self.at, self._started = at, True
            if data[at] in _NO_VALUE:
                return MALFORMED
            self.is_scalar = data[at] not in b'[{"'
            left[0] = 0
        if self.is_scalar:
            at = _end(_SCALAR, data, at, stop)
            return at if at < stop else NEED
        while True:
            if self._in_text:
                if at < stop and self._escaped:
                    self._escaped = False
                    at += 1
                at = _end(_IN_TEXT, data, at, stop)
                if at == stop:
                    return NEED
                if data[at] != _QUOTE:  # a backslash is the last byte
                    self._escaped = True
                    return NEED
                self._in_text = False
                at += 1
                if not left[0]:
                    return at
            at = _end(_NO_STRUCTURE, data, at, stop)
            if at == stop:
                return NEED
            found = data[at]
            at += 1
            if found == _QUOTE:
                self._in_text = True
            elif found in _OPENING:
                left[0] += 1
            else:
                left[0] -= 1
                if not left[0]:
                    return at


def _end(pattern: re.Pattern[bytes], data: Buffer, at: int, stop: int) -> int:
    """Return where what *pattern* matches at *at* ends; it matches nothing as well."""
    found = pattern.match(data, at, stop)
    assert found is not None
    return found.end()


def end_of(layout: str, data: bytes | memoryview) -> int | None:
    """Return where the document ends that *data*, of bytes, begins with; ``None``: nowhere."""
    size, scanner = len(data), Scanner(layout)
    found = scanner.find(data, 0, size, size)
    if found >= 0:
        return found
    return size if found == NEED and scanner.is_scalar else None


def first_of(layout: str, data: Any, limit: int) -> tuple[Any, int]:
    """
    Return the document that *data* begins with, and where it ends.

    Args:
        layout: As for `Scanner`.
        data: Any buffer.
        limit: The most bytes of a document.  A longer one is returned too,
            and where there is none so many bytes at most: whoever decodes
            them says what is wrong.

    Raises:
        FormatError: *data* is not a buffer.
    """
    view = byte_view(data)
    end = end_of(layout, view)
    if end is None:
        end = min(len(view), limit)
    return view[:end], end


def json_end(data: memoryview, limits: Limits) -> int | None:  # noqa: ARG001 - the codec keeps them
    """Return where the JSON text ends that *data* begins with, with the blanks before it; ``None``: nowhere."""
    return end_of("json", data)


def msgpack_end(data: memoryview, limits: Limits) -> int | None:  # noqa: ARG001 - as above
    """Return where the MessagePack item ends that *data* begins with; ``None``: nowhere."""
    return end_of("msgpack", data)


def cbor_end(data: memoryview, limits: Limits) -> int | None:  # noqa: ARG001 - as above
    """Return where the CBOR item ends that *data* begins with; ``None``: nowhere."""
    return end_of("cbor", data)
