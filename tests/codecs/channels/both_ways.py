"""Hand-made ends of connections that read and write usual frames by the fast path in C or by the general path."""

from __future__ import annotations

from typing import Any

import attrs

from symphony_codecs.channels._links import LINK_EVENTS, Undecodable
from symphony_codecs.channels._make_link import make_link
from symphony_codecs.channels._native_links import FramedLink
from symphony_codecs.framing.auth import SharedKey
from symphony_codecs.framing.errors import NEED_DATA, FrameError
from symphony_codecs.transports import FormatPolicy
from symphony_types import JsonRpcRequest, JsonRpcResponse, MessageEnvelope
from symphony_types.message.ipc import TransportType


__all__ = ["TYPE", "drain", "feed", "jump", "link", "opened", "said"]

TYPE: Any = MessageEnvelope[Any] | JsonRpcRequest | JsonRpcResponse
"""The type of messages."""


def link(role: str, options: dict[str, Any], key: SharedKey | None, *, usual: bool) -> FramedLink[Any]:
    """Make one end, with or without the fast path for usual frames."""
    policy = FormatPolicy.default().with_profile(TransportType.UNIX_SOCKET, max_message=140_000, **options)
    made = make_link(policy.profile(TransportType.UNIX_SOCKET), TYPE, role=role, key=key)  # type: ignore[arg-type]
    assert isinstance(made, FramedLink)
    if not usual:
        made._bind = lambda codec: None  # type: ignore[method-assign]
    # All ends of a role send the same Hello.
    hello = attrs.evolve(made._connection.hello, nonce=role.encode().ljust(32))
    made._connection.hello = hello  # type: ignore[misc]
    return made


def said(link: FramedLink[Any]) -> bytes:
    """Return the bytes that an end has to send."""
    data = b"".join(bytes(buffer) for buffers in link.outbox for buffer in buffers)
    link.outbox.clear()
    return data


def jump(link: FramedLink[Any], sequence: int) -> None:
    """Set an end's frame counters close to their limit."""
    connection = link._connection
    link._reclaim()
    connection._encoder.sequence = connection._decoder.sequence = sequence
    if link._writer is not None:
        link._writer.sequence = sequence


def drain(link: FramedLink[Any], events: list[Any]) -> None:
    """Record all events of an end, and every detail of an error."""
    while True:
        try:
            event = link.next_event()
        except FrameError as error:
            events.append((type(error), error.frame_code, error.message, error.offset))
            return
        if event is NEED_DATA:
            return
        if isinstance(event, Undecodable):
            event = (str(event.error), event.answers)
        events.append(event if type(event) in LINK_EVENTS else (event, link.last_size))


def opened(options: dict[str, Any], key: SharedKey | None) -> tuple[FramedLink[Any], ...]:
    """Make two clients that send the same, one by the fast path, and two servers that have received their Hello."""
    clients = [link("client", options, key, usual=usual) for usual in (True, False)]
    servers = [link("server", options, key, usual=usual) for usual in (True, False)]
    for one in (*clients, *servers):
        one.start()
    hellos = [said(one) for one in (*clients, *servers)]
    assert hellos[0] == hellos[1]
    for client in clients:
        client.receive_data(hellos[2])
        drain(client, [])
    proofs = [said(client) for client in clients]
    for server in servers:
        server.receive_data(hellos[0] + proofs[0])
        drain(server, [])
        assert server.opened
    for server, client in zip(servers, clients, strict=True):
        client.receive_data(said(server))
        drain(client, [])
    return (*clients, *servers)


def feed(link: FramedLink[Any], data: bytes) -> None:
    """Feed an end bytes, into its own buffer if it provides one."""
    while data:
        room = link.room()
        if room is None:
            link.receive_data(bytearray(data))
            return
        count = min(len(room), len(data))
        room[:count] = data[:count]
        link.received(count)
        data = data[count:]
