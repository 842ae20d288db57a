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

from typing import Final
from zlib import crc32

import attrs

from symphony_types._quick import unchecked
from symphony_types.checks import FieldError, InstanceOf, describe
from symphony_types.errors import IpcAuthenticationFailedError
from symphony_types.message._codes import (
    FrameCompression,
    FrameFlags,
    FrameType,
    SerializationFormat,
    TransportType,
)
from symphony_types.message._frame_bytes import CRC_SIZE, MAX_HELLO, pack_crc, unpack_crc
from symphony_types.message._frame_header import FrameHeader, FrameRoute, damaged


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


def _as_bytes(value: bytes | bytearray | memoryview) -> bytes:
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


@attrs.frozen(kw_only=True)
class IpcFrame:
    """
    A header and its payload.

    Args:
        header: The description of the payload.
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
        if self.header.frame_type is FrameType.HELLO and len(self.payload) > MAX_HELLO:
            expected = f"at most {MAX_HELLO} bytes for HELLO"
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
        trailer = pack_crc(crc32(self.payload)) if FrameFlags.CHECKSUM in self.header.flags else b""
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
        total = end + (CRC_SIZE if FrameFlags.CHECKSUM in header.flags else 0)
        if len(data) != total:
            raise damaged(f"expected a frame of {total} bytes, got {len(data)}")
        payload = bytes(data[size:end])
        if total != end:
            stored, actual = unpack_crc(data, end)[0], crc32(payload)
            if stored != actual:
                raise damaged(f"expected payload checksum {actual:08x}, got {stored:08x}")
        try:
            return cls(header=header, payload=payload)
        except FieldError as error:
            raise damaged(str(error)) from error


trusted_frame: Final = unchecked(IpcFrame)
"""Makes a frame of its header and payload, unchecked; the payload of a Hello is known to be short enough."""


def _needs_key() -> IpcAuthenticationFailedError:
    return IpcAuthenticationFailedError(reason="an authenticated frame takes the connection's key")
