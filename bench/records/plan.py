"""What is run, and which figures of it are compared."""

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
    A file that is written once it is needed.

    Args:
        path: Where it is.
        make: Writes it, and returns how many records it has.
    """

    path: Path
    make: Callable[[Path], int]

    @functools.cached_property
    def count(self) -> int:
        """How many records it has; makes it the first time."""
        return self.make(self.path)


@attrs.frozen(kw_only=True)
class Loop:
    """
    Work inside one process, whose figures are named ``<name>: <what>``.

    Args:
        name: What it goes by.
        arguments: Of `bench.records.loops`, behind the number of rounds.
        gives: What it measures.
    """

    name: str
    arguments: tuple[str, ...]
    gives: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Row:
    """
    A row of the table.

    Args:
        work: What is done.
        against: What it is compared with, in words.
        ours: Whose figure.
        theirs: The other one's.
        limit: The most that the ratio may be; ``None``: it is only shown.
        figure: Which one: ``wall``, from the start to the end of a process;
            ``cpu``, processor time; ``peak``, memory of the largest process;
            ``total``, of all processes.
        most: The most that our figure itself may be.
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
    Rows, and what has to run for them.

    Args:
        rows: The rows.
        programs: By name; they run in this order.
        loops: By name.
        inputs: What a program or loop reads, by its name.
    """

    rows: list[Row] = attrs.field(factory=list)
    programs: dict[str, Program] = attrs.field(factory=dict)
    loops: dict[str, Loop] = attrs.field(factory=dict)
    inputs: dict[str, Input] = attrs.field(factory=dict)

    def needed(self, keep: Callable[[Row], bool]) -> Plan:
        """Return what there is for some of the rows."""
        rows = [row for row in self.rows if keep(row)]
        names = {name for row in rows for name in (row.ours, row.theirs)}
        loops = {name: loop for name, loop in self.loops.items() if names & {f"{name}: {what}" for what in loop.gives}}
        programs = {name: program for name, program in self.programs.items() if name in names}
        inputs: Mapping[str, Input] = {name: self.inputs[name] for name in (*programs, *loops) if name in self.inputs}
        return Plan(rows=rows, programs=programs, loops=loops, inputs=dict(inputs))
