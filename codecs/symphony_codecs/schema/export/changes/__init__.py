"""Who breaks when a class changes: schemas that were saved, compared with those of today."""

from __future__ import annotations

from .changes import CodecChanges, Comparison, Reading, compare
from .findings import Finding


__all__ = ["CodecChanges", "Comparison", "Finding", "Reading", "compare"]
