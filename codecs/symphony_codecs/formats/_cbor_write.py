"""
CBOR's bytes for plain builtins.

cbor2 cannot write them: it shortens floats only where it also sorts maps,
ends the process on a list nested a hundred thousand times, and writes sets,
dates and ranges unasked.  Its options against that are slower than this.
"""

from __future__ import annotations

import struct

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from ._plain import Refused
from .base import WIDE_KEY, TypedKey


__all__ = ["MAJORS", "MAX_BIGNUM", "Unwritable", "encode", "head", "integer", "shortest"]

# Bytes of the greatest bignum: reading one as an int takes time, and printing it more.
MAX_BIGNUM: Final = 512

_UINT, _NINT, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)

MAJORS: Final = (_TEXT, _BYTES, _ARRAY, _MAP)
"""The major types of what has a length."""


def head(major: int, argument: int) -> bytes:
    """Return the shortest head (RFC 8949, section 3)."""
    major <<= 5
    if argument < 24:
        return bytes((major | argument,))
    if argument < 2**8:
        return bytes((major | 24, argument))
    if argument < 2**16:
        return struct.pack(">BH", major | 25, argument)
    if argument < 2**32:
        return struct.pack(">BI", major | 26, argument)
    return struct.pack(">BQ", major | 27, argument)


# By far the most heads are among these.
_SHORT: Final = 256
_UINTS, _NINTS, _BYTES_HEADS, _TEXTS, _ARRAYS, _MAPS = (
    [head(major, argument) for argument in range(_SHORT)] for major in range(_TAG)
)
_LONGEST_CACHED_KEY: Final = 64

_pack_half: Final = struct.Struct(">Be").pack
_pack_single: Final = struct.Struct(">Bf").pack
_pack_double: Final = struct.Struct(">Bd").pack
_unpack_half: Final = struct.Struct(">Be").unpack
_unpack_single: Final = struct.Struct(">Bf").unpack


class Unwritable(Exception):  # noqa: N818 - it never leaves this package
    """Something in the tree is not a plain builtin, or lies too deep."""


def encode(value: object, max_depth: int) -> bytes:
    """
    Return the CBOR of None, bool, int, float, str, bytes, list, tuple and dict.

    Args:
        value: The tree.
        max_depth: One more than the containers that may lie inside each other.

    Raises:
        Unwritable: For any other class, subclasses of these included, and for
            what lies too deep.
        UnicodeEncodeError: For lone surrogates.
        RecursionError: If the stack ends before the limit.
    """
    parts: list[bytes] = []
    _write(value, parts.append, max_depth)
    return b"".join(parts)


def integer(value: int) -> int:
    """Return *value* if it is not longer than a bignum may be."""
    magnitude = value if value >= 0 else ~value
    if magnitude.bit_length() > MAX_BIGNUM * 8:
        raise Refused("too_large", f"an integer of at most {MAX_BIGNUM} bytes")
    return value


def _write(value: object, write: Callable[[bytes], None], levels: int) -> None:
    # In the order of how often they come; compared by class, since bool is an int and 1 equals True.
    kind = type(value)
    if kind is str:
        _write_text(value, write)  # type: ignore[arg-type]
    elif kind is dict:
        if levels <= 1:
            raise Unwritable
        size = len(value)  # type: ignore[arg-type]
        write(_MAPS[size] if size < _SHORT else head(_MAP, size))
        for key, item in value.items():  # type: ignore[attr-defined]
            if type(key) is str:
                if len(key) <= _LONGEST_CACHED_KEY:
                    write(_cached_text(key))
                else:
                    _write_text(key, write)
            elif type(key) in _OTHER_KEYS:
                if type(key) is int and not _LEAST_KEY <= key <= _GREATEST_KEY:
                    raise Unwritable
                _write(key, write, 1)
            elif type(key) is TypedKey:
                _write(key.value, write, levels - 1)
            else:
                raise Unwritable
            _write(item, write, levels - 1)
    elif kind is int:
        _write_int(value, write)  # type: ignore[arg-type]
    elif kind is list or kind is tuple:
        if levels <= 1:
            raise Unwritable
        size = len(value)  # type: ignore[arg-type]
        write(_ARRAYS[size] if size < _SHORT else head(_ARRAY, size))
        for item in value:  # type: ignore[attr-defined]
            _write(item, write, levels - 1)
    elif value is None:
        write(b"\xf6")
    elif kind is bool:
        write(b"\xf5" if value else b"\xf4")
    elif kind is float:
        write(shortest(value))  # type: ignore[arg-type]
    elif kind is bytes:
        size = len(value)  # type: ignore[arg-type]
        write(_BYTES_HEADS[size] if size < _SHORT else head(_BYTES, size))
        write(value)  # type: ignore[arg-type]
    else:
        raise Unwritable


_OTHER_KEYS: Final = frozenset({int, bool, bytes})
# Bignums are refused as keys where maps are read.
_LEAST_KEY: Final = -(2**64)
_GREATEST_KEY: Final = 2**64 - 1


def integer_key(value: int) -> int:
    """Return *value* if it may be a key: a head holds it."""
    if not _LEAST_KEY <= value <= _GREATEST_KEY:
        raise Refused("out_of_range", WIDE_KEY)
    return value


def _write_text(value: str, write: Callable[[bytes], None]) -> None:
    raw = value.encode()
    size = len(raw)
    write(_TEXTS[size] if size < _SHORT else head(_TEXT, size))
    write(raw)


@lru_cache(maxsize=4096)
def _cached_text(value: str) -> bytes:
    raw = value.encode()
    return head(_TEXT, len(raw)) + raw


def _write_int(value: int, write: Callable[[bytes], None]) -> None:
    if value >= 0:
        if value < _SHORT:
            write(_UINTS[value])
        elif value < 2**64:
            write(head(_UINT, value))
        else:
            _write_bignum(2, value, write)
    elif value >= -_SHORT:
        write(_NINTS[~value])
    elif value >= -(2**64):
        write(head(_NINT, ~value))
    else:
        _write_bignum(3, ~value, write)


def _write_bignum(tag: int, magnitude: int, write: Callable[[bytes], None]) -> None:
    if magnitude.bit_length() > MAX_BIGNUM * 8:
        raise Unwritable
    raw = magnitude.to_bytes((magnitude.bit_length() + 7) // 8)
    write(head(_TAG, tag) + head(_BYTES, len(raw)))
    write(raw)


def shortest(value: float) -> bytes:
    """Return the shortest of half, single and double precision that is exact."""
    if value != value:  # noqa: PLR0124 - NaN alone differs from itself; its payload is not kept
        return b"\xf9\x7e\x00"
    try:
        single = _pack_single(0xFA, value)
    except OverflowError:
        return _pack_double(0xFB, value)
    if _unpack_single(single)[1] != value:
        return _pack_double(0xFB, value)
    try:
        half = _pack_half(0xF9, value)
    except OverflowError:
        return single
    return half if _unpack_half(half)[1] == value else single
