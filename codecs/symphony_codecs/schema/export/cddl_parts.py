"""The parts of CDDL (RFC 8610) that hold no other parts: names, literals, numbers and texts."""

from __future__ import annotations

import math
import re
import sys
import textwrap

from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs

from . import forms as f
from .regexes import ANY_CHARACTER, MAX_COUNT, xsd


__all__ = [
    "Names",
    "Said",
    "between",
    "choice",
    "comment",
    "integers",
    "is_scalar",
    "literal",
    "lowered",
    "nested",
    "numbers",
    "occurrence",
    "other_than",
    "sized",
    "texts",
]

UINT_MAX: Final = 2**64 - 1
NINT_MIN: Final = -(2**64)
_MAX: Final = sys.float_info.max
_WIDTH: Final = 110
_UTF8: Final = 4  # bytes of one character, at most
_NAMED: Final = {
    **{(0, 2**bits - 1): f"u{bits}" for bits in (8, 16, 32)},
    **{(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1): f"i{bits}" for bits in (8, 16, 32, 64)},
}
_PRELUDE: Final = frozenset(
    re.findall(
        r"\S+",
        "any bigfloat bigint bignint biguint bool bstr bytes cbor-any decfrac eb16 eb64legacy eb64url encoded-cbor"
        " false float float16 float16-32 float32 float32-64 float64 int integer mime-message nil nint null number"
        " regexp tdate text time true tstr uint undefined unsigned uri b64legacy b64url",
    )
)
_DECIMAL_TEXT: Final = '"-?[1-9][0-9]{18,}"'

Helper = Callable[[str, str], str]
"""``helper(name, said)`` returns the name of a rule that says *said*."""


@attrs.frozen
class Said:
    """
    A type.

    Attributes:
        options: Its alternatives.
        is_plain: Whether it is one name, value, map or array.
    """

    options: tuple[str, ...]
    is_plain: bool = True

    @property
    def text(self) -> str:
        """The type, where nothing stands behind it that belongs to its last alternative alone."""
        return " / ".join(self.options)

    @property
    def operand(self) -> str:
        """The type, wherever one may stand."""
        return self.text if self.is_plain else f"({self.text})"


def choice(types: Iterable[Said]) -> Said:
    """Return the type that is any of *types*."""
    listed = list(types)
    options = tuple(dict.fromkeys(option for each in listed for option in each.options))
    return Said(options, is_plain=len(options) == 1 and all(each.is_plain for each in listed))


class Names:
    """The names of rules: each once, none of the prelude's."""

    def __init__(self, names: Iterable[str]) -> None:
        self._taken = set(_PRELUDE)
        self._of = {name: self.fresh(name) for name in names}

    def of(self, name: str) -> str:
        """Return the name of the rule of a definition."""
        return self._of[name]

    def fresh(self, name: str) -> str:
        """Return a name like *name* that no rule has."""
        told = lowered(name)
        while told in self._taken:
            told += "_"
        self._taken.add(told)
        return told


def lowered(name: str) -> str:
    """Return *name* with the characters that names in CDDL have."""
    told = re.sub(r"[^A-Za-z0-9_-]", "_", name).rstrip("-")
    return told if re.match(r"[A-Za-z_]", told) else f"_{told}"


def comment(text: str) -> list[str]:
    """Return the lines of a comment."""
    lines = [wrapped for line in text.strip().splitlines() for wrapped in textwrap.wrap(line, _WIDTH) or [""]]
    return [f"; {line}".rstrip() for line in lines]


def is_scalar(value: Any) -> bool:
    """Return whether a value that is no array and no map can be written as a literal."""
    if type(value) is int:
        return NINT_MIN // 2 <= value <= UINT_MAX
    return value is None or type(value) in {bool, str} or (type(value) is float and math.isfinite(value))


def literal(value: Any) -> str:
    """Write a value of a document as a type that nothing else is."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if is_scalar(value):
            return str(value)
        magnitude = value if value > 0 else -1 - value
        return f"#6.{2 if value > 0 else 3}(h'{magnitude.to_bytes(-(-magnitude.bit_length() // 8)).hex()}')"
    if isinstance(value, float):
        shown = repr(value)
        if math.isinf(value):
            return f"float .gt {_MAX}" if value > 0 else f"float .lt -{_MAX}"
        return shown if math.isnan(value) or "." in shown else shown.replace("e", ".0e")
    if isinstance(value, bytes):
        return f"h'{value.hex()}'"
    if isinstance(value, str):
        return f'"{"".join(map(_escaped, value))}"'
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)} => {literal(each)}' for key, each in value.items())}}}"
    return f"[{', '.join(map(literal, value))}]"


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char >= " " and not "\x7f" <= char <= "\x9f" else f"\\u{ord(char):04x}"


def occurrence(low: int, high: int | None) -> str:
    """Return how often an item or an entry occurs."""
    if high is None:
        return {0: "*", 1: "+"}.get(low, f"{low}*")
    return f"{low or ''}*{high}"


def nested(parts: Iterable[str]) -> str:
    """Write items of an array each of which may only stand where those before it do."""
    tail = ""
    for part in reversed(list(parts)):
        tail = f"? ({part}, {tail})" if tail else f"? {part}"
    return tail


def other_than(values: Iterable[str]) -> Said:
    """Return the texts that are none of *values*."""
    said = ""
    for value in dict.fromkeys(values):
        one = f"tstr .ne {literal(value)}"
        said = f"({said}) .and ({one})" if said else one
    return Said((said or "tstr",), is_plain=not said)


# Numbers


def between(kind: str, low: float | None, high: float | None) -> Said:
    """Return the numbers of *kind* from *low* to *high*; infinite bounds, which CDDL cannot write, leave out NaN."""
    if low == -math.inf or high == math.inf:
        low, high = (
            None if bound is not None and math.isinf(bound) and bound * sign > 0 else bound
            for bound, sign in ((low, -1), (high, 1))
        )
        if low is None and high is None:
            return Said((f"{kind} .le 0.0", f"{kind} .ge 0.0"), is_plain=False)
    bounds = [f".gt {_MAX}" if low == math.inf else f".ge {literal(low)}"] if low is not None else []
    bounds += [f".lt -{_MAX}" if high == -math.inf else f".le {literal(high)}"] if high is not None else []
    if len(bounds) < 2:
        return Said((f"{kind} {bounds[0]}" if bounds else kind,), is_plain=not bounds)
    return Said((f"({kind} {bounds[0]}) .and ({kind} {bounds[1]})",), is_plain=False)


def _range(low: int, high: int, helper: Helper) -> Said:
    """Return the integers of major types 0 and 1 from *low* to *high*."""
    if (low, high) in _NAMED:
        name = _NAMED[low, high]
        return Said((helper(name, _range_of(low, high).text),))
    return _range_of(low, high)


def _range_of(low: int, high: int) -> Said:
    kind, least = ("uint", 0) if low >= 0 else ("int", NINT_MIN)
    if low == high:
        return Said((literal(low),))
    if low >= 0 and high != UINT_MAX:
        return Said((f"{low}..{high}",), is_plain=False)
    return between(kind, None if low == least else low, None if high == UINT_MAX else high)


def numbers(low: int | None, high: int | None, helper: Helper, notes: list[str]) -> Said | None:
    """Return the integers from *low* to *high*, bignums among them; ``None`` if there are none."""
    if low is not None and high is not None and low > high:
        return None
    types = []
    least, greatest = max(NINT_MIN, NINT_MIN if low is None else low), min(UINT_MAX, UINT_MAX if high is None else high)
    if least <= greatest:
        types.append(_range(least, greatest, helper))
    if high is None or high > UINT_MAX:
        types.append(_bignum("biguint", 2, high, max(low or 0, UINT_MAX + 1), notes))
    if low is None or low < NINT_MIN:
        types.append(_bignum("bignint", 3, low, min(NINT_MIN - 1 if high is None else high, NINT_MIN - 1), notes))
    return choice(types)


def _bignum(name: str, tag: int, furthest: int | None, nearest: int, notes: list[str]) -> Said:
    """Return the integers of tag 2 or 3 up to *furthest*."""
    if abs(nearest) > UINT_MAX + 2:
        notes.append(f"no {name} nearer to 0 than {nearest}")
    if furthest is None:
        return Said((name,))
    size = -(-(furthest if furthest > 0 else -1 - furthest).bit_length() // 8)
    notes.append(f"at {'most' if furthest > 0 else 'least'} {furthest}")
    return Said((f"#6.{tag}(bstr .size (0..{size}))",))


def integers(form: f.Integer, helper: Helper, notes: list[str]) -> Said:
    """Return an integer: numbers, 16 bytes, or decimal text, each where it stands for the value."""
    low, high = form.minimum, form.maximum
    first, last = form.wide if form.wide is not None else (low, high)
    if form.octets is not None:
        last = form.octets[0] - 1 if last is None else min(last, form.octets[0] - 1)
    inner = numbers(_furthest(max, low, first), _furthest(min, high, last), helper, notes)
    types = [] if inner is None else [inner]
    if form.octets is not None and (low is None or low <= form.octets[1]) and (high is None or high >= form.octets[0]):
        types.append(Said((helper("octets", "bstr .size 16"),)))
    if form.wide is not None and (low is None or low < form.wide[0] or high is None or high > form.wide[1]):
        beyond = form.wide[1] if form.octets is None else max(form.wide[1], form.octets[1])
        if low is None or low < form.wide[0] or high is None or high > beyond:
            types.append(Said((f"tstr .regexp {_DECIMAL_TEXT}",), is_plain=False))
    return choice(types)


def _furthest(of: Callable[..., int], one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else of(one, other)


# Texts and bytes


def sized(kind: str, low: int, high: int | None) -> Said:
    """Return byte strings, or texts, of *low* to *high* bytes."""
    if not low and high is None:
        return Said((kind,))
    size = str(low) if low == high else f"({low}..{UINT_MAX if high is None else high})"
    return Said((f"{kind} .size {size}",), is_plain=False)


def texts(form: f.Text, notes: list[str]) -> Said:
    """Return a text: `.size` counts bytes, so that numbers of characters are regular expressions."""
    rules = []
    if form.pattern is not None:
        pattern = xsd(form.pattern, form.anchors)
        if pattern is None:
            how = {"full": "matches", "start": "starts with", "search": "holds"}[form.anchors]
            notes.append(f"a text that {how} the regular expression {form.pattern} of Python")
        else:
            rules.append(f"tstr .regexp {literal(pattern)}")
    low, high = form.minimum, form.maximum
    if max(low, high or 0) > MAX_COUNT:
        notes.append(f"{low} to {'any number of' if high is None else high} characters")
        rules.append(sized("tstr", low, None if high is None else high * _UTF8).text)
    elif (low, high) == (1, None):
        rules.append('tstr .ne ""')
    elif low or high is not None:
        count = f"{{{low},{'' if high is None else high}}}"
        rules.append(f"tstr .regexp {literal(ANY_CHARACTER + count)}")
    if not rules:
        return Said(("tstr",))
    said = rules[0]
    for rule in rules[1:]:
        said = f"({said}) .and ({rule})"
    return Said((said,), is_plain=False)
