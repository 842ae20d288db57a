"""``symphony convert``: documents and streams of records from one format into another."""

from __future__ import annotations


__all__: list[str] = []
