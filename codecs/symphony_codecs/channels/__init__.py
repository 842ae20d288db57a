"""
Channels: messages over sockets, pipes and child processes, thin over `symphony_codecs.framing`.

`symphony_codecs.channels.asyncio` and `symphony_codecs.channels.blocking` have
the same names::

    from symphony_codecs.channels.asyncio import connect

    async with await connect("unix:///run/symphony.sock") as channel:
        answer = await channel.request(envelope)

What both share is here: errors, end points, back-off, credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_codecs.channels._options import DEFAULT_MESSAGE, Message
    from symphony_codecs.channels.credentials import PeerCredentials
    from symphony_codecs.channels.endpoint import Endpoint
    from symphony_codecs.channels.errors import ChannelClosedError, ConnectionLostError, UnsupportedTransportError
    from symphony_codecs.channels.reconnect import ReconnectStrategy

__all__ = [
    "DEFAULT_MESSAGE",
    "ChannelClosedError",
    "ConnectionLostError",
    "Endpoint",
    "Message",
    "PeerCredentials",
    "ReconnectStrategy",
    "UnsupportedTransportError",
]

_EXPORTS = {
    "DEFAULT_MESSAGE": "_options",
    "ChannelClosedError": "errors",
    "ConnectionLostError": "errors",
    "Endpoint": "endpoint",
    "Message": "_options",
    "PeerCredentials": "credentials",
    "ReconnectStrategy": "reconnect",
    "UnsupportedTransportError": "errors",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, _EXPORTS, frozenset({"asyncio", "blocking"}))
