"""The tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table

from .checks import Verdict
from .driver import Pin
from .results import Result


__all__ = ["table", "verdict_table"]

_PLACES = {"same": "both ends on one processor", "split": "each end on its own processor", "free": "not pinned"}


def table(results: Sequence[Result], pin: Pin) -> Iterator[Table]:
    """Yield a table for each work, with times in microseconds per message."""
    for work in dict.fromkeys(result.work for result in results):
        rows = [result for result in results if result.work == work]
        floor = next((row.quiet for row in rows if row.quiet is not None), None)
        found = Table("by", title=f"Unix socket, {work}, {_PLACES[pin]}, us", title_justify="left")
        for heading in ("quiet", "p50", "p98", "messages/s", "vs first", "CPU client", "CPU server", "CPU between"):
            found.add_column(heading, justify="right")
        for row in rows:
            if row.quiet is None:
                found.add_row(row.contender, "failed")
                continue
            times = (row.quiet, row.p50, row.p98)
            spent = (row.client_cpu, row.server_cpu, row.router_cpu)
            ratio = "" if not floor else f"{row.quiet / floor:.2f}x"
            found.add_row(row.contender, *map(_us, times), f"{1e9 / row.quiet:,.0f}", ratio, *map(_us, spent))
        yield found


def _us(value: float | None) -> str:
    return "-" if value is None else f"{value / 1e3:.1f}"


def verdict_table(found: Iterable[Verdict], pin: Pin) -> Table:
    """Return the table of limits and verdicts."""
    result = Table("work", "ours", "against", "figure", title=f"Limits, {_PLACES[pin]}", title_justify="left")
    for heading in ("ratio", "of CPU", "at most", ""):
        result.add_column(heading, justify="right")
    for one in found:
        check = one.check
        ratios = ("-" if ratio is None else f"{ratio:.2f}" for ratio in (one.ratio, one.cpu_ratio))
        verdict = "[green]holds[/]" if one.met else "[red]does not[/]" if one.missed else "[yellow]-[/]"
        result.add_row(check.work, check.ours, check.against, check.figure, *ratios, f"{check.limit:.2f}", verdict)
    return result
