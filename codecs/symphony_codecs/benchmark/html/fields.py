"""The plot of sizes by field: a bar for each codec, a part for each field."""

from __future__ import annotations

import statistics

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from ..field_sizes import STRUCTURE
from ..report import Report
from ..shown import codec_text, number_text
from ..winners import winners
from .axes import Axis, size_text
from .labels import LABEL_SIZE, text_width
from .plot import NARROW, WIDE, Frame, Key, Plot, drawn, picture, pixels
from .series import COLOURS


__all__ = ["by_field", "field_name", "fields_of"]

_NAME: Final = "fields"
_OTHERS: Final = "other fields"
_BAR: Final = 26.0
_STEP: Final = 58.0


@attrs.frozen(kw_only=True)
class _Part:
    """A part of a bar: which, how many bytes it has, and its colour."""

    name: str
    size: float
    colour: str


def fields_of(report: Report) -> dict[str, dict[str, float]]:
    """Return bytes by field by codec; fields from the largest to the smallest, and what is no field's at the end."""
    codecs = list(dict.fromkeys(field.codec for field in report.fields))
    paths = list(dict.fromkeys(field.path for field in report.fields))
    sizes = {(field.path, field.codec): field.size for field in report.fields}
    mean = {path: statistics.fmean(sizes.get((path, codec), 0.0) for codec in codecs) for path in paths}
    paths.sort(key=lambda path: (path == STRUCTURE, -mean[path]))
    return {path: {codec: sizes.get((path, codec), 0.0) for codec in codecs} for path in paths}


def field_name(path: str) -> str:
    """Return the name of a field on the page."""
    if path == STRUCTURE:
        return "structure"
    return path or "the whole value"


def by_field(report: Report) -> Plot:
    """Return the plot: bytes to the right, codecs below each other, the smallest first."""
    if not report.fields:
        return Plot(name=_NAME, heading="Sizes by field", text="The sizes of fields were not measured.")
    fields = fields_of(report)
    codecs = list(dict.fromkeys(field.codec for field in report.fields))
    large = [path for path in fields if path != STRUCTURE][:COLOURS]
    bars = {codec: _parts(fields, large, codec) for codec in codecs}
    bars = dict(sorted(bars.items(), key=lambda bar: sum(part.size for part in bar[1])))
    height = len(bars) * _STEP
    return Plot(
        name=_NAME,
        heading=_heading(report),
        text="Mean bytes of a document before compression, by field; a field's name counts as part of it. Structure "
        "is what belongs to no single field: brackets, commas, lengths, and the names of fields whose own fields are "
        "listed.",
        title="Bytes of a document by field, for each codec",
        legend=_legend(bars),
        **drawn(
            lambda frame: _picture(bars, frame),
            attrs.evolve(WIDE, height=height, left=8, right=24, top=8),
            attrs.evolve(NARROW, height=height, left=4, right=14, top=8),
        ),
    )


def _parts(fields: Mapping[str, Mapping[str, float]], large: Sequence[str], codec: str) -> list[_Part]:
    parts = [
        _Part(name=field_name(path), size=fields[path][codec], colour=f"var(--c{number})")
        for number, path in enumerate(large)
    ]
    others = sum(sizes[codec] for path, sizes in fields.items() if path not in {*large, STRUCTURE})
    structure = fields.get(STRUCTURE, {}).get(codec, 0.0)
    parts.append(_Part(name=_OTHERS, size=others, colour="var(--other)"))
    parts.append(_Part(name=field_name(STRUCTURE), size=structure, colour="var(--structure)"))
    return [part for part in parts if part.size > 0]


def _heading(report: Report) -> str:
    totals: dict[str, float] = {}
    for field in report.fields:
        totals[field.codec] = totals.get(field.codec, 0.0) + field.size
    # The fastest codec of those that have fields, else the first one.
    codec = next((name for row in winners(report).timed if (name := codec_text(row)) in totals), next(iter(totals)))
    own = [field for field in report.fields if field.codec == codec]
    largest = max(own, key=lambda field: field.size)
    share = 100 * largest.size / totals[codec] if totals[codec] else 0
    text = f"{share:.0f} % of the {size_text(totals[codec])} in {codec}"
    if largest.path == STRUCTURE:
        return f"Structure, such as brackets and names, takes the most: {text}"
    return f"{field_name(largest.path)} takes the most: {text}"


def _picture(bars: Mapping[str, Sequence[_Part]], frame: Frame) -> Mapping[str, Any]:
    most = max(sum(part.size for part in parts) for parts in bars.values())
    across = Axis(start=0, stop=most or 1, pixels=frame.inner_width, is_log=False)
    marks, texts, names = [], [], []
    for number, (codec, parts) in enumerate(bars.items()):
        top = number * _STEP + LABEL_SIZE + 8
        total = sum(part.size for part in parts)
        names.append({"x": 0, "y": top - LABEL_SIZE / 2 - 4, "text": f"{codec}: {size_text(total)}"})
        start = 0.0
        for part in parts:
            stop = start + part.size
            text = f"{codec}, {part.name}: {part.size:,.1f} bytes, {100 * part.size / total:.0f} %"
            place = {"start": start, "stop": stop, "y": top, "y2": top + _BAR}
            marks.append({**place, "fill": part.colour, "text": text})
            label = _label(part, across.at(stop) - across.at(start))
            if label:
                middle = (across.at(start) + across.at(stop)) / 2
                texts.append({"x": middle, "y": top + _BAR / 2, "text": label, "fill": _ink(part)})
            start = stop
    ticks = {tick: number_text(tick) for tick in across.ticks(48)}
    return picture(
        frame,
        [
            {
                "data": {"values": marks},
                "mark": {"type": "rect", "stroke": "var(--page)", "strokeWidth": 1},
                "encoding": {
                    "x": {
                        "field": "start",
                        "type": "quantitative",
                        "scale": across.scale(),
                        "axis": across.axis("bytes of a document", ticks, grid=True),
                    },
                    "x2": {"field": "stop"},
                    "y": pixels("y"),
                    "y2": {"field": "y2"},
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                    "description": {"field": "text", "type": "nominal"},
                },
            },
            {
                "data": {"values": texts},
                "mark": {"type": "text", "aria": False},
                "encoding": {
                    "x": pixels("x"),
                    "y": pixels("y"),
                    "text": {"field": "text", "type": "nominal"},
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                },
            },
            {
                "data": {"values": names},
                "mark": {"type": "text", "align": "left", "aria": False, "fontWeight": "bold"},
                "encoding": {"x": pixels("x"), "y": pixels("y"), "text": {"field": "text", "type": "nominal"}},
            },
        ],
    )


def _label(part: _Part, width: float) -> str:
    """Return the label inside a part: name and bytes, or the name, or its end, or nothing."""
    last = part.name.rpartition(".")[2]
    choices = (f"{part.name} {part.size:,.0f}", part.name, last)
    return next((text for text in choices if text_width(text) + 4 <= width), "")


def _ink(part: _Part) -> str:
    return "var(--ink)" if part.colour == "var(--structure)" else "var(--on-mark)"


def _legend(bars: Mapping[str, Sequence[_Part]]) -> tuple[Key, ...]:
    found = {part.name: part.colour for parts in bars.values() for part in parts}
    order = sorted(found, key=lambda name: (name == field_name(STRUCTURE), name == _OTHERS))
    return tuple(Key(text=name, colour=found[name]) for name in order)
