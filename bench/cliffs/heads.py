"""Encoders of MessagePack and CBOR that use valid forms which are longer or rarer than those of most encoders."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import struct

from collections.abc import Callable
from typing import Any, Final

import cbor2

from .wire import pack


__all__ = ["epoch", "fractions", "in_chunks", "indefinite", "short_floats", "tagged", "wide"]

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?")
_ID_LENGTH: Final = 16


def wide(document: Any, format_: str) -> bytes:
    """Write every length and every integer in eight bytes of CBOR, or in the longest form of MessagePack."""
    return b"".join(_cbor(document, _wide_head) if format_ == "cbor" else _msgpack(document, short=False))


def indefinite(document: Any, _format: str) -> bytes:
    """Write arrays and maps without their lengths."""
    return b"".join(_cbor(document, _head, open_ended=True))


def in_chunks(document: Any, _format: str) -> bytes:
    """Write strings in two chunks."""
    return b"".join(_cbor(document, _head, chunks=True))


def tagged(document: Any, _format: str) -> bytes:
    """Write datetimes under tag 0 and ids under tag 37."""
    return cbor2.dumps(_tagged(document, _standard))


def epoch(document: Any, _format: str) -> bytes:
    """Write datetimes as seconds under tag 1."""
    return cbor2.dumps(_tagged(document, _seconds))


def fractions(document: Any, _format: str) -> bytes:
    """Write decimals as decimal fractions under tag 4."""
    return cbor2.dumps(_tagged(document, _fraction))


def short_floats(document: Any, format_: str) -> bytes:
    """Write floats in two or four bytes where this is exact."""
    if format_ == "cbor":
        return b"".join(_cbor(document, _head, short=True))
    return b"".join(_msgpack(document, short=True))


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, (form, limit) in enumerate(((">B", 2**8), (">H", 2**16), (">I", 2**32), (">Q", 2**64))):
        if number < limit:
            return bytes([major << 5 | 24 + code]) + struct.pack(form, number)
    raise OverflowError(number)


def _wide_head(major: int, number: int) -> bytes:
    return bytes([major << 5 | 27]) + struct.pack(">Q", number)


def _short_float(value: float) -> bytes:
    for code, form in ((0xF9, ">e"), (0xFA, ">f")):
        try:
            packed = struct.pack(form, value)
        except OverflowError:
            continue
        if struct.unpack(form, packed)[0] == value:
            return bytes([code]) + packed
    return b"\xfb" + struct.pack(">d", value)


def _cbor(value: Any, head: Any, *, open_ended: bool = False, chunks: bool = False, short: bool = False) -> list[bytes]:
    out: list[bytes] = []

    def text(data: bytes, major: int) -> None:
        if chunks and len(data) > 1 and data.isascii():
            half = len(data) // 2
            out.extend([bytes([major << 5 | 31]), head(major, half), data[:half], head(major, len(data) - half)])
            out.extend([data[half:], b"\xff"])
        else:
            out.extend([head(major, len(data)), data])

    def one(value: Any) -> None:
        if type(value) is int and -(2**64) <= value < 2**64:
            out.append(head(0, value) if value >= 0 else head(1, -1 - value))
        elif isinstance(value, str):
            text(value.encode(), 3)
        elif isinstance(value, bytes):
            text(value, 2)
        elif isinstance(value, (list, dict)):
            major = 4 if isinstance(value, list) else 5
            out.append(bytes([major << 5 | 31]) if open_ended else head(major, len(value)))
            for item in value:
                one(item)
                if isinstance(value, dict):
                    one(value[item])
            if open_ended:
                out.append(b"\xff")
        elif short and type(value) is float:
            out.append(_short_float(value))
        else:
            out.append(cbor2.dumps(value))

    one(value)
    return out


def _msgpack(value: Any, *, short: bool) -> list[bytes]:
    out: list[bytes] = []

    def one(value: Any) -> None:
        if short and type(value) is float:
            four = struct.pack(">f", value) if abs(value) < 1e38 else b""
            out.append(b"\xca" + four if four and struct.unpack(">f", four)[0] == value else pack(value))
        elif isinstance(value, (list, dict)):
            out.append(struct.pack(">BI", 0xDD if isinstance(value, list) else 0xDF, len(value)))
            for item in value:
                one(item)
                if isinstance(value, dict):
                    one(value[item])
        elif short or value is None or isinstance(value, (bool, float)):
            out.append(pack(value))
        elif isinstance(value, int):
            out.append(struct.pack(">Bq", 0xD3, value) if value < 2**63 else struct.pack(">BQ", 0xCF, value))
        elif isinstance(value, (str, bytes)):
            data = value.encode() if isinstance(value, str) else value
            out.append(struct.pack(">BI", 0xDB if isinstance(value, str) else 0xC6, len(data)) + data)

    one(value)
    return out


def _tagged(value: Any, tag: Callable[[Any], Any]) -> Any:
    """Return builtins with tags on scalars, except on keys."""
    if isinstance(value, list):
        return [_tagged(item, tag) for item in value]
    if isinstance(value, dict):
        return {key: _tagged(item, tag) for key, item in value.items()}
    return tag(value)


def _standard(value: Any) -> Any:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return cbor2.CBORTag(0, value)
    if isinstance(value, bytes) and len(value) == _ID_LENGTH:
        return cbor2.CBORTag(37, value)
    return value


def _seconds(value: Any) -> Any:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return cbor2.CBORTag(1, dt.datetime.fromisoformat(value).timestamp())
    return value


def _fraction(value: Any) -> Any:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        sign, digits, exponent = decimal.Decimal(value).as_tuple()
        mantissa = int("".join(map(str, digits)))
        return cbor2.CBORTag(4, [exponent, -mantissa if sign else mantissa])
    return value
