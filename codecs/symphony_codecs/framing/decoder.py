"""
`FrameDecoder`: bytes to frames, however they are cut.

A frame is read from the start each time that enough bytes have come to say
more of it: its first bytes, its header, all of it.  So nothing is kept between
calls but how many bytes that takes, a frame obeys the settings of the moment
in which it is taken, and the outcome cannot depend on the cuts.

This judges everything, and says what is wrong.  Where the engine is, most
frames of a connection never come here: see `FrameConnection.lend`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, overload

from typing_extensions import Buffer

from symphony_types.checks import IntRange
from symphony_types.message._frame_bytes import (
    AUTHENTICATED_FIELD,
    BASE_SIZE,
    CHECKSUM_FIELD,
    CRC_SIZE,
    ROUTED_SIZE,
    TAG_SIZE,
    HeaderError,
    read_header,
    unpack_crc,
)
from symphony_types.message._frame_header import trusted_header
from symphony_types.message.ipc import IpcFrame, trusted_frame

from ._buffer import ReceiveBuffer
from ._demands import FrameDemands
from ._limits import DEFAULT_MAX_PAYLOAD
from .errors import NEED_DATA, FrameError, LocalFrameError, NeedData
from .raw import RawFrame, check_payload, trusted_raw


if TYPE_CHECKING:
    from .auth import FrameKey

__all__ = ["FrameDecoder"]


class FrameDecoder(FrameDemands):
    """
    Reads the frames of one direction of one connection: feed it bytes, and take frames until it needs more.

    Once it has raised a `RemoteFrameError` it raises the same again and drops
    what it holds and what it is fed: after damage nobody can tell where the
    next frame begins.

    Args:
        max_payload: The longest payload in bytes, 0 to 2^32 - 1; exactly as
            many pass.  A header that announces more is refused at once.  Of a
            Hello, 64 KiB are the most in any case.
        checksum: Whether frames without a checksum are refused; one that is
            there is always checked.
        key: What the frames' tags are checked with.  Frames without a tag are
            refused if there is one, and frames with a tag if there is none.
        check_sequence: Whether each frame has to have the next number; with a
            key it always has to.
        sequence: The number of the first frame, 1 to 2^64 - 1.

    Raises:
        FieldError: *max_payload* or *sequence* is out of its range.
    """

    __slots__ = ("_buffer", "_ended", "_error", "_stopped")

    def __init__(
        self,
        *,
        max_payload: int = DEFAULT_MAX_PAYLOAD,
        checksum: bool = False,
        key: FrameKey | None = None,
        check_sequence: bool = False,
        sequence: int = 1,
    ) -> None:
        IntRange(1, 2**64 - 1).check(sequence, ("sequence",))
        super().__init__(
            max_payload=max_payload, checksum=checksum, key=key, check_sequence=check_sequence, sequence=sequence
        )
        self._buffer = ReceiveBuffer()
        self._ended = self._stopped = False  # stopped: ended or failed, so that nothing more is worth waiting for
        self._error: FrameError | None = None

    # State

    @property
    def sequence(self) -> int:
        """The number that the next frame should have: one more than the last frame's."""
        return self._sequence

    @property
    def offset(self) -> int:
        """How many bytes the frames taken so far had; the next frame begins there."""
        return self._offset

    @property
    def held(self) -> int:
        """How many bytes were fed and not taken."""
        return len(self._buffer)

    @property
    def trailing_data(self) -> bytes:
        """Those bytes; none once the decoder has failed."""
        return bytes(self._buffer)

    @property
    def at_eof(self) -> bool:
        """Whether the stream has ended, and nothing of it is left."""
        return self._ended and not self._buffer

    @property
    def is_open(self) -> bool:
        """Whether more bytes may come: the stream has not ended, and the decoder not failed."""
        return not self._stopped

    @property
    def error(self) -> FrameError | None:
        """What the decoder has failed with."""
        return self._error

    # In

    def feed(self, data: Buffer) -> None:
        """
        Take the next bytes of the stream, any number of them; what is not `bytes` is copied.

        Raises:
            LocalFrameError: The stream's end was fed already (``closed``).
        """
        if self._stopped:
            if self._ended:
                raise LocalFrameError("closed", "expected nothing after the end of the stream, got more data")
            return
        self._buffer.feed(data)

    def feed_eof(self) -> None:
        """Take the end of the stream; a frame of which only a part is there is then ``truncated``."""
        self._ended = self._stopped = True

    def resume(self, sequence: int, offset: int) -> None:
        """Go on, with nothing held, at the frame with the number *sequence* at byte *offset* of the stream."""
        self._sequence = sequence
        self._offset = offset
        self._needed = 1

    def peek(self) -> bytes:
        """Return the first bytes that are held, as many as a routed header has."""
        buffer = self._buffer
        return buffer.slice(buffer.start, buffer.start + ROUTED_SIZE)

    def release(self) -> bytes:
        """Remove and return what is held: the start of a frame that something else goes on with."""
        held = bytes(self._buffer)
        self._buffer.clear()
        self._needed = 1
        return held

    # Out

    def next_frame(self) -> IpcFrame | NeedData:
        """
        Return the next frame, or `NEED_DATA`.

        Returns:
            The frame; its header keeps its number and flags.  Header bytes of
            later versions are skipped.

        Raises:
            FrameAuthenticationError: There is a key, and the frame has no tag
                (``missing_authentication``), a wrong one (``bad_tag``), or not
                the next number (``bad_sequence``); or there is no key and it
                has a tag (``unexpected_authentication``).
            RemoteFrameError: It is no frame (``bad_magic``, ``bad_version``),
                damaged (``header_checksum``, ``payload_checksum``), cut off
                (``truncated``), says nonsense (``bad_header``), is of an
                unknown type (``unknown_type``), too long (``too_large``), out
                of sequence (``bad_sequence``) or lacks the checksum
                (``missing_checksum``).
        """
        return self._next(IpcFrame)

    def next_raw(self) -> RawFrame | NeedData:
        """
        Return the next frame as a router forwards it, or `NEED_DATA`.

        Its type may be unknown; its checksum is passed on without a look; its
        header extension is kept.  The tag was this connection's: it is
        checked, and its flag removed.

        Raises:
            RemoteFrameError: As `next_frame`, but for ``unknown_type`` and
                ``payload_checksum``.
        """
        return self._next(RawFrame)

    def __iter__(self) -> Iterator[IpcFrame]:
        """Yield the frames that are there."""
        while (frame := self._next(IpcFrame)) is not NEED_DATA:
            yield frame

    @overload
    def _next(self, wanted: type[IpcFrame]) -> IpcFrame | NeedData: ...
    @overload
    def _next(self, wanted: type[RawFrame]) -> RawFrame | NeedData: ...
    def _next(self, wanted: type[IpcFrame | RawFrame]) -> IpcFrame | RawFrame | NeedData:
        buffer = self._buffer
        available = len(buffer.data) - buffer.start
        if available < self._needed and not self._stopped:
            return NEED_DATA
        try:
            return self._read(wanted)
        except FrameError as error:
            failure = error
        # Raised anew each time, without where it was found: those frames hold what was fed, and would be ever more.
        failure.__context__ = None
        self._error = failure.with_traceback(None)
        self._stopped = True
        buffer.clear()
        raise failure

    def _read(self, wanted: type[IpcFrame | RawFrame]) -> IpcFrame | RawFrame | NeedData:
        """Take the next frame, or say why not."""
        if self._error is not None:
            raise self._error
        raw = wanted is RawFrame
        buffer = self._buffer
        start = buffer.start
        available = len(buffer.data) - start
        if not available:
            return NEED_DATA
        try:
            found = read_header(buffer.data, start)
        except HeaderError as error:
            raise self._refusal(error.code, str(error)) from None
        if isinstance(found, int):
            return self._wait(found, available)
        size, kinds, stream_id, sequence, length = found
        rest = buffer.slice(start + BASE_SIZE, start + size) if size > BASE_SIZE else b""
        try:
            header = trusted_header(kinds & ~AUTHENTICATED_FIELD if raw else kinds, stream_id, sequence, rest)
        except ValueError as error:
            raise self._refusal("bad_header", str(error)) from None
        self._judge(header, kinds, length, raw=raw)

        key = self._key
        trailer = CRC_SIZE if kinds & CHECKSUM_FIELD else 0
        body = start + size
        end = body + length
        after = end + trailer
        total = after - start + (TAG_SIZE if key is not None else 0)
        if available < total:
            return self._wait(total, available)
        payload = buffer.slice(body, end)
        if key is not None:
            parts = (buffer.slice(start, body), payload, buffer.slice(end, after))
            if not key.verify(buffer.slice(after, start + total), *parts):
                raise self._unauthentic("bad_tag", "expected the tag of these bytes, got another")
        checksum: int | None = unpack_crc(buffer.data, end)[0] if trailer else None
        if checksum is not None and not raw:
            check_payload(payload, checksum, self._offset)

        buffer.drop(total)
        self._needed = 1
        self._offset += total
        self._sequence = sequence + 1
        if not raw:
            return trusted_frame(header, payload)
        extension = rest if header.route is None else rest[ROUTED_SIZE - BASE_SIZE :]
        return trusted_raw(header, payload, checksum, extension)

    def _wait(self, needed: int, available: int) -> NeedData:
        if self._ended:
            raise self._refusal(
                "truncated", f"expected at least {needed} bytes of a frame, got {available} and the end"
            )
        self._needed = needed
        return NEED_DATA
