"""
The program of a process that measures points: ``python -m bench.cliffs.worker``.

It reads a line from standard input, JSON with settings and points, or with the name of a rule.  It answers each point
with a line of cells, and a rule with one of its rows.
"""

from __future__ import annotations

import json
import os
import sys
import warnings

import attrs

from .measured import Settings, measure
from .points import Point
from .rows import measure_row


__all__ = ["main"]


def main() -> None:
    """Measure every point."""
    # What a contender prints must not get between the answers.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    request = json.loads(sys.stdin.readline())
    given = request["settings"]
    settings = Settings(**{**given, "contenders": tuple(given["contenders"])})
    if "rule" in request:
        from .what_must_hold import ROWS

        (rule,) = (rule for rule in ROWS if rule.name == request["rule"])
        out.write(json.dumps([attrs.asdict(row) for row in measure_row(rule, settings.rounds)]) + "\n")
        return
    for point in request["points"]:
        cells = measure(Point(**point), settings)
        out.write(json.dumps([attrs.asdict(cell) for cell in cells]) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
