"""Realistic values of a `random.Random`: words, skewed sizes, usual numbers, times of one year."""

from __future__ import annotations

import math

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from .source import HELP, GenerationError, Maker, RefusedError
from .words import any_text, text_for


__all__ = ["RandomSource"]

_TRIES: Final = 300
# After so many, values need not be realistic.
_REALISTIC_TRIES: Final = 20
# Near 0, or of any size.
_SCALES: Final = (10, 100, 1000, 10**6, 0)
# The most attempts to replace an item that occurs twice.
_REPEATS: Final = 40
_MAX_ITEMS: Final = 60
_RARE: Final = 0.15
_EXACT: Final = 2**53
_CHARACTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def _none(*_: Any) -> None:
    return None


class RandomSource:
    """
    A source whose recipes take a `random.Random`.

    Args:
        of_type: Gives the recipe that is registered for a type, if there is one.
        unknown: Gives a recipe of a type of which no schema says what its
            values are made of, if there is one.
        is_realistic: Whether values look like those of real data; else they are of any kind and size, for
            validators of users that take few.
    """

    def __init__(
        self,
        of_type: Callable[[Any], Maker | None] = _none,
        unknown: Callable[[Any], Maker | None] = _none,
        *,
        is_realistic: bool = True,
    ) -> None:
        self.is_realistic = is_realistic
        self._of_type = of_type
        self._unknown = unknown

    def just(self, value: Any) -> Maker:
        return lambda _: value

    def among(self, values: Sequence[Any]) -> Maker:
        return lambda random: values[int(random.random() * len(values))]

    def one_of(self, recipes: Sequence[Maker]) -> Maker:
        if len(recipes) == 1:
            return recipes[0]
        return lambda random: recipes[int(random.random() * len(recipes))](random)

    def maybe(self, rare: Maker, usual: Maker) -> Maker:
        return lambda random: (rare if random.random() < _RARE else usual)(random)

    def integers(self, low: int, high: int) -> Maker:
        if not self.is_realistic:
            return lambda random: _of_any_size(random, low, high)
        width = high - low
        if low <= 0 <= high and width > 1000:
            return lambda random: _clamped(
                _skewed(random) * (-1 if low < 0 and random.random() < 0.05 else 1), low, high
            )
        if width <= 1000:
            return lambda random: random.randint(low, high)
        if low > 0:
            return lambda random: _clamped(low + _skewed(random), low, high)
        return lambda random: _clamped(high - _skewed(random), low, high)

    def evenly(self, low: int, high: int) -> Maker:
        return lambda random: random.randint(low, high)

    def floats(self, low: float, high: float) -> Maker:
        if not self.is_realistic:
            return lambda random: _float_of_any_size(random, low, high)
        if high - low <= 1e4:
            return lambda random: _rounded(random.uniform(low, high), low, high)
        if low <= 0 <= high:
            negative = 0.1 if low < 0 else 0.0
            return lambda random: _rounded(
                math.exp(random.gauss(3, 2)) * (-1 if random.random() < negative else 1), low, high
            )
        if low > 0:
            return lambda random: _rounded(low + math.exp(random.gauss(3, 2)), low, high)
        return lambda random: _rounded(high - math.exp(random.gauss(3, 2)), low, high)

    def texts(self, low: int, high: int | None, hint: str) -> Maker:
        make = text_for(hint) if self.is_realistic else any_text
        if low == 0 and high is None:
            return make

        def fitted(random: Random) -> str:
            text = make(random)
            while len(text) < low:
                text += make(random) if low > 4 else random.choice(_CHARACTERS)
            return text if high is None else text[: max(low, high)] if len(text) > high else text

        return fitted

    def binaries(self, low: int, high: int | None) -> Maker:
        most = _MAX_ITEMS * 20 if high is None else high
        return lambda random: random.randbytes(min(max(low, int(random.lognormvariate(4, 1))), most))

    def lists(self, item: Maker, low: int, high: int | None, *, unique: bool = False) -> Maker:
        most = max(low, _MAX_ITEMS) if high is None else high

        def make(random: Random) -> list[Any]:
            size = _size(random, low, most)
            if not unique:
                return [item(random) for _ in range(size)]
            found: dict[Any, None] = {}
            for _ in range(size + _REPEATS):
                if len(found) >= size:
                    break
                found.setdefault(item(random))
            if len(found) < low:
                raise RefusedError(f"there are fewer than {low} different items")
            return list(found)

        return make

    def maps(self, key: Maker, value: Maker, low: int, high: int | None) -> Maker:
        keys = self.lists(key, low, high, unique=True)
        return lambda random: {each: value(random) for each in keys(random)}

    def tuples(self, items: Sequence[Maker]) -> Maker:
        made = tuple(items)
        return lambda random: tuple([item(random) for item in made])

    def untyped(self) -> Maker:
        return _untyped

    def mapped(self, inner: Maker, function: Callable[[Any], Any]) -> Maker:
        return lambda random: function(inner(random))

    def tried(self, inner: Maker, function: Callable[[Any], Any], what: str, again: Callable[[], Maker]) -> Maker:
        taken = False
        hopeless: GenerationError | None = None

        def make(random: Random) -> Any:
            nonlocal taken, hopeless
            if hopeless is not None:
                raise hopeless
            error: Exception = RefusedError("")
            for number in range(_TRIES):
                try:
                    if number == _REALISTIC_TRIES and self.is_realistic:
                        value = again()(random)
                    else:
                        value = function(inner(random))
                except (RefusedError, GenerationError) as exc:
                    error = exc
                else:
                    taken = True
                    return value
            if taken:
                raise RefusedError(str(error))
            hopeless = error if isinstance(error, GenerationError) else GenerationError(_hopeless(what, error))
            raise hopeless

        return make

    def of_type(self, tp: Any, recipe: Callable[[Any], Maker]) -> Maker | None:
        return self._of_type(tp)

    def unknown(self, tp: Any) -> Maker | None:
        return self._unknown(tp)


def _hopeless(what: str, error: Exception) -> str:
    return f"nothing drawn is accepted as {what} ({_TRIES} tries, the last one: {error}): {HELP}"


def _of_any_size(random: Random, low: int, high: int) -> int:
    near = random.choice(_SCALES)
    least, most = (max(low, -near), min(high, near)) if near else (low, high)
    if least > most:  # 0 is not among them
        least, most = (low, min(high, low + near)) if low > 0 else (max(low, high - near), high)
    return random.randint(least, most)


def _float_of_any_size(random: Random, low: float, high: float) -> float:
    if low <= 0 <= high and random.random() < 0.5:
        near = random.choice((1.0, 100.0, 1e6))
        return random.uniform(max(low, -near), min(high, near))
    share = random.random()
    value = min(max(low * share + high * (1 - share), low), high)
    return float(round(value)) if share < 0.3 and low <= round(value) <= high else value


def _skewed(random: Random) -> int:
    return int(math.exp(random.gauss(4, 2.5)))


def _clamped(value: int, low: int, high: int) -> int:
    return low if value < low else min(value, high)


def _rounded(value: float, low: float, high: float) -> float:
    rounded = round(value, 2)
    return rounded if low <= rounded <= high else min(max(value, low), high)


def _size(random: Random, low: int, high: int) -> int:
    return min(low + int(random.lognormvariate(0.7, 0.8)) - (random.random() < 0.3), high) if high > low else low


_KEY: Final = text_for("key")
_ANY_TEXT: Final = text_for("")


def _untyped(random: Random, depth: int = 2) -> Any:
    kind = random.random()
    if depth and kind < 0.25:
        return {_KEY(random): _untyped(random, depth - 1) for _ in range(_size(random, 1, 8))}
    if depth and kind < 0.35:
        return [_untyped(random, depth - 1) for _ in range(_size(random, 1, 8))]
    if kind < 0.6:
        return _ANY_TEXT(random)
    if kind < 0.8:
        return _skewed(random)
    if kind < 0.9:
        return round(math.exp(random.gauss(3, 2)), 2)
    return random.choice((True, False, None))
