"""`StandardStreams`: this process's standard input and output, taken away from everyone else."""

from __future__ import annotations

import contextlib
import os
import sys

from typing import Final


__all__ = ["StandardStreams"]

_STDIN: Final = 0
_STDOUT: Final = 1
_STDERR: Final = 2


class StandardStreams:
    """
    Standard input and output, for as long as a channel has them.

    Meanwhile whoever reads from file descriptor 0 finds it empty, and what is
    written to 1, by `print`, by C or by a child process, goes to standard
    error: one stray line between the messages would be the peer's to explain.

    Attributes:
        reader: What 0 was: a copy, to be closed before `give_back`.
        writer: What 1 was: likewise.

    Raises:
        OSError: One of them is closed, or there are no more descriptors.
    """

    def __init__(self) -> None:
        _flush_stdout()
        with contextlib.ExitStack() as undo:

            def copy(descriptor: int) -> int:
                made = os.dup(descriptor)
                undo.callback(os.close, made)
                return made

            self.reader, self.writer = copy(_STDIN), copy(_STDOUT)
            self._kept = copy(_STDIN), copy(_STDOUT)
            # whoever shares the pipe or the terminal shares this with us, too
            self._blocking = os.get_blocking(_STDIN), os.get_blocking(_STDOUT)
            nothing = os.open(os.devnull, os.O_RDONLY)
            try:
                os.dup2(_STDERR, _STDOUT)
                os.dup2(nothing, _STDIN)
            except BaseException:
                os.dup2(self._kept[1], _STDOUT)
                raise
            finally:
                os.close(nothing)
            undo.pop_all()

    def give_back(self) -> None:
        """Let everyone have them again, as they were, however they were used."""
        _flush_stdout()
        for kept, standard, blocking in zip(self._kept, (_STDIN, _STDOUT), self._blocking, strict=True):
            os.set_blocking(kept, blocking)
            os.dup2(kept, standard)
            os.close(kept)


def _flush_stdout() -> None:
    # what was printed before goes where it was meant to go; a stream that is closed has nothing
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
