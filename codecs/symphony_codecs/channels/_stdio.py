"""`StandardStreams`: this process's standard input and output, reserved for a channel."""

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
    Standard input and output, while a channel uses them.

    Meanwhile other code that reads file descriptor 0 finds it empty, and
    output to descriptor 1, by `print`, by C code or by a child process, goes
    to standard error, so that no stray line gets between the messages.

    Attributes:
        reader: A copy of the original descriptor 0; close it before `give_back`.
        writer: A copy of the original descriptor 1; close it before `give_back`.

    Raises:
        OSError: One of them is closed, or the process has no free descriptors.
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
            # other processes that share the pipe or the terminal share this flag
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
        """Restore both, with their original blocking mode."""
        _flush_stdout()
        for kept, standard, blocking in zip(self._kept, (_STDIN, _STDOUT), self._blocking, strict=True):
            os.set_blocking(kept, blocking)
            os.dup2(kept, standard)
            os.close(kept)


def _flush_stdout() -> None:
    # earlier output goes to its original place; a closed stream has none
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
