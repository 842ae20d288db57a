"""
The header of a frame: its fields, the rules between them, and how they become bytes and back.

Encoders and decoders of streams share the functions at the end, which do not
check again what has been checked, and number the frames.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final
from zlib import crc32

import attrs

from symphony_types._quick import quick, unchecked
from symphony_types.checks import U8, U32, FieldError, InstanceOf, IntRange, optional
from symphony_types.errors import IpcDeserializationFailedError, IpcInvalidMessageFormatError
from symphony_types.ids import ProcessId
from symphony_types.integers import U8 as U8Int
from symphony_types.integers import U32 as U32Int
from symphony_types.integers import U64 as U64Int
from symphony_types.message._codes import FrameCompression, FrameFlags, FrameType, SerializationFormat
from symphony_types.message._frame_bytes import (
    BASE_SIZE,
    LEAD,
    ROUTED_FIELD,
    ROUTED_SIZE,
    HeaderError,
    pack_crc,
    pack_fixed,
    read_header,
)
from symphony_types.message.envelope import MessagePriority


__all__ = [
    "FrameHeader",
    "FrameRoute",
    "damaged",
    "not_a_frame",
    "pack_header",
    "read_route",
    "renumbered",
    "trusted_header",
]

_NOBODY: Final = bytes(16)
_FLAGS: Final = sum(FrameFlags)
_COMPRESSIONS: Final = max(FrameCompression)
_OF_MESSAGES: Final = FrameFlags.MORE_FRAGMENTS | FrameFlags.ROUTED
"""The flags that only frames of messages have."""
_SHORTEST: Final = LEAD + BASE_SIZE // 8
_ROUTED: Final = FrameFlags.ROUTED.value
# By the name on the wire, since members of an Enum are slow to hash and to ask.
_RANKS: Final = {priority.value: priority.rank for priority in MessagePriority}


@attrs.frozen
class FrameRoute:
    """
    The sender and receiver of a routed frame.

    Args:
        sender: The process that the message comes from.
        receiver: The process that it goes to; ``None`` is everyone.
    """

    sender: ProcessId = attrs.field(validator=InstanceOf((ProcessId,), "a ProcessId"))
    receiver: ProcessId | None = attrs.field(default=None, validator=optional(InstanceOf((ProcessId,), "a ProcessId")))

    def __attrs_post_init__(self) -> None:
        if self.receiver is not None and self.receiver.to_bytes() == _NOBODY:
            raise FieldError("invalid_value", ("receiver",), "a receiver, or None for everyone", "the nil UUID")


@quick
@attrs.frozen(kw_only=True)
class FrameHeader:
    """
    A frame's description of its payload; the encoder computes lengths and checksums.

    Args:
        frame_type: The content of the frame.
        format: How the payload is encoded: 0 opaque, a built-in format's
            `SerializationFormat.format_id`, 16 to 127 as agreed in Hello, 128
            to 255 private.
        compression: How the payload is compressed.
        priority: How urgent it is.
        flags: The other parts.  ``ROUTED`` needs *route*.
        stream_id: One per message and direction, 32 bits; 0 for Hello,
            Heartbeat and Shutdown, and for an Error of the whole connection.
        sequence: The frame's number on its connection and in its direction,
            from 1, 64 bits; an encoder counts.
        route: Its sender and receiver, only if routed.

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
        kind = self.frame_type
        flags = self.flags._value_  # the operators of flags are Python
        if (flags & _ROUTED != 0) is (self.route is None):
            actual = "no route" if self.route is None else "a route without the flag"
            raise FieldError("invalid_value", ("route",), "a route exactly if the flag ROUTED is set", actual)
        if kind.is_control and self.stream_id != 0:
            raise FieldError("invalid_value", ("stream_id",), f"0 for {kind.name}", repr(self.stream_id))
        if kind.is_known and not kind.is_control and kind is not FrameType.ERROR and self.stream_id == 0:
            raise FieldError("invalid_value", ("stream_id",), f"at least 1 for {kind.name}", "0")
        if kind is FrameType.HELLO and self.format != SerializationFormat.JSON.format_id:
            raise FieldError("invalid_value", ("format",), "1 (json) for HELLO", repr(self.format))
        if self.belongs_to_connection:
            if self.compression is not FrameCompression.NONE:
                raise FieldError("invalid_value", ("compression",), f"NONE for {kind.name}", self.compression.name)
            if flags & _OF_MESSAGES:
                got = str((self.flags & _OF_MESSAGES).name)
                raise FieldError("invalid_value", ("flags",), f"one frame, not routed, for {kind.name}", got)

    @property
    def belongs_to_connection(self) -> bool:
        """Whether the frame stands outside messages: a control frame, or an Error on stream 0."""
        return self.stream_id == 0 and (self.frame_type.is_control or self.frame_type is FrameType.ERROR)

    def pack(self, payload_length: int) -> bytes:
        """
        Return the header's bytes, its CRC included, before a payload of *payload_length* bytes.

        Raises:
            FieldError: *payload_length* is not one of 32 bits.
        """
        U32.check(payload_length, ("payload_length",))
        return pack_header(self, self.flags, self.sequence, payload_length)

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
        if len(data) < BASE_SIZE and data[:2] == b"SY"[: len(data)]:
            raise damaged(f"expected a header of at least {BASE_SIZE} bytes, got {len(data)}")
        try:
            found = read_header(data)
        except HeaderError as error:
            raise (damaged if error.code == "header_checksum" else not_a_frame)(str(error)) from None
        if isinstance(found, int):
            raise damaged(f"expected a header of at least {found} bytes, got {len(data)}")
        size, kinds, stream_id, sequence, length = found
        try:
            return trusted_header(kinds, stream_id, sequence, bytes(data[BASE_SIZE:size])), size, length
        except ValueError as error:
            raise damaged(f"{error} in the frame header") from error

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
            raise damaged(f"expected the {size} bytes of a header, got {len(data)}")
        return header


def damaged(reason: str) -> IpcDeserializationFailedError:
    """Return the error for bytes that may have been a frame."""
    return IpcDeserializationFailedError(reason=reason)


def not_a_frame(reason: str) -> IpcInvalidMessageFormatError:
    """Return the error for bytes of something else, or of another version."""
    error = IpcInvalidMessageFormatError()
    error.add_note(reason)
    return error


# For decoders and encoders, which check all fields themselves and number the frames.


def pack_header(header: FrameHeader, flags: int, sequence: int, length: int, extension: bytes = b"") -> bytes:
    """Return *header*'s bytes with other flags and another number; *extension* is what a later version put behind."""
    lead, rest, route = _SHORTEST, extension, header.route
    if route is not None:
        rest = route.sender.bytes + (_NOBODY if route.receiver is None else route.receiver.bytes) + rest
    if rest:
        lead += len(rest) // 8
    fixed = pack_fixed(
        lead,
        header.frame_type,
        header.format,
        header.compression,
        _RANKS[header.priority._value_],
        flags,
        0,
        header.stream_id,
        sequence,
        length,
    )
    crc = crc32(fixed)
    return fixed + pack_crc(crc32(rest, crc)) + rest if rest else fixed + pack_crc(crc)


def trusted_header(kinds: int, stream_id: int, sequence: int, rest: bytes) -> FrameHeader:
    """
    Return the header that `read_header` found the fields of; *rest* is what followed the CRC in it.

    Raises:
        ValueError: A field has no meaning, or two contradict each other.
    """
    route = None
    if kinds & ROUTED_FIELD:
        if len(rest) < ROUTED_SIZE - BASE_SIZE:
            expected = f"a header of at least {ROUTED_SIZE} bytes when routed"
            raise FieldError("invalid_value", (), expected, "a shorter one")
        route = read_route(rest[: ROUTED_SIZE - BASE_SIZE])
    make = _maker(kinds, stream_id != 0)
    if make is None or sequence == 0:
        return _checked_header(kinds, stream_id, sequence, route)  # which says what is wrong
    return make(stream_id, sequence, route)


_make: Final = unchecked(FrameHeader)


def renumbered(pattern: FrameHeader, stream_id: int, sequence: int, route: FrameRoute | None) -> FrameHeader:
    """Return *pattern* with these fields, unchecked; stream 0 stays 0 and a route a route."""
    return _make(
        pattern.frame_type,
        pattern.format,
        pattern.compression,
        pattern.priority,
        pattern.flags,
        stream_id,
        sequence,
        route,
    )


def _checked_header(kinds: int, stream_id: int, sequence: int, route: FrameRoute | None) -> FrameHeader:
    kind, format_id, compression, rank = (kinds >> 32).to_bytes(4, "big")
    flags = kinds >> 16 & 0xFFFF
    if compression > _COMPRESSIONS:
        raise FieldError(
            "invalid_value", ("compression",), f"a FrameCompression from 0 to {_COMPRESSIONS}", str(compression)
        )
    if flags & ~_FLAGS:
        raise FieldError("invalid_value", ("flags",), f"FrameFlags within {_FLAGS}", str(flags))
    return FrameHeader(
        frame_type=FrameType(kind),
        format=format_id,
        compression=FrameCompression(compression),
        priority=MessagePriority.from_rank(rank),
        flags=FrameFlags(flags),
        stream_id=stream_id,
        sequence=sequence,
        route=route,
    )


# Few combinations are in use, and no check asks more of a stream id than whether it is 0.
@lru_cache(maxsize=1024)
def _maker(kinds: int, on_stream: bool) -> Callable[[int, int, FrameRoute | None], FrameHeader] | None:
    """Return what makes headers with these fields of the others, ``None`` if a check refuses them."""
    route = FrameRoute(ProcessId.from_bytes(_NOBODY)) if kinds & ROUTED_FIELD else None
    try:
        header = _checked_header(kinds, int(on_stream), 1, route)
    except ValueError:
        return None
    return partial(_make, header.frame_type, header.format, header.compression, header.priority, header.flags)


# The processes at the ends of a connection are few, and a router's not many.
@lru_cache(maxsize=1024)
def read_route(data: bytes) -> FrameRoute:
    """Return the route that a routing block spells."""
    receiver = data[16:]
    return FrameRoute(ProcessId.from_bytes(data[:16]), None if receiver == _NOBODY else ProcessId.from_bytes(receiver))
