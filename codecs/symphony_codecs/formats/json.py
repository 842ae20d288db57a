r"""
JSON (RFC 8259), as serde_json writes and reads it.

- Text is UTF-8 without blanks.  Escaped are the quote, the backslash and the
  C0 controls: by letter where JSON has one, else as ``\u00xx`` in lower case.
- Floats are their shortest digits: plain from 1e-5 up to 1e16, with an
  exponent such as ``1e-6`` and ``1e+16`` outside, always with ``.0`` or an
  exponent.
- NaN and the infinities are written as ``null``; `strict` refuses them.
- Ints of any size up to 4300 digits are numbers, and read exactly; ``-0`` is
  a float.
- Map keys are str; bytes have no form here (codecs write base64 text).
- `uuid.UUID` is written as its text, and an enum's member as its value.
- Blanks are space, tab, CR and LF.  NaN, Infinity, comments, a BOM, lone
  surrogates and numbers beyond a float's range are refused.
- Of equal keys the last counts; `strict` refuses them.
"""

from __future__ import annotations

import enum
import json
import uuid

from collections.abc import Callable
from typing import Final

import orjson

from . import _json_by_text, _json_text
from ._depth import guard_tree
from ._extents import json_end
from ._json_numbers import Texts
from ._plain import Rules, rebuild
from ._sorting import by_code_point
from .base import Format, FormatError, Limits, contiguous, too_large


__all__ = [
    "FORMAT",
    "KNOWN",
    "KNOWN_SORTED",
    "beyond_range",
    "dumps",
    "guarded",
    "is_exact",
    "loads",
    "loads_by_text",
    "loads_without_numbers",
]

# Without these orjson writes dates and dataclasses in its own way.
_OPTIONS: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS

# The C encoder of the standard library refuses NaN and the infinities, where orjson writes null.
_encode_finite: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False).encode

KNOWN: Final = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS
"""
With these orjson writes what `dumps` does in the same way; and, as codecs do, `uuid.UUID`, and `datetime` in UTC that
is not of whole milliseconds.  Its output must be `guarded`.
"""


KNOWN_SORTED: Final = KNOWN | orjson.OPT_SORT_KEYS
"""The same with keys in the order of their UTF-8, which is that of code points."""


def dumps(value: object, limits: Limits, strict: bool) -> bytes:
    """
    Write builtins as JSON.

    Args:
        value: A tree of None, bool, int, float, str, list, tuple and dict.
        limits: Depth, size and lengths.
        strict: Whether to refuse NaN and the infinities.

    Raises:
        FormatError: For anything else in the tree, and beyond a limit.
    """
    try:
        data = orjson.dumps(value, option=_OPTIONS)
    except (TypeError, ValueError, RecursionError):
        return _dumps_carefully(value, limits, strict)
    return guarded(data, value, limits, strict)


def guarded(data: bytes, value: object, limits: Limits, strict: bool, *, is_shallow: bool = False) -> bytes:
    """
    Return what a value was written as, if it keeps to the limits.

    Args:
        data: The document.
        value: The builtins that it was written from.
        limits: As for `dumps`.
        strict: As for `dumps`.
        is_shallow: Whether the value is known not to be too deep.

    Raises:
        FormatError: It does not.
    """
    if strict and b"null" in data and not _is_finite(value):
        rebuild(value, _RULES, limits, finite=True)
    size = len(data)
    if size > limits.max_size:
        raise too_large(size, limits)
    is_large = size > limits.max_items or size > limits.max_text
    if is_large or (not is_shallow and _json_text.may_be_deep(data, limits)):
        guard_tree(value, limits, size)
    return data


def _is_finite(value: object) -> bool:
    """Return whether there is neither NaN nor an infinity in builtins; if not, it may be for another reason."""
    try:
        _encode_finite(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def loads(data: bytes | bytearray | memoryview, limits: Limits, strict: bool) -> object:
    """
    Read JSON into builtins.

    Args:
        data: Any buffer.
        limits: Depth, size and lengths.
        strict: Whether to refuse equal keys in one map.

    Raises:
        FormatError: For what is not one JSON value, and beyond a limit.
    """
    return _loads(contiguous(data, limits), limits, strict, _json_text.has_special_int)


def loads_without_numbers(data: bytes | bytearray | memoryview, limits: Limits, strict: bool) -> object:
    """Read JSON as `loads` does, for somebody who refuses all numbers, or passes over them, whatever they are."""
    return _loads(contiguous(data, limits), limits, strict, _json_text.may_have_endless_int)


def is_exact(data: bytes | bytearray | memoryview, limits: Limits) -> bool:
    """Return whether `loads` reads a document as `loads_without_numbers` does, which has read it."""
    return not _json_text.has_special_int(contiguous(data, limits))


def loads_by_text(data: bytes | bytearray | memoryview, limits: Limits, strict: bool) -> tuple[object, Texts]:
    """
    Read JSON as `loads` does, and return with it the texts of its numbers.

    A number beyond a float's range stands as a `Beyond`; if it is not taken,
    `beyond_range` is what is wrong.
    """
    data = contiguous(data, limits)
    try:
        value, texts = _json_by_text.loads(data, limits)
    except orjson.JSONDecodeError as exc:
        raise _json_text.diagnose(data, exc, limits) from None
    return _within(value, data, limits, strict), texts


def beyond_range(data: bytes | bytearray | memoryview, limits: Limits) -> FormatError:
    """Return the error of a document that has a number beyond a float's range."""
    data = contiguous(data, limits)
    try:
        _json_text.judge(data, _json_text.without_long_int)
    except orjson.JSONDecodeError as exc:
        return _json_text.diagnose(data, exc, limits)
    return FormatError.of("out_of_range", "a number in the range of a float", "another")


def _loads(data: bytes, limits: Limits, strict: bool, is_special: Callable[[bytes], bool]) -> object:
    try:
        value = _json_text.loads_exactly(data, limits) if is_special(data) else orjson.loads(data)
    except orjson.JSONDecodeError as exc:
        raise _json_text.diagnose(data, exc, limits) from None
    return _within(value, data, limits, strict)


def _within(value: object, data: bytes, limits: Limits, strict: bool) -> object:
    size = len(data)
    if size > limits.max_items or size > limits.max_text or _json_text.may_be_deep(data, limits):
        guard_tree(value, limits, size)
    if strict:
        _json_text.refuse_equal_keys(data.decode())
    return value


def _dumps_carefully(value: object, limits: Limits, strict: bool) -> bytes:
    data = orjson.dumps(rebuild(value, _RULES, limits, finite=strict))
    if len(data) > limits.max_size:
        raise too_large(len(data), limits)
    return data


def _other(value: object) -> object:
    """Take apart what orjson writes by itself."""
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.value if isinstance(value, enum.Enum) else None


_RULES: Final = Rules(integer=_json_text.fragment, text_keys=True, binary=False, other=_other)

FORMAT: Final = Format(
    name="json",
    content_type="application/json",
    suffix="json",
    format_id=1,
    is_binary=False,
    human_readable=True,
    text_keys=True,
    layout="json",
    dumps=dumps,
    loads=loads,
    sort_key=by_code_point,
    framing="newline",
    document_end=json_end,
)
