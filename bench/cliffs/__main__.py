"""
Look for cliffs: ``python -m bench cliffs [--quick] [--only DIMENSION ...] [--match TEXT] [--json FILE]``.

A cell is a point of the sweep in one direction.  It is a cliff if our time there is more than a row of `rules` lets it
be.  The worst come first, the number of cliffs last.
"""

from __future__ import annotations

import argparse
import sys

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .figures import written
from .measured import Settings
from .points import DIMENSIONS, FORMATS, Point, chosen
from .rules import CELL_RULES, findings
from .shown import cliffs, counts, unsupported, worst
from .sweep import sweep


__all__ = ["main"]

_QUICK = Settings(rounds=3, batch_ns=300_000)
_SHOWN = 40


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench cliffs", description="Look for what is slower than it must be."
    )
    parser.add_argument("--quick", action="store_true", help="one format for each point, few rounds: 2 minutes")
    parser.add_argument(
        "--only",
        nargs="*",
        choices=["base", *DIMENSIONS],
        metavar="DIMENSION",
        help=f"these dimensions alone: base, {', '.join(DIMENSIONS)}",
    )
    parser.add_argument("--match", default="", metavar="TEXT", help="points alone whose title holds TEXT")
    parser.add_argument("--formats", nargs="*", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument("--rounds", type=int, metavar="N", help="batches of each contender")
    parser.add_argument("--worst", type=int, default=_SHOWN, metavar="N", help=f"rows to show (default: {_SHOWN})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    given = parser.parse_args(arguments)
    settings = _QUICK if given.quick else Settings()
    if given.rounds:
        settings = Settings(rounds=given.rounds)
    points = chosen(given.only, given.match, given.formats, quick=given.quick)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("cliffs", total=len(points))

        def on_point(point: Point) -> None:
            progress.update(task, advance=1, description=point.format)

        cells = list(sweep(points, settings, on_point=on_point))
    if given.json is not None:
        given.json.write_text(written(cells, settings), encoding="utf-8")
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    found = findings(cells)
    console.print(worst(found, given.worst))
    console.print(counts(found, CELL_RULES))
    for line in unsupported(cells):
        console.print(f"not supported: {line}", markup=False)
    console.print(f"{len(cliffs(found))} cliffs in {len(cells)} cells")


if __name__ == "__main__":
    main()
