"""`Channel`: messages to and from one peer."""

from __future__ import annotations

import subprocess

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Generic, Self

from typing_extensions import TypeVar

from symphony_types.message.ipc import TransportType

from ...codec import Codec
from ...framing.negotiation import Agreement
from ...transports.profile import TransportProfile
from .._options import Message
from ..credentials import PeerCredentials
from ..errors import ChannelClosedError
from ._child import end_process
from ._deadline import Deadline
from ._engine import Engine
from .pending_answer import PendingAnswer


__all__ = ["Channel"]

M = TypeVar("M", default=Message)


class Channel(Generic[M]):
    """
    Messages to and from one peer.

    `connect`, `spawn` and `pair` make channels, and servers hand them to their
    handlers.  Any number of threads may use a channel at once.  It is a
    context manager, which closes it, and iterable: over the messages that
    come, until the channel is closed in good order, by either end; otherwise
    the iteration raises what `receive` does.

    No thread of its own reads: bytes are taken in by the threads that wait in
    `receive` or `request`, and by those that wait to `send`.  While none of
    them does, nobody notices that the peer has gone.
    """

    def __init__(
        self,
        engine: Engine[M],
        *,
        url: str,
        transport: TransportType,
        profile: TransportProfile,
        peer_credentials: PeerCredentials | None = None,
        peer_certificate: dict[str, Any] | None = None,
        process: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self._engine = engine
        self._url = url
        self._transport = transport
        self._profile = profile
        self._peer_credentials = peer_credentials
        self._peer_certificate = peer_certificate
        self._process = process

    # Messages

    def send(self, message: M, *, timeout: float | None = None) -> None:
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
            TimedOutError: The peer did not take it in time.  If it took none
                of it, the channel goes on; with a part of it on its way the
                channel is lost.
            ConnectionLostError: The connection is lost.
            ChannelClosedError: The channel is closed.
            FrameError: The channel has ended with this; see `receive`.
        """
        self._engine.send(message, timeout)

    def receive(self, *, timeout: float | None = None) -> M:
        """
        Return the next message that answers no request of this end.

        Args:
            timeout: How long to wait, in seconds; 0 is to take what has come,
                ``None`` is for ever.

        Raises:
            DecodeError: A message came that is none of the type; the channel
                goes on.
            TimedOutError: None came in time; the channel goes on.
            ChannelClosedError: There are no more: an end has closed.
            ConnectionLostError: There are no more: the connection was lost.
            FrameError: There are no more: the peer broke the protocol, and
                was told so.
        """
        return self._engine.receive(timeout)

    def request(self, message: M, *, timeout: float | None = 30.0) -> M:
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
            DecodeError: What answers it is none of the type.
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
        return self._engine.request(message, timeout)

    def submit(self, message: M, *, timeout: float | None = 30.0) -> PendingAnswer[M]:
        """
        Send *message* and return at once, to wait for what answers it later.

        So one thread keeps many requests under way::

            answers = [channel.submit(message) for message in messages]
            for answer in answers:
                handle(answer.result())

        It waits, like `send`, while the peer takes less than it is sent; what
        comes meanwhile is taken in, answers among it.

        Args:
            message: What to ask.
            timeout: How long the peer may need to take and to answer it, in
                seconds, from now on, whether or not a thread waits; ``None``
                is for ever.

        Raises:
            TimedOutError: The peer did not take it in time; see `send`.
            Exception: All else as in `request`, unless it is only known later:
                then `PendingAnswer.result` raises it.
        """
        return PendingAnswer(self._engine, self._engine.submit(message, timeout), timeout)

    def close(self, *, timeout: float = 5.0) -> None:
        """
        End the channel in good order: say so, and wait until the peer has said so, too.

        Threads that wait in other methods learn of it, at once or when the
        peer has answered.  Messages that nobody has read yet are dropped, those
        that the channel keeps can still be received.  A process that was
        spawned is given its end of input to end by itself; who does not, is
        terminated.

        Args:
            timeout: How long to wait for the peer, in seconds; after that
                the connection is cut.
        """
        deadline = Deadline(timeout)
        self._engine.close(timeout)
        if self._process is not None:
            end_process(self._process, deadline)

    def __iter__(self) -> Iterator[M]:
        while True:
            try:
                message = self._engine.receive(None)
            except ChannelClosedError:
                return
            yield message

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # What is known of it

    @property
    def url(self) -> str:
        """Where it leads; a server's channels have the server's."""
        return self._url

    @property
    def transport(self) -> TransportType:
        """How it leads there."""
        return self._transport

    @property
    def profile(self) -> TransportProfile:
        """What this end brought to the connection."""
        return self._profile

    @property
    def agreement(self) -> Agreement | None:
        """What both ends agreed on; ``None`` with a framing that has no negotiation."""
        return self._engine.conversation.link.agreement

    @property
    def codec(self) -> Codec | None:
        """What messages are written with; ``None`` where they are raw frames."""
        return self._engine.conversation.link.codec

    @property
    def is_open(self) -> bool:
        """Whether neither end has closed, and the connection is not known to be lost."""
        return self._engine.conversation.is_open

    @property
    def ending(self) -> Exception | None:
        """
        What the peer, or the connection, has ended the channel with.

        ``None`` while it is open, and where it was this end that closed.
        """
        return self._engine.conversation.ending

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
    def process(self) -> subprocess.Popen[bytes] | None:
        """The process that `spawn` has started."""
        return self._process

    @property
    def bytes_sent(self) -> int:
        """How many bytes were sent, frames and all, before TLS."""
        return self._engine.conversation.bytes_sent

    @property
    def bytes_received(self) -> int:
        """How many bytes were received, frames and all, after TLS."""
        return self._engine.conversation.bytes_received

    @property
    def pending(self) -> int:
        """How many requests wait for their answers."""
        return self._engine.pending

    def __repr__(self) -> str:
        state = "open" if self.is_open else "closed"
        return f"<Channel {self._url} {state}>"
