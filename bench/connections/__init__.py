"""What many connections cost: to open one, memory at both ends, threads, and processor time while nothing is said."""

from __future__ import annotations
