"""How a command fails: with lines for people, and an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from symphony_types._restorable import RestorableError


__all__ = ["CommandError", "FailedError", "UsageError", "printable"]


def printable(text: str) -> str:
    """Return *text* on one line, with escapes for what could steer a terminal; documents may hold anything."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class CommandError(RestorableError):
    """
    A command that cannot go on.

    Args:
        lines: What to say, one problem a line.
    """

    exit_code: ClassVar[int]

    def __init__(self, lines: str | Iterable[object]) -> None:
        self.lines = (printable(lines),) if isinstance(lines, str) else tuple(printable(str(line)) for line in lines)

    def __str__(self) -> str:
        return "; ".join(self.lines)


class FailedError(CommandError):
    """What was given is understood, and is wrong."""

    exit_code = 1


class UsageError(CommandError):
    """The command cannot be run as it was given: an unknown name, a file that is not there."""

    exit_code = 2
