"""The plot of latency against line speed: encode, send, decode; where lines cross another codec becomes the fastest."""

from __future__ import annotations

import itertools
import math

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from ..break_even import Line, Stretch
from ..contender import Compression
from ..report import Report
from ..shown import duration_text, line_text
from ..winners import winners
from .axes import Axis
from .labels import LABEL_SIZE, spread, text_width
from .plot import NARROW, WIDE, Frame, Key, Layer, Plot, drawn, picture, pixels
from .series import DASHES, Series, series_of


__all__ = ["latency"]

_NAME: Final = "latency"
_SLOWEST, _FASTEST = 1e6, 1e10
_BEYOND: Final = 8.0
_POINTS: Final = 48
_ROOM: Final = 300.0
_LABELS: Final = 22
_GAP: Final = LABEL_SIZE + 2
_BOLD: Final = 1.15


@attrs.frozen(kw_only=True)
class _Way:
    """A series, and its time by the speed of the line."""

    series: Series
    line: Line

    def microseconds(self, speed: float) -> float:
        return self.line.at(speed) * 1e6


def latency(report: Report) -> Plot:
    """Return the plot: bits per second to the right, microseconds upwards."""
    stretches = winners(report).stretches
    series = [one for one in series_of(report) if one.row.role == "codec" and not one.row.framed]
    if not stretches:
        return Plot(name=_NAME, heading="Latency", text="No codec that was measured has both a time and a size.")
    ways = [_Way(series=one, line=Line(one.label, one.microseconds / 1e6, one.size)) for one in series]
    label_room = max(text_width(_end_text(way)) for way in ways) + 14
    return Plot(
        name=_NAME,
        heading=_heading(stretches),
        text="The time for one message: encode, send at the speed of the line, decode. The distance and what waits "
        "in queues come on top, for every codec alike. Thick: the fastest at that speed, where it is faster than the "
        "others by more than 5 %; dots: where the fastest changes.",
        title="Latency of a message against the speed of the line",
        legend=_legend(series),
        **drawn(
            lambda frame: _picture(ways, stretches, frame),
            attrs.evolve(WIDE, right=min(label_room, _ROOM)),
            attrs.evolve(NARROW),
        ),
    )


def _heading(stretches: Sequence[Stretch]) -> str:
    first, *others = stretches
    if not others:
        return f"{first.line.name} has the lowest latency at any line speed"
    parts = [f"{one.line.name} up to {line_text(one.fastest)}" for one in stretches[:-1]]
    return f"Lowest latency: {', '.join(parts)}, {others[-1].line.name} above that"


def _picture(ways: Sequence[_Way], stretches: Sequence[Stretch], frame: Frame) -> Mapping[str, Any]:
    changes = [one.fastest for one in stretches[:-1]]
    across = Axis(
        start=min([_SLOWEST, *(speed / _BEYOND for speed in changes)]),
        stop=max([_FASTEST, *(speed * _BEYOND for speed in changes)]),
        pixels=frame.inner_width,
    )
    ends = (across.start, across.stop)
    up = Axis.around([way.microseconds(speed) for way in ways for speed in ends], frame.height, is_up=True)
    by_name = {way.line.name: way for way in ways}
    shown = [
        (by_name[one.line.name], max(one.slowest, across.start), min(one.fastest, across.stop)) for one in stretches
    ]
    shown = [(way, slowest, fastest) for way, slowest, fastest in shown if slowest < fastest]
    x_axis = across.axis("speed of the line", {tick: line_text(tick) for tick in across.ticks(74)}, grid=True)
    points = _changes(changes, [way for way, _, _ in shown], across, up)
    above = _GAP * max((point["row"] + 1 for point in points), default=0)
    y_axis = up.axis(
        "latency of a message",
        {tick: duration_text(tick, "µs") for tick in up.ticks(28)},
        **frame.upper_title(above + 12),
    )
    encoding = {
        "x": {"field": "speed", "type": "quantitative", "scale": across.scale(), "axis": x_axis},
        "y": {"field": "time", "type": "quantitative", "scale": up.scale(), "axis": y_axis},
    }
    return picture(
        attrs.evolve(frame, top=frame.top + above),
        [
            *(_line(way, *ends, encoding, is_fastest=False) for way in ways),
            *(_line(way, slowest, fastest, encoding, is_fastest=True) for way, slowest, fastest in shown),
            *_change_layers(points, encoding),
            *(_end_labels(ways, across, up) if frame.is_wide else _stretch_labels(shown, across, up, frame)),
        ],
    )


def _line(way: _Way, slowest: float, fastest: float, encoding: Mapping[str, Any], *, is_fastest: bool) -> Layer:
    ratio = fastest / slowest
    speeds = [slowest * ratio ** (step / _POINTS) for step in range(_POINTS + 1)]
    text = f"{way.line.name}: {duration_text(way.microseconds(slowest), 'µs')} at {line_text(slowest)}, "
    text += f"{duration_text(way.microseconds(fastest), 'µs')} at {line_text(fastest)}"
    mark = {"strokeWidth": 4.5, "opacity": 1} if is_fastest else {"strokeWidth": 1.4, "opacity": 0.75}
    return {
        "data": {"values": [{"speed": speed, "time": way.microseconds(speed)} for speed in speeds]},
        "mark": {
            "type": "line",
            "stroke": way.series.colour,
            # The thick one lies on a thin one that has the dashes.
            "strokeDash": [1, 0] if is_fastest else [*DASHES[way.series.row.compression]],
            "description": f"{'Fastest: ' * is_fastest}{text}",
            **mark,
        },
        "encoding": {**encoding},
    }


def _changes(changes: Sequence[float], ways: Sequence[_Way], across: Axis, up: Axis) -> list[dict[str, Any]]:
    """Return where the fastest changes, with the places of the speeds above the plot, in rows where they are close."""
    points: list[dict[str, Any]] = []
    taken: list[float] = []
    for speed in changes:
        time, text, x = min(way.microseconds(speed) for way in ways), line_text(speed), across.at(speed)
        left, right = x - text_width(text) / 2 - 4, x + text_width(text) / 2 + 4
        row = next((row for row, end in enumerate(taken) if end <= left), len(taken))
        taken[row : row + 1] = [right]
        points.append(
            {
                "speed": speed,
                "time": time,
                "text": text,
                "row": row,
                "x": x,
                "y": -8 - row * _GAP,
                "start": up.at(time),
                "stop": -row * _GAP,
                "description": f"The fastest changes at {text}, with {duration_text(time, 'µs')}",
            }
        )
    return points


def _change_layers(points: Sequence[dict[str, Any]], encoding: Mapping[str, Any]) -> list[Layer]:
    """Return a dot for each change, and a line from it to the speed above the plot."""
    if not points:
        return []
    return [
        {
            "data": {"values": [*points]},
            "mark": {"type": "rule", "stroke": "var(--muted)", "strokeDash": [2, 3], "aria": False},
            "encoding": {"x": pixels("x"), "y": pixels("start"), "y2": {"field": "stop"}},
        },
        {
            "data": {"values": [*points]},
            "mark": {
                "type": "point",
                "filled": True,
                "size": 70,
                "opacity": 1,
                "fill": "var(--ink)",
                "stroke": "var(--page)",
                "strokeWidth": 1.5,
            },
            "encoding": {**encoding, "description": {"field": "description", "type": "nominal"}},
        },
        {
            "data": {"values": [*points]},
            "mark": {"type": "text", "aria": False, "fontWeight": "bold"},
            "encoding": {"x": pixels("x"), "y": pixels("y"), "text": {"field": "text", "type": "nominal"}},
        },
    ]


def _end_text(way: _Way) -> str:
    return f"{way.line.name}, {duration_text(way.series.microseconds, 'µs')}"


def _end_labels(ways: Sequence[_Way], across: Axis, up: Axis) -> list[Layer]:
    """Return labels beside the ends of the lines, the fastest ones where there are too many."""
    ordered = sorted(ways, key=lambda way: way.microseconds(across.stop))[:_LABELS][::-1]
    ends = [up.at(way.microseconds(across.stop)) for way in ordered]
    places = spread(ends, _GAP, 4, up.pixels - 4)
    right = across.pixels
    labels = [
        {"x": right + 12, "x1": right + 1, "x2": right + 10, "y": place, "end": end, "text": text}
        for text, end, place in zip(map(_end_text, ordered), ends, places, strict=True)
    ]
    return [
        {
            "data": {"values": labels},
            "mark": {"type": "rule", "stroke": "var(--line)", "aria": False},
            "encoding": {"x": pixels("x1"), "y": pixels("end"), "x2": {"field": "x2"}, "y2": {"field": "y"}},
        },
        {
            "data": {"values": labels},
            "mark": {"type": "text", "align": "left", "aria": False, "limit": _ROOM - 16},
            "encoding": {"x": pixels("x"), "y": pixels("y"), "text": {"field": "text", "type": "nominal"}},
        },
    ]


def _stretch_labels(shown: Sequence[tuple[_Way, float, float]], across: Axis, up: Axis, frame: Frame) -> list[Layer]:
    """Return the names of the fastest below their stretches, where nothing else is."""
    labels: list[dict[str, Any]] = []
    for way, slowest, fastest in shown:
        middle = math.sqrt(slowest * fastest)
        end = min(max(across.at(middle), text_width(way.line.name) * _BOLD + 4), frame.inner_width)
        # Lines only fall: what lies below one at the end of a text lies below it all along.
        below = max(up.at(one.microseconds(across.figure(end))) for one, _, _ in shown)
        labels.append({"x": end, "y": below + LABEL_SIZE, "text": way.line.name})
    labels.sort(key=lambda label: label["y"])
    for above, label in itertools.pairwise(labels):
        label["y"] = max(label["y"], above["y"] + _GAP)
    places = spread([label["y"] for label in labels], _GAP, LABEL_SIZE / 2, frame.height - LABEL_SIZE / 2)
    labels = [label | {"y": place} for label, place in zip(labels, places, strict=True)]
    return [
        {
            "data": {"values": labels},
            "mark": {"type": "text", "aria": False, "align": "right", "fontWeight": "bold"},
            "encoding": {"x": pixels("x"), "y": pixels("y"), "text": {"field": "text", "type": "nominal"}},
        }
    ]


def _legend(series: Sequence[Series]) -> tuple[Key, ...]:
    formats = {one.row.format: Key(text=one.row.format, colour=one.colour) for one in series}
    used: list[Compression] = [name for name in DASHES if any(one.row.compression == name for one in series)]
    dashes = [
        Key(text=_through(name), colour="var(--ink)", kind="line", dash=DASHES[name]) for name in used if len(used) > 1
    ]
    return (*formats.values(), *dashes)


def _through(compression: Compression) -> str:
    return "as encoded" if compression == "none" else f"through {compression}"
