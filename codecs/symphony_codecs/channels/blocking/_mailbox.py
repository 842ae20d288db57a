"""
`Mailbox`: who waits for what, and what has come for whom; without any I/O.

A thread that wants a message or an answer takes a `Ticket`.  Whichever thread
reads fills the tickets, so that each wakes for its own message alone; those
that nobody waits for are kept.
"""

from __future__ import annotations

import threading

from collections import deque
from typing import Generic, TypeVar

from ...framing.errors import NEED_DATA, NeedData
from .._links import Undecodable
from ..correlation import LATE, Pending
from ..errors import ChannelClosedError, ConnectionLostError, fresh


__all__ = ["Mailbox", "Ticket"]

M = TypeVar("M")


class Ticket(Generic[M]):
    """
    What one thread waits for: filled once, with a value or an error.

    All but `sleep` is done with the mailbox's lock held.

    Attributes:
        done: Whether it is filled.
        event: What a receiver was given, `NEED_DATA` if nothing.
    """

    __slots__ = ("_bell", "_error", "_value", "done", "event")

    def __init__(self) -> None:
        self.done = False
        self.event: M | Undecodable | NeedData = NEED_DATA
        self._value: M | None = None
        self._error: Exception | None = None
        # Only who sleeps needs one; the thread that reads does not.
        self._bell: threading.Lock | None = None

    def fill(self, value: M | None) -> None:
        """Hand over what was waited for."""
        self._value = value
        self.done = True
        self.wake()

    def take(self, event: M | Undecodable) -> None:
        """Hand over a message that came, or what is wrong with it."""
        self.event = event
        if isinstance(event, Undecodable):
            self.fail(event.error)
        else:
            self.fill(event)

    def fail(self, error: Exception) -> None:
        """Tell that it will not come, unless it has."""
        if not self.done:
            self._error = error
            self.done = True
            self.wake()

    def arm(self) -> None:
        """Get ready to `sleep`: a `wake` from now on counts."""
        if self._bell is None:
            self._bell = threading.Lock()
        self._bell.acquire(blocking=False)

    def sleep(self, timeout: float | None) -> None:
        """Wait until somebody wakes this thread, or *timeout* seconds; without the mailbox's lock."""
        assert self._bell is not None
        self._bell.acquire(timeout=-1 if timeout is None else timeout)

    def wake(self) -> None:
        """Wake the thread, if it sleeps or is about to."""
        if self._bell is not None and self._bell.locked():
            self._bell.release()

    def result(self) -> M:
        """Return the value, or raise the error."""
        if self._error is not None:
            raise fresh(self._error)
        return self._value  # type: ignore[return-value]  # filled: with an M, which may be None


class Mailbox(Generic[M]):
    """
    The messages of one channel; whoever uses it locks.

    Args:
        size: How many messages are kept before `is_full`; at least 1.

    Attributes:
        end: What `receive` raises once there are no more messages; ``None``
            while there may be some.
        ended_here: Whether it was this end that wanted it.
        pending: The requests under way.
    """

    def __init__(self, size: int) -> None:
        self.end: Exception | None = None
        self.ended_here = False
        self.pending: Pending[Ticket[M]] = Pending()
        self._size = size
        self._kept: deque[M | Undecodable] = deque()
        # In the order in which they came; a dict forgets one of them in constant time.
        self._receivers: dict[Ticket[M], None] = {}

    @property
    def is_full(self) -> bool:
        """Whether no more is to be read for now."""
        return len(self._kept) >= self._size

    def deliver(self, event: M | Undecodable) -> None:
        """Hand a message to who waits for it, or keep it."""
        ticket = self.pending.take_key(event.answers) if isinstance(event, Undecodable) else self.pending.take(event)
        if ticket is LATE:
            return
        if ticket is not None:
            if isinstance(event, Undecodable):
                ticket.fail(event.error)
            else:
                ticket.fill(event)
        elif not self._hand_over(event):
            self._kept.append(event)

    def _hand_over(self, event: M | Undecodable) -> bool:
        """Give *event* to the receiver that has waited longest, if there is one."""
        if not self._receivers:
            return False
        receiver = next(iter(self._receivers))
        del self._receivers[receiver]
        receiver.take(event)
        return True

    def receiver(self) -> Ticket[M]:
        """Return a ticket for the next message; it may be filled already."""
        ticket: Ticket[M] = Ticket()
        if self._kept:
            ticket.take(self._kept.popleft())
        elif self.end is not None:
            ticket.fail(self.end)
        else:
            self._receivers[ticket] = None
        return ticket

    def withdraw(self, ticket: Ticket[M]) -> None:
        """Take a receiver's ticket back, whose thread was interrupted; its message is the next one's."""
        event = ticket.event
        if event is NEED_DATA:
            self._receivers.pop(ticket, None)
        elif not self._hand_over(event):
            self._kept.appendleft(event)

    def finish(self, error: Exception, *, ours: bool = False) -> None:
        """
        Come to an end, once: all that wait learn of it, what is kept stays.

        Args:
            error: How.
            ours: Whether it was this end that wanted it.
        """
        if self.end is not None:
            return
        self.end = error
        self.ended_here = ours
        for ticket in self._receivers:
            ticket.fail(error)
        self._receivers.clear()
        unanswered: Exception = error
        if isinstance(error, ChannelClosedError) and not ours:
            # To who asked it is all the same how politely the peer went.
            unanswered = ConnectionLostError(reason="the peer closed the channel before it answered")
            unanswered.__cause__ = error
        for ticket in self.pending.clear():
            ticket.fail(unanswered)
