"""
`Conversation`: one end of a connection without I/O, clocks or locks; the same for both flavours.

It holds the messages that arrived, the waiters, the requests under way, how it
ended and why, and when the next sign of life is due.  A driver gives it bytes
and the time, sends the buffers that `Conversation.data_to_send` returns, and
wakes up the threads or tasks behind its waiters.

A *waiter* is anything with ``resolve(outcome)``, which must not raise.  The
outcome is a message, or a `Failure` that holds the error to raise; `result_of`
returns the one or raises the other.  With threads, all calls hold one lock, so
``resolve`` runs under it.
"""

from __future__ import annotations

import math

from collections import deque
from collections.abc import Callable
from typing import Any, Final, Generic, Protocol, TypeVar

from typing_extensions import Buffer

from symphony_types.errors import IpcError, TimedOutError

from .._peer_text import peer_text
from ..framing.errors import NEED_DATA, FrameError
from ..framing.events import PeerFailed, PeerShutdown
from ._idle import IdleWatch
from ._links import LINK_EVENTS, Link, LinkEvent, Ready, Refused, Undecodable
from ._server_log import warn
from .correlation import LATE, Key, Pending
from .errors import ChannelClosedError, ConnectionLostError, fresh


__all__ = ["NOTHING", "Conversation", "Failure", "Waiter", "closed_here", "lost", "result_of"]

M = TypeVar("M")

# After so many pings without any sign of life the peer is lost, as with heartbeats.
_MISSED_PINGS: Final = 3
# The share of its interval by which a heartbeat may come early, so that one timer serves many connections.
_EARLY: Final = 0.1
_NOISE: Final = -1
NOTHING: Final = NEED_DATA
"""`Conversation.take` returns this while the inbox is empty."""


class Waiter(Protocol):
    """Waits for one outcome."""

    def resolve(self, outcome: Any, /) -> bool:
        """Take a message or a `Failure`; return false if this waiter has given up: the next receiver gets it then."""
        ...


class Failure:
    """An outcome other than a message: the error to raise."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


def result_of(outcome: Any) -> Any:
    """Return *outcome*, a message, or raise its error."""
    if type(outcome) is Failure:
        raise fresh(outcome.error)
    return outcome


class Conversation(Generic[M]):
    """
    One end of a connection.

    Args:
        link: The link that speaks the protocol.
        max_queue: How many messages may wait in the inbox before this end
            stops reading; at least 1.
        max_queue_bytes: How many bytes of messages, as received, may wait
            before this end stops reading; a single longer message is let in.

    Attributes:
        bytes_received: How many bytes of frames arrived.
        bytes_sent: How many bytes of frames `data_to_send` returned.
        closing: Whether this end has closed; the peer may not have yet.
        dry: Whether all events of the link were taken.
        end: The error that `receive` raises once the inbox is empty; ``None``
            while more messages may arrive.
        ended_here: Whether this end has ended the conversation.
        idle_watch: Notes each message, for a server that closes idle
            connections.
        inbox: The messages that wait to be received, each with its size in bytes.
        interval: How often this end gives a sign of life, in seconds; 0 is never.
        last_heard: When the last bytes of the peer arrived, by the driver's
            clock; the driver sets it.
        lost: Whether the connection is lost, so that sending is useless.
        opened: Whether the connection was open for messages at some time.
        outbox: The link's ``outbox``; `data_to_send` empties it.
        pending: The requests under way.
        silence: After how long without a sign of life the peer is lost, in
            seconds; 0 is never.
        silent_at: When the peer is lost if no bytes arrive; infinity is never.
        slack: How much earlier than `deadline` a `tick` may be, in seconds.
        sink: Takes each message that does not answer a request, instead of
            the inbox; a `Failure` for one that cannot be decoded.
        stuck: The driver sets it while the peer does not read: requests that
            cannot be decoded are not refused then.
        wants_data: Whether the driver should read: there is room in the inbox,
            and the conversation has not ended.  There is always room once
            this end has closed, since it drops messages then, or once the
            peer's bytes have ended: little can follow, and requests have to
            fail.
    """

    __slots__ = (
        "_beat_at",
        "_cause",
        "_complete",
        "_eof",
        "_held",
        "_inbox_bytes",
        "_listening",
        "_max_queue",
        "_max_queue_bytes",
        "_noise",
        "_noises",
        "_opening",
        "_receivers",
        "_refused",
        "_watchers",
        "bytes_received",
        "bytes_sent",
        "closing",
        "dry",
        "end",
        "ended_here",
        "idle_watch",
        "inbox",
        "interval",
        "last_heard",
        "link",
        "lost",
        "opened",
        "outbox",
        "pending",
        "silence",
        "silent_at",
        "sink",
        "slack",
        "stuck",
        "wants_data",
    )

    def __init__(self, link: Link[M], *, max_queue: int, max_queue_bytes: int) -> None:
        self.link: Final = link
        self.pending: Final[Pending[Waiter]] = Pending()
        self.inbox: Final[deque[tuple[Any, int]]] = deque()
        self.bytes_received = self.bytes_sent = 0
        self.closing = self.ended_here = self.lost = self.opened = self.stuck = False
        self.dry = self.wants_data = True
        self.end: Exception | None = None
        self.last_heard = 0.0
        self.idle_watch: IdleWatch | None = None
        self.sink: Callable[[Any], object] | None = None
        self._max_queue = max_queue
        self._max_queue_bytes = max_queue_bytes
        self._inbox_bytes = self._noises = 0
        # A dict keeps its order, and removes any entry in constant time.
        self._receivers: dict[Waiter, None] = {}
        self._opening: list[Waiter] = []
        self.outbox: Final = link.outbox
        self._watchers: list[Waiter] = []
        self._complete = self._eof = self._held = False
        self._cause: BaseException | None = None
        self._noise: str | None = None
        self._refused: str | None = None
        self.interval = self.silence = self.slack = 0.0
        self._beat_at = self.silent_at = math.inf
        self._listening = True

    # In

    def receive_data(self, data: Buffer) -> None:
        """Pass bytes of a stream to the link; `advance` then takes the messages."""
        self.bytes_received += len(data)  # type: ignore[arg-type]  # bytes or a view of bytes
        if self.end is None:
            self.link.receive_data(data)

    def received(self, count: int) -> None:
        """Note that *count* bytes were read into the link's ``room()``."""
        self.bytes_received += count
        if self.end is None:
            self.link.received(count)

    def receive_block(self, data: bytes) -> None:
        """Pass one message of a transport that has messages of its own to the link."""
        self.bytes_received += len(data)
        if self.end is None:
            self.link.receive_block(data)

    def receive_eof(self, cause: BaseException | None = None) -> None:
        """Note the end of the peer's bytes, with its *cause* if something failed."""
        self._cause = self._cause or cause
        if self.end is None and not self._eof:
            self._eof = self._complete = self.wants_data = True
            self.link.receive_eof()

    def fail(self, error: IpcError) -> None:
        """End with the *error* that a layer below found in the peer's bytes, after the messages before it."""
        if self.end is None:
            self._complete = self.wants_data = True
            self.advance()
            self.finish(error)

    def advance(self) -> bool:
        """
        Take events from the link until it has no more or the inbox is full.

        Returns:
            False if messages only went to their receivers.  True if the driver
            has to check `opened`, `end`, `wants_data` and `data_to_send`.
        """
        link, pending = self.link, self.pending
        next_event = link.next_event
        happened = self.sink is not None
        self.dry = False
        try:
            while self.wants_data:
                event = next_event()
                kind = type(event)
                if kind in LINK_EVENTS:
                    happened = True
                    self._take_event(event)
                elif event is NEED_DATA:
                    self.dry = True
                    return happened
                else:
                    waiter = pending.take(event)
                    if waiter is None:
                        self._hand_on(event, link.last_size)
                    elif waiter is not LATE:
                        if self.idle_watch is not None:
                            self.idle_watch.answered()
                        waiter.resolve(event)
                    if link.drained:
                        self.dry = True
                        return happened
        except FrameError as error:
            if self._eof and error.frame_code == "truncated":
                self.lose("the peer hung up in the middle of a message", self._cause or error)
            else:
                self.finish(error)
        return True

    def hold(self, *, on: bool) -> None:
        """Take no more messages while the peer does not read the answers, or go on; then call `advance`."""
        self._held = on
        self._look_for_room()

    def _look_for_room(self) -> None:
        if self.end is None and not (self._complete or self.closing):
            self.wants_data = (
                not self._held
                and len(self.inbox) - self._noises < self._max_queue
                and self._inbox_bytes < self._max_queue_bytes
            )

    def _take_event(self, event: LinkEvent) -> None:
        if isinstance(event, Undecodable):
            self._take_undecodable(event)
        elif isinstance(event, Ready):
            self.opened = True
            _resolve(self._opening, None)
        elif isinstance(event, Refused):
            self._take_refusal(event)
        elif isinstance(event, PeerShutdown):
            self.link.send_shutdown()
            refused = "" if self._refused is None else f"; {self._refused}"
            self.finish(ChannelClosedError(reason=f"the peer has closed the channel{refused}"))
        elif isinstance(event, PeerFailed):
            self.finish(ConnectionLostError.peer_failed(event.error))
        elif event.clean and self._cause is None:
            self.finish(ChannelClosedError(reason="the peer has ended the stream"))
        elif self.opened:
            self.lose("the peer hung up", self._cause)
        else:
            self.lose("the peer hung up before the connection was open", self._cause)

    def _take_undecodable(self, event: Undecodable) -> None:
        noise = event.text
        if noise is not None and self._noise is None:
            self._noise = peer_text(noise)
            warn("the peer sent something other than a message: %s", self._noise)
        if event.asked is not None and not self.stuck:
            self.link.refuse(event)
        outcome = Failure(event.error)
        waiter = self.pending.take_key(event.answers)
        if waiter is None:
            self._hand_on(outcome, self.link.last_size, is_noise=noise is not None or event.answers is not None)
        elif waiter is not LATE:
            waiter.resolve(outcome)

    def _take_refusal(self, event: Refused) -> None:
        waiter = self.pending.take_key(event.answers)
        if waiter is None:
            # Nobody waits: the message was not a request, or no answer was wanted.
            self._refused = event.error.reason
            warn("a message of this end is lost: %s", self._refused)
        elif waiter is not LATE:
            waiter.resolve(Failure(event.error))

    def _hand_on(self, outcome: Any, size: int, *, is_noise: bool = False) -> None:
        if self.closing:
            return
        if self.idle_watch is not None:
            self.idle_watch.came(outcome)
        if self.sink is not None:
            self.sink(outcome)
        elif self._receivers and self._give(outcome):
            pass
        elif not is_noise:
            self.inbox.append((outcome, size))
            self._inbox_bytes += size
            self._look_for_room()
        elif self._noises < self._max_queue:
            # Stray lines, and broken answers that nobody waits for, take no room from messages.
            self.inbox.append((outcome, _NOISE))
            self._noises += 1

    def _give(self, outcome: Any) -> bool:
        """Give *outcome* to the first receiver that still waits; return whether there is one."""
        while self._receivers:
            receiver = next(iter(self._receivers))
            del self._receivers[receiver]
            if receiver.resolve(outcome):
                return True
        return False

    # Out

    def check(self) -> None:
        """
        Check that messages can be sent.

        Raises:
            IpcError: The conversation has ended, or this end has closed it.
        """
        if self.end is not None:
            raise fresh(self.end)
        if self.closing:
            raise closed_here()

    def send(self, message: M, waiter: Waiter | None = None) -> Key | None:
        """
        Queue *message*; a *waiter* waits for its answer from now on.

        Returns:
            The key of the request, as `ask` does; ``None`` without a *waiter*.

        Raises:
            EncodeError, LocalFrameError: *message* cannot be sent; nothing is
                queued.
            FieldError: As in `ask`.
            IpcError: As in `check`.
        """
        if self.end is not None or self.closing:
            self.check()
        key = None if waiter is None else self.pending.add(message, waiter)
        try:
            self.link.send(message)
        except BaseException:
            if key is not None:
                self.pending.discard(key)
            raise
        if self.idle_watch is not None:
            self.idle_watch.sent(message)
        return key

    def ask(self, message: M, waiter: Waiter) -> Key:
        """
        Let *waiter* wait for the answer to *message*, which the caller then sends.

        Returns:
            The key for ``pending.abandon`` (then an answer is late) or
            ``pending.discard`` (nothing was sent).

        Raises:
            FieldError: *message* has no id that an answer could carry, or a
                request with its id is under way.
            IpcError: As in `check`.
        """
        if self.end is not None or self.closing:
            self.check()
        return self.pending.add(message, waiter)

    def take_back(self, key: Key | None = None) -> None:
        """Forget the last message sent, and its request by its *key*: see ``link.take_back``."""
        self.link.take_back()
        if key is not None:
            self.pending.discard(key)

    def data_to_send(self) -> list[list[Buffer]]:
        """Return the queued frames, each a list of buffers, and empty the queue."""
        outbox = self.outbox
        frames = outbox[:]
        outbox.clear()
        for buffers in frames:
            for buffer in buffers:
                self.bytes_sent += len(buffer) if type(buffer) is bytes else memoryview(buffer).nbytes
        return frames

    # Receivers and other waiters

    def take(self) -> Any:
        """
        Return the next message or `Failure`, or `NOTHING` if the receiver has to `wait`.

        This may make room in the inbox: `advance` may then find more messages in the link.
        """
        if self.inbox:
            outcome, size = self.inbox.popleft()
            if size == _NOISE:
                self._noises -= 1
            else:
                self._inbox_bytes -= size
            self._look_for_room()
            return outcome
        if self.end is not None:
            return Failure(self.end)
        return Failure(closed_here()) if self.closing else NOTHING

    def wait(self, waiter: Waiter) -> None:
        """Add *waiter* to the receivers, behind those that wait already."""
        self._receivers[waiter] = None

    @property
    def is_awaited(self) -> bool:
        """Whether a receiver waits for the next message."""
        return bool(self._receivers)

    def withdraw(self, waiter: Waiter) -> None:
        """Remove a receiver that has given up; does nothing if it was resolved."""
        self._receivers.pop(waiter, None)

    def put_back(self, outcome: Any) -> None:
        """Give the outcome of an interrupted receiver to the next one, or put it back at the front of the inbox."""
        if type(outcome) is Failure and outcome.error is self.end:
            return
        if not self._give(outcome):
            self.inbox.appendleft((outcome, 0))
            self._look_for_room()

    def when_open(self, waiter: Waiter) -> None:
        """Resolve *waiter* with ``None`` once messages can be sent, or with the `Failure` that prevents it."""
        if self.opened:
            waiter.resolve(None)
        elif self.end is not None:
            waiter.resolve(Failure(self.end))
        else:
            self._opening.append(waiter)

    def when_over(self, waiter: Waiter) -> None:
        """Resolve *waiter* with ``None`` once `end` is set."""
        if self.end is not None:
            waiter.resolve(None)
        else:
            self._watchers.append(waiter)

    def overdue(self, expected: str, within: float | None) -> TimedOutError:
        """Return the error for *expected*, which did not arrive in time; it also quotes stray text of the peer."""
        noise = "" if self._noise is None else f"; the peer sent something other than a message: {self._noise}"
        return TimedOutError(f"expected {expected} within {within} s, got none{noise}")

    # The end

    def close(self) -> None:
        """
        Begin to close: queue this end's Shutdown and fail the receivers.

        Messages are dropped from now on, answers are not.  The driver sends
        the Shutdown; where the link has no ``agreement``, there is none, and
        the driver ends the stream instead.
        """
        if self.end is not None or self.closing:
            return
        self.closing = self.wants_data = True
        self.link.send_shutdown()
        failure = Failure(closed_here())
        receivers, self._receivers = self._receivers, {}
        _resolve(list(receivers), failure)

    def finish(self, error: Exception) -> None:
        """End with *error*, or as closed if this end has closed; resolve all waiters.  Only the first call counts."""
        if self.end is not None:
            return
        self.ended_here = self.closing
        self.end = error = closed_here() if self.closing else error
        self.wants_data = False
        self._beat_at = self.silent_at = math.inf
        failure = unanswered = Failure(error)
        if isinstance(error, ChannelClosedError) and not self.ended_here:
            # A pending request fails the same way for a clean close.
            gone = ConnectionLostError(reason="the peer closed the channel before it answered")
            gone.__cause__ = error
            unanswered = Failure(gone)
        receivers, self._receivers = self._receivers, {}
        _resolve(list(receivers), failure)
        _resolve(self.pending.clear(), unanswered)
        _resolve(self._opening, failure)
        _resolve(self._watchers, None)

    def lose(self, what: str, cause: BaseException | None = None) -> None:
        """End with a `ConnectionLostError`; nothing more can be sent."""
        self.lost = self.lost or self.end is None
        self.finish(lost(what, cause))

    @property
    def is_open(self) -> bool:
        """Whether neither end has closed."""
        return self.end is None and not self.closing

    @property
    def ending(self) -> Exception | None:
        """The error that the peer, or the connection, has ended it with; ``None`` if this end closed it."""
        return None if self.ended_here else self.end

    @property
    def has_last_words(self) -> bool:
        """Whether an Error frame tells the peer why: send it, end the stream, read until the peer hangs up."""
        return isinstance(self.end, FrameError)

    # Signs of life

    def watch(self, now: float, ping_interval: float = 0.0) -> None:
        """
        Start heartbeats and the check for silence, once the connection is open; call `tick` at `deadline`.

        Args:
            now: The time by the driver's clock, in seconds.
            ping_interval: How often the transport can ping the peer, in
                seconds, where the link has no heartbeats; 0 is never.
        """
        self.interval, self.silence = self.link.heartbeat_interval, self.link.peer_timeout
        if ping_interval and not self.interval:
            # The peer answers each ping, so its own intervals do not matter.
            self.interval = ping_interval
            self.silence = self.silence or _MISSED_PINGS * ping_interval
        self.slack = _EARLY * self.interval
        self.last_heard = now
        if self.interval:
            self._beat_at = now + self.interval
        if self.silence:
            self.silent_at = now + self.silence

    def listen(self, now: float, *, on: bool) -> None:
        """Note whether the driver reads; while it does not, the peer counts as alive."""
        self._listening = on
        self.last_heard = now

    def deadline(self) -> float:
        """Return when `tick` is due; infinity is never."""
        return min(self._beat_at, self.silent_at)

    def tick(self, now: float, *, may_beat: bool = True) -> bool:
        """
        Call both `check_silence` and `beat`.

        Returns:
            The result of `beat`.
        """
        self.check_silence(now)
        return self.beat(now, may_beat=may_beat)

    def beat(self, now: float, *, may_beat: bool = True) -> bool:
        """
        Queue a heartbeat if one is due.

        Args:
            now: The time by the driver's clock, in seconds.
            may_beat: Whether no bytes wait to be sent; otherwise those bytes
                are the sign of life.

        Returns:
            Whether the transport has to ping, because the link has no heartbeats.
        """
        if now < self._beat_at - self.slack or self.end is not None:
            return False
        self._beat_at = now + self.interval
        if not may_beat:
            return False
        if not self.link.heartbeat_interval:
            return True
        self.link.send_heartbeat()
        return False

    def check_silence(self, now: float) -> None:
        """End with a `ConnectionLostError` if no bytes arrived for too long."""
        if now < self.silent_at:
            return
        silence, due = self.silence, self.silent_at
        one_beat = silence / _MISSED_PINGS
        if not self._listening:
            self.silent_at = now + silence
        elif now < self.last_heard + silence:
            self.silent_at = self.last_heard + silence
        elif now - due > one_beat:
            # This end was suspended, and perhaps the peer, too: the machine slept, or a callback took long.
            self.silent_at = now + one_beat
        else:
            self.lose(f"expected a sign of life of the peer every {silence:g} s, got none")


def _resolve(waiters: list[Waiter], outcome: Any) -> None:
    for waiter in waiters:
        waiter.resolve(outcome)
    waiters.clear()


def closed_here() -> ChannelClosedError:
    """Return the error of a channel that this end has closed."""
    return ChannelClosedError(reason="this end has closed the channel")


def lost(what: str, cause: BaseException | None = None) -> ConnectionLostError:
    """Return the error for a connection that is lost because of *cause*."""
    error = ConnectionLostError(reason=what if cause is None else f"{what}: {str(cause) or type(cause).__name__}")
    error.__cause__ = cause
    return error
