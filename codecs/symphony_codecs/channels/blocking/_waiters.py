"""Waiters of a `Conversation` that wake threads."""

from __future__ import annotations

import threading

from time import monotonic
from typing import Any, Final

from symphony_types.errors import TimedOutError

from .._conversation import Failure
from ..correlation import Key


__all__ = ["PENDING", "ThreadWaiter", "TimedWaiter"]

PENDING: Final = object()
"""The outcome of a waiter that has none yet."""


class ThreadWaiter:
    """
    The waiter of one thread.

    All methods except `sleep` are called with the channel's lock held.

    Attributes:
        key: The key of the request whose answer it waits for; ``None`` if it
            waits for something else.
        outcome: A message or a `Failure`; `PENDING` until then.
    """

    # Class attributes as defaults, so that making a waiter runs no code.
    key: Key | None = None
    outcome: Any = PENDING
    # Only a thread that sleeps needs a lock; the thread that reads does not.
    _bell: threading.Lock | None = None

    def resolve(self, outcome: Any, /) -> bool:
        """Take the outcome; return true."""
        self.outcome = outcome
        if self._bell is not None:
            self.wake()
        return True

    def arm(self) -> None:
        """Prepare to `sleep`, which a `wake` from now on ends."""
        if self._bell is None:
            self._bell = threading.Lock()
        self._bell.acquire(blocking=False)

    def sleep(self, timeout: float | None) -> None:
        """Wait until another thread wakes this one, or *timeout* seconds; without the channel's lock."""
        assert self._bell is not None
        self._bell.acquire(timeout=-1 if timeout is None else timeout)

    def wake(self) -> None:
        """Wake the thread, if it sleeps or is about to."""
        if self._bell is not None and self._bell.locked():
            self._bell.release()


class TimedWaiter(ThreadWaiter):
    """
    A waiter that takes no outcome once the time is up, whether or not a thread waits.

    Attributes:
        until: The time limit, by the monotonic clock, in seconds; infinity is
            never.
    """

    until: float

    def resolve(self, outcome: Any, /) -> bool:
        """Take the outcome, or a `TimedOutError` in place of a message that came too late."""
        if type(outcome) is not Failure and monotonic() >= self.until:
            outcome = Failure(TimedOutError("expected an answer in time, got a late one"))
        return super().resolve(outcome)
