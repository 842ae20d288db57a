"""`serve`: a server, and a handler for each of its channels."""

from __future__ import annotations

import asyncio
import ssl

from collections.abc import Collection
from functools import partial

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import IpcTransportError
from symphony_types.message.ipc import TransportType

from ...codec import Codec
from ...framing.auth import SharedKey
from ...transports.policy import FormatPolicy
from ...transports.profile import TransportProfile
from .._options import DEFAULT_MESSAGE, ChannelOptions, Message
from ..endpoint import Endpoint, tls_context
from ..unix import listen_unix
from ._opening import Opening
from ._stream import StreamWire
from ._websocket import WebSocketWire, require_websockets, server_protocol
from .server import Handler, Server


__all__ = ["serve"]

M = TypeVar("M", default=Message)


def serve(
    url: str,
    handler: Handler[M],
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
    max_connections: int = 1000,
    origins: Collection[str] = (),
) -> Opening[Server[M]]:
    """
    Make a server at *url*; await it, or enter it by ``async with``.

    Each connection that comes about is a task that calls *handler* with its
    channel, and closes the channel when the handler returns.  What a handler
    raises is logged, and ends that channel alone.

    Args:
        url: As in `connect`; port 0 is any that is free: `Server.url` tells.
            A Unix socket can be opened by its owner alone.  ``stdio:`` is one
            conversation, over this process's own standard input and output;
            what is printed meanwhile goes to standard error.
        handler: What is called with each channel.
        as_type: The type of messages.
        policy: As in `connect`.
        profile: As in `connect`.
        codec: As in `connect`.
        key: As in `connect`.
        tls: The server's certificate: for TLS over ``tcp:``, and needed for ``wss:``.
        timeout: How long a connection may take until messages can be sent,
            in seconds; ``None`` is for ever.
        max_queue: As in `connect`, for each channel.
        raw: As in `connect`.
        allowed_uids: Which users may connect to a Unix socket; by default this
            process's and root.
        max_connections: How many connections there may be at once; those
            beyond are hung up on.
        origins: The web pages (``https://example.org``) that may connect by
            WebSocket; programs that are no browsers always may.

    Raises:
        FieldError: An argument is not what it should be.
        ConfigError: The profile cannot do what is asked for.
        UnsupportedTransportError: There are no channels at such a URL here.
        IpcTransportError: There is no listening there: the address is taken,
            or the system refuses.
    """
    options: ChannelOptions[M] = ChannelOptions(
        as_type=as_type, policy=policy, profile=profile, codec=codec, key=key, max_queue=max_queue, raw=raw
    )
    server = partial(
        Server[M],
        handler=handler,
        options=options,
        timeout=timeout,
        allowed_uids=allowed_uids,
        max_connections=max_connections,
    )
    return Opening(partial(_serve, Endpoint.parse(url), server, options, tls, timeout, origins))


async def _serve(
    endpoint: Endpoint,
    make: partial[Server[M]],
    options: ChannelOptions[M],
    tls: ssl.SSLContext | None,
    patience: float | None,
    origins: Collection[str],
) -> Server[M]:
    profile = options.profile_for(endpoint.transport)
    context = tls_context(endpoint, tls, role="server")
    # what cannot be is told at once, not to the first who connects
    options.link(profile, "server")
    server = make(endpoint=endpoint, profile=profile)
    loop = asyncio.get_running_loop()
    if endpoint.transport is TransportType.STDIO:
        await server.converse()
        return server
    if endpoint.transport is TransportType.UNIX_SOCKET:
        listener, file = listen_unix(endpoint.path)
        server.listen(await loop.create_unix_server(partial(StreamWire, server), sock=listener), file)
        return server
    if endpoint.transport is TransportType.WEBSOCKET:
        require_websockets()

    def factory() -> StreamWire:
        if endpoint.transport is TransportType.WEBSOCKET:
            return WebSocketWire(server, server_protocol(profile, origins))
        return StreamWire(server)

    try:
        handshake = patience if context is not None else None
        server.listen(
            await loop.create_server(
                factory, endpoint.host, endpoint.port, ssl=context, ssl_handshake_timeout=handshake
            )
        )
    except OSError as exc:
        raise IpcTransportError(reason=f"expected to listen at {endpoint.url}, got {exc}") from exc
    return server
