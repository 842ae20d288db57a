"""
The program of a process that measures points: ``python -m bench.cliffs.worker``.

It reads one line from standard input, JSON with settings and either points or the name of a rule.  It prints a line of
cells for each point, or one line of rows for the rule.
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
    # Keep output of contenders from mixing with the answers.
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
