"""serpyco-rs over orjson and msgpack; unions have a discriminator."""

from __future__ import annotations

import importlib

from collections.abc import Iterable
from typing import Final

from symphony_codecs.benchmark import Contender

from ..work import Work, peers_on_dataclasses


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "serpyco-rs"
NEEDS: Final = ("serpyco_rs",)


def contenders(work: Work) -> Iterable[Contender]:
    """Return a contender for each format, on the dataclasses of the work."""
    return peers_on_dataclasses(work, NAME, importlib.import_module("bench.classes.for_serpyco"))
