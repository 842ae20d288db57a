"""Artifacts: content addressed by its hash, what is known about it, and how good it is."""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
