"""Time calls: contenders take turns batch by batch, so that a slow moment of the machine affects all of them."""

from __future__ import annotations

import statistics
import time

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final


__all__ = ["median_ns"]

_BATCH_SECONDS: Final = 0.004


def median_ns(calls: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """
    Return the time of one call, in nanoseconds, for each of *calls*.

    Args:
        calls: The functions to time, by name.
        rounds: The number of batches of each; the median counts.
    """
    repeats = {name: _repeats(call) for name, call in calls.items()}
    batches: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            batches[name].append(_batch(call, repeats[name]) / repeats[name])
    return {name: _median(times) for name, times in batches.items()}


def _median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) * 1e9


def _repeats(call: Callable[[], Any]) -> int:
    """Return the number of calls that fill a batch; this also warms caches."""
    repeats = 1
    while (took := _batch(call, repeats)) < _BATCH_SECONDS / 2:
        repeats = max(repeats * 2, int(repeats * _BATCH_SECONDS / max(took, 1e-9) / 4))
    return max(1, round(repeats * _BATCH_SECONDS / took))


def _batch(call: Callable[[], Any], repeats: int) -> float:
    loop = range(repeats)
    start = time.perf_counter()
    for _ in loop:
        call()
    return time.perf_counter() - start
