"""
`Turns`: which of the threads that wait on a connection reads.

There is no thread that only reads.  Of the threads that wait for something one
reads, and hands to the others what it finds for them; when it has its own, one
of the others goes on (leader and followers: Schmidt and others, Pattern-
Oriented Software Architecture 2, 2000).  So an answer that one thread waits for
takes no more wake-ups than a bare socket's.

Two things keep it in order:

- `_mutex` guards the session and everything below; it is held for computing
  alone, never for I/O.
- `_users` counts the threads that are about to touch the stream; the last one
  to leave after the end closes it, so that no thread ever uses a descriptor
  that the system has given to somebody else.
"""

from __future__ import annotations

import threading
import time

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from .._links import Link
from ._deadline import Deadline
from ._mailbox import Ticket
from ._session import Session
from ._streams import READ
from ._wire import Wire


__all__ = ["Turns"]

M = TypeVar("M")


class Turns(ABC, Generic[M]):
    """
    A session that is read by the threads that wait for something of it.

    Args:
        wire: What carries it; it becomes this object's own.
        link: What is said.
        max_queue: How many messages are kept for `receive` before no more is
            read; at least 1.

    Attributes:
        session: What is said, and what has come of it; properties of it may
            be read at any time.
    """

    def __init__(self, wire: Wire, link: Link[M], *, max_queue: int) -> None:
        self.session: Final[Session[M]] = Session(wire, link, max_queue=max_queue)
        self._stream = wire.stream
        self._mutex = threading.Lock()
        self._reading = False
        self._followers: dict[Ticket[M], None] = {}
        self._users = 0
        self._dead = False  # nobody may begin to use the stream
        self._gone = threading.Event()

    @abstractmethod
    def _settle(self, *, reads: bool = False) -> None:
        """Send what this end has to say by itself, and hang up if all is over; by a thread that is counted."""

    # Waiting

    def _wait(self, ticket: Ticket[M], deadline: Deadline) -> None:
        """Return once *ticket* is filled or the time is up; at least what has come by now is looked at."""
        waited = False
        try:
            while True:
                with self._mutex:
                    if ticket.done or (waited and deadline.expired):
                        return
                    leads = self._may_read()
                    if leads:
                        self._reading = True
                        self._users += 1
                    else:
                        ticket.arm()
                        self._followers[ticket] = None
                if leads:
                    self._lead(ticket, deadline)
                else:
                    ticket.sleep(deadline.remaining())
                waited = True
        finally:
            with self._mutex:
                self._followers.pop(ticket, None)
                self._promote()

    def _may_read(self) -> bool:
        return not (self._reading or self._dead or self.session.over) and self.session.is_taking

    def _promote(self) -> None:
        """Let another thread read, where nobody does; with the lock held, by each that leaves."""
        if self._followers and self._may_read():
            ticket = next(iter(self._followers))
            del self._followers[ticket]
            ticket.wake()

    # Reading

    def _lead(self, ticket: Ticket[M], deadline: Deadline) -> None:
        """Read until *ticket* is filled, the time is up or the inbox is full."""
        session, stream = self.session, self._stream
        try:
            while True:
                if not session.dry:
                    with self._mutex:
                        session.advance()
                if session.over or stream.has_unsent:
                    self._settle(reads=True)
                if ticket.done or session.over or self._dead or not session.is_taking:
                    return
                if stream.wait(READ, self._patience(deadline)):
                    self._read()
                elif not self._is_lost() and deadline.expired:
                    return
        finally:
            with self._mutex:
                self._reading = False
                self._leave()

    def _read(self) -> None:
        """Read what is there, and hand it on."""
        try:
            data = self._stream.read()
        except BlockingIOError:
            return
        except OSError as error:
            with self._mutex:
                self.session.lose("the connection broke", error)
            return
        with self._mutex:
            self.session.receive(data)

    def _patience(self, deadline: Deadline) -> float | None:
        """Return how long to wait for the peer, in seconds."""
        left = deadline.remaining()
        if not self.session.silence:
            return left
        quiet = max(0.0, self.session.heard + self.session.silence - time.monotonic())
        return quiet if left is None else min(left, quiet)

    def _is_lost(self) -> bool:
        """
        Give the peer up if it was silent for too long; to be asked by who reads, when nothing was there to read.

        Then nothing has come since something was last read, whoever did that
        and however long nobody has read since.
        """
        silence = self.session.silence
        if silence and time.monotonic() >= self.session.heard + silence:
            with self._mutex:
                self.session.lose(f"expected a sign of life of the peer every {silence:g} s, got none")
        return self.session.over

    # Who uses the stream

    @contextmanager
    def _using(self) -> Iterator[None]:
        """Count this thread among those that use the stream."""
        with self._mutex:
            self._users += 1
        try:
            yield
        finally:
            with self._mutex:
                self._leave()

    def _leave(self) -> None:
        """Stop using the stream; with the lock held."""
        self._users -= 1
        if self._dead and not self._users and not self._gone.is_set():
            self._stream.close()
            self._gone.set()
