"""MessagePack item by item: what is wrong and where, equal keys, and claims that would cost memory."""

from __future__ import annotations

import struct

from typing import Final

import msgpack

from .._signals import raise_if_from_signal
from ._scan import ARRAY, MAP, Scan
from .base import Limits


__all__ = ["end_of_unknown", "item", "may_overclaim", "scan"]

_CONSTANTS: Final = {0xC0: None, 0xC2: False, 0xC3: True}
_NUMBERS: Final = {
    0xCA: struct.Struct(">f"),
    0xCB: struct.Struct(">d"),
    0xCC: struct.Struct(">B"),
    0xCD: struct.Struct(">H"),
    0xCE: struct.Struct(">I"),
    0xCF: struct.Struct(">Q"),
    0xD0: struct.Struct(">b"),
    0xD1: struct.Struct(">h"),
    0xD2: struct.Struct(">i"),
    0xD3: struct.Struct(">q"),
}
# Head: bytes of the length that follows it.
_BINS: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_TEXTS: Final = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_ARRAYS: Final = {0xDC: 2, 0xDD: 4}
_MAPS: Final = {0xDE: 2, 0xDF: 4}
_FIXED_EXTS: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_EXTS: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
# The type -1; all above 127 are negative.
_TIMESTAMP: Final = 0xFF
_TIMESTAMP_SIZES: Final = (4, 8, 12)
_RESERVED: Final = 0xC1

_SMALL: Final = 512
_FEW: Final = 8


def may_overclaim(data: bytes) -> bool:
    """
    Tell whether arrays may claim more entries than the document has.

    The library allocates an array when it reads the head, 8 bytes an entry,
    so a thousand arrays inside each other that all claim the rest of the
    document would cost thousands of times its size.
    """
    if len(data) <= _SMALL or data.count(b"\xdc") + data.count(b"\xdd") <= _FEW:
        return False
    # A document that can be skipped to its end, which allocates nothing, has everything that it claims.
    unpacker = msgpack.Unpacker(max_buffer_size=len(data))
    unpacker.feed(data)
    try:
        unpacker.skip()
    except Exception as exc:  # noqa: BLE001 - whatever it is, the scan says it better
        raise_if_from_signal(exc)
        return True
    return False


def scan(data: bytes, limits: Limits, *, unique: bool) -> object:
    """
    Read MessagePack.

    Args:
        data: The document.
        limits: Depth and lengths.
        unique: Whether to refuse equal keys in one map.

    Raises:
        FormatError: With the path of what is wrong.
    """
    state = Scan(data, limits, unique=unique)
    while not state.done:
        item(state)
    return state.finish()


def item(state: Scan) -> None:
    """Read the next item, or the head of the next container."""
    head = state.take(1)[0]
    if head < 0x80:
        state.put(head)
    elif head < 0x90:
        state.open(MAP, head & 0x0F)
    elif head < 0xA0:
        state.open(ARRAY, head & 0x0F)
    elif head < 0xC0:
        state.put(state.text(state.take(head & 0x1F)))
    elif head >= 0xE0:
        state.put(head - 0x100)
    elif head in _CONSTANTS:
        state.put(_CONSTANTS[head])
    elif head in _NUMBERS:
        number = _NUMBERS[head]
        state.put(number.unpack(state.take(number.size))[0])
    elif head in _TEXTS:
        state.put(state.text(state.take(_length(state, _TEXTS[head]))))
    elif head in _BINS:
        state.put(state.byte_string(state.take(_length(state, _BINS[head]))))
    elif head in _ARRAYS:
        state.open(ARRAY, _length(state, _ARRAYS[head]))
    elif head in _MAPS:
        state.open(MAP, _length(state, _MAPS[head]))
    elif head == _RESERVED:
        raise state.error("syntax", "MessagePack", f"the reserved byte 0xc1 at offset {state.offset - 1}")
    else:
        _extension(state, head)


def end_of_unknown(data: bytes, start: int) -> int | None:
    """Return where the item at *start* ends that `item` has refused, or ``None`` if nobody can tell."""
    head = data[start]
    if head == _RESERVED:
        return start + 1
    if head in _FIXED_EXTS:
        return start + 2 + _FIXED_EXTS[head]
    if head in _EXTS:
        body = start + 1 + _EXTS[head]
        return body + 1 + int.from_bytes(data[start + 1 : body])
    return None


def _extension(state: Scan, head: int) -> None:
    start = state.offset - 1
    size = _FIXED_EXTS[head] if head in _FIXED_EXTS else _length(state, _EXTS[head])
    code = state.take(1)[0]
    if code != _TIMESTAMP:
        raise state.error("wrong_type", "a value without an extension type", f"ext type at offset {start}")
    if size not in _TIMESTAMP_SIZES:
        raise state.error("wrong_type", "a timestamp of 4, 8 or 12 bytes", f"{size} bytes at offset {start}")
    try:
        stamp = msgpack.Timestamp.from_bytes(state.take(size))
    except ValueError:
        raise state.error("out_of_range", "at most 999999999 nanoseconds", f"more at offset {start}") from None
    state.put(stamp)


def _length(state: Scan, size: int) -> int:
    return int.from_bytes(state.take(size))
