"""The numbers and names in frames: types, flags, compressions, formats, transports."""

from __future__ import annotations

from enum import STRICT, Enum, IntEnum, IntFlag
from typing import Final

from symphony_types.checks import FieldError


__all__ = ["FrameCompression", "FrameFlags", "FrameType", "SerializationFormat", "TransportType"]


class SerializationFormat(Enum):
    """
    The built-in formats of payloads; the value is the name on the wire.

    Formats of plug-ins have a name and a frame format id, but no member here.
    """

    JSON = "Json"
    MESSAGEPACK = "MessagePack"
    MESSAGEPACK_COMPACT = "MessagePackCompact"
    CBOR = "Cbor"

    @property
    def format_id(self) -> int:
        """The number in a frame's header."""
        return _FORMATS[self][0]

    @property
    def codec_name(self) -> str:
        """The name that codecs go by: ``json``, ``msgpack``, ``msgpack-compact``, ``cbor``."""
        return _FORMATS[self][1]

    @property
    def content_type(self) -> str:
        """The media type, as in HTTP's ``Content-Type``."""
        return _FORMATS[self][2]

    @classmethod
    def from_format_id(cls, format_id: int) -> SerializationFormat:
        """
        Return the format whose number in a frame's header is *format_id*.

        Raises:
            FieldError: No built-in format has that number.
        """
        for member in cls:
            if member.format_id == format_id:
                return member
        raise FieldError("invalid_value", (), "the id of a built-in format, 1 to 4", repr(format_id))


_FORMATS: Final = {
    SerializationFormat.JSON: (1, "json", "application/json"),
    SerializationFormat.MESSAGEPACK: (2, "msgpack", "application/msgpack"),
    SerializationFormat.CBOR: (3, "cbor", "application/cbor"),
    SerializationFormat.MESSAGEPACK_COMPACT: (4, "msgpack-compact", "application/vnd.symphony.msgpack-compact"),
}


class TransportType(Enum):
    """How two processes are connected; the value is the name on the wire."""

    UNIX_SOCKET = "UnixSocket"
    NAMED_PIPE = "NamedPipe"
    STDIO = "Stdio"
    TCP = "Tcp"
    WEBSOCKET = "WebSocket"
    HTTP = "Http"
    SHARED_MEMORY = "SharedMemory"
    IN_PROCESS = "InProcess"


class FrameType(IntEnum):
    """
    The content of a frame.

    Any other number from 8 to 255 makes a member that `is_known` denies: an
    endpoint refuses such a frame, a router forwards it.
    """

    REQUEST = 0
    RESPONSE = 1
    EVENT = 2
    ERROR = 3
    HEARTBEAT = 4
    STREAM = 5
    SHUTDOWN = 6
    HELLO = 7

    @property
    def is_known(self) -> bool:
        """Whether this version gives the number a meaning."""
        return self <= FrameType.HELLO

    @property
    def is_control(self) -> bool:
        """Whether the frame belongs to the connection, on stream 0: Hello, Heartbeat, Shutdown."""
        return self in _CONTROL

    @classmethod
    def _missing_(cls, value: object) -> FrameType | None:
        if type(value) is not int or not 0 <= value <= 255:
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


_CONTROL: Final = (FrameType.HELLO, FrameType.HEARTBEAT, FrameType.SHUTDOWN)


class FrameFlags(IntFlag, boundary=STRICT):
    """The parts that follow the header and the payload; every other bit is 0."""

    CHECKSUM = 0x0001
    MORE_FRAGMENTS = 0x0002
    AUTHENTICATED = 0x0004
    ROUTED = 0x0008


class FrameCompression(IntEnum):
    """How a payload is compressed: not, zlib (RFC 1950), zstd (RFC 8878)."""

    NONE = 0
    ZLIB = 1
    ZSTD = 2
