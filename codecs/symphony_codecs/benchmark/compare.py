"""
The changes of times and sizes from one report to another, with the noise considered.

Times are compared round by round: a change counts where the Mann-Whitney rank test finds that the rounds of one report
lie above those of the other by more than a threshold, at a level that Holm's method keeps for all comparisons together.
Before that, the times of the second report are divided by what the machine has become slower: the median ratio of
peers and floors, whose code is the same in both.  Needs scipy, the extra ``report``.
"""

from __future__ import annotations

import importlib
import statistics

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs

from symphony_types._restorable import RestorableError

from .environment import Environment
from .report import Report, Row, RowKey, Timing


__all__ = ["Change", "CompareError", "Comparison", "Verdict", "check_installed", "compare"]

Verdict: TypeAlias = Literal["slower", "faster", "larger", "smaller", "failed", "works again", "same"]

_TIMES: Final = ("encode_stream", "decode_stream", "encode_hot", "decode_hot")
_SIZES: Final = ("size", "size_p50", "size_p99")
_WORSE: Final = frozenset({"slower", "larger", "failed"})
_LEVEL: Final = 0.05
# Rounds up to which the exact distribution of ranks takes no time.
_EXACT: Final = 50
# Fewer say nothing of the machine.
_REFERENCES: Final = 3
_FLOOR: Final = "floor: "


class CompareError(RestorableError):
    """Two reports cannot be compared; the message says why, and what to do."""


@attrs.frozen(kw_only=True)
class Change:
    """
    The change of one figure of a row.

    Args:
        row: The row, by `Row.key`.
        what: The figure, such as ``encode_stream`` or ``size``; ``error`` where a codec fails now, or did before.
        before: The median in nanoseconds, or the size in bytes; ``None`` where there was none.
        after: The same now; times are as measured, not corrected.
        ratio: After against before, times corrected by `Comparison.machine`; ``None`` without both.
        p: How probable such rounds are without a change beyond the threshold, adjusted for the number of comparisons;
            ``None`` for what is no time.
        verdict: The kind of change; ``same`` also where the noise hides a change.
    """

    row: RowKey
    what: str
    before: float | None
    after: float | None
    ratio: float | None
    p: float | None
    verdict: Verdict


@attrs.frozen(kw_only=True)
class Comparison:
    """
    Two reports, compared.

    Args:
        changes: Of each figure of the codecs that is in both reports.
        machine: How long the machine takes now for what has not changed, as a multiple of before; ``None`` where
            there is too little to tell by, and nothing is corrected.
        threshold: The least change that counts, as a part: 0.05 are 5 %.
        warnings: Why the two may not be comparable.
    """

    changes: tuple[Change, ...]
    machine: float | None
    threshold: float
    warnings: tuple[str, ...]

    @property
    def is_worse(self) -> bool:
        """Whether something got slower or larger, or fails now."""
        return any(change.verdict in _WORSE for change in self.changes)


@attrs.frozen
class _Pair:
    row: RowKey
    what: str
    before: Timing
    after: Timing


def compare(before: Report, after: Report, *, threshold: float = 0.05) -> Comparison:
    """
    Compare two reports of the same type and values.

    Sizes are compared exactly, where the values are the same.

    Args:
        before: The base.
        after: The later report.
        threshold: The least change of a time that counts, as a part: 0.05 are 5 %; 0 or more.

    Raises:
        CompareError: scipy is not installed, or the reports have no row in common.
    """
    rank_test = _rank_test()
    rows = {row.key: row for row in before.rows}
    pairs = [(rows[row.key], row) for row in after.rows if row.key in rows]
    codecs = [pair for pair in pairs if pair[1].role == "codec"]
    if not codecs:
        raise CompareError(f"expected a report with codecs in common, got one of {before.what}: measure the base again")
    machine = _machine(pairs, before.environment, after.environment)
    same_values = before.digest == after.digest
    changes = [
        *_failures(codecs),
        *(_sizes(codecs) if same_values else ()),
        *_times(list(_timings(codecs)), machine or 1.0, threshold, rank_test),
    ]
    return Comparison(
        changes=tuple(changes), machine=machine, threshold=threshold, warnings=tuple(_warnings(before, after))
    )


def check_installed() -> None:
    """Raise `CompareError`, as `compare` would, if scipy is not there: before hours of measuring."""
    _rank_test()


def _rank_test() -> Callable[[Sequence[float], Sequence[float]], float]:
    try:
        stats = importlib.import_module("scipy.stats")
    except ImportError:
        raise CompareError(
            "comparing needs scipy, which is not installed: pip install 'symphony-types[report]'"
        ) from None

    def above(some: Sequence[float], others: Sequence[float]) -> float:
        """Return how probable it is that *some* lie so far above *others* by chance."""
        # The approximation for many is far too careful in the tail, which is what counts among many comparisons.
        is_exact = max(len(some), len(others)) <= _EXACT and len({*some, *others}) == len(some) + len(others)
        method = "exact" if is_exact else "asymptotic"
        return float(stats.mannwhitneyu(some, others, alternative="greater", method=method).pvalue)

    return above


def _timings(pairs: Iterable[tuple[Row, Row]]) -> Iterable[_Pair]:
    for old, new in pairs:
        for name in _TIMES:
            before, after = getattr(old, name), getattr(new, name)
            if before is not None and after is not None and before.median_ns > 0 and after.median_ns > 0:
                yield _Pair(new.key, name, before, after)


def _machine(pairs: Iterable[tuple[Row, Row]], before: Environment, after: Environment) -> float | None:
    """Return how long peers and floors of the same version take, as a multiple of before."""
    unchanged = [
        pair
        for pair in pairs
        if pair[1].role != "codec"
        and before.python == after.python
        and _version(pair[1], before) == _version(pair[1], after)
    ]
    ratios = [pair.after.median_ns / pair.before.median_ns for pair in _timings(unchanged)]
    return statistics.median(ratios) if len(ratios) >= _REFERENCES else None


def _version(row: Row, where: Environment) -> str | None:
    return where.versions.get(row.contender.removeprefix(_FLOOR).partition(" ")[0])


def _times(
    pairs: Sequence[_Pair], machine: float, threshold: float, above: Callable[[Sequence[float], Sequence[float]], float]
) -> Iterable[Change]:
    least = 1 + threshold
    found = []
    for pair in pairs:
        before, after = pair.before.batches, [time / machine for time in pair.after.batches]
        slower = above(after, [time * least for time in before]) if before and after else 1.0
        faster = above(before, [time * least for time in after]) if before and after else 1.0
        found.append((pair, pair.after.median_ns / pair.before.median_ns / machine, slower, faster))
    # Each pair is tested twice.
    adjusted = _holm([2 * min(slower, faster) for _, _, slower, faster in found])
    for (pair, ratio, slower, faster), p in zip(found, adjusted, strict=True):
        verdict: Verdict = "same" if p >= _LEVEL else "slower" if slower < faster else "faster"
        yield Change(
            row=pair.row,
            what=pair.what,
            before=pair.before.median_ns,
            after=pair.after.median_ns,
            ratio=ratio,
            p=p,
            verdict=verdict,
        )


def _holm(ps: Sequence[float]) -> list[float]:
    """Return *ps* adjusted so that one wrong verdict among all of them is as rare as each says (Holm, 1979)."""
    adjusted = [1.0] * len(ps)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(ps[index] * (len(ps) - rank), 1.0))
        adjusted[index] = highest
    return adjusted


def _sizes(pairs: Iterable[tuple[Row, Row]]) -> Iterable[Change]:
    for old, new in pairs:
        for name in _SIZES:
            before, after = getattr(old, name), getattr(new, name)
            if before is not None and after is not None:
                verdict: Verdict = "same" if before == after else "larger" if after > before else "smaller"
                ratio = after / before if before else None
                yield Change(row=new.key, what=name, before=before, after=after, ratio=ratio, p=None, verdict=verdict)


def _failures(pairs: Iterable[tuple[Row, Row]]) -> Iterable[Change]:
    for old, new in pairs:
        if (old.error is None) != (new.error is None):
            verdict: Verdict = "works again" if new.error is None else "failed"
            yield Change(row=new.key, what="error", before=None, after=None, ratio=None, p=None, verdict=verdict)


def _warnings(before: Report, after: Report) -> Iterable[str]:
    old, new = before.environment, after.environment
    if before.what != after.what:
        yield f"another type: {before.what} before, {after.what} now"
    if before.digest != after.digest or before.values != after.values:
        yield f"other values, so sizes are not compared: {before.source} before, {after.source} now"
    # Times of another machine are no base.
    for name, was, now in (
        ("processor", f"{old.cpu}, {old.cpus} CPUs", f"{new.cpu}, {new.cpus} CPUs"),
        ("system", old.system, new.system),
        ("Python", old.python, new.python),
        ("engine", old.engine, new.engine),
        ("global lock", "on" if old.gil else "off", "on" if new.gil else "off"),
    ):
        if was != now:
            yield f"another {name}: {was} before, {now} now"
    for name in sorted(old.versions.keys() | new.versions.keys()):
        was, now = old.versions.get(name, "not installed"), new.versions.get(name, "not installed")
        if was != now:
            yield f"another {name}: {was} before, {now} now"
    rounds = min(before.rounds, after.rounds)
    if rounds < _least_rounds(len(_common_times(before, after))):
        yield f"{rounds} rounds are too few to call anything slower: measure with more --rounds"


def _common_times(before: Report, after: Report) -> list[Any]:
    rows = {row.key: row for row in before.rows}
    return list(_timings((rows[row.key], row) for row in after.rows if row.key in rows and row.role == "codec"))


def _least_rounds(comparisons: int) -> int:
    """Return how many rounds it takes before so many comparisons can have a verdict, were the rounds all apart."""
    rounds, orders = 1, 2.0
    # Of two reports with n rounds each, all of one are above all of the other once in (2n over n) orders by chance.
    while orders * _LEVEL <= 2 * max(comparisons, 1):
        rounds += 1
        orders = orders * 2 * (2 * rounds - 1) / rounds
    return rounds
