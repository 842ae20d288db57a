"""
The buffer and the timers that the channels of one event loop share.

A request's time-out is an entry in a queue, not a timer: time-outs of the same
length expire in the order in which they began, so each length needs only one
timer, for the oldest.  The signs of life of all channels share one timer, too.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import time

from typing import Any, ClassVar, Final, Protocol
from weakref import WeakKeyDictionary

from symphony_types.checks import FieldError

from .._conversation import Waiter


__all__ = ["OVERDUE", "FutureWaiter", "Loop"]

_BUFFER_SIZE: Final = 256 * 1024
# This many lengths have a queue; with more, each time-out has a timer of its own.
_MAX_LENGTHS: Final = 64
# Timers of event loops may fire early by their clock's resolution.
_RESOLUTION: Final = 0.001


class _Overdue:
    """The type of `OVERDUE`."""


OVERDUE: Final = _Overdue()
"""The outcome of a waiter whose time is up."""


class FutureWaiter:
    """
    A `Waiter` whose outcome a task awaits.

    Attributes:
        future: The future to await; whoever makes the waiter sets it.
    """

    __slots__ = ("future",)

    # No constructor, to be fast: each request makes a waiter.
    future: asyncio.Future[Any]

    def resolve(self, outcome: Any, /) -> bool:
        """Give the task its outcome, unless it has one or was cancelled."""
        if self.future.done():
            return False
        self.future.set_result(outcome)
        return True


class _Timeouts:
    """
    Time-outs of one length.

    Args:
        length: The length, in seconds.

    Attributes:
        due: When the time of each waiter is up, the oldest first.
        is_idle: Whether no timer runs.
    """

    __slots__ = ("_length", "due", "is_idle")

    def __init__(self, length: float) -> None:
        self.due: dict[Waiter, float] = {}
        self.is_idle = True
        self._length = length

    def begin(self) -> None:
        """Start a timer for the first that is due."""
        self.is_idle = False
        asyncio.get_running_loop().call_later(self._length, self._expire)

    def _expire(self) -> None:
        self.is_idle = True
        latest = time.monotonic() + _RESOLUTION
        over: list[Waiter] = []
        for waiter, due in self.due.items():
            if due > latest:
                delay = due - latest + _RESOLUTION
                asyncio.get_running_loop().call_later(delay, self._expire)
                self.is_idle = False
                break
            over.append(waiter)
        for waiter in over:
            del self.due[waiter]
            waiter.resolve(OVERDUE)


class Living(Protocol):
    """Something that gives signs of life."""

    def tick(self, now: float) -> float:
        """Do what is due, and return when to be called next; infinity is never."""
        ...


class Beat:
    """The entry of a `Living` in the timers of its loop."""

    __slots__ = ("due", "living", "slack")

    def __init__(self, living: Living, due: float, slack: float) -> None:
        self.living: Living | None = living
        self.due = due
        self.slack = slack

    def stop(self) -> None:
        """Tick no more."""
        self.living = None

    def __lt__(self, other: Beat) -> bool:
        return self.due < other.due


class Loop:
    """
    The state that the channels of one event loop share.

    Attributes:
        buffer: Channels read into it, and copy at once the bytes they keep.
    """

    _known: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, Loop]] = WeakKeyDictionary()

    @classmethod
    def running(cls) -> Loop:
        """Return the shared state of the running loop."""
        loop = asyncio.get_running_loop()
        found = cls._known.get(loop)
        if found is None:
            found = cls._known[loop] = cls()
        return found

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(_BUFFER_SIZE))
        self._timeouts: dict[float, _Timeouts] = {}
        self._beats: list[Beat] = []
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf

    def time_out(self, waiter: Waiter, within: float) -> dict[Waiter, float]:
        """
        Resolve *waiter* with `OVERDUE` in *within* seconds, unless it is removed from the returned dictionary.

        Raises:
            FieldError: *within* is not a number.
        """
        timeouts = self._timeouts.get(within)
        if timeouts is None:
            if math.isnan(within):  # it would break the order of the loop's timers
                raise FieldError("invalid_value", ("timeout",), "a number of seconds", "nan")
            timeouts = _Timeouts(within)
            if len(self._timeouts) >= _MAX_LENGTHS:
                self._timeouts = {length: kept for length, kept in self._timeouts.items() if not kept.is_idle}
            if len(self._timeouts) < _MAX_LENGTHS:
                self._timeouts[within] = timeouts
        due = timeouts.due
        due[waiter] = time.monotonic() + within
        if timeouts.is_idle:
            timeouts.begin()
        return due

    def watch(self, living: Living, due: float, slack: float) -> Beat:
        """
        Let *living* tick at *due*, and then whenever its `tick` asks for.

        Args:
            living: The object to tick.
            due: The time of the first tick, by the monotonic clock, in seconds.
            slack: How much earlier it may tick, in seconds, together with others.
        """
        beat = Beat(living, due, slack)
        if due < math.inf:
            heapq.heappush(self._beats, beat)
            self._arm()
        return beat

    def _arm(self) -> None:
        while self._beats and self._beats[0].living is None:
            heapq.heappop(self._beats)
        due = self._beats[0].due if self._beats else math.inf
        if due < self._due:
            if self._timer is not None:
                self._timer.cancel()
            self._due = due
            delay = max(0.0, due - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._timer, self._due = None, math.inf
        now = time.monotonic()
        ready: list[Beat] = []
        while self._beats and self._beats[0].due - self._beats[0].slack <= now + _RESOLUTION:
            ready.append(heapq.heappop(self._beats))
        for beat in ready:
            if beat.living is not None:
                beat.due = beat.living.tick(now)
                if beat.due < math.inf:
                    heapq.heappush(self._beats, beat)
        self._arm()
