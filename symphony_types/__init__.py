"""
The types that all of Symphony shares.

Everything public is here, whatever module it lives in.  Names load on first
use, so that ``import symphony_types`` costs next to nothing.
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
