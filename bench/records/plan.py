"""The programs and loops to run, and the comparison of their figures."""

from __future__ import annotations

import functools

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

from .programs import Program


__all__ = ["Figure", "Input", "Loop", "Plan", "Row"]

Figure: TypeAlias = Literal["wall", "cpu", "peak", "total"]


@attrs.frozen(eq=False, slots=False)
class Input:
    """
    A file that is written when it is needed.

    Args:
        path: The path of the file.
        make: Writes the file, and returns the number of records.
    """

    path: Path
    make: Callable[[Path], int]

    @functools.cached_property
    def count(self) -> int:
        """The number of records; the first access writes the file."""
        return self.make(self.path)


@attrs.frozen(kw_only=True)
class Loop:
    """
    A measurement inside one process, whose figures are named ``<name>: <what>``.

    Args:
        name: The name of the loop.
        arguments: The arguments of `bench.records.loops` after the number of rounds.
        gives: The names of its figures.
    """

    name: str
    arguments: tuple[str, ...]
    gives: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Row:
    """
    A row of the table.

    Args:
        work: The measured work.
        against: The other side of the comparison, in words.
        ours: The name of our program or loop figure.
        theirs: The name of the other program or loop figure.
        limit: The maximum of the ratio; ``None``: the row is only shown.
        figure: The compared figure: ``wall``, from the start to the end of
            a process; ``cpu``, processor time; ``peak``, memory of the
            largest process; ``total``, memory of all processes.
        most: The maximum of our figure itself.
    """

    work: str
    against: str
    ours: str
    theirs: str
    limit: float | None = None
    figure: Figure = "wall"
    most: float | None = None


@attrs.frozen(kw_only=True)
class Plan:
    """
    Rows, and the programs, loops and inputs that they need.

    Args:
        rows: The rows.
        programs: The programs by name, in the order in which they run.
        loops: The loops by name.
        inputs: The input of each program or loop, by its name.
    """

    rows: list[Row] = attrs.field(factory=list)
    programs: dict[str, Program] = attrs.field(factory=dict)
    loops: dict[str, Loop] = attrs.field(factory=dict)
    inputs: dict[str, Input] = attrs.field(factory=dict)

    def needed(self, keep: Callable[[Row], bool]) -> Plan:
        """Return the plan for some of the rows."""
        rows = [row for row in self.rows if keep(row)]
        names = {name for row in rows for name in (row.ours, row.theirs)}
        loops = {name: loop for name, loop in self.loops.items() if names & {f"{name}: {what}" for what in loop.gives}}
        programs = {name: program for name, program in self.programs.items() if name in names}
        inputs: Mapping[str, Input] = {name: self.inputs[name] for name in (*programs, *loops) if name in self.inputs}
        return Plan(rows=rows, programs=programs, loops=loops, inputs=dict(inputs))
