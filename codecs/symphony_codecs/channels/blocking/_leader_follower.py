"""
`LeaderFollower`: decides which of the threads that wait on a connection reads.

There is no thread that only reads.  One of the waiting threads reads, and gives
the others their messages; when it has its own, one of the others becomes the
reader (leader and followers: Schmidt et al., Pattern-Oriented Software
Architecture 2, 2000).  So if a single thread waits for an answer, there are no
more wake-ups than with a bare socket.

Two rules prevent races:

- `_mutex` guards the conversation and everything below it.  It is held only
  for computing, never for I/O.
- Only the leader reads, and only the thread that holds `_writing` writes.
  After the end, the stream is closed once there is neither, so that no thread
  ever uses a descriptor that the system has reused.
"""

from __future__ import annotations

import math
import threading

from abc import ABC, abstractmethod
from time import monotonic
from typing import Final, Generic, TypeVar

from symphony_types.errors import IpcError

from .._conversation import Conversation
from .._layers import Part
from ..errors import ChannelClosedError
from ._deadline import LONGEST_WAIT
from ._streams import new_view, views
from ._waiters import PENDING, ThreadWaiter
from ._wire import Wire


__all__ = ["LeaderFollower"]

M = TypeVar("M")

_NEVER: Final = math.inf
# After a read of this many bytes, the next one may go straight into the buffer of a large payload.
_MUCH: Final = 4096


class LeaderFollower(ABC, Generic[M]):
    """
    A conversation whose bytes are read by one of the threads that wait on it.

    Args:
        wire: The transport, which this object takes over.
        conversation: The conversation to drive.

    Attributes:
        conversation: As given; its properties may be read at any time.
    """

    def __init__(self, wire: Wire, conversation: Conversation[M]) -> None:
        self.conversation: Final = conversation
        self._wire: Final = wire
        self._link: Final = conversation.link
        self._outbox: Final = conversation.link.outbox
        self._stream: Final = wire.stream
        self._layered: Final = wire.is_layered
        self._blocks: Final = wire.blocks
        self._mutex: Final = threading.Lock()
        self._writing: Final = threading.Lock()
        self._filled = False
        self._leader: object | None = None
        self._followers: dict[ThreadWaiter, None] = {}
        self._dead = False  # no thread may begin to use the stream
        self._gone: Final = threading.Event()

    @abstractmethod
    def _settle(self, *, leads: bool = False) -> None:
        """Send the queued frames of this end, and hang up if the conversation has ended."""

    # Waiting

    def _wait(self, waiter: ThreadWaiter, until: float) -> None:
        """
        Return once *waiter* has an outcome or the time is up; bytes that have arrived are read in any case.

        Args:
            waiter: The waiter, which may lead already.
            until: The time limit, by the monotonic clock, in seconds;
                infinity is never.
        """
        try:
            while True:
                if self._leader is not waiter:
                    with self._mutex:
                        if waiter.outcome is not PENDING:
                            return
                        if not self._lead_if_free(waiter):
                            waiter.arm()
                            self._followers[waiter] = None
                if self._leader is waiter:
                    self._lead(waiter, until)
                elif until == _NEVER:
                    waiter.sleep(None)
                else:
                    waiter.sleep(min(max(0.0, until - monotonic()), LONGEST_WAIT))
                if waiter.outcome is not PENDING or (until != _NEVER and not monotonic() < until):
                    return
        finally:
            if self._leader is waiter or waiter in self._followers:
                with self._mutex:
                    self._followers.pop(waiter, None)
                    self._follow(waiter)

    def _lead_if_free(self, waiter: object) -> bool:
        """Make *waiter* the leader, if there is none and more should be read; with the lock held."""
        conversation = self.conversation
        if self._leader is not None or self._dead or conversation.end is not None or not conversation.wants_data:
            return False
        self._leader = waiter
        if not conversation.dry:
            self._advance()
        return True

    def _follow(self, waiter: object) -> None:
        """End the lead of *waiter*, and promote another; each thread that leaves calls this with the lock held."""
        if self._leader is waiter:
            self._leader = None
            if self._dead:
                self._bury()
        if self._followers:
            self._promote()

    def _bury(self) -> None:
        """Close the stream, after the end, once no thread uses it; with the lock held."""
        if self._leader is None and not self._gone.is_set() and self._writing.acquire(blocking=False):
            try:
                self._stream.close()
            finally:
                self._gone.set()
                self._writing.release()

    def _promote(self) -> None:
        """Wake another thread to lead, if there is no leader; with the lock held."""
        conversation, followers = self.conversation, self._followers
        while (
            followers
            and self._leader is None
            and not self._dead
            and conversation.end is None
            and conversation.wants_data
        ):
            waiter = next(iter(followers))
            del followers[waiter]
            if waiter.outcome is PENDING:
                waiter.wake()
                return

    # Reading

    def _lead(self, waiter: ThreadWaiter, until: float, *, once: bool = False) -> None:
        """
        Read until *waiter* has an outcome, the time is up or the inbox is full; then give up the lead.

        Args:
            waiter: The leader.
            until: The time limit, by the monotonic clock, in seconds;
                infinity is never.
            once: Whether to read just once.
        """
        conversation, stream, link = self.conversation, self._stream, self._link
        try:
            while True:
                if stream.queue or conversation.end is not None:
                    self._settle(leads=True)
                if waiter.outcome is not PENDING or self._dead or not conversation.wants_data:
                    return
                patience: float | None = None
                limit = min(until, conversation.silent_at)
                if limit != _NEVER:
                    left = limit - monotonic()
                    patience = 1000 * left if 0 < left < LONGEST_WAIT else 1000 * LONGEST_WAIT if left > 0 else 0
                if not stream.poll_to_read(patience):
                    if limit != _NEVER:
                        now = monotonic()
                        self._check_silence(now)
                        if not now < until:  # also true for NaN
                            return
                    continue
                # Reads of small messages do not fill a view.
                room = link.room() if self._filled and not self._layered else None
                view = (views.pop() if views else new_view()) if room is None else room
                try:
                    size = stream.read_into(view)
                except OSError as error:
                    self._fail_to_read(error)
                    continue
                with self._mutex:
                    if conversation.silent_at != _NEVER:
                        conversation.last_heard = monotonic()
                    conversation.stuck = bool(stream.queue)
                    try:
                        if self._layered:
                            self._feed(self._wire.unwrap(bytes(view[:size]) or None))
                        elif not size:
                            conversation.receive_eof()
                        elif room is None:
                            self._filled = size >= _MUCH
                            conversation.bytes_received += size
                            link.receive_data(view[:size])
                        else:
                            conversation.received(size)
                        if conversation.advance() or self._layered:
                            self._collect()
                    except BaseException:
                        # Interrupted while parsing (Ctrl-C): the state is unusable, so end the conversation.
                        conversation.lose("the reading was interrupted")
                        raise
                    if room is None:
                        views.append(view)
                    if (once or waiter.outcome is not PENDING) and conversation.end is None and not stream.queue:
                        self._follow(waiter)
                        return
                if once:
                    return
        finally:
            if self._leader is waiter:
                with self._mutex:
                    self._follow(waiter)

    def _fail_to_read(self, error: OSError) -> None:
        if not isinstance(error, BlockingIOError):
            with self._mutex:
                self.conversation.lose("the connection broke", error)

    def _check_silence(self, now: float) -> None:
        """Give up the peer if it was silent for too long; the leader calls this after reading has timed out."""
        if now >= self.conversation.silent_at:
            with self._mutex:
                self.conversation.check_silence(now)

    def _advance(self) -> None:
        """Take the messages that have arrived, and queue the conversation's frames; with the lock held."""
        self.conversation.advance()
        self._collect()

    def _collect(self) -> int:
        """Queue the conversation's frames, and return how many bytes they are; with the lock held."""
        conversation, outbox, queue = self.conversation, self._outbox, self._stream.queue
        size = 0
        if outbox and not self._layered:
            for buffers in outbox:
                queue.extend(buffers)
                for buffer in buffers:
                    size += len(buffer) if type(buffer) is bytes else memoryview(buffer).nbytes
            outbox.clear()
            conversation.bytes_sent += size
        elif self._layered:
            # The layers may have bytes of their own to send.
            self._wire.put(conversation.data_to_send())
            if conversation.closing or isinstance(conversation.end, ChannelClosedError):
                self._wire.finish()
        return size

    def _feed(self, parts: list[Part]) -> None:
        """Pass the bytes or messages that the layers have unwrapped to the conversation; with the lock held."""
        conversation = self.conversation
        for part in parts:
            if part is None:
                conversation.receive_eof()
            elif isinstance(part, IpcError):
                conversation.fail(part)
            elif self._blocks:
                conversation.receive_block(part)
            else:
                conversation.receive_data(part)
