"""
The bytes of a frame's header: where its fields stand, and whether they are whole.

`FrameHeader` knows what the fields mean and which combinations are valid.  All
readers of frames share this module: `FrameHeader.unpack` has the whole header,
a decoder of a stream perhaps only its start.
"""

from __future__ import annotations

import struct

from typing import Final
from zlib import crc32

from symphony_types._restorable import RestorableError


__all__ = [
    "AUTHENTICATED_FIELD",
    "BASE_SIZE",
    "CHECKSUM_FIELD",
    "CRC_SIZE",
    "FIXED_SIZE",
    "LEAD",
    "MAX_HELLO",
    "MAX_SIZE",
    "ROUTED_FIELD",
    "ROUTED_SIZE",
    "TAG_SIZE",
    "HeaderError",
    "pack_crc",
    "pack_fixed",
    "read_header",
    "unpack_crc",
    "unpack_header",
]

_MAGIC: Final = b"SY"
_VERSION: Final = 1
_RESERVED_FIELD: Final = 0xFFFF
# The header up to its CRC; and with it, the bytes from type to reserved as one number.
_FIXED: Final = struct.Struct(">IBBBBHHIQI")
_WHOLE: Final = struct.Struct(">IQIQII")
_CRC: Final = struct.Struct(">I")

LEAD: Final = int.from_bytes(_MAGIC, "big") << 16 | _VERSION << 8
"""The first four bytes as one number; the size in units of 8 bytes is added to it."""
_SHORTEST_START: Final = (LEAD + _WHOLE.size // 8).to_bytes(4, "big")
FIXED_SIZE: Final = _FIXED.size
BASE_SIZE: Final = _WHOLE.size
ROUTED_SIZE: Final = BASE_SIZE + 32
MAX_SIZE: Final = 32 * 8
CRC_SIZE: Final = _CRC.size
TAG_SIZE: Final = 32
MAX_HELLO: Final = 64 * 1024
"""The longest payload of a Hello."""
CHECKSUM_FIELD: Final = 0x0001 << 16
"""Where the flag is in the number of the bytes from type to reserved."""
AUTHENTICATED_FIELD: Final = 0x0004 << 16
ROUTED_FIELD: Final = 0x0008 << 16

# Bound once: CPython binds a method of an imported name again for each call.
pack_fixed: Final = _FIXED.pack
unpack_header: Final = _WHOLE.unpack_from
pack_crc: Final = _CRC.pack
unpack_crc: Final = _CRC.unpack_from


class HeaderError(RestorableError, ValueError):
    """
    These bytes begin no header.

    Args:
        code: ``bad_magic``, ``bad_version``, ``bad_header`` or
            ``header_checksum``.
        message: "expected X, got Y".
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_header(data: bytes | bytearray | memoryview, start: int = 0) -> tuple[int, int, int, int, int] | int:
    """
    Read the header that begins at *start*; its CRC holds, what it says may be nonsense.

    A fault in the first bytes is found as soon as those are there, and
    the error is the same however many follow.

    Returns:
        Its size, the bytes of type, format, compression, priority, flags and
        reserved as one number of 64 bits, the stream id, the sequence and the
        length of the payload.  Or, if the header is not all there, how many
        bytes it takes to say more: at least one more than there are.

    Raises:
        HeaderError: It is not a header, or a damaged one.
    """
    available = len(data) - start
    if available < BASE_SIZE:
        _check_start(bytes(data[start : start + 4]))
        return BASE_SIZE if available >= 4 else available + 1
    lead, kinds, stream_id, sequence, length, stored = unpack_header(data, start)
    size = (lead - LEAD) * 8
    if not BASE_SIZE <= size <= MAX_SIZE:
        _check_start(bytes(data[start : start + 4]))
    if size > BASE_SIZE:
        if size > (ROUTED_SIZE if kinds & ROUTED_FIELD else BASE_SIZE):
            wanted = _check_shorter(bytes(data[start : start + size]), size, stored)
        else:
            wanted = size
        if available < size:
            return wanted
        actual = crc32(data[start + BASE_SIZE : start + size], crc32(data[start : start + FIXED_SIZE]))
    else:
        actual = crc32(data[start : start + FIXED_SIZE])
    if stored != actual:
        raise HeaderError("header_checksum", f"expected header checksum {actual:08x}, got {stored:08x}")
    if kinds & _RESERVED_FIELD:
        raise HeaderError("bad_header", f"expected 0 in the reserved bytes, got {kinds & _RESERVED_FIELD}")
    return size, kinds, stream_id, sequence, length


def _check_start(start: bytes) -> None:
    """Check the first bytes, four or fewer: magic, version, size."""
    if start == _SHORTEST_START[: len(start)]:
        return
    for index, (expected, actual) in enumerate(zip(_MAGIC, start, strict=False)):
        if expected != actual:
            # No further than the first wrong byte: the next may not be there yet.
            raise HeaderError("bad_magic", f"expected the magic {_MAGIC.hex()}, got {start[: index + 1].hex()}")
    if len(start) > 2 and start[2] != _VERSION:
        raise HeaderError("bad_version", f"expected version {_VERSION}, got {start[2]}")
    if len(start) > 3 and not BASE_SIZE <= start[3] * 8 <= MAX_SIZE:
        expected_size = f"a header of {BASE_SIZE} to {MAX_SIZE} bytes"
        raise HeaderError("bad_header", f"expected {expected_size}, got {start[3] * 8}")


def _check_shorter(header: bytes, size: int, stored: int) -> int:
    """
    Check that a header longer than its flags make it is not a shorter one whose size was damaged.

    The CRC cannot tell before all of the announced size is there; were the
    size a damaged one, a reader would wait for bytes that nobody sends.  So
    each size that differs in one bit gets its turn once so much is there.

    Returns:
        How many bytes it takes for the next turn, or for the whole header.

    Raises:
        HeaderError: The CRC holds for a shorter header.
    """
    units = size // 8
    for shorter in sorted(units ^ (1 << bit) for bit in range(6)):
        if not BASE_SIZE <= shorter * 8 < size:
            continue
        if len(header) < shorter * 8:
            return shorter * 8
        fixed = header[:3] + bytes([shorter]) + header[4:FIXED_SIZE]
        if stored == crc32(header[BASE_SIZE : shorter * 8], crc32(fixed)):
            raise HeaderError(
                "header_checksum", f"expected a header of {shorter * 8} bytes by its checksum, got {size}"
            )
    return size
