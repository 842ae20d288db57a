"""Protocol Buffers, with ids as bytes and enums as numbers."""

from __future__ import annotations

import importlib

from collections.abc import Iterable
from typing import Final

from symphony_codecs.benchmark import Contender

from ..work import Work, dataclasses_of, on_values


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "protobuf"
NEEDS: Final = ("google", "google.protobuf")  # find_spec needs the parent package to exist


def contenders(work: Work) -> Iterable[Contender]:
    """Return Protocol Buffers, for the works that have a message."""
    messages = importlib.import_module("bench.classes.messages")
    as_type, values = dataclasses_of(work)
    message = messages.MESSAGES.get(as_type.__name__)
    if message is None:
        return []
    found = Contender(
        name=NAME,
        format=NAME,
        encode=lambda: message.SerializeToString,
        decode=lambda: message.FromString,
        adapt=messages.from_dataclass,
    )
    return [on_values(found, values)]
