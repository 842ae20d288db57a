"""`connect`: a channel to a server."""

from __future__ import annotations

import asyncio
import ssl

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Generic

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import SymphonyError
from symphony_types.message.ipc import TransportType

from ...codec import Codec
from ...framing.auth import SharedKey
from ...transports.policy import FormatPolicy
from ...transports.profile import TransportProfile
from .._exposure import warn_if_exposed
from .._layers import make_layers
from .._options import DEFAULT_MESSAGE, ChannelOptions, Message
from ..credentials import PeerCredentials, check_uids, check_user, peer_credentials
from ..endpoint import Endpoint, tls_context
from ..errors import connect_error
from ..unix import check_unix_path
from ._engine import Engine
from ._layered import LayeredWire
from ._opening import Opening, open_engine
from ._stdio import StdioWire
from ._stream import StreamWire
from .channel import Channel


__all__ = ["connect"]

M = TypeVar("M", default=Message)


def connect(
    url: str,
    as_type: TypeForm[M] = DEFAULT_MESSAGE,
    *,
    policy: FormatPolicy | None = None,
    profile: TransportProfile | None = None,
    codec: Codec | None = None,
    key: SharedKey | None = None,
    tls: ssl.SSLContext | None = None,
    timeout: float | None = 10.0,
    max_queue: int = 64,
    raw: bool = False,
    allowed_uids: Collection[int] | None = None,
) -> Opening[Channel[M]]:
    """
    Make a channel to *url*; await it, or enter it by ``async with``.

    Args:
        url: ``unix:///path``, ``tcp://host:port``, ``ws://host:port/path``,
            ``wss://host:port/path``, or ``stdio:`` for this process's own
            standard input and output.  What is printed while the latter is
            open goes to standard error.
        as_type: The type of messages.
        policy: Which framing, formats and limits go with which transport; by
            default the defaults with what the environment sets.
        profile: These themselves, whatever the policy says.
        codec: A codec of your own, with your registrations: its format is then
            the only one that this end offers.
        key: The key that both ends share, to authenticate each frame.
        tls: For TLS over ``tcp:``, or over ``wss:`` in place of the default.
            Without it and without a key, a channel to another host warns,
            once for each URL (`InsecureTransportWarning`).
        timeout: How long all may take until messages can be sent, in
            seconds; ``None`` is for ever.
        max_queue: How many messages wait to be received before no more are
            read from the peer.
        raw: Whether messages are `RawFrame`, to be forwarded.
        allowed_uids: Which users may listen at a Unix socket; by default this
            process's and root, so that nobody else who may write to the
            folder can pass for the server.

    Raises:
        FieldError: An argument is not what it should be.
        ConfigError: The profile cannot do what is asked for.
        UnsupportedTransportError: There are no channels to such a URL here.
        IpcConnectionFailedError: There is no connection to be had.
        IpcAuthenticationFailedError: The server's certificate is not trusted,
            or its user is none of those allowed; nothing was sent then.
        TimedOutError: It takes too long.
        NegotiationError: The two ends have nothing in common.
        FrameError: What answers does not speak the protocol, or has another key.
    """
    options: ChannelOptions[M] = ChannelOptions(
        as_type=as_type, policy=policy, profile=profile, codec=codec, key=key, max_queue=max_queue, raw=raw
    )
    return Opening(partial(_connect, Endpoint.parse(url), options, tls, check_uids(allowed_uids), timeout))


async def _connect(
    endpoint: Endpoint,
    options: ChannelOptions[M],
    tls: ssl.SSLContext | None,
    allowed_uids: Collection[int] | None,
    within: float | None,
) -> Channel[M]:
    profile = options.profile_for(endpoint.transport)
    # what cannot be is told before anything is opened
    options.link(profile, "client")
    dial = _Dial(endpoint, profile, options, tls_context(endpoint, tls, role="client"), allowed_uids)
    engine = await open_engine(dial.connect, endpoint.url, within)
    return Channel(
        engine,
        url=endpoint.url,
        transport=endpoint.transport,
        profile=profile,
        peer_credentials=dial.peer_credentials,
        peer_certificate=dial.peer_certificate,
    )


class _Dial(Generic[M]):
    """One attempt to connect, the owner of its wire."""

    def __init__(
        self,
        endpoint: Endpoint,
        profile: TransportProfile,
        options: ChannelOptions[M],
        tls: ssl.SSLContext | None,
        allowed_uids: Collection[int] | None,
    ) -> None:
        self.peer_credentials: PeerCredentials | None = None
        self.peer_certificate: dict[str, Any] | None = None
        self._endpoint = endpoint
        self._profile = profile
        self._options = options
        self._tls = tls
        self._allowed_uids = allowed_uids
        self._engine: asyncio.Future[Engine[M]] = asyncio.get_running_loop().create_future()
        self._released = asyncio.Event()

    async def connect(self) -> Engine[M]:
        endpoint = self._endpoint
        try:
            if endpoint.transport is TransportType.STDIO:
                engine = self._new_engine(None)
                await StdioWire.take(engine)
                return engine
            transport = await self._create_connection(self._factory())
        except SymphonyError:
            raise
        except (OSError, UnicodeError) as exc:
            # a host that is no name of the DNS is a UnicodeError
            raise connect_error(endpoint.url, exc) from exc
        try:
            return await self._engine
        except BaseException:
            await self._abort(transport)
            raise

    async def _abort(self, transport: asyncio.Transport) -> None:
        transport.abort()
        await self._released.wait()

    def _factory(self) -> Callable[[], StreamWire]:
        layers = partial(make_layers, self._endpoint, "client", self._profile, tls=self._tls)
        # an extra that is missing, or a host that is no name, is told before anything is opened
        return partial(LayeredWire, self, layers) if layers() else partial(StreamWire, self)

    async def _create_connection(self, factory: Callable[[], StreamWire]) -> asyncio.Transport:
        loop = asyncio.get_running_loop()
        endpoint = self._endpoint
        if endpoint.transport is TransportType.UNIX_SOCKET:
            check_unix_path(endpoint.path)
            transport: asyncio.Transport
            transport, wire = await loop.create_unix_connection(factory, endpoint.path)
            self.peer_credentials = peer_credentials(wire.info("socket"))
            try:
                check_user(self.peer_credentials, self._allowed_uids, what="server")
            except BaseException:
                await self._abort(transport)
                raise
            return transport
        transport, wire = await loop.create_connection(factory, endpoint.host, endpoint.port)
        try:
            # nothing is known of a server that has gone already
            addresses = filter(None, [wire.info("peername")])
            secured = self._tls is not None or self._options.key is not None
            warn_if_exposed(endpoint, addresses, "client", secured=secured)
        except BaseException:
            await self._abort(transport)
            raise
        return transport

    def _new_engine(self, codec: Codec | None) -> Engine[M]:
        return Engine(self._options.conversation(self._profile, "client", codec=codec))

    # What the wire tells

    def admit(self, wire: StreamWire) -> bool:
        return True

    def start(self, wire: StreamWire) -> Engine[M]:
        engine = self._new_engine(wire.codec)
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
                error if isinstance(error, SymphonyError) else connect_error(self._endpoint.url, error)
            )
            # Nobody may await it any more: the time was up, or asyncio itself has raised.
            self._engine.exception()
