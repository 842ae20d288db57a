"""The properties of a row in plots: its name, its colour, its shape, and the time of one message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from ..contender import Compression
from ..report import Report, Row
from ..shown import row_text
from ..winners import LEAST, time_of


__all__ = ["DASHES", "SHAPES", "Series", "series_of", "shape_of"]

COLOURS: Final = 8
"""The number of colours in the page's style sheet, ``--c0`` and so on."""

SHAPES: Final[Mapping[str, str]] = {
    "plain": "circle",
    "zlib": "square",
    "zstd": "triangle-up",
    "framed": "diamond",
}
DASHES: Final[Mapping[Compression, tuple[int, ...]]] = {"none": (1, 0), "zlib": (7, 3), "zstd": (2, 3)}


@attrs.frozen(kw_only=True)
class Series:
    """
    A row that has a size and times.

    Args:
        row: The row.
        label: Its name in a plot.
        colour: A colour of the style sheet; rows of one format have the same.
        microseconds: To encode and decode one message.
        size: Bytes of a message on the wire; the mean.
    """

    row: Row
    label: str
    colour: str
    microseconds: float
    size: float


def series_of(report: Report) -> tuple[Series, ...]:
    """Return the rows that plots can show, in order; failed ones have no figures."""
    formats = list(dict.fromkeys(row.format for row in report.rows))
    found = []
    for row in report.rows:
        times, size = time_of(row) or 0.0, row.size or 0.0
        # Logarithmic axes have no place for nothing, as where the clock saw no time pass.
        if row.error is None and size > LEAST and times > LEAST:
            colour = f"var(--c{formats.index(row.format) % COLOURS})"
            found.append(Series(row=row, label=row_text(row), colour=colour, microseconds=times, size=size))
    return tuple(found)


def shape_of(row: Row) -> str:
    """Return which of `SHAPES` stands for what a row's documents go through."""
    if row.compression != "none":
        return row.compression
    return "framed" if row.framed else "plain"
