"""The figures of a sweep as JSON, a cell in each line, so that a difference of two files can be read."""

from __future__ import annotations

import json

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from symphony_codecs.benchmark import Environment

from .measured import Cell, Settings
from .points import Point


__all__ = ["read", "written"]


def written(cells: Sequence[Cell], settings: Settings) -> str:
    """Return cells as JSON, with three significant digits."""
    head = {"environment": attrs.asdict(Environment.here()), "rounds": settings.rounds}
    lines = [json.dumps(head)[:-1] + ', "cells": [']
    lines += [json.dumps(_row(cell)) + ("," if number < len(cells) - 1 else "") for number, cell in enumerate(cells)]
    return "\n".join([*lines, "]}", ""])


def read(text: str) -> list[Cell]:
    """Return the cells in what `written` has made."""
    return [Cell(**{**cell, "point": Point(**cell["point"])}) for cell in json.loads(text)["cells"]]


def _row(cell: Cell) -> dict[str, Any]:
    point: dict[str, Any] = {"format": cell.point.format, **cell.point.changes}
    if cell.point.records != Point().records:
        point["records"] = cell.point.records
    row = {"point": point, "direction": cell.direction, "verdict": cell.verdict, "calls": cell.calls, "size": cell.size}
    return {**row, "times": _rounded(cell.times.items()), "left_out": dict(cell.left_out)}


def _rounded(times: Iterable[tuple[str, float]]) -> dict[str, float]:
    return {name: float(f"{value:.3g}") for name, value in times}
