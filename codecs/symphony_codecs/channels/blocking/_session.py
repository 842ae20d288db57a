"""
`Session`: a link, its wire and its mailbox, and what follows for the channel from what the link tells.

It computes and never waits.  It does not lock either: an engine does, and holds
its lock in every call.
"""

from __future__ import annotations

import time

from typing import Final, Generic, TypeVar

from symphony_types.errors import IpcError

from ...framing.errors import NEED_DATA, FrameError
from ...framing.events import PeerEof, PeerFailed, PeerShutdown
from .._links import LINK_EVENTS, Link, LinkEvent, Ready, Undecodable
from ..errors import ChannelClosedError, ConnectionLostError, fresh
from ._mailbox import Mailbox, Ticket
from ._wire import Wire


__all__ = ["Session"]

M = TypeVar("M")

# After so many of its pings without any sign of life a peer is lost, as with heartbeats.
_MISSED_PINGS: Final = 3


class Session(Generic[M]):
    """
    What is said over one connection.

    Args:
        wire: What carries it.
        link: What is said.
        max_queue: How many messages are kept before no more is taken.

    Attributes:
        bytes_received: How many bytes of frames the wire gave.
        bytes_sent: How many it was given.
        closing: Whether this end has closed, and only waits for the peer to
            do so, too.
        dry: Whether the link has told all that it can from what it was given.
        heard: When the peer was last heard, by the monotonic clock.
        lost: Whether nobody would hear what is still to be said.
        opening: Filled when messages may be sent.
        over: Whether no more will come.
        silence: After how long without a sign of life the peer is lost, in
            seconds; 0 is never.
    """

    def __init__(self, wire: Wire, link: Link[M], *, max_queue: int) -> None:
        self.wire: Final = wire
        self.link: Final = link
        self.mailbox: Final[Mailbox[M]] = Mailbox(max_queue)
        self.bytes_received = 0
        self.bytes_sent = 0
        self.closing = False
        self.dry = False
        self.heard = time.monotonic()
        self.lost = False
        self.opening: Ticket[M] = Ticket()
        self.over = False
        self.silence = 0.0
        self._blocks = wire.blocks
        self._eof = False
        self._complete = False
        self._layered = wire.is_layered
        self._watchers: list[Ticket[M]] = []

    # In

    def start(self) -> None:
        """Begin, with what the wire has had since its handshakes."""
        self.link.start()
        self._collect()
        self._feed(self.wire.early)

    @property
    def is_taking(self) -> bool:
        """Whether there is room for what else might come."""
        return self.closing or not self.mailbox.is_full

    def receive(self, data: bytes | None) -> None:
        """Take what was read from the stream; ``None`` is the end."""
        if self.over:
            return
        self.heard = time.monotonic()
        try:
            self._feed(self.wire.unwrap(data))
        except BaseException:
            # Ctrl-C, say: it is half taken, and nobody can go on from there.
            self.lose("the reading was interrupted")
            raise

    def _feed(self, parts: list[bytes | IpcError | None]) -> None:
        failure: IpcError | None = None
        for part in parts:
            if part is None:
                self._eof = self._complete = True
                self.link.receive_eof()
            elif isinstance(part, IpcError):
                self._complete = True
                failure = part
            else:
                self.bytes_received += len(part)
                if self._blocks:
                    self.link.receive_block(part)
                else:
                    self.link.receive_data(part)
        self.advance()
        if failure is not None:
            self.finish(failure)
            # A layer may have something to say of it.
            self.wire.put([])

    def advance(self) -> None:
        """Take what the link has, until it has no more or the inbox is full."""
        self.dry = False
        try:
            # Once no more will come there is little left, and those who wait for answers have to know.
            while not self.over and (self.is_taking or self._complete):
                event = self.link.next_event()
                if event is NEED_DATA:
                    self.dry = True
                    break
                if type(event) not in LINK_EVENTS or isinstance(event, Undecodable):
                    # Who has closed does not read on.
                    if not self.closing:
                        self.mailbox.deliver(event)
                else:
                    self._take(event)
        except FrameError as error:
            if self._eof and error.frame_code == "truncated":
                self.lose("the peer hung up in the middle of a message", error)
            else:
                self.finish(error)
        self._collect()

    def _take(self, event: LinkEvent) -> None:
        if isinstance(event, Ready):
            if not self.opening.done:
                self.opening.fill(None)
        elif isinstance(event, PeerShutdown):
            self.say_goodbye()
            self.finish(ChannelClosedError(reason="the peer has closed the channel"))
        elif isinstance(event, PeerFailed):
            self.finish(ConnectionLostError.peer_failed(event.error))
        elif isinstance(event, PeerEof):
            self._take_eof(event)

    def _take_eof(self, event: PeerEof) -> None:
        if event.clean:
            self.say_goodbye()
            self.finish(ChannelClosedError(reason="the peer has ended the stream"))
        elif self.link.opened:
            self.lose("the peer hung up")
        else:
            self.lose("the peer hung up before the connection was open")

    # Out

    def send(self, message: M) -> None:
        """
        Queue *message*.

        Raises:
            EncodeError, LocalFrameError: It cannot be sent, and is not queued.
            IpcError: What the session has ended with.
        """
        self.check()
        self.link.send(message)
        self._collect()

    def send_sign_of_life(self) -> None:
        """Queue a heartbeat, or whatever else the wire has instead."""
        if self.link.heartbeat_interval:
            self.link.send_heartbeat()
            self._collect()
        else:
            self.wire.ping()

    def say_goodbye(self) -> None:
        """Queue that this end sends no more."""
        self.link.send_shutdown()
        self._collect()
        self.wire.finish()

    def _collect(self) -> None:
        frames = self.link.data_to_send()
        for buffers in frames:
            for buffer in buffers:
                self.bytes_sent += len(buffer) if type(buffer) is bytes else memoryview(buffer).nbytes
        if frames or self._layered:
            self.wire.put(frames)

    def agree_on_silence(self) -> float:
        """Note how long the peer may be silent; returns how often it has to hear of this end, in seconds."""
        self.silence = self.link.peer_timeout
        interval = self.link.heartbeat_interval
        if not interval:
            interval = self.wire.ping_interval
            # Who pings hears from any peer.
            self.silence = self.silence or _MISSED_PINGS * interval
        return interval

    # The end

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.mailbox.end is None

    @property
    def ending(self) -> Exception | None:
        """What the peer, or the connection, has ended it with; ``None`` if it was this end, or nobody."""
        return None if self.mailbox.ended_here else self.mailbox.end

    @property
    def has_last_words(self) -> bool:
        """Whether the peer is to be told why this end gives up, and given the time to read it."""
        return self.over and isinstance(self.mailbox.end, FrameError) and not self._layered

    @property
    def needs_eof(self) -> bool:
        """Whether only the end of the stream tells the peer that this end sends no more."""
        return self.link.agreement is None and not self._layered

    def check(self) -> None:
        """
        See that there is no end yet.

        Raises:
            IpcError: There is: this is it.
        """
        if self.mailbox.end is not None:
            raise fresh(self.mailbox.end)

    def close(self) -> None:
        """Note that this end has closed; all who wait learn of it."""
        self.closing = True
        closed = ChannelClosedError(reason="this end has closed the channel")
        self.mailbox.finish(closed, ours=True)
        self.opening.fail(closed)

    def lose(self, what: str, cause: BaseException | None = None) -> None:
        """Note that the connection is lost; all who wait learn of it."""
        error = ConnectionLostError(reason=what if cause is None else f"{what}: {cause}")
        error.__cause__ = cause
        self.lost = self.lost or not self.over
        self.finish(error)

    def finish(self, error: Exception) -> None:
        """Note that all is over, once, because of *error*; all who wait learn of it."""
        if self.over:
            return
        self.over = True
        self.mailbox.finish(error)
        self.opening.fail(error)
        for watcher in self._watchers:
            watcher.fill(None)
        self._watchers.clear()

    def watcher(self) -> Ticket[M]:
        """Return a ticket that is filled when all is over."""
        ticket: Ticket[M] = Ticket()
        if self.over:
            ticket.fill(None)
        else:
            self._watchers.append(ticket)
        return ticket
