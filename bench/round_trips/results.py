"""What is made of the turns of a contender."""

from __future__ import annotations

import statistics

from collections.abc import Sequence

import attrs

from .contender import Work


__all__ = ["Result", "Turn", "result_of"]

_COLD = 5
"""How many trips at the beginning of a turn do not count for the 98th percentile: others have emptied the caches."""


@attrs.frozen
class Turn:
    """
    What a turn took.

    Args:
        times: Of each, or of all together, in nanoseconds.
        client_cpu: Processor time of the client's process, in nanoseconds.
        server_cpu: That of the server's; ``None``: not known.
        router_cpu: That of the router's; ``None``: not known, or there is none.
    """

    times: Sequence[int]
    client_cpu: int
    server_cpu: int | None
    router_cpu: int | None


@attrs.frozen(kw_only=True)
class Result:
    """
    What one contender takes for one work; all times are of one message, in nanoseconds.

    Args:
        contender: Who.
        work: What.
        p50: The median of the turns; of a turn with single times, the median of them.
        quiet: The 25th percentile of the turns, which the machine's other work disturbs least.
        p98: The 98th percentile of warm trips in the quietest quarter of the
            turns; ``None`` where trips have no times of their own.
        client_cpu: Processor time at the client.
        server_cpu: The same at the server.
        router_cpu: The same in between.
        error: Why there are no figures.
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
    """Return the result of some turns."""
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
    """Return the value that *part* of all are below, 0 to 1, between two of them where there is none."""
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
