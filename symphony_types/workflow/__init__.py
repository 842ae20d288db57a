"""Workflows: nodes, edges, the graph that joins them, and its executions."""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
