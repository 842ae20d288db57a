"""Regular expressions of Python in the dialect of XML Schema, which CDDL takes."""

from __future__ import annotations

import re

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from symphony_types._restorable import RestorableError

from ..._regex_trees import parse


__all__ = ["ANY_TEXT", "MAX_COUNT", "xsd"]

Anchors = Literal["full", "start", "search"]

ANY_CHARACTER: Final = r"(.|\n|\r)"
ANY_TEXT: Final = f"{ANY_CHARACTER}*"
"""A regular expression that any text matches."""

MAX_COUNT: Final = 1000
"""The greatest count of a repetition: validators refuse greater ones."""

_NO_EQUIVALENT: Final = re.IGNORECASE | re.MULTILINE | re.LOCALE
_META: Final = frozenset("\\|.?*+(){}[]^-")
_NAMED: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SPACES: Final = "\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # what `str.isspace` takes
_CLASSES: Final[Mapping[str, tuple[str, str]]] = {  # by category: for text, and with re.ASCII
    "DIGIT": (r"\p{Nd}", "0-9"),
    "WORD": (r"\p{L}\p{N}_", "a-zA-Z0-9_"),
    "SPACE": (_SPACES, "\t-\r "),
}
_STARTS: Final = frozenset({"AT_BEGINNING", "AT_BEGINNING_STRING"})
_ATOM: Final = re.compile(r"\\?.|\[(\\.|[^\\\]])*\]|\([^()]*\)", re.DOTALL)
_ENDS: Final = frozenset({"AT_END", "AT_END_STRING"})


class _NoEquivalentError(RestorableError):
    """XML Schema has nothing like that."""


def xsd(pattern: str, anchors: Anchors = "full") -> str | None:
    """
    Return the regular expression of XML Schema that the same texts match as a whole.

    Args:
        pattern: A regular expression of Python's `re`.
        anchors: How texts have to match it: as a whole, from the start, or anywhere.

    Returns:
        The expression; ``None`` where there is no equivalent, as of look-around and back-references.
    """
    try:
        tree = parse(pattern)
        flags = tree.state.flags
        if flags & _NO_EQUIVALENT:
            return None
        return _Writer(flags).whole(tree, anchors)
    except (re.error, _NoEquivalentError):
        return None


class _Writer:
    """Writes the parts of one expression with *flags*."""

    def __init__(self, flags: int) -> None:
        self._is_ascii = bool(flags & re.ASCII)
        self._any = ANY_CHARACTER if flags & re.DOTALL else r"[^\n]"

    def whole(self, tree: Iterable[Any], anchors: Anchors) -> str:
        """Write the expression, with what *anchors* lets stand around it."""
        parts = list(tree)
        if len(parts) == 1 and str(parts[0][0]) == "BRANCH":
            return "|".join(self.whole(branch, anchors) for branch in parts[0][1][1])
        before = ANY_TEXT if anchors == "search" else ""
        after = "" if anchors == "full" else ANY_TEXT
        while parts and self._is_at(parts[0], _STARTS):
            before = ""
            parts.pop(0)
        while parts and self._is_at(parts[-1], _ENDS):
            # Python's `$` also stands before a last line end, which a whole match does not leave over.
            after = r"\n?" if after and str(parts[-1][1]) == "AT_END" else ""
            parts.pop()
        return before + self._sequence(parts) + after

    @staticmethod
    def _is_at(part: Any, places: frozenset[str]) -> bool:
        return str(part[0]) == "AT" and str(part[1]) in places

    def _sequence(self, parts: Iterable[Any]) -> str:
        return "".join(map(self._part, parts))

    def _part(self, part: Any) -> str:
        kind, held = str(part[0]), part[1]
        if kind == "LITERAL":
            return _literal(held)
        if kind == "NOT_LITERAL":
            return f"[^{_in_class(held)}]"
        if kind == "ANY":
            return self._any
        if kind == "IN":
            return self._class(held)
        if kind == "BRANCH":
            return f"({'|'.join(map(self._sequence, held[1]))})"
        if kind == "SUBPATTERN" and not held[1] and not held[2]:
            inner = self._sequence(held[3])
            return inner if _is_atom(inner) else f"({inner})"
        if kind in {"MAX_REPEAT", "MIN_REPEAT"}:  # of a whole match both take the same
            return self._repeat(*held)
        raise _NoEquivalentError("no equivalent")

    def _repeat(self, low: int, high: Any, inner: Any) -> str:
        text = self._sequence(inner)
        has_end = str(high) != "MAXREPEAT"
        if max(low, int(high) if has_end else 0) > MAX_COUNT:
            raise _NoEquivalentError("no equivalent")
        usual = {(0, False): "*", (1, False): "+"}.get((low, has_end))
        if has_end:
            usual = "?" if (low, int(high)) == (0, 1) else f"{{{low}}}" if low == int(high) else f"{{{low},{high}}}"
        return (text if _is_atom(text) else f"({text})") + (usual or f"{{{low},}}")

    def _class(self, items: Iterable[Any]) -> str:
        listed = list(items)
        is_negated = str(listed[0][0]) == "NEGATE"
        parts = []
        for kind, held in listed[is_negated:]:
            name = str(kind)
            if name == "LITERAL":
                parts.append(_in_class(held))
            elif name == "RANGE":
                parts.append(f"{_in_class(held[0])}-{_in_class(held[1])}")
            else:
                is_not, members = self._category(str(held))
                if is_not and len(listed) > 1 + is_negated:
                    return self._any_of(listed)
                is_negated ^= is_not
                parts.append(members)
        return f"[{'^' if is_negated else ''}{''.join(parts)}]"

    @staticmethod
    def _any_of(items: list[Any]) -> str:
        r"""Write a class such as ``[\s\S]``, which is any character; others with a complement inside are not said."""
        names = {str(held) for kind, held in items if str(kind) == "CATEGORY"}
        if any(name.replace("CATEGORY_", "CATEGORY_NOT_") in names for name in names):
            return ANY_CHARACTER
        raise _NoEquivalentError("no equivalent")

    def _category(self, name: str) -> tuple[bool, str]:
        *prefix, kind = name.removeprefix("CATEGORY_").split("_")
        if kind not in _CLASSES:
            raise _NoEquivalentError("no equivalent")
        return "NOT" in prefix, _CLASSES[kind][self._is_ascii]


def _literal(code: int) -> str:
    char = chr(code)
    if char == "$":  # plain in XML Schema, the end elsewhere
        return "[$]"
    return _NAMED.get(char) or (f"\\{char}" if char in _META - {"-"} else char)


def _in_class(code: int) -> str:
    char = chr(code)
    return _NAMED.get(char) or (f"\\{char}" if char in "\\[]^-" else char)


def _is_atom(text: str) -> bool:
    """Return whether *text* is one character, one class or one flat group, so that a count can stand behind it."""
    return _ATOM.fullmatch(text) is not None
