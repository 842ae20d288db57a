"""
Native frames of a captured stream, and the damage between them.

A decoder of a connection stops at the first fault.  `scan_frames` goes on: at
the next bytes that are a header whose checksum holds.  It holds one frame at
most, so a capture may be longer than memory.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Final, TypeAlias
from zlib import crc32

import attrs

from symphony_types._quick import unchecked
from symphony_types.checks import U32
from symphony_types.message._frame_bytes import (
    AUTHENTICATED_FIELD,
    BASE_SIZE,
    CHECKSUM_FIELD,
    CRC_SIZE,
    FIXED_SIZE,
    LEAD,
    MAX_SIZE,
    ROUTED_SIZE,
    TAG_SIZE,
    HeaderError,
    read_header,
    unpack_crc,
)
from symphony_types.message._frame_header import trusted_header
from symphony_types.message.ipc import FrameHeader, FrameType

from ..framing._limits import DEFAULT_MAX_MESSAGE, MAX_HELLO, SAMPLE_SIZE
from ..framing.errors import RemoteFrameError


__all__ = ["SAMPLE_SIZE", "Damage", "Frame", "FrameScanner", "Skim", "scan_frames"]

_MARK: Final = LEAD.to_bytes(4, "big")[:3]
_HELLO: Final = FrameType.HELLO


@attrs.frozen(kw_only=True)
class Frame:
    """
    A frame that is whole.

    Args:
        offset: Where it begins, in bytes from the start of the stream.
        size: All of it, in bytes.
        header: Its header; its type may be unknown.
        extension: How many header bytes a later version put in.
        payload: As it travelled.
        checksum: The CRC-32 that came with the payload, if any.
    """

    offset: int
    size: int
    header: FrameHeader
    extension: int
    payload: bytes = attrs.field(repr=lambda payload: f"<{len(payload)} bytes>")
    checksum: int | None

    @property
    def checksum_holds(self) -> bool:
        """Whether the checksum, if any, is the payload's."""
        return self.checksum is None or self.checksum == crc32(self.payload)


@attrs.frozen(kw_only=True)
class Damage:
    """
    Bytes that are no frame.

    Args:
        offset: Where they begin, in bytes from the start of the stream.
        size: How many, up to the next frame or the end.
        error: What is wrong with the first of them.
        data: The first of them, `SAMPLE_SIZE` at most.
    """

    offset: int
    size: int
    error: RemoteFrameError
    data: bytes = attrs.field(repr=lambda data: f"<{len(data)} bytes>")


_Read: TypeAlias = Frame | RemoteFrameError | int
_frame: Final = unchecked(Frame)


Skim: TypeAlias = Callable[[bytes, int], int]
"""Takes frames at a place of some bytes itself, and returns how many bytes they are."""


def scan_frames(
    blocks: Iterable[bytes], *, max_payload: int = DEFAULT_MAX_MESSAGE, skim: Skim | None = None
) -> Iterator[Frame | Damage]:
    """
    Take native frames out of one direction of a connection.

    What is found lies end to end and covers the stream, and does not depend
    on how that is cut.  Checksums of payloads are passed on, not checked; tags
    are skipped, which only the key of the connection can check.

    Args:
        blocks: The bytes of the stream, in pieces of any size.
        max_payload: The longest payload in bytes, 0 to 2^32 - 1; a header
            that announces more is damage.  Of a Hello, 64 KiB are the most
            in any case.
        skim: Called where a frame may begin; what it takes is not yielded.

    Yields:
        Frames, and where there is none, what lies there and why it is none:
        ``bad_magic``, ``bad_version``, ``bad_header``, ``header_checksum``,
        ``too_large`` or ``truncated``.

    Raises:
        FieldError: *max_payload* is out of its range.
    """
    U32.check(max_payload, ("max_payload",))
    return _pull(iter(blocks), _Window(), max_payload, skim)


class FrameScanner:
    """
    `scan_frames` for blocks that are fed.

    Args:
        max_payload: As `scan_frames` takes it.

    Raises:
        FieldError: *max_payload* is out of its range.
    """

    def __init__(self, *, max_payload: int = DEFAULT_MAX_MESSAGE) -> None:
        U32.check(max_payload, ("max_payload",))
        self._window: Final = _Window()
        self._found: Final = _scan(self._window, max_payload)
        next(self._found)  # to where it waits for the first block

    def feed(self, block: bytes) -> Iterator[Frame | Damage]:
        """Yield what *block* completes; take all of it before the next block."""
        return self._take(block)

    def feed_eof(self) -> Iterator[Frame | Damage]:
        """Yield what the end of the stream completes."""
        return self._take(None)

    def _take(self, block: bytes | None) -> Iterator[Frame | Damage]:
        self._window.block = block
        for found in self._found:
            if found is None:
                return
            yield found


def _pull(blocks: Iterator[bytes], window: _Window, max_payload: int, skim: Skim | None) -> Iterator[Frame | Damage]:
    for found in _scan(window, max_payload, skim):
        if found is None:
            window.block = next(blocks, None)
        else:
            yield found


_Wait: TypeAlias = Generator[None, None, bool]
"""Yields where `_Window.block` has to be replaced by the next block, or by ``None`` at the end of the stream."""


class _Window:
    """
    The part of a stream that is looked at: the rest of one block, or as many blocks as a frame needs.

    Attributes:
        block: The next block.
        data: Bytes that are there.
        start: How many of them are done with.
        offset: Where the next of them is in the stream.
    """

    __slots__ = ("_ended", "block", "data", "offset", "start")

    def __init__(self) -> None:
        self._ended = False
        self.block: bytes | None = None
        self.data = b""
        self.start = 0
        self.offset = 0

    @property
    def held(self) -> int:
        """How many bytes are there."""
        return len(self.data) - self.start

    def has(self, count: int) -> _Wait:
        """Wait until *count* bytes are there; ``False``: the stream ends before."""
        held = len(self.data) - self.start
        if held >= count or self._ended:
            return held >= count
        pieces = [self.data[self.start :]]
        while held < count:
            yield
            if self.block is None:
                self._ended = True
                break
            pieces.append(self.block)
            held += len(self.block)
        self.data = b"".join(pieces)
        self.start = 0
        return held >= count

    def drop(self, count: int) -> None:
        """Go on behind the next *count* bytes, which are there."""
        self.start += count
        self.offset += count


def _scan(window: _Window, max_payload: int, skim: Skim | None = None) -> Iterator[Frame | Damage | None]:
    """Yield what there is, and ``None`` where the next block is needed."""
    while window.start < len(window.data) or (yield from window.has(1)):
        if skim is not None and (skimmed := skim(window.data, window.start)):
            window.drop(skimmed)
            continue
        read = _read_frame(window.data, window.start, window.offset, max_payload)
        if isinstance(read, int):
            if (yield from window.has(read)):
                continue
            message = f"expected at least {read} bytes of a frame, got {window.held} and the end"
            read = RemoteFrameError("truncated", message, offset=window.offset)
        if isinstance(read, Frame):
            window.drop(read.size)
            yield read
        else:
            yield (yield from _skip(window, read))


def _read_frame(data: bytes, start: int, offset: int, max_payload: int) -> _Read:
    """Return the frame at *start*, why there is none, or how many bytes it takes to say more."""
    try:
        found = read_header(data, start)
    except HeaderError as error:
        return RemoteFrameError(error.code, str(error), offset=offset)
    if isinstance(found, int):
        return found
    size, kinds, stream_id, sequence, length = found
    try:
        header = trusted_header(kinds, stream_id, sequence, data[start + BASE_SIZE : start + size])
    except ValueError as error:
        return RemoteFrameError("bad_header", str(error), offset=offset)
    limit = max_payload if header.frame_type is not _HELLO else min(max_payload, MAX_HELLO)
    if length > limit:
        message = f"expected a payload of at most {limit} bytes, got {length}"
        return RemoteFrameError("too_large", message, offset=offset)
    total = size + length
    checksum: int | None = None
    if kinds & CHECKSUM_FIELD:
        total += CRC_SIZE
    if kinds & AUTHENTICATED_FIELD:
        total += TAG_SIZE
    if len(data) - start < total:
        return total
    end = start + size + length
    if kinds & CHECKSUM_FIELD:
        checksum = unpack_crc(data, end)[0]
    extension = size - (BASE_SIZE if header.route is None else ROUTED_SIZE)
    made: Frame = _frame(offset, total, header, extension, data[start + size : end], checksum)
    return made


def _skip(window: _Window, error: RemoteFrameError) -> Generator[None, None, Damage]:
    """Go on to the next right header, or the end, and return what lies before it."""
    offset, sample = window.offset, bytearray()

    def drop(count: int) -> None:
        if len(sample) < SAMPLE_SIZE:
            taken = min(count, SAMPLE_SIZE - len(sample))
            sample.extend(window.data[window.start : window.start + taken])
        window.drop(count)

    drop(1)
    while True:
        found = window.data.find(_MARK, window.start)
        if found >= 0:
            drop(found - window.start)
            if (yield from _is_header(window)):
                break
            drop(1)
            continue
        # The last bytes may begin a header whose rest is still to come.
        drop(max(window.held - len(_MARK) + 1, 0))
        if not (yield from window.has(len(_MARK))):
            drop(window.held)
            break
    return Damage(offset=offset, size=window.offset - offset, error=error, data=bytes(sample))


def _is_header(window: _Window) -> _Wait:
    if not (yield from window.has(BASE_SIZE)):
        return False
    size = window.data[window.start + 3] * 8
    if not BASE_SIZE <= size <= MAX_SIZE or not (yield from window.has(size)):
        return False
    data, start = window.data, window.start
    fixed, body = start + FIXED_SIZE, start + BASE_SIZE
    # Nearly everything that is no header fails here, without the price of an exception.
    if unpack_crc(data, fixed)[0] != crc32(data[body : start + size], crc32(data[start:fixed])):
        return False
    try:
        found = read_header(data, start)
        if isinstance(found, int):
            return False
        trusted_header(*found[1:4], data[body : start + size])
    except ValueError:
        return False
    return True
