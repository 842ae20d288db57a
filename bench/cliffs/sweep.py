"""Measure points in processes of their own, a few hundred in each, so that one that crashes takes nothing along."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from .measured import OURS, Cell, Settings
from .points import Point


__all__ = ["Build", "sweep"]

_POINTS_OF_A_PROCESS: Final = 100


@attrs.frozen(kw_only=True)
class Build:
    """
    The interpreter that measures, and so the build of this project that is measured.

    Args:
        python: The interpreter.
        path: Where it finds this package, and, unless it has them itself, those that are measured.
        environ: Variables that it gets.
    """

    python: str = sys.executable
    path: tuple[str, ...] = tuple(filter(None, sys.path))
    environ: Mapping[str, str] = attrs.field(factory=dict)


def sweep(
    points: Iterable[Point],
    settings: Settings,
    build: Build = Build(),
    on_point: Callable[[Point], Any] = lambda _: None,
) -> Iterator[Cell]:
    """Yield the cells of all points."""
    waiting = list(points)
    while waiting:
        some, waiting = waiting[:_POINTS_OF_A_PROCESS], waiting[_POINTS_OF_A_PROCESS:]
        while some:
            done = 0
            for cells in _measured(some, settings, build):
                on_point(some[done])
                done += 1
                yield from cells
            if done < len(some):
                yield Cell(point=some[done], direction="decode", left_out={OURS: "its process died"})
                done += 1
            some = some[done:]


def _measured(points: Sequence[Point], settings: Settings, build: Build) -> Iterator[list[Cell]]:
    process = subprocess.Popen(
        [build.python, "-P", "-m", "bench.cliffs.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(build.path), **build.environ},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        request = {"settings": attrs.asdict(settings), "points": [attrs.asdict(point) for point in points]}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.close()
        for line in process.stdout:
            yield [Cell(**{**cell, "point": Point(**cell["point"])}) for cell in json.loads(line)]
