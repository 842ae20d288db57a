"""The standard input and output of this process as a stream."""

from __future__ import annotations

import contextlib
import os
import select
import sys

from typing import Final, Self

from typing_extensions import Buffer

from ._streams import WRITE, PipeStream


__all__ = ["StdioStream"]

_STDIN: Final = 0
_STDOUT: Final = 1
_STDERR: Final = 2


class StdioStream(PipeStream):
    """
    Standard input and output, taken away from everyone else for as long as this lasts.

    Meanwhile whoever reads from file descriptor 0 finds it empty, and what is
    written to 1, by `print`, by C or by a child process, goes to standard
    error: one stray line between the messages would be the peer's to explain.

    Neither is made non-blocking: other processes that share the terminal or
    the pipe would find it so.  A pipe that has any room takes ``PIPE_BUF``
    bytes without blocking (POSIX), so no more are written at once.
    """

    @classmethod
    def take(cls) -> Self:
        """Take both, until `close`."""
        _flush_stdout()
        stdin, stdout = os.dup(_STDIN), os.dup(_STDOUT)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, _STDIN)
        os.close(nothing)
        os.dup2(_STDERR, _STDOUT)
        return cls(stdin, stdout)

    def __init__(self, reader: int, writer: int) -> None:
        super().__init__(reader, writer)
        # They are given back in the end, however they were used.
        self._kept = os.dup(reader), os.dup(writer)
        self._closed = False

    def _send(self, buffers: list[Buffer]) -> int:
        if not self.wait(WRITE, 0):
            raise BlockingIOError
        some: list[Buffer] = []
        room = select.PIPE_BUF
        for buffer in buffers:
            view = memoryview(buffer).cast("B")[:room]
            some.append(view)
            room -= view.nbytes
            if not room:
                break
        return super()._send(some)

    def close(self) -> None:
        super().close()
        if self._closed:
            return
        self._closed = True
        _flush_stdout()
        for kept, standard in zip(self._kept, (_STDIN, _STDOUT), strict=True):
            os.dup2(kept, standard)
            os.close(kept)


def _flush_stdout() -> None:
    # What was printed before goes where it was meant to go; a stream that is closed has nothing.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
