"""Enums only, a hundred in a list."""

from __future__ import annotations

import random

from typing import Any, Final


__all__ = ["COUNT", "DOMAIN", "NAME", "make"]

NAME: Final = "enums"
COUNT: Final = 50
DOMAIN: Final = False
_ITEMS: Final = 100


def make(classes: Any, count: int, seed: int) -> tuple[Any, list[Any]]:
    """Return values with a hundred enum members each."""
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    return classes.Palette, [classes.Palette(colours=rng.choices(list(classes.Colour), k=_ITEMS)) for _ in range(count)]
