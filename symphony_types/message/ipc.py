"""
Frames: the bytes that wrap each message on a stream.

A frame is a header of 32 bytes (64 when routed), the payload, and what the
flags promise behind it.  All integers are big-endian::

    0  2 magic "SY"       8  2 flags               28 4 header CRC-32
    2  1 version, 1      10  2 reserved, 0         32 16 sender    } only if
    3  1 header size / 8 12  4 stream id           48 16 receiver  } routed
    4  1 frame type      16  8 sequence
    5  1 format          24  4 payload length      payload
    6  1 compression                               4  payload CRC-32, if flagged
    7  1 priority                                  32 tag, if authenticated

The header CRC-32 (IEEE 802.3, as zlib computes it) covers bytes 0 to 27 and
what follows byte 31 in the header.  A receiver of all zeros is everyone.
"""

from __future__ import annotations

import struct
import zlib

from typing import Final

import attrs

from symphony_types._checks import U8, U32, FieldError, InstanceOf, IntRange, describe, optional
from symphony_types.errors import (
    IpcAuthenticationFailedError,
    IpcDeserializationFailedError,
    IpcInvalidMessageFormatError,
)
from symphony_types.ids import ProcessId
from symphony_types.integers import U8 as U8Int
from symphony_types.integers import U32 as U32Int
from symphony_types.integers import U64 as U64Int
from symphony_types.message._codes import (
    FrameCompression,
    FrameFlags,
    FrameType,
    SerializationFormat,
    TransportType,
)
from symphony_types.message.envelope import MessagePriority


__all__ = [
    "FrameCompression",
    "FrameFlags",
    "FrameHeader",
    "FrameRoute",
    "FrameType",
    "IpcFrame",
    "SerializationFormat",
    "TransportType",
]


_MAGIC: Final = b"SY"
_VERSION: Final = 1
_FIXED: Final = struct.Struct(">2sBBBBBBHHIQI")
_CRC: Final = struct.Struct(">I")
_BASE_SIZE: Final = _FIXED.size + _CRC.size
_ROUTED_SIZE: Final = _BASE_SIZE + 32
_MAX_SIZE: Final = 32 * 8
_TAG_SIZE: Final = 32
_NOBODY: Final = bytes(16)
_HELLO_LIMIT: Final = 64 * 1024


@attrs.frozen
class FrameRoute:
    """
    Who sends a routed frame, and to whom.

    Args:
        sender: The process that the message comes from.
        receiver: The process that it goes to; ``None`` is everyone.
    """

    sender: ProcessId = attrs.field(validator=InstanceOf((ProcessId,), "a ProcessId"))
    receiver: ProcessId | None = attrs.field(default=None, validator=optional(InstanceOf((ProcessId,), "a ProcessId")))

    def __attrs_post_init__(self) -> None:
        self._check_fields()

    def _check_fields(self) -> None:
        if self.receiver is not None and self.receiver.to_bytes() == _NOBODY:
            raise FieldError("invalid_value", ("receiver",), "a receiver, or None for everyone", "the nil UUID")


@attrs.frozen(kw_only=True)
class FrameHeader:
    """
    What a frame says of its payload; lengths and checksums are the encoder's business.

    Args:
        frame_type: What the frame carries.
        format: How the payload is encoded: 0 opaque, a built-in format's
            `SerializationFormat.format_id`, 16 to 127 as agreed in Hello, 128
            to 255 private.
        compression: How the payload is compressed.
        priority: How urgent it is.
        flags: What else there is.  ``ROUTED`` goes with *route*.
        stream_id: One per message and direction, 32 bits; 0 for Hello,
            Heartbeat and Shutdown, and for an Error of the whole connection.
        sequence: The frame's number on its connection and in its direction,
            from 1, 64 bits; an encoder counts.
        route: Who sends it and to whom, only if routed.

    Raises:
        FieldError: A field is out of its range, or two contradict each other.
    """

    frame_type: FrameType = attrs.field(validator=InstanceOf((FrameType,), "a FrameType"))
    format: U8Int = attrs.field(default=SerializationFormat.MESSAGEPACK.format_id, validator=U8)
    compression: FrameCompression = attrs.field(
        default=FrameCompression.NONE, validator=InstanceOf((FrameCompression,), "a FrameCompression")
    )
    priority: MessagePriority = attrs.field(
        default=MessagePriority.NORMAL, validator=InstanceOf((MessagePriority,), "a MessagePriority")
    )
    flags: FrameFlags = attrs.field(default=FrameFlags(0), validator=InstanceOf((FrameFlags,), "FrameFlags"))
    stream_id: U32Int = attrs.field(default=0, validator=U32)
    sequence: U64Int = attrs.field(default=1, validator=IntRange(1, 2**64 - 1))
    route: FrameRoute | None = attrs.field(default=None, validator=optional(InstanceOf((FrameRoute,), "a FrameRoute")))

    def __attrs_post_init__(self) -> None:
        self._check_fields()

    def _check_fields(self) -> None:
        kind = self.frame_type
        if (FrameFlags.ROUTED in self.flags) != (self.route is not None):
            actual = "no route" if self.route is None else "a route without the flag"
            raise FieldError("invalid_value", ("route",), "a route exactly if the flag ROUTED is set", actual)
        if kind.is_control and self.stream_id != 0:
            raise FieldError("invalid_value", ("stream_id",), f"0 for {kind.name}", repr(self.stream_id))
        if kind.is_known and not kind.is_control and kind is not FrameType.ERROR and self.stream_id == 0:
            raise FieldError("invalid_value", ("stream_id",), f"at least 1 for {kind.name}", "0")
        if kind is FrameType.HELLO:
            if self.format != SerializationFormat.JSON.format_id:
                raise FieldError("invalid_value", ("format",), "1 (json) for HELLO", repr(self.format))
            if self.compression is not FrameCompression.NONE:
                raise FieldError("invalid_value", ("compression",), "NONE for HELLO", self.compression.name)
            if FrameFlags.MORE_FRAGMENTS in self.flags:
                raise FieldError("invalid_value", ("flags",), "one frame for HELLO", "MORE_FRAGMENTS")

    def pack(self, payload_length: int) -> bytes:
        """
        Return the header's bytes, its CRC included, before a payload of *payload_length* bytes.

        Raises:
            FieldError: *payload_length* is not one of 32 bits.
        """
        U32.check(payload_length, ("payload_length",))
        route = b""
        if self.route is not None:
            receiver = _NOBODY if self.route.receiver is None else self.route.receiver.to_bytes()
            route = self.route.sender.to_bytes() + receiver
        fixed = _FIXED.pack(
            _MAGIC,
            _VERSION,
            (_BASE_SIZE + len(route)) // 8,
            self.frame_type,
            self.format,
            self.compression,
            self.priority.rank,
            self.flags,
            0,
            self.stream_id,
            self.sequence,
            payload_length,
        )
        return fixed + _CRC.pack(zlib.crc32(route, zlib.crc32(fixed))) + route

    @classmethod
    def unpack(cls, data: bytes | memoryview) -> tuple[FrameHeader, int, int]:
        """
        Read the header at the start of *data*, which may go on behind it.

        Header bytes behind those that this version knows are skipped; the CRC
        covers them.  Nothing is believed before the CRC holds.

        Returns:
            The header, its size in bytes, and the length of the payload.

        Raises:
            IpcInvalidMessageFormatError: These are not the bytes of a frame
                of this version.
            IpcDeserializationFailedError: They are cut off or damaged, or a
                field has no meaning.
        """
        if bytes(data[:2]) != _MAGIC[: len(data)]:
            raise _not_a_frame(f"expected the magic {_MAGIC.hex()}, got {bytes(data[:2]).hex()}")
        if len(data) < _BASE_SIZE:
            raise _damaged(f"expected a header of at least {_BASE_SIZE} bytes, got {len(data)}")
        _, version, units, kind, format_id, compression, rank, bits, reserved, stream_id, sequence, length = (
            _FIXED.unpack_from(data)
        )
        if version != _VERSION:
            raise _not_a_frame(f"expected version {_VERSION}, got {version}")
        size = units * 8
        if not _BASE_SIZE <= size <= _MAX_SIZE:
            raise _not_a_frame(f"expected a header of {_BASE_SIZE} to {_MAX_SIZE} bytes, got {size}")
        if len(data) < size:
            raise _damaged(f"expected a header of {size} bytes, got {len(data)}")
        stored = _CRC.unpack_from(data, _FIXED.size)[0]
        actual = zlib.crc32(data[_BASE_SIZE:size], zlib.crc32(data[: _FIXED.size]))
        if stored != actual:
            raise _damaged(f"expected header checksum {actual:08x}, got {stored:08x}")
        if reserved:
            raise _not_a_frame(f"expected 0 in the reserved bytes, got {reserved}")
        try:
            flags = FrameFlags(bits)
            header = cls(
                frame_type=FrameType(kind),
                format=format_id,
                compression=FrameCompression(compression),
                priority=MessagePriority.from_rank(rank),
                flags=flags,
                stream_id=stream_id,
                sequence=sequence,
                route=_read_route(data[_BASE_SIZE:size]) if FrameFlags.ROUTED in flags else None,
            )
        except ValueError as error:
            raise _damaged(f"{error} in the frame header") from error
        return header, size, length

    def to_bytes(self) -> bytes:
        """Return the header's bytes as they stand before an empty payload."""
        return self.pack(0)

    @classmethod
    def from_bytes(cls, data: bytes) -> FrameHeader:
        """
        Read a header alone; the payload length in it, the frame's business, is dropped.

        Raises:
            IpcInvalidMessageFormatError, IpcDeserializationFailedError: As
                `unpack`; also for bytes behind the header.
        """
        header, size, _ = cls.unpack(data)
        if len(data) != size:
            raise _damaged(f"expected the {size} bytes of a header, got {len(data)}")
        return header


def _as_bytes(value: bytes | bytearray | memoryview) -> bytes:
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


@attrs.frozen(kw_only=True)
class IpcFrame:
    """
    A header and its payload.

    Args:
        header: What the frame says of its payload.
        payload: Encoded, compressed and perhaps a fragment; any bytes-like
            object is copied into `bytes`.  Of a Hello at most 64 KiB.
    """

    header: FrameHeader = attrs.field(validator=InstanceOf((FrameHeader,), "a FrameHeader"))
    payload: bytes = attrs.field(
        default=b"",
        converter=_as_bytes,
        validator=InstanceOf((bytes,), "bytes"),
        repr=lambda payload: f"<{len(payload)} bytes>",
    )

    def __attrs_post_init__(self) -> None:
        self._check_fields()

    def _check_fields(self) -> None:
        if self.header.frame_type is FrameType.HELLO and len(self.payload) > _HELLO_LIMIT:
            expected = f"at most {_HELLO_LIMIT} bytes for HELLO"
            raise FieldError("too_large", ("payload",), expected, describe(self.payload))

    def to_bytes(self) -> bytes:
        """
        Return the frame's bytes, the payload's checksum included if flagged.

        Raises:
            IpcAuthenticationFailedError: The frame is flagged as
                authenticated, which takes the connection's key.
        """
        if FrameFlags.AUTHENTICATED in self.header.flags:
            raise _needs_key()
        trailer = _CRC.pack(zlib.crc32(self.payload)) if FrameFlags.CHECKSUM in self.header.flags else b""
        return self.header.pack(len(self.payload)) + self.payload + trailer

    @classmethod
    def from_bytes(cls, data: bytes) -> IpcFrame:
        """
        Read the bytes of exactly one frame.

        Raises:
            IpcInvalidMessageFormatError: These are not the bytes of a frame
                of this version.
            IpcDeserializationFailedError: They are cut off, too many or
                damaged, or a header field has no meaning.
            IpcAuthenticationFailedError: The frame is flagged as
                authenticated, which takes the connection's key.
        """
        header, size, length = FrameHeader.unpack(data)
        if FrameFlags.AUTHENTICATED in header.flags:
            raise _needs_key()
        end = size + length
        total = end + (_CRC.size if FrameFlags.CHECKSUM in header.flags else 0)
        if len(data) != total:
            raise _damaged(f"expected a frame of {total} bytes, got {len(data)}")
        payload = bytes(data[size:end])
        if total != end:
            stored, actual = _CRC.unpack_from(data, end)[0], zlib.crc32(payload)
            if stored != actual:
                raise _damaged(f"expected payload checksum {actual:08x}, got {stored:08x}")
        try:
            return cls(header=header, payload=payload)
        except FieldError as error:
            raise _damaged(str(error)) from error


def _read_route(data: bytes | memoryview) -> FrameRoute:
    if len(data) < _ROUTED_SIZE - _BASE_SIZE:
        raise FieldError("invalid_value", (), f"a header of at least {_ROUTED_SIZE} bytes when routed", "a shorter one")
    receiver = bytes(data[16:32])
    return FrameRoute(
        ProcessId.from_bytes(bytes(data[:16])), None if receiver == _NOBODY else ProcessId.from_bytes(receiver)
    )


def _damaged(reason: str) -> IpcDeserializationFailedError:
    return IpcDeserializationFailedError(reason=reason)


def _not_a_frame(reason: str) -> IpcInvalidMessageFormatError:
    error = IpcInvalidMessageFormatError()
    error.add_note(reason)
    return error


def _needs_key() -> IpcAuthenticationFailedError:
    return IpcAuthenticationFailedError(reason="an authenticated frame takes the connection's key")
