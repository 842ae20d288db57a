"""This project without the compiled engine, as it runs when it was installed without a compiler."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from symphony_codecs.benchmark import Contender

from ..work import Work
from . import symphony


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "symphony, pure"
NEEDS: Final = ()


def contenders(work: Work) -> Iterable[Contender]:
    """Return each codec on the attrs classes of the work, in processes that do not load the engine."""
    return [attrs.evolve(found, name=NAME, environ={"SYMPHONY_PURE": "1"}) for found in symphony.contenders(work)]
