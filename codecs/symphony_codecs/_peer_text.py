"""`peer_text`: text of a peer, made fit for an exception or a line of a log."""

from __future__ import annotations

from typing import Final


__all__ = ["peer_text"]

_LONGEST: Final = 200


def peer_text(text: object, longest: int = _LONGEST) -> str:
    """
    Return *text* in one line, cut, with escapes for what could confuse a log or a terminal.

    Args:
        text: What a peer sent, or an exception that quotes it.
        longest: How many characters are shown before ``...``.
    """
    # Cut first: a peer's text may have megabytes.
    shown = str(text)
    cut = len(shown) > 4 * longest
    line = " ".join(shown[: 4 * longest].split())
    if not line.isprintable():
        line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)
    return f"{line[:longest]}..." if cut or len(line) > longest else line
