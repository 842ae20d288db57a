"""The compiled module for usual frames, where there is an engine."""

from __future__ import annotations

import importlib

from types import ModuleType
from typing import Final

from ..executor import ENGINE


__all__ = ["FRAMES", "UNUSUAL"]


def _load() -> ModuleType | None:
    if ENGINE != "compiled":
        return None
    return importlib.import_module("symphony_codecs.compiled._frames")


FRAMES: Final = _load()
"""The module with `FrameWriter`, `FrameReader` and `Forwarder`; ``None`` where Python does their work."""

UNUSUAL: Final[object] = None if FRAMES is None else FRAMES.UNUSUAL
"""What a `FrameReader` returns where what has come is not as usual."""
