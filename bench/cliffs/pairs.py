"""A covering set of points: each pair of values of two dimensions occurs in at least one of them."""

from __future__ import annotations

import importlib

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .points import DIMENSIONS, FORMATS, Point, possible


__all__ = ["covering", "pairs"]


def pairs() -> Iterator[Point]:
    """Yield points that together contain every possible pair of values."""
    dimensions = {"format": list(FORMATS), **{name: list(values) for name, values in DIMENSIONS.items()}}
    for row in covering(dimensions, lambda given: possible(Point(**given))):
        yield Point(**row)


def covering(
    dimensions: Mapping[str, Sequence[str]], fits: Callable[[dict[str, Any]], bool]
) -> Iterator[dict[str, Any]]:
    """
    Yield rows that contain each pair of values of two dimensions at least once.

    Args:
        dimensions: The values of each dimension, by its name.
        fits: Returns whether a row, which may be incomplete, is possible.
    """
    all_pairs: Any = importlib.import_module("allpairspy").AllPairs

    names = list(dimensions)
    # Rows that are still incomplete are shorter.
    for row in all_pairs(list(dimensions.values()), filter_func=lambda row: fits(dict(zip(names, row, strict=False)))):
        yield dict(zip(names, row, strict=True))
