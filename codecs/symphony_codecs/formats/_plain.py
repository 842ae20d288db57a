"""
The careful way of writing: a copy of the value in plain builtins, or what is wrong with it and where.

The libraries are fast and say little: one refuses subclasses, another writes
sets, and none names the path.  A format calls its library first and comes
here when that refuses.
"""

from __future__ import annotations

import math

from collections.abc import Callable
from typing import Final

import attrs

from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue, PathElement

from .base import FormatError, Limits, TypedKey, path_element, too_deep


__all__ = ["Refused", "Rules", "rebuild"]

_MAX_ISSUES: Final = 100


class Refused(Exception):  # noqa: N818 - it never leaves this package
    """
    A rule refuses a leaf.

    Args:
        code: The code of the issue.
        expected: The values that are allowed there.
    """

    def __init__(self, code: str, expected: str) -> None:
        super().__init__(code, expected)
        self.code = code
        self.expected = expected


def bounded(low: int, high: int) -> Callable[[int], int]:
    """Return the rule for ints of a format that has those from *low* to *high*."""

    def integer(value: int) -> int:
        if not low <= value <= high:
            raise Refused("out_of_range", f"an integer from {low} to {high}")
        return value

    return integer


@attrs.frozen(kw_only=True)
class Rules:
    """
    The values that a format can write.

    Args:
        integer: Turns a plain int into what the library writes, or raises
            `Refused`.
        integer_key: The same for ints that are keys.
        text_keys: Whether keys must be str; int, bool and bytes may be keys
            otherwise.
        binary: Whether bytes may be written.
        drop_none: Whether None is left out of maps and refused elsewhere.
        other: Turns an instance of a class that the library writes as well
            into builtins, and any other into None.
    """

    integer: Callable[[int], object]
    integer_key: Callable[[int], object] = attrs.field(
        default=attrs.Factory(lambda rules: rules.integer, takes_self=True)
    )
    text_keys: bool
    binary: bool
    drop_none: bool = False
    other: Callable[[object], object] = lambda _: None


def rebuild(value: object, rules: Rules, limits: Limits, *, finite: bool) -> object:
    """
    Return *value* made of None, bool, int, float, str, bytes, list and dict alone.

    Args:
        value: Any object.
        rules: The values that the format can write.
        limits: The depth, and the lengths.
        finite: Whether to refuse NaN and the infinities.

    Raises:
        FormatError: With every fault, up to a hundred issues; for
            containers that lie too deep, which cycles do, at once.
    """
    copier = _Copier(rules, limits, finite=finite)
    try:
        plain = copier.copy(value, ())
    except RecursionError:
        raise too_deep(limits) from None
    if copier.issues:
        raise FormatError(copier.issues)
    return plain


class _Copier:
    __slots__ = ("finite", "issues", "limits", "rules")

    def __init__(self, rules: Rules, limits: Limits, *, finite: bool) -> None:
        self.rules = rules
        self.limits = limits
        self.finite = finite
        self.issues: list[Issue] = []

    def copy(self, value: object, path: tuple[PathElement, ...]) -> object:
        if value is None:
            if self.rules.drop_none:
                self._refuse("wrong_type", self._expected(), value, path)
            return None
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, int):
            return self._integer(value, path, self.rules.integer)
        if isinstance(value, float):
            if self.finite and not math.isfinite(value):
                self._refuse("invalid_value", "a finite number", float(value), path)
            return float(value)
        if isinstance(value, dict):
            return self._map(value, path)
        if isinstance(value, (list, tuple)):
            self._enter(len(value), path)
            return [self.copy(item, (*path, index)) for index, item in enumerate(value)]
        if self.rules.binary and isinstance(value, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value), path)
        other = self.rules.other(value)
        if other is not None:
            return self.copy(other, path)
        self._refuse("wrong_type", self._expected(), value, path)
        return None

    def _expected(self) -> str:
        none = "" if self.rules.drop_none else "None, "
        return f"{none}bool, int, float, str, {'bytes, ' if self.rules.binary else ''}list, tuple or dict"

    def _map(self, value: dict[object, object], path: tuple[PathElement, ...]) -> dict[object, object]:
        self._enter(len(value), path)
        result: dict[object, object] = {}
        for key, item in value.items():
            below = (*path, path_element(key))
            if item is None and self.rules.drop_none:
                continue
            result[self._key(key, below)] = self.copy(item, below)
        return result

    def _key(self, key: object, path: tuple[PathElement, ...]) -> object:
        if isinstance(key, str):
            return self._text(key, path)
        if not self.rules.text_keys:
            if isinstance(key, bool):
                return key
            if isinstance(key, int):
                return self._integer(key, path, self.rules.integer_key)
            if isinstance(key, bytes):
                return self._bytes(bytes(key), path)
            if isinstance(key, TypedKey):
                return TypedKey(self.copy(key.value, path))
        expected = "a str as a key" if self.rules.text_keys else "a str, int, bool or bytes as a key"
        self._refuse("wrong_type", expected, key, path)
        return None

    def _text(self, value: str, path: tuple[PathElement, ...]) -> str:
        value = str.__str__(value)
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                self._refuse("invalid_value", "text without lone surrogates", value, path)
        if len(value) > self.limits.max_text:
            expected = f"a text of at most {self.limits.max_text} characters"
            self._note("too_large", expected, f"{len(value)} characters", path)
        return value

    def _bytes(self, value: bytes, path: tuple[PathElement, ...]) -> bytes:
        if len(value) > self.limits.max_text:
            self._refuse("too_large", f"a byte string of at most {self.limits.max_text} bytes", value, path)
        return value

    def _integer(self, value: int, path: tuple[PathElement, ...], rule: Callable[[int], object]) -> object:
        value = int.__int__(value)
        try:
            return rule(value)
        except Refused as refused:
            self._refuse(refused.code, refused.expected, value, path)
            return None

    def _enter(self, size: int, path: tuple[PathElement, ...]) -> None:
        if len(path) + 1 >= self.limits.max_depth:
            raise too_deep(self.limits, path)
        if size > self.limits.max_items:
            self._note("too_large", f"at most {self.limits.max_items} entries", f"{size} entries", path)

    def _refuse(self, code: str, expected: str, value: object, path: tuple[PathElement, ...]) -> None:
        self._note(code, expected, describe(value), path)

    def _note(self, code: str, expected: str, actual: str, path: tuple[PathElement, ...]) -> None:
        self.issues.append(Issue(path, code, expected, actual))
        if len(self.issues) >= _MAX_ISSUES:
            raise FormatError(self.issues)
