"""`Server`: the connections of one address, each with its channel and its handler's task."""

from __future__ import annotations

import asyncio
import os
import sys

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeAlias

import attrs

from typing_extensions import TypeVar

from symphony_types.errors import SymphonyError, TimedOutError
from symphony_types.message.ipc import TransportType

from ...codec import Codec
from .._admission import Peer
from .._options import Message
from .._server import BaseServer
from .._setup import Setup
from ..unix import UnixSocketFile
from ._answering import Answer, Answering
from ._engine import Engine
from ._opening import open_engine
from ._stdio import StdioWire
from ._stream import StreamWire
from .channel import Channel


__all__ = ["Handler", "Server"]

M = TypeVar("M", default=Message)

Handler: TypeAlias = Callable[[Channel[M]], Awaitable[object]]
"""Called with each channel of a server."""


@attrs.define(eq=False)
class _Connection:
    """The state of a wire before its channel exists."""

    peer: Peer
    admitted: bool = False
    started: bool = False
    patience: asyncio.TimerHandle | None = None


_BACKLOG: Final = 128
ACCEPTED_AT_ONCE: Final = int(sys.version_info < (3, 14)) if os.name == "posix" else _BACKLOG
"""
The backlog that listeners are made with, which is also how many connections
the event loop accepts at once; from Python 3.14 on, it accepts one more.  The
listening sockets get a larger backlog afterwards.

When the process has no free descriptors, event loops of the standard library
log a traceback every second for each connection that they would accept.
"""


class _Timer:
    """One timer at a time, or none."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None

    def start(self, delay: float, callback: Callable[[], None]) -> None:
        self._handle = asyncio.get_running_loop().call_later(delay, callback)

    def cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()


class Server(BaseServer[M, Channel[M], Handler[M], Answer[M]], Generic[M]):
    """
    The connections of one address.

    `serve` makes servers.  A server is an asynchronous context manager, which
    closes it.
    """

    def __init__(self, setup: Setup[M], handler: Handler[M] | None, answer: Answer[M] | None) -> None:
        super().__init__(setup, handler, answer)
        self._timeout = setup.settings.timeout
        self._listener: asyncio.Server | None = None
        self._connections: dict[StreamWire, _Connection] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._closings: set[asyncio.Task[None]] = set()
        self._serving: dict[asyncio.Task[None], Channel[M]] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = asyncio.Event()

    @property
    def channels(self) -> frozenset[Channel[M]]:
        return frozenset(self._serving.values())

    # How it begins

    async def listen(self, listener: asyncio.Server, file: UnixSocketFile | None = None) -> None:
        """
        Take over *listener*, and the socket's *file*, and start to accept connections.

        Raises:
            OSError: The address is in use.
        """
        self._listener = listener
        self._file = file
        if self._setup.endpoint.transport is not TransportType.UNIX_SOCKET:
            self._bound(listener.sockets[0].getsockname()[1])
        try:
            await listener.start_serving()
            for sock in listener.sockets:
                with sock.dup() as same:
                    same.listen(_BACKLOG)
        except BaseException:
            await self.close()
            raise

    async def converse(self) -> None:
        """
        Serve a single channel over standard input and output; the server closes with it.

        Raises:
            UnsupportedTransportError: One of them is a file.
            OSError: One of them is closed.
        """
        engine = self._new_engine(None)
        await StdioWire.take(engine)
        self._attend(engine, Peer()).add_done_callback(lambda _: self._closed.set())

    # Called by the wires

    def admit(self, wire: StreamWire) -> bool:
        """Whether to keep a connection: there is room, and the peer is allowed."""
        # the wire calls `released` in any case
        connection = self._connections[wire] = _Connection(Peer.of(wire.info("socket")))
        self._idle.clear()
        if self._closing:
            return False
        refusal = self._admission.refusal(connection.peer)
        if refusal is not None:
            self._log.hung_up(connection.peer, refusal)
            return False
        connection.admitted = True
        if self._timeout is not None:
            # until there is an engine, which has a time-out of its own
            connection.patience = asyncio.get_running_loop().call_later(self._timeout, self._give_up, wire)
        return True

    def _give_up(self, wire: StreamWire) -> None:
        late = TimedOutError(f"expected the peer's part of the handshake within {self._timeout} s, got none")
        self._log.no_connection(self._connections[wire].peer, late)
        wire.abort()

    def start(self, wire: StreamWire) -> Engine[M]:
        """Start the engine of a connection whose handshakes are done."""
        connection = self._connections[wire]
        engine = self._new_engine(wire.codec)
        engine.attach(wire)
        connection.started = True
        spent = 0.0
        if connection.patience is not None and self._timeout is not None:
            connection.patience.cancel()
            spent = self._timeout - (connection.patience.when() - asyncio.get_running_loop().time())
        self._attend(engine, connection.peer, wire.peer_certificate, spent)
        return engine

    def released(self, wire: StreamWire, cause: BaseException | None) -> None:
        """Note that a connection has ended."""
        connection = self._connections.pop(wire)
        if connection.patience is not None:
            connection.patience.cancel()
        if connection.admitted:
            self._admission.leave(connection.peer)
        if cause is not None and not connection.started:
            self._log.no_connection(connection.peer, cause)
        if not self._connections:
            self._idle.set()

    def _new_engine(self, codec: Codec | None) -> Engine[M]:
        return Engine(self._setup.conversation(codec))

    # One channel

    def _attend(
        self, engine: Engine[M], peer: Peer, certificate: dict[str, Any] | None = None, spent: float = 0.0
    ) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._serve(engine, peer, certificate, spent))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return task

    async def _serve(self, engine: Engine[M], peer: Peer, certificate: dict[str, Any] | None, spent: float) -> None:
        async def dial() -> Engine[M]:
            return engine

        try:
            await open_engine(dial, self.url, self._timeout, spent=spent)
        except SymphonyError as error:
            self._log.no_connection(peer, error)
            return
        task = asyncio.current_task()
        assert task is not None
        self._opening.discard(task)
        channel = Channel(engine, self._setup, peer_credentials=peer.credentials, peer_certificate=certificate)
        self._serving[task] = channel
        answering: Answering[M] | None = None
        if self._answer is not None:
            failed = partial(self._log.handler_failed, peer)
            answering = Answering(engine, self._answer, failed, max_tasks=self._setup.settings.max_queue)
        watch = self._watch(engine, peer, None if answering is None else answering.is_busy)
        try:
            if self._handler is not None:
                await self._handler(channel)
            elif answering is not None:
                await answering.run()
        except Exception as error:  # noqa: BLE001 - the server survives any error of a handler
            self._log.handler_failed(peer, error)
        finally:
            watch.cancel()
            try:
                await channel.close()
            finally:
                del self._serving[task]

    def _watch(self, engine: Engine[M], peer: Peer, is_answering: Callable[[], bool] | None) -> _Timer:
        """Close *engine* once it has been idle for too long."""
        timer = _Timer()
        watch = self._idle_watch(engine.conversation, is_answering)
        if watch is None:
            return timer

        def look() -> None:
            remaining = watch.remaining(stuck=engine.is_stuck)
            if remaining:
                timer.start(remaining, look)
                return
            self._log.hung_up(peer, f"no message for {watch.limit:g} s, and no request under way")
            # closing ends the handler, too
            self._closings.add(closing := asyncio.get_running_loop().create_task(engine.close(watch.goodbye)))
            closing.add_done_callback(self._closings.discard)

        timer.start(watch.limit, look)
        return timer

    # How it ends

    async def serve_forever(self) -> None:
        await self._closed.wait()

    async def close(self, *, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - as Channel.close
        self._stop_listening()
        for wire, connection in list(self._connections.items()):
            if connection.patience is not None and not connection.patience.cancelled():
                wire.abort()
        for task in self._opening:
            task.cancel()
        own = asyncio.current_task()
        others = {task: channel for task, channel in self._serving.items() if task is not own}
        try:
            async with asyncio.timeout(timeout):
                await asyncio.gather(*(channel.close(timeout=timeout) for channel in others.values()))
                await _finished([*others, *self._opening])
        except TimeoutError:
            pass
        finally:
            for task in others:
                task.cancel()
            await _finished([*others, *self._opening])
            if own not in self._serving:
                for wire in list(self._connections):
                    wire.abort()
                await self._idle.wait()
                await _finished(self._closings)
            self._closed.set()

    def _stop_listening(self) -> None:
        self._closing = True
        if self._file is not None:
            self._file.remove()
        if self._listener is not None:
            self._listener.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


async def _finished(tasks: Collection[asyncio.Task[None]]) -> None:
    if tasks:
        await asyncio.wait(tasks)
