"""The rules that serde does not check, in words for comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..forms import Array, Bytes, Enumeration, Float, Form, Integer, MapOf, Nullable, Text


__all__ = ["rules_of"]

_LONGEST: Final = 80
_FORMATS: Final = {
    "datetime": "An RFC 3339 date and time, with an offset or without: text, since no type of chrono holds both.",
    "time": "An RFC 3339 time, with an offset or without: text, since no type of chrono holds both.",
    "decimal": "A decimal number: text, which keeps its digits and its exponent.",
    "duration": "An ISO 8601 duration.",
}


def rules_of(form: Form) -> Iterator[str]:
    """Yield the rules of a form beside its type."""
    match form:
        case Nullable(inner=inner):
            yield from rules_of(inner)
        case Integer(minimum=low, maximum=high) if low is not None or high is not None:
            if not _is_power(low) or not _is_power(high):
                yield _range("", low, high)
        case Float(minimum=low, maximum=high) if low is not None or high is not None:
            yield _range("", low, high)
        case Text():
            yield from _of_text(form)
        case Bytes(minimum=low, maximum=high, type=None):
            yield from _sizes(low, high, "bytes")
        case Array(minimum=low, maximum=high, unique=unique):
            yield from _sizes(low, high, "items")
            if unique:
                yield "No item occurs twice."
        case MapOf(minimum=low, maximum=high):
            yield from _sizes(low, high, "entries")
        case Enumeration(open=True):
            yield "Other values may follow."
        case _:
            pass
    yield from (f"Also checked: {check}." for check in form.checks)


def _of_text(form: Text) -> Iterator[str]:
    if form.format in _FORMATS:
        yield _FORMATS[form.format]
    elif form.format in ("ip", "other") and form.type:
        yield f"Text of: {form.type}."
    if form.format is None:
        yield from _sizes(form.minimum, form.maximum, "characters")
        if form.pattern is not None and len(form.pattern) <= _LONGEST:
            where = {"full": "All of it matches", "start": "Its start matches", "search": "A part of it matches"}
            yield f"{where[form.anchors]} `{form.pattern}`."


def _is_power(bound: int | None) -> bool:
    """Return whether a bound may be that of a type of Rust."""
    return bound is None or bound == 0 or abs(bound).bit_count() == 1 or (bound + 1).bit_count() == 1


def _range(what: str, low: Any, high: Any) -> str:
    if low is None:
        return f"At most {high}{what}."
    return f"At least {low}{what}." if high is None else f"From {low} to {high}{what}."


def _sizes(low: int, high: int | None, what: str) -> Iterator[str]:
    if low or high is not None:
        yield _range(f" {what}", low or None, high)
