"""
The types that every format has, strictly: no value of one type is taken for another.

An `int` is read as a `float` where one belongs, as serde does; nothing else
is converted.  A subclass (a `str` subclass of the user's) is written as its
base and made from the base's value on reading.
"""

from __future__ import annotations

import base64
import binascii
import re

from typing import TYPE_CHECKING, Any, Final

from .._issues import mismatch
from ._base import Shape, StructureHook, UnstructureHook


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["NoneShape", "ScalarShape", "structure_base64", "structure_wide_int"]

# An int beyond what the format has as a number goes as text; Python refuses to convert longer text (PEP 678's
# neighbour, CVE-2020-10735: the work is quadratic).
_MAX_DIGITS: Final = 4300
_INT_TEXT: Final = re.compile(r"-?[1-9][0-9]*", re.ASCII)


def structure_none(value: Any, _: Any) -> None:
    """Take ``None`` alone."""
    if value is not None:
        raise mismatch("null", value)


def structure_bool(value: Any, _: Any) -> bool:
    """Take a `bool` alone."""
    if value is True or value is False:
        return value
    raise mismatch("a boolean", value)


def structure_int(value: Any, _: Any) -> int:
    """Take an `int`, no `bool`, no whole `float`."""
    if type(value) is int:
        return value
    raise mismatch("an integer", value)


def structure_float(value: Any, _: Any) -> float:
    """Take a `float`, or an `int` that becomes one."""
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise mismatch("a number that fits a 64-bit float", value, "out_of_range") from None
    raise mismatch("a number", value)


def structure_str(value: Any, _: Any) -> str:
    """Take a `str`; bytes that happen to be UTF-8 are none."""
    if type(value) is str:
        return value
    raise mismatch("a string", value)


def structure_bytes(value: Any, _: Any) -> bytes:
    """Take a byte string."""
    if type(value) is bytes:
        return value
    raise mismatch("bytes", value)


def structure_base64(value: Any, _: Any) -> bytes:
    """Take base64 text (RFC 4648 section 4, padded, nothing else in it)."""
    if type(value) is not str:
        raise mismatch("base64 text", value)
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise mismatch("base64 text", value, "invalid_value") from None
    # Two texts for one value would make two documents equal in one format and not in another.
    if len(value) % 4 or base64.b64encode(data).decode() != value:
        raise mismatch("canonical base64 text", value, "invalid_value")
    return data


def _unstructure(cls: type, expected: str) -> UnstructureHook:
    def unstructure(value: Any) -> Any:
        if type(value) is cls:
            return value
        if isinstance(value, cls) and not isinstance(value, bool):
            return cls(value)
        raise mismatch(expected, value)

    return unstructure


def unstructure_str(value: Any) -> str:
    """Give a `str`; a subclass as its text, whatever its ``__str__`` says."""
    if type(value) is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    raise mismatch("a string", value)


def unstructure_none(value: Any) -> None:
    """Give ``None`` alone."""
    if value is not None:
        raise mismatch("None", value)


def unstructure_bool(value: Any) -> bool:
    """Give a `bool` alone."""
    if value is True or value is False:
        return value
    raise mismatch("a boolean", value)


def unstructure_float(value: Any) -> float:
    """Give a `float`; an `int` becomes one, as the annotation ``float`` allows (PEP 484)."""
    if type(value) is float:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise mismatch("a number that fits a 64-bit float", value, "out_of_range") from None
    raise mismatch("a number", value)


def unstructure_bytes(value: Any) -> bytes:
    """Give a byte string of any bytes-like value."""
    if type(value) is bytes:
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise mismatch("bytes", value)


def unstructure_base64(value: Any) -> str:
    """Give the base64 text of any bytes-like value."""
    return base64.b64encode(unstructure_bytes(value)).decode()


def _wide_int(bounds: tuple[int, int]) -> tuple[StructureHook, UnstructureHook]:
    """Return the hooks for ints in a format that has only 64 bits: beyond them, decimal text."""
    low, high = bounds

    def structure(value: Any, _: Any) -> int:
        if type(value) is int:
            return value
        if type(value) is str and _INT_TEXT.fullmatch(value) and len(value) <= _MAX_DIGITS:
            number = int(value)
            if not low <= number <= high:
                return number
        raise mismatch("an integer", value)

    def unstructure(value: Any) -> int | str:
        if type(value) is not int:
            value = _INT_OUT(value)
        if low <= value <= high:
            number: int = value
            return number
        if value.bit_length() > 14_000:
            raise mismatch(f"an integer of at most {_MAX_DIGITS - 1} digits", value, "out_of_range")
        return str(value)

    return structure, unstructure


def structure_wide_int(bounds: tuple[int, int]) -> StructureHook:
    """Return the hook that reads an int, as decimal text where it is beyond *bounds*, the format's own."""
    return _wide_int(bounds)[0]


_INT_OUT: Final = _unstructure(int, "an integer")

_STRUCTURE: Final[dict[type, StructureHook]] = {
    bool: structure_bool,
    int: structure_int,
    float: structure_float,
    str: structure_str,
    bytes: structure_bytes,
    bytearray: structure_bytes,
    memoryview: structure_bytes,
}
_UNSTRUCTURE: Final[dict[type, UnstructureHook]] = {
    bool: unstructure_bool,
    int: _INT_OUT,
    float: unstructure_float,
    str: unstructure_str,
    bytes: unstructure_bytes,
    bytearray: unstructure_bytes,
    memoryview: unstructure_bytes,
}
_BYTES: Final = (bytes, bytearray, memoryview)


def _base_of(tp: type) -> type:
    return next(base for base in _STRUCTURE if issubclass(tp, base))


class NoneShape(Shape):
    """``None``, and its type."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return null."""
        return frozenset((type(None),))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that takes null alone."""
        return structure_none

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that gives null."""
        return unstructure_none


class ScalarShape(Shape):
    """bool, int, float, str, bytes and the like, and subclasses of them."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return the base, text for bytes where people read."""
        base = _base_of(tp)
        if base in _BYTES:
            return frozenset((str if converter.format.human_readable else bytes,))
        return frozenset((base,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the strict hook, with a call of the subclass where there is one."""
        base = _base_of(tp)
        hook = _STRUCTURE[base]
        if base is int and converter.format.int_range is not None:
            hook, _ = _wide_int(converter.format.int_range)
        elif base in _BYTES and converter.format.human_readable:
            hook = structure_base64
        if tp in (bool, int, float, str, bytes):
            return hook

        def structure_subclass(value: Any, _: Any) -> Any:
            return tp(hook(value, base))

        return structure_subclass

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the strict hook."""
        base = _base_of(tp)
        if base is int and converter.format.int_range is not None:
            return _wide_int(converter.format.int_range)[1]
        if base in _BYTES and converter.format.human_readable:
            return unstructure_base64
        return _UNSTRUCTURE[base]
