"""mashumaro's codecs over orjson and msgpack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from symphony_codecs.benchmark import Contender

from ..work import Work, peers_on_dataclasses


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "mashumaro"
NEEDS: Final = ("mashumaro",)


def contenders(work: Work) -> Iterable[Contender]:
    """Return a contender for each format, on the dataclasses of the work."""
    return peers_on_dataclasses(work, NAME)
