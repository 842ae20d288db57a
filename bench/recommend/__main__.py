"""
Check that recommendations are the fastest: ``python -m bench recommend [--rounds N] [--check] [--json FILE]``.

Messages that are mostly text, numbers or ids go through a socket of three speeds to another process, in every codec
with every compression.  Before that ``measure_type`` measures them without a socket, and its report yields a
recommendation for each speed.  With ``--check`` the exit code is 1 if another choice is faster by more than 5 %.
"""

from __future__ import annotations

import argparse
import json
import random
import sys

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Report, Settings
from symphony_codecs.benchmark.run import measure_type
from symphony_codecs.benchmark.shown import duration_text, environment_text, line_text
from symphony_codecs.recommend import Link, recommend
from symphony_codecs.recommend.choice import MARGIN
from symphony_types import TransportType

from .contenders import FORMATS, contenders
from .exchange import Exchange, exchanged, reader
from .messages import MAKERS


__all__ = ["Finding", "main", "misses"]

_SPEEDS: Final = (10e6, 100e6, 1e9)
_SEED: Final = 7
_SENT: Final = 9


@attrs.frozen(kw_only=True)
class Finding:
    """
    The result for one type at one speed.

    Args:
        work: The name of the type.
        speed: The speed of the line, in bits per second.
        choice: The recommendation.
        expected: The time for a message according to the model, in seconds.
        exchanges: The measurements, the fastest first.
    """

    work: str
    speed: float
    choice: str
    expected: float
    exchanges: tuple[Exchange, ...]

    @property
    def measured(self) -> float:
        """The measured time for a message with the recommendation, in seconds."""
        return next(one.seconds for one in self.exchanges if one.contender == self.choice)

    @property
    def loss(self) -> float:
        """The additional time of the recommendation, as a fraction of the shortest time."""
        return self.measured / self.exchanges[0].seconds - 1


def misses(found: Sequence[Finding]) -> Iterator[str]:
    """Yield a line for each recommendation that another choice beats by more than the margin."""
    for one in found:
        if one.loss > MARGIN:
            yield (
                f"{one.work} at {line_text(one.speed)}: {one.choice} takes {one.loss:.1%} longer than "
                f"{one.exchanges[0].contender}, at most {MARGIN:.0%}"
            )


def measured(work: str, rounds: int, on_step: Callable[[], Any]) -> tuple[Report, list[Finding]]:
    """Return the report on a type without a socket, and the results over the socket at each speed."""
    as_type, make = MAKERS[work]
    values = make(random.Random(_SEED))  # noqa: S311 - data, not secrets
    report = measure_type(
        as_type,
        values,
        codecs=[("symphony", get_codec(name)) for name in FORMATS],
        peers=(),
        frames=False,
        settings=Settings(rounds=rounds, first_calls=0, memory=False, tasks=("encode_stream", "decode_stream")),
        source=f"made with seed {_SEED}",
    )
    links = [
        Link(transport=TransportType.TCP, bandwidth=speed, latency=0.0, readers=("same-release",)) for speed in _SPEEDS
    ]
    found = []
    with reader(work) as connection:
        for link, recommended in zip(links, recommend(report, links), strict=True):
            ways = exchanged(connection, contenders(as_type), values[:_SENT], link.bandwidth, rounds, on_step)
            assert recommended.choice is not None
            found.append(
                Finding(
                    work=work,
                    speed=link.bandwidth,
                    choice=recommended.choice.name,
                    expected=recommended.choice.seconds,
                    exchanges=tuple(sorted(ways, key=lambda one: one.seconds)),
                )
            )
    return report, found


def _table(found: Sequence[Finding], rounds: int) -> Table:
    ways = len(found[0].exchanges)
    title = f"One message, encoded, sent and decoded; {rounds} rounds of all {ways} ways in turn, their 25th percentile"
    table = Table("type", title=title, title_justify="left")
    for heading in ("speed", "recommended", "by the model", "measured", "fastest measured", "slower by", "slowest"):
        table.add_column(heading, justify="left" if heading in {"recommended", "fastest measured"} else "right")
    for one in found:
        table.add_row(
            one.work,
            line_text(one.speed),
            one.choice,
            duration_text(one.expected, "s"),
            duration_text(one.measured, "s"),
            one.exchanges[0].contender,
            f"{one.loss:.1%}",
            f"{one.exchanges[-1].seconds / one.exchanges[0].seconds:.1f}x",
            end_section=one.speed == _SPEEDS[-1],
        )
    return table


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench recommend", description="Check recommendations.")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="measurements of each (default: 15)")
    parser.add_argument("--check", action="store_true", help="exit code 1 if a recommendation is not the fastest")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    arguments = parser.parse_args(argv)
    if arguments.rounds < 1:
        parser.error(f"expected at least one round, got {arguments.rounds}")
    found: list[Finding] = []
    reports: list[Report] = []
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("recommend", total=len(MAKERS) * len(_SPEEDS) * (arguments.rounds + 1))
        for work in MAKERS:
            report, findings = measured(work, arguments.rounds, lambda: progress.advance(task))
            reports.append(report)
            found += findings
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    console.print(environment_text(reports[0]))
    console.print(_table(found, arguments.rounds))
    if arguments.json is not None:
        document = {
            "reports": [json.loads(report.to_json()) for report in reports],
            "findings": [attrs.asdict(one) for one in found],
        }
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    missed = [*misses(found)]
    for line in missed:
        console.print(line)
    return int(arguments.check and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
