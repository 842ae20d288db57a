"""`BaseChannel`: what the channels of both flavours have in common, with the documentation of their methods."""

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
        engine: The driver of the conversation.
        setup: The endpoint, and this end's settings.
        peer_credentials: The process at the other end.
        peer_certificate: The contents of its certificate.
        process: The process that was started for this channel.
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

        It waits while the peer reads more slowly than this end sends.  When it
        returns, the message is on its way, but may not have arrived.
        Meanwhile the channel keeps reading until its queue is full, so two
        ends that both send do not wait for each other.

        Args:
            message: The message.
            timeout: How long to wait, in seconds; ``None`` is for ever.

        Raises:
            EncodeError: *message* cannot be encoded.
            LocalFrameError: *message* is larger than the peer accepts.
            TimedOutError: The peer did not read it in time.  The message is
                not sent, and the channel stays open; but a blocking channel
                is lost if a part of the message was sent.
            ConnectionLostError: The connection is lost.
            ChannelClosedError: The channel is closed.
            FrameError: The peer broke the protocol before; see `receive`.
        """

    @abc.abstractmethod
    def receive(self, *, timeout: float | None = None) -> Awaitable[M] | M:
        """
        Return the next message that does not answer a request of this end.

        Args:
            timeout: How long to wait, in seconds; 0 returns only a message
                that has arrived already, ``None`` waits for ever.

        Raises:
            DecodeError: A message is not of the type; the channel stays open.
            TimedOutError: No message arrived in time; the channel stays open.
            ChannelClosedError: No more messages: one of the ends has closed
                the channel.
            ConnectionLostError: No more messages: the connection was lost.
            FrameError: No more messages: the peer broke the protocol, and
                this end has reported that to it.
        """

    @abc.abstractmethod
    def request(self, message: M, *, timeout: float | None = 30.0) -> Awaitable[M] | M:
        """
        Send *message* and return its answer.

        An envelope is answered by one whose ``reply_to`` is its id, a bare
        `JsonRpcRequest` by the response with its id.  Answers may arrive in
        any order.  Bytes arrive in order, so an answer may be queued behind
        messages that nobody receives: while they fill the channel's queue,
        the answer does not arrive.

        Args:
            message: The request.
            timeout: How long to wait, in seconds, for the peer to read and
                answer it; ``None`` is for ever.

        Raises:
            DecodeError: The answer is not of the type.
            RefusedError: The peer cannot decode *message*.
            FieldError: *message* has no id that an answer could carry, or a
                request with its id is under way.
            TimedOutError: No answer arrived in time; a later one is dropped.
            ConnectionLostError: The connection was lost, or the peer closed
                it, before the answer arrived.  The peer may have carried out
                the request; it is not sent again.
            ChannelClosedError: This end has closed the channel.
            EncodeError, LocalFrameError, FrameError: As in `send`.
        """

    @abc.abstractmethod
    def close(self, *, timeout: float = 5.0) -> Awaitable[None] | None:
        """
        Close the channel in good order: announce it, and wait until the peer has closed, too.

        A `receive` under way raises at once; a request under way may still
        get its answer.  Messages that arrive meanwhile are dropped; those in
        the channel's queue can still be received.  A spawned process sees the
        end of its input, and is terminated if it does not exit by itself.

        Args:
            timeout: How long to wait for the peer, in seconds; after that
                the connection is aborted.
        """

    @property
    def url(self) -> str:
        """The URL that the channel leads to; for a server's channel, the server's URL."""
        return self._setup.endpoint.url

    @property
    def transport(self) -> TransportType:
        """The transport under the channel."""
        return self._setup.endpoint.transport

    @property
    def profile(self) -> TransportProfile:
        """The profile that this end uses."""
        return self._setup.profile

    @property
    def agreement(self) -> Agreement | None:
        """The outcome of the negotiation; ``None`` with a framing that has no negotiation."""
        return self._conversation.link.agreement

    @property
    def codec(self) -> Codec | None:
        """The codec that encodes messages; ``None`` where messages are raw frames."""
        return self._conversation.link.codec

    @property
    def is_open(self) -> bool:
        """Whether neither end has closed the channel, and the connection is not known to be lost."""
        return self._conversation.is_open

    @property
    def ending(self) -> Exception | None:
        """
        The error that the peer, or the connection, has ended the channel with.

        ``None`` while the channel is open, and if this end closed it.
        """
        return self._conversation.ending

    @property
    def peer_credentials(self) -> PeerCredentials | None:
        """The process at the other end of a Unix socket, where the system reports it."""
        return self._peer_credentials

    @property
    def peer_certificate(self) -> dict[str, Any] | None:
        """
        The peer's TLS certificate, in the form of `ssl.SSLSocket.getpeercert`.

        ``None`` without TLS, and if the peer has sent no certificate: a client
        sends one if the server's context asks for it (``verify_mode``).
        """
        return self._peer_certificate

    @property
    def process(self) -> P | None:
        """The process that `spawn` has started."""
        return self._process

    @property
    def bytes_sent(self) -> int:
        """How many bytes were sent, including frame headers, before TLS encrypts them."""
        return self._conversation.bytes_sent

    @property
    def bytes_received(self) -> int:
        """How many bytes were received, including frame headers, after TLS has decrypted them."""
        return self._conversation.bytes_received

    @property
    def pending(self) -> int:
        """How many requests wait for their answers."""
        return len(self._conversation.pending)

    def __repr__(self) -> str:
        return f"<Channel {self.url} {'open' if self.is_open else 'closed'}>"
