"""Records in files and streams of any size."""

from __future__ import annotations


__all__: list[str] = []
