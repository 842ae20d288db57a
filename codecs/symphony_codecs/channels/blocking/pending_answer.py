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
    call them.  The answer counts if a thread, which waits here or in another
    method of the channel, has read it before the time of the request is up.
    If no reference to this object is left, the answer is dropped.
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
        Wait for the answer and return it; later calls return it again.

        Args:
            timeout: How long to wait at most, in seconds, if that is less
                than the rest of the request's own time; 0 returns only an
                answer that has arrived already, ``None`` waits as long as the
                request may take.

        Raises:
            TimedOutError: The answer has not arrived.  That is final if the
                request's time is up, or it was abandoned; if only *timeout*
                is up, the answer may still arrive.
            Exception: All other errors as in `Channel.request`.
        """
        waiter = self._waiter
        if waiter.outcome is PENDING:
            self._wait(waiter.until if timeout is None else min(waiter.until, monotonic() + timeout))
            if waiter.outcome is PENDING:
                raise TimedOutError(f"expected an answer within {timeout} s, got none yet")
        answer: M = result_of(waiter.outcome)
        return answer

    def done(self) -> bool:
        """Return whether `result` would not have to wait; reads the bytes that have arrived."""
        if self._waiter.outcome is PENDING:
            self._wait(monotonic())
        return self._waiter.outcome is not PENDING

    def abandon(self) -> None:
        """
        Abandon the request: its answer is dropped, but the peer may still carry it out.

        A thread that already waits in `result` notices when bytes arrive, or
        its time is up.
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
        # This thread may hold a lock of the channel, so only queue the waiter.
        if self._waiter.outcome is PENDING:
            self._engine.dropped.append(self._waiter)

    def __repr__(self) -> str:
        state = "pending" if self._waiter.outcome is PENDING else "done"
        return f"<PendingAnswer {state}>"
