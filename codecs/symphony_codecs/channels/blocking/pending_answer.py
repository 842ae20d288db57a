"""`PendingAnswer`: the second half of a request."""

from __future__ import annotations

import math
import threading

from time import monotonic
from typing import Generic, TypeVar

from symphony_types.errors import TimedOutError

from .._conversation import result_of
from ._engine import Engine
from ._waiters import PENDING, TimedWaiter


__all__ = ["PendingAnswer"]

M = TypeVar("M")


class PendingAnswer(Generic[M]):
    """
    The answer to a request that is under way; `Channel.submit` makes it.

    Its methods are named as in `concurrent.futures.Future`, and any thread may
    call them.  An answer counts if a thread has read it before the time of the
    request is up: one that waits for it here or in another method of the
    channel.  If nobody keeps this object, the answer is dropped when it comes.
    """

    __slots__ = ("__weakref__", "_engine", "_timeout", "_turn", "_waiter")

    def __init__(self, engine: Engine[M], waiter: TimedWaiter, timeout: float | None) -> None:
        self._engine = engine
        self._waiter = waiter
        self._timeout = timeout
        # A waiter wakes one thread.
        self._turn = threading.Lock()

    def result(self, timeout: float | None = None) -> M:
        """
        Wait for the answer and return it, each time it is asked for.

        Args:
            timeout: How long to wait at most, in seconds, where that is less
                than the rest of the request's own time; 0 is to take what
                has come, ``None`` is as long as the request may take.

        Raises:
            TimedOutError: It has not come: the request's time is up, or it was
                abandoned, which is final; or *timeout* is, and it may still come.
            Exception: All else as in `Channel.request`.
        """
        waiter = self._waiter
        if waiter.outcome is PENDING:
            self._wait(waiter.until if timeout is None else min(waiter.until, monotonic() + timeout))
            if waiter.outcome is PENDING:
                raise TimedOutError(f"expected an answer within {timeout} s, got none yet")
        answer: M = result_of(waiter.outcome)
        return answer

    def done(self) -> bool:
        """Return whether `result` does not have to wait, after a look at what has come."""
        if self._waiter.outcome is PENDING:
            self._wait(monotonic())
        return self._waiter.outcome is not PENDING

    def abandon(self) -> None:
        """
        Wait for the answer no more: if it comes, it is dropped; the peer may carry out the request all the same.

        A thread that waits in `result` already learns of it when something
        comes, or its time is up.
        """
        self._engine.give_up(self._waiter, TimedOutError("the request was abandoned"))

    def _wait(self, until: float) -> None:
        engine, waiter = self._engine, self._waiter
        left = -1 if until == math.inf else min(max(0.0, until - monotonic()), threading.TIMEOUT_MAX)
        if not self._turn.acquire(timeout=left):
            return
        try:
            engine.wait_for(waiter, until)
        finally:
            self._turn.release()
        if waiter.outcome is PENDING and not monotonic() < waiter.until:
            engine.give_up(waiter, engine.conversation.overdue("an answer", self._timeout))

    def __del__(self) -> None:
        # It may be that this thread holds a lock of the channel just now.
        if self._waiter.outcome is PENDING:
            self._engine.dropped.append(self._waiter)

    def __repr__(self) -> str:
        state = "pending" if self._waiter.outcome is PENDING else "done"
        return f"<PendingAnswer {state}>"
