"""The command of a child process and the pipes to it, for both flavours."""

from __future__ import annotations

import os

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final, NamedTuple

from symphony_types.checks import FieldError, FieldTypeError, describe


__all__ = ["GRACE", "KILL_AFTER", "ChildPipes", "check_command", "child_pipes"]

GRACE: Final = 1.0
"""How long to wait for the exit code of a process whose output has ended, in seconds."""
KILL_AFTER: Final = 2.0
"""How long to wait between terminating a process and killing it, in seconds."""


class ChildPipes(NamedTuple):
    """File descriptors: ``stdin`` and ``stdout`` are the child's, ``reader`` and ``writer`` are this end's."""

    stdin: int
    stdout: int
    reader: int
    writer: int


@contextmanager
def child_pipes() -> Iterator[ChildPipes]:
    """Yield the pipes for a child to start; then close the child's ends, and also ours if starting it failed."""
    with ExitStack() as theirs, ExitStack() as ours:
        stdin, writer = os.pipe()
        theirs.callback(os.close, stdin)
        ours.callback(os.close, writer)
        reader, stdout = os.pipe()
        ours.callback(os.close, reader)
        theirs.callback(os.close, stdout)
        yield ChildPipes(stdin=stdin, stdout=stdout, reader=reader, writer=writer)
        ours.pop_all()


def check_command(command: Sequence[str]) -> tuple[str, ...]:
    """
    Return *command* as a tuple.

    Raises:
        FieldError: It is empty, or a single string, which a shell would have to split.
    """
    expected = "a program and its arguments as separate strings"
    if isinstance(command, (str, bytes)):
        raise FieldTypeError("wrong_type", ("command",), expected, describe(command))
    if not command:
        raise FieldError("too_small", ("command",), expected, "nothing")
    return tuple(command)
