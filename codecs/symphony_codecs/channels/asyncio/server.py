"""`Server`: the connections of one address, each with its channel and its handler's task."""

from __future__ import annotations

import asyncio
import logging

from collections.abc import Awaitable, Callable, Collection
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeAlias

import attrs

from typing_extensions import TypeVar

from symphony_types._checks import IntRange
from symphony_types.errors import IpcAuthenticationFailedError, SymphonyError
from symphony_types.message.ipc import TransportType

from ...transports.profile import TransportProfile
from ...transports.websocket import codec_of_subprotocol
from .._options import ChannelOptions, Message
from ..credentials import PeerCredentials, check_peer, peer_credentials
from ..endpoint import Endpoint
from ..errors import ChannelClosedError, ConnectionLostError
from ..unix import UnixSocketFile
from ._engine import Engine
from ._opening import open_engine
from ._stdio import StdioWire
from ._stream import StreamWire
from ._websocket import WebSocketWire
from .channel import Channel


__all__ = ["Handler", "Server"]

M = TypeVar("M", default=Message)

Handler: TypeAlias = Callable[[Channel[M]], Awaitable[object]]
"""What a server calls with each channel."""

_log: Final = logging.getLogger("symphony_codecs.channels")


@attrs.define(eq=False)
class _Connection:
    """What a server knows of a wire before there is a channel."""

    credentials: PeerCredentials | None
    patience: asyncio.TimerHandle | None


class Server(Generic[M]):
    """
    The connections of one address.

    `serve` makes servers.  A server is an asynchronous context manager, which
    closes it.
    """

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        profile: TransportProfile,
        handler: Handler[M],
        options: ChannelOptions[M],
        timeout: float | None,
        allowed_uids: Collection[int] | None,
        max_connections: int,
    ) -> None:
        IntRange(1, 2**31 - 1).check(max_connections, ("max_connections",))
        self._endpoint = endpoint
        self._profile = profile
        self._handler = handler
        self._options = options
        self._timeout = timeout
        self._allowed_uids = allowed_uids
        self._max_connections = max_connections
        self._listener: asyncio.Server | None = None
        self._file: UnixSocketFile | None = None
        self._connections: dict[StreamWire, _Connection] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._serving: dict[asyncio.Task[None], Channel[M]] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = asyncio.Event()
        self._closing = False

    @property
    def url(self) -> str:
        """Where it serves, with the port that it got."""
        return self._endpoint.url

    @property
    def channels(self) -> frozenset[Channel[M]]:
        """The channels whose handlers run now."""
        return frozenset(self._serving.values())

    @property
    def is_serving(self) -> bool:
        """Whether it has not been closed."""
        return not self._closing

    def __repr__(self) -> str:
        state = f"serving {len(self._serving)} channels" if self.is_serving else "closed"
        return f"<Server {self.url} {state}>"

    # How it begins

    def listen(self, listener: asyncio.Server, file: UnixSocketFile | None = None) -> None:
        """Take over what accepts the connections, and the file that goes with it."""
        self._listener = listener
        self._file = file
        if self._endpoint.transport is not TransportType.UNIX_SOCKET:
            self._endpoint = self._endpoint.with_port(listener.sockets[0].getsockname()[1])

    async def converse(self) -> None:
        """
        Serve one conversation, over standard input and output; the server closes with it.

        Raises:
            UnsupportedTransportError: One of them is a file.
        """
        engine = self._new_engine(None)
        await StdioWire.take(engine)
        self._attend(engine, None).add_done_callback(lambda _: self._closed.set())

    # What the wires tell

    def admit(self, wire: StreamWire) -> bool:
        """Whether a connection may go on: there is room, and the peer is one that may."""
        # the wire tells of its end in any case
        credentials = peer_credentials(wire.info("socket"))
        self._connections[wire] = _Connection(credentials, None)
        self._idle.clear()
        if self._closing:
            return False
        if len(self._connections) > self._max_connections:
            _log.warning("%s: hung up on a peer: there are %d connections", self.url, self._max_connections)
            return False
        try:
            check_peer(credentials, self._allowed_uids)
        except IpcAuthenticationFailedError as error:
            _log.warning("%s: hung up on a peer: %s", self.url, error)
            return False
        if self._timeout is not None:
            # until there is an engine, which has its own patience
            loop = asyncio.get_running_loop()
            self._connections[wire].patience = loop.call_later(self._timeout, wire.abort)
        return True

    def start(self, wire: StreamWire) -> Engine[M]:
        """Begin with a connection on which messages can be sent."""
        connection = self._connections[wire]
        codec = codec_of_subprotocol(wire.subprotocol) if isinstance(wire, WebSocketWire) else None
        engine = self._new_engine(codec)
        engine.attach(wire)
        if connection.patience is not None:
            connection.patience.cancel()
        self._attend(engine, connection.credentials)
        return engine

    def released(self, wire: StreamWire, cause: BaseException | None) -> None:
        """Learn that a connection has ended."""
        connection = self._connections.pop(wire)
        if connection.patience is not None:
            connection.patience.cancel()
        if isinstance(cause, SymphonyError):
            _log.warning("%s: no connection: %s", self.url, cause)
        if not self._connections:
            self._idle.set()

    def _new_engine(self, codec: Any) -> Engine[M]:
        return Engine(self._options.link(self._profile, "server", codec=codec), max_queue=self._options.max_queue)

    # One channel

    def _attend(self, engine: Engine[M], credentials: PeerCredentials | None) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._serve(engine, credentials))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return task

    async def _serve(self, engine: Engine[M], credentials: PeerCredentials | None) -> None:
        async def dial() -> Engine[M]:
            return engine

        try:
            await open_engine(dial, self.url, self._timeout)
        except SymphonyError as error:
            _log.warning("%s: no connection: %s", self.url, error)
            return
        task = asyncio.current_task()
        assert task is not None
        self._opening.discard(task)
        channel = Channel(
            engine,
            url=self.url,
            transport=self._endpoint.transport,
            profile=self._profile,
            peer_credentials=credentials,
        )
        self._serving[task] = channel
        try:
            await self._handler(channel)
        except (ConnectionLostError, ChannelClosedError) as error:
            # every peer goes at some time
            _log.debug("%s: the peer has gone: %s", self.url, error)
        except Exception:  # noqa: BLE001 - whatever it is, the server goes on
            _log.exception("%s: the handler of a channel failed", self.url)
        finally:
            try:
                await channel.close()
            finally:
                del self._serving[task]

    # How it ends

    async def serve_forever(self) -> None:
        """Wait until the server is closed, or its one conversation, over standard input and output, has ended."""
        await self._closed.wait()

    async def close(self, *, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - as Channel.close
        """
        Stop listening, close all channels in good order, and wait until their handlers are done.

        Args:
            timeout: How long to wait for peers and handlers, in seconds;
                after that connections are cut and handlers cancelled.
        """
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
