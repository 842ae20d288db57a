"""How far a conversion is: a bar on a terminal, a line now and then off it, or nothing."""

from __future__ import annotations

import sys
import time

from types import TracebackType
from typing import Any, Final, Self

from ..streams import progress_console


__all__ = ["Progress", "progress_for", "size_text"]

_EVERY: Final = 5.0  # seconds between two lines
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")


class Progress:
    """
    Shows nothing.

    Args:
        total: The size of the input in bytes, 0 if nobody knows.
    """

    def __init__(self, total: int) -> None:
        self.total: Final = total
        self.done = 0
        self._skipped = 0
        self._started = time.monotonic()

    def skip(self, size: int) -> None:
        """Count bytes that an earlier run has converted."""
        self._skipped += size
        self.done += size
        self.show()

    def advance(self, size: int) -> None:
        """Count bytes that are read."""
        self.done += size
        self.show()

    def show(self) -> None:
        """Show how far it is."""

    @property
    def rate(self) -> float:
        """Bytes in a second, of this run."""
        return (self.done - self._skipped) / max(time.monotonic() - self._started, 1e-9)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


class _Lines(Progress):
    """Writes a line to standard error every few seconds."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        self._next = self._started + _EVERY

    def show(self) -> None:
        if (now := time.monotonic()) < self._next:
            return
        self._next = now + _EVERY
        rate = self.rate
        line = f"{size_text(self.done)}"
        if self.total:
            line += f" of {size_text(self.total)}, {self.done * 100 // self.total} %"
        line += f", {size_text(rate)}/s"
        if self.total and rate:
            line += f", {max(self.total - self.done, 0) / rate:.0f} s left"
        sys.stderr.write(f"symphony: {line}\n")
        sys.stderr.flush()


class _Bar(Progress):
    """Draws a bar on a terminal, which is gone at the end."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        from rich import progress

        self._bar: Any = progress.Progress(
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
            console=progress_console(),
            transient=True,
        )
        self._task: Any = self._bar.add_task("", total=total or None)

    def show(self) -> None:
        self._bar.update(self._task, completed=self.done)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()


def progress_for(total: int, *, quiet: bool) -> Progress:
    """
    Return what shows how far it is on standard error.

    Args:
        total: The size of the input in bytes, 0 if nobody knows.
        quiet: Show nothing.
    """
    if quiet:
        return Progress(total)
    return _Bar(total) if sys.stderr.isatty() else _Lines(total)


def size_text(size: float) -> str:
    """Return a number of bytes as people read it."""
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 else f"{size:.1f} {_UNITS[unit]}"
