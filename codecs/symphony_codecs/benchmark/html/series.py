"""The properties of a row in plots: its name, its colour, its shape, and the time of one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from ..contender import Compression
from ..report import Report, Row, Timing
from ..shown import codec_text


__all__ = ["DASHES", "SHAPES", "Series", "best", "label_of", "series_of", "shape_of", "time_of"]

_LEAST: Final = 1e-6
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
        if row.error is None and size > _LEAST and times > _LEAST:
            colour = f"var(--c{formats.index(row.format) % COLOURS})"
            found.append(Series(row=row, label=label_of(row), colour=colour, microseconds=times, size=size))
    return tuple(found)


def time_of(row: Row) -> float | None:
    """Return the microseconds to encode and decode one message; of a stream, or hot where there is no stream."""
    pairs = ((row.encode_stream, row.decode_stream), (row.encode_hot, row.decode_hot))
    return next((_sum(encode, decode) for encode, decode in pairs if encode is not None and decode is not None), None)


def _sum(encode: Timing, decode: Timing) -> float:
    return (encode.median_ns + decode.median_ns) / 1000


def label_of(row: Row) -> str:
    """Return the name of a row: its format, its contender if that is another, and its compression."""
    who = row.format if row.contender == row.format else codec_text(row)
    through = "" if row.compression == "none" else f" + {row.compression}"
    return f"{who}{through}{' in frames' if row.framed else ''}"


def shape_of(row: Row) -> str:
    """Return which of `SHAPES` stands for what a row's documents go through."""
    if row.compression != "none":
        return row.compression
    return "framed" if row.framed else "plain"


def best(series: Sequence[Series]) -> tuple[Series, ...]:
    """Return those of codecs; where there are none, of other libraries; last the floors, which check nothing."""
    by_role = (tuple(one for one in series if one.row.role == role) for role in ("codec", "peer", "floor"))
    return next(filter(None, by_role), ())
