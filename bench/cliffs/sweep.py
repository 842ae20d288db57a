"""Measure points in separate processes, a few hundred in each, so that a crash loses only one point."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from .measured import OURS, Cell, Settings
from .points import Point
from .rows import Row


__all__ = ["Build", "SweepError", "measured_rows", "sweep"]

_POINTS_OF_A_PROCESS: Final = 100


@attrs.frozen(kw_only=True)
class Build:
    """
    An interpreter, which determines the measured build of this project.

    Args:
        python: The interpreter.
        path: Folders with this package and, unless they are installed there, the measured packages.
        environ: Additional environment variables.
        is_today: Whether it is the baseline build.
    """

    python: str = sys.executable
    path: tuple[str, ...] = tuple(filter(None, sys.path))
    environ: Mapping[str, str] = attrs.field(factory=dict)
    is_today: bool = False


class SweepError(Exception):
    """A measurement failed; the message says which."""


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


def measured_rows(rule: str, settings: Settings, build: Build) -> list[Row]:
    """
    Return the rows of a rule, measured in a process of its own.

    Raises:
        SweepError: The process died.
    """
    for rows in _answers({"rule": rule, "settings": attrs.asdict(settings)}, build):
        return [Row(**row) for row in rows]
    raise SweepError(f"the process that measured {rule!r} died")


def _measured(points: Sequence[Point], settings: Settings, build: Build) -> Iterator[list[Cell]]:
    request = {"settings": attrs.asdict(settings), "points": [attrs.asdict(point) for point in points]}
    for cells in _answers(request, build):
        yield [Cell(**{**cell, "point": Point(**cell["point"])}) for cell in cells]


def _answers(request: Mapping[str, Any], build: Build) -> Iterator[Any]:
    process = subprocess.Popen(
        [build.python, "-P", "-m", f"{__package__}.worker"],
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
        # The process may have died already; then there are no answers.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.close()
        yield from map(json.loads, process.stdout)
