"""The figures of a sweep as JSON, a cell in each line, so that a difference of two files can be read."""

from __future__ import annotations

import json

from collections.abc import Iterable, Mapping, Sequence
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
        # The same few reasons stand in thousands of cells, each as its place in this list.
        reasons = list(dict.fromkeys(reason for cell in self.cells for reason in cell.left_out.values()))
        head = {
            "environment": attrs.asdict(self.environment),
            "settings": attrs.asdict(self.settings),
            "reasons": reasons,
        }
        places = {reason: place for place, reason in enumerate(reasons)}
        cells, rows = (_cell_row(cell, places) for cell in self.cells), map(_row, self.rows)
        return f'{json.dumps(head)[:-1]}, "cells": [\n{_lines(cells)}\n], "rows": [\n{_lines(rows)}\n]}}\n'

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `to_json` has written."""
        found = json.loads(text)
        settings = {**found["settings"], "contenders": tuple(found["settings"]["contenders"])}
        return cls(
            settings=Settings(**settings),
            cells=[_cell(row, found["reasons"]) for row in found["cells"]],
            rows=[Row(**row) for row in found["rows"]],
            environment=Environment(**found["environment"]),
        )


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    return ",\n".join(map(json.dumps, rows))


def _cell(row: dict[str, Any], reasons: Sequence[str]) -> Cell:
    left_out = {name: reasons[place] for name, place in row.get("left_out", {}).items()}
    return Cell(**{**row, "point": Point(**row["point"]), "left_out": left_out})


def _cell_row(cell: Cell, places: Mapping[str, int]) -> dict[str, Any]:
    # What is as usual is left out: lines are to be read.
    usual = attrs.asdict(Cell(point=Point(), direction=""))
    given = {key: value for key, value in attrs.asdict(cell).items() if value != usual[key] or key == "point"}
    given["point"] = {key: value for key, value in given["point"].items() if value != usual["point"][key]}
    if "times" in given:
        given["times"] = {name: _rounded(value) for name, value in cell.times.items()}
    if "left_out" in given:
        given["left_out"] = {name: places[reason] for name, reason in cell.left_out.items()}
    return given


def _row(row: Row) -> dict[str, Any]:
    return {**attrs.asdict(row), "ratio": _rounded(row.ratio)}


def _rounded(value: float) -> float:
    found = float(f"{value:.3g}")
    return int(found) if found.is_integer() else found
