"""What commands read from and write to: files and pipes as bytes, terminals in colour."""

from __future__ import annotations

import functools
import os
import re
import sys

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .errors import UsageError


if TYPE_CHECKING:
    # Imported where it is used: most commands draw nothing, and it takes a tenth of their start.
    from rich.console import Console
    from rich.segment import Segment


__all__ = ["TABLE_WIDTH", "check_folder", "console", "is_terminal", "progress_console", "read_bytes", "write_bytes"]

# What a table gets where no terminal says how wide it is.
_PIPE_WIDTH: Final = 132
TABLE_WIDTH: Final = 80
"""The columns that tables of commands need; narrower terminals break their lines."""

# At the end of a line, perhaps before escapes that end a colour; from its first blank on, or the time is quadratic.
_TRAILING: Final = re.compile(r"(?<! ) +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)


def is_terminal() -> bool:
    """Tell whether standard output is a terminal."""
    return sys.stdout.isatty()


def console(*, at_least: int = 0) -> Console:
    """
    Return the console of standard output: colours on terminals alone, and not there if NO_COLOR is set.

    Args:
        at_least: The columns that what is written takes at least, where the terminal has fewer, too.
    """
    width = None if is_terminal() or "COLUMNS" in os.environ else _PIPE_WIDTH
    out = _console_class()(width=width, highlight=False, markup=False, emoji=False)
    out.width = max(out.width, at_least)
    return out


def progress_console() -> Console:
    """Return the console of standard error, for what is gone once the work is done."""
    return _console_class()(stderr=True, highlight=False, markup=False, emoji=False)


@functools.cache
def _console_class() -> type[Console]:
    from rich.console import Console

    class Plain(Console):
        """A console that writes no blanks at ends of lines, and leaves a closed pipe to its caller."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

        def _render_buffer(self, buffer: Iterable[Segment]) -> str:
            return _TRAILING.sub(r"\1", super()._render_buffer(buffer))

    return Plain


def check_folder(path: Path) -> None:
    """
    Make sure that there is a folder for a file to be written, before anything is measured for it.

    Raises:
        UsageError: There is none.
    """
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: no such folder")


def read_bytes(source: str) -> bytes:
    """
    Return all of a file, or of standard input for ``-``.

    Raises:
        UsageError: It cannot be read, or it is an option that nobody knows.
    """
    if source.startswith("-") and source != "-":
        raise UsageError(f"unknown option {source} (a file of that name is ./{source})")
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as exc:
        name = "standard input" if source == "-" else source
        raise UsageError(f"cannot read {name}: {exc.strerror or exc}") from exc


def write_bytes(data: bytes, output: Path | None) -> None:
    """
    Write to a file, or to standard output for ``None``.

    Raises:
        UsageError: The file cannot be written.
    """
    if output is None:
        # Text that was printed before must not come after.
        sys.stdout.flush()
        rest = memoryview(data)
        while rest:
            # An unbuffered stream (python -u) may take a part.
            rest = rest[sys.stdout.buffer.write(rest) :]
        return
    try:
        output.write_bytes(data)
    except OSError as exc:
        raise UsageError(f"cannot write {output}: {exc.strerror or exc}") from exc
