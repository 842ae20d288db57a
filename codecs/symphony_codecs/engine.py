"""Whether the compiled engine runs (`ENGINE`), and the reason where it does not (`UNAVAILABLE_BECAUSE`)."""

from __future__ import annotations

from .executor import ENGINE, UNAVAILABLE_BECAUSE


__all__ = ["ENGINE", "UNAVAILABLE_BECAUSE"]
