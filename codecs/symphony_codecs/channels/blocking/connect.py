"""`connect`: a channel to a server."""

from __future__ import annotations

import socket
import time

from typing import Final, Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import TimedOutError
from symphony_types.message.ipc import TransportType

from .._options import DEFAULT_MESSAGE, Message, Settings, takes
from .._setup import Setup
from ..credentials import PeerCredentials, check_user, peer_credentials
from ..endpoint import Endpoint
from ..options import ConnectOptions
from ..unix import check_unix_path
from ._deadline import Deadline
from ._opening import open_engine
from ._stdio import StdioStream
from ._streams import SocketStream, Stream
from .channel import Channel


__all__ = ["connect"]

M = TypeVar("M", default=Message)

# How often to retry while the queue of a Unix socket is full, in seconds; the system has no way to wait for that.
_RETRY: Final = 0.01


@takes(ConnectOptions)
def connect(url: str, as_type: TypeForm[M] = DEFAULT_MESSAGE, **options: Unpack[ConnectOptions]) -> Channel[M]:
    """
    Open a channel to *url*; close it in the end, or use it in a ``with`` statement.

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
    setup = Setup.of(Endpoint.parse(url), "client", settings)
    deadline = Deadline(settings.timeout)
    with setup.connecting():
        try:
            stream, credentials = _dial(setup, deadline)
            engine = open_engine(stream, setup, deadline)
        except TimeoutError as error:
            expected = f"expected a connection to {setup.endpoint.url} within {settings.timeout} s"
            raise TimedOutError(expected) from error
    return Channel(engine, setup, peer_credentials=credentials, peer_certificate=engine.peer_certificate)


def _dial(setup: Setup[M], deadline: Deadline) -> tuple[Stream, PeerCredentials | None]:
    endpoint = setup.endpoint
    if endpoint.transport is TransportType.STDIO:
        return StdioStream.take(), None
    if endpoint.transport is TransportType.UNIX_SOCKET:
        sock = _dial_unix(endpoint.path, deadline)
    else:
        sock = socket.create_connection((endpoint.host, endpoint.port), deadline.remaining())
    try:
        credentials = peer_credentials(sock)
        check_user(credentials, setup.settings.allowed_uids, what="server")
        if endpoint.transport is not TransportType.UNIX_SOCKET:
            setup.warn_if_exposed([sock.getpeername()])
    except BaseException:
        sock.close()
        raise
    return SocketStream(sock), credentials


def _dial_unix(path: str, deadline: Deadline) -> socket.socket:
    check_unix_path(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        while True:
            try:
                sock.connect(path)
            except BlockingIOError:
                # The server's queue is full.
                if deadline.expired:
                    raise TimeoutError from None
                time.sleep(_RETRY)
            else:
                return sock
    except BaseException:
        sock.close()
        raise
