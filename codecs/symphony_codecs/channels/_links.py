"""
Links: what a channel says over one connection, whatever the framing, without the I/O.

Both flavours of channels stand on these.  `FramedLink` has native frames under
it and `RawLink` forwards them; `DocumentLink` has one of the other framings:
those know no Hello, heartbeat or shutdown, so the format is what the profile
says, and the end of the stream is the end of the conversation.
"""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import attrs

from typing_extensions import Buffer

from symphony_types.message.ipc import FrameType

from ..codec import Codec
from ..errors import DecodeError
from ..framing.errors import NeedData
from ..framing.events import PeerEof, PeerFailed, PeerShutdown
from ..framing.negotiation import Agreement
from .correlation import Key


__all__ = ["Link", "LinkEvent", "Ready", "Received", "Undecodable"]

M = TypeVar("M")
M_contra = TypeVar("M_contra", contravariant=True)


@attrs.frozen
class Ready:
    """Messages may be sent."""


@attrs.frozen
class Received(Generic[M]):
    """A message of the peer."""

    message: M


@attrs.frozen
class Undecodable:
    """
    A message of the peer that is none of the type; those after it are not concerned.

    Args:
        error: What is wrong with it.
        answers: The key of the request that it answers, if that much of it
            can be read.
    """

    error: DecodeError
    answers: Key | None = None


LinkEvent: TypeAlias = Ready | Received[Any] | Undecodable | PeerShutdown | PeerFailed | PeerEof


class Link(Protocol[M_contra]):
    """
    One connection's protocol: what comes is told by events, what is to go is queued.

    ``opened`` tells whether messages may be sent, ``closing`` whether our
    shutdown is queued, ``codec`` what messages are written with once opened
    (``None`` for raw frames), ``heartbeat_interval`` how often to send a
    heartbeat, and ``peer_timeout`` after how long without a byte the peer is
    lost, both in seconds, 0 for never.

    ``start`` queues what opens the connection.  ``receive_data`` takes bytes
    of a stream, ``receive_block`` one message of a transport that has such,
    ``receive_eof`` the end.  ``next_event`` raises a `FrameError` once the
    connection is failed: flush ``data_to_send`` and close.  ``send`` raises
    `EncodeError` or `LocalFrameError` for a message that cannot go, which
    harms nothing.  ``send_heartbeat`` and ``send_shutdown`` do nothing where
    the framing has no such thing.
    """

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
    def receive_data(self, data: Buffer) -> None: ...
    def receive_block(self, data: Buffer) -> None: ...
    def receive_eof(self) -> None: ...
    def next_event(self) -> LinkEvent | NeedData: ...
    def send(self, message: M_contra, *, frame_type: FrameType | None = None) -> None: ...
    def send_heartbeat(self) -> None: ...
    def send_shutdown(self) -> None: ...
    def data_to_send(self) -> list[list[Buffer]]: ...
