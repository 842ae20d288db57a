"""CBOR item by item (RFC 8949): what cbor2 reads otherwise than serde, and what is wrong and where."""

from __future__ import annotations

import struct

from typing import Final

from symphony_types.checks import describe

from ._cbor_write import MAX_BIGNUM
from ._scan import ARRAY, MAP, TAG, Scan, wide_key
from .base import CborTag, FormatError, Limits


__all__ = ["CborScan", "end_of_unknown", "item", "resolve_tag", "scan"]

_UINT, _NINT, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)
_INDEFINITE: Final = 31
_BREAK: Final = 0xFF

# Major type 7: undefined is null to serde.
_SIMPLE: Final = {0xF4: False, 0xF5: True, 0xF6: None, 0xF7: None}
_FLOATS: Final = {0xF9: struct.Struct(">e"), 0xFA: struct.Struct(">f"), 0xFB: struct.Struct(">d")}

_SELF_DESCRIBED: Final = 55799
_POSITIVE: Final = 2
_NEGATIVE: Final = 3
# Shared values and strings: few bytes that stand for a cycle, or for millions of values.
_REFERENCES: Final = frozenset({25, 28, 29, 256})


def resolve_tag(tag: int, value: object, *, is_in_key: bool = False) -> object:
    """
    Return what *value* under *tag* is.

    Args:
        tag: The tag's number.
        value: The value that it stands before.
        is_in_key: Whether that is a map's key, or part of one.

    Returns:
        The value itself after tag 55799, an int for a bignum, else a `CborTag`.

    Raises:
        FormatError: For tags that refer to other parts of the document, and
            for bignums that are not byte strings, are too long, or are keys.
    """
    if tag == _SELF_DESCRIBED:
        return value
    if tag in (_POSITIVE, _NEGATIVE):
        if type(value) is not bytes:
            raise FormatError.of("wrong_type", f"a byte string after tag {tag}", describe(value))
        if len(value) > MAX_BIGNUM:
            raise FormatError.of("too_large", f"a bignum of at most {MAX_BIGNUM} bytes", f"{len(value)} bytes")
        magnitude = int.from_bytes(value)
        if is_in_key and magnitude >= 2**64:
            raise wide_key(magnitude)
        return magnitude if tag == _POSITIVE else ~magnitude
    if tag in _REFERENCES:
        raise FormatError.of("invalid_value", "a value without references", f"tag {tag}")
    return CborTag(tag, value)


def scan(data: bytes, limits: Limits) -> object:
    """
    Read CBOR.

    Args:
        data: The document.
        limits: Depth and lengths.

    Raises:
        FormatError: With the path of what is wrong; equal keys are.
    """
    state = CborScan(data, limits, unique=True)
    while not state.done:
        item(state)
    return state.finish()


class CborScan(Scan):
    """A scan that resolves tags."""

    __slots__ = ()

    def tagged(self, tag: int, value: object) -> object:
        """Return what *value* under a tag is."""
        try:
            return resolve_tag(tag, value)
        except FormatError as exc:
            raise FormatError(issue.prefixed(*self.path()) for issue in exc.issues) from None


def item(state: Scan) -> None:
    """Read the next item, or the head of the next container."""
    head = state.take(1)[0]
    major, info = head >> 5, head & 0x1F
    if major == 7:
        _simple(state, head)
        return
    if info == _INDEFINITE:
        _indefinite(state, major)
        return
    argument = _argument(state, info)
    if major == _UINT:
        state.put(argument)
    elif major == _NINT:
        state.put(~argument)
    elif major == _BYTES:
        state.put(state.byte_string(state.take(argument)))
    elif major == _TEXT:
        state.put(state.text(state.take(argument)))
    elif major == _ARRAY:
        state.open(ARRAY, argument)
    elif major == _MAP:
        state.open(MAP, argument)
    else:
        state.open(TAG, None, argument)


def end_of_unknown(data: bytes, start: int) -> int | None:
    """Return where the item at *start* ends that `item` has refused, or ``None`` if nobody can tell."""
    head = data[start]
    if 0xE0 <= head < 0xF4:  # a simple value
        return start + 1
    return start + 2 if head == 0xF8 else None


def _argument(state: Scan, info: int) -> int:
    if info < 24:
        return info
    if info > 27:
        raise _ill_formed(state)
    return int.from_bytes(state.take(1 << (info - 24)))


def _simple(state: Scan, head: int) -> None:
    if head in _SIMPLE:
        state.put(_SIMPLE[head])
    elif head in _FLOATS:
        number = _FLOATS[head]
        state.put(number.unpack(state.take(number.size))[0])
    elif head == _BREAK:
        if not state.is_open():
            raise _ill_formed(state)
        state.close()
    elif head == 0xF8 and state.take(1)[0] >= 32:
        raise state.error("wrong_type", "false, true or null", f"simple value {state.data[state.offset - 1]}")
    elif head < 0xF4:
        raise state.error("wrong_type", "false, true or null", f"simple value {head & 0x1F}")
    else:
        raise _ill_formed(state)


def _indefinite(state: Scan, major: int) -> None:
    if major == _ARRAY:
        state.open(ARRAY, None)
    elif major == _MAP:
        state.open(MAP, None)
    elif major == _TEXT:
        # Each chunk has to be text by itself (section 3.2.3).
        state.put(state.text("".join(state.text(chunk) for chunk in _chunks(state, major)).encode()))
    elif major == _BYTES:
        state.put(state.byte_string(b"".join(_chunks(state, major))))
    else:
        raise _ill_formed(state)


def _chunks(state: Scan, major: int) -> list[bytes]:
    chunks: list[bytes] = []
    while (head := state.take(1)[0]) != _BREAK:
        if head >> 5 != major or head & 0x1F == _INDEFINITE:
            raise _ill_formed(state)
        chunks.append(state.take(_argument(state, head & 0x1F)))
    return chunks


def _ill_formed(state: Scan) -> FormatError:
    offset = state.offset - 1
    return state.error("syntax", "CBOR", f"byte 0x{state.data[offset]:02x} at offset {offset}")
