"""`BaseChannel`: what the channels of both flavours have in common, and what their methods do."""

from __future__ import annotations

import abc

from collections.abc import Awaitable
from typing import Any, Generic, Protocol

from typing_extensions import TypeVar

from symphony_types.message.ipc import TransportType

from ..codec import Codec
from ..framing.negotiation import Agreement
from ..transports.profile import TransportProfile
from ._conversation import Conversation
from ._setup import Setup
from .credentials import PeerCredentials


__all__ = ["BaseChannel"]

M = TypeVar("M")
P = TypeVar("P")
E = TypeVar("E", bound="_Engine")


class _Engine(Protocol):
    @property
    def conversation(self) -> Conversation[Any]: ...


class BaseChannel(abc.ABC, Generic[M, P, E]):
    """
    Messages to and from one peer.

    Args:
        engine: What drives the conversation.
        setup: Where it leads, and what this end brought to the connection.
        peer_credentials: Which process is at the other end.
        peer_certificate: What its certificate says.
        process: The process that was started for it.
    """

    def __init__(
        self,
        engine: E,
        setup: Setup[M],
        *,
        peer_credentials: PeerCredentials | None = None,
        peer_certificate: dict[str, Any] | None = None,
        process: P | None = None,
    ) -> None:
        self._engine = engine
        self._conversation = engine.conversation
        self._setup = setup
        self._peer_credentials = peer_credentials
        self._peer_certificate = peer_certificate
        self._process = process

    @abc.abstractmethod
    def send(self, message: M, *, timeout: float | None = None) -> Awaitable[None] | None:
        """
        Send *message*.

        It waits while the peer takes less than it is sent; when it returns,
        the message is on its way, which is not to say that it arrived.  What
        comes meanwhile is taken in, as far as the channel keeps messages, so
        that two ends that both send do not wait for each other.

        Args:
            message: What to send.
            timeout: How long to wait, in seconds; ``None`` is for ever.

        Raises:
            EncodeError: *message* cannot be written.
            LocalFrameError: It is larger than the peer takes.
            TimedOutError: The peer did not take it in time.  It is not sent,
                and the channel goes on; but a blocking channel is lost where
                the peer has taken a part of it.
            ConnectionLostError: The connection is lost.
            ChannelClosedError: The channel is closed.
            FrameError: The channel has ended with this; see `receive`.
        """

    @abc.abstractmethod
    def receive(self, *, timeout: float | None = None) -> Awaitable[M] | M:
        """
        Return the next message that answers no request of this end.

        Args:
            timeout: How long to wait, in seconds; 0 is to take what has come,
                ``None`` is for ever.

        Raises:
            DecodeError: A message is not of the type; the channel
                goes on.
            TimedOutError: None came in time; the channel goes on.
            ChannelClosedError: There are no more: an end has closed.
            ConnectionLostError: There are no more: the connection was lost.
            FrameError: There are no more: the peer broke the protocol, and
                was told so.
        """

    @abc.abstractmethod
    def request(self, message: M, *, timeout: float | None = 30.0) -> Awaitable[M] | M:
        """
        Send *message* and return what answers it.

        An envelope is answered by one whose ``reply_to`` is its id, a bare
        `JsonRpcRequest` by the response with its id.  Answers may come in any
        order.  As bytes come in order, an answer may stand behind messages
        that nobody receives: with as many of them as the channel keeps, it
        does not arrive.

        Args:
            message: What to ask.
            timeout: How long to wait, in seconds, for the peer to take and to
                answer it; ``None`` is for ever.

        Raises:
            DecodeError: Its answer is not of the type.
            RefusedError: The peer cannot read it.
            FieldError: Nothing can answer *message*, or a request with its id
                is under way.
            TimedOutError: No answer came in time; if it still comes, it is
                dropped.
            ConnectionLostError: The connection was lost, or the peer closed
                it, before an answer came.  The request may have been carried
                out; it is not sent again.
            ChannelClosedError: This end has closed the channel.
            EncodeError, LocalFrameError, FrameError: As in `send`.
        """

    @abc.abstractmethod
    def close(self, *, timeout: float = 5.0) -> Awaitable[None] | None:
        """
        End the channel in good order: say so, and wait until the peer has said so, too.

        A `receive` under way raises at once; a request under way may still
        get its answer.  Messages that arrive meanwhile are dropped; those that
        wait in the channel can still be received.  A process that was spawned
        sees the end of its input; it is terminated if it does not end by itself.

        Args:
            timeout: How long to wait for the peer, in seconds; after that
                the connection is cut.
        """

    @property
    def url(self) -> str:
        """Where it leads; a server's channels have the server's."""
        return self._setup.endpoint.url

    @property
    def transport(self) -> TransportType:
        """How it leads there."""
        return self._setup.endpoint.transport

    @property
    def profile(self) -> TransportProfile:
        """What this end brought to the connection."""
        return self._setup.profile

    @property
    def agreement(self) -> Agreement | None:
        """What both ends agreed on; ``None`` with a framing that has no negotiation."""
        return self._conversation.link.agreement

    @property
    def codec(self) -> Codec | None:
        """What messages are written with; ``None`` where they are raw frames."""
        return self._conversation.link.codec

    @property
    def is_open(self) -> bool:
        """Whether neither end has closed, and the connection is not known to be lost."""
        return self._conversation.is_open

    @property
    def ending(self) -> Exception | None:
        """
        What the peer, or the connection, has ended the channel with.

        ``None`` while it is open, and where it was this end that closed.
        """
        return self._conversation.ending

    @property
    def peer_credentials(self) -> PeerCredentials | None:
        """Which process is at the other end of a Unix socket, where the system tells."""
        return self._peer_credentials

    @property
    def peer_certificate(self) -> dict[str, Any] | None:
        """
        What the certificate says that the peer has shown in TLS, as `ssl.SSLSocket.getpeercert` gives it.

        ``None`` without TLS, and where the peer has shown none: a server sees
        a client's if its context asks for one (``verify_mode``).
        """
        return self._peer_certificate

    @property
    def process(self) -> P | None:
        """The process that `spawn` has started."""
        return self._process

    @property
    def bytes_sent(self) -> int:
        """How many bytes were sent, frames and all, before TLS."""
        return self._conversation.bytes_sent

    @property
    def bytes_received(self) -> int:
        """How many bytes were received, frames and all, after TLS."""
        return self._conversation.bytes_received

    @property
    def pending(self) -> int:
        """How many requests wait for their answers."""
        return len(self._conversation.pending)

    def __repr__(self) -> str:
        return f"<Channel {self.url} {'open' if self.is_open else 'closed'}>"
