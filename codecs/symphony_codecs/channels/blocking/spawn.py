"""`spawn`: a channel to a child process, over its standard input and output."""

from __future__ import annotations

import os

from collections.abc import Mapping, Sequence
from typing import IO, Any, Final

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import IpcConnectionFailedError
from symphony_types.message.ipc import TransportType

from ...codec import Codec
from ...framing.auth import SharedKey
from ...transports.policy import FormatPolicy
from ...transports.profile import TransportProfile
from .._child import check_command
from .._options import DEFAULT_MESSAGE, ChannelOptions, Message
from ..endpoint import Endpoint
from ._child import ChildStream, end_process
from ._deadline import Deadline
from ._opening import open_engine
from .channel import Channel


__all__ = ["spawn"]

M = TypeVar("M", default=Message)

_ENDPOINT: Final = Endpoint(transport=TransportType.STDIO)


def spawn(
    command: Sequence[str],
    as_type: TypeForm[M] = DEFAULT_MESSAGE,
    *,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    stderr: int | IO[Any] | None = None,
    policy: FormatPolicy | None = None,
    profile: TransportProfile | None = None,
    codec: Codec | None = None,
    key: SharedKey | None = None,
    timeout: float | None = 10.0,
    max_queue: int = 64,
    raw: bool = False,
) -> Channel[M]:
    """
    Start *command* and talk to it over its standard input and output.

    The channel's `Channel.process` is the process.  Closing the channel ends
    its input, gives it time to exit, then terminates it, then kills it.  If it
    exits by itself with a code other than 0, or by a signal, that is a
    connection lost.

    Args:
        command: The program and its arguments; no shell is involved.
        as_type: The type of messages.
        cwd: Where to start it; ``None`` is here.
        env: Its environment; ``None`` is this process's.
        stderr: Where its standard error goes, as for `subprocess.Popen`;
            ``None`` is to this process's.
        policy: As in `connect`; the profile is that of stdio: lines of JSON
            by default.
        profile: As in `connect`.
        codec: As in `connect`.
        key: As in `connect`.
        timeout: As in `connect`.
        max_queue: As in `connect`.
        raw: As in `connect`.

    Raises:
        FieldError: An argument is not what it should be.
        IpcConnectionFailedError: The program cannot be started.
        Exception: All else as in `connect`.
    """
    options: ChannelOptions[M] = ChannelOptions(
        as_type=as_type, policy=policy, profile=profile, codec=codec, key=key, max_queue=max_queue, raw=raw
    )
    command = check_command(command)
    chosen = options.profile_for(TransportType.STDIO)
    # What cannot be is told before anything is started.
    options.link(chosen, "client")
    try:
        stream = ChildStream(command, cwd=cwd, env=env, stderr=stderr)
    except (OSError, ValueError) as error:
        # A null character in an argument is a ValueError.
        raise IpcConnectionFailedError(reason=f"expected a process, got {error}") from error
    try:
        engine = open_engine(stream, _ENDPOINT, "client", Deadline(timeout), options=options, profile=chosen)
    except BaseException:
        end_process(stream.process, Deadline(0))
        raise
    return Channel(engine, url=_ENDPOINT.url, transport=TransportType.STDIO, profile=chosen, process=stream.process)
