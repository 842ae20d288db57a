"""
Measure two processes: ``python -m bench round-trips [--check] [--pin PIN] [--work WORK] [--only TEXT]``.

The package describes the measurements.  With ``--check`` only compared contenders and the baseline build run, which is
built the first time; the exit code is 1 if a limit is exceeded.
"""

from __future__ import annotations

import argparse
import json
import sys

from collections.abc import Sequence
from pathlib import Path

import attrs

from rich.console import Console
from rich.progress import Progress

from symphony_codecs.benchmark import Environment

from ..cliffs.builds import BuildError, build_named
from ..cliffs.sweep import Build
from . import checks
from .contender import WORKS
from .driver import PINS, Pin, Seat, measured
from .shown import table, verdict_table
from .table import seats


__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench round-trips", description="Measure round trips.")
    parser.add_argument("--check", action="store_true", help="check the limits; exit code 1 if one is exceeded")
    parser.add_argument("--pin", choices=PINS, default="same", help="processors of the two ends (default: same)")
    parser.add_argument("--work", action="append", choices=list(WORKS), help="measure this work; may be repeated")
    parser.add_argument(
        "--only", action="append", metavar="TEXT", help="only rows whose name contains TEXT; may be repeated"
    )
    parser.add_argument("--pure", action="store_true", help="also measure without the compiled engine")
    parser.add_argument("--today", action="store_true", help="also measure the baseline build")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="turns of each (default: 15)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    arguments = parser.parse_args(argv)
    if arguments.rounds < 1:
        parser.error(f"expected at least one round, got {arguments.rounds}")
    try:
        builds = _builds(arguments)
    except BuildError as error:
        parser.error(str(error))
    pin: Pin = arguments.pin

    def wanted(seat: Seat) -> bool:
        if arguments.work and seat.work.name not in arguments.work:
            return False
        if arguments.only and not any(text in seat.name for text in arguments.only):
            return False
        return not arguments.check or checks.is_needed(seat, pin)

    chosen, missing = seats(builds, wanted)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        works = {seat.work for seat in chosen}
        task = progress.add_task("round trips", total=len(works) * (arguments.rounds + 1))
        results = measured(chosen, arguments.rounds, pin, lambda: progress.advance(task))
    found: list[checks.Verdict] = []
    if arguments.check:
        if not arguments.work:
            results += checks.of_frames(arguments.rounds)
        asked = {*(arguments.work or [*WORKS, checks.FRAMES])}
        found += (each for each in checks.verdicts(results, pin, missing) if each.check.work in asked)
    if arguments.json is not None:
        document = {
            "environment": attrs.asdict(Environment.here()),
            "pin": pin,
            "rounds": arguments.rounds,
            "missing": missing,
            "results": [attrs.asdict(each) for each in results],
            "checks": [{**attrs.asdict(each), "met": each.met} for each in found],
        }
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    console = Console(width=None if sys.stdout.isatty() else 150)
    for each in table(results, pin):
        console.print(each)
    for row in results:
        if row.error is not None:
            console.print(f"failed: {row.contender}, {row.work}: {row.error}", markup=False, highlight=False)
    for line in missing:
        console.print(f"not measured: {line}", markup=False, highlight=False)
    if not arguments.check:
        return 0
    console.print(verdict_table(found, pin))
    for line in dict.fromkeys(each.error for each in found if each.error is not None):
        console.print(f"no figure: {line}", markup=False, highlight=False)
    missed = sum(each.missed for each in found)
    console.print(f"{sum(each.met for each in found)} hold, {missed} do not", highlight=False)
    return int(bool(missed))


def _builds(arguments: argparse.Namespace) -> dict[str, Build]:
    if not (arguments.check or arguments.pure or arguments.today):
        return {"": Build()}
    needs_today = arguments.check or arguments.today
    every = checks.builds_for(build_named("today") if needs_today else Build())
    if arguments.check:
        return every
    return {
        label: build
        for label, build in every.items()
        if (arguments.pure or checks.PURE not in label) and (arguments.today or checks.TODAY not in label)
    }


if __name__ == "__main__":
    sys.exit(main())
