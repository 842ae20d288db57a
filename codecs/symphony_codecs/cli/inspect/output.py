"""Rows on standard output: at once where somebody waits for them, in large pieces elsewhere."""

from __future__ import annotations

import sys

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from ...framing.errors import RemoteFrameError
from ...records._inflate import COMPRESSED, inflater, need
from ...records._sources import blocks_of
from ..errors import FailedError, UsageError
from ..streams import console, is_terminal, write_bytes
from .rows import Row, coloured


__all__ = ["Capture", "Output"]

T = TypeVar("T")

_PIECE: Final = 64 * 1024


class Output:
    """
    Standard output.

    Args:
        json: Whether rows are JSON, an object a line.
        full: Whether long payloads are shown whole.
    """

    def __init__(self, *, json: bool, full: bool) -> None:
        self._json = json
        self._full = full
        self._console = console() if is_terminal() and not json else None
        self._encoding = sys.stdout.encoding or "utf-8"
        self._lines: list[str] = []
        self._held = 0

    def row(self, row: Row) -> None:
        """Write a row."""
        if self._json:
            self.line(row.for_programs())
            return
        lines = row.for_people(full=self._full)
        if self._console is None:
            self.line("\n".join(lines))
            return
        for line in lines:
            self._console.print(coloured(line), soft_wrap=True)

    def line(self, line: str) -> None:
        """Write a line, or several, as they are."""
        self._lines.append(line)
        self._held += len(line)
        if self._held >= _PIECE:
            self.flush()

    def flush(self) -> None:
        """Let readers of the output have what was written."""
        if self._lines:
            self._lines.append("")
            text = "\n".join(self._lines)
            self._lines, self._held = [], 0
            write_bytes(text.encode(self._encoding, "backslashreplace"), None)
        sys.stdout.flush()


class Capture:
    """
    The bytes of a file or of standard input, in blocks as they come; inflated if the name ends in ``.gz`` or ``.zst``.

    Args:
        source: A path; ``-`` is standard input.
        before_read: Called before each read, which may have to wait.

    Attributes:
        size: How many bytes have come so far, inflated.
        name: What an error calls it.
        stem: The path without the extension of the compression; empty for standard input.

    Raises:
        UsageError: There is no such file, or it cannot be inflated here.
    """

    def __init__(self, source: str, before_read: Callable[[], None]) -> None:
        if source.startswith("-") and source != "-":
            raise UsageError(f"unknown option {source} (a file of that name is ./{source})")
        path = Path(source)
        compression = "none" if source == "-" else COMPRESSED.get(path.suffix.lower(), "none")
        self.size = 0
        self.name = "standard input" if source == "-" else source
        self.stem = "" if source == "-" else str(path.with_suffix("") if compression != "none" else path)
        self._before_read = before_read
        try:
            need(compression)
            self._blocks = blocks_of(sys.stdin.buffer if source == "-" else path)
        except OSError as exc:
            raise self._unreadable(exc) from exc
        except ImportError as exc:
            raise UsageError(str(exc)) from exc
        self._inflater = inflater(compression)

    def __iter__(self) -> Iterator[bytes]:
        """
        Yield the blocks.

        Raises:
            FailedError: The file changes while it is read, or is not compressed as its name says.
            UsageError: It cannot be read.
        """
        for block in self._read():
            if self._inflater is None:
                self.size += len(block)
                yield block
                continue
            inflated = self._inflater.feed(block)
            while (piece := self._guarded(lambda: next(inflated, None))) is not None:  # noqa: B023 - called at once
                self.size += len(piece)
                yield piece
        if self._inflater is not None:
            self._guarded(self._inflater.feed_eof)

    def _read(self) -> Iterator[bytes]:
        # Nothing but reading is guarded: what the output raises is not the input's fault.
        while True:
            self._before_read()
            block = self._guarded(lambda: next(self._blocks, None))
            if block is None:
                return
            yield block

    def _guarded(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except RemoteFrameError as exc:
            raise FailedError(f"{self.name}: {exc.message}") from exc
        except OSError as exc:
            raise self._unreadable(exc) from exc

    def _unreadable(self, exc: OSError) -> UsageError:
        return UsageError(f"cannot read {self.name}: {exc.strerror or exc}")
