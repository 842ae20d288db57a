"""This project without its compiled engine, which is what runs where no compiler was."""

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
    """Return each codec on the attrs classes of the work, in processes that are told to leave the engine out."""
    return [attrs.evolve(found, name=NAME, environ={"SYMPHONY_PURE": "1"}) for found in symphony.contenders(work)]
