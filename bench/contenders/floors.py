"""The floors: the libraries of the formats on builtins of the same content, without types or checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from symphony_codecs.benchmark import Contender, peer_contenders

from ..work import Work, on_values, values_of


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "floors"
NEEDS: Final = ()


def contenders(work: Work) -> Iterable[Contender]:
    """Return orjson, msgpack and cbor2, and ormsgpack if it is installed."""
    as_type, values = values_of(work)
    return [on_values(found, values) for found in peer_contenders(as_type).contenders if found.role == "floor"]
