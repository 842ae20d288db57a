"""Extensions: their manifests, their lifecycle, and what a registry knows of them."""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
