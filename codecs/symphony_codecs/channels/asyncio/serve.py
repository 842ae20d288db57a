"""`serve`: a server, and a handler for each of its channels."""

from __future__ import annotations

import asyncio
import ssl

from collections.abc import Collection
from functools import partial

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import IpcTransportError, SymphonyError
from symphony_types.message.ipc import TransportType

from ...codec import Codec
from ...framing.auth import SharedKey
from ...transports.policy import FormatPolicy
from ...transports.profile import TransportProfile
from .._admission import AdmissionRules
from .._answering import check_handler
from .._exposure import warn_if_exposed
from .._layers import make_layers
from .._options import DEFAULT_MESSAGE, ChannelOptions, Message
from ..endpoint import Endpoint, tls_context
from ..unix import listen_unix
from ._answering import Answer
from ._layered import LayeredWire
from ._opening import Opening
from ._stream import StreamWire
from .server import ACCEPTED_AT_ONCE, Handler, Server


__all__ = ["serve"]

M = TypeVar("M", default=Message)


def serve(
    url: str,
    handler: Handler[M] | None = None,
    as_type: TypeForm[M] = DEFAULT_MESSAGE,
    *,
    answer: Answer[M] | None = None,
    policy: FormatPolicy | None = None,
    profile: TransportProfile | None = None,
    codec: Codec | None = None,
    key: SharedKey | None = None,
    tls: ssl.SSLContext | None = None,
    timeout: float | None = 10.0,
    max_queue: int = 64,
    raw: bool = False,
    mode: int = 0o600,
    allowed_uids: Collection[int] | None = None,
    max_connections: int = 1000,
    max_connections_per_host: int | None = None,
    max_idle: float | None = None,
    origins: Collection[str] = (),
) -> Opening[Server[M]]:
    """
    Make a server at *url*; await it, or enter it by ``async with``.

    Each connection that comes about is a task that calls *handler* with its
    channel, and closes the channel when the handler returns.  What a handler
    raises is logged, and ends that channel alone.

    Args:
        url: As in `connect`; port 0 is any that is free: `Server.url` tells.
            ``stdio:`` is one conversation, over this process's own standard
            input and output; what is printed meanwhile goes to standard error.
        handler: What is called with each channel.
        as_type: The type of messages.
        answer: In place of a handler: a function that is called with each
            message that answers nothing of this end, and whose return value
            is sent, unless it is ``None``.  It runs in the callback that reads
            the message, and must not block; or it returns an awaitable, and
            answers go out as they are ready, *max_queue* under way at the
            most.  What it raises is logged; a request of JSON-RPC is then
            answered by an error with the code -32603.
        policy: As in `connect`.
        profile: As in `connect`.
        codec: As in `connect`.
        key: As in `connect`.
        tls: The server's certificate: for TLS over ``tcp:``, and needed for ``wss:``.
            Without it and without a key, a server that other hosts can reach
            warns (`InsecureTransportWarning`).
        timeout: How long a connection may take until messages can be sent,
            in seconds; ``None`` is for ever.
        max_queue: As in `connect`, for each channel.
        raw: As in `connect`.
        mode: Who may open a Unix socket's file, as by `os.chmod`; by default
            its owner alone.
        allowed_uids: Which users may connect to a Unix socket; by default this
            process's and root.  Others may have to be let in by *mode*, too.
        max_connections: How many connections there may be at once; those
            beyond are hung up on.  Handshakes count.
        max_connections_per_host: How many of them one IPv4 address, one IPv6
            network of 64 bits, or, at a Unix socket, one user may have;
            ``None`` is all.
        max_idle: After how long without a message in either direction, and
            without a request under way, a connection is closed, in seconds;
            heartbeats are no messages.  ``None`` is an hour for a peer that has
            promised no heartbeats, and for ever for others; infinity is for
            ever for all.
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
    rules = AdmissionRules(
        mode=mode,
        allowed_uids=allowed_uids,
        max_connections=max_connections,
        max_connections_per_host=max_connections_per_host,
        max_idle=max_idle,
    )
    check_handler(handler, answer)
    return Opening(partial(_serve, Endpoint.parse(url), rules, handler, answer, options, tls, timeout, origins))


async def _serve(
    endpoint: Endpoint,
    rules: AdmissionRules,
    handler: Handler[M] | None,
    answer: Answer[M] | None,
    options: ChannelOptions[M],
    tls: ssl.SSLContext | None,
    patience: float | None,
    origins: Collection[str],
) -> Server[M]:
    profile = options.profile_for(endpoint.transport)
    context = tls_context(endpoint, tls, role="server")
    # what cannot be is told at once, not to the first who connects
    options.link(profile, "server")
    server = Server(
        endpoint=endpoint,
        rules=rules,
        profile=profile,
        handler=handler,
        answer=answer,
        options=options,
        timeout=patience,
    )
    expected = "to listen at " + endpoint.url
    try:
        if endpoint.transport is TransportType.STDIO:
            expected = "standard input and output"
            await server.converse()
        elif endpoint.transport is TransportType.UNIX_SOCKET:
            await _listen_unix(server, endpoint.path, rules.mode)
        else:
            layers = partial(make_layers, endpoint, "server", profile, tls=context, origins=origins)
            # an extra that is missing is told now
            factory = partial(LayeredWire, server, layers) if layers() else partial(StreamWire, server)
            listener = await asyncio.get_running_loop().create_server(
                factory, endpoint.host, endpoint.port, backlog=ACCEPTED_AT_ONCE, start_serving=False
            )
            try:
                addresses = [sock.getsockname() for sock in listener.sockets]
                bound = endpoint.with_port(addresses[0][1])
                warn_if_exposed(bound, addresses, "server", secured=context is not None or options.key is not None)
            except BaseException:
                listener.close()
                raise
            await server.listen(listener)
    except SymphonyError:
        raise
    except (OSError, UnicodeError) as exc:
        # a host that is no name of the DNS is a UnicodeError
        raise IpcTransportError(reason=f"expected {expected}, got {exc}") from exc
    return server


async def _listen_unix(server: Server[M], path: str, mode: int) -> None:
    sock, file = listen_unix(path, mode=mode)
    listener = await asyncio.get_running_loop().create_unix_server(
        partial(StreamWire, server), sock=sock, backlog=ACCEPTED_AT_ONCE, start_serving=False
    )
    await server.listen(listener, file)
