"""
The contenders: one module for each library.

Each module has ``NAME``; ``NEEDS``, the modules that must be installed; and ``contenders(work)``, which returns the
library's contenders for a module of `bench.works`, with the classes that it handles fastest.
Contenders register hooks that they need for the work (typed ids, for example); they do not turn off checks.
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
