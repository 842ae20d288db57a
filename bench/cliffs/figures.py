"""The figures of a sweep as JSON, one point per line, so that a diff of two files is readable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Self

import attrs

from symphony_codecs.benchmark import Environment

from ..figures.files import build, dumps, loads, rounded
from .measured import DETAILED, GOOD, OURS, Cell, Settings
from .points import Point
from .rows import Row


__all__ = ["Figures"]

# In the order of the columns.
_TIMES: Final = (OURS, "cattrs", "msgspec", "bare", DETAILED, GOOD)
_REASON: Final = "left_out"
_DIRECTIONS: Final = ("encode", "decode")
_SEPARATOR: Final = "; "
# Times are kept in microseconds.
_UNIT: Final = 1000


@attrs.frozen(kw_only=True)
class Figures:
    """
    The results of a sweep.

    Args:
        settings: The settings of the sweep.
        cells: Its cells.
        rows: Its rows that belong to no cell.
        environment: The machine, the versions and the commit.
    """

    settings: Settings
    cells: Sequence[Cell]
    rows: Sequence[Row] = ()
    environment: Environment = attrs.field(factory=Environment.here)

    def to_json(self) -> str:
        """Return the figures as JSON; of the reasons for missing times it contains only ours."""
        rows: list[dict[str, Any]] = []
        for cell in self.cells:
            row = _row_of(cell)
            # Both directions of a point share a row.
            if rows and cell.direction == "decode" and "decode" not in rows[-1] and _place(rows[-1]) == _place(row):
                rows[-1] |= row
            else:
                rows.append(row)
        return dumps(
            {
                "environment": attrs.asdict(self.environment),
                "settings": attrs.asdict(self.settings),
                "cells": rows,
                "rows": [attrs.asdict(row) for row in self.rows],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the figures that `to_json` wrote."""
        found = loads(text)
        return cls(
            settings=Settings(**{**found["settings"], "contenders": tuple(found["settings"]["contenders"])}),
            cells=[cell for row in found["cells"] for cell in _cells_of(row)],
            rows=[build(Row, row) for row in found.get("rows", ())],
            environment=Environment(**found["environment"]),
        )


def _row_of(cell: Cell) -> dict[str, Any]:
    usual = attrs.asdict(Point(format=cell.point.format))
    changes = {name: value for name, value in attrs.asdict(cell.point).items() if value != usual[name]}
    # The bytes of encoding do not depend on the document to be decoded.
    document = changes.pop("document", None)
    times = {name: rounded(cell.times[name]) / _UNIT for name in _TIMES if name in cell.times}
    return {
        "format": cell.point.format,
        "point": _SEPARATOR.join(f"{name}: {value}" for name, value in changes.items()),
        cell.direction: {**times, _REASON: cell.left_out.get(OURS)},
        **({"document": document} if document else {}),
        **({} if cell.verdict == "valid" else {"verdict": cell.verdict}),
        **({"calls": True} if cell.calls else {}),
        **({"pure": True} if cell.pure else {}),
    }


def _place(row: Mapping[str, Any]) -> list[Any]:
    return [row.get(name) for name in ("format", "point", "calls", "pure")]


def _cells_of(row: Mapping[str, Any]) -> Iterator[Cell]:
    changes: dict[str, Any] = dict(part.split(": ", 1) for part in row["point"].split(_SEPARATOR) if part)
    if "records" in changes:
        changes["records"] = int(changes["records"])
    point = Point(format=row["format"], **changes)
    for direction in _DIRECTIONS:
        if direction in row:
            decodes = direction == "decode"
            times = {**row[direction]}
            reason = times.pop(_REASON, None)
            yield Cell(
                point=attrs.evolve(point, document=row.get("document", point.document)) if decodes else point,
                direction=direction,
                verdict=row.get("verdict", "valid") if decodes else "valid",
                calls=row.get("calls", False),
                times={name: rounded(time * _UNIT) for name, time in times.items()},
                left_out={} if reason is None else {OURS: reason},
                pure=row.get("pure", False),
            )
