"""
`FrameDecoder`: bytes to frames, however they are cut.

A frame is read from the start each time that enough bytes have come to say
more of it: its first bytes, its header, all of it.  So nothing is kept between
calls but how many bytes that takes, a frame obeys the settings of the moment
in which it is taken, and the outcome cannot depend on the cuts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from typing_extensions import Buffer

from symphony_types._checks import U32, IntRange
from symphony_types.message._frame_bytes import (
    AUTHENTICATED_FIELD,
    BASE_SIZE,
    CRC,
    ROUTED_SIZE,
    TAG_SIZE,
    HeaderError,
    read_header,
)
from symphony_types.message._frame_header import FrameHeader, trusted_header
from symphony_types.message.ipc import FrameFlags, FrameType, IpcFrame, trusted_frame

from ._buffer import ReceiveBuffer
from ._limits import DEFAULT_MAX_PAYLOAD, MAX_HELLO
from .errors import NEED_DATA, FrameAuthenticationError, FrameError, LocalFrameError, NeedData, RemoteFrameError
from .raw import RawFrame, check_payload, trusted_raw


if TYPE_CHECKING:
    from .auth import FrameKey

__all__ = ["FrameDecoder"]

# Asked once: members of an Enum and of a Flag are slow to ask.
_HELLO: Final = FrameType.HELLO
_CHECKSUM: Final = FrameFlags.CHECKSUM.value
_AUTHENTICATED: Final = FrameFlags.AUTHENTICATED.value

# Header, payload, checksum, header extension: the fields of a `RawFrame`.
_Found: TypeAlias = tuple[FrameHeader, bytes, int | None, bytes]


class FrameDecoder:
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

    __slots__ = (
        "_buffer",
        "_check_sequence",
        "_checksum",
        "_ended",
        "_error",
        "_key",
        "_max_payload",
        "_needed",
        "_offset",
        "_sequence",
    )

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
        self._buffer = ReceiveBuffer()
        self._needed = 1  # so many bytes it takes to say more than before
        self._offset = 0
        self._sequence = sequence
        self._ended = False
        self._error: FrameError | None = None
        self.max_payload = max_payload
        self.checksum = checksum
        self.key = key
        self.check_sequence = check_sequence

    # Settings: a frame of which only a part is there is judged anew

    @property
    def max_payload(self) -> int:
        """The longest payload in bytes; may change between frames, also for bytes already fed, as all settings."""
        return self._max_payload

    @max_payload.setter
    def max_payload(self, value: int) -> None:
        U32.check(value, ("max_payload",))
        self._max_payload = value
        self._needed = 1

    @property
    def checksum(self) -> bool:
        """Whether frames without a checksum are refused."""
        return self._checksum

    @checksum.setter
    def checksum(self, value: bool) -> None:
        self._checksum = value
        self._needed = 1

    @property
    def key(self) -> FrameKey | None:
        """What the frames' tags are checked with."""
        return self._key

    @key.setter
    def key(self, value: FrameKey | None) -> None:
        self._key = value
        self._needed = 1

    @property
    def check_sequence(self) -> bool:
        """Whether each frame has to have the next number, also without a key."""
        return self._check_sequence

    @check_sequence.setter
    def check_sequence(self, value: bool) -> None:
        self._check_sequence = value
        self._needed = 1

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
    def trailing_data(self) -> bytes:
        """What was fed and not taken; nothing once the decoder has failed."""
        return bytes(self._buffer)

    @property
    def at_eof(self) -> bool:
        """Whether the stream has ended, and nothing of it is left."""
        return self._ended and not self._buffer

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
        if self._ended:
            raise LocalFrameError("closed", "expected nothing after the end of the stream, got more data")
        if self._error is None:
            self._buffer.feed(data)

    def feed_eof(self) -> None:
        """Take the end of the stream; a frame of which only a part is there is then ``truncated``."""
        self._ended = True

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
        found = self._next(raw=False)
        if found is None:
            return NEED_DATA
        return trusted_frame(found[0], found[1])

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
        found = self._next(raw=True)
        return NEED_DATA if found is None else trusted_raw(*found)

    def __iter__(self) -> Iterator[IpcFrame]:
        """Yield the frames that are there."""
        while not isinstance(frame := self.next_frame(), NeedData):
            yield frame

    def _next(self, *, raw: bool) -> _Found | None:
        if self._error is not None:
            raise self._error.with_traceback(None)
        try:
            return self._read(raw=raw)
        except FrameError as error:
            failure = error
        # Raised anew, without where it was found: those frames hold what was fed.
        failure.__context__ = None
        self._error = failure.with_traceback(None)
        self._buffer.clear()
        raise failure

    def _read(self, *, raw: bool) -> _Found | None:
        buffer = self._buffer
        start = buffer.start
        available = len(buffer.data) - start
        if not available or (available < self._needed and not self._ended):
            return None
        try:
            found = read_header(buffer.data, start)
        except HeaderError as error:
            raise self._refusal(error.code, str(error)) from None
        if isinstance(found, int):
            self._wait(found, available)
            return None
        size, kinds, stream_id, sequence, length = found
        flags = kinds >> 16
        if raw:
            kinds &= ~AUTHENTICATED_FIELD
        rest = buffer.slice(start + BASE_SIZE, start + size) if size > BASE_SIZE else b""
        try:
            header = trusted_header(kinds, stream_id, sequence, rest)
        except ValueError as error:
            raise self._refusal("bad_header", str(error)) from None
        self._judge(header, flags, length, raw=raw)

        end = start + size + length
        after = end + (CRC.size if flags & _CHECKSUM else 0)
        key = self._key
        total = after - start + (TAG_SIZE if key is not None else 0)
        if available < total:
            self._wait(total, available)
            return None
        payload = buffer.slice(start + size, end)
        if key is not None:
            parts = (buffer.slice(start, start + size), payload, buffer.slice(end, after))
            if not key.verify(buffer.slice(after, start + total), *parts):
                raise self._unauthentic("bad_tag", "expected the tag of these bytes, got another")
        checksum = None
        if flags & _CHECKSUM:
            stored: int = CRC.unpack_from(buffer.data, end)[0]
            if not raw:
                check_payload(payload, stored, self._offset)
            checksum = stored

        buffer.drop(total)
        self._needed = 1
        self._offset += total
        self._sequence = sequence + 1
        return header, payload, checksum, rest if header.route is None else rest[ROUTED_SIZE - BASE_SIZE :]

    def _judge(self, header: FrameHeader, flags: int, length: int, *, raw: bool) -> None:
        """Refuse what the settings do not allow."""
        if self._key is None:
            if flags & _AUTHENTICATED:
                raise self._unauthentic("unexpected_authentication", "expected no flag AUTHENTICATED without a key")
        elif not flags & _AUTHENTICATED:
            raise self._unauthentic("missing_authentication", "expected the flag AUTHENTICATED, got a frame without it")
        if header.sequence != self._sequence and (self._check_sequence or self._key is not None):
            refusal = self._refusal if self._key is None else self._unauthentic
            raise refusal("bad_sequence", f"expected sequence {self._sequence}, got {header.sequence}")
        if self._checksum and not flags & _CHECKSUM:
            raise self._refusal("missing_checksum", "expected the flag CHECKSUM, got a frame without it")
        kind = header.frame_type
        limit = self._max_payload if kind is not _HELLO else min(self._max_payload, MAX_HELLO)
        if length > limit:
            raise self._refusal("too_large", f"expected a payload of at most {limit} bytes, got {length}")
        if kind > _HELLO and not raw:
            raise self._refusal("unknown_type", f"expected a frame type from 0 to 7, got {kind:d}")

    def _wait(self, needed: int, available: int) -> None:
        if self._ended:
            raise self._refusal(
                "truncated", f"expected at least {needed} bytes of a frame, got {available} and the end"
            )
        self._needed = needed

    def _refusal(self, code: str, message: str) -> RemoteFrameError:
        return RemoteFrameError(code, message, offset=self._offset)

    def _unauthentic(self, code: str, message: str) -> FrameAuthenticationError:
        return FrameAuthenticationError(code, message, offset=self._offset)
