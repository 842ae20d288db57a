"""A child process as a stream: its standard input and output."""

from __future__ import annotations

import os
import subprocess

from collections.abc import Mapping, Sequence
from typing import IO, Any

from .._child import GRACE, KILL_AFTER, child_pipes
from ._deadline import Deadline
from ._streams import PipeStream


__all__ = ["ChildStream", "end_process"]


class ChildStream(PipeStream):
    """
    The two pipes of a process.

    If the process exits by itself with a code other than 0, or by a signal,
    the connection is broken.

    Args:
        command: The program and its arguments.
        cwd: The process's working folder.
        env: The process's environment.
        stderr: Where the process's standard error goes.

    Attributes:
        process: The process.

    Raises:
        OSError: The process cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: str | os.PathLike[str] | None,
        env: Mapping[str, str] | None,
        stderr: int | IO[Any] | None,
    ) -> None:
        with child_pipes() as pipes:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - that is what the caller wants
                command, stdin=pipes.stdin, stdout=pipes.stdout, stderr=stderr, cwd=cwd, env=env
            )
        # Only this process has these ends of the pipes.
        os.set_blocking(pipes.reader, False)
        os.set_blocking(pipes.writer, False)
        try:
            super().__init__(pipes.reader, pipes.writer)
        except BaseException:
            end_process(self.process, Deadline(0))
            raise

    def _read_into(self, view: memoryview) -> int:
        size = super()._read_into(view)
        if not size and self._is_writing:
            try:
                code = self.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                return size
            if code:
                raise ChildProcessError(f"the process exited with {code}")
        return size


def end_process(process: subprocess.Popen[bytes], deadline: Deadline) -> None:
    """Wait until *process*, whose input has ended, exits; after the *deadline* terminate it, and then kill it."""
    for patience, insist in ((deadline.remaining(), process.terminate), (KILL_AFTER, process.kill)):
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            insist()
        else:
            return
    process.wait()
