"""
Measure files of records, and write the published figures: ``python -m bench.records.report``.

It writes ``bench/figures/records.json`` and its tables in ``docs/benchmarks.md`` and ``docs/scale.md``.  ``--render``
writes the tables from the committed figures, without measuring.
"""

from __future__ import annotations

import argparse

from pathlib import Path
from typing import Final

from . import __main__ as records
from .figures import LATEST, Figures, filled


__all__ = ["main"]

_PAGES: Final = [Path(__file__).parents[2] / "docs" / name for name in ("benchmarks.md", "scale.md")]


def main(argv: list[str] | None = None) -> None:
    """Measure and write, or write only."""
    parser = argparse.ArgumentParser(prog="python -m bench.records.report", description="Measure files of records.")
    parser.add_argument("--render", action="store_true", help="do not measure; render the committed figures")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="runs of each (default: 5)")
    arguments = parser.parse_args(argv)
    if not arguments.render:
        records.main(["--rounds", str(arguments.rounds), "--json", str(LATEST)])
    figures = Figures.from_json(LATEST.read_text(encoding="utf-8"))
    for page in _PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8"), figures), encoding="utf-8")


if __name__ == "__main__":
    main()
