"""What the messages go through: every codec with every compression, the same in both processes."""

from __future__ import annotations

from typing import Any, Final

from symphony_codecs.benchmark.contender import Contender, codec_contenders
from symphony_codecs.benchmark.variants import compressed, compressions_here
from symphony_codecs.recommend.candidates import candidate_name


__all__ = ["FORMATS", "contenders", "name_of"]

FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")


def contenders(as_type: Any) -> list[Contender]:
    """Return each codec, plain and with each compression that is there."""
    return [compressed(one, how) for one in codec_contenders(as_type, FORMATS) for how in compressions_here()]


def name_of(contender: Contender) -> str:
    """Return what a recommendation calls it."""
    return candidate_name(contender.format, contender.compression)
