"""
Measure the packages: ``python -m bench [--json FILE] [--rounds N] [--work WORK] [PART ...]``.

Parts are ``import``, ``codecs`` and ``frames``.  Separate programs are:

- ``bench.targets``, which checks the performance targets;
- ``python -m bench cliffs``, which searches types and documents outside the works for slow cases;
- ``python -m bench round-trips`` and ``python -m bench connections``, which measure two processes;
- ``python -m bench records``, which measures files of records;
- ``python -m bench recommend``, which checks that the recommendations of ``symphony recommend`` are the fastest;
- ``bench.instructions``, which counts instructions and so detects small regressions;
- ``bench.report``, which writes the published figures;
- ``bench.soak``, which looks for lost messages and leaks.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys

from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from symphony_codecs.benchmark import Report, Settings
from symphony_codecs.benchmark.table import render

from . import import_time
from .cliffs import __main__ as cliffs
from .connections import __main__ as connections
from .recommend import __main__ as recommend
from .records import __main__ as records
from .round_trips import __main__ as round_trips


_DISTRIBUTIONS: Final = (
    "symphony-types",
    "attrs",
    "cattrs",
    "orjson",
    "msgpack",
    "cbor2",
    "websockets",
    "h11",
    "pyzmq",
    "grpcio",
)
_PARTS: Final = ("import", "codecs", "frames")
_PROGRAMS: Final[Mapping[str, Callable[[list[str]], int | None]]] = {
    "cliffs": cliffs.main,
    "connections": connections.main,
    "recommend": recommend.main,
    "records": records.main,
    "round-trips": round_trips.main,
}
_STREAM_MEGABYTES: Final = 64


def _versions() -> dict[str, str]:
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "cpus": str(os.cpu_count()),
        **{name: metadata.version(name) for name in _DISTRIBUTIONS},
    }


def _import_table(rows: list[dict[str, Any]]) -> Table:
    base = rows[0]["median_ms"]
    table = Table("import", title="Import time, fresh interpreter each", title_justify="left")
    for heading in ("median ms", "min ms", f"vs {rows[0]['what']}"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(row["what"], f"{row['median_ms']:.1f}", f"{row['min_ms']:.1f}", f"{row['median_ms'] / base:.2f}x")
    return table


def _frame_table(rows: list[dict[str, Any]]) -> Table:
    table = Table("work", "by", title="Frames of 500 bytes without I/O, one frame, median", title_justify="left")
    for heading in ("us", "frames/s", "vs first"):
        table.add_column(heading, justify="right")
    previous = None
    for row in rows:
        if previous not in {None, row["work"]}:
            table.add_section()
        shown = row["work"] if row["work"] != previous else ""
        previous = row["work"]
        rate = f"{1e9 / row['ns']:,.0f}"
        table.add_row(shown, row["contender"], f"{row['ns'] / 1e3:.2f}", rate, f"{row['ratio']:.2f}x")
    return table


def _stream_table(rows: list[dict[str, Any]]) -> Table:
    title = f"A stream of {_STREAM_MEGABYTES} MiB, whole and in pieces of {rows[0]['piece']} bytes"
    table = Table("payload", title=title, title_justify="left")
    for heading in ("whole s", "pieces s", "ratio", "ns a piece"):
        table.add_column(heading, justify="right")
    for row in rows:
        figures = (
            f"{row['whole_s']:.2f}",
            f"{row['pieces_s']:.2f}",
            f"{row['ratio']:.1f}x",
            f"{row['ns_per_piece']:.0f}",
        )
        table.add_row(str(row["payload"]), *figures)
    return table


def main() -> None:
    """Measure, print tables, and write the figures to a file if ``--json`` names one."""
    program = _PROGRAMS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if program is not None:
        sys.exit(program(sys.argv[2:]))
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure import time, codecs and frames.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(_PARTS)}; all when left out")
    parser.add_argument(
        "--work", action="append", metavar="WORK", help="measure the codecs on this work only; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="measurements of each (default: 15)")
    arguments = parser.parse_args()
    parts = arguments.parts or _PARTS
    if unknown := sorted(set(parts) - set(_PARTS)):
        parser.error(f"expected {', '.join(_PARTS)}, got {', '.join(unknown)}")
    if arguments.rounds < 1:
        parser.error(f"expected at least one round, got {arguments.rounds}")

    from . import wire

    works = {work.NAME: work for work in wire.WORKS}
    if unknown := sorted(set(arguments.work or ()) - set(works)):
        parser.error(f"expected a work of {', '.join(works)}, got {', '.join(unknown)}")
    chosen = [works[name] for name in arguments.work or works]

    found: list[Report] = []
    report: dict[str, Any] = {"versions": _versions()}
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        if "import" in parts:
            total = len(import_time.STATEMENTS) * (arguments.rounds + 1)
            task = progress.add_task("import time", total=total)
            report["import_time"] = import_time.measure(arguments.rounds, lambda: progress.advance(task))
        if "codecs" in parts:
            task = progress.add_task("codecs", total=None)

            def on_codecs(what: str, done: int, total: int) -> None:
                progress.update(task, description=what, completed=done, total=total)

            found = wire.measure(Settings(rounds=arguments.rounds), chosen, on_codecs)
            report["codecs"] = [json.loads(one.to_json()) for one in found]
        if "frames" in parts:
            from . import frames

            task = progress.add_task("frames", total=len(frames.WORKS) + len(frames.STREAM_PAYLOADS))
            report["frames"] = frames.measure(arguments.rounds, lambda: progress.advance(task))
            report["streams"] = []
            for payload in frames.STREAM_PAYLOADS:
                report["streams"].append(frames.linearity(_STREAM_MEGABYTES, payload))
                progress.advance(task)

    # Keep whole columns in piped output, regardless of the width that rich assumes for a pipe.
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print("  ".join(f"{name} {version}" for name, version in report["versions"].items()), highlight=False)
    if "import_time" in report:
        console.print(_import_table(report["import_time"]))
    if "codecs" in report:
        for one in found:
            console.print(render(one, details=True))
    if "frames" in report:
        console.print(_frame_table(report["frames"]))
        console.print(_stream_table(report["streams"]))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
