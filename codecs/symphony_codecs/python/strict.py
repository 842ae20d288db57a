"""
Builtin scalars, strictly: no value of one type is taken for another.

An `int` is read as a `float` where one belongs, as serde does; nothing else
is converted.  Each function raises `FormatError` for what it does not take;
those that structure are cattrs hooks as well.
"""

from __future__ import annotations

import base64
import binascii
import re

from collections.abc import Callable
from typing import Any, Final

from .._issues import mismatch


__all__ = [
    "structure_base64",
    "structure_bool",
    "structure_bytes",
    "structure_float",
    "structure_int",
    "structure_none",
    "structure_str",
    "structure_wide_int",
    "unstructure_base64",
    "unstructure_bool",
    "unstructure_bytes",
    "unstructure_float",
    "unstructure_int",
    "unstructure_none",
    "unstructure_str",
    "unstructure_wide_int",
]

# An int beyond what the format has as a number goes as text; Python refuses to convert longer text (PEP 678's
# neighbour, CVE-2020-10735: the work is quadratic).
_MAX_DIGITS: Final = 4300
_OCTETS: Final = 16
_INT_TEXT: Final = re.compile(r"-?[1-9][0-9]*", re.ASCII)


def structure_none(value: Any, _: Any = None) -> None:
    """Take ``None`` alone."""
    if value is not None:
        raise mismatch("null", value)


def structure_bool(value: Any, _: Any = None) -> bool:
    """Take a `bool` alone."""
    if value is True or value is False:
        return value
    raise mismatch("a boolean", value)


def structure_int(value: Any, _: Any = None) -> int:
    """Take an `int`, no `bool`, no whole `float`."""
    if type(value) is int:
        return value
    raise mismatch("an integer", value)


def structure_float(value: Any, _: Any = None) -> float:
    """Take a `float`, or an `int` that becomes one."""
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise mismatch("a number that fits a 64-bit float", value, "out_of_range") from None
    raise mismatch("a number", value)


def structure_str(value: Any, _: Any = None) -> str:
    """Take a `str`; bytes are refused, also where they are UTF-8."""
    if type(value) is str:
        return value
    raise mismatch("a string", value)


def structure_bytes(value: Any, _: Any = None) -> bytes:
    """Take a byte string."""
    if type(value) is bytes:
        return value
    raise mismatch("bytes", value)


def structure_base64(value: Any, _: Any = None) -> bytes:
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


def unstructure_int(value: Any) -> int:
    """Give an `int`, a subclass as its number; no `bool`."""
    if type(value) is int:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    raise mismatch("an integer", value)


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


def structure_wide_int(bounds: tuple[int, int], octets: tuple[int, int] | None = None) -> Callable[..., int]:
    """
    Return the function that takes an `int` in any of a format's forms.

    Args:
        bounds: The ints that the format has as numbers; others are decimal text.
        octets: The ints that go as 16 bytes; ``None``: there are none.
    """
    low, high = bounds
    is_signed = octets is not None and octets[0] < 0

    def structure(value: Any, _: Any = None) -> int:
        if type(value) is int:
            return value
        if type(value) is bytes and octets is not None and len(value) == _OCTETS:
            return int.from_bytes(value, "big", signed=is_signed)
        if type(value) is str and _INT_TEXT.fullmatch(value) and len(value) <= _MAX_DIGITS:
            number = int(value)
            if not low <= number <= high:
                return number
        raise mismatch("an integer", value)

    return structure


def unstructure_wide_int(
    bounds: tuple[int, int], octets: tuple[int, int] | None = None
) -> Callable[[Any], int | str | bytes]:
    """Return the function that gives an `int` in the form it has in a format; see `structure_wide_int`."""
    low, high = bounds
    least, greatest = octets or (0, -1)

    def unstructure(value: Any) -> int | str | bytes:
        number = unstructure_int(value)
        if least <= number <= greatest:
            return number.to_bytes(_OCTETS, "big", signed=least < 0)
        if low <= number <= high:
            return number
        if number.bit_length() > 14_000:
            raise mismatch(f"an integer of at most {_MAX_DIGITS - 1} digits", value, "out_of_range")
        return str(number)

    return unstructure
