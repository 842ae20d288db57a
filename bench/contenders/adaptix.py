"""adaptix's Retort over orjson and msgpack, with its defaults and without the trail that locates errors."""

from __future__ import annotations

import importlib

from collections.abc import Callable, Iterable
from typing import Any, Final

from symphony_codecs.benchmark import Contender

from ..work import Work, dataclasses_of, on_values, peers_on_dataclasses


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "adaptix"
NEEDS: Final = ("adaptix",)
_UNLOCATED: Final = "adaptix, no trail"
_LIBRARIES: Final = {"json": ("orjson", "dumps", "loads"), "msgpack": ("msgpack", "packb", "unpackb")}


def contenders(work: Work) -> Iterable[Contender]:
    """Return a contender for each format, on the dataclasses of the work."""
    as_type, values = dataclasses_of(work)
    fast = [_unlocated(format_, *how, as_type) for format_, how in _LIBRARIES.items()]
    return [*peers_on_dataclasses(work, NAME), *(on_values(found, values) for found in fast)]


def _unlocated(format_: str, library: str, dumps: str, loads: str, as_type: Any) -> Contender:
    def retort() -> Any:
        adaptix: Any = importlib.import_module("adaptix")
        return adaptix.Retort(debug_trail=adaptix.DebugTrail.DISABLE)

    def encode() -> Callable[[Any], bytes]:
        write, dump = getattr(importlib.import_module(library), dumps), retort().get_dumper(as_type)
        return lambda value: write(dump(value))

    def decode() -> Callable[[bytes], Any]:
        read, load = getattr(importlib.import_module(library), loads), retort().get_loader(as_type)
        return lambda data: load(read(data))

    return Contender(name=_UNLOCATED, format=format_, encode=encode, decode=decode)
