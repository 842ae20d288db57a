"""
The program that times first calls: ``main()`` with a number of rounds.

Each turn uses a new class of eight fields.  The program prints medians in nanoseconds, as JSON.
"""

from __future__ import annotations

import json
import statistics
import sys

from typing import Final

from symphony_codecs import Codec, get_codec
from symphony_codecs.benchmark.timing import CLOCK

from ..first_decoder import DOCUMENT, new_class
from .hooks import register_money


__all__ = ["main"]

_PASSES: Final = 10


def main() -> None:
    """Measure."""
    rounds = int(sys.argv[1]) * _PASSES
    plain = get_codec("json").copy()
    hooked = get_codec("json").copy()
    register_money(hooked.converter)
    found: dict[str, float] = {}
    for name, codec in (("", plain), (", a hook elsewhere", hooked)):
        decoding, encoding = zip(*(_first(codec) for _ in range(rounds)), strict=True)
        # The first turns warm caches that all classes share.
        found[f"first decoder{name}"] = statistics.median(decoding[_PASSES:])
        found[f"first encoder{name}"] = statistics.median(encoding[_PASSES:])
    sys.stdout.write(json.dumps(found) + "\n")


def _first(codec: Codec) -> tuple[int, int]:
    """Return the times of the first decoder of a class, with its first call, and of the first encoder of another."""
    cls = new_class()
    start = CLOCK()
    codec.decoder(cls)(DOCUMENT)
    decoding = CLOCK() - start
    cls = new_class()
    # Another codec decodes the value, so that this one has not seen the class before it is timed.
    value = get_codec("json").copy().decode(DOCUMENT, cls)
    start = CLOCK()
    codec.encoder(cls)(value)
    return decoding, CLOCK() - start
