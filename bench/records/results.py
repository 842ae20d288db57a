"""Run a plan, contenders in turn, and judge its rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from .plan import Loop, Plan, Row
from .programs import Cost, ProgramError, check_output, median_cost, run


__all__ = ["Costs", "Verdict", "measured", "verdicts"]

_ROOT: Final = Path(__file__).parents[2]

Costs: TypeAlias = Mapping[str, Cost | str]
"""Costs by the name of a program or of a loop's figure; a text gives the reason why there is no cost."""


@attrs.frozen(kw_only=True)
class Verdict:
    """
    The result of a row.

    Args:
        row: The row.
        ours: Our figure, in seconds or bytes; ``None``: the run failed.
        theirs: The other figure.
        cpu_ratio: The ratio of processor times, which other load affects
            less; for information only.
        error: The reason why a figure is missing.
    """

    row: Row
    ours: float | None = None
    theirs: float | None = None
    cpu_ratio: float | None = None
    error: str | None = None

    @property
    def ratio(self) -> float | None:
        """The ratio of our figure to the other."""
        return None if self.ours is None or not self.theirs else self.ours / self.theirs

    @property
    def met(self) -> bool:
        """Whether the ratio and our figure are within their limits."""
        ratio, row = self.ratio, self.row
        if ratio is None or self.ours is None:
            return False
        return (row.limit is None or ratio <= row.limit) and (row.most is None or self.ours <= row.most)

    @property
    def missed(self) -> bool:
        """Whether there is a limit and it is exceeded."""
        return self.row.limit is not None and not self.met


def measured(plan: Plan, rounds: int, on_step: Callable[[str], Any] = lambda _: None) -> dict[str, Cost | str]:
    """
    Return the cost of everything in a plan: medians of *rounds* runs, taken in turn.

    Args:
        plan: The plan.
        rounds: The number of runs.
        on_step: Called with the name of the next program or loop.
    """
    found: dict[str, list[Cost]] = {name: [] for name in plan.programs}
    errors: dict[str, str] = {}
    for source in dict.fromkeys(plan.inputs.values()):
        on_step(source.path.name)
        _ = source.count
    for number in range(rounds):
        for name, program in plan.programs.items():
            if name in errors:
                continue
            on_step(name)
            try:
                found[name].append(run(program))
                if not number:
                    check_output(program, plan.inputs[name].count)
            except ProgramError as error:
                errors[name] = str(error)
    costs: dict[str, Cost | str] = {
        name: errors[name] if name in errors else median_cost(runs) for name, runs in found.items()
    }
    for name, loop in plan.loops.items():
        on_step(name)
        costs |= _in_one_process(loop, rounds)
    return costs


def _in_one_process(loop: Loop, rounds: int) -> dict[str, Cost | str]:
    command = [sys.executable, "-m", "bench.records.loops", str(max(rounds, 5)), *loop.arguments]
    path = os.pathsep.join((os.fspath(_ROOT), *filter(None, sys.path)))
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.splitlines() or [""])[-1]
        return {f"{loop.name}: {what}": f"{loop.name}: {last or done.returncode}" for what in loop.gives}
    found: dict[str, float] = json.loads(done.stdout)
    return {f"{loop.name}: {what}": Cost(wall=took, cpu=took) for what, took in found.items()}


def verdicts(plan: Plan, costs: Costs) -> Iterator[Verdict]:
    """Yield the verdict on each row."""
    for row in plan.rows:
        ours, theirs = (costs.get(name, f"{name}: it did not run") for name in (row.ours, row.theirs))
        if isinstance(ours, str) or isinstance(theirs, str):
            yield Verdict(row=row, error=ours if isinstance(ours, str) else str(theirs))
            continue
        mine, other = getattr(ours, row.figure), getattr(theirs, row.figure)
        has_cpu = row.figure in {"wall", "cpu"} and theirs.cpu
        yield Verdict(row=row, ours=mine, theirs=other, cpu_ratio=ours.cpu / theirs.cpu if has_cpu else None)
