"""
Look for cliffs: ``python -m bench cliffs [--quick] [--only PART ...] [--match TEXT] [--json FILE]``.

A cell is a point of the sweep in one direction.  It is a cliff if our time exceeds the limit of a rule in `rules`.
The output begins with the worst cliffs and ends with their number.
"""

from __future__ import annotations

import argparse
import sys

from pathlib import Path
from typing import Final

import attrs

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from symphony_codecs.benchmark import Environment

from ..figures.commits import commit_or_exit
from ..figures.files import FOLDER
from .builds import TODAY, BuildError, build_named
from .figures import Figures
from .measured import Settings
from .points import FORMATS, Point
from .run import PARTS, run
from .shown import show


__all__ = ["main"]

_SHOWN: Final = 40
_LONG: Final = frozenset({"pairs", "sizes", "domain", "pure", "rows"})


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench cliffs", description="Look for needlessly slow cases.")
    parser.add_argument("--quick", action="store_true", help="one format per point, few rounds: at most 2 minutes")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"parts: {', '.join(PARTS)}")
    parser.add_argument("--match", default="", metavar="TEXT", help="only cells and rows whose title contains TEXT")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS, metavar="FORMAT")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="batches of each contender (default: 5)")
    parser.add_argument("--worst", type=int, default=_SHOWN, metavar="N", help=f"rows to show (default: {_SHOWN})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    parser.add_argument("--show", type=Path, metavar="FILE", help="measure nothing, and show the figures of FILE")
    parser.add_argument(
        "--build",
        choices=("this", "today"),
        default="this",
        help=f"the build to measure: this one, or the baseline of commit {TODAY}, which is made in build/",
    )
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        parser.error(f"expected at least one round, got {given.rounds}")
    is_published = given.json is not None and given.json.resolve().parent == FOLDER
    commit = commit_or_exit(parser) if is_published else None
    if given.show is not None:
        figures = Figures.from_json(given.show.read_text(encoding="utf-8"))
    else:
        settings = Settings(rounds=3, batch_ns=300_000) if given.quick else Settings(rounds=given.rounds)
        parts = given.only or [part for part in PARTS if not given.quick or part not in _LONG]
        try:
            figures = _measured(given, parts, settings, commit)
        except BuildError as exc:
            parser.exit(2, f"{exc}\n")
    if given.json is not None:
        given.json.write_text(figures.to_json(), encoding="utf-8")
    show(figures, Console(width=None if sys.stdout.isatty() else 150, highlight=False), given.worst)


def _measured(given: argparse.Namespace, parts: list[str], settings: Settings, commit: str | None) -> Figures:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    build = build_named(given.build)
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("cliffs", total=None)

        def on_step(done: int, total: int, what: str) -> None:
            progress.update(task, completed=done, total=total, description=what)

        def wanted(point: Point) -> bool:
            return given.match in point.title and point.format in given.formats

        cells, rows = run(parts, settings, build, wanted, match=given.match, quick=given.quick, on_step=on_step)
    environment = Environment.here()
    if commit is not None:
        environment = attrs.evolve(environment, commit=commit)
    if given.build == "today":
        environment = attrs.evolve(environment, commit=TODAY, engine="compiled")
    return Figures(settings=settings, cells=cells, rows=rows, environment=environment)


if __name__ == "__main__":
    main()
