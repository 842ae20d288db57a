"""Where blocking readers get their bytes: paths, binary files, iterables and bytes in memory."""

from __future__ import annotations

import errno
import io
import os
import stat
import time

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, cast

from typing_extensions import Buffer

from symphony_types.checks import describe

from ..framing.errors import RemoteFrameError


__all__ = ["BLOCK", "BinaryReader", "Source", "blocks_of", "piece_of"]

BLOCK: Final = 256 * 1024
# How often to look whether an append is under way, and how long to wait between, in seconds.
_LOOKS: Final = 20
_PAUSE: Final = 0.005


class BinaryReader(Protocol):
    """A file opened in binary mode, or anything else that reads bytes as it does."""

    def read(self, size: int, /) -> bytes | None:
        """Return at most *size* bytes, none at the end."""


Source: TypeAlias = str | os.PathLike[str] | BinaryReader | Buffer | Iterable[Buffer]
"""A path, a binary file, the bytes themselves, or the bytes in pieces."""


def blocks_of(source: Source) -> Iterator[bytes]:
    """
    Return an iterator of the blocks of *source*, which is opened when the first is asked for.

    The iterator raises `RemoteFrameError` (``changed``) when a file shrinks
    or is written to in the middle.

    Raises:
        OSError: There is no such file.
        TypeError: *source* is nothing to read bytes from.
    """
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        if stat.S_ISDIR(path.stat().st_mode):
            raise IsADirectoryError(errno.EISDIR, "expected a file, got a directory", str(path))
        return _path(path)
    if isinstance(cast("object", source), io.TextIOBase):
        raise TypeError("expected a file opened in binary mode, got one of text (standard input is sys.stdin.buffer)")
    read = getattr(source, "read1", None) or getattr(source, "read", None)
    if read is not None:
        return _file(source, read)
    try:
        whole = memoryview(cast("Any", source))
    except TypeError:
        pass
    else:
        return iter((whole.tobytes(),))
    try:
        return map(piece_of, iter(cast("Iterable[Buffer]", source)))
    except TypeError:
        raise TypeError(f"expected a path, a binary file or an iterable of bytes, got {describe(source)}") from None


def _path(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        yield from _file(file, file.read)


def _file(file: Any, read: Callable[[int], bytes | None]) -> Iterator[bytes]:
    watch = _Watch(file)
    while True:
        block = read(BLOCK)
        if block is None:
            raise BlockingIOError("expected a file that waits for bytes, got one that does not block")
        if isinstance(cast("object", block), str):
            raise TypeError("expected a file opened in binary mode, got one of text")
        watch.check(at_end=not block)
        if not block:
            return
        yield block


def piece_of(piece: Buffer) -> bytes:
    """Return *piece* as bytes, or raise a `TypeError`."""
    if isinstance(piece, bytes):
        return piece
    try:
        return memoryview(piece).tobytes()
    except TypeError:
        raise TypeError(f"expected bytes in pieces, got {describe(piece)}") from None


class _Watch:
    """Looks after a file on a disk: it may grow at its end while it is read, and nothing else."""

    def __init__(self, file: Any) -> None:
        self._number: int | None = None
        try:
            number: int = file.fileno()
            state = os.fstat(number)
        except (AttributeError, OSError, TypeError, ValueError):  # a file without a descriptor of its own
            return
        if stat.S_ISREG(state.st_mode):
            self._number = number
            self._size, self._written = state.st_size, state.st_mtime_ns

    def check(self, *, at_end: bool) -> None:
        """
        Raise `RemoteFrameError` (``changed``) unless the file is as it was, or longer.

        An append changes the time before the size, so a new time alone is
        judged when the end is reached.
        """
        if self._number is None:
            return
        for _ in range(_LOOKS if at_end else 1):
            state = os.fstat(self._number)
            size, written = state.st_size, state.st_mtime_ns
            if size < self._size:
                text = f"expected a file of at least {self._size} bytes, got {size} meanwhile"
                raise RemoteFrameError("changed", text)
            if size > self._size:
                self._size, self._written = size, written
            if written == self._written:
                return
            if at_end:
                time.sleep(_PAUSE)
        if at_end:
            raise RemoteFrameError("changed", "expected a file that at most grows, got one with other bytes meanwhile")
