"""Print a sweep on a terminal: the worst cells, the counts of each rule, and the number of cliffs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .figures import Figures
from .measured import OURS, Cell
from .rows import Row
from .rules import CELL_RULES, Finding, findings


__all__ = ["cliffs", "show", "unsupported", "worst"]


# The most dimensions in which a point that varies one dimension differs from the base.
_FEW: Final = 3


def cliffs(found: Iterable[Finding], rows: Iterable[Row] = ()) -> int:
    """Count the cells that miss a rule which every cell must keep, and the rows that miss their limit."""
    cells = {
        (one.cell.point, one.cell.direction, one.cell.pure) for one in found if one.missed and one.rule.share == 1.0
    }
    return len(cells) + sum(row.missed for row in rows)


def worst(found: Iterable[Finding]) -> list[Finding]:
    """Return the missed findings of rules that every cell must keep, the worst first."""
    return [one for one in found if one.missed and one.rule.share == 1.0]


def show(figures: Figures, console: Console, most: int) -> None:
    """Print figures, with at most *most* rows of the worst."""
    found = findings(figures.cells)
    console.print(_worst_table(worst(found)[:most]))
    console.print(_counts_table(found))
    if figures.rows:
        console.print(_rows_table(figures.rows))
    for line in unsupported(figures.cells):
        console.print(f"not supported: {line}", markup=False)
    console.print(f"{cliffs(found, figures.rows)} cliffs in {len(figures.cells) + len(figures.rows)} cells and rows")


def unsupported(cells: Iterable[Cell]) -> Iterator[str]:
    """Yield a line for each point that this project does not support, with its formats."""
    formats: dict[tuple[str, str], dict[str, None]] = {}
    for cell in cells:
        # A value that is reported alone would recur in many pairs.
        if OURS in cell.left_out and len(cell.point.changes) <= _FEW and not cell.pure:
            formats.setdefault((cell.point.title, cell.left_out[OURS]), {})[cell.point.format] = None
    for (title, reason), names in formats.items():
        yield f"{title} ({', '.join(names)}): {reason}"


def _worst_table(found: Sequence[Finding]) -> Table:
    table = _table("Our time to theirs, the worst first", "cell", "format", "direction", "against")
    for heading in ("ratio", "at most", "ours"):
        table.add_column(heading, justify="right")
    for one in found:
        point = one.cell.point
        figures = (f"{one.ratio:.2f}", f"{one.limit:.2f}", f"{one.cell.times[OURS] / 1000:,.0f} us")
        table.add_row(escape(point.title), point.format, one.cell.direction, one.rule.name, *figures)
    return table


def _counts_table(found: Sequence[Finding]) -> Table:
    table = _table("Limits of cells", "work", "against", "at most")
    for heading in ("cells", "missed", "kept", ""):
        table.add_column(heading, justify="right")
    for rule in CELL_RULES:
        mine = [one for one in found if one.rule is rule]
        if mine:
            missed = sum(one.missed for one in mine)
            kept = 1 - missed / len(mine)
            figures = (str(len(mine)), str(missed), f"{kept:.1%}", _word(missed=kept < rule.share))
            table.add_row(rule.work, rule.against, rule.at_most, *figures)
    return table


def _rows_table(rows: Iterable[Row]) -> Table:
    table = _table("Limits of other rows", "rule", "work", "figures")
    for heading in ("ratio", "at most", ""):
        table.add_column(heading, justify="right")
    for row in rows:
        figures = (f"{row.ratio:.2f}", f"{row.limit:.2f}", _word(missed=row.missed))
        table.add_row(row.rule, escape(row.work), row.detail, *figures)
    return table


def _table(title: str, *headings: str) -> Table:
    return Table(*headings, title=title, title_justify="left")


def _word(*, missed: bool) -> str:
    return "[red]missed[/]" if missed else "[green]ok[/]"
