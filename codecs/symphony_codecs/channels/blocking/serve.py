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
    Start a server at *url*; close it in the end, or use it in a ``with`` statement.

    Each connection has a thread, which calls *handler* with the channel, and
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
            value is sent, unless it is ``None``.  An error of the function is
            logged, and sent in answer to a JSON-RPC request, with the code
            -32603.
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
