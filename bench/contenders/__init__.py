"""
Who encodes and decodes: one module for each library.

Each has ``NAME``; ``NEEDS``, the modules that must be installed; and ``contenders(work)``, which returns its
contenders for a module of `bench.works`, with the classes that it is fastest with.
What is needed to do the work at all (hooks for typed ids) is there; what would skip checks is not.
"""

from __future__ import annotations

from . import (
    adaptix,
    cattrs,
    dataclasses_by_hand,
    floors,
    mashumaro,
    msgspec,
    pickled,
    protobuf,
    pydantic,
    serpyco,
    symphony,
    symphony_pure,
)


__all__ = ["ALL"]

ALL = (
    symphony,
    symphony_pure,
    floors,
    cattrs,
    msgspec,
    pydantic,
    mashumaro,
    adaptix,
    serpyco,
    dataclasses_by_hand,
    pickled,
    protobuf,
)
