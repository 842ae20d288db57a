"""
MessagePack, as rmp-serde writes and reads it: `FORMAT` with structs as maps, `COMPACT` with structs as arrays.

- Ints take the shortest form, non-negative ones the unsigned forms; they lie
  between -9223372036854775808 and 18446744073709551615.
- Floats are always float64; float32 is read.
- Text is str and bytes are bin; the old raw form without bin is not written.
- Map keys are str, int, bool, bytes or `TypedKey`; when reading also None and floats.
- The timestamp extension is read in its three lengths, as a
  `msgpack.Timestamp`, which datetimes and `symphony_types.Timestamp` take.
  Other ext types and the reserved byte are refused.
- NaN and the infinities are kept; `strict` refuses them.
- Of equal keys the last counts; `strict` refuses them.  1, 1.0 and true are
  equal in Python, and yet no key counts in place of one of another class: the
  later one comes as `EqualKey`, which types refuse.
"""

from __future__ import annotations

import functools

from collections.abc import Callable
from typing import Final, NoReturn, cast

import attrs
import msgpack

from .._signals import raise_if_from_signal
from . import _msgpack_scan
from ._depth import check_tree, guard_tree, is_within
from ._extents import msgpack_end
from ._plain import Rules, bounded, rebuild
from ._scan import trailing_bytes
from .base import EqualKey, Format, Limits, TypedKey, contiguous, too_large


__all__ = ["COMPACT", "FORMAT", "dumps", "loads", "sort_key"]


def _bare(value: object) -> object:
    if type(value) is TypedKey:
        return value.value
    raise TypeError(type(value))


_pack: Final = cast("Callable[[object], bytes]", msgpack.packb)
_pack_typed: Final = cast("Callable[[object], bytes]", functools.partial(msgpack.packb, default=_bare))
_INT_RANGE: Final = (-(2**63), 2**64 - 1)


def dumps(value: object, limits: Limits, strict: bool) -> bytes:
    """
    Write builtins as MessagePack.

    Args:
        value: A tree of None, bool, int, float, str, bytes, list, tuple and dict.
        limits: Depth, size and lengths.
        strict: Whether to refuse NaN and the infinities.

    Raises:
        FormatError: For anything else in the tree, and beyond a limit.
    """
    try:
        try:
            data = _pack(value)
        except TypeError:  # perhaps only since a key is a `TypedKey`; to be ready for that costs every document
            data = _pack_typed(value)
    except (TypeError, ValueError, OverflowError, BufferError, RecursionError):
        value = rebuild(value, _RULES, limits, finite=strict)
        data = _pack_typed(value)
    size = len(data)
    if size > limits.max_size:
        raise too_large(size, limits)
    if strict:
        check_tree(value, limits, finite=True)
    elif size >= limits.max_depth or size > limits.max_items or size > limits.max_text:
        guard_tree(value, limits, size)
    return data


def sort_key(key: object, limits: Limits) -> bytes:
    """Return what keys of maps are sorted by: the bytes that one is written as (RFC 8949, section 4.2.1)."""
    return dumps(key, limits, False)


def loads(data: bytes | bytearray | memoryview, limits: Limits, strict: bool) -> object:
    """
    Read MessagePack into builtins.

    Args:
        data: Any buffer.
        limits: Depth, size and lengths.
        strict: Whether to refuse equal keys in one map, NaN and the infinities.

    Raises:
        FormatError: For what is not one MessagePack value, and beyond a limit.
    """
    data = contiguous(data, limits)
    if strict:
        value = _msgpack_scan.scan(data, limits, unique=True)
        check_tree(value, limits, finite=True)
        return value
    if _msgpack_scan.may_overclaim(data):
        return _msgpack_scan.scan(data, limits, unique=False)
    try:
        value = _unpack(data)
    except msgpack.ExtraData as exc:
        end = len(data) - len(exc.extra)
        if is_within(exc.unpacked, limits, end):
            raise trailing_bytes(data, end) from None
        return _msgpack_scan.scan(data, limits, unique=False)
    except Exception as exc:  # noqa: BLE001 - whatever it is, the scan says it better
        raise_if_from_signal(exc)
        return _msgpack_scan.scan(data, limits, unique=False)
    size = len(data)
    if size >= limits.max_depth or size > limits.max_items or size > limits.max_text:
        guard_tree(value, limits, size)
    return value


def _unpack(data: bytes) -> object:
    # Timestamps, which never reach the hook, are of at most 12 bytes.
    try:
        return msgpack.unpackb(data, max_ext_len=12, ext_hook=_refuse_ext)
    except msgpack.ExtraData:
        raise
    except ValueError:  # perhaps only since a key is neither str nor bytes
        return msgpack.unpackb(
            data, strict_map_key=False, object_pairs_hook=_entries, max_ext_len=12, ext_hook=_refuse_ext
        )


def _entries(pairs: list[tuple[object, object]]) -> dict[object, object]:
    """Return the dict of a map's entries; the last of equal keys counts, but none replaces one of another class."""
    if any(type(key) is msgpack.Timestamp for key, _ in pairs):
        pairs = [(TypedKey(key) if type(key) is msgpack.Timestamp else key, value) for key, value in pairs]
    entries = dict(pairs)
    if len(entries) == len(pairs):
        return entries
    entries.clear()
    kinds: dict[object, type] = {}
    for key, value in pairs:
        kind = type(key)
        entries[key if kinds.setdefault(key, kind) is kind else EqualKey(key)] = value
    return entries


def _refuse_ext(code: int, data: bytes) -> NoReturn:
    raise ValueError(f"ext type {code} of {len(data)} bytes")


_RULES: Final = Rules(integer=bounded(*_INT_RANGE), text_keys=False, binary=True)

FORMAT: Final = Format(
    name="msgpack",
    content_type="application/msgpack",
    # The registered name, and what was in use before there was one.
    other_types=("application/vnd.msgpack", "application/x-msgpack"),
    format_id=2,
    is_binary=True,
    human_readable=False,
    unit_array=True,
    typed_keys=True,
    bytes_keys=True,
    int_range=_INT_RANGE,
    layout="msgpack",
    dumps=dumps,
    loads=loads,
    sort_key=sort_key,
    framing="msgpack-sequence",
    document_end=msgpack_end,
)

COMPACT: Final = attrs.evolve(
    FORMAT,
    name="msgpack-compact",
    content_type="application/vnd.symphony.msgpack-compact",
    other_types=(),
    format_id=4,
    positional=True,
)
