"""Datetimes only, a hundred in a list, with microseconds and in UTC."""

from __future__ import annotations

import datetime as dt
import random

from typing import Any, Final


__all__ = ["COUNT", "DOMAIN", "NAME", "make"]

NAME: Final = "datetimes"
COUNT: Final = 50
DOMAIN: Final = False
_ITEMS: Final = 100
_START: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def make(classes: Any, count: int, seed: int) -> tuple[Any, list[Any]]:
    """Return values with a hundred datetimes each."""
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    return classes.Times, [
        classes.Times(times=[_START + dt.timedelta(microseconds=rng.randrange(10**14)) for _ in range(_ITEMS)])
        for _ in range(count)
    ]
