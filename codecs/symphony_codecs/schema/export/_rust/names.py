"""Names and literals of Rust."""

from __future__ import annotations

import re
import unicodedata

from collections.abc import Iterable
from typing import Final


__all__ = ["comment", "field_name", "text_literal", "type_name", "unique"]

_KEYWORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "abstract as async await become box break const continue do dyn else enum extern false final fn for gen if "
        "impl in let loop macro match mod move mut override priv pub ref return static struct trait true try type "
        "typeof unsafe unsized use virtual where while yield",
    )
)
# These cannot be raw identifiers.
_PATHS: Final = frozenset(("self", "Self", "super", "crate", "_"))
_TAKEN: Final = frozenset(("Box", "Err", "None", "Ok", "Option", "Result", "Self", "Some", "String", "Vec"))
_WORD: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def _words(text: str) -> list[str]:
    named = "".join(c if f"_{c}".isidentifier() else " " for c in unicodedata.normalize("NFKC", text))
    return [part for word in _WORD.findall(named) for part in _HUMP.split(word)]


def type_name(text: str, otherwise: str = "Value") -> str:
    """
    Return a name in PascalCase for a type or a variant.

    Args:
        text: Any text, of which the name is made.
        otherwise: The name where *text* has nothing that a name may have.
    """
    name = "".join(word[:1].upper() + (word[1:].lower() if word.isupper() else word[1:]) for word in _words(text))
    if len(_words(text)) == 1 and text.isidentifier() and not text.islower():
        name = text.lstrip("_") or otherwise
        name = name[:1].upper() + name[1:]
    name = name or otherwise
    if not name.isidentifier():
        name = f"V{name}"
    return f"{name}Type" if name in _TAKEN else name


def field_name(text: str) -> str:
    """Return a name in snake_case for a field, raw where it is a keyword."""
    name = "_".join(_words(text)).lower() if not (text.isidentifier() and text == text.lower()) else text
    name = name or "field"
    if not name.isidentifier():
        name = f"n{name}"
    if name in _PATHS:
        return f"{name.strip('_').lower()}_field"
    return f"r#{name}" if name in _KEYWORDS else name


def unique(name: str, taken: Iterable[str]) -> str:
    """Return *name*, with a number if it is among those that are taken."""
    others, count, made = set(taken), 2, name
    while made in others:
        made, count = f"{name}{count}", count + 1
    return made


def text_literal(text: str) -> str:
    """Return a string literal; what cannot be seen is escaped."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return f"\\u{{{ord(character):x}}}" if unicodedata.category(character) in _UNSEEN else character


def comment(lines: Iterable[str], indent: str = "") -> list[str]:
    """Return the lines of a documentation comment; what cannot be seen is escaped, as the compiler demands."""
    found: list[str] = []
    for text in lines:
        for line in text.strip().splitlines():
            shown = "".join(repr(c)[1:-1] if unicodedata.category(c) in _UNSEEN else c for c in line.rstrip())
            found.append(f"{indent}/// {shown}".rstrip())
    return found
