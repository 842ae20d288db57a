"""
The program of a process that measures points: ``python -m bench.cliffs.worker``.

It reads a line of settings and points from standard input, both as JSON, and answers each point with a line of cells.
"""

from __future__ import annotations

import json
import os
import sys
import warnings

import attrs

from .measured import Settings, measure
from .points import Point


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
    for point in request["points"]:
        cells = measure(Point(**point), settings)
        out.write(json.dumps([attrs.asdict(cell) for cell in cells]) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
