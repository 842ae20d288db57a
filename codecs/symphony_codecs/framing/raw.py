"""
The objects of a router: frames as they came, and the numbers of their streams.

A router reads headers, never payloads: those, their end-to-end checksums and
header bytes of later versions go on as they are.  Two numbers of a header mean
something on their connection alone: `StreamMap` gives the stream id of the
next one, and `translate_format` the format's.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import attrs

from symphony_types._quick import unchecked
from symphony_types.checks import U32, FieldError, InstanceOf, IntRange, describe, optional
from symphony_types.integers import U32 as U32Int
from symphony_types.message._frame_bytes import BASE_SIZE, MAX_SIZE, ROUTED_SIZE
from symphony_types.message._frame_header import renumbered
from symphony_types.message.ipc import FrameFlags, FrameHeader, FrameType, IpcFrame, trusted_frame

from ._limits import DEFAULT_MAX_STREAMS, MAX_HELLO
from .errors import LocalFrameError, RemoteFrameError


if TYPE_CHECKING:
    from .negotiation import Agreement

__all__ = ["AGREED_FORMATS", "RawFrame", "StreamMap", "translate_format", "translated_format"]

AGREED_FORMATS: Final = range(1, 128)
"""The numbers of formats that a message may have only if Hello agreed on them; 0 is opaque, the others are private."""

_LAST_STREAM: Final = 2**32 - 1
# Asked once: members of a Flag are slow to ask.
_MORE_FRAGMENTS: Final = FrameFlags.MORE_FRAGMENTS.value


def _show_length(payload: bytes | memoryview) -> str:
    return f"<{len(payload)} bytes>"


@attrs.frozen
class RawFrame:
    """
    A frame of any type, with the meaning of all its bytes.

    Args:
        header: Its header.
        payload: As it came, and as it goes on; a `memoryview` has to be a
            contiguous one of bytes that do not change.
        checksum: The payload's CRC-32 as it came, right or wrong, 32 bits; if
            ``None``, an encoder computes it where the header is flagged.
        extension: The bytes that a later version put into the header behind the
            fields of this version, a multiple of 8 bytes.

    Raises:
        FieldError: A field is out of its range, or two contradict each other.
    """

    header: FrameHeader = attrs.field(validator=InstanceOf((FrameHeader,), "a FrameHeader"))
    payload: bytes | memoryview = attrs.field(
        validator=InstanceOf((bytes, memoryview), "bytes or a memoryview"), repr=_show_length
    )
    checksum: U32Int | None = attrs.field(default=None, validator=optional(U32))
    extension: bytes = attrs.field(default=b"", validator=InstanceOf((bytes,), "bytes"), repr=_show_length)

    def __attrs_post_init__(self) -> None:
        view = memoryview(self.payload)
        if view.ndim != 1 or view.itemsize != 1 or not view.contiguous:
            raise FieldError("wrong_type", ("payload",), "a contiguous memoryview of bytes", f"format {view.format!r}")
        if self.header.frame_type is FrameType.HELLO and len(view) > MAX_HELLO:
            raise FieldError("too_large", ("payload",), f"at most {MAX_HELLO} bytes for HELLO", f"{len(view)} bytes")
        if self.checksum is not None and FrameFlags.CHECKSUM not in self.header.flags:
            raise FieldError("invalid_value", ("checksum",), "none without the flag CHECKSUM", repr(self.checksum))
        room = MAX_SIZE - (BASE_SIZE if self.header.route is None else ROUTED_SIZE)
        if len(self.extension) % 8 or len(self.extension) > room:
            expected = f"a multiple of 8 bytes up to {room}"
            raise FieldError("invalid_value", ("extension",), expected, describe(self.extension))

    def evolve(self, **header_fields: Any) -> RawFrame:
        """Return the frame with other header fields; the checksum is dropped with its flag; `FieldError` as above."""
        header = attrs.evolve(self.header, **header_fields)
        checksum = self.checksum if FrameFlags.CHECKSUM in header.flags else None
        return RawFrame(header, self.payload, checksum, self.extension)

    def to_frame(self) -> IpcFrame:
        """Return the frame as an endpoint sees it, without `extension`; raises as `check_payload`."""
        payload = bytes(self.payload)
        if self.checksum is not None:
            check_payload(payload, self.checksum)
        return trusted_frame(self.header, payload)


def check_payload(payload: bytes, stored: int, offset: int | None = None) -> None:
    """Raise `RemoteFrameError` (``payload_checksum``) unless *stored* is the checksum of *payload*."""
    actual = crc32(payload)
    if stored != actual:
        message = f"expected payload checksum {actual:08x}, got {stored:08x}"
        raise RemoteFrameError("payload_checksum", message, offset=offset)


trusted_raw: Final = unchecked(RawFrame)
"""Makes a frame of its fields, which come out of a decoder or of another frame, unchecked."""


def translate_format(frame: RawFrame, received: Agreement, sent: Agreement) -> RawFrame:
    """
    Return *frame* with the number that its format has on the connection that it goes out on.

    A number means what the Hellos of its connection call it; 0 and those from
    128, which they need not call anything, stay as they are.

    Args:
        frame: The frame, as it came.
        received: The agreement of the connection that it came on.
        sent: The agreement of the other connection.

    Raises:
        FrameError: ``bad_format``: a `RemoteFrameError` for a format that was
            not agreed on where it came from, so that its sender broke the
            protocol; a `LocalFrameError` for one that was not agreed on where
            it should go, or whose number has another name there.
    """
    number = frame.header.format
    translated = translated_format(number, received, sent)
    return frame if translated == number else frame.evolve(format=translated)


def translated_format(number: int, received: Agreement, sent: Agreement) -> int:
    """Return the number that `translate_format` gives the format *number*; it raises the same."""
    if number in AGREED_FORMATS or any(offer.id == number for offer in received.formats):
        return sent.format_id(received.format_name(number))
    for offer in sent.formats:
        if offer.id == number:
            raise LocalFrameError("bad_format", f"expected a format that is not {offer.name} there, got {number}")
    return number


class StreamMap:
    """
    Gives the streams of many connections their ids on one that goes out.

    A stream keeps its new id, which no other under way has, until its last
    frame, the one without ``MORE_FRAGMENTS``.  Have one map for each outgoing
    connection.

    Args:
        first: The first id to give, 1 to 2^32 - 2; those below it are the
            caller's own.  After 2^32 - 1 come the free ones from *first* on.
        max_streams: How many streams of all origins may be under way at once,
            as many as the peer takes; exactly as many pass.  A message in one
            frame never counts.

    Raises:
        FieldError: An argument is out of its range.
    """

    __slots__ = ("_first", "_max_streams", "_next", "_open", "_used")

    def __init__(self, first: int = 1, *, max_streams: int = DEFAULT_MAX_STREAMS) -> None:
        # One id stays free, for messages in one frame.
        IntRange(1, _LAST_STREAM - 1).check(first, ("first",))
        IntRange(1, _LAST_STREAM - first).check(max_streams, ("max_streams",))
        self._first = self._next = first
        self._max_streams = max_streams
        self._open: dict[Hashable, dict[int, int]] = {}
        self._used: set[int] = set()

    def __len__(self) -> int:
        """Return how many streams are under way."""
        return len(self._used)

    def rewrite(self, origin: Hashable, frame: RawFrame) -> RawFrame:
        """
        Return *frame* with the id that its stream has on the outgoing connection.

        Frames on stream 0 belong to their connection, and come back as they are.

        Args:
            origin: The connection that the frame came on.
            frame: The frame, in the order of its connection.

        Raises:
            RemoteFrameError: ``too_many_streams``: it begins a stream while
                *max_streams* are under way.  The map goes on with those.
        """
        header = frame.header
        if not header.stream_id:
            return frame
        given = self.give(origin, header.stream_id, bool(header.flags._value_ & _MORE_FRAGMENTS))
        renamed = renumbered(header, given, header.sequence, header.route)
        return trusted_raw(renamed, frame.payload, frame.checksum, frame.extension)

    def give(self, origin: Hashable, stream_id: int, more: bool) -> int:
        """Return the id that *origin*'s *stream_id*, at least 1, has, whose frames go on if *more*; see `rewrite`."""
        streams = self._open.get(origin, {})
        given = streams.get(stream_id)
        if given is None:
            if more and len(self._used) >= self._max_streams:
                actual = f"got one more, {stream_id}"
                raise RemoteFrameError(
                    "too_many_streams", f"expected at most {self._max_streams} streams at once, {actual}"
                )
            given = self._new_id()
            if more:
                self._used.add(given)
                self._open.setdefault(origin, streams)[stream_id] = given
        elif not more:
            del streams[stream_id]
            self._used.remove(given)
            if not streams:
                del self._open[origin]
        return given

    def forget(self, origin: Hashable) -> tuple[int, ...]:
        """
        Drop the streams of a connection that is gone, and return the ids that they had.

        The receiver drops the beginnings of their messages at an Error frame on each.
        """
        given = tuple(self._open.pop(origin, {}).values())
        self._used.difference_update(given)
        return given

    def _new_id(self) -> int:
        given = self._next
        while given in self._used:
            given = self._after(given)
        self._next = self._after(given)
        return given

    def _after(self, stream_id: int) -> int:
        return self._first if stream_id == _LAST_STREAM else stream_id + 1
