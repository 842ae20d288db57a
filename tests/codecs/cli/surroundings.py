"""The surroundings of commands under test."""

from __future__ import annotations

from pathlib import Path

import pytest


__all__ = ["set_up"]


def set_up(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Set 80 columns without colours, no settings of transports, and *folder* as the working directory."""
    for name in ("SYMPHONY_TRANSPORTS_FILE", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(folder)
