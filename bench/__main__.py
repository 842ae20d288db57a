"""Print what the packages cost: ``python -m bench [--json FILE] [--rounds N] [import codecs]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys

from importlib import metadata
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from . import import_time


_DISTRIBUTIONS: Final = ("symphony-types", "attrs", "cattrs", "orjson", "msgpack", "cbor2")


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


def _codec_table(rows: list[dict[str, Any]]) -> Table:
    table = Table("value", "codec", "by", title="Codecs, one call, median", title_justify="left")
    for heading in ("bytes", "encode us", "decode us"):
        table.add_column(heading, justify="right")
    previous = None
    for row in rows:
        if previous not in (None, row["value"]):
            table.add_section()
        shown = row["value"] if row["value"] != previous else ""
        previous = row["value"]
        if row["error"]:
            table.add_row(shown, row["codec"], row["kind"], "-", "failed", "-")
        else:
            table.add_row(
                shown,
                row["codec"],
                row["kind"],
                str(row["bytes"]),
                f"{row['encode_ns'] / 1e3:.2f}",
                f"{row['decode_ns'] / 1e3:.2f}",
            )
    return table


def main() -> None:
    """Measure, print tables, and write the figures to a file if asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure import time and codecs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help="import, codecs; both when left out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="measurements of each (default: 15)")
    arguments = parser.parse_args()
    parts = arguments.parts or ["import", "codecs"]
    if unknown := sorted(set(parts) - {"import", "codecs"}):
        parser.error(f"expected import or codecs, got {', '.join(unknown)}")
    if arguments.rounds < 1:
        parser.error(f"expected at least one round, got {arguments.rounds}")

    report: dict[str, Any] = {"versions": _versions()}
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        if "import" in parts:
            total = len(import_time.STATEMENTS) * (arguments.rounds + 1)
            task = progress.add_task("import time", total=total)
            report["import_time"] = import_time.measure(arguments.rounds, lambda: progress.advance(task))
        if "codecs" in parts:
            from . import wire

            task = progress.add_task("codecs", total=len(wire.SAMPLES))
            report["codecs"] = wire.measure(arguments.rounds, lambda: progress.advance(task))

    # Piped output keeps whole columns, whatever rich takes for the width of a pipe.
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print("  ".join(f"{name} {version}" for name, version in report["versions"].items()), highlight=False)
    if "import_time" in report:
        console.print(_import_table(report["import_time"]))
    if "codecs" in report:
        console.print(_codec_table(report["codecs"]))
        for row in report["codecs"]:
            if row["error"]:
                console.print(
                    f"failed: {row['value']}, {row['codec']} by {row['kind']}: {row['error']}", highlight=False
                )
        console.print(
            "floor: the wire library alone on builtins, no types and no checks. "
            "symphony and cattrs: from and to the domain classes.",
            highlight=False,
        )
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
