"""Who breaks when a class changes: schemas that were saved, compared with those of today."""

from __future__ import annotations

from .changes import CodecChanges, Comparison, Reading, compare
from .findings import Finding
from .text import as_text


__all__ = ["CodecChanges", "Comparison", "Finding", "Reading", "as_text", "compare"]
