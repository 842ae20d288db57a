"""The formats: what is on the wire, between builtins and bytes."""

from __future__ import annotations


__all__: list[str] = []
