"""Commands in processes of their own, and their cost."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from ..cliffs.sweep import Build
from .outputs import records_of


__all__ = ["Cost", "Program", "ProgramError", "check_output", "median_cost", "run"]

_LAUNCH: Final = Path(__file__).with_name("launch.py")
_ROOT: Final = Path(__file__).parents[2]
_SECONDS: Final = 1800


class ProgramError(Exception):
    """A command failed; the message gives the reason."""


@attrs.frozen(kw_only=True)
class Program:
    """
    A command, and the files that it reads and writes.

    Args:
        name: The name in tables.
        arguments: The arguments of the interpreter, ``-m`` and so on.
        output: The file that it writes, which is removed before it runs.
        capture: Whether *output* receives its standard output.
        status: The expected exit code.
        build: The build whose interpreter runs it.
        kept: Returns the expected number of records in its output, given the number in its input; ``None``: the output
            is not a file of records.
    """

    name: str
    arguments: Sequence[str]
    output: Path | None = None
    capture: bool = False
    status: int = 0
    build: Build = attrs.field(factory=Build)
    kept: Callable[[int], int] | None = attrs.field(default=None, eq=False)


@attrs.frozen(kw_only=True)
class Cost:
    """
    The cost of a run.

    Args:
        wall: The time from start to end, in seconds.
        cpu: The processor time of the process and its children, in seconds.
        peak: The peak memory of the largest process, in bytes.
        total: The peak memory of all processes together, in bytes; 0 if unknown.
    """

    wall: float
    cpu: float
    peak: float = 0
    total: float = 0


def run(program: Program) -> Cost:
    """
    Run a command.

    Raises:
        ProgramError: The exit code is not the expected one.
    """
    output = program.output
    if output is not None:
        _remove(output)
    # The baseline build has a folder with a link to this package.
    path = os.pathsep.join(program.build.path if program.build.is_today else (os.fspath(_ROOT), *program.build.path))
    environ = {**os.environ, "PYTHONPATH": path, **program.build.environ}
    command = [sys.executable, "-I", "-S", os.fspath(_LAUNCH), program.build.python, "-P", *program.arguments]
    target: Any = subprocess.DEVNULL if output is None or not program.capture else output.open("wb")
    try:
        done = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    finally:
        if program.capture and output is not None:
            target.close()
    *said, last = done.stderr.splitlines() or [""]
    if done.returncode:
        raise ProgramError(f"{program.name}: {last or done.returncode}")
    found = json.loads(last)
    if found["status"] != program.status:
        raise ProgramError(f"{program.name}: exit code {found['status']}: {' '.join(said[-3:])[-400:]}")
    return Cost(wall=found["wall"], cpu=found["cpu"], peak=found["peak"], total=found["all"])


def check_output(program: Program, count: int) -> None:
    """
    Check the number of records that a command has written.

    Args:
        program: The command.
        count: The number of records in its input.

    Raises:
        ProgramError: The number is not the expected one.
    """
    if program.kept is None or program.output is None:
        return
    expected, found = program.kept(count), records_of(program.output) if program.output.exists() else 0
    if found != expected:
        raise ProgramError(f"{program.name}: expected {expected} records, got {found}")


def _remove(path: Path) -> None:
    """Remove a file, and files that a command left beside it."""
    for each in (path, *path.parent.glob(f"{path.name}.*"), *path.parent.glob(f".{path.name}*")):
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    rows = [attrs.astuple(cost) for cost in costs]
    wall, cpu, peak, total = (statistics.median(row[place] for row in rows) for place in range(4))
    return Cost(wall=wall, cpu=cpu, peak=peak, total=total)
