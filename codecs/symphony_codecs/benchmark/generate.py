"""
Values to measure with where there is no sample: realistic ones, distinct, and the same for the same seed.

They are made of the type's schema: texts are words, names and sentences, most
lists are short and few long, numbers are usual ones, times are of one year.  A
sample of real data says more.
"""

from __future__ import annotations

import sys

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeVar

from typing_extensions import TypeForm

from .._generation import GenerationError, Maker, RandomSource, RefusedError, Walk, codecs_for
from .._generation.walk import name_of
from ..codec import Codec
from .sample import SampleError


if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["generate"]

T = TypeVar("T")

# The most rejected draws (repeated values, or values that a codec refuses) per requested value, and at least.
_MISSES: Final = 10
_LEAST_MISSES: Final = 500


def generate(as_type: TypeForm[T], count: int, *, seed: int = 0, codec: Codec | None = None) -> list[T]:
    """
    Return *count* distinct values of a type; fewer if it has no more.

    Args:
        as_type: Any type that codecs take.
        count: How many.
        seed: The same seed gives the same values.
        codec: Its bytes tell values apart, and it gives all of them back. By default JSON, MessagePack (maps and
            arrays) and CBOR have to give them back, as far as they take the type.

    Raises:
        SampleError: No values of the type can be made.
    """
    try:
        codecs = codecs_for(as_type, codec)
        pools = _Pools(seed)
        wild = Walk(RandomSource(pools.registered, pools.unknown, is_realistic=False), codecs)
        make = Walk(RandomSource(pools.registered, pools.unknown), codecs, wild).of(as_type)
        return _distinct(make, codecs[0].encoder(as_type), count, Random(seed))  # noqa: S311 - no secrets
    except GenerationError as exc:
        raise SampleError(f"cannot generate {name_of(as_type)}: {exc}") from exc


def _distinct(make: Maker, encode: Callable[[Any], bytes], count: int, random: Random) -> list[Any]:
    found: dict[bytes, Any] = {}
    misses = _LEAST_MISSES + _MISSES * count
    while len(found) < count and misses:
        try:
            value = make(random)
        except RefusedError:
            misses -= 1
            continue
        before = len(found)
        found.setdefault(encode(value), value)
        misses -= len(found) == before
    return list(found.values())


class _Pools:
    """
    What strategies of Hypothesis say where the schema does not.

    Args:
        seed: The seed.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def registered(self, tp: Any) -> Maker | None:
        """Return what draws values of a type for which somebody has registered a strategy."""
        if not sys.modules.get("hypothesis"):  # so nobody has
            return None
        from hypothesis import strategies as st

        from ..testing.from_schema import is_registered

        return self._pool(st.from_type(tp)) if is_registered(tp) else None

    def unknown(self, tp: Any) -> Maker | None:
        """Return what draws values of a type of which Hypothesis finds out what its constructor takes."""
        try:
            from ..testing.from_schema import resolved_strategy
        except ImportError:
            return None
        found = resolved_strategy(tp)
        return None if found is None else self._pool(found)

    def _pool(self, strategy: SearchStrategy[Any]) -> Maker:
        values: list[Any] = []

        def make(random: Random) -> Any:
            if not values:
                from ..testing.pool import drawn

                values.extend(drawn(strategy, self._seed))
            return values[int(random.random() * len(values))]

        return make
