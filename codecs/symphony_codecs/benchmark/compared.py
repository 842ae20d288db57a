"""A comparison of two reports for people: a table of what has changed, and sentences."""

from __future__ import annotations

import collections
import itertools

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .compare import Change, Comparison, Verdict
from .contender import OURS
from .report import RowKey
from .shown import count_text, duration_text, size_text
from .tables import Table, through_text


__all__ = ["change_table", "summary"]

_WHAT: Final = {"size": "bytes", "size_p50": "bytes, p50", "size_p99": "bytes, p99", "error": ""}


def change_table(comparison: Comparison) -> Table:
    """Return the table of what has changed; it has no groups where nothing has."""
    changed = [change for change in comparison.changes if change.verdict != "same"]
    by_codec = sorted(changed, key=lambda change: change.row)
    return Table(
        title="What has changed",
        headings=("codec", "as", "what", "before", "after", "change"),
        groups=tuple(
            tuple(_row(change, "" if number else name) for number, change in enumerate(group))
            for name, group in itertools.groupby(by_codec, lambda change: _name(change.row))
        ),
        words=3,
        note="before, after: as measured. change: corrected by the speed of the machine.",
    )


def _name(key: RowKey) -> str:
    format_, contender, *_ = key
    return format_ if contender == OURS else f"{contender} ({format_})"


def _row(change: Change, name: str) -> tuple[str, ...]:
    _, _, compression, framed = change.row
    text = size_text if change.what in _WHAT else duration_text
    return (
        name,
        through_text(compression, framed=framed),
        _WHAT.get(change.what, change.what.replace("_", " ")),
        "-" if change.before is None else text(change.before),
        "-" if change.after is None else text(change.after),
        _change_text(change),
    )


def _change_text(change: Change) -> str:
    if change.ratio is None:
        return change.verdict
    return f"{abs(change.ratio - 1):.1%} {change.verdict}".replace("%", " %")


def summary(comparison: Comparison) -> tuple[str, ...]:
    """Return lines: what makes the reports hard to compare, how fast the machine is now, and what came out."""
    times = collections.Counter(change.verdict for change in comparison.changes if change.p is not None)
    sizes = collections.Counter(change.verdict for change in comparison.changes if change.what.startswith("size"))
    failures = collections.Counter(change.verdict for change in comparison.changes if change.what == "error")
    lines = [f"warning: {line}" for line in comparison.warnings]
    lines.append(_machine_text(comparison.machine))
    threshold = f"{comparison.threshold * 100:g} %"
    lines.append(f"Times: {_counts(times, ('slower', 'faster'))}, by more than {threshold} and beyond the noise.")
    if sizes:
        lines.append(f"Sizes: {_counts(sizes, ('larger', 'smaller'))}.")
    if failures:
        lines.append(f"Codecs: {_counts(failures, ('failed', 'works again'))}.")
    lines.append("Something got worse." if comparison.is_worse else "Nothing got worse.")
    if times["slower"]:
        lines.append("Was the machine busy? Then measure both again, with --processes 3, or with a larger --threshold.")
    return tuple(lines)


def _machine_text(machine: float | None) -> str:
    if machine is None:
        return "Times are not corrected by the machine's speed: too few other libraries are in both reports."
    percent = abs(machine - 1) * 100
    if percent < 0.5:
        return "The machine is as fast as it was, by the libraries that have not changed."
    word = "slower" if machine > 1 else "faster"
    return (
        f"The machine is {percent:.0f} % {word} now, by the libraries that have not changed; times are corrected by it."
    )


def _counts(found: Mapping[Any, int], verdicts: Iterable[Verdict]) -> str:
    total = count_text(sum(found.values()), "figure")
    return f"{', '.join(f'{found.get(verdict, 0)} {verdict}' for verdict in verdicts)} of {total}"
