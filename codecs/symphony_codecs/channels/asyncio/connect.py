"""`connect`: a channel to a server."""

from __future__ import annotations

import asyncio

from functools import partial
from typing import Any, Generic, Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import SymphonyError
from symphony_types.message.ipc import TransportType

from .._options import DEFAULT_MESSAGE, Message, Settings, takes
from .._setup import Setup
from ..credentials import PeerCredentials, check_user, peer_credentials
from ..endpoint import Endpoint
from ..errors import connect_error
from ..options import ConnectOptions
from ..unix import check_unix_path
from ._engine import Engine
from ._layered import wire_factory
from ._opening import Opening, open_engine
from ._stdio import StdioWire
from ._stream import StreamWire
from .channel import Channel


__all__ = ["connect"]

M = TypeVar("M", default=Message)


@takes(ConnectOptions)
def connect(url: str, as_type: TypeForm[M] = DEFAULT_MESSAGE, **options: Unpack[ConnectOptions]) -> Opening[Channel[M]]:
    """
    Open a channel to *url*; await it, or enter it by ``async with``.

    Args:
        url: ``unix:///path``, ``tcp://host:port``, ``ws://host:port/path``,
            ``wss://host:port/path``, or ``stdio:`` for this process's own
            standard input and output.  While the latter is open, `print`
            writes to standard error.
        as_type: The type of messages.
        **options: See `ConnectOptions`.

    Raises:
        FieldError: An argument has a wrong type or value.
        ConfigError: The profile does not support these arguments.
        UnsupportedTransportError: Channels to such a URL are not supported here.
        IpcConnectionFailedError: The connection could not be made.
        IpcAuthenticationFailedError: The server's certificate is not trusted,
            or its user is not allowed; no message was sent.
        TimedOutError: It takes too long.
        NegotiationError: The two ends have no format or version in common.
        FrameError: The server does not speak the protocol, or has another key.
    """
    settings: Settings[M] = Settings(as_type=as_type, **options)
    return Opening(partial(_connect, Endpoint.parse(url), settings))


async def _connect(endpoint: Endpoint, settings: Settings[M]) -> Channel[M]:
    dial = _Dial(Setup.of(endpoint, "client", settings))
    engine = await open_engine(dial.connect, endpoint.url, settings.timeout)
    return Channel(engine, dial.setup, peer_credentials=dial.peer_credentials, peer_certificate=dial.peer_certificate)


class _Dial(Generic[M]):
    """One attempt to connect, the owner of its wire."""

    def __init__(self, setup: Setup[M]) -> None:
        self.setup = setup
        self.peer_credentials: PeerCredentials | None = None
        self.peer_certificate: dict[str, Any] | None = None
        self._engine: asyncio.Future[Engine[M]] = asyncio.get_running_loop().create_future()
        self._released = asyncio.Event()

    async def connect(self) -> Engine[M]:
        loop, endpoint = asyncio.get_running_loop(), self.setup.endpoint
        with self.setup.connecting():
            if endpoint.transport is TransportType.STDIO:
                engine = Engine(self.setup.conversation())
                await StdioWire.take(engine)
                return engine
            factory = wire_factory(self, self.setup)
            if endpoint.transport is TransportType.UNIX_SOCKET:
                check_unix_path(endpoint.path)
                transport, wire = await loop.create_unix_connection(factory, endpoint.path)
            else:
                transport, wire = await loop.create_connection(factory, endpoint.host, endpoint.port)
        try:
            with self.setup.connecting():
                self._look_at_peer(wire)
            return await self._engine
        except BaseException:
            transport.abort()
            await self._released.wait()
            raise

    def _look_at_peer(self, wire: StreamWire) -> None:
        if self.setup.endpoint.transport is TransportType.UNIX_SOCKET:
            self.peer_credentials = peer_credentials(wire.info("socket"))
            check_user(self.peer_credentials, self.setup.settings.allowed_uids, what="server")
        else:
            # there is no address if the server has disconnected already
            self.setup.warn_if_exposed(filter(None, [wire.info("peername")]))

    # Called by the wire

    def admit(self, wire: StreamWire) -> bool:
        return True

    def start(self, wire: StreamWire) -> Engine[M]:
        engine = Engine(self.setup.conversation(wire.codec))
        engine.attach(wire)
        self.peer_certificate = wire.peer_certificate
        if not self._engine.done():
            self._engine.set_result(engine)
        return engine

    def released(self, wire: StreamWire, cause: BaseException | None) -> None:
        self._released.set()
        if not self._engine.done():
            error = cause or ConnectionError("the server hung up")
            self._engine.set_exception(
                error if isinstance(error, SymphonyError) else connect_error(self.setup.endpoint.url, error)
            )
            # Mark the exception as retrieved: after a time-out, or an error of asyncio itself, no task awaits it.
            self._engine.exception()
