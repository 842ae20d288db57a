"""JSON with line breaks; no value is read, so none can change."""

from __future__ import annotations

import re

from typing import Final


__all__ = ["indented"]

_PART: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s"\[\]{},:]+')
_STEP: Final = "  "


def indented(text: str) -> str:
    """Return valid JSON, one entry a line."""
    pieces: list[str] = []
    depth = 0
    previous = ""
    for match in _PART.finditer(text):
        part = match[0]
        opened = previous in {"[", "{"}
        if part in {"]", "}"}:
            depth -= 1
            if not opened:
                pieces.append("\n" + _STEP * depth)
        elif opened or previous == ",":
            pieces.append("\n" + _STEP * depth)
        pieces.append(": " if part == ":" else part)
        if part in {"[", "{"}:
            depth += 1
        previous = part
    return "".join(pieces)
