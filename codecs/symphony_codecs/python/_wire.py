"""
CBOR and MessagePack as text of which each character is a byte: what the functions of `_direct` are made of.

Text in ASCII is its own bytes then, and joining text is what Python does best:
a whole record takes one f-string, and a document one call of ``encode``.
"""

from __future__ import annotations

import functools
import importlib
import struct

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias, cast

import attrs
import msgpack

from ..formats import _cbor_write
from ..formats.base import Limits
from ._source import Refused


__all__ = [
    "BYTES",
    "END_32",
    "LEAST_32",
    "Integers",
    "Layout",
    "Table",
    "Wire",
    "literal",
    "pack_32",
    "pack_double",
    "utf8",
    "wire_of",
]

Layout: TypeAlias = Literal["cbor", "msgpack"]

BYTES: Final = "latin-1"
"""The encoding from such text to bytes."""

# By far the most lengths and integers are among these; the others are looked up in vain.
_SHORT: Final = 256
_KEPT: Final = range(-_SHORT, 4 * _SHORT)
LEAST_32: Final = 2**16
END_32: Final = 2**32
"""The integers for which neither less nor more than four bytes are right are those from `LEAST_32` to below this."""

_pack_16: Final = struct.Struct(">BH").pack
pack_32: Final = struct.Struct(">BI").pack
_pack_64: Final = struct.Struct(">BQ").pack
pack_double: Final = struct.Struct(">Bd").pack


class Table(dict[int, str]):
    """
    Heads by length, those of great lengths made anew.

    Args:
        head: From a length to the head's bytes.
        most: The greatest length.
    """

    __slots__ = ("_head", "_most")

    def __init__(self, head: Callable[[int], bytes], most: int) -> None:
        super().__init__((length, head(length).decode(BYTES)) for length in range(min(_SHORT, most + 1)))
        self._head = head
        self._most = most

    def __missing__(self, length: int) -> str:
        if length > self._most:
            raise Refused
        return self._head(length).decode(BYTES)


class Integers(dict[int, str]):
    """
    Integers, great ones made anew; those of four bytes are better made without a call.

    Args:
        code_16: What stands before two bytes, those of one that is not negative.
        code_64: The same for eight.
        write: Writes any.
    """

    __slots__ = ("_code_16", "_code_64", "_write")

    def __init__(self, code_16: int, code_64: int, write: Callable[[int], bytes]) -> None:
        super().__init__((value, write(value).decode(BYTES)) for value in _KEPT)
        self._code_16 = code_16
        self._code_64 = code_64
        self._write = write

    def __missing__(self, value: int) -> str:
        if _SHORT <= value < LEAST_32:
            return _pack_16(self._code_16, value).decode(BYTES)
        if END_32 <= value < 2**64:
            return _pack_64(self._code_64, value).decode(BYTES)
        return self._write(value).decode(BYTES)


@attrs.frozen(eq=False, kw_only=True)
class Wire:
    """
    How a format writes builtins; the limits on lengths are kept by the tables.

    Attributes:
        text: Heads of texts, by how many bytes follow.
        short: The same of short texts alone.
        binary: Heads of byte strings.
        array: Heads of arrays, by how many items follow.
        map: Heads of maps, by how many entries follow.
        code_32: What stands before an integer's four bytes.
        integer: Integers; raises for those that the format does not have.
        number: Writes a float's bytes.
        double: What stands before a float's eight bytes; ``None`` where some take less.
        null: None.
        false: False.
        true: True.
        packed: Writes builtins that are known not to be deep, with the library.
        nested: ``nested(builtins, left)`` writes what is only known to be builtins, no deeper than *left* arrays and
            maps inside each other.
    """

    text: Table
    short: list[str]
    binary: Table
    array: Table
    map: Table
    code_32: int
    integer: Integers
    number: Callable[[float], bytes]
    double: int | None
    null: str
    false: str
    true: str
    packed: Callable[[Any], str]
    nested: Callable[[Any, int], str]

    def name(self, text: str) -> str:
        """Return a text that the schema knows, such as the name of a field."""
        written = utf8(text)
        return f"{self.text[len(written)]}{written}"


def utf8(text: str) -> str:
    """Return text, of which each character is a byte of UTF-8."""
    return text.encode().decode(BYTES)


def literal(text: str) -> str:
    """Return *text* as it stands between the quotes of an f-string."""
    return "".join(
        f"{c}{c}" if c in "{}" else c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\x{ord(c):02x}"
        for c in text
    )


@functools.lru_cache(maxsize=32)
def wire_of(layout: Layout, limits: Limits) -> Wire:
    """Return how *layout* is written within *limits*; what is beyond them raises."""
    module: Any = importlib.import_module(f"..formats.{layout}", __package__)

    @functools.lru_cache(maxsize=_SHORT)
    def limits_at(left: int) -> Limits:
        return attrs.evolve(limits, max_depth=left + 1)

    def nested(value: Any, left: int) -> str:
        data: bytes = module.dumps(value, limits_at(left), False)
        return data.decode(BYTES)

    heads, code_32, integers, number, double, constants = _CBOR if layout == "cbor" else _MSGPACK
    most = (limits.max_text, limits.max_text, limits.max_items, limits.max_items)
    text, binary, array, map_ = map(Table, heads, most)
    null, false, true = constants

    def packed(value: Any) -> str:
        if type(value) is str and value.isascii():
            return f"{text[len(value)]}{value}"
        data: bytes = module.dumps_known(value, limits)
        return data.decode(BYTES)

    return Wire(
        text=text,
        short=list(text.values()),
        binary=binary,
        array=array,
        map=map_,
        code_32=code_32,
        integer=integers(),
        number=number,
        double=double,
        null=null,
        false=false,
        true=true,
        packed=packed,
        nested=nested,
    )


def _cbor_integer(value: int) -> bytes:
    return _cbor_write.encode(value, 1)


def _cbor_number(value: float) -> bytes:
    raw = pack_double(0xFB, value)
    # Single precision has 29 bits less, and those of a NaN are not kept.
    if raw[6:] != b"\0\0\0" and value == value:  # noqa: PLR0124 - NaN alone differs from itself
        return raw
    return _cbor_write.shortest(value)


def _msgpack_number(value: float) -> bytes:
    return pack_double(_MSGPACK_DOUBLE, value)


def _msgpack_head(fixed: int, below: int, heads: tuple[int, ...]) -> Callable[[int], bytes]:
    """Return the shortest head: one that has the length in it, or else two or more of bytes."""
    formats = (struct.Struct(">BB"), struct.Struct(">BH"), struct.Struct(">BI"))[-len(heads) :]

    def head(length: int) -> bytes:
        if length < below:
            return bytes((fixed | length,))
        for code, form in zip(heads, formats, strict=True):
            if length >> (form.size - 1) * 8 == 0:
                return form.pack(code, length)
        raise Refused

    return head


_MSGPACK_DOUBLE: Final = 0xCB
_msgpack_integer: Final = cast("Callable[[int], bytes]", msgpack.packb)
_CBOR: Final = (
    tuple(functools.partial(_cbor_write.head, major) for major in _cbor_write.MAJORS),
    0x1A,
    functools.cache(lambda: Integers(0x19, 0x1B, _cbor_integer)),
    _cbor_number,
    None,
    ("\xf6", "\xf4", "\xf5"),
)
_MSGPACK: Final = (
    (
        _msgpack_head(0xA0, 32, (0xD9, 0xDA, 0xDB)),
        _msgpack_head(0, 0, (0xC4, 0xC5, 0xC6)),
        _msgpack_head(0x90, 16, (0xDC, 0xDD)),
        _msgpack_head(0x80, 16, (0xDE, 0xDF)),
    ),
    0xCE,
    functools.cache(lambda: Integers(0xCD, 0xCF, _msgpack_integer)),
    _msgpack_number,
    _MSGPACK_DOUBLE,
    ("\xc0", "\xc2", "\xc3"),
)
