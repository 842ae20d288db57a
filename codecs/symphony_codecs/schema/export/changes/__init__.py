"""The readers that a change of a class breaks: a comparison of a saved schema with a newer one."""

from __future__ import annotations

from .changes import CodecChanges, Comparison, Reading, compare
from .findings import Finding
from .text import as_text


__all__ = ["CodecChanges", "Comparison", "Finding", "Reading", "as_text", "compare"]
