"""
`FrameDecoder`: bytes to frames, however they are cut.

A frame is read from its start each time that more bytes have come.  Nothing is
kept between calls, so a frame obeys the settings of the moment in which it is
taken, and the outcome cannot depend on the cuts.

This judges everything, and says what is wrong.  Where the engine is, most
frames of a connection never come here: see `FrameConnection.lend`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, overload

from symphony_types.checks import U32, IntRange
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
from symphony_types.message.ipc import FrameType, IpcFrame, trusted_frame

from ._buffer import FedDecoder
from ._limits import DEFAULT_MAX_PAYLOAD, MAX_HELLO
from .errors import NEED_DATA, FrameAuthenticationError, NeedData, RemoteFrameError
from .raw import RawFrame, check_payload, trusted_raw


if TYPE_CHECKING:
    from .auth import FrameKey

__all__ = ["FrameDecoder"]

_HELLO: Final = FrameType.HELLO


class FrameDecoder(FedDecoder):
    """
    Reads the frames of one direction of one connection: feed it bytes, and take frames until it needs more.

    Once it has raised an error it raises the same again, and holds nothing.  All
    settings may change between frames, also for bytes fed before; *sequence* is
    then the number of the next frame.

    Args:
        max_payload: The longest payload in bytes, 0 to 2^32 - 1; exactly as
            many pass.  A header that announces more is refused at once.  Of a
            Hello, 64 KiB are the most in any case.
        checksum: Whether frames without a checksum are refused; one that is
            there is always checked.
        key: The key that checks the frames' tags.  Frames without a tag are
            refused if there is one, and frames with a tag if there is none.
        check_sequence: Whether each frame has to have the next number; with a
            key it always has to.
        sequence: The number of the first frame, 1 to 2^64 - 1.

    Raises:
        FieldError: *max_payload* or *sequence* is out of its range.
    """

    __slots__ = ("_max_payload", "check_sequence", "checksum", "key", "sequence")

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
        super().__init__()
        self.max_payload = max_payload
        self.checksum = checksum
        self.key = key
        self.check_sequence = check_sequence
        self.sequence = sequence

    @property
    def max_payload(self) -> int:
        """The longest payload in bytes."""
        return self._max_payload

    @max_payload.setter
    def max_payload(self, value: int) -> None:
        U32.check(value, ("max_payload",))
        self._max_payload = value

    @property
    def held(self) -> int:
        """How many bytes were fed and not taken."""
        return len(self._buffer)

    @property
    def is_open(self) -> bool:
        """Whether more bytes may come: the stream has not ended, and the decoder not failed."""
        return not self._ended and self.error is None

    def peek(self) -> bytes:
        """Return the first bytes that are held, as many as a routed header has."""
        buffer = self._buffer
        return buffer.slice(buffer.start, buffer.start + ROUTED_SIZE)

    def release(self) -> bytes:
        """Remove and return what is held: the start of a frame that something else goes on with."""
        held = bytes(self._buffer)
        self._buffer.clear()
        return held

    def next_frame(self) -> IpcFrame | NeedData:
        """
        Return the next frame, or `NEED_DATA`.

        Returns:
            The frame; its header keeps its number and flags.  Header bytes of
            later versions are skipped.

        Raises:
            FrameAuthenticationError: With a key: ``missing_authentication``,
                ``bad_tag``, ``bad_sequence``; without: ``unexpected_authentication``.
            RemoteFrameError: It is not a frame (``bad_magic``, ``bad_version``),
                damaged (``header_checksum``, ``payload_checksum``), cut off
                (``truncated``), says nonsense (``bad_header``), or is not
                allowed (``unknown_type``, ``too_large``, ``bad_sequence``,
                ``missing_checksum``).
        """
        return self._next(IpcFrame)

    def next_raw(self) -> RawFrame | NeedData:
        """
        Return the next frame as a router forwards it, or `NEED_DATA`.

        Its type may be unknown; its checksum is passed on without a look; its
        header extension is kept.  The tag was this connection's: it is
        checked, and its flag removed.

        Raises:
            RemoteFrameError: As `next_frame`, except ``unknown_type`` and
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
        failure = self.error
        if failure is None:
            available = len(self._buffer.data) - self._buffer.start
            if not available:
                return NEED_DATA
            try:
                return self._read(available, wanted is RawFrame)
            except RemoteFrameError as error:
                failure = error
                self._buffer.clear()
        raise self._fail(failure)

    def _read(self, available: int, raw: bool) -> IpcFrame | RawFrame | NeedData:
        """Take the frame at the start of the *available* bytes, or say why not."""
        buffer = self._buffer
        start = buffer.start
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
        self._judge(header.frame_type, kinds, sequence, length, raw)

        key = self.key
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
            check_payload(payload, checksum, self.offset)

        buffer.drop(total)
        self.offset += total
        self.sequence = sequence + 1
        if not raw:
            return trusted_frame(header, payload)
        extension = rest if header.route is None else rest[ROUTED_SIZE - BASE_SIZE :]
        return trusted_raw(header, payload, checksum, extension)

    def _judge(self, kind: FrameType, kinds: int, sequence: int, length: int, raw: bool) -> None:
        """Refuse a frame whose header is right, but which the settings do not allow."""
        if self.key is None:
            if kinds & AUTHENTICATED_FIELD:
                raise self._unauthentic("unexpected_authentication", "expected no flag AUTHENTICATED without a key")
        elif not kinds & AUTHENTICATED_FIELD:
            raise self._unauthentic("missing_authentication", "expected the flag AUTHENTICATED, got a frame without it")
        if sequence != self.sequence and (self.check_sequence or self.key is not None):
            refusal = self._refusal if self.key is None else self._unauthentic
            raise refusal("bad_sequence", f"expected sequence {self.sequence}, got {sequence}")
        if self.checksum and not kinds & CHECKSUM_FIELD:
            raise self._refusal("missing_checksum", "expected the flag CHECKSUM, got a frame without it")
        limit = self._max_payload if kind is not _HELLO else min(self._max_payload, MAX_HELLO)
        if length > limit:
            raise self._refusal("too_large", f"expected a payload of at most {limit} bytes, got {length}")
        if kind > _HELLO and not raw:
            raise self._refusal("unknown_type", f"expected a frame type from 0 to 7, got {kind:d}")

    def _wait(self, needed: int, available: int) -> NeedData:
        if self._ended:
            raise self._refusal(
                "truncated", f"expected at least {needed} bytes of a frame, got {available} and the end"
            )
        return NEED_DATA

    def _unauthentic(self, code: str, message: str) -> FrameAuthenticationError:
        return FrameAuthenticationError(code, message, offset=self.offset)
