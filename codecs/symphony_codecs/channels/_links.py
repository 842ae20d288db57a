"""
Links: what a channel says over one connection, whatever the framing, without the I/O.

Both flavours of channels stand on these.  `FramedLink` has native frames under
it and `RawLink` forwards them; `DocumentLink` has one of the other framings:
those know no Hello, heartbeat or shutdown, so the format is what the profile
says, and the end of the stream is the end of the conversation.
"""

from __future__ import annotations

from typing import Any, Final, Protocol, TypeAlias, TypeVar

import attrs

from typing_extensions import Buffer

from symphony_types.ids import ProcessId
from symphony_types.message.ipc import FrameType

from ..codec import Codec
from ..errors import DecodeError
from ..framing.events import PeerEof, PeerFailed, PeerShutdown
from ..framing.negotiation import Agreement
from .correlation import Key
from .errors import RefusedError


__all__ = ["LINK_EVENTS", "Asked", "Link", "LinkEvent", "Ready", "Refused", "Undecodable"]

M_contra = TypeVar("M_contra", contravariant=True)


@attrs.frozen
class Ready:
    """Messages may be sent."""


@attrs.frozen(kw_only=True)
class Asked:
    """
    What can be read of a request that cannot be decoded.

    Args:
        id: The envelope's id, or that of a bare request of JSON-RPC; ``None``
            for what cannot be answered: a notification, or an own class.
        sender: Who sent the envelope; ``None`` for a bare request.
        receiver: To whom, where it says so.
        stream_id: The stream of its frames.
    """

    id: Key | None = None
    sender: ProcessId | None = None
    receiver: ProcessId | None = None
    stream_id: int = 0


@attrs.frozen
class Refused:
    """
    The peer could not read a message of this end.

    Args:
        error: What it says.
        answers: The key of the request; ``None`` where the message was none.
    """

    error: RefusedError
    answers: Key | None


@attrs.frozen
class Undecodable:
    """
    A message of the peer that is not of the type; it does not affect those after it.

    Args:
        error: What is wrong with it.
        answers: The key of the request that it answers, if that much of it
            can be read.
        asked: What can be read of the request that it is, to `Link.refuse` it.
        text: What came, or its beginning, where that is no document of the
            format at all.
    """

    error: DecodeError
    answers: Key | None = None
    text: str | None = None
    asked: Asked | None = None


LinkEvent: TypeAlias = Ready | Refused | Undecodable | PeerShutdown | PeerFailed | PeerEof

LINK_EVENTS: Final[frozenset[type]] = frozenset((Ready, Refused, Undecodable, PeerShutdown, PeerFailed, PeerEof))
"""The classes of what `Link.next_event` returns besides messages and `NEED_DATA`."""


class Link(Protocol[M_contra]):
    """
    One connection's protocol: it returns events for what comes, and queues what is to be sent.

    ``opened`` tells whether messages may be sent, ``closing`` whether our
    shutdown is queued, ``codec`` what messages are written with once opened
    (``None`` for raw frames), ``heartbeat_interval`` how often to send a
    heartbeat, and ``peer_timeout`` after how long without a byte the peer is
    lost, both in seconds, 0 for never.

    ``start`` queues what opens the connection.  ``receive_data`` takes bytes
    of a stream, ``receive_block`` one message of a transport that has such,
    ``receive_eof`` the end.  ``next_event`` returns a message of the peer's as
    it is, or a `LinkEvent`, whose class is one of `LINK_EVENTS`, or
    `NEED_DATA`; ``last_size`` is then the size in bytes, as received, of that
    message, also of one that is `Undecodable`; ``drained`` is then whether it
    is known that nothing is behind it.  It raises a `FrameError` once
    the connection is failed: flush the ``outbox`` and close.

    ``room`` returns where the next bytes of a stream may be read to, a
    writable view that is valid until the next call, or ``None``: then they go
    through ``receive_data``, which copies what it keeps.  ``received`` takes
    the number of bytes that were read into the view.

    ``send`` raises `EncodeError` or `LocalFrameError` for a message that
    cannot go, which harms nothing.  ``outbox`` is what is to be sent, for each
    frame its buffers, always the same list: the caller empties it.
    ``take_back`` forgets the last message sent: the caller has taken its
    buffers from the outbox, has written no byte of them, and nothing was
    queued since.  ``refuse`` tells the
    peer that a request of its cannot be read, and why.  It, ``send_heartbeat``
    and ``send_shutdown`` do nothing where the framing has no such thing.
    """

    last_size: int
    drained: bool
    outbox: list[list[Buffer]]

    @property
    def opened(self) -> bool: ...
    @property
    def closing(self) -> bool: ...
    @property
    def agreement(self) -> Agreement | None: ...
    @property
    def codec(self) -> Codec | None: ...
    @property
    def heartbeat_interval(self) -> float: ...
    @property
    def peer_timeout(self) -> float: ...
    def start(self) -> None: ...
    def receive_data(self, data: Buffer, /) -> None: ...
    def receive_block(self, data: Buffer) -> None: ...
    def receive_eof(self) -> None: ...
    def room(self) -> memoryview | None: ...
    def received(self, size: int) -> None: ...
    def next_event(self) -> Any: ...
    def send(self, message: M_contra, *, frame_type: FrameType | None = None) -> None: ...
    def refuse(self, event: Undecodable) -> None: ...
    def send_heartbeat(self) -> None: ...
    def send_shutdown(self) -> None: ...
    def take_back(self) -> None: ...
