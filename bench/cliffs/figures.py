"""The figures of a sweep as JSON, a cell in each line, so that a difference of two files can be read."""

from __future__ import annotations

import json

from collections.abc import Iterable, Sequence
from typing import Any, Self

import attrs

from symphony_codecs.benchmark import Environment

from .measured import Cell, Settings
from .points import Point
from .rows import Row


__all__ = ["Figures"]


@attrs.frozen(kw_only=True)
class Figures:
    """
    What a sweep has found.

    Args:
        settings: How it was measured.
        cells: The cells.
        rows: The rows that are of no cell.
        environment: Where it was measured, and of which commit.
    """

    settings: Settings
    cells: Sequence[Cell]
    rows: Sequence[Row] = ()
    environment: Environment = attrs.field(factory=Environment.here)

    def to_json(self) -> str:
        """Return all of it, with three significant digits."""
        head = {"environment": attrs.asdict(self.environment), "settings": attrs.asdict(self.settings)}
        cells, rows = map(_cell_row, self.cells), map(_row, self.rows)
        return f'{json.dumps(head)[:-1]}, "cells": [\n{_lines(cells)}\n], "rows": [\n{_lines(rows)}\n]}}\n'

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `to_json` has written."""
        found = json.loads(text)
        settings = {**found["settings"], "contenders": tuple(found["settings"]["contenders"])}
        return cls(
            settings=Settings(**settings),
            cells=[Cell(**{**cell, "point": Point(**cell["point"])}) for cell in found["cells"]],
            rows=[Row(**row) for row in found["rows"]],
            environment=Environment(**found["environment"]),
        )


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    return ",\n".join(map(json.dumps, rows))


def _cell_row(cell: Cell) -> dict[str, Any]:
    # What is as usual is left out: lines are to be read.
    usual = attrs.asdict(Cell(point=Point(), direction=""))
    given = {key: value for key, value in attrs.asdict(cell).items() if value != usual[key] or key == "point"}
    given["point"] = {key: value for key, value in given["point"].items() if value != usual["point"][key]}
    if "times" in given:
        given["times"] = {name: _rounded(value) for name, value in cell.times.items()}
    return given


def _row(row: Row) -> dict[str, Any]:
    return {**attrs.asdict(row), "ratio": _rounded(row.ratio)}


def _rounded(value: float) -> float:
    found = float(f"{value:.3g}")
    return int(found) if found.is_integer() else found
