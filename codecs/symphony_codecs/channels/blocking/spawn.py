"""`spawn`: a channel to a child process, over its standard input and output."""

from __future__ import annotations

import os

from collections.abc import Mapping, Sequence
from typing import IO, Any, Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import IpcConnectionFailedError
from symphony_types.message.ipc import TransportType

from .._child import check_command
from .._options import DEFAULT_MESSAGE, Message, Settings, takes
from .._setup import Setup
from ..endpoint import Endpoint
from ..options import ChannelOptions
from ._child import ChildStream, end_process
from ._deadline import Deadline
from ._opening import open_engine
from .channel import Channel


__all__ = ["spawn"]

M = TypeVar("M", default=Message)


@takes(ChannelOptions)
def spawn(
    command: Sequence[str],
    as_type: TypeForm[M] = DEFAULT_MESSAGE,
    *,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    stderr: int | IO[Any] | None = None,
    **options: Unpack[ChannelOptions],
) -> Channel[M]:
    """
    Start *command* and talk to it over its standard input and output.

    `Channel.process` is the process.  Closing the channel ends the process's
    input, gives it time to exit, then terminates it, then kills it.  If the
    process exits by itself with a code other than 0, or by a signal, the
    connection is lost.

    Args:
        command: The program and its arguments; no shell is involved.
        as_type: The type of messages.
        cwd: The process's working folder; ``None`` is this process's.
        env: The process's environment; ``None`` is this process's.
        stderr: Where its standard error goes, as for `subprocess.Popen`;
            ``None`` is this process's standard error.
        **options: See `ChannelOptions`.  The profile is that of stdio: lines of
            JSON by default.

    Raises:
        FieldError: An argument has a wrong type or value.
        IpcConnectionFailedError: The program cannot be started.
        Exception: All other errors as in `connect`.
    """
    settings: Settings[M] = Settings(as_type=as_type, **options)
    command = check_command(command)
    setup = Setup.of(Endpoint(transport=TransportType.STDIO), "client", settings)
    try:
        stream = ChildStream(command, cwd=cwd, env=env, stderr=stderr)
    except (OSError, ValueError) as error:
        # A null character in an argument raises ValueError.
        raise IpcConnectionFailedError(reason=f"expected a process, got {error}") from error
    try:
        engine = open_engine(stream, setup, Deadline(settings.timeout))
    except BaseException:
        end_process(stream.process, Deadline(0))
        raise
    return Channel(engine, setup, process=stream.process)
