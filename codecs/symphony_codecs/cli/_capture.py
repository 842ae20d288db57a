"""Captured bytes, taken apart: frames or documents with their offsets, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias
from zlib import crc32

import attrs

from symphony_types.errors import IpcError
from symphony_types.message.ipc import FrameFlags, FrameHeader

from ..framing.decoder import FrameDecoder
from ..framing.errors import NeedData, RemoteFrameError
from ..framing.framings import Framing


__all__ = ["Damage", "Document", "Frame", "guess_framing", "walk_documents", "walk_frames"]

_MARK: Final = b"SY\x01"
_ANY_SIZE: Final = 2**32 - 1
_CRC_SIZE: Final = 4
_TAG_SIZE: Final = 32
_LONGEST_HEADER: Final = 256


@attrs.frozen(kw_only=True)
class Frame:
    """
    A frame that is whole.

    Args:
        offset: Where it begins, in bytes.
        size: All of it, in bytes.
        header: Its header.
        extension: How many header bytes a later version put in.
        payload: As it travelled.
        checksum: The CRC-32 that came with the payload, if any.
    """

    offset: int
    size: int
    header: FrameHeader
    extension: int
    payload: bytes = attrs.field(repr=False)
    checksum: int | None

    @property
    def checksum_holds(self) -> bool:
        """Whether the checksum, if any, is the payload's."""
        return self.checksum is None or self.checksum == crc32(self.payload)


@attrs.frozen(kw_only=True)
class Document:
    """A document of another framing, with the bytes of the framing counted in *size*."""

    offset: int
    size: int
    payload: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Damage:
    """
    Bytes that are no frame.

    Args:
        offset: Where they begin.
        size: How many, up to the next frame or the end.
        error: What is wrong with them.
    """

    offset: int
    size: int
    error: RemoteFrameError


Found: TypeAlias = Frame | Damage


def guess_framing(data: bytes) -> str:
    """Return the framing that *data* begins like: ``content-length``, ``newline``, or else ``native``."""
    start = data[:256].lstrip()
    if start[:8].lower() == b"content-":
        return "content-length"
    return "newline" if start[:1] in {b"{", b"["} else "native"


def walk_frames(data: bytes) -> Iterator[Found]:
    """
    Take native frames out of *data*.

    Tags are not checked, which takes the key of the connection.  After damage
    it goes on at the next bytes that are a header whose checksum holds.
    """
    offset = 0
    while offset < len(data):
        read = _frame_at(data, offset)
        if isinstance(read, Frame):
            found: Found = read
        else:
            found = Damage(offset=offset, size=_next_header(data, offset + 1) - offset, error=read)
        yield found
        offset += found.size


def _frame_at(data: bytes, offset: int) -> Frame | RemoteFrameError:
    view = memoryview(data)[offset:]
    try:
        header, size, length = FrameHeader.unpack(view)
    except IpcError:
        return _why(data[offset : offset + _LONGEST_HEADER])
    known = 32 if header.route is None else 64
    end = size + length
    has_checksum = FrameFlags.CHECKSUM in header.flags
    total = end + _CRC_SIZE * has_checksum + _TAG_SIZE * (FrameFlags.AUTHENTICATED in header.flags)
    if len(view) < total:
        message = f"expected a frame of {total} bytes, got {len(view)} and the end"
        return RemoteFrameError("truncated", message, offset=offset)
    return Frame(
        offset=offset,
        size=total,
        header=header,
        extension=size - known,
        payload=bytes(view[size:end]),
        checksum=int.from_bytes(view[end : end + _CRC_SIZE], "big") if has_checksum else None,
    )


def _why(data: bytes) -> RemoteFrameError:
    """Return a decoder's opinion of bytes that do not begin with a right header."""
    decoder = FrameDecoder(max_payload=_ANY_SIZE)
    decoder.feed(data)
    decoder.feed_eof()
    try:
        decoder.next_raw()
    except RemoteFrameError as error:
        return error
    raise AssertionError("a header that cannot be unpacked cannot be decoded")


def _next_header(data: bytes, start: int) -> int:
    """Return where the next right header begins, or the end."""
    while (start := data.find(_MARK, start)) >= 0:
        try:
            FrameHeader.unpack(memoryview(data)[start:])
        except IpcError:
            start += 1
        else:
            return start
    return len(data)


def walk_documents(data: bytes, framing: Framing) -> Iterator[Document | Damage]:
    """Take documents out of *data*; nothing after damage can be told apart."""
    decoder = framing.decoder(max_message=_ANY_SIZE)
    decoder.feed(data)
    decoder.feed_eof()
    while True:
        offset = decoder.offset
        try:
            payload = decoder.next_message()
        except RemoteFrameError as error:
            yield Damage(offset=offset, size=len(data) - offset, error=error)
            return
        if isinstance(payload, NeedData):
            return
        yield Document(offset=offset, size=decoder.offset - offset, payload=bytes(payload))
