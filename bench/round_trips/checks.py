"""The limits of round trips: ratios of two rows of one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import attrs

from ..cliffs.sweep import Build
from .driver import Pin, Seat
from .results import Result


__all__ = ["CHECKS", "FRAMES", "PURE", "TODAY", "Check", "Verdict", "builds_for", "is_needed", "of_frames", "verdicts"]

TODAY: Final = "today"
PURE: Final = "pure"
_PURE_TODAY: Final = "today, pure"
_PURE_LIMIT: Final = 1.25

Figure: TypeAlias = Literal["quiet", "p98", "router_cpu"]


@attrs.frozen
class Check:
    """
    The limit of a ratio.

    Args:
        work: The work.
        ours: The contender of this project.
        against: The contender that it is compared with.
        limit: The maximum of the ratio.
        figure: The compared times: ``quiet``, the least disturbed quarter of
            turns; ``p98`` of warm trips; ``router_cpu``, the processor time
            of the router.
        pins: The pins to which the limit applies.
    """

    work: str
    ours: str
    against: str
    limit: float
    figure: Figure = "quiet"
    pins: tuple[Pin, ...] = ("same", "split", "free")


@attrs.frozen(kw_only=True)
class Verdict:
    """
    The result of a check.

    Args:
        check: The check.
        ratio: Our time to theirs; ``None`` if either is missing.
        cpu_ratio: The ratio of the processor times of both ends, which other
            load affects less; for information only.
        error: The reason why a time is missing.
        excused: Whether the missing time is the other contender's.
    """

    check: Check
    ratio: float | None = None
    cpu_ratio: float | None = None
    error: str | None = None
    excused: bool = False

    @property
    def met(self) -> bool:
        """Whether the ratio is small enough."""
        return self.ratio is not None and self.ratio <= self.check.limit

    @property
    def missed(self) -> bool:
        """Whether the ratio is too large, or missing because this project failed."""
        return not self.met and not self.excused


FRAMES: Final = "frames without I/O"
"""The work of `bench.frames`, which runs in this process."""

_TRIPS: Final = "one at a time"
_PEERS: Final = ("pyzmq REQ/REP", "Pyro5", "rpyc", "multiprocessing, pickle", "grpcio")


def _checks() -> Iterator[Check]:
    yield Check(_TRIPS, "blocking", "floor: bare socket", 3.0, pins=("same",))
    yield Check(_TRIPS, "blocking", "floor: bare socket", 2.0, pins=("split",))
    yield Check(_TRIPS, "blocking", "by hand, blocking", 1.1)
    yield Check(_TRIPS, "asyncio", "floor: asyncio BufferedProtocol", 2.7)
    yield Check(_TRIPS, "asyncio, answer=", "floor: asyncio BufferedProtocol", 2.2)
    yield Check(_TRIPS, "uvloop", "floor: uvloop BufferedProtocol", 2.7)
    yield Check(_TRIPS, "blocking", "by hand, blocking", 1.25, "p98")
    yield Check(_TRIPS, "asyncio", "by hand, asyncio", 1.25, "p98")
    for peer in _PEERS:
        yield Check(_TRIPS, "blocking", peer, 0.9)
    yield Check(_TRIPS, "blocking, key", "blocking", 1.3)
    yield Check(_TRIPS, "asyncio, key", "asyncio", 1.3)
    yield Check("16 in flight", "asyncio", f"asyncio, {TODAY}", 0.4)
    yield Check("16 in flight", "blocking, submit", f"blocking, {TODAY}", 0.4)
    yield Check("one way", "blocking", "by hand, blocking", 1.15)
    yield Check("1 MB one way", "blocking", "floor: framed socket", 2.5)
    yield Check("1 MB one way", "uvloop", "floor: framed socket", 2.5)
    yield Check("through a router", "router", "floor: byte proxy", 1.15, "router_cpu")
    yield Check(FRAMES, "forward: Forwarder", "floor: struct, CRC, route, new stream id", 0.3)
    for work, flavours in _PURE_ROWS.items():
        for ours in flavours:
            yield Check(work, f"{ours}, {PURE}", f"{ours}, {_PURE_TODAY}", _PURE_LIMIT)
    # The baseline lacks some contenders, so a new one is compared with the closest that the baseline has.
    yield Check("16 in flight", f"blocking, submit, {PURE}", f"blocking, {_PURE_TODAY}", _PURE_LIMIT)


_PURE_ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    _TRIPS: ("blocking", "asyncio", "uvloop", "blocking, key"),
    "16 in flight": ("asyncio",),
    "one way": ("blocking",),
    "1 MB one way": ("blocking", "uvloop"),
}

CHECKS: Final = tuple(_checks())


def builds_for(today: Build) -> dict[str, Build]:
    """Return the builds that the checks compare, by label; *today* is the baseline build."""
    pure = {"SYMPHONY_PURE": "1"}
    return {
        "": Build(),
        TODAY: today,
        PURE: Build(environ=pure),
        _PURE_TODAY: attrs.evolve(today, environ={**today.environ, **pure}),
    }


def is_needed(seat: Seat, pin: Pin) -> bool:
    """Return whether a check compares the row of *seat*."""
    return any(
        check.work == seat.work.name and seat.name in {check.ours, check.against}
        for check in CHECKS
        if pin in check.pins
    )


def of_frames(rounds: int) -> list[Result]:
    """Return the results of `bench.frames` that checks compare."""
    from .. import frames

    rows = [row for row in frames.measure(rounds) if row["work"] == "route"]
    return [Result(contender=row["contender"], work=FRAMES, p50=row["ns"], quiet=row["ns"]) for row in rows]


def verdicts(results: Sequence[Result], pin: Pin, missing: Sequence[str] = ()) -> Iterator[Verdict]:
    """
    Yield the verdicts on the checks.

    Args:
        results: The results of one run.
        pin: The pin of the processes.
        missing: A line for each contender that does not take part, with the reason.
    """
    rows = {(result.work, result.contender): result for result in results}
    for check in CHECKS:
        if pin not in check.pins:
            continue
        ours, other = rows.get((check.work, check.ours)), rows.get((check.work, check.against))
        mine, theirs = (None if row is None else getattr(row, check.figure) for row in (ours, other))
        if ours is not None and other is not None and mine is not None and theirs is not None:
            spent, there = _cpu(ours), _cpu(other)
            cpu_ratio = spent / there if spent and there else None
            yield Verdict(check=check, ratio=mine / theirs, cpu_ratio=cpu_ratio)
        else:
            failed, name = (ours, check.ours) if mine is None else (other, check.against)
            why = failed.error if failed is not None else _why(name, missing)
            yield Verdict(check=check, error=f"{name}: {why or 'it has no such figure'}", excused=mine is not None)


def _why(name: str, missing: Sequence[str]) -> str:
    return next((line.partition(": ")[2] for line in missing if line.startswith(f"{name}: ")), "it did not take part")


def _cpu(result: Result) -> float | None:
    ends = result.client_cpu, result.server_cpu
    return None if ends[0] is None or ends[1] is None else ends[0] + ends[1]
