"""pickle: needs no types, checks nothing, and is unsafe for untrusted data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from symphony_codecs.benchmark import Contender, peer_contenders

from ..work import Work, on_values, values_of


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "pickle"
NEEDS: Final = ()


def contenders(work: Work) -> Iterable[Contender]:
    """Return pickle on the attrs classes of the work."""
    as_type, values = values_of(work)
    return [on_values(found, values) for found in peer_contenders(as_type, [NAME]).contenders]
