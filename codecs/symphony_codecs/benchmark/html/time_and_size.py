"""The plot of time against size: a mark for each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..report import Report
from ..shown import duration_text, listed, row_text
from ..winners import Winners, time_of, winners
from .axes import Axis, size_text
from .labels import Box, Label, Mark, placed
from .plot import Frame, Key, Plot, drawn, picture, pixels
from .series import SHAPES, Series, series_of, shape_of


__all__ = ["time_and_size"]

_NAME: Final = "time-and-size"
_ORDER: Final = {"codec": 0, "peer": 1, "floor": 2}
_THROUGH: Final = {
    "plain": "as encoded",
    "zlib": "through zlib",
    "zstd": "through zstd",
    "framed": "in frames",
}


def time_and_size(report: Report) -> Plot:
    """Return the plot: bytes to the right, microseconds upwards, so that the best is at the lower left."""
    series = sorted(series_of(report), key=lambda one: _ORDER[one.row.role])
    if not series:
        return Plot(name=_NAME, heading="Time and size", text="Nothing that was measured has both a time and a size.")
    return Plot(
        name=_NAME,
        heading=_heading(winners(report)),
        text="Each mark is a line of the table. Further left is smaller, further down is faster; both axes are "
        "logarithmic.",
        title="Time to encode and decode a message against its bytes",
        legend=_legend(series),
        **drawn(lambda frame: _picture(series, frame)),
    )


def _heading(best: Winners) -> str:
    if not best.sized:
        return "No codec can do these values"
    smallest, packed = best.sized[0], best.packed
    text = f"{row_text(smallest)} is the smallest, with {size_text(smallest.size or 0)}"
    if packed:
        text += f" ({row_text(packed)}: {size_text(packed.size or 0)})"
    if not best.timed:
        return text
    fastest = best.timed[0]
    text += ", and the fastest" if fastest is smallest else f"; {row_text(fastest)} is the fastest"
    near = f"; {listed([*map(row_text, best.near)])} within 5 %" if best.near else ""
    return f"{text}, with {duration_text(time_of(fastest) or 0, 'µs')} to encode and decode{near}"


def _picture(series: Sequence[Series], frame: Frame) -> Mapping[str, Any]:
    across = Axis.around([one.size for one in series], frame.inner_width)
    up = Axis.around([one.microseconds for one in series], frame.height, is_up=True)
    # Narrow pages have no room for the names of what is there for comparison alone.
    named = [one for one in series if frame.is_wide or one.row.role != "floor"]
    points = [
        Mark(
            across.at(one.size),
            up.at(one.microseconds),
            one.label if one in named else "",
            is_minor=one.row.role != "codec",
        )
        for one in series
    ]
    labels = placed(points, Box(0, -8, frame.inner_width + frame.right, frame.height))
    x_axis = across.axis("bytes of a message", {tick: f"{tick:,.6g}" for tick in across.ticks(44)}, grid=True)
    y_axis = up.axis(
        "time to encode and decode a message",
        {tick: duration_text(tick, "µs") for tick in up.ticks(28)},
        **frame.upper_title(12),
    )
    # The last mark is drawn on top.
    marks = [_mark(one) for one in reversed(series)]
    return picture(
        frame,
        [
            {
                "data": {"values": marks},
                "mark": {"type": "point", "size": 90, "strokeWidth": 1.8, "filled": False, "opacity": 1},
                "encoding": {
                    "x": {"field": "size", "type": "quantitative", "scale": across.scale(), "axis": x_axis},
                    "y": {"field": "time", "type": "quantitative", "scale": up.scale(), "axis": y_axis},
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                    "stroke": {"field": "stroke", "type": "nominal", "scale": None},
                    "shape": {"field": "shape", "type": "nominal", "scale": None},
                    "description": {"field": "text", "type": "nominal"},
                },
            },
            {
                "data": {
                    "values": [
                        {"x": one.point.x, "y": one.point.y, "x2": one.x, "y2": one.y} for one in labels if one.is_far
                    ]
                },
                "mark": {"type": "rule", "stroke": "var(--line)", "aria": False},
                "encoding": {
                    "x": pixels("x"),
                    "y": pixels("y"),
                    "x2": {"field": "x2"},
                    "y2": {"field": "y2"},
                },
            },
            *(
                {
                    "data": {"values": [_label(one) for one in labels if one.align == align]},
                    "mark": {"type": "text", "align": align, "aria": False},
                    "encoding": {"x": pixels("x"), "y": pixels("y"), "text": {"field": "text", "type": "nominal"}},
                }
                for align in ("left", "right", "center")
            ),
        ],
    )


def _mark(one: Series) -> dict[str, Any]:
    text = f"{one.label}: {size_text(one.size)}, {duration_text(one.microseconds, 'µs')}"
    colour = "var(--muted)" if one.row.role == "floor" else one.colour
    return {
        "size": one.size,
        "time": one.microseconds,
        "fill": colour if one.row.role == "codec" else "var(--hollow)",
        "stroke": colour,
        "shape": SHAPES[shape_of(one.row)],
        "text": text,
    }


def _label(label: Label) -> dict[str, Any]:
    return {"x": label.x, "y": label.y, "text": label.point.text}


def _legend(series: Sequence[Series]) -> tuple[Key, ...]:
    formats = {one.row.format: Key(text=one.row.format, colour=one.colour) for one in series if one.row.role != "floor"}
    shapes = [name for name in SHAPES if any(shape_of(one.row) == name for one in series)]
    roles = {one.row.role for one in series}
    return (
        *formats.values(),
        *(
            Key(text=_THROUGH[name], colour="var(--ink)", kind=SHAPES[name], is_hollow=True)
            for name in shapes
            if len(shapes) > 1
        ),
        *(
            [Key(text="filled: a codec; hollow: another library", colour="var(--ink)", kind="circle")]
            if "peer" in roles
            else []
        ),
        *([Key(text="grey: the bare library, on builtins", kind="circle", is_hollow=True)] if "floor" in roles else []),
    )
