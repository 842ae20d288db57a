"""
Measure files of records: ``python -m bench records [--check] [--rounds N] [--size MB] [--only TEXT] [--json FILE]``.

The package describes the measurements.  With ``--check`` only rows with a limit are measured, and the exit code is 1 if
a limit is exceeded.  ``--scale`` measures something else: sending values and bytes to other processes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile

from collections.abc import Sequence
from pathlib import Path

import attrs

from rich.console import Console
from rich.progress import Progress

from ..cliffs.builds import BuildError, build_named
from ..figures.commits import commit_or_exit
from . import scale
from .figures import LATEST, Figures
from .plan import Row
from .results import measured, verdicts
from .shown import verdict_table
from .table import plan


__all__ = ["main", "measured_figures"]

_SIZE = 500.0
_SENT = 10_000
_BATCH = 1000


def measured_figures(
    size: float,
    rounds: int,
    console: Console,
    *,
    check: bool = False,
    only: Sequence[str] = (),
    folder: str | None = None,
) -> Figures:
    """
    Measure, and return the figures.

    Args:
        size: The size of the large file, in megabytes.
        rounds: The number of runs of each contender.
        console: Shows the progress.
        check: Whether rows without a limit are left out.
        only: If not empty, only rows are measured whose work contains one of these texts.
        folder: The folder for files, about three times *size*; by default the system's temporary folder.

    Raises:
        BuildError: The baseline build failed.
    """

    def wanted(row: Row) -> bool:
        return (not check or row.limit is not None) and (not only or any(text in row.work for text in only))

    with tempfile.TemporaryDirectory(prefix="records-", dir=folder) as name:
        chosen = plan(Path(name), size, build_named("today")).needed(wanted)
        steps = len(set(chosen.inputs.values())) + rounds * len(chosen.programs) + len(chosen.loops)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("records", total=steps)

            def on_step(what: str) -> None:
                progress.update(task, advance=1, description=what)

            costs = measured(chosen, rounds, on_step)
    return Figures(rows=list(verdicts(chosen, costs)), rounds=rounds, size=size)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench records", description="Measure files of records.")
    parser.add_argument("--check", action="store_true", help="only rows with a limit; exit code 1 if one is exceeded")
    parser.add_argument("--size", type=float, default=_SIZE, metavar="MB", help=f"large file (default: {_SIZE:g})")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="runs of each (default: 3)")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="TEXT",
        help="only rows whose work contains TEXT; may be repeated",
    )
    parser.add_argument("--folder", metavar="FOLDER", help="folder for files, about three times the size")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    parser.add_argument("--scale", action="store_true", help="measure sending records to other processes instead")
    arguments = parser.parse_args(argv)
    if arguments.rounds < 1:
        parser.error(f"expected at least one round, got {arguments.rounds}")
    if arguments.size <= 0:
        parser.error(f"expected a size of more than 0 MB, got {arguments.size:g}")
    is_published = arguments.json is not None and arguments.json.resolve() == LATEST
    commit = commit_or_exit(parser) if is_published else None
    if arguments.scale:
        return _scale(arguments.rounds)
    try:
        figures = measured_figures(
            arguments.size,
            arguments.rounds,
            Console(stderr=True),
            check=arguments.check,
            only=arguments.only,
            folder=arguments.folder,
        )
    except BuildError as error:
        parser.exit(2, f"{error}\n")
    if arguments.json is not None:
        if is_published:
            where = attrs.evolve(figures.environment, commit=commit)
            figures = attrs.evolve(figures, sent=_sent(arguments.rounds), environment=where)
        arguments.json.write_text(figures.to_json(), encoding="utf-8")
    console = Console(width=None if sys.stdout.isatty() else 190, highlight=False)
    for line in figures.said():
        console.print(line, markup=False)
    console.print(verdict_table(figures.rows))
    for line in dict.fromkeys(one.error for one in figures.rows if one.error is not None):
        console.print(f"no figure: {line}", markup=False)
    missed = sum(one.missed for one in figures.rows)
    limited = sum(one.row.limit is not None for one in figures.rows)
    console.print(f"{limited - missed} hold, {missed} do not")
    return int(bool(missed))


def _sent(rounds: int) -> list[scale.Sent]:
    console = Console(stderr=True)
    return scale.measured(_SENT, _BATCH, rounds, lambda name: console.print(name, highlight=False))


def _scale(rounds: int) -> int:
    Console(width=None if sys.stdout.isatty() else 100, highlight=False).print(scale.scale_table(_sent(rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
