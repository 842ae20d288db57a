"""
Frames and their exact bytes, written by hand.

The numbers are those of the layout in ``symphony_types.message.ipc``; the CRCs
are zlib's and the tags OpenSSL's, computed from the bytes before them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from symphony_codecs.framing.auth import FrameKey
from symphony_codecs.framing.decoder import FrameDecoder
from symphony_codecs.framing.encoder import FrameEncoder
from symphony_codecs.framing.errors import NEED_DATA, FrameError
from symphony_codecs.framing.raw import RawFrame
from symphony_types import (
    FrameCompression,
    FrameFlags,
    FrameHeader,
    FrameRoute,
    FrameType,
    IpcFrame,
    MessagePriority,
    ProcessId,
)


SENDER = ProcessId.parse("123e4567-e89b-42d3-a456-426614174002")
RECEIVER = ProcessId.parse("123e4567-e89b-42d3-a456-426614174003")
SECRET = bytes(range(32))
"""The key of the authenticated frames, as a `FrameKey` takes it."""

_ROUTE = "123e4567e89b42d3a456426614174002 123e4567e89b42d3a456426614174003"


@attrs.frozen(kw_only=True)
class FrameCase:
    """
    One frame.

    Args:
        name: What is special about it.
        hex: Its bytes.
        frame: What an endpoint reads and writes.
        checksum: The payload's checksum in the bytes.
        extension: Header bytes that only routers keep.
    """

    name: str
    hex: str = attrs.field(repr=False)
    frame: IpcFrame
    checksum: int | None = None
    extension: bytes = b""

    @property
    def data(self) -> bytes:
        return bytes.fromhex(self.hex)

    @property
    def is_authenticated(self) -> bool:
        return FrameFlags.AUTHENTICATED in self.frame.header.flags

    @property
    def raw(self) -> RawFrame:
        """What a router gets: the tag was the connection's."""
        header = attrs.evolve(self.frame.header, flags=self.frame.header.flags & ~FrameFlags.AUTHENTICATED)
        return RawFrame(header, self.frame.payload, self.checksum, self.extension)

    def encoder(self) -> FrameEncoder:
        """Return an encoder whose turn it is to write this frame."""
        return FrameEncoder(sequence=self.frame.header.sequence, key=self._key())

    def decoder(self, **settings: Any) -> FrameDecoder:
        """Return a decoder that waits for this frame."""
        return FrameDecoder(sequence=self.frame.header.sequence, **{"key": self._key(), **settings})

    def _key(self) -> FrameKey | None:
        return FrameKey(SECRET) if self.is_authenticated else None


def frame(payload: bytes = b"", **header: Any) -> IpcFrame:
    return IpcFrame(header=FrameHeader(**header), payload=payload)


CASES = (
    FrameCase(
        name="the shortest, a heartbeat",
        hex="5359 01 04 04 00 00 01 0000 0000 00000000 0000000000000001 00000000 734bf3c8",
        frame=frame(frame_type=FrameType.HEARTBEAT, format=0),
    ),
    FrameCase(
        name="the last, a shutdown",
        hex="5359 01 04 06 00 00 01 0000 0000 00000000 0000000000000003 00000000 d0b06ca7",
        frame=frame(frame_type=FrameType.SHUTDOWN, format=0, sequence=3),
    ),
    FrameCase(
        name="a hello",
        hex="5359 01 04 07 01 00 01 0000 0000 00000000 0000000000000001 00000010 ad91a050"
        "7b2276657273696f6e73223a5b315d7d",
        frame=frame(b'{"versions":[1]}', frame_type=FrameType.HELLO, format=1),
    ),
    FrameCase(
        name="a request",
        hex="5359 01 04 00 02 00 01 0000 0000 00000007 0000000000000009 00000002 54d692cb 9101",
        frame=frame(b"\x91\x01", frame_type=FrameType.REQUEST, stream_id=7, sequence=9),
    ),
    FrameCase(
        name="a response with checksum",
        hex="5359 01 04 01 01 00 01 0001 0000 00000008 000000000000000a 00000002 1424e16c 7b7d a3a6bf43",
        frame=frame(
            b"{}", frame_type=FrameType.RESPONSE, format=1, flags=FrameFlags.CHECKSUM, stream_id=8, sequence=10
        ),
        checksum=0xA3A6BF43,
    ),
    FrameCase(
        name="an error of the connection",
        hex="5359 01 04 03 01 00 03 0000 0000 00000000 0000000000000002 00000003 e34d047c 227822",
        frame=frame(b'"x"', frame_type=FrameType.ERROR, format=1, priority=MessagePriority.CRITICAL, sequence=2),
    ),
    FrameCase(
        name="an event for everyone",
        hex="5359 01 08 02 03 00 02 0008 0000 00000001 0000000000000004 00000001 ace5869b"
        "123e4567e89b42d3a456426614174002 00000000000000000000000000000000 f6",
        frame=frame(
            b"\xf6",
            frame_type=FrameType.EVENT,
            format=3,
            priority=MessagePriority.HIGH,
            flags=FrameFlags.ROUTED,
            stream_id=1,
            sequence=4,
            route=FrameRoute(SENDER),
        ),
    ),
    FrameCase(
        name="a routed fragment with the greatest numbers",
        hex=f"5359 01 08 05 03 02 03 000b 0000 ffffffff ffffffffffffffff 00000005 153e1fc8{_ROUTE} 68656c6c6f 3610a686",
        frame=frame(
            b"hello",
            frame_type=FrameType.STREAM,
            format=3,
            compression=FrameCompression.ZSTD,
            priority=MessagePriority.CRITICAL,
            flags=FrameFlags.ROUTED | FrameFlags.CHECKSUM | FrameFlags.MORE_FRAGMENTS,
            stream_id=2**32 - 1,
            sequence=2**64 - 1,
            route=FrameRoute(SENDER, RECEIVER),
        ),
        checksum=0x3610A686,
    ),
    FrameCase(
        name="a longer header of a later version",
        hex="5359 01 06 00 04 00 00 0000 0000 00000007 0000000000000009 00000003 c0967b4f"
        "7369787465656e20756e6b6e6f776e21 616263",
        frame=frame(
            b"abc", frame_type=FrameType.REQUEST, format=4, priority=MessagePriority.LOW, stream_id=7, sequence=9
        ),
        extension=b"sixteen unknown!",
    ),
    FrameCase(
        name="a longer header with a route, and a checksum of nothing",
        hex="5359 01 09 00 c8 01 00 0009 0000 00000002 0000000000000005 00000000 669c0d0e"
        f"{_ROUTE} 6569676874206279 00000000",
        frame=frame(
            frame_type=FrameType.REQUEST,
            format=200,
            compression=FrameCompression.ZLIB,
            priority=MessagePriority.LOW,
            flags=FrameFlags.ROUTED | FrameFlags.CHECKSUM,
            stream_id=2,
            sequence=5,
            route=FrameRoute(SENDER, RECEIVER),
        ),
        checksum=0,
        extension=b"eight by",
    ),
    FrameCase(
        name="an authenticated request",
        hex="5359 01 04 00 10 00 01 0004 0000 00000003 0000000000000006 00000003 64b4075d 010203"
        "db6e8d4d178ecfde1d534651ed4a9c81694372824be36960755cfe4e341256ab",
        frame=frame(
            b"\1\2\3",
            frame_type=FrameType.REQUEST,
            format=16,
            flags=FrameFlags.AUTHENTICATED,
            stream_id=3,
            sequence=6,
        ),
    ),
    FrameCase(
        name="authenticated, routed and with checksum",
        hex="5359 01 08 02 02 00 01 000d 0000 00000003 0000000000000007 00000006 7f687622"
        f"{_ROUTE} 746167676564 3c1f9835"
        "a7892a100825fc7602a9bc9402ea0f1b7a0df619359ce7f46b352d6b36a9b2f7",
        frame=frame(
            b"tagged",
            frame_type=FrameType.EVENT,
            flags=FrameFlags.ROUTED | FrameFlags.CHECKSUM | FrameFlags.AUTHENTICATED,
            stream_id=3,
            sequence=7,
            route=FrameRoute(SENDER, RECEIVER),
        ),
        checksum=0x3C1F9835,
    ),
)
"""Frames that an endpoint takes."""

UNKNOWN = FrameCase(
    name="a type of a later version",
    hex="5359 01 04 63 00 00 01 0001 0000 00000005 0000000000000002 00000005 675e7d64 6c61746572 ec03b249",
    frame=frame(b"later", frame_type=FrameType(99), format=0, flags=FrameFlags.CHECKSUM, stream_id=5, sequence=2),
    checksum=0xEC03B249,
)
"""A frame that only routers take."""

Outcome = tuple[list[IpcFrame | RawFrame], FrameError | None]


def outcome(decoder: FrameDecoder, pieces: Iterable[bytes], *, raw: bool = False, ended: bool = False) -> Outcome:
    """Feed *pieces*, take what there is after each, and return the frames and the `FrameError` that ended them."""
    frames: list[IpcFrame | RawFrame] = []
    take = decoder.next_raw if raw else decoder.next_frame
    try:
        for piece in pieces:
            decoder.feed(piece)
            while (found := take()) is not NEED_DATA:
                frames.append(found)
        if ended:
            decoder.feed_eof()
            while (found := take()) is not NEED_DATA:
                frames.append(found)
    except FrameError as error:
        return frames, error
    return frames, None


def in_bytes(data: bytes) -> list[bytes]:
    """Cut *data* into single bytes."""
    return [data[place : place + 1] for place in range(len(data))]


def summary(result: Outcome) -> tuple[Any, ...]:
    """Return what two outcomes are compared by: an error equals itself alone."""
    frames, error = result
    return frames, error and (type(error), error.frame_code, error.offset, str(error))
