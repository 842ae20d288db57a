"""This project: every codec, with default limits and strictness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from symphony_codecs.benchmark import Contender, codec_contenders

from ..work import Work, on_values, values_of


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "symphony"
NEEDS: Final = ()
# TOML is left out: it is for files that people write, and no other contender supports it.
_FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")


def contenders(work: Work) -> Iterable[Contender]:
    """Return each codec on the attrs classes of the work."""
    as_type, values = values_of(work)
    return [on_values(found, values) for found in codec_contenders(as_type, _FORMATS)]
