"""
`Engine`: the operations of threads on a connection: receive, request, send, close.

`LeaderFollower` decides which thread reads; the thread that writes holds
`_writing`, which is acquired before `_mutex`.  Frames get their sequence
numbers, and are queued in the stream, with `_mutex` held, so they are sent in
the order of their numbers.
"""

from __future__ import annotations

import math

from time import monotonic
from typing import Final, TypeVar

from symphony_types.errors import SymphonyError, TimedOutError

from ...framing.errors import NeedData
from .._conversation import NOTHING, Conversation, Failure, result_of
from ..errors import fresh
from ._deadline import LONGEST_WAIT, Deadline
from ._leader_follower import LeaderFollower
from ._streams import READ, WRITE
from ._waiters import PENDING, ThreadWaiter, TimedWaiter
from ._wheel import Beat, wheel
from ._wire import Wire


__all__ = ["Engine"]

M = TypeVar("M")

# How long to try to send the reason for giving up to the peer, or to read the peer's reason, in seconds.
_LAST_WORDS: Final = 1.0
# How often a thread that waits to write checks whether it can read meanwhile, in seconds: the inbox may have been full.
_RECONSIDER: Final = 0.05


class Engine(LeaderFollower[M]):
    """
    One end of a connection.

    Args:
        wire: The transport, which this engine takes over.
        conversation: The conversation to drive.

    Attributes:
        peer_certificate: The contents of the peer's certificate; ``None`` if
            it has sent none.
        dropped: The waiters of `PendingAnswer` objects that no longer exist.
    """

    def __init__(self, wire: Wire, conversation: Conversation[M]) -> None:
        super().__init__(wire, conversation)
        self.peer_certificate: Final = wire.layers.peer_certificate
        self.dropped: Final[list[ThreadWaiter]] = []
        self._beat_by: Beat | None = None

    @property
    def is_stuck(self) -> bool:
        """Whether the peer reads nothing, though messages wait to be sent."""
        return self._writing.locked()

    # The beginning

    def start(self, deadline: Deadline) -> None:
        """
        Send this end's first frames.

        Raises:
            TimedOutError, ConnectionLostError: The peer does not read them.
        """
        with self._mutex:
            self.conversation.link.start()
            self._collect()
            self._feed(self._wire.early)
            self._advance()
        self._post(NOTHING, deadline.at, None)

    def open(self, deadline: Deadline) -> None:
        """
        Wait until messages can be sent.

        Raises:
            TimedOutError: The peer does not send its Hello in time.
            ConnectionLostError, FrameError: The connection could not be opened.
        """
        conversation = self.conversation
        opening = ThreadWaiter()
        with self._mutex:
            conversation.when_open(opening)
        self._wait(opening, deadline.at)
        if opening.outcome is PENDING:
            raise TimedOutError("expected the peer's Hello in time, got none")
        result_of(opening.outcome)
        with self._mutex:
            conversation.watch(monotonic(), self._wire.ping_interval)
        if conversation.interval:
            self._beat_by = wheel.start(conversation.interval, self._beat)

    # Messages

    def receive(self, timeout: float | None) -> M:
        """Return the next message; see `Channel.receive`."""
        conversation, waiter = self.conversation, ThreadWaiter()
        try:
            with self._mutex:
                outcome = conversation.take()
                if outcome is NOTHING:
                    conversation.wait(waiter)
                    if self._leader is None and conversation.dry and conversation.wants_data and not self._dead:
                        self._leader = waiter
                elif self._followers:
                    self._promote()
            if outcome is NOTHING:
                until = math.inf if timeout is None else monotonic() + timeout
                if self._leader is waiter:
                    self._lead(waiter, until)
                if waiter.outcome is PENDING:
                    self._wait(waiter, until)
                outcome = waiter.outcome
                if outcome is PENDING:
                    with self._mutex:
                        conversation.withdraw(waiter)
                        outcome = waiter.outcome
        except BaseException:
            # Interrupted (Ctrl-C): the next receiver gets the message.
            with self._mutex:
                conversation.withdraw(waiter)
                if waiter.outcome is not PENDING:
                    conversation.put_back(waiter.outcome)
                self._follow(waiter)
            raise
        if outcome is PENDING:
            raise conversation.overdue("a message", timeout)
        if type(outcome) is Failure:
            raise fresh(outcome.error)
        received: M = outcome
        return received

    def send(self, message: M, timeout: float | None) -> None:
        """Send *message*; see `Channel.send`."""
        self._post(message, math.inf if timeout is None else monotonic() + timeout, None)

    def request(self, message: M, timeout: float | None) -> M:
        """Send *message* and return its answer; see `Channel.request`."""
        until = math.inf if timeout is None else monotonic() + timeout
        waiter = ThreadWaiter()
        try:
            self._post(message, until, waiter, leads=True)
            if self._leader is waiter:
                self._lead(waiter, until)
            if waiter.outcome is PENDING:
                self._wait(waiter, until)
        finally:
            if waiter.outcome is PENDING or self._leader is waiter:
                self._abandon(waiter)
        if waiter.outcome is PENDING:
            raise self.conversation.overdue("an answer", timeout)
        if type(waiter.outcome) is Failure:
            raise fresh(waiter.outcome.error)
        answer: M = waiter.outcome
        return answer

    def submit(self, message: M, timeout: float | None) -> TimedWaiter:
        """Send *message*, and return the waiter for its answer; see `Channel.submit`."""
        waiter = TimedWaiter()
        waiter.until = math.inf if timeout is None else monotonic() + timeout
        try:
            self._post(message, waiter.until, waiter)
        except BaseException:
            self._abandon(waiter)
            raise
        return waiter

    def wait_for(self, waiter: ThreadWaiter, until: float) -> None:
        """Wait until *waiter* has an outcome, or the time is up."""
        self._wait(waiter, until)

    def give_up(self, waiter: ThreadWaiter, error: Exception) -> None:
        """Resolve *waiter* with *error*, unless it has an outcome; an answer that still arrives is late."""
        with self._mutex:
            if waiter.outcome is PENDING:
                self._abandon_key(waiter)
                waiter.resolve(Failure(error))

    @property
    def pending(self) -> int:
        """How many requests wait for their answers."""
        with self._mutex:
            self._abandon_dropped()
            return len(self.conversation.pending)

    def _abandon_dropped(self) -> None:
        """Abandon the requests whose `PendingAnswer` no longer exists; with the lock held."""
        while self.dropped:
            self._abandon_key(self.dropped.pop())

    def _abandon_key(self, waiter: ThreadWaiter) -> None:
        # After the outcome, the key may belong to another request.
        if waiter.outcome is PENDING and waiter.key is not None:
            self.conversation.pending.abandon(waiter.key)

    def _abandon(self, waiter: ThreadWaiter) -> None:
        """Abandon the request of *waiter*."""
        with self._mutex:
            self._abandon_key(waiter)
            self._followers.pop(waiter, None)
            self._follow(waiter)

    # Writing

    def _post(self, message: M | NeedData, until: float, waiter: ThreadWaiter | None, *, leads: bool = False) -> None:
        """
        Send the queued bytes, then *message* unless that is `NOTHING`.

        Args:
            message: The message.
            until: The time limit, by the monotonic clock, in seconds.
            waiter: The waiter for the answer, if there is one.
            leads: Whether *waiter* becomes the leader, if there is none.
        """
        writing, stream, conversation = self._writing, self._stream, self.conversation
        if not writing.acquire(blocking=False):
            self._queue_up(until)
        try:
            if self._dead:
                conversation.check()
            if stream.queue or self._layered:
                self._make_way(until)
            if message is NOTHING:
                return
            with self._mutex:
                if waiter is None:
                    conversation.send(message)
                else:
                    if self.dropped:
                        self._abandon_dropped()
                    waiter.key = conversation.send(message, waiter)
                size = self._collect()
                if leads and self._leader is None and conversation.dry and conversation.wants_data and not self._dead:
                    self._leader = waiter
            if size <= stream.whole or self._layered or stream.wait(WRITE, 0):
                written = stream.written
                if not stream.flush():
                    self._push(until, waiter, size, written)
            else:
                self._push(until, waiter, size, stream.written)
        except SymphonyError:
            # Some SymphonyErrors are an OSError as well.
            raise
        except OSError as error:
            self._broke(error)
        finally:
            writing.release()
            # Threads that could not get the lock meanwhile have queued their bytes for this one to send.
            if stream.queue or conversation.end is not None:
                self._settle()

    def _queue_up(self, until: float) -> None:
        """Wait until this thread may write."""
        while True:
            left = until - monotonic()
            if self._writing.acquire(timeout=min(max(0.0, left), LONGEST_WAIT)):
                return
            if left <= 0:
                raise TimedOutError("expected the peer to accept a message in time; no part of it was sent")

    def _make_way(self, until: float) -> None:
        """Send the queued bytes, and wait until more can be sent."""
        reader = ThreadWaiter()
        try:
            while not (self._stream.flush() and self._stream.wait(WRITE, 0)):
                self._await_writable(until, reader)
        finally:
            with self._mutex:
                self._follow(reader)

    def _push(self, until: float, waiter: ThreadWaiter | None, size: int, written: int) -> None:
        """
        Send the queued bytes, which are one message.

        Args:
            until: The time limit, by the monotonic clock, in seconds.
            waiter: As in `_post`.
            size: The size of the message, in bytes.
            written: How many bytes the stream had written before it.
        """
        stream = self._stream
        # A waiter that leads stays the leader after the message is sent.
        reader = waiter if waiter is not None and self._leader is waiter else ThreadWaiter()
        try:
            while True:
                self._await_writable(until, reader)
                if stream.flush():
                    return
        except TimedOutError:
            with self._mutex:
                if stream.written != written or self._layered or not stream.take_back(size):
                    self.conversation.lose("the peer accepted only a part of a message in time")
                else:
                    self.conversation.link.take_back()
                    self.conversation.bytes_sent -= size
                    if waiter is not None:
                        self._forget(waiter)
            raise
        finally:
            if reader is not waiter:
                with self._mutex:
                    self._follow(reader)

    def _forget(self, waiter: ThreadWaiter) -> None:
        """Forget a request that was not sent; with the lock held."""
        if waiter.key is not None:
            self.conversation.pending.discard(waiter.key)
            waiter.key = None

    def _await_writable(self, until: float, reader: ThreadWaiter) -> None:
        """
        Wait until more can be written, and read meanwhile, if no other thread does.

        Otherwise two ends that both only write would wait for each other.

        Args:
            until: The time limit, by the monotonic clock, in seconds.
            reader: The waiter that leads meanwhile, and stays the leader.

        Raises:
            TimedOutError: The time is up.
            IpcError: The channel has ended.
        """
        conversation, stream = self.conversation, self._stream
        with self._mutex:
            if self._leader is None:
                self._lead_if_free(reader)
            reads = self._leader is reader and conversation.wants_data and conversation.end is None
            if reads and not conversation.dry:
                self._advance()
        left = max(0.0, until - monotonic())
        if reads:
            patience = min(left, max(0.0, conversation.silent_at - monotonic()), LONGEST_WAIT)
            found = stream.wait(READ | WRITE, patience)
        else:
            found = stream.wait(WRITE, min(left, _RECONSIDER))
        if found & READ:
            self._lead(reader, 0, once=True)
        elif reads and not found:
            self._check_silence(monotonic())
        if conversation.end is not None or self._dead:
            conversation.check()
        if not found and monotonic() >= until:
            raise TimedOutError("expected the peer to accept a message in time; no part of it was sent")

    def _broke(self, error: OSError) -> None:
        """Raise the error that the channel ended with, after a failed write: the peer may have sent its reason."""
        self._await_end(Deadline(_LAST_WORDS))
        with self._mutex:
            self.conversation.lose("the connection broke", error)
            self.conversation.check()

    def _settle(self, *, leads: bool = False, patience: float = _LAST_WORDS) -> None:
        """
        Send the queued frames of this end, and hang up if the conversation has ended.

        Args:
            leads: Whether this thread is the leader.
            patience: How long the peer may take to read the last frames, in seconds.
        """
        stream, conversation = self._stream, self.conversation
        if stream.queue and not self._dead and self._writing.acquire(blocking=False):
            lingers = leads and not self._layered and conversation.has_last_words
            deadline = Deadline(patience if conversation.end is not None and not conversation.lost else 0)
            try:
                if not self._gone.is_set():
                    while not stream.flush() and not deadline.expired:
                        stream.wait(WRITE, deadline.remaining())
                    if self._layered and not stream.queue:
                        with self._mutex:
                            self._collect()
                        stream.flush()
                    if lingers:
                        stream.close_write()
            except OSError:
                # The thread that reads gets the error, too.
                lingers = False
            finally:
                self._writing.release()
            if lingers:
                self._linger(Deadline(_LAST_WORDS))
        if conversation.end is not None:
            self._hang_up()

    def _linger(self, deadline: Deadline) -> None:
        """
        Wait until the peer hangs up, and drop its bytes; called by the leader.

        Closing a socket with unread bytes resets the connection, and the peer
        might never read the reason.
        """
        try:
            while not deadline.expired:
                if self._stream.wait(READ, deadline.remaining()) and self._stream.read() is None:
                    return
        except OSError:
            return

    def _beat(self) -> None:
        """Give a sign of life, without waiting."""
        # If another thread is writing, that is the sign of life.
        if not self._writing.acquire(blocking=False):
            return
        stream, conversation = self._stream, self.conversation
        try:
            if not self._dead:
                may_beat = not stream.queue and stream.wait(WRITE, 0) != 0
                with self._mutex:
                    if conversation.beat(monotonic(), may_beat=may_beat):
                        self._wire.ping()
                    self._collect()
                stream.flush()
        except OSError:
            # The next thread that reads or writes gets the error.
            pass
        finally:
            self._writing.release()
            self._settle(patience=0)

    # The end

    def begin_close(self) -> None:
        """Begin to `close`: send as much as possible without waiting for the peer."""
        with self._mutex:
            self.conversation.close()
            self._collect()
            self._promote()
        self._say_goodbye(Deadline(0))

    def close(self, timeout: float | None) -> None:
        """Close in good order, within *timeout* seconds; see `Channel.close`."""
        deadline = Deadline(timeout)
        self.begin_close()
        try:
            if self.conversation.link.opened and not self._dead:
                self._say_goodbye(deadline)
                self._await_end(deadline)
        finally:
            self.abort()

    def abort(self) -> None:
        """End at once."""
        self._hang_up()
        # The other threads were woken, and leave at once.
        self._gone.wait(_LAST_WORDS)

    def _say_goodbye(self, deadline: Deadline) -> None:
        conversation, stream = self.conversation, self._stream
        try:
            self._queue_up(deadline.at)
        except TimedOutError:
            return
        reader = ThreadWaiter()
        try:
            while not self._dead and conversation.end is None and not stream.flush():
                self._await_writable(deadline.at, reader)
            # A framing without Shutdown announces it by the end of the stream.
            if not self._dead and conversation.link.agreement is None and not self._layered:
                stream.close_write()
        except (OSError, SymphonyError):
            # The conversation ends anyway.
            return
        finally:
            with self._mutex:
                self._follow(reader)
            self._writing.release()
            self._settle()

    def _await_end(self, deadline: Deadline) -> None:
        """Wait until the conversation has ended, or the time is up."""
        watcher = ThreadWaiter()
        with self._mutex:
            self.conversation.when_over(watcher)
        self._wait(watcher, deadline.at)

    def _hang_up(self) -> None:
        """Stop all threads from using the stream, and close it once none does."""
        with self._mutex:
            if not self._dead:
                self._dead = True
                self.conversation.close()
                self.conversation.lose("this end hung up")
                self._stream.interrupt()
            self._bury()
        if self._beat_by is not None:
            wheel.stop(self._beat_by)
