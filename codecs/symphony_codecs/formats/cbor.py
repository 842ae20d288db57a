"""
CBOR (RFC 8949), as serde_cbor and ciborium write it.

- Ints take the shortest form; beyond 64 bits they are bignums, tags 2 and 3,
  of up to 512 bytes.
- Floats take the shortest of half, single and double precision that is exact.
- NaN is written as ``f97e00`` whatever its payload; NaN and the infinities
  are kept; `strict` refuses them.
- Lengths are written definite and shortest; any are read.
- Map keys keep their order; they are str, int, bool, bytes or `TypedKey`, when
  reading also None and floats.  Equal keys are refused, and 1 equals true; so are
  bignums as keys, since all of them could have one hash.
- Tag 55799 is passed over; 25, 28, 29 and 256 are refused; a value under any
  other comes as `CborTag`.
- ``undefined`` is read as null; other simple values are refused.
"""

from __future__ import annotations

import io

from collections.abc import Callable
from typing import Final

import cbor2

from .._signals import raise_if_from_signal
from . import _cbor_parts, _cbor_scan, _cbor_write
from ._depth import check_tree, holds_only, is_within
from ._extents import cbor_end
from ._plain import Rules, rebuild
from ._scan import trailing_bytes
from .base import Format, Limits, contiguous, too_large


__all__ = ["FORMAT", "dumps", "loads", "sort_key"]

# The bytes that may be a simple value other than false, true and null.
_SIMPLE: Final = bytes((*range(0xE0, 0xF4), 0xF7, 0xF8))
_PLAIN: Final[frozenset[type]] = frozenset({str, int, float, bool, type(None), bytes, list, dict})
_UNSURE: Final = object()
# Of these cbor2 makes a map in a moment, whatever the hashes of its keys.
_SMALL: Final = 2**16
_FEW: Final = 2048
# The bytes that may be the head of an array or a map, and those of a 64-bit integer or a float.
_CONTAINERS: Final = bytes(range(0x80, 0xC0))
_WIDE: Final = bytes((0x1B, 0x3B, 0xF9, 0xFA, 0xFB))


def dumps(value: object, limits: Limits, strict: bool) -> bytes:
    """
    Write builtins as CBOR.

    Args:
        value: A tree of None, bool, int, float, str, bytes, list, tuple and dict.
        limits: Depth, size and lengths.
        strict: Whether to refuse NaN and the infinities.

    Raises:
        FormatError: For anything else in the tree, and beyond a limit.
    """
    try:
        data = _cbor_write.encode(value, limits.max_depth)
    except (_cbor_write.Unwritable, UnicodeEncodeError, RecursionError):
        value = rebuild(value, _RULES, limits, finite=strict)
        data = _cbor_write.encode(value, limits.max_depth)
    size = len(data)
    if size > limits.max_size:
        raise too_large(size, limits)
    if strict or size > limits.max_items or size > limits.max_text:
        check_tree(value, limits, finite=strict)
    return data


def sort_key(key: object, limits: Limits) -> bytes:
    """Return what keys of maps are sorted by: the bytes that one is written as (RFC 8949, section 4.2.1)."""
    return dumps(key, limits, False)


def loads(data: bytes | bytearray | memoryview, limits: Limits, strict: bool) -> object:
    """
    Read CBOR into builtins and `CborTag`.

    Args:
        data: Any buffer.
        limits: Depth, size and lengths.
        strict: Whether to refuse NaN and the infinities.

    Raises:
        FormatError: For what is not one CBOR value, and beyond a limit.
    """
    data = contiguous(data, limits)
    value = _loads_quickly(data, limits)
    if value is _UNSURE:
        value = _cbor_scan.scan(data, limits)
    size = len(data)
    if strict or size > limits.max_items or size > limits.max_text:
        check_tree(value, limits, finite=strict)
    return value


class _Tags(dict[int, Callable[[object, bool], object]]):
    """All tags there are: each of those that cbor2 would make a date, a Decimal or a set of resolves as any other."""

    def __missing__(self, tag: int) -> Callable[[object, bool], object]:
        return lambda value, is_in_key: _cbor_scan.resolve_tag(tag, value, is_in_key=is_in_key)


_TAGS: Final = _Tags()


def _loads_quickly(data: bytes, limits: Limits) -> object:
    """Read with cbor2; return `_UNSURE` where it refuses, or may have read something otherwise than it should."""
    try:
        value, end = _decode(data, limits, text_keys=True)
        sure = len(data.translate(None, _SIMPLE)) == len(data)
    except Exception as exc:  # noqa: BLE001 - whatever it is, the scan says it better
        raise_if_from_signal(exc)
        try:
            value, end = (
                _cbor_parts.loads(data, limits, _decoder)
                if _may_collide(data)
                else _decode(data, limits, text_keys=False)
            )
        except Exception as again:  # noqa: BLE001 - as above
            raise_if_from_signal(again)
            return _UNSURE
        sure = False  # arrays and maps may be among the keys
    if not sure and not holds_only(value, _PLAIN, end):
        return _UNSURE
    if end == len(data):
        return value
    if is_within(value, limits, end):
        raise trailing_bytes(data, end)
    return _UNSURE


def _may_collide(data: bytes) -> bool:
    """
    Tell whether a document may have so many arrays as keys, with chosen hashes, that cbor2 would take long.

    Their hashes are those of tuples, which can be chosen where numbers of 61
    bits or more are among the items.
    """
    if len(data) <= _SMALL:
        return False
    return all(len(data) - len(data.translate(None, heads)) >= _FEW for heads in (_CONTAINERS, _WIDE))


def _decode(data: bytes, limits: Limits, *, text_keys: bool) -> tuple[object, int]:
    stream = io.BytesIO(data)
    # cbor2 lets an empty array or map lie one level deeper than others; at the border the scan decides.
    decoder = _decoder(stream, limits.max_depth - 2, text_keys=text_keys)
    value: object = decoder.decode()
    return value, stream.tell()


def _decoder(stream: io.BytesIO, depth: int, *, text_keys: bool) -> cbor2.CBORDecoder:
    return cbor2.CBORDecoder(
        stream,
        semantic_decoders=_TAGS,
        max_depth=depth,
        allow_duplicate_keys=False,
        strict_hashable_types=text_keys,
    )


_RULES: Final = Rules(integer=_cbor_write.integer, integer_key=_cbor_write.integer_key, text_keys=False, binary=True)

FORMAT: Final = Format(
    name="cbor",
    content_type="application/cbor",
    suffix="cbor",
    format_id=3,
    is_binary=True,
    human_readable=False,
    typed_keys=True,
    bytes_keys=True,
    layout="cbor",
    dumps=dumps,
    loads=loads,
    sort_key=sort_key,
    framing="cbor-sequence",
    document_end=cbor_end,
)
