"""UUIDs only, a hundred in a list, all distinct."""

from __future__ import annotations

import random
import uuid

from typing import Any, Final


__all__ = ["COUNT", "DOMAIN", "NAME", "make"]

NAME: Final = "ids"
COUNT: Final = 50
DOMAIN: Final = False
_ITEMS: Final = 100


def make(classes: Any, count: int, seed: int) -> tuple[Any, list[Any]]:
    """Return values with a hundred UUIDs each."""
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    return classes.Ids, [
        classes.Ids(ids=[uuid.UUID(int=rng.getrandbits(128), version=4) for _ in range(_ITEMS)]) for _ in range(count)
    ]
