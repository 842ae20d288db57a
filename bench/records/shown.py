"""The table, for a terminal and a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.table import Table

from .inputs import MEGABYTE
from .results import Verdict


__all__ = ["HEADINGS", "TEXTS", "cells", "verdict_table"]

_WHAT: Final = {"wall": "time", "cpu": "CPU", "peak": "largest process", "total": "all processes"}
_UNITS: Final = (("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9))
HEADINGS: Final = ("work", "against", "what", "ours", "theirs", "ratio", "of CPU", "at most", "holds")
TEXTS: Final = 3
"""The number of columns that contain words."""


def cells(one: Verdict) -> tuple[str, ...]:
    """Return the cells of a row, as in `HEADINGS`."""
    row = one.row
    figures = (_figure(value, row.figure) for value in (one.ours, one.theirs))
    limit = "" if row.limit is None else f"{row.limit:g}"
    if row.most is not None:
        limit += f", {_figure(row.most, row.figure)}"
    word = "" if row.limit is None else "yes" if one.met else "no"
    ratios = ("-" if ratio is None else f"{ratio:.2f}" for ratio in (one.ratio, one.cpu_ratio))
    return (row.work, row.against, _WHAT[row.figure], *figures, *ratios, limit, word)


def _figure(value: float | None, figure: str) -> str:
    if value is None:
        return "-"
    if figure in {"peak", "total"}:
        return f"{value / MEGABYTE:.1f} MB"
    unit, size = next((each for each in _UNITS if value >= each[1]), _UNITS[-1])
    return f"{value / size:.3g} {unit}"


def verdict_table(found: Iterable[Verdict]) -> Table:
    """Return the table of all rows and verdicts."""
    result = Table(*HEADINGS[:TEXTS], title="Records", title_justify="left")
    for heading in HEADINGS[TEXTS:]:
        result.add_column(heading, justify="right")
    for one in found:
        *row, word = cells(one)
        style = {"yes": "[green]holds[/]", "no": "[red]does not[/]"}.get(word, word)
        result.add_row(*row, style)
    return result
