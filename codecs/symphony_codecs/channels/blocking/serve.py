"""`serve`: a server, and a handler for each of its channels."""

from __future__ import annotations

import socket

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
from ._stdio import StdioStream
from .server import Handler, Server


__all__ = ["serve"]

M = TypeVar("M", default=Message)

_BACKLOG = 128


@takes(ServeOptions)
def serve(
    url: str,
    handler: Handler[M] | None = None,
    as_type: TypeForm[M] = DEFAULT_MESSAGE,
    *,
    answer: Answer[M] | None = None,
    **options: Unpack[ServeOptions],
) -> Server[M]:
    """
    Make a server at *url*; close it in the end, or use it in a ``with`` statement.

    Each connection that comes about has a thread, which calls *handler* with
    its channel, and closes the channel when the handler returns.  What a
    handler raises is logged, and ends that channel alone.

    Args:
        url: As in `connect`; port 0 is any that is free: `Server.url` tells.
            ``stdio:`` is one conversation, over this process's own standard
            input and output; what is printed meanwhile goes to standard error.
        handler: What is called with each channel.
        as_type: The type of messages.
        answer: In place of a handler: a function that is called with each
            message that answers nothing of this end, and whose return value
            is sent, unless it is ``None``.  What it raises is logged; a
            request of JSON-RPC is then answered by an error with the code
            -32603.
        **options: See `ServeOptions`.

    Raises:
        FieldError: An argument is not what it should be.
        ConfigError: The profile cannot do what is asked for.
        UnsupportedTransportError: There are no channels at such a URL here.
        IpcTransportError: There is no listening there: the address is taken,
            or the system refuses.
    """
    check_handler(handler, answer)
    settings: Settings[M] = Settings(as_type=as_type, **options)
    setup = Setup.of(Endpoint.parse(url), "server", settings)
    server: Server[M] = Server(setup, handler, answer)
    with setup.listening():
        if setup.endpoint.transport is TransportType.STDIO:
            server.converse(StdioStream.take())
        elif setup.endpoint.transport is TransportType.UNIX_SOCKET:
            server.listen(*listen_unix(setup.endpoint.path, mode=settings.mode))
        else:
            # raises now where an extra is missing
            setup.layers()
            listener = _listen_tcp(setup.endpoint)
            try:
                address = listener.getsockname()
                setup.at_port(address[1]).warn_if_exposed([address])
            except BaseException:
                listener.close()
                raise
            server.listen(listener)
    return server


def _listen_tcp(endpoint: Endpoint) -> socket.socket:
    family = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listener = socket.create_server((endpoint.host, endpoint.port), family=family[0][0], backlog=_BACKLOG)
    listener.setblocking(False)
    return listener
