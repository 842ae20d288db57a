"""
Links: the protocol of one connection for each framing, without I/O.

Both flavours of channels are built on them.  `FramedLink` carries messages in
native frames, `RawLink` forwards such frames, and `DocumentLink` uses one of
the other framings.  Those have no Hello, heartbeat or shutdown, so the profile
sets the format, and the end of the stream ends the conversation.
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
    """The connection is open: messages may be sent."""


@attrs.frozen(kw_only=True)
class Asked:
    """
    The readable part of a request that cannot be decoded.

    Args:
        id: The id of the envelope or of the bare JSON-RPC request; ``None``
            if it cannot be answered: a notification, or a user's class.
        sender: The envelope's sender; ``None`` for a bare request.
        receiver: The envelope's receiver, if it has one.
        stream_id: The stream of its frames.
    """

    id: Key | None = None
    sender: ProcessId | None = None
    receiver: ProcessId | None = None
    stream_id: int = 0


@attrs.frozen
class Refused:
    """
    The peer could not decode a message of this end.

    Args:
        error: The peer's error.
        answers: The key of the request; ``None`` if the message was not a
            request.
    """

    error: RefusedError
    answers: Key | None


@attrs.frozen
class Undecodable:
    """
    A message of the peer that is not of the type; later messages are not affected.

    Args:
        error: The error.
        answers: The key of the request that it answers, if the key can be
            read.
        asked: If it is a request, its readable part, for `Link.refuse`.
        text: The start of the message, if it is not a document of the format
            at all.
    """

    error: DecodeError
    answers: Key | None = None
    text: str | None = None
    asked: Asked | None = None


LinkEvent: TypeAlias = Ready | Refused | Undecodable | PeerShutdown | PeerFailed | PeerEof

LINK_EVENTS: Final[frozenset[type]] = frozenset((Ready, Refused, Undecodable, PeerShutdown, PeerFailed, PeerEof))
"""The classes of the events that `Link.next_event` returns besides messages and `NEED_DATA`."""


class Link(Protocol[M_contra]):
    """
    The protocol of one connection: it turns received bytes into events, and queues frames to send.

    ``opened`` is whether messages may be sent, ``closing`` whether this end's
    shutdown is queued, and ``codec`` the codec that encodes messages once
    opened (``None`` for raw frames).  ``heartbeat_interval`` is how often to
    send a heartbeat, and ``peer_timeout`` after how long without a byte the
    peer is lost, both in seconds, 0 for never.

    ``start`` queues the frames that open the connection.  ``receive_data``
    takes bytes of a stream, ``receive_block`` one message of a transport that
    has messages, ``receive_eof`` the end.  ``next_event`` returns a message
    of the peer, or a `LinkEvent`, whose class is one of `LINK_EVENTS`, or
    `NEED_DATA`.  After a message or an `Undecodable`, ``last_size`` is its
    size in bytes, as received, and ``drained`` is whether it was certainly
    the last event for now.  ``next_event`` raises a `FrameError` once the
    connection has failed: flush the ``outbox`` and close.

    ``room`` returns a writable view to read the next bytes of a stream into,
    which is valid until the next call, or ``None``: pass the bytes to
    ``receive_data`` then, which copies the bytes it keeps.  ``received`` takes
    the number of bytes that were read into the view.

    ``send`` raises `EncodeError` or `LocalFrameError` for a message that
    cannot be sent; the connection is not affected.  ``outbox`` holds the
    frames to send, each a list of buffers.  It is always the same list, and
    the caller empties it.  ``take_back`` forgets the last message sent: the
    caller has taken its buffers from the outbox, has written no byte of them,
    and nothing was queued since.  ``refuse`` reports to the peer that its
    request cannot be decoded, and why.  ``refuse``, ``send_heartbeat`` and
    ``send_shutdown`` do nothing if the framing does not support them.
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
