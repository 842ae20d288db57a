"""Texts that a regular expression matches, made of what `re` parses it into."""

from __future__ import annotations

import re

from typing import TYPE_CHECKING, Any, Final, TypeVar

from .._regex_trees import OPCODES, parse
from ..schema import nodes
from .source import RefusedError, Source


if TYPE_CHECKING:
    from .walk import Part

__all__ = ["matching"]

S = TypeVar("S")

# The most repetitions of a part that has no upper bound.
_MORE: Final = 6
_ASCII: Final = tuple(map(chr, range(32, 127)))
_OTHERS: Final = ("\n", "\t", "é", "ß", "Ж", "λ", "中", "日", "٣", "²", "🙂")


def matching(part: Part[S], node: nodes.Text) -> S:
    """Return the recipe of texts that `Text.match` finds something in, of the lengths that the node asks for."""
    source: Any = part.source
    match: Any = node.match
    pattern: re.Pattern[str] = match.__self__
    tree = parse(pattern.pattern, pattern.flags)
    low, high = node.minimum, node.maximum
    # Repeated as rarely as possible, or so often that the text is long enough.
    widths = [(0, _MORE if high is None else min(high, _MORE))]
    if low:
        widths.append((low, low + _MORE if high is None else high))
    made = source.one_of([_Texts(source, pattern.flags, least, most).of(tree) for least, most in widths])

    def check(text: str) -> str:
        if match(text) is None:
            raise RefusedError(f"{pattern.pattern} does not match")
        if len(text) < low or (high is not None and len(text) > high):
            raise RefusedError(f"a text of {pattern.pattern} has {len(text)} characters")
        return text

    what = f"a text that {pattern.pattern} matches"
    result: S = part.tried(made, check, what, lambda twin: matching(twin, node))
    return result


class _Texts:
    """The recipes of the parts of a pattern; those of look-around and of references to groups are the empty text."""

    def __init__(self, source: Source[Any], flags: int, least: int, most: int) -> None:
        self.source = source
        self.flags = flags
        self.least = least
        self.most = most

    def of(self, tree: Any) -> Any:
        """Return the recipe of a sequence of parts."""
        parts = [self._part(code, argument) for code, argument in tree]
        if len(parts) == 1:
            return parts[0]
        return self.source.mapped(self.source.tuples(parts), "".join)

    def _part(self, code: Any, argument: Any) -> Any:
        source = self.source
        if code is OPCODES.LITERAL:
            return source.just(chr(argument))
        if code is OPCODES.NOT_LITERAL:
            return source.among([each for each in (*_ASCII, *self._others()) if each != chr(argument)])
        if code is OPCODES.ANY:
            return source.among([each for each in (*_ASCII, *self._others()) if each != "\n"])
        if code is OPCODES.IN:
            return source.among(self._class(argument))
        if code is OPCODES.BRANCH:
            return source.one_of([self.of(option) for option in argument[1]])
        if code in (OPCODES.MAX_REPEAT, OPCODES.MIN_REPEAT, OPCODES.POSSESSIVE_REPEAT):
            return self._repeated(*argument)
        if code is OPCODES.SUBPATTERN:
            return self.of(argument[3])
        if code is OPCODES.ATOMIC_GROUP:
            return self.of(argument)
        return source.just("")  # what has no width, or is not known: the pattern itself has the last word

    def _repeated(self, low: int, high: Any, inner: Any) -> Any:
        item = self.of(inner)
        if high is OPCODES.MAXREPEAT:
            least = max(low, self.least)
            most = max(least, low + self.most)
        else:
            least, most = min(max(low, self.least), high), high
        return self.source.mapped(self.source.lists(item, least, most), "".join)

    def _others(self) -> tuple[str, ...]:
        return () if self.source.is_realistic else _OTHERS

    def _class(self, items: Any) -> list[str]:
        """Return characters of a class: those of ASCII, those that it names, and a few others."""
        flags = self.flags & (re.ASCII | re.IGNORECASE)
        negated, tests, named = False, [], []
        for code, argument in items:
            if code is OPCODES.NEGATE:
                negated = True
            elif code is OPCODES.LITERAL:
                tests.append(re.escape(chr(argument)))
                named.append(chr(argument))
            elif code is OPCODES.RANGE:
                low, high = argument
                tests.append(f"{re.escape(chr(low))}-{re.escape(chr(high))}")
                named += map(chr, range(low, min(high, low + 100) + 1))
            elif code is OPCODES.CATEGORY:
                tests.append(_CATEGORIES[argument])
        test = re.compile(f"[{'^' if negated else ''}{''.join(tests)}]", flags)
        known = dict.fromkeys((*(() if negated else named), *_ASCII, *self._others()))
        found = [each for each in known if test.fullmatch(each)]
        return found or [each for each in map(chr, range(0xD800)) if test.fullmatch(each)] or [""]


_CATEGORIES: Final = {
    OPCODES.CATEGORY_DIGIT: r"\d",
    OPCODES.CATEGORY_NOT_DIGIT: r"\D",
    OPCODES.CATEGORY_SPACE: r"\s",
    OPCODES.CATEGORY_NOT_SPACE: r"\S",
    OPCODES.CATEGORY_WORD: r"\w",
    OPCODES.CATEGORY_NOT_WORD: r"\W",
}
