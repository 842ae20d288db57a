"""Tagged unions only: a hundred shapes of three classes in a list."""

from __future__ import annotations

import random

from typing import Any, Final


__all__ = ["COUNT", "DOMAIN", "NAME", "make"]

NAME: Final = "unions"
COUNT: Final = 50
DOMAIN: Final = False
_ITEMS: Final = 100


def make(classes: Any, count: int, seed: int) -> tuple[Any, list[Any]]:
    """Return drawings of a hundred shapes each."""
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    return classes.Drawing, [
        classes.Drawing(shapes=[_shape(classes, rng) for _ in range(_ITEMS)]) for _ in range(count)
    ]


def _shape(classes: Any, rng: random.Random) -> Any:
    x, y, kind = rng.randrange(1000), rng.randrange(1000), rng.randrange(3)
    if kind == 0:
        return classes.Circle(x=x, y=y, radius=rng.random())
    if kind == 1:
        return classes.Square(x=x, y=y, side=rng.random())
    return classes.Label(x=x, y=y, text=f"label {x}")
