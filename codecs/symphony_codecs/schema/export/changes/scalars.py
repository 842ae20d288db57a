"""Scalars: numbers, texts, bytes, and the values of enums and literals."""

from __future__ import annotations

import math
import re

from collections.abc import Mapping
from typing import Any, Final, cast

from ..forms import Boolean, Bytes, Enumeration, Float, Form, Integer, Null, Text
from .findings import FINE, Outcome, any_of, ignored, misread, refused, sum_of
from .patterns import Pattern, is_disjoint, is_subset


__all__ = ["compare_scalars", "compare_value", "is_octets", "named", "same_value", "within"]

_EXACT: Final = 2**53
# Automata of longer texts take long.
_LONGEST: Final = 200
_ANY_CHARACTER: Final = "[\\x00-\\U0010ffff]"
_FORMAT_PATTERNS: Final[Mapping[str | None, str]] = {
    "uuid": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
# A text of the first kind is always one of the others.
_WITHIN: Final[Mapping[str, frozenset[str]]] = {"timestamp": frozenset({"datetime"})}
# Texts that some other kind takes as well; all other kinds have no text in common.
_LIKE_ANY: Final = frozenset({"path", "other", "base64"})
_NAMES: Final[Mapping[type, str]] = {
    Null: "null",
    Boolean: "a boolean",
    Integer: "an integer",
    Float: "a float",
    Text: "a text",
    Bytes: "bytes",
    Enumeration: "a member of an enumeration",
}


def named(form: Form) -> str:
    """Return the name of a scalar form for messages."""
    if isinstance(form, Text) and form.format is not None:
        return f"a text for {form.type or form.format}"
    if isinstance(form, Bytes) and (form.type or form.base64):
        return f"bytes for {form.type}" if form.type else "base64 text"
    if isinstance(form, Enumeration):
        return f"a member of {form.name}" if form.name else f"one of {shown(form.values)}"
    return _NAMES.get(type(form), "another form")


def shown(values: Any) -> str:
    """Return values for a message."""
    texts = [repr(value) for value in values]
    return ", ".join(texts if len(texts) <= 5 else [*texts[:5], "..."])


def same_value(left: Any, right: Any) -> bool:
    """Tell whether two values of documents are the same: an int is no boolean, and a NaN is a NaN."""
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        pairs = list(zip(cast("list[Any]", left), cast("list[Any]", right), strict=False))
        return len(left) == len(right) and all(same_value(*pair) for pair in pairs)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_value(left[key], right[key]) for key in left)
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return (isinstance(left, bool) is isinstance(right, bool)) and bool(left == right)


def compare_scalars(written: Form, read: Form) -> Outcome:
    """Return the differences between two scalar forms."""
    if isinstance(written, Enumeration):
        if isinstance(read, Enumeration):
            return _enumerations(written, read)
        return any_of(compare_value(value, read) for value in written.values)
    if isinstance(read, Enumeration):
        return _to_enumeration(written, read)
    match written, read:
        case (Null(), Null()) | (Boolean(), Boolean()):
            return FINE
        case Integer(), Integer():
            return _integers(written, read)
        case Integer(), Float():
            return _integer_to_float(written, read)
        case Float(), Float():
            return _floats(written, read)
        case (Integer(), Text(format="decimal")):
            return _large(written, octets=False, text=True)
        case (Bytes(), Integer()) if read.octets is not None and written.type is None and not written.base64:
            return sum_of([_mismatch(written, read).perhaps(), misread("16 bytes are an integer", always=True)])
        case Text(), Text():
            return _texts(written, read)
        case Bytes(), Bytes() if written.base64 is read.base64:
            return _bytes(written, read)
        case Text(), Bytes() if read.base64:
            return _text_to_base64(written)
        case Bytes(), Text() if written.base64:
            return _base64_to_text(written, read)
        case _:
            return _mismatch(written, read)


def _mismatch(written: Form, read: Form) -> Outcome:
    return refused(f"{named(written)} is written, {named(read)} is read", always=True)


# Enumerations


def _place(value: Any, values: tuple[Any, ...]) -> int | None:
    return next((place for place, each in enumerate(values) if same_value(each, value)), None)


def _enumerations(written: Enumeration, read: Enumeration) -> Outcome:
    outcomes: list[Outcome] = []
    for number, value in enumerate(written.values):
        place = _place(value, read.values)
        name = written.names[number] if written.names else None
        if place is None:
            outcomes.append(_unknown_member(value, name, read))
            continue
        other = read.names[place] if read.names else None
        moved = name != other and (name in read.names or other in written.names)
        outcomes.append(misread(f"{value!r} is {name} when written, {other} when read", always=True) if moved else FINE)
    return any_of(outcomes) if outcomes else FINE


def _unknown_member(value: Any, name: str | None, read: Enumeration) -> Outcome:
    what = repr(value) if name is None or name == value else f"{value!r} ({name})"
    if read.open:
        return ignored(f"the reader does not know {what}, and takes it as any unknown value")
    return refused(f"the reader does not know {what}", always=True)


def _to_enumeration(written: Form, read: Enumeration) -> Outcome:
    fitting = [value for value in read.values if not compare_value(value, written).refused]
    if not fitting and not read.open:
        return refused(f"{named(written)} is written, {named(read)} is read", always=True)
    if isinstance(written, Boolean) and len(fitting) == 2:
        return FINE
    if isinstance(written, Integer) and None not in (written.minimum, written.maximum):
        span = cast("int", written.maximum) - cast("int", written.minimum) + 1
        if span == len(fitting):
            return FINE
    if read.open:
        return ignored(f"other values than {shown(read.values)} are read as any unknown value")
    return refused(f"{named(written)} is written, only {shown(read.values)} is read")


def compare_value(value: Any, read: Form) -> Outcome:
    """Compare one value of a document with a scalar form."""
    form: Form
    if value is None:
        form = Null()
    elif isinstance(value, bool):
        form = Boolean()
    elif isinstance(value, int):
        form = Integer(minimum=value, maximum=value)
    elif isinstance(value, float):
        form = Float(minimum=value, maximum=value, finite=True) if math.isfinite(value) else Float()
    elif isinstance(value, bytes):
        form = Bytes(minimum=len(value), maximum=len(value))
    else:
        form = Text(minimum=len(str(value)), maximum=len(str(value)), pattern=re.escape(str(value)))
    return compare_scalars(form, read)


# Numbers


def _range(low: float | None, high: float | None) -> str:
    if low == high and low is not None:
        return f"{low}"
    if low is None or high is None:
        return "any" if low == high else f"at least {low}" if high is None else f"at most {high}"
    return f"{low} to {high}"


def within(low: float | None, high: float | None, minimum: float | None, maximum: float | None, what: str) -> Outcome:
    """Compare the range from *low* to *high* with that from *minimum* to *maximum*; ``None`` is no bound."""
    below = minimum is not None and (low is None or low < minimum)
    above = maximum is not None and (high is None or high > maximum)
    if not below and not above:
        return FINE
    apart = (minimum is not None and high is not None and high < minimum) or (
        maximum is not None and low is not None and low > maximum
    )
    return refused(f"{what}: {_range(low, high)} written, {_range(minimum, maximum)} read", always=apart)


def _overlaps(form: Integer, span: tuple[int, int]) -> bool:
    return (form.minimum is None or form.minimum <= span[1]) and (form.maximum is None or form.maximum >= span[0])


def _is_inside(form: Integer, span: tuple[int, int]) -> bool:
    return form.minimum is not None and form.maximum is not None and span[0] <= form.minimum <= form.maximum <= span[1]


def is_octets(form: Integer) -> bool:
    """Tell whether some of the integers are written as 16 bytes."""
    return form.octets is not None and _overlaps(form, form.octets)


def _is_text(form: Integer) -> bool:
    """Tell whether some of the integers are written as decimal text."""
    if form.wide is None or _is_inside(form, form.wide):
        return False
    return form.octets is None or not _is_inside(form, form.octets)


def _large(written: Integer, *, octets: bool, text: bool) -> Outcome:
    """Compare integers that the format has no numbers for with a reader that takes 16 bytes, decimal text, or both."""
    parts: list[Outcome] = []
    if is_octets(written) and not octets:
        always = written.octets is not None and _is_inside(written, written.octets)
        parts.append(refused("integers are written as 16 bytes, which are refused", always=always))
    if _is_text(written) and not text:
        parts.append(refused("integers that the format has no number for are text, which is refused"))
    return sum_of(parts)


def _integers(written: Integer, read: Integer) -> Outcome:
    bounds = within(written.minimum, written.maximum, read.minimum, read.maximum, "integer")
    if not bounds.is_fine:
        return bounds
    large = _large(written, octets=read.octets is not None, text=read.wide is not None)
    if written.octets is not None and read.octets is not None and written.octets[0] < 0 <= read.octets[0]:
        return sum_of([large, misread("the 16 bytes of a negative integer are those of a large one")])
    return large


def _integer_to_float(written: Integer, read: Float) -> Outcome:
    parts = [
        within(written.minimum, written.maximum, read.minimum, read.maximum, "number"),
        _large(written, octets=False, text=False),
    ]
    if not _is_inside(written, (-_EXACT, _EXACT)):
        parts.append(misread(f"a float does not hold every integer beyond {_EXACT}"))
    return sum_of(parts)


def _floats(written: Float, read: Float) -> Outcome:
    parts = [within(written.minimum, written.maximum, read.minimum, read.maximum, "float")]
    if read.finite and not written.finite:
        parts.append(refused("NaN and the infinities are refused"))
    return sum_of(parts)


# Texts and bytes


def _lengths(written: Text | Bytes, read: Text | Bytes, what: str) -> Outcome:
    return within(written.minimum, written.maximum, read.minimum, read.maximum, what)


def _texts(written: Text, read: Text) -> Outcome:
    if written.format != read.format and read.format not in {None, "path", *_WITHIN.get(written.format or "", ())}:
        never = written.format is not None and not {written.format, read.format} & _LIKE_ANY
        may_be = written.format in _WITHIN.get(read.format or "", ())
        return refused(f"{named(written)} is written, {named(read)} is read", always=never and not may_be)
    if written.format == read.format == "other" and written.type != read.type:
        return refused(f"{named(written)} is written, {named(read)} is read")
    pattern = _pattern(written)
    lengths = _lengths(written, read, "length of the text")
    if not lengths.is_fine and pattern is not None:
        allowed = (f"{_ANY_CHARACTER}{{{read.minimum},{'' if read.maximum is None else read.maximum}}}", "full")
        lengths = FINE if is_subset(pattern, allowed) else lengths
    return sum_of([lengths, _patterns(pattern, read)])


def _pattern(text: Text) -> Pattern | None:
    """Return a pattern that all such texts match."""
    if text.pattern is not None:
        return text.pattern, text.anchors
    if text.format in _FORMAT_PATTERNS:
        return _FORMAT_PATTERNS[text.format], "full"
    if text.maximum is not None and text.maximum <= _LONGEST:
        return f"{_ANY_CHARACTER}{{{text.minimum},{text.maximum}}}", "full"
    return None


def _patterns(pattern: Pattern | None, read: Text) -> Outcome:
    if read.pattern is None or pattern == (read.pattern, read.anchors):
        return FINE
    wanted = (read.pattern, read.anchors)
    if pattern is not None and is_subset(pattern, wanted):
        return FINE
    never = pattern is not None and is_disjoint(pattern, wanted)
    return refused(f"a text that does not match {read.pattern!r} is refused", always=never)


def _bytes(written: Bytes, read: Bytes) -> Outcome:
    if read.type is not None and written.type != read.type:
        low, high = written.minimum, written.maximum
        if read.type == "uuid" and not (low == high == 16):
            fits = low <= 16 and (high is None or high >= 16)
            return refused("bytes that are not 16 are no UUID", always=not fits)
        if read.type != "uuid":
            return refused(f"{named(written)} is written, {named(read)} is read")
    if written.type == "uuid":
        return within(16, 16, read.minimum, read.maximum, "number of bytes")
    return _lengths(written, read, "number of bytes")


def _text_to_base64(written: Text) -> Outcome:
    if written.format in {None, "path", "other", "decimal"}:
        return sum_of(
            [
                refused("a text that is no base64 is refused"),
                misread("a text is read as the bytes that it is the base64 of", always=True),
            ]
        )
    return refused(f"{named(written)} is no base64", always=True)


def _base64_to_text(written: Bytes, read: Text) -> Outcome:
    if read.format in {None, "path"} and read.pattern is None:
        return misread("bytes are read as their base64 text", always=True)
    return refused(f"{named(written)} is written, {named(read)} is read", always=read.format not in {None, "other"})
