"""
Time the first ``decoder(T)`` of a class, compared with the structure hook that cattrs generates for it.

Each turn uses a new class of eight fields, whose types have been seen before.  The returned function is also called
once, so that work deferred to the first call counts.
"""

from __future__ import annotations

import uuid

from typing import Any, Final

import attrs
import orjson

from cattrs.preconf.orjson import make_converter

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Timing
from symphony_codecs.benchmark.timing import CLOCK, summary


__all__ = ["DOCUMENT", "measure", "new_class"]

_FIELDS: Final[dict[str, Any]] = {
    "name": str,
    "count": int,
    "ratio": float,
    "ready": bool,
    "comment": str | None,
    "tags": list[str],
    "sizes": dict[str, int],
    "owner": uuid.UUID,
}
DOCUMENT: Final = orjson.dumps(
    {
        "name": "a",
        "count": 1,
        "ratio": 0.5,
        "ready": True,
        "comment": None,
        "tags": ["x"],
        "sizes": {"y": 2},
        "owner": str(uuid.UUID(int=1)),
    }
)


def measure(rounds: int) -> tuple[Timing, Timing]:
    """Return the times of the codec and of cattrs; the first turn of each is discarded."""
    codec, converter = get_codec("json").copy(), make_converter()
    converter.register_structure_hook(uuid.UUID, lambda value, _: uuid.UUID(value))
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds + 1):
        cls = new_class()
        start = CLOCK()
        codec.decoder(cls)(DOCUMENT)
        ours.append(CLOCK() - start)
        cls = new_class()
        start = CLOCK()
        converter.get_structure_hook(cls)(orjson.loads(DOCUMENT), cls)
        theirs.append(CLOCK() - start)
    return summary(ours[1:]), summary(theirs[1:])


def new_class() -> Any:
    """Return a new class."""
    return attrs.make_class("Item", {name: attrs.field(type=cls) for name, cls in _FIELDS.items()})
