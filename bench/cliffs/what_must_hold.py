"""All rules for rows that belong to no cell."""

from __future__ import annotations

from typing import Final

from .memory_rows import MEMORY
from .timed_rows import TIMED
from .today_rows import AGAINST_TODAY


__all__ = ["ROWS"]

ROWS: Final = (*TIMED, *AGAINST_TODAY, *MEMORY)
