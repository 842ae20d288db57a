"""The docstrings of a class and its fields."""

from __future__ import annotations

import inspect
import re

from collections.abc import Mapping
from typing import Annotated, Any, Final, get_args, get_origin

import typing_extensions


__all__ = ["class_doc", "field_docs", "own_doc"]

_SECTION: Final = re.compile(r"(Args|Arguments|Attributes|Keyword Args|Parameters):\s*\Z")
_OTHER_SECTION: Final = re.compile(r"[A-Z][A-Za-z ]*:\s*\Z")
_ENTRY: Final = re.compile(r"(\*{0,2}\w+)\s*(?:\([^)]*\))?:\s*(.*)")
# The docstrings that dataclasses and enums make themselves.
_MADE: Final = re.compile(r"\w+\(.*\)\Z", re.DOTALL)
_QUALIFIERS: Final = (typing_extensions.Required, typing_extensions.NotRequired, typing_extensions.ReadOnly)
_KEYS: Final = ("doc", "description")


def class_doc(cls: Any) -> str:
    """Return the docstring of *cls* up to its first section; empty if the class has none of its own."""
    lines = _own_docstring(cls).splitlines()
    end = next((place for place, line in enumerate(lines) if _OTHER_SECTION.match(line)), len(lines))
    paragraphs = "\n".join(lines[:end]).strip().split("\n\n")
    return _as_markdown("\n\n".join(map(_in_one_line, paragraphs)))


def _in_one_line(paragraph: str) -> str:
    """Return a paragraph without line breaks; lists, tables and code keep theirs."""
    lines = paragraph.splitlines()
    is_prose = all(line[:1].isalnum() or line[:1] in "`'\"(" for line in lines)
    return " ".join(lines) if is_prose else paragraph


def _as_markdown(text: str) -> str:
    """Return *text* with the quotes that Markdown has for code, which most readers of schemas know."""
    return text.replace("``", "`")


def _own_docstring(cls: Any) -> str:
    text = vars(cls).get("__doc__") if isinstance(cls, type) else None
    if not isinstance(text, str) or (_MADE.match(text) and text.startswith(f"{cls.__name__}(")):
        return ""
    return inspect.cleandoc(text)


def field_docs(cls: Any) -> dict[str, str]:
    """Return what the docstrings of *cls* and its bases say of each field, in sections such as ``Attributes:``."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        entries = _entries(_own_docstring(base).splitlines())
        found.update({name: _as_markdown(text) for name, text in entries.items()})
    return found


def _entries(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name, is_inside, indent = "", False, 0
    for line in lines:
        text = line.strip()
        depth = len(line) - len(line.lstrip())
        if text and depth == 0:
            name, is_inside, indent = "", bool(_SECTION.match(line)), 0
            continue
        if not is_inside or not text:
            continue
        indent = indent or depth
        entry = _ENTRY.match(text) if depth == indent else None
        if entry is not None:
            name = entry[1].lstrip("*")
            found[name] = entry[2]
        elif name:
            found[name] = f"{found[name]} {text}".strip()
    return found


def own_doc(hint: Any, of: Any = None) -> str:
    """
    Return a field's own description: ``metadata={"doc": ...}``, or a `typing_extensions.Doc` in ``Annotated``.

    Args:
        hint: Its type.
        of: The attribute or dataclass field, which may have a ``doc``.
    """
    metadata: Mapping[Any, Any] = getattr(of, "metadata", {})
    for key in _KEYS:
        if isinstance(metadata.get(key), str):
            return str(metadata[key])
    if isinstance(getattr(of, "doc", None), str):  # of a dataclass, from Python 3.14 on
        return str(of.doc)
    while get_origin(hint) in _QUALIFIERS:
        (hint,) = get_args(hint)
    if get_origin(hint) is Annotated:
        said = (each.documentation for each in get_args(hint)[1:] if isinstance(each, typing_extensions.Doc))
        return next(said, "")
    return ""
