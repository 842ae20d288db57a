"""Documents with one thing changed, as JSON's builtins."""

from __future__ import annotations

import copy
import random

from typing import Any


__all__ = ["damaged"]

_ANYTHING = (None, True, 0, -1, 1.5, "", "x", [], {}, 2**70, "2020-01-01T00:00:00Z", "1", [1], {"a": 1}, ["x", 1])
_ENDINGS = ("\n", "a", "0", " ", "Z")


def damaged(document: Any, rng: random.Random) -> Any:
    """Return *document* with another value somewhere, or an entry or item more or less."""
    box = [copy.deepcopy(document)]
    spots: list[tuple[Any, Any, Any]] = []

    def visit(value: Any, holder: Any, key: Any) -> None:
        spots.append((value, holder, key))
        for inner, item in (
            list(value.items())
            if isinstance(value, dict)
            else list(enumerate(value))
            if isinstance(value, list)
            else ()
        ):
            visit(item, value, inner)

    visit(box[0], box, 0)
    value, holder, key = rng.choice(spots)
    change = rng.randrange(7)
    if change == 0 and isinstance(holder, dict):
        del holder[key]
    elif change == 1 and isinstance(value, dict):
        value[rng.choice(("more", "held_value", "1", ""))] = rng.choice(_ANYTHING)
    elif change == 2 and isinstance(value, list):
        value.append(rng.choice((*_ANYTHING, *value)))
    elif change == 3 and isinstance(value, str):
        holder[key] = value + rng.choice(_ENDINGS)
    elif change == 4 and type(value) in (int, float):
        holder[key] = rng.choice((-value, value + 1, value * 1000, value - 1))
    elif change == 5:
        holder[key] = copy.deepcopy(rng.choice(spots)[0])
    else:
        holder[key] = rng.choice(_ANYTHING)
    return box[0]
