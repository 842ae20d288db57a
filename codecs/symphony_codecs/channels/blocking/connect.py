"""`connect`: a channel to a server."""

from __future__ import annotations

import socket
import ssl
import time

from collections.abc import Collection
from typing import Final

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import SymphonyError, TimedOutError
from symphony_types.message.ipc import TransportType

from ...codec import Codec
from ...framing.auth import SharedKey
from ...transports.policy import FormatPolicy
from ...transports.profile import TransportProfile
from .._exposure import warn_if_exposed
from .._options import DEFAULT_MESSAGE, ChannelOptions, Message
from ..credentials import check_uids, check_user, peer_credentials
from ..endpoint import Endpoint, tls_context
from ..errors import connect_error
from ..unix import check_unix_path
from ._deadline import Deadline
from ._opening import open_engine
from ._stdio import StdioStream
from ._streams import SocketStream, Stream
from .channel import Channel


__all__ = ["connect"]

M = TypeVar("M", default=Message)

# How often to ask again for a place in the queue of a Unix socket, in seconds; the system does not let wait for one.
_RETRY: Final = 0.01


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
) -> Channel[M]:
    """
    Make a channel to *url*; close it in the end, or use it in a ``with`` statement.

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
            seconds; ``None`` is for ever.  Looking up a name is left to the
            system, whose patience is its own.
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
    trusted = check_uids(allowed_uids)
    endpoint = Endpoint.parse(url)
    chosen = options.profile_for(endpoint.transport)
    context = tls_context(endpoint, tls, role="client")
    # What cannot be is told before anything is opened.
    options.link(chosen, "client")
    deadline = Deadline(timeout)
    credentials = None
    try:
        stream: Stream
        if endpoint.transport is TransportType.STDIO:
            stream = StdioStream.take()
        else:
            sock = _dial(endpoint, deadline)
            try:
                credentials = peer_credentials(sock)
                check_user(credentials, trusted, what="server")
                if endpoint.transport is not TransportType.UNIX_SOCKET:
                    secured = context is not None or key is not None
                    warn_if_exposed(endpoint, [sock.getpeername()], "client", secured=secured)
            except BaseException:
                sock.close()
                raise
            stream = SocketStream(sock)
        engine = open_engine(stream, endpoint, "client", deadline, options=options, profile=chosen, tls=context)
    except TimeoutError as error:
        raise TimedOutError(f"expected a connection to {endpoint.url} within {timeout} s") from error
    except SymphonyError:
        # Some of them are an OSError as well.
        raise
    except (OSError, UnicodeError) as error:
        # A host that is no name of the DNS is a UnicodeError.
        raise connect_error(endpoint.url, error) from error
    return Channel(
        engine,
        url=endpoint.url,
        transport=endpoint.transport,
        profile=chosen,
        peer_credentials=credentials,
        peer_certificate=engine.peer_certificate,
    )


def _dial(endpoint: Endpoint, deadline: Deadline) -> socket.socket:
    if endpoint.transport is TransportType.UNIX_SOCKET:
        return _dial_unix(endpoint.path, deadline)
    return socket.create_connection((endpoint.host, endpoint.port), deadline.remaining())


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
