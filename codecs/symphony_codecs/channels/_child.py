"""What both flavours need to start a child process: its command, and the pipes to it."""

from __future__ import annotations

import os

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final, NamedTuple

from symphony_types.checks import FieldError, FieldTypeError, describe


__all__ = ["GRACE", "KILL_AFTER", "ChildPipes", "check_command", "child_pipes"]

GRACE: Final = 1.0
"""How long a process whose output has ended may take to exit, so that its exit code can be told, in seconds."""
KILL_AFTER: Final = 2.0
"""How long one may take that was asked to terminate, in seconds."""


class ChildPipes(NamedTuple):
    """File descriptors: what the child reads from and writes to, and what this end reads from and writes to."""

    stdin: int
    stdout: int
    reader: int
    writer: int


@contextmanager
def child_pipes() -> Iterator[ChildPipes]:
    """Yield the pipes to a child that is then started: in the end its own are closed, and ours if that failed."""
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
    Return *command*.

    Raises:
        FieldError: It is one text, which a shell would have to take apart, or empty.
    """
    expected = "a program and its arguments, each by itself"
    if isinstance(command, (str, bytes)):
        raise FieldTypeError("wrong_type", ("command",), expected, describe(command))
    if not command:
        raise FieldError("too_small", ("command",), expected, "nothing")
    return tuple(command)
