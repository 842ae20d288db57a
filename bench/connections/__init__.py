"""Measure many connections: time to open one, memory and threads at both ends, and processor time while idle."""

from __future__ import annotations
