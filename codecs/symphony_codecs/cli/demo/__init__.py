"""``symphony demo``: real files, through every format, to another process and back."""

from __future__ import annotations


__all__: list[str] = []
