"""`spawn`: a channel to a child process, over its standard input and output."""

from __future__ import annotations

import asyncio
import contextlib
import os

from collections.abc import Mapping, Sequence
from functools import partial
from typing import IO, Any, Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import IpcConnectionFailedError
from symphony_types.message.ipc import TransportType

from .._child import GRACE, KILL_AFTER, check_command, child_pipes
from .._options import DEFAULT_MESSAGE, Message, Settings, takes
from .._setup import Setup
from ..endpoint import Endpoint
from ..options import ChannelOptions
from ._engine import Engine
from ._opening import Opening, open_engine
from ._pipes import PipeWire
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
) -> Opening[Channel[M]]:
    """
    Start *command* and talk to it over its standard input and output; await the channel, or enter it.

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
    start = partial(asyncio.create_subprocess_exec, *check_command(command), cwd=cwd, env=env, stderr=stderr)
    return Opening(partial(_spawn, start, settings))


async def _spawn(start: Any, settings: Settings[M]) -> Channel[M]:
    setup = Setup.of(Endpoint(transport=TransportType.STDIO), "client", settings)
    engine: Engine[M] = Engine(setup.conversation())
    wire = _ChildWire(engine)
    await open_engine(partial(wire.start, start), setup.endpoint.url, settings.timeout)
    return Channel(engine, setup, process=wire.process)


class _ChildWire(PipeWire):
    """The two pipes of a child process, and the process."""

    linger = 5.0

    def __init__(self, engine: Engine[Any]) -> None:
        super().__init__(engine)
        self.process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._exited = self._read_ended = False
        self._timers: list[asyncio.TimerHandle] = []

    async def start(self, start: Any) -> Engine[Any]:
        """Start the process and take its pipes."""
        try:
            with child_pipes() as pipes:
                self.process = process = await start(stdin=pipes.stdin, stdout=pipes.stdout)
        except (OSError, ValueError) as exc:
            # a null character in an argument raises ValueError
            raise IpcConnectionFailedError(reason=f"expected a process, got {exc}") from exc
        watch = asyncio.get_running_loop().create_task(self._wait(process))
        # the loop itself holds tasks weakly
        self._watch = watch
        try:
            await self.open(pipes.reader, pipes.writer)
        except BaseException:
            self._signal(process.kill)
            await watch
            self._cancel_timers()
            raise
        return self._engine

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._exited = True
        if self._read_ended:
            self._tell_eof()
        else:
            # A child of the process may keep the pipe open for ever.
            self._later(GRACE, self._stop_reading)
        self._settle()

    def _stop_reading(self) -> None:
        self._reader.close()
        self._tell_eof()

    def eof_received(self) -> None:
        self._read_ended = True
        if self._exited:
            self._tell_eof()
        else:
            self._later(GRACE, self._tell_eof)

    def _tell_eof(self) -> None:
        code = None if self.process is None else self.process.returncode
        self._engine.feed_eof(ChildProcessError(f"the process exited with {code}") if code else None)

    def _is_over(self) -> bool:
        return super()._is_over() and self._exited

    def _settle(self) -> None:
        if self._is_over():
            self._cancel_timers()
        super()._settle()

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()

    def close(self) -> None:
        # Read its output to the end, and drop it: the process must not fail because its last output is not read.
        self.write_eof()
        self.resume_reading()

    def abort(self) -> None:
        super().abort()
        if not self._exited and self.process is not None:
            self._signal(self.process.terminate)
            self._later(KILL_AFTER, self._signal, self.process.kill)

    @staticmethod
    def _signal(send: Any) -> None:
        with contextlib.suppress(ProcessLookupError):
            send()

    def _later(self, delay: float, callback: Any, *args: Any) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(delay, callback, *args))
