"""The result of a contender, from its turns."""

from __future__ import annotations

import statistics

from collections.abc import Sequence

import attrs

from .contender import Work


__all__ = ["Result", "Turn", "result_of"]

_COLD = 5
"""Trips at the start of a turn that the 98th percentile ignores, since other contenders have emptied the caches."""


@attrs.frozen
class Turn:
    """
    The measurement of a turn.

    Args:
        times: The time of each message, or of all together, in nanoseconds.
        client_cpu: Processor time of the client's process, in nanoseconds.
        server_cpu: Processor time of the server's process; ``None`` if unknown.
        router_cpu: Processor time of the router's process; ``None`` if unknown or without a router.
    """

    times: Sequence[int]
    client_cpu: int
    server_cpu: int | None
    router_cpu: int | None


@attrs.frozen(kw_only=True)
class Result:
    """
    The times of one contender for one work, in nanoseconds per message.

    Args:
        contender: The name of the contender.
        work: The name of the work.
        p50: The median of the turns; for a turn with single times, their median.
        quiet: The 25th percentile of the turns, which other load disturbs least.
        p98: The 98th percentile of warm trips in the quietest quarter of the
            turns; ``None`` if trips are not timed singly.
        client_cpu: Processor time at the client.
        server_cpu: Processor time at the server.
        router_cpu: Processor time at the router.
        error: The reason why there are no figures.
    """

    contender: str
    work: str
    p50: float | None = None
    quiet: float | None = None
    p98: float | None = None
    client_cpu: float | None = None
    server_cpu: float | None = None
    router_cpu: float | None = None
    error: str | None = None


def result_of(contender: str, work: Work, turns: Sequence[Turn], error: str | None) -> Result:
    """Return the result of *turns*."""
    if error is not None or not turns:
        return Result(contender=contender, work=work.name, error=error or "it had no turn")
    count = work.count
    single = len(turns[0].times) == count and count > 1
    values = [statistics.median(turn.times) if single else sum(turn.times) / count for turn in turns]
    return Result(
        contender=contender,
        work=work.name,
        p50=statistics.median(values),
        quiet=quantile(values, 0.25),
        p98=_p98(turns) if single else None,
        client_cpu=_middle([turn.client_cpu for turn in turns], count),
        server_cpu=_middle([turn.server_cpu for turn in turns], count),
        router_cpu=_middle([turn.router_cpu for turn in turns], count),
    )


def quantile(values: Sequence[float], part: float) -> float:
    """Return the quantile *part*, 0 to 1, interpolated between values."""
    ordered = sorted(values)
    at = part * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _p98(turns: Sequence[Turn]) -> float:
    quietest = sorted(turns, key=lambda turn: statistics.median(turn.times))[: max(1, len(turns) // 4)]
    return statistics.median([quantile(turn.times[_COLD:] or turn.times, 0.98) for turn in quietest])


def _middle(values: Sequence[int | None], count: int) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) / count if len(known) == len(values) else None
