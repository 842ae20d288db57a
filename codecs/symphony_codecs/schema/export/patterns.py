"""Regular expressions: those of texts that stand for something, and Python's as ECMA 262 has them."""

from __future__ import annotations

import re

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

from ..._regex_trees import OPCODES, parse


__all__ = ["BASE64", "END", "TEXTS", "ecma_pattern", "whole"]

Anchors: TypeAlias = Literal["full", "start", "search"]

END: Final = r"$(?!\n)"
"""The end, in ECMA 262 and in Python, whose ``$`` alone matches before a last newline, too."""

_BMP: Final = 0xFFFF
_HEX: Final = "[0-9a-fA-F]"
_DAYS: Final = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_FOURTHS: Final = "(?:0[48]|[2468][048]|[13579][26])"
_YEAR: Final = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_DATE: Final = f"(?:{_YEAR}-{_DAYS}|(?:[0-9]{{2}}{_FOURTHS}|{_FOURTHS}00)-02-29)"
# Before a year of four digits there may be two more, which say nothing of leap days.
_ANY_DATE: Final = (
    f"(?:[+-](?:[0-9]|1[0-9]|2[0-6])?)?(?:[0-9]{{4}}-{_DAYS}|(?:[0-9]{{2}}{_FOURTHS}|(?:00|{_FOURTHS})00)-02-29)"
)
_CLOCK: Final = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_OFFSET: Final = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
_MICROS: Final = r"(?:\.[0-9]{1,6})?"
_NANOS: Final = r"(?:\.[0-9]{1,9})?"
_DIGITS: Final = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4: Final = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_GROUP: Final = f"{_HEX}{{1,4}}"
_SHORT: Final = "|".join(
    f"(?:{_GROUP}:){{1,{7 - after}}}(?::{_GROUP}){{1,{after}}}" if after else f"(?:{_GROUP}:){{1,7}}:"
    for after in range(7)
)
_IPV6: Final = f"(?:(?:{_GROUP}:){{7}}{_GROUP}|{_SHORT}|:(?:(?::{_GROUP}){{1,7}}|:)|::[fF][fF][fF][fF]:{_IPV4})"
_OF_32: Final = "(?:[0-9]|[12][0-9]|3[0-2])"
_OF_128: Final = "(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])"

TEXTS: Final[Mapping[str, str]] = {
    "uuid": f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}",
    "timestamp": f"{_ANY_DATE}T{_CLOCK}{_NANOS}Z",
    "datetime": f"{_DATE}T{_CLOCK}{_MICROS}{_OFFSET}",
    "date": _DATE,
    "time": f"{_CLOCK}{_MICROS}{_OFFSET}",
    "decimal": rf"[+-]?{_DIGITS}(?:[eE][+-]?[0-9]{{1,18}})?|[+-]?(?:Infinity|s?NaN[0-9]*)",
    "path": r"[^\u0000]*",
    "IPv4Address": _IPV4,
    "IPv6Address": _IPV6,
    "IPv4Interface": f"{_IPV4}/{_OF_32}",
    "IPv6Interface": f"{_IPV6}/{_OF_128}",
    "IPv4Network": f"{_IPV4}/{_OF_32}",
    "IPv6Network": f"{_IPV6}/{_OF_128}",
    "IPv4Address | IPv6Address": f"{_IPV4}|{_IPV6}",
    "IPv4Interface | IPv6Interface": f"{_IPV4}/{_OF_32}|{_IPV6}/{_OF_128}",
    "IPv4Network | IPv6Network": f"{_IPV4}/{_OF_32}|{_IPV6}/{_OF_128}",
}
"""Of texts that stand for something: what reading takes in the form that is written; without looking ahead or back."""

BASE64: Final = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?"
"""Base64 text of any bytes, padded (RFC 4648)."""


def integer_pattern(low: int | None, high: int | None) -> str | None:
    """
    Return the regular expression of the integers from *low* to *high* in decimal; ``None``: it would be long.

    Args:
        low: The least; ``None``: there are no bounds.
        high: The greatest; ``None``: there are no bounds.
    """
    if low is None and high is None:
        return "0|-?[1-9][0-9]*"
    if low is None or high is None:
        return {0: "0|[1-9][0-9]*", 1: "[1-9][0-9]*"}.get(low if high is None else -1)  # type: ignore[arg-type]
    negative = [f"-{part}" for part in _between(max(1, -high), -low)] if low < 0 else []
    pattern = "|".join((*negative, *_between(max(0, low), high)))
    return pattern if pattern and len(pattern) <= _LONG else None


def _between(low: int, high: int) -> list[str]:
    """Return regular expressions of the integers from *low* to *high*, none of which is negative."""
    found: list[str] = []
    while low <= high:
        # As many of the last digits as may be anything, so that the number before them says all.
        free = next(
            n for n in range(len(str(high)), -1, -1) if low % 10**n == 0 and low + 10**n - 1 <= high and (low or not n)
        )
        first, most = low // 10**free, high // 10**free
        last = min(first + 9 - first % 10, most if (most + 1) * 10**free - 1 <= high else most - 1)
        digits = str(first)
        head = digits[:-1] + (digits[-1] if first == last else f"[{digits[-1]}-{last % 10}]")
        found.append(head + ("" if not free else "[0-9]" if free == 1 else f"[0-9]{{{free}}}"))
        low = (last + 1) * 10**free
    return found


def whole(pattern: str) -> str:
    """Return *pattern* for whole texts."""
    return f"^(?:{pattern}){END}" if "|" in pattern else f"^{pattern}{END}"


def ecma_pattern(pattern: str, anchors: Anchors) -> str | None:
    r"""
    Return the regular expression of ECMA 262 (with the flag ``u``) that finds what Python's *pattern* does.

    ``\d``, ``\w``, ``\s`` and ``\b`` stay as they are: in Python they know the letters and digits of all scripts.

    Args:
        pattern: The pattern.
        anchors: Whether it has to match the whole text, at its start, or anywhere.

    Returns:
        ``None`` if there is no such expression: it has a conditional or a reference to a group, or it ignores case.
    """
    parsed: Any = parse(pattern)
    try:
        made = _Translation(parsed.state.flags).sequence(parsed)
    except LookupError:
        return None
    if anchors == "search":
        return made
    return f"^{made}{END}" if anchors == "full" else f"^{made}"


_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|")
_IN_CLASS: Final = frozenset("^\\[]-")
_CATEGORIES: Final = {
    "CATEGORY_DIGIT": ("\\d", "0-9"),
    "CATEGORY_NOT_DIGIT": ("\\D", "\\D"),
    "CATEGORY_SPACE": ("\\s", " \\t\\n\\r\\f\\v"),
    "CATEGORY_NOT_SPACE": ("\\S", "\\S"),
    "CATEGORY_WORD": ("\\w", "A-Za-z0-9_"),
    "CATEGORY_NOT_WORD": ("\\W", "\\W"),
}
_LONG: Final = 300
_ONE: Final = frozenset(("LITERAL", "NOT_LITERAL", "ANY", "IN"))
_SUPPORTED: Final = re.ASCII | re.UNICODE | re.DOTALL | re.MULTILINE | re.VERBOSE


def _escaped(code: int, special: frozenset[str] = _SYNTAX) -> str:
    char = chr(code)
    if char in special:
        return f"\\{char}"
    return char if char.isprintable() else f"\\u{code:04x}" if code <= _BMP else char


class _Translation:
    """
    The translation of parsed patterns; a `KeyError` says that ECMA 262 has no equivalent.

    Args:
        flags: The flags of the whole pattern.
    """

    def __init__(self, flags: int) -> None:
        if flags & ~_SUPPORTED:
            raise LookupError(flags)
        self._flags = flags
        self._groups = 0

    def sequence(self, items: Iterable[Any]) -> str:
        """Return the translation of *items*, one after the other."""
        return "".join(getattr(self, f"_{str(op).lower()}")(value) for op, value in map(self._known, items))

    def _known(self, item: Any) -> Any:
        if not hasattr(self, f"_{str(item[0]).lower()}"):
            raise LookupError(item[0])
        return item

    def _literal(self, code: int) -> str:
        return _escaped(code)

    def _not_literal(self, code: int) -> str:
        return f"[^{_escaped(code, _IN_CLASS)}]"

    def _any(self, _: None) -> str:
        return "[\\s\\S]" if self._flags & re.DOTALL else "[^\\n]"

    def _in(self, items: list[Any]) -> str:
        if len(items) == 1 and str(items[0][0]) == "CATEGORY":
            made = self._category(items[0][1])
            return made if made.startswith("\\") and len(made) == 2 else f"[{made}]"
        is_negated = str(items[0][0]) == "NEGATE"
        parts = "".join(self._part(*item) for item in items[is_negated:])
        return f"[{'^' if is_negated else ''}{parts}]"

    def _part(self, op: Any, value: Any) -> str:
        name = str(op)
        if name == "LITERAL":
            return _escaped(value, _IN_CLASS)
        if name == "RANGE":
            low, high = value
            return f"{_escaped(low, _IN_CLASS)}-{_escaped(high, _IN_CLASS)}"
        if name == "CATEGORY":
            return self._category(value)
        raise LookupError(name)

    def _category(self, value: Any) -> str:
        return _CATEGORIES[str(value)][bool(self._flags & re.ASCII)]

    def _branch(self, value: Any) -> str:
        return f"(?:{'|'.join(map(self.sequence, value[1]))})"

    def _subpattern(self, value: Any) -> str:
        _, added, removed, items = value
        if added or removed:
            raise LookupError(added)
        return f"(?:{self.sequence(items)})"

    def _max_repeat(self, value: Any) -> str:
        low, high, items = value
        inner = self.sequence(items)
        is_one = len(items) == 1 and str(items[0][0]) in _ONE | {"SUBPATTERN", "BRANCH"}
        known = {(0, None): "*", (1, None): "+", (0, 1): "?"}
        most = None if high == OPCODES.MAXREPEAT else int(high)
        times = known.get((low, most)) or (f"{{{low}}}" if low == most else f"{{{low},{'' if most is None else most}}}")
        return f"{inner if is_one else f'(?:{inner})'}{times}"

    def _possessive_repeat(self, value: Any) -> str:
        _, high, items = value
        if high == OPCODES.MAXREPEAT and len(items) == 1 and str(items[0][0]) in _ONE:
            # It takes as many as there are.
            return f"{self._max_repeat(value)}(?!{self.sequence(items)})"
        return self._atomic(lambda: self._max_repeat(value))

    def _atomic_group(self, items: Any) -> str:
        return self._atomic(lambda: self.sequence(items))

    def _atomic(self, make: Callable[[], str]) -> str:
        """Return what goes back into nothing: a look ahead does not, and a reference takes what it has found."""
        self._groups += 1
        number = self._groups
        return f"(?=({make()}))\\{number}(?:)"

    def _min_repeat(self, value: Any) -> str:
        return f"{self._max_repeat(value)}?"

    def _assert(self, value: Any) -> str:
        direction, items = value
        return f"(?{'<' if direction < 0 else ''}={self.sequence(items)})"

    def _assert_not(self, value: Any) -> str:
        direction, items = value
        return f"(?{'<' if direction < 0 else ''}!{self.sequence(items)})"

    def _at(self, value: Any) -> str:
        is_multiline = bool(self._flags & re.MULTILINE)
        return {
            "AT_BEGINNING": "(?<![^\\n])" if is_multiline else "^",
            "AT_BEGINNING_STRING": "^",
            "AT_END": "(?![^\\n])" if is_multiline else f"(?=\\n?{END})",
            "AT_END_STRING": END,
            "AT_BOUNDARY": "\\b",
            "AT_NON_BOUNDARY": "\\B",
        }[str(value)]
