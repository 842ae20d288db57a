"""The command ``symphony``; `app` puts it together, each command is a module."""

from __future__ import annotations


__all__: list[str] = []
