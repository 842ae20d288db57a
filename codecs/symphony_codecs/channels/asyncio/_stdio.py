"""The standard input and output of this process as a wire."""

from __future__ import annotations

import contextlib
import os
import sys

from typing import Any, Final

from ._engine import Engine
from ._pipes import PipeWire


__all__ = ["StdioWire"]

_STDIN: Final = 0
_STDOUT: Final = 1
_STDERR: Final = 2


class StdioWire(PipeWire):
    """
    Standard input and output, taken away from everyone else for as long as this lasts.

    Meanwhile whoever reads from file descriptor 0 finds it empty, and what is
    written to 1, by `print`, by C or by a child process, goes to standard
    error: one stray line between the messages would be the peer's to explain.
    """

    @classmethod
    async def take(cls, engine: Engine[Any]) -> StdioWire:
        """
        Take both.

        Raises:
            UnsupportedTransportError: One of them is a file.
        """
        wire = cls(engine)
        wire._take_away()
        try:
            await wire.open(os.dup(wire._stdin), os.dup(wire._stdout))
        except BaseException:
            wire._give_back()
            raise
        return wire

    def __init__(self, engine: Engine[Any]) -> None:
        super().__init__(engine)
        self._stdin = self._stdout = -1
        self._blocking = (True, True)

    def _take_away(self) -> None:
        _flush_stdout()
        self._blocking = os.get_blocking(_STDIN), os.get_blocking(_STDOUT)
        self._stdin, self._stdout = os.dup(_STDIN), os.dup(_STDOUT)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, _STDIN)
        os.close(nothing)
        os.dup2(_STDERR, _STDOUT)

    def _settle(self) -> None:
        if self._is_over():
            self._give_back()
        super()._settle()

    def _give_back(self) -> None:
        _flush_stdout()
        for kept, standard, blocking in (
            (self._stdin, _STDIN, self._blocking[0]),
            (self._stdout, _STDOUT, self._blocking[1]),
        ):
            # whoever shares the pipe or the terminal shares this with us, too
            os.set_blocking(kept, blocking)
            os.dup2(kept, standard)
            os.close(kept)


def _flush_stdout() -> None:
    # what was printed before goes where it was meant to go; a stream that is closed has nothing
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
