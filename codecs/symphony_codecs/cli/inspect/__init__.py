"""``symphony inspect``: what a captured stream holds, message by message or summed up."""

from __future__ import annotations


__all__: list[str] = []
