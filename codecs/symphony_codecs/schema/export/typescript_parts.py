"""The parts of TypeScript that hold no other types: keys, literals and comments."""

from __future__ import annotations

import json
import re

from collections.abc import Iterable, Iterator
from typing import Any, Final

from . import forms as f
from .errors import fragment_of


__all__ = [
    "IDENTIFIER",
    "array_type",
    "doc_lines",
    "enumeration_type",
    "integer_type",
    "js_doc",
    "key_text",
    "literal",
    "notes",
    "opaque_type",
    "other_kinds",
    "shown",
    "tuple_item",
]

_EXACT: Final = 2**53 - 1
"""The greatest integer up to which a number of JavaScript is exact."""

IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


_ALONE: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(\[\])*")


def array_type(item: str) -> str:
    """Return the type of an array; an item that is more than a name stands in parentheses."""
    return f"{item}[]" if _ALONE.fullmatch(item) else f"({item})[]"


def integer_type(form: f.Integer) -> str:
    """Return the type of an integer, which may be text or bytes outside the format's own range."""
    return (
        "number | string" if form.wide is not None else "number | Uint8Array" if form.octets is not None else "number"
    )


def enumeration_type(form: f.Enumeration) -> str:
    """Return the type of an enum: its values, and the kinds of others that it takes."""
    return " | ".join(dict.fromkeys([*map(literal, form.values), *other_kinds(form)])) or "never"


def other_kinds(form: f.Enumeration) -> Iterator[str]:
    """Yield the kinds of values that an enum takes beside its members."""
    kinds = {str: "string", int: "number", float: "number", bool: "boolean"}
    if form.open:
        yield from dict.fromkeys(kinds.get(type(value), "unknown") for value in form.values)


def tuple_item(name: str, made: str, *, optional: bool) -> str:
    """Return an item of a tuple, with a label that is only for readers."""
    if name:
        return f"{re.sub('[^A-Za-z0-9_$]', '_', name)}{'?' if optional else ''}: {made}"
    return f"({made})?" if optional else made


def key_text(key: str | int) -> str:
    """Return a key of an object as a property's name, in quotes where it needs them."""
    is_plain = key >= 0 if isinstance(key, int) else IDENTIFIER.fullmatch(key) is not None
    return str(key) if is_plain else json.dumps(str(key))


def literal(value: Any) -> str:
    """Return the type that one value of a document has."""
    if isinstance(value, dict):
        inner = "; ".join(f"{key_text(key)}: {literal(each)}" for key, each in value.items())
        return f"{{ {inner} }}" if inner else "{ [key: string]: never }"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(literal, value))}]"
    return "Uint8Array" if isinstance(value, bytes) else shown(value)


def shown(value: Any) -> str:
    """Return a value as JavaScript writes it."""
    return json.dumps(value, ensure_ascii=False, default=repr)


def doc_lines(doc: str) -> list[str]:
    """Return the lines of a docstring."""
    return [line.rstrip() for line in doc.strip().splitlines()]


def notes(form: f.Form) -> list[str]:
    """Return the rules that a type cannot say, in words and in tags of JSDoc."""
    inner = form.inner if isinstance(form, f.Nullable) else form
    told = [f"Code checks: {check}." for check in dict.fromkeys((*form.checks, *inner.checks))]
    if isinstance(inner, f.Integer):
        told.append("@integer")
        if inner.wide is not None:
            told.append(f"Text beyond {inner.wide[0]} to {inner.wide[1]}.")
        bounds = (inner.minimum, inner.maximum)
        if inner.octets is None and (None in bounds or max(abs(each or 0) for each in bounds) > _EXACT):
            told.append("JSON.parse loses digits of integers beyond Number.MAX_SAFE_INTEGER.")
    is_counted = isinstance(inner, (f.Text, f.Bytes, f.Array, f.MapOf))
    low, high = getattr(inner, "minimum", None), getattr(inner, "maximum", None)
    what = "Length" if isinstance(inner, (f.Text, f.Bytes)) else "Items" if isinstance(inner, f.Array) else "Properties"
    if low is not None and not (is_counted and not low):
        told.append(f"@min{what if is_counted else 'imum'} {low}")
    if high is not None:
        told.append(f"@max{what if is_counted else 'imum'} {high}")
    if isinstance(inner, f.Text) and inner.pattern is not None and inner.format is None:
        told.append(f"@pattern {inner.pattern}")
    if isinstance(inner, f.Array) and inner.unique:
        told.append("@uniqueItems true")
    return told


def js_doc(lines: Iterable[str]) -> str:
    """Return a comment of JSDoc; nothing where there is nothing to say."""
    told = [line.replace("*/", "*\\/").replace("\x00", "\\0") for line in lines]
    told = [part for line in told for part in (line.splitlines() or [""])]
    if not told:
        return ""
    return (
        f"/** {told[0]} */\n"
        if len(told) == 1
        else "\n".join(["/**", *(f" * {line}".rstrip() for line in told), " */\n"])
    )


def opaque_type(form: f.Opaque) -> str:
    """
    Return the user's fragment for a type with a hook.

    Raises:
        SchemaError: There is no fragment for TypeScript.
    """
    return f"({fragment_of(form, 'typescript')})"
