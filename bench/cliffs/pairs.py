"""A covering set of points: each pair of values of two dimensions stands in one of them at least."""

from __future__ import annotations

import importlib

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .points import DIMENSIONS, FORMATS, Point, possible


__all__ = ["covering", "pairs"]


def pairs() -> Iterator[Point]:
    """Yield points that together hold every possible pair of values."""
    dimensions = {"format": list(FORMATS), **{name: list(values) for name, values in DIMENSIONS.items()}}
    for row in covering(dimensions, lambda given: possible(Point(**given))):
        yield Point(**row)


def covering(
    dimensions: Mapping[str, Sequence[str]], fits: Callable[[dict[str, Any]], bool]
) -> Iterator[dict[str, Any]]:
    """
    Yield rows that hold each pair of values of two dimensions once at least.

    Args:
        dimensions: Their values, by name.
        fits: Whether a row, or what there is of it so far, is possible.
    """
    # It has no types.
    all_pairs: Any = importlib.import_module("allpairspy").AllPairs

    names = list(dimensions)
    # An ordered set of columns: rows that are still incomplete are shorter.
    for row in all_pairs(list(dimensions.values()), filter_func=lambda row: fits(dict(zip(names, row, strict=False)))):
        yield dict(zip(names, row, strict=True))
