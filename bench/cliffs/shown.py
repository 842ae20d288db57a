"""What the terminal shows of a sweep: the worst first, a count for each rule, and the number of cliffs last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table

from .measured import OURS, Cell
from .rules import Finding, Rule


__all__ = ["cliffs", "counts", "unsupported", "worst"]


def cliffs(found: Iterable[Finding]) -> list[Cell]:
    """Return the cells that miss a rule which every cell has to keep, the worst first."""
    missed: dict[tuple[str, str, str], Cell] = {}
    for one in found:
        if one.missed and one.rule.share == 1.0:
            missed.setdefault((one.cell.point.title, one.cell.point.format, one.cell.direction), one.cell)
    return list(missed.values())


def worst(found: Sequence[Finding], most: int | None) -> Table:
    """Return a table of the rows that are missed most."""
    missed = [one for one in found if one.missed and one.rule.share == 1.0]
    table = Table(
        "cell", "format", "direction", "against", title="Our time to theirs, the worst first", title_justify="left"
    )
    for heading in ("ratio", "at most", "ours"):
        table.add_column(heading, justify="right")
    for one in missed[:most]:
        cell = one.cell
        table.add_row(
            cell.point.title,
            cell.point.format,
            cell.direction,
            one.rule.name,
            f"{one.ratio:.2f}",
            f"{one.limit:.2f}",
            f"{cell.times[OURS] / 1000:,.0f} us",
        )
    return table


def counts(found: Sequence[Finding], rules: Iterable[Rule]) -> Table:
    """Return a table of how many cells miss each rule."""
    table = Table("work", "against", "at most", title="What must hold", title_justify="left")
    for heading in ("cells", "missed", "share kept", ""):
        table.add_column(heading, justify="right")
    for rule in rules:
        mine = [one for one in found if one.rule is rule]
        if mine:
            missed = sum(one.missed for one in mine)
            kept = 1 - missed / len(mine)
            verdict = "[green]ok[/]" if kept >= rule.share else "[red]missed[/]"
            table.add_row(rule.work, rule.against, rule.at_most, str(len(mine)), str(missed), f"{kept:.1%}", verdict)
    return table


def unsupported(cells: Iterable[Cell]) -> Iterator[str]:
    """Yield a line for each cell that this project cannot do."""
    for cell in cells:
        if OURS in cell.left_out:
            yield f"{cell.point.title}, {cell.point.format}, {cell.direction}: {cell.left_out[OURS]}"
