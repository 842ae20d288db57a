"""The contenders, the same in both processes: every codec with every compression."""

from __future__ import annotations

from typing import Any, Final

from symphony_codecs.benchmark.contender import Contender, codec_contenders
from symphony_codecs.benchmark.variants import compressed, compressions_here
from symphony_codecs.recommend.candidates import candidate_name


__all__ = ["FORMATS", "contenders", "name_of"]

FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")


def contenders(as_type: Any) -> list[Contender]:
    """Return each codec, without compression and with each available compression."""
    return [compressed(one, how) for one in codec_contenders(as_type, FORMATS) for how in compressions_here()]


def name_of(contender: Contender) -> str:
    """Return the name of a contender in recommendations."""
    return candidate_name(contender.format, contender.compression)
