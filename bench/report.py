"""
Measure the codecs and imports, and write the published figures: ``python -m bench.report``.

It writes ``bench/figures/codecs.json``, the plots in ``docs/benchmarks/``, and the tables in ``docs/benchmarks.md``.
``--render`` writes plots and tables from the committed figures, without measuring.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from symphony_codecs.benchmark import Settings

from . import import_time, plots, targets, wire
from .figures.codecs import CODECS, Figures
from .figures.commits import commit_or_exit
from .pages import filled


__all__ = ["measured", "render"]

_DOCS: Final = Path(__file__).parent.parent / "docs"
_ROUNDS: Final = 11


def measured(rounds: int, on_step: Callable[[str, int, int], Any]) -> Figures:
    """Measure all works, their targets, and import times."""
    settings = Settings(rounds=rounds)
    reports = wire.measure(settings, on_step=on_step)
    found = [one for report in reports for one in targets.verdicts(report.what, report.rows)]
    found += targets.besides(settings, on_step)
    on_step("import time", 0, 1)
    imports = import_time.measure(rounds)
    return Figures(reports=tuple(reports), targets=tuple(found), import_time=tuple(imports))


def render(figures: Figures, docs: Path = _DOCS) -> None:
    """Write plots and tables."""
    plots.draw(figures, docs / "benchmarks")
    page = docs / "benchmarks.md"
    page.write_text(filled(page.read_text(encoding="utf-8"), figures), encoding="utf-8")


def main() -> None:
    """Measure and write, or write only."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.report", description="Measure, and write the published figures."
    )
    parser.add_argument("--render", action="store_true", help="do not measure; render the committed figures")
    parser.add_argument(
        "--rounds", type=int, default=_ROUNDS, metavar="N", help=f"batches of each (default: {_ROUNDS})"
    )
    arguments = parser.parse_args()
    if not arguments.render:
        if arguments.rounds < 1:
            parser.error(f"expected at least one round, got {arguments.rounds}")
        commit = commit_or_exit(parser)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        console = Console(stderr=True)
        with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task("", total=None)
            begun: set[str] = set()

            def on_step(what: str, done: int, total: int) -> None:
                progress.update(task, description=what, completed=done, total=total)
                part = what.partition(":")[0]
                if part not in begun:
                    # One line per step, so that a log shows progress and which step took long.
                    begun.add(part)
                    console.print(f"{dt.datetime.now(dt.UTC):%H:%M:%S} {part}", highlight=False)

            found = measured(arguments.rounds, on_step)
        CODECS.write_text(found.of_commit(commit).to_json(), encoding="utf-8")
    render(Figures.from_json(CODECS.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
