"""`serve`: a server, and a handler for each of its channels."""

from __future__ import annotations

import asyncio

from functools import partial
from typing import Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.message.ipc import TransportType

from .._answering import check_handler
from .._options import DEFAULT_MESSAGE, Message, Settings, takes
from .._setup import Setup
from ..endpoint import Endpoint
from ..options import ServeOptions
from ..unix import listen_unix
from ._answering import Answer
from ._layered import wire_factory
from ._opening import Opening
from .server import ACCEPTED_AT_ONCE, Handler, Server


__all__ = ["serve"]

M = TypeVar("M", default=Message)


@takes(ServeOptions)
def serve(
    url: str,
    handler: Handler[M] | None = None,
    as_type: TypeForm[M] = DEFAULT_MESSAGE,
    *,
    answer: Answer[M] | None = None,
    **options: Unpack[ServeOptions],
) -> Opening[Server[M]]:
    """
    Start a server at *url*; await it, or enter it by ``async with``.

    Each connection has a task, which calls *handler* with the channel, and
    closes the channel when the handler returns.  An error of a handler is
    logged, and ends only its channel.

    Args:
        url: As in `connect`; port 0 is any free port, which `Server.url` has.
            ``stdio:`` serves a single channel, over this process's own
            standard input and output; `print` writes to standard error
            meanwhile.
        handler: Called with each channel.
        as_type: The type of messages.
        answer: Instead of a handler, a function that is called with each
            message that does not answer a request of this end.  Its return
            value is sent, unless it is ``None``.  The function runs in the
            callback that reads the message, and must not block.  It may
            return an awaitable: answers are then sent as they are ready, with
            at most *max_queue* under way.  An error of the function is logged,
            and sent in answer to a JSON-RPC request, with the code -32603.
        **options: See `ServeOptions`.

    Raises:
        FieldError: An argument has a wrong type or value.
        ConfigError: The profile does not support these arguments.
        UnsupportedTransportError: Channels at such a URL are not supported here.
        IpcTransportError: The server cannot listen there: the address is in
            use, or the system refuses.
    """
    check_handler(handler, answer)
    settings: Settings[M] = Settings(as_type=as_type, **options)
    return Opening(partial(_serve, Endpoint.parse(url), settings, handler, answer))


async def _serve(
    endpoint: Endpoint, settings: Settings[M], handler: Handler[M] | None, answer: Answer[M] | None
) -> Server[M]:
    setup = Setup.of(endpoint, "server", settings)
    server = Server(setup, handler, answer)
    loop = asyncio.get_running_loop()
    with setup.listening():
        # raises now where an extra is missing
        factory = wire_factory(server, setup)
        if endpoint.transport is TransportType.STDIO:
            await server.converse()
        elif endpoint.transport is TransportType.UNIX_SOCKET:
            sock, file = listen_unix(endpoint.path, mode=settings.mode)
            listener = await loop.create_unix_server(factory, sock=sock, backlog=ACCEPTED_AT_ONCE, start_serving=False)
            await server.listen(listener, file)
        else:
            listener = await loop.create_server(
                factory, endpoint.host, endpoint.port, backlog=ACCEPTED_AT_ONCE, start_serving=False
            )
            try:
                addresses = [sock.getsockname() for sock in listener.sockets]
                setup.at_port(addresses[0][1]).warn_if_exposed(addresses)
            except BaseException:
                listener.close()
                raise
            await server.listen(listener)
    return server
