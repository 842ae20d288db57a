"""
Measure two processes, and write the published figures: ``python -m bench.round_trips.report``.

It writes ``bench/figures/round-trips.json`` and its tables in ``docs/benchmarks.md``.  ``--render`` writes the tables
from the committed figures, without measuring.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from pathlib import Path
from typing import Any, Final

import attrs

from rich.console import Console

from symphony_codecs.benchmark import Environment

from ..cliffs.builds import build_named
from ..cliffs.sweep import Build
from ..connections import __main__ as connections
from ..figures.commits import commit_or_exit
from ..figures.files import write
from . import checks
from .driver import Pin, measured
from .page import FIGURES, PINS_SHOWN, filled
from .table import seats


__all__ = ["main", "measured_figures"]

_PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def measured_figures(rounds: int, count: int, console: Console, commit: str) -> dict[str, Any]:
    """
    Measure all rows, limits and connections.

    Args:
        rounds: The number of turns of each contender.
        count: The number of connections.
        console: Shows the progress.
        commit: The commit of this build.
    """
    today = build_named("today")
    builds = checks.builds_for(today)

    def said(what: str) -> None:
        console.print(f"{dt.datetime.now(dt.UTC):%H:%M:%S} {what}", highlight=False)

    def checked(pin: Pin) -> list[dict[str, Any]]:
        said(f"checks, {pin}")
        chosen, missing = seats(builds, lambda seat: checks.is_needed(seat, pin))
        results = [*measured(chosen, rounds, pin), *checks.of_frames(rounds)]
        return [_shown(each) for each in checks.verdicts(results, pin, missing)]

    said("all rows")
    chosen, missing = seats({"": Build(), checks.TODAY: today}, lambda _: True)
    results = measured(chosen, rounds)
    found = {pin: checked(pin) for pin in PINS_SHOWN}
    said("connections")
    costs = [
        connections.measured(flavour, count, builds[label], label, idle_s=5.0)
        for label in ("", checks.TODAY)
        for flavour in ("blocking", "asyncio")
    ]
    return {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "environment": attrs.asdict(attrs.evolve(Environment.here(), commit=commit)),
        "rounds": rounds,
        "missing": missing,
        "results": [attrs.asdict(each) for each in results],
        "checks": found,
        "connections": [attrs.asdict(cost) for cost in costs],
    }


def _shown(verdict: checks.Verdict) -> dict[str, Any]:
    found = attrs.asdict(verdict)
    # The page has a table for each pin.
    del found["check"]["pins"]
    return {**found, "met": verdict.met}


def main() -> None:
    """Measure and write, or write only."""
    parser = argparse.ArgumentParser(prog="python -m bench.round_trips.report", description="Measure two processes.")
    parser.add_argument("--render", action="store_true", help="do not measure; render the committed figures")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="turns of each (default: 15)")
    arguments = parser.parse_args()
    if not arguments.render:
        if arguments.rounds < 1:
            parser.error(f"expected at least one round, got {arguments.rounds}")
        commit = commit_or_exit(parser)
        write(FIGURES, measured_figures(arguments.rounds, 1000, Console(file=sys.stderr), commit))
    _PAGE.write_text(filled(_PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
