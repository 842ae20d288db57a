"""
Whether every text that one regular expression takes is taken by another, by comparing their automata.

Patterns that no finite automaton has (back references, look-around), with flags, or of great size are undecided, which
counts as no. Characters are compared by representatives: all of ASCII, and of the others the ends of ranges, samples
between them and a few of each category.
"""

from __future__ import annotations

import re

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

import attrs

from symphony_types._restorable import RestorableError

from ...._regex_trees import OPCODES, parse


__all__ = ["Pattern", "is_disjoint", "is_subset"]

Pattern: TypeAlias = tuple[str, str]
"""A regular expression, and how it has to match: ``full``, ``start`` or ``search``."""

_States: TypeAlias = frozenset[int]

_MOST_STATES: Final = 3000
_MOST_PAIRS: Final = 4000
_SAMPLES: Final = 200
_FEW: Final = "٣é \u2003☃中"


class _UndecidedError(RestorableError):
    """No automaton of a bearable size."""


@attrs.define
class _Automaton:
    """States with steps on characters, and steps on none."""

    steps: list[list[tuple[frozenset[str], int]]] = attrs.field(factory=list[list[tuple[frozenset[str], int]]])
    free: list[list[int]] = attrs.field(factory=list[list[int]])

    def state(self) -> int:
        if len(self.free) >= _MOST_STATES:
            raise _UndecidedError("no automaton of a bearable size")
        self.steps.append([])
        self.free.append([])
        return len(self.free) - 1

    def closed(self, states: Iterable[int]) -> _States:
        found = set(states)
        pending = list(found)
        while pending:
            for following in self.free[pending.pop()]:
                if following not in found:
                    found.add(following)
                    pending.append(following)
        return frozenset(found)

    def after(self, states: _States, char: str) -> _States:
        return self.closed(target for state in states for chars, target in self.steps[state] if char in chars)


class _Builder:
    """Makes the automaton of one pattern over an alphabet."""

    def __init__(self, alphabet: frozenset[str]) -> None:
        self.alphabet = alphabet
        self.made = _Automaton()

    def build(self, parsed: list[tuple[Any, Any]], anchors: str) -> tuple[_Automaton, int, int]:
        """Return the automaton, where it starts and where it ends."""
        ops = [(str(op), value) for op, value in parsed]
        starts_free = anchors == "search"
        ends_free = anchors != "full"
        line_end = False
        if ops and ops[0][0] == "AT" and str(ops[0][1]) in {"AT_BEGINNING", "AT_BEGINNING_STRING"}:
            ops, starts_free = ops[1:], False
        if ops and ops[-1][0] == "AT" and str(ops[-1][1]) in {"AT_END", "AT_END_STRING"}:
            line_end = ends_free and str(ops[-1][1]) == "AT_END"
            ops, ends_free = ops[:-1], False
        start = state = self.made.state()
        if starts_free:
            state = self._loop(state)
        state = self.sequence(ops, state)
        if line_end:
            end = self.made.state()
            self.made.free[state].append(end)
            self.made.steps[state].append((frozenset("\n"), end))
            state = end
        if ends_free:
            state = self._loop(state)
        return self.made, start, state

    def _loop(self, state: int) -> int:
        loop = self.made.state()
        self.made.free[state].append(loop)
        self.made.steps[loop].append((self.alphabet, loop))
        return loop

    def sequence(self, ops: Iterable[tuple[Any, Any]], state: int) -> int:
        for op, value in ops:
            state = self._one(str(op), value, state)
        return state

    def _one(self, op: str, value: Any, state: int) -> int:
        if op in {"LITERAL", "NOT_LITERAL", "ANY", "IN"}:
            after = self.made.state()
            self.made.steps[state].append((frozenset(filter(_test(op, value), self.alphabet)), after))
            return after
        if op == "BRANCH":
            after = self.made.state()
            for branch in value[1]:
                self.made.free[self.sequence(branch, self._from(state))].append(after)
            return after
        if op == "SUBPATTERN" and not value[1] and not value[2]:
            return self.sequence(value[3], state)
        if op in {"MAX_REPEAT", "MIN_REPEAT"}:
            least, most, ops = value
            return self._repeat(least, most, ops, state)
        raise _UndecidedError("no automaton of a bearable size")

    def _from(self, state: int) -> int:
        following = self.made.state()
        self.made.free[state].append(following)
        return following

    def _repeat(self, least: int, most: Any, ops: Any, state: int) -> int:
        for _ in range(least):
            state = self.sequence(ops, state)
        if most is OPCODES.MAXREPEAT:
            loop = self._from(state)
            self.made.free[self.sequence(ops, loop)].append(loop)
            return self._from(loop)
        after = self.made.state()
        for _ in range(most - least):
            self.made.free[state].append(after)
            state = self.sequence(ops, state)
        self.made.free[state].append(after)
        return after


def _test(op: str, value: Any) -> Callable[[str], bool]:
    """Return whether a part of a pattern takes a character."""
    if op == "LITERAL":
        return lambda char: ord(char) == value
    if op == "NOT_LITERAL":
        return lambda char: ord(char) != value
    if op == "ANY":
        return lambda char: char != "\n"
    if op == "RANGE":
        return lambda char: value[0] <= ord(char) <= value[1]
    if op == "CATEGORY":
        word = str(value).removeprefix("CATEGORY_")
        letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}.get(word.removeprefix("NOT_"))
        if letter is None:
            raise _UndecidedError("no automaton of a bearable size")
        expression = re.compile("\\" + (letter.upper() if word.startswith("NOT_") else letter))
        return lambda char: expression.match(char) is not None
    if op != "IN":
        raise _UndecidedError("no automaton of a bearable size")
    negated = bool(value) and str(value[0][0]) == "NEGATE"
    tests = [_test(str(each), argument) for each, argument in (value[1:] if negated else value)]
    return lambda char: any(test(char) for test in tests) is not negated


def _characters(ops: Any) -> Iterator[int]:
    """Yield code points at and around the ends of a pattern's ranges, and samples between them."""
    for op, value in ops:
        match str(op):
            case "LITERAL" | "NOT_LITERAL":
                yield from (value - 1, value, value + 1)
            case "RANGE":
                yield from (value[0] - 1, value[1] + 1, value[1])
                yield from range(value[0], value[1], max(1, (value[1] - value[0]) // _SAMPLES))
            case "IN":
                yield from _characters(value)
            case "BRANCH":
                for branch in value[1]:
                    yield from _characters(branch)
            case "SUBPATTERN":
                yield from _characters(value[3])
            case "MAX_REPEAT" | "MIN_REPEAT":
                yield from _characters(value[2])
            case _:
                pass


def _pairs(left: Pattern, right: Pattern) -> Iterator[tuple[bool, bool]]:
    """
    Yield for all texts, as far as automata tell them apart, whether the two patterns take them.

    Raises:
        _UndecidedError: A pattern has no automaton, or there are too many pairs of states.
    """
    try:
        parsed = [parse(pattern) for pattern, _ in (left, right)]
    except (re.error, RecursionError, OverflowError) as exc:
        raise _UndecidedError("no pattern of re") from exc
    if any(each.state.flags & ~re.UNICODE for each in parsed):
        raise _UndecidedError("no automaton of a bearable size")
    codes = {*range(128), *map(ord, _FEW)}
    for each in parsed:
        codes.update(code for code in _characters(each) if 0 <= code <= 0x10FFFF)
    alphabet = frozenset(map(chr, codes))
    built = [
        _Builder(alphabet).build(list(each), anchors) for each, (_, anchors) in zip(parsed, (left, right), strict=True)
    ]
    (ours, our_start, our_end), (theirs, their_start, their_end) = built
    first = (ours.closed([our_start]), theirs.closed([their_start]))
    seen = {first}
    pending = [first]
    while pending:
        here, there = pending.pop()
        yield our_end in here, their_end in there
        for char in alphabet:
            following = ours.after(here, char)
            if not following:
                continue
            pair = (following, theirs.after(there, char))
            if pair not in seen:
                if len(seen) >= _MOST_PAIRS:
                    raise _UndecidedError("no automaton of a bearable size")
                seen.add(pair)
                pending.append(pair)


def _holds(left: Pattern, right: Pattern, wrong: Callable[[bool, bool], bool]) -> bool:
    try:
        return not any(wrong(ours, theirs) for ours, theirs in _pairs(left, right))
    except _UndecidedError:
        return False


def is_subset(left: Pattern, right: Pattern) -> bool:
    """Tell whether *right* takes every text that *left* takes; ``False`` where that is not decided."""
    return _holds(left, right, lambda ours, theirs: ours and not theirs)


def is_disjoint(left: Pattern, right: Pattern) -> bool:
    """Tell whether no text is taken by both; ``False`` where that is not decided."""
    return _holds(left, right, lambda ours, theirs: ours and theirs)
