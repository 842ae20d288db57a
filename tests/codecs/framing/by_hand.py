"""Frames written field by field, right and wrong ones: what no encoder writes has to be refused, too."""

from __future__ import annotations

import struct
import zlib

from symphony_codecs.framing import FrameKey
from symphony_types.message.ipc import FrameFlags, FrameType


REQUEST, RESPONSE, EVENT, ERROR, HEARTBEAT, STREAM, SHUTDOWN, HELLO = FrameType
CHECKSUM, MORE, AUTHENTICATED, ROUTED = map(int, FrameFlags)


def wire(
    kind: int,
    payload: bytes = b"",
    *,
    sequence: int = 1,
    stream: int | None = None,
    flags: int = 0,
    format_id: int | None = None,
    compression: int = 0,
    priority: int = 1,
    reserved: int = 0,
    magic: bytes = b"SY",
    version: int = 1,
    size: int | None = None,
    length: int | None = None,
    route: bytes = bytes(range(32)),
    extension: bytes = b"",
    crc: int = 0,
    payload_crc: int = 0,
    key: FrameKey | None = None,
) -> bytes:
    """
    Return the bytes of a frame; what is not given is right.

    *crc* and *payload_crc* are what the checksums are changed by.
    """
    if stream is None:
        stream = int(kind in {REQUEST, RESPONSE, EVENT, STREAM})
    if format_id is None:
        format_id = 0 if kind in {HEARTBEAT, SHUTDOWN} else 1
    if key is not None:
        flags = int(flags) | AUTHENTICATED
    rest = (route if flags & ROUTED else b"") + extension
    units = 4 + len(rest) // 8 if size is None else size
    count = len(payload) if length is None else length
    fixed = struct.pack(
        ">2s6B2HIQI",
        *(magic, version, units, kind, format_id, compression, priority, flags, reserved, stream, sequence, count),
    )
    data = fixed + struct.pack(">I", zlib.crc32(rest, zlib.crc32(fixed)) ^ crc) + rest + payload
    if flags & CHECKSUM:
        data += struct.pack(">I", zlib.crc32(payload) ^ payload_crc)
    return data if key is None else data + key.tag(data)
