"""
The keywords that `connect`, `serve`, `spawn`, `reconnect` and `pair` share, in both flavours.

A function that passes them on says so in the same way::

    def dial(name: str, **options: Unpack[ConnectOptions]) -> Channel:
        return connect(f"unix:///run/{name}.sock", **options)
"""

from __future__ import annotations

import ssl

from collections.abc import Collection
from typing import TypedDict

from ..codec import Codec
from ..framing.auth import SharedKey
from ..transports.policy import FormatPolicy
from ..transports.profile import TransportProfile


__all__ = ["ChannelOptions", "ConnectOptions", "PairOptions", "ServeOptions"]


class PairOptions(TypedDict, total=False):
    """The keywords of `pair`, which all the others have, too."""

    profile: TransportProfile | None
    """The framing, formats and limits; ``None`` is the policy's profile for the transport, and for `pair` the default
    between parts of one process."""
    codec: Codec | None
    """A codec of your own, with your registrations: its format is then the only one that this end offers."""
    key: SharedKey | None
    """The key that both ends share, to authenticate each frame."""
    max_queue: int
    """How many messages of a channel may wait to be received; then no more are read from the peer."""


class ChannelOptions(PairOptions, total=False):
    """The keywords of `spawn`, which `connect` and `serve` have, too."""

    policy: FormatPolicy | None
    """The profile of each transport, for calls without `profile`; ``None`` is the defaults with what the environment
    sets."""
    timeout: float | None
    """How long it may take until messages can be sent, in seconds; ``None``: unlimited. With threads, looking up a
    name may take longer: the system decides."""
    raw: bool
    """Whether messages are `RawFrame`, which are not decoded, for routers."""


class ConnectOptions(ChannelOptions, total=False):
    """The keywords of `connect` and `reconnect`."""

    tls: ssl.SSLContext | None
    """For TLS over ``tcp:``, or over ``wss:`` in place of the default. Without it and without a key, a channel to
    another host warns, once for each URL (`InsecureTransportWarning`)."""
    allowed_uids: Collection[int] | None
    """Which users may listen at a Unix socket; ``None`` is this process's and root, so that nobody else who may write
    to the folder can pass for the server."""


class ServeOptions(ChannelOptions, total=False):
    """The keywords of `serve`."""

    tls: ssl.SSLContext | None
    """The server's certificate: for TLS over ``tcp:``, and needed for ``wss:``. Without it and without a key, a server
    that other hosts can reach warns (`InsecureTransportWarning`)."""
    mode: int
    """The permissions of a Unix socket's file, as for `os.chmod`; by default its owner alone may open it."""
    allowed_uids: Collection[int] | None
    """Which users may connect to a Unix socket; ``None`` is this process's and root. Others may have to be let in by
    *mode*, too."""
    max_connections: int
    """How many connections there may be at once, handshakes included; the server hangs up on more."""
    max_connections_per_host: int | None
    """How many of them one IPv4 address, one IPv6 network of 64 bits, or, at a Unix socket, one user may have;
    ``None``: unlimited."""
    max_idle: float | None
    """How long a connection may go without a message in either direction, and without a request under way, in seconds;
    then it is closed. Heartbeats do not count. ``None`` is an hour for a peer that has promised no heartbeats, and no
    limit for others; infinity: unlimited for all."""
    origins: Collection[str]
    """The web pages (``https://example.org``) that may connect by WebSocket; programs other than browsers always
    may."""
