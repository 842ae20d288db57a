"""JSON's corners: numbers of any size, equal keys, and what is wrong with a document."""

from __future__ import annotations

import codecs
import json
import math
import re

from collections.abc import Callable
from typing import Final

import orjson

from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue, PathElement

from ._plain import Refused
from .base import FormatError, Limits, stack_ends, too_deep


__all__ = [
    "MAX_DIGITS",
    "bad_byte",
    "decoded",
    "diagnose",
    "diagnose_part",
    "empty_document",
    "end_of_number",
    "exact_int",
    "fragment",
    "has_special_int",
    "judge",
    "loads_exactly",
    "may_be_deep",
    "may_have_endless_int",
    "refuse_equal_keys",
    "without_long_int",
]

_MAX_ISSUES: Final = 100
_MAX_SHOWN: Final = 40
_BLANK: Final = b" \t\r\n"
_BLOCK: Final = 2**16
_CONTINUATIONS: Final = bytes(range(0x80, 0xC0))
# The message of orjson for anything after the value.
_TRAILING: Final = "unexpected content after document"
# CPython's own bound, beyond which reading an int takes time that grows with the square of its length.
MAX_DIGITS: Final = 4300
_MAX_BITS: Final = math.ceil(MAX_DIGITS * math.log2(10))

# The characters of numbers: any digit as 0, the point and the minus, and a comma for whatever may follow a number.
_OUTLINE: Final = bytes(
    ord("0" if chr(i) in "0123456789" else chr(i) if chr(i) in ".-" else "," if chr(i) in " \t\r\n,]}" else "x")
    for i in range(256)
)
# The same comma, and all else as it is.
_ENDED: Final = bytes(ord(",") if chr(i) in " \t\r\n,]}" else i for i in range(256))
# 9223372036854775807 has 19 digits: what is shorter fits 64 bits, with either sign.
_LONG_RUN: Final = b"0" * 19
# 18446744073709551615 has 20.
_MOST_DIGITS: Final = 20
_AFTER_INT: Final = (b",", b"")
_SAMPLE: Final = 50
_ENDLESS_RUN: Final = b"0" * (MAX_DIGITS // _SAMPLE)
_RUN: Final = re.compile(rb"0+")
# A string goes on to the end where its quote is missing, and no step is taken back: linear in time and memory.
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|-?[0-9][0-9.eE+\-]*', re.DOTALL)
_LONG_INT: Final = re.compile(rb"-?[1-9][0-9]{18,}")
_FLOAT_GOES_ON: Final = (b".", b"e", b"E")
_NEGATIVE_ZERO: Final = re.compile(rb"-0(?:[ \t\r\n,\]}]|$)")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMBER_BYTES: Final = re.compile(rb"[-+0-9.eE]+")
_BRACKET: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)


_NO_BRACKETS: Final = bytes(i for i in range(256) if chr(i) not in "[]{}")
# A tree that is deeper is looked at itself.
_ROUNDS: Final = 16


class _TooLong(Exception):  # noqa: N818 - it never leaves this module
    pass


def fragment(value: int) -> object:
    """Return what makes orjson write an int of any size, which alone it would refuse beyond 64 bits."""
    if -(2**63) <= value < 2**64:
        return value
    if value.bit_length() <= _MAX_BITS:
        try:
            text = str(value)
        except ValueError:  # the interpreter may be set to fewer
            text = ""
        if text and len(text) - (value < 0) <= MAX_DIGITS:
            return orjson.Fragment(text)
    raise Refused("too_large", f"an integer of at most {MAX_DIGITS} digits")


def has_special_int(data: bytes) -> bool:
    """
    Tell whether a document may hold an int that orjson does not read as serde_json does.

    One beyond 64 bits, which orjson makes a float; or ``-0``, which is a
    float to serde_json and loses its sign in orjson.
    """
    outline = data.translate(_OUTLINE)
    if _LONG_RUN in outline and _has_wide_int(data, outline):
        return True
    ended = data.translate(_ENDED)
    return (b"-0," in ended or ended.endswith(b"-0")) and _NEGATIVE_ZERO.search(data) is not None


def may_have_endless_int(data: bytes) -> bool:
    """Tell whether a document may hold an int of more digits than are read, by one in fifty of its bytes."""
    return _ENDLESS_RUN in data[::_SAMPLE].translate(_OUTLINE)


def _has_wide_int(data: bytes, outline: bytes) -> bool:
    """Tell whether one of the long runs of digits is neither the fraction of a float nor an int of 64 bits."""
    start = outline.find(_LONG_RUN)
    while start >= 0:
        run = _RUN.match(outline, start)
        assert run is not None, "it begins there"
        before, end = outline[start - 1 : start], run.end()
        if before != b"." and not (
            end - start <= _MOST_DIGITS
            and outline[end : end + 1] in _AFTER_INT
            and int(data[start:end]) <= (2**63 if before == b"-" else 2**64 - 1)
        ):
            return True
        start = outline.find(_LONG_RUN, end)
    return False


def may_be_deep(data: bytes, limits: Limits) -> bool:
    """Tell whether a document may nest too deep: keep only its brackets, and remove pairs of them."""
    deepest = limits.max_depth
    if len(data) < 2 * deepest:
        return False
    brackets = data.translate(None, _NO_BRACKETS)
    for level in range(_ROUNDS):
        size = len(brackets)
        if 2 * level + size // 2 < deepest:  # an array and the map around it go in one round
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(brackets) == size:  # those of texts are in the way
            return True
    return True


def loads_exactly(data: bytes, limits: Limits) -> object:
    """
    Read JSON with all its ints as ints.

    The standard library reads such ints and much that is no JSON; so orjson
    judges a copy that has a 0 instead of each.

    Raises:
        orjson.JSONDecodeError: For what is not one JSON value.
        FormatError: ``too_large`` for an int of more than 4300 digits,
            ``too_deep`` beyond the depth limit.
    """
    judge(data, without_long_int)
    return decoded(data, limits, _EXACT)


def decoded(data: bytes, limits: Limits, decoder: json.JSONDecoder) -> object:
    """
    Read a document that has been judged.

    Raises:
        FormatError: ``too_large`` for an int of more than 4300 digits,
            ``too_deep`` beyond the depth limit.
    """
    text = data.decode()
    if _depth(text, limits) >= limits.max_depth:
        raise too_deep(limits)
    try:
        return decoder.decode(text)
    except _TooLong as exc:
        raise FormatError.of("too_large", f"an integer of at most {MAX_DIGITS} digits", str(exc)) from None
    except RecursionError:
        raise too_deep(limits) from None


def judge(data: bytes, without: Callable[[re.Match[bytes]], bytes]) -> None:
    """
    Read a document in which long ints count as well-formed.

    Args:
        data: The document.
        without: From a text or a number to its replacement, of the
            same length: `without_long_int`.

    Raises:
        orjson.JSONDecodeError: It is not one JSON value.
    """
    orjson.loads(_TOKEN.sub(without, data))


def without_long_int(match: re.Match[bytes]) -> bytes:
    """Return a token, or a 0 instead of a long int."""
    token = match[0]
    found = _LONG_INT.match(token)
    if found is None or token[found.end() : found.end() + 1] in _FLOAT_GOES_ON:
        return token
    # Of the same length, so that offsets in errors stay true, also that of what may not follow an int.
    return b"0".ljust(found.end()) + token[found.end() :]


def exact_int(text: str) -> int | float:
    """Return the int of a text; a float for ``-0``."""
    if text == "-0":
        return -0.0
    digits = len(text.lstrip("-"))
    try:
        if digits <= MAX_DIGITS:
            return int(text)
    except ValueError:  # the interpreter may be set to fewer
        pass
    raise _TooLong(f"{digits} digits")


_EXACT: Final = json.JSONDecoder(parse_int=exact_int)


class _Pairs(list[tuple[str, object]]):
    """A map as it stands in the text, equal keys and all."""


_PAIRS: Final = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=len, parse_float=len)


def refuse_equal_keys(text: str) -> None:
    """
    Read a valid document once more and refuse maps with equal keys.

    Raises:
        FormatError: ``duplicate_key`` with an issue for each that comes again,
            up to a hundred.
    """
    try:
        root = _PAIRS.decode(text)
    except RecursionError:
        raise stack_ends() from None
    issues: list[Issue] = []
    todo: list[tuple[object, tuple[PathElement, ...]]] = [(root, ())]
    while todo and len(issues) < _MAX_ISSUES:
        node, path = todo.pop()
        if isinstance(node, _Pairs):
            seen: set[str] = set()
            for key, _ in node:
                if key in seen:
                    issues.append(Issue((*path, key), "duplicate_key", "keys that differ", f"{describe(key)} again"))
                seen.add(key)
            todo.extend((child, (*path, key)) for key, child in reversed(node) if isinstance(child, list))
        elif isinstance(node, list):
            todo.extend((node[i], (*path, i)) for i in reversed(range(len(node))) if isinstance(node[i], list))
    if issues:
        raise FormatError(issues[:_MAX_ISSUES])


def bad_byte(data: bytes) -> FormatError | None:
    """Return the error of the first byte that is not UTF-8, ``None`` if there is none."""
    if data.isascii():
        return None
    decode = codecs.getincrementaldecoder("utf-8")().decode
    for start in range(0, len(data), _BLOCK):
        end = start + _BLOCK
        try:
            decode(data[start:end], end >= len(data))
        except UnicodeDecodeError as exc:
            # The rest of the block before stands before this one.
            offset = min(end, len(data)) - len(exc.object) + exc.start
            return FormatError.of("invalid_value", "UTF-8", f"byte 0x{data[offset]:02x} at offset {offset}")
    return None


def diagnose(data: bytes, error: orjson.JSONDecodeError, limits: Limits) -> FormatError:
    """Say what is wrong with a document that orjson refuses, by looking at the document itself."""
    bad = bad_byte(data)
    if bad is not None:
        return bad
    if not data.strip(_BLANK):
        return empty_document()
    text = data.decode()
    if _depth(text, limits) >= limits.max_depth:
        return too_deep(limits)
    return _syntax_error(error.msg, text[error.pos :], error.lineno, error.colno)


def diagnose_part(data: bytes, start: int, stop: int, before: bytes) -> FormatError | None:
    """
    Say what is wrong with a document of which a part is enough to see that.

    Args:
        data: The document.
        start: Where the part starts.
        stop: Where it ends, at least a few bytes behind the fault.
        before: A stand-in for everything before it: the part is wrong after
            this as it is in its place.

    Returns:
        The error; ``None`` if the part is not wrong before its end.
    """
    # orjson looks for bytes that are not UTF-8 before all else: half a character would be its first fault.
    while stop < len(data) and data[stop] & 0xC0 == 0x80:
        stop -= 1
    try:
        orjson.loads(before + data[start:stop])
    except orjson.JSONDecodeError as exc:
        part = data[start:stop].decode(errors="ignore")[: exc.pos - len(before)]
        offset = start + len(part.encode())
        if offset >= stop and stop < len(data):
            return None
        line = data.rfind(b"\n", 0, offset) + 1
        column = len(data[line:offset].translate(None, _CONTINUATIONS)) + 1
        rest = data[offset : max(stop, offset + 4 * _MAX_SHOWN + 4)].decode(errors="ignore")
        return _syntax_error(exc.msg, rest, data.count(b"\n", 0, offset) + 1, column)
    return None


def empty_document() -> FormatError:
    """Make the error for a document that holds at most blanks."""
    return FormatError.of("syntax", "a value", "an empty document")


def end_of_number(data: bytes, offset: int) -> int:
    """Return where the characters of a number end."""
    number = _NUMBER_BYTES.match(data, offset)
    return offset if number is None else number.end()


def _syntax_error(reason: str, rest: str, line: int, column: int) -> FormatError:
    """Make the error that orjson's *reason* is, where *rest* stands."""
    at = f"at line {line} column {column}"
    number = _NUMBER.match(rest)
    if number is not None and math.isinf(float(number[0])):
        return FormatError.of("out_of_range", "a number in the range of a float", f"{_cut(number[0])} {at}")
    if reason == _TRAILING:
        return FormatError.of("trailing_bytes", "nothing after the value", f"{_cut(rest)!r} {at}")
    code = "invalid_value" if "surrogate" in reason else "syntax"
    reason = reason if reason[1:2].isupper() else reason[:1].lower() + reason[1:]
    return FormatError.of(code, "valid JSON", f"{reason} {at}", message=f"{reason} {at}")


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."


def _depth(text: str, limits: Limits) -> int:
    """Return how deep brackets nest, no further than the limit, and 0 where there are too few to reach it."""
    if text.count("[") + text.count("{") < limits.max_depth:
        return 0
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        bracket = match[0]
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if depth >= limits.max_depth:
                break
        elif bracket in "]}":
            depth -= 1
    return deepest
