"""
The faults of a document that the compiled engine refused, with their places.

The engine hands over the place of the first fault.  Its description comes
from the format's own reader, which reads a few bytes from there on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from . import _cbor_scan, _json_text, _msgpack_scan, cbor, json, msgpack
from ._scan import MAP, NO_KEY, Scan
from .base import FormatError, Limits, too_deep


__all__ = ["EXPLAINERS", "Fault"]

# The engine's names of what it expected; it knows them by these numbers.
(_VALUE, _KEY, _COLON, _NEXT, _TEXT, _END, _TAG, _EQUAL, _WIDE_KEY, _COUNT, _DEPTH, _FINITE) = range(12)

# Bytes after a fault that the reader of JSON needs to say what it is.
_WINDOW: Final = 64


class Fault(NamedTuple):
    """
    A place in a document.

    Attributes:
        where: The content that was expected there.
        offset: Its offset in bytes.
        frames: Each container and tag around it, from the outside: `ARRAY`,
            `MAP` or `TAG`; whether it says how many entries it has; the
            entries before the current one; the offset of that one's key, -1
            if there is none yet; the tag.
        value: The container behind a tag that may not stand before it;
            ``None``: it has to be read.
    """

    where: int
    offset: int
    frames: tuple[tuple[int, bool, int, int, int], ...]
    value: object


def _in_json(data: bytes, fault: Fault, limits: Limits, _strict: bool) -> FormatError | None:
    bad = _json_text.bad_byte(data)
    if bad is not None:
        return bad
    where, offset = fault.where, fault.offset
    if where == _DEPTH:
        return too_deep(limits)
    if where == _VALUE and not fault.frames and offset == len(data):
        return _json_text.empty_document()
    is_map = bool(fault.frames) and fault.frames[-1][0] == MAP
    if where == _NEXT and fault.frames[-1][2] == 0:
        where = _KEY if is_map else _VALUE
    start = offset
    if where == _TEXT:
        before = b'["'
    elif where == _COLON:
        before = b'{""'
    elif where == _END or not fault.frames:
        before = b"0 " if where == _END else b""
    elif where == _NEXT:
        before = b'{"":0 ' if is_map else b"[0 "
    elif where == _VALUE and is_map:
        before = b'{"":'
    else:
        # After a comma it is the comma that may be wrong.
        start = len(data[:offset].rstrip()) - 1
        if data[start : start + 1] == b",":
            before = b'{"":0 ' if is_map else b"[0 "
        else:
            start, before = offset, b"{" if is_map else b"["
    stop = _json_text.end_of_number(data, offset) + _WINDOW
    return _json_text.diagnose_part(data, start, stop, before)


def _in_items(
    make: Callable[[bytes, Limits], Scan], item: Callable[[Scan], None]
) -> Callable[[bytes, Fault, Limits, bool], FormatError | None]:
    """Return the function that says what is wrong with a document of a format that is read item by item."""

    def value_at(data: bytes, offset: int, limits: Limits) -> object:
        scan = make(data, limits)
        scan.resume(offset, ())
        while not scan.done:
            item(scan)
        return scan.root

    def explain(data: bytes, fault: Fault, limits: Limits, _strict: bool) -> FormatError | None:
        where, offset, frames, value = fault
        tag = frames[-1][4] if where == _TAG else 0
        if where == _TAG:
            frames = frames[:-1]
        elif where in (_EQUAL, _WIDE_KEY):
            frames = (*frames[:-1], (*frames[-1][:3], -1, 0))
        scan = make(data, limits)
        scan.resume(
            offset,
            [
                (kind, has_length, count, NO_KEY if key < 0 else value_at(data, key, limits), number)
                for kind, has_length, count, key, number in frames
            ],
        )
        try:
            if where == _END:
                scan.finish()
            elif where == _EQUAL:
                raise scan.equal_key(value_at(data, offset, limits))
            elif where == _COUNT:
                scan.check_width(frames[-1][2])
            elif where == _FINITE:
                raise scan.error("invalid_value", "a finite number", repr(value_at(data, offset, limits)))
            elif value is not None:
                scan.tagged(tag, value)
            else:
                # A tag and what is behind it are read one after the other.
                for _ in range(limits.max_depth):
                    item(scan)
        except FormatError as exc:
            return exc
        return None

    return explain


EXPLAINERS: Final[dict[Any, Callable[[bytes, Fault, Limits, bool], FormatError | None]]] = {
    json.loads: _in_json,
    msgpack.loads: _in_items(lambda data, limits: Scan(data, limits, unique=False), _msgpack_scan.item),
    cbor.loads: _in_items(lambda data, limits: _cbor_scan.CborScan(data, limits, unique=True), _cbor_scan.item),
}
"""By a format's ``loads``: from a document and a fault in it to the error, ``None`` if it finds nothing wrong there."""
