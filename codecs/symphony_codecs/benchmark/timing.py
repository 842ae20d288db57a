"""The timing of calls: batches of all contenders in turn, so that a slow moment of the machine hits all of them."""

from __future__ import annotations

import gc
import statistics
import time

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

import attrs

from .report import Timing


__all__ = ["BATCH_NS", "CLOCK", "Batchable", "Batches", "Clock", "Task", "rotated", "run_batches", "summary"]

Clock: TypeAlias = Callable[[], int]
K = TypeVar("K")
T = TypeVar("T")

# The processor's time of this thread, where that is exact: the machine's other work then costs nothing but caches.
CLOCK: Final[Clock] = (
    time.thread_time_ns if time.get_clock_info("thread_time").resolution < 1e-6 else time.perf_counter_ns
)
# Long against what reading the clock takes, short against what the scheduler lets run.
BATCH_NS: Final = 4_000_000
_WARM_CALLS: Final = 20
_KEPT: Final = 500
# Where the clock stands still.
_MAX_CALLS: Final = 100_000


class Batchable(Protocol):
    """
    Something to time, here or in another process.

    Attributes:
        size: How many calls a pass over its items is; 1 at least.
    """

    @property
    def size(self) -> int: ...

    def run(self, passes: int, clock: Clock) -> int:
        """Make so many passes, and return how long they took, in nanoseconds."""
        ...


class Task:
    """
    A function, and what it is called with, one after the other.

    Args:
        call: The function.
        items: Its arguments; one at least.
        keep: Whether all results of a pass, and some hundreds at least, are kept until its end, as of messages that
            wait in a queue, so that each takes memory of its own.  Otherwise each is dropped, and the next one gets its
            memory.  Dropping what was kept is not timed.
    """

    def __init__(self, call: Callable[[Any], Any], items: Sequence[Any], *, keep: bool = False) -> None:
        self._call = call
        self._items = items
        self._keep = keep

    @property
    def size(self) -> int:
        return len(self._items)

    def warm(self) -> None:
        """Call it a few times, so that caches that somebody else has used are its own again."""
        for item in self._items[:_WARM_CALLS]:
            self._call(item)

    def run(self, passes: int, clock: Clock) -> int:
        """Make so many passes, and return how long they took."""
        call = self._call
        if self._keep:
            taken = 0
            while passes:
                # Of few items, or fast ones, reading the clock after each pass would be a part of the result.
                together = min(passes, max(1, _KEPT // len(self._items)))
                items = [*self._items] * together
                start = clock()
                kept = [call(item) for item in items]
                taken += clock() - start
                passes -= together
                del kept
            return taken
        tape = [*self._items] * passes
        start = clock()
        for item in tape:
            call(item)
        return clock() - start


@attrs.frozen
class Batches(Generic[K]):
    """
    What `run_batches` found.

    Args:
        timings: Of those that ended well.
        errors: Of those that raised.
    """

    timings: Mapping[K, Timing]
    errors: Mapping[K, Exception]


def rotated(things: Sequence[T], turn: int) -> list[T]:
    """Return *things* in the order of a round: who is first changes, since whoever comes after a pause pays for it."""
    start = turn % max(len(things), 1)
    return [*things[start:], *things[:start]]


def run_batches(
    tasks: Mapping[K, Batchable],
    rounds: int,
    *,
    batch_ns: int = BATCH_NS,
    clock: Clock = CLOCK,
    on_round: Callable[[], Any] = lambda: None,
) -> Batches[K]:
    """
    Time *tasks* in turn.

    Args:
        tasks: The tasks to time, by key.
        rounds: Batches of each; 1 at least.
        batch_ns: How long a batch is to take, about; one pass is the least.
        clock: Gives nanoseconds.
        on_round: Called after each round.

    Returns:
        How long one call takes.  A task that raises is left out from there on.
    """
    errors: dict[K, Exception] = {}
    passes: dict[K, int] = {}
    taken: dict[K, list[float]] = {key: [] for key in tasks}
    for key, task in tasks.items():
        try:
            passes[key] = _passes(task, batch_ns, clock)
        except Exception as exc:  # noqa: BLE001 - whatever a contender raises is its result
            errors[key] = exc
    keys = list(passes)
    for turn in range(rounds):
        for key in rotated(keys, turn):
            if key not in errors:
                gc.collect()  # what one leaves in cycles is not to be cleared away at the cost of the next
                try:
                    taken[key].append(tasks[key].run(passes[key], clock) / (passes[key] * tasks[key].size))
                except Exception as exc:  # noqa: BLE001 - as above
                    errors[key] = exc
        on_round()
    return Batches({key: summary(times) for key, times in taken.items() if key not in errors}, errors)


def summary(times: Sequence[float]) -> Timing:
    """Return the median, the least and the spread of *times*, in nanoseconds; one at least."""
    median = statistics.median(times)
    spread = None
    if len(times) > 1:
        lower, _, upper = statistics.quantiles(times, n=4, method="inclusive")
        # A clock too coarse for the call sees no time pass, and says nothing of it.
        spread = (upper - lower) / median if median else None
    return Timing(median_ns=median, min_ns=min(times), spread=spread, rounds=len(times), batches=tuple(times))


def _passes(task: Batchable, batch_ns: int, clock: Clock) -> int:
    """Find how many passes fill a batch; warms caches by the way."""
    passes = 1
    most = max(_MAX_CALLS // task.size, 1)
    while (took := task.run(passes, clock)) < batch_ns // 2:
        if passes == most:
            return passes
        # An estimate from a short time is a bad one: go towards the aim in steps.
        passes = min(max(passes * 2, passes * batch_ns // max(took, 1) // 4), most)
    return max(1, round(passes * batch_ns / max(took, 1)))
