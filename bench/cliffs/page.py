"""Render the cliffs for the documentation: their number, and the worst."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ..figures.files import FOLDER
from .figures import Figures
from .measured import Cell
from .points import Point
from .rules import CELL_RULES, Finding, findings
from .shown import cliffs, worst


__all__ = ["BASELINE", "LATEST", "shown", "table"]

BASELINE: Final = FOLDER / "cliffs-baseline.json"
LATEST: Final = FOLDER / "cliffs.json"
_WORST: Final = 10


def shown() -> str:
    """Return the part of the page, from the committed figures."""
    found = [Figures.from_json(path.read_text(encoding="utf-8")) for path in (BASELINE, LATEST) if path.exists()]
    return table(found[0], found[-1])


def table(baseline: Figures, latest: Figures) -> str:
    """
    Render the number of cliffs of two sweeps, and the worst of the second.

    Args:
        baseline: The first.
        latest: The second.
    """
    both = {_key(cell) for cell in baseline.cells} & {_key(cell) for cell in latest.cells}
    before, now = findings(baseline.cells), findings(latest.cells)
    then, since = ([one for one in found if _key(one.cell) in both] for found in (before, now))
    commits = [figures.environment.commit or "unknown" for figures in (baseline, latest)]
    rows = [
        (rule.work, rule.against, rule.at_most, *(_missed(found, rule.name) for found in (then, since, now)))
        for rule in CELL_RULES
    ]
    return "\n\n".join(
        [
            f"- Cells: {len(latest.cells):,}, medians of up to {latest.settings.rounds} rounds",
            f"- Commits: {commits[0]} before, {commits[1]} now",
            _table(
                ("cliffs", "before", "now"),
                [
                    (f"in the {len(both):,} cells of both", str(cliffs(then, [])), str(cliffs(since, []))),
                    ("in all cells and rows", "", str(cliffs(now, latest.rows))),
                ],
            ),
            _table(
                ("work", "against", "at most", "missed before", "missed now, same cells", "missed now, all cells"), rows
            ),
            _table(
                ("work", "figures", "ratio", "at most"),
                [
                    (f"{row.rule}: {row.work}", row.detail, f"{row.ratio:.2f}", f"{row.limit:.2f}")
                    for row in latest.rows
                    if row.missed
                ],
            ),
            f"The worst {_WORST}:",
            _table(("cell", "format", "direction", "against", "ratio", "at most"), map(_cells, worst(now)[:_WORST])),
        ]
    )


def _key(cell: Cell) -> tuple[Point, str, bool]:
    return cell.point, cell.direction, cell.pure


def _missed(found: Sequence[Finding], rule: str) -> str:
    mine = [one.missed for one in found if one.rule.name == rule]
    return f"{sum(mine)} of {len(mine)}"


def _cells(one: Finding) -> tuple[str, ...]:
    point = one.cell.point
    return (point.title, point.format, one.cell.direction, one.rule.name, f"{one.ratio:.2f}", f"{one.limit:.2f}")


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, [":--"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in lines)
