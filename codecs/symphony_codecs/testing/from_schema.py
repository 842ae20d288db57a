"""Strategies of values of any type that a codec takes, made of its schema."""

from __future__ import annotations

import contextlib
import sys

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final, TypeAlias

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies._internal import types as registered  # Hypothesis does not say what is registered

from symphony_types._restorable import RestorableError

from .._generation import GenerationError, Maker, RandomSource, RefusedError, Walk
from .._signals import raise_if_from_signal
from ..codec import Codec
from .scalars import json_values, texts


__all__ = ["HypothesisSource", "is_registered", "resolved_strategy", "strategy_of_schema"]

Strategy: TypeAlias = st.SearchStrategy[Any]

_TRIES: Final = 4
_SEEDS: Final = st.integers(0, 2**32 - 1)
# Near 0, of a size that people use, or of any.
_SCALES: Final = (10, 1000)
_MAX_ITEMS: Final = 6


def is_registered(tp: Any) -> bool:
    """Return whether somebody has registered a strategy for a class: Hypothesis has none for classes of users."""
    if getattr(tp, "__module__", "").partition(".")[0] in sys.stdlib_module_names:
        return False
    try:
        return tp in registered._global_type_lookup  # noqa: SLF001 - which has no other name
    except TypeError:  # an annotation that cannot be hashed
        return False


def resolved_strategy(tp: Any) -> Strategy | None:
    """Return Hypothesis's strategy for a class's constructor; ``None``: it has none."""
    try:
        found = st.from_type(tp)
        found.validate()
    except Exception as exc:  # noqa: BLE001 - it looks into classes of users
        raise_if_from_signal(exc)
        return None
    return found


class HypothesisSource:
    """
    A source whose recipes are strategies.

    Args:
        domain: Gives the strategy of a type of `symphony_types`; ``None`` for other types.
        is_realistic: Whether texts, numbers and times look like those of real data.
    """

    def __init__(
        self, domain: Callable[[Any, Callable[[Any], Strategy]], Strategy | None], *, is_realistic: bool = False
    ) -> None:
        self.is_realistic = is_realistic
        self._domain = domain
        self._random = RandomSource()

    def _lifted(self, make: Maker) -> Strategy:
        """Return the strategy of what a random generator draws."""
        return _SEEDS.map(lambda seed: make(Random(seed)))  # noqa: S311 - no secrets

    def just(self, value: Any) -> Strategy:
        return st.just(value)

    def among(self, values: Sequence[Any]) -> Strategy:
        return st.sampled_from(values)

    def one_of(self, recipes: Sequence[Strategy]) -> Strategy:
        return st.one_of(*recipes)

    def maybe(self, rare: Strategy, usual: Strategy) -> Strategy:
        return rare | usual

    def integers(self, low: int, high: int) -> Strategy:
        if self.is_realistic:
            return self._lifted(self._random.integers(low, high))
        every = st.integers(low, high)
        near = [st.integers(max(low, -most), min(high, most)) for most in _SCALES if low <= 0 <= high and most < high]
        return st.one_of(*near, every)

    def evenly(self, low: int, high: int) -> Strategy:
        return st.integers(low, high)

    def floats(self, low: float, high: float) -> Strategy:
        if self.is_realistic:
            return self._lifted(self._random.floats(low, high))
        return st.floats(low, high, allow_nan=False, allow_infinity=False)

    def texts(self, low: int, high: int | None, hint: str) -> Strategy:
        if self.is_realistic:
            return self._lifted(self._random.texts(low, high, hint))
        return texts(min_size=low, max_size=max(low, 30) + 10 if high is None else high)

    def binaries(self, low: int, high: int | None) -> Strategy:
        return st.binary(min_size=low, max_size=max(low, 64) if high is None else high)

    def lists(self, item: Strategy, low: int, high: int | None, *, unique: bool = False) -> Strategy:
        return st.lists(item, min_size=low, max_size=self._most(low, high), unique=unique)

    def maps(self, key: Strategy, value: Strategy, low: int, high: int | None) -> Strategy:
        return st.dictionaries(key, value, min_size=low, max_size=self._most(low, high))

    def _most(self, low: int, high: int | None) -> int:
        most = low + _MAX_ITEMS
        return most if high is None else min(high, most)

    def tuples(self, items: Sequence[Strategy]) -> Strategy:
        return st.tuples(*items)

    def untyped(self) -> Strategy:
        return self._lifted(self._random.untyped()) if self.is_realistic else json_values()

    def mapped(self, inner: Strategy, function: Callable[[Any], Any]) -> Strategy:
        return inner.map(function)

    def tried(self, inner: Strategy, function: Callable[[Any], Any], what: str, again: Callable[[], Maker]) -> Strategy:
        @st.composite
        def made(draw: st.DrawFn) -> Any:
            for _ in range(_TRIES):
                with contextlib.suppress(RefusedError):
                    return function(draw(inner))
            # Many more tries, which are one choice to Hypothesis.
            try:
                return again()(Random(draw(_SEEDS)))  # noqa: S311 - no secrets
            except (GenerationError, _RegisteredError) as exc:
                raise RefusedError(str(exc)) from exc

        return made()

    def of_type(self, tp: Any, recipe: Callable[[Any], Strategy]) -> Strategy | None:
        if is_registered(tp):
            return st.from_type(tp)
        return None if self.is_realistic else self._domain(tp, recipe)

    def unknown(self, tp: Any) -> Strategy | None:
        return resolved_strategy(tp)


def strategy_of_schema(
    as_type: Any,
    codecs: Sequence[Codec],
    domain: Callable[[Any, Callable[[Any], Strategy]], Strategy | None],
    *,
    realistic: bool = False,
) -> Strategy:
    """
    Return the strategy of values that all *codecs* give back; see `strategy_for`.

    Raises:
        GenerationError: There is no such value, or none was found.
    """
    wild: Walk[Maker] = Walk(RandomSource(_registered, _unknown, is_realistic=False), codecs)
    twin = Walk(RandomSource(_registered, _unknown), codecs, wild) if realistic else wild
    inner = Walk(HypothesisSource(domain, is_realistic=realistic), codecs, twin).of(as_type)
    # Now rather than in a test, where an error would be shrunk, and replayed.
    with contextlib.suppress(RefusedError, _RegisteredError):
        twin.of(as_type)(Random(0))  # noqa: S311 - no secrets

    @st.composite
    def values(draw: st.DrawFn) -> Any:
        try:
            return draw(inner)
        except RefusedError:
            reject()

    return values()


class _RegisteredError(RestorableError):
    """A random generator draws nothing from a strategy of a user's."""


def _registered(tp: Any) -> Maker | None:
    return _left_to_hypothesis if is_registered(tp) else None


def _unknown(tp: Any) -> Maker | None:
    return None if resolved_strategy(tp) is None else _left_to_hypothesis


def _left_to_hypothesis(_: Random) -> Any:
    raise _RegisteredError("left to Hypothesis")
