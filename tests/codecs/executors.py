"""Both executors of a codec: its own functions, and generated Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symphony_codecs import Codec
from symphony_codecs.python import decoder as python_decoder
from symphony_codecs.python import encoder as python_encoder


__all__ = ["decoders", "encoded", "encoders", "round_trip"]


def encoders(codec: Codec, tp: Any) -> list[Callable[[Any], bytes]]:
    """Return the functions of both executors that encode values of *tp*."""
    return [codec.encoder(tp), python_encoder(codec.converter, tp)]


def decoders(codec: Codec, tp: Any) -> list[Callable[[bytes], Any]]:
    """Return the functions of both executors that decode values of *tp*."""
    return [codec.decoder(tp), python_decoder(codec.converter, tp)]


def encoded(codec: Codec, value: Any, tp: Any) -> bytes:
    """Return the bytes of *value*, the same from both executors."""
    one, other = (encode(value) for encode in encoders(codec, tp))
    assert one == other
    return one


def round_trip(codec: Codec, value: Any, tp: Any) -> bytes:
    """Return the bytes of *value*, after both executors have encoded and decoded it."""
    data = encoded(codec, value, tp)
    for decode in decoders(codec, tp):
        assert decode(data) == value, (codec, data)
    return data
