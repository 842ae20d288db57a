"""Plots of the figures as SVG, narrow enough for a phone, for light and dark pages."""

from __future__ import annotations

import io
import re

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import matplotlib as mpl

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from symphony_codecs.benchmark import Report, Row, Timing

from .figures.codecs import Figures


__all__ = ["PLOTS", "THEMES", "WIDTH", "Plot", "draw"]


@attrs.frozen
class Theme:
    """
    The colours of a page.

    Args:
        text: The colour of text and axes.
        grid: The colour of grid lines.
        ours: The colour of this project.
        pure: The colour of this project without the engine.
        peer: The colour of other libraries.
        floor: The colour of floors.
    """

    text: str
    grid: str
    ours: str
    pure: str
    peer: str
    floor: str


@attrs.frozen(kw_only=True)
class Plot:
    """
    A plot.

    Args:
        title: Its content, in a few words.
        better: The unit, and which direction is better.
        height: Returns the height in pixels.
        fill: Draws into the axes, which are below each other.
        axes: The number of axes.
    """

    title: str
    better: str
    height: Callable[[Figures], float]
    fill: Callable[[Sequence[Any], Figures, Theme], None]
    axes: int = 2

    def figure(self, figures: Figures, theme: Theme) -> Figure:
        """Return the plot with its title."""
        height = _HEAD + self.height(figures)
        found = Figure(figsize=(WIDTH / _INCH, height / _INCH))
        # Below the title.
        found.set_layout_engine(ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - _HEAD / height), h_pad=0.06))
        for text, top, size, weight in ((self.title, 4, _TITLE_SIZE, "bold"), (self.better, 24, _SIZE, "normal")):
            found.text(
                0.01, 1 - top / height, text, color=theme.text, fontsize=_points(size), fontweight=weight, va="top"
            )
        self.fill([*found.subplots(self.axes, 1, squeeze=False)[:, 0]], figures, theme)
        return found


def _points(pixels: float) -> float:
    return pixels * 72 / _INCH


THEMES: Final[Mapping[str, Theme]] = {
    "light": Theme("#24292f", "#d8dee4", "#3f51b5", "#9fa8da", "#8c959f", "#d0d7de"),
    "dark": Theme("#e6edf3", "#3d444d", "#8c9eff", "#5460a8", "#7d8590", "#3d444d"),
}
WIDTH: Final = 336
"""The width of a plot in pixels of a page: two fit side by side, and one fits on a phone."""

_PURE: Final = "symphony, pure"
_INCH: Final = 96
_SIZE, _TITLE_SIZE = 12, 13
_BAR: Final = 20
_HEAD: Final = 46
# Room for the title and the figures of an axis.
_AXIS: Final = 52
_SETTINGS: Final[dict[Any, Any]] = {
    # Keep text as text, and make the file depend on the figures alone.
    "svg.fonttype": "none",
    "svg.hashsalt": "symphony",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": _points(_SIZE),
    "axes.titlesize": _points(_SIZE),
}
_NEEDLESS: Final = re.compile(r'<!--.*?-->| transform="rotate\(-?0 [^"]*"')
_TAG: Final = re.compile(r"<[^>]*>")
_DECIMALS: Final = re.compile(r"\d+\.\d{3,}")
# Leave out all SVG metadata.
_UNSAID: Final = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def _times(work: str, format_: str, title: str, unit: str, nanoseconds: float) -> Plot:
    def rows_of(figures: Figures) -> list[Row]:
        return [row for row in figures.work(work).rows if row.format == format_ and row.error is None]

    def height(figures: Figures) -> float:
        return 2 * (_AXIS + _BAR * len(rows_of(figures)))

    def fill(axes: Sequence[Any], figures: Figures, theme: Theme) -> None:
        rows = rows_of(figures)
        for axis, what in zip(axes, ("encode", "decode"), strict=True):
            timings: list[Timing | None] = [getattr(row, f"{what}_stream") for row in rows]
            values = [0.0 if timing is None else timing.median_ns / nanoseconds for timing in timings]
            spreads = [
                0.0 if timing is None else value / 2 * (timing.spread or 0)
                for value, timing in zip(values, timings, strict=True)
            ]
            bars = axis.barh(
                [row.contender for row in rows],
                values,
                color=[_colour(row, theme) for row in rows],
                edgecolor=[theme.peer if row.role == "floor" else "none" for row in rows],
                xerr=spreads,
                error_kw={"ecolor": theme.text, "elinewidth": 0.8},
            )
            axis.bar_label(
                bars,
                [f" {value:,.0f}" if value >= 100 else f" {value:.3g}" for value in values],
                color=theme.text,
                padding=2,
            )
            axis.set_title(what, color=theme.text, loc="left", fontweight="bold")
            axis.margins(x=0.25, y=0.02)
            axis.invert_yaxis()
            _dress(axis, theme)

    return Plot(title=title, better=f"{unit}; shorter bars are faster", height=height, fill=fill)


_SIZED: Final = (("envelope", "bytes of an envelope", 1), ("tree", "kB of a directory tree", 1000))


def _sizes_height(figures: Figures) -> float:
    return sum(_AXIS + 2 * _BAR * len(_first_of_each_format(figures.work(work))) for work, *_ in _SIZED)


def _fill_sizes(axes: Sequence[Any], figures: Figures, theme: Theme) -> None:
    """Draw the size of an envelope and a tree in each format, as this project or the format's library writes them."""
    for axis, (work, title, size) in zip(axes, _SIZED, strict=True):
        rows = _first_of_each_format(figures.work(work))
        for offset, (what, sizes, colour) in enumerate(
            (
                ("as encoded", [(row.size or 0) / size for row in rows], theme.ours),
                ("through zlib", [(row.compressed_size or 0) / size for row in rows], theme.pure),
            )
        ):
            places = [at + 0.4 * offset for at in range(len(rows))]
            bars = axis.barh(places, sizes, height=0.38, color=colour, label=what)
            axis.bar_label(bars, [f" {value:,.3g}" for value in sizes], color=theme.text, padding=2)
        axis.set_yticks([at + 0.2 for at in range(len(rows))], [row.format for row in rows])
        axis.set_title(title, color=theme.text, loc="left", fontweight="bold")
        axis.margins(x=0.2, y=0.02)
        axis.invert_yaxis()
        _dress(axis, theme)
    axes[0].legend(frameon=False, labelcolor=theme.text, loc="lower right")


def _first_of_each_format(report: Report) -> list[Row]:
    found: dict[str, Row] = {}
    for row in report.rows:
        if row.error is None:
            found.setdefault(row.format, row)
    return [*found.values()]


def _dress(axis: Any, theme: Theme) -> None:
    axis.set_facecolor("none")
    axis.tick_params(labelcolor=theme.text, bottom=False, left=False)
    axis.xaxis.grid(visible=True, color=theme.grid, linewidth=0.6)
    axis.xaxis.set_major_locator(MaxNLocator(5))
    axis.xaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    axis.set_axisbelow(True)
    for spine in axis.spines.values():
        spine.set_visible(False)


def _colour(row: Row, theme: Theme) -> str:
    if row.contender == _PURE:
        return theme.pure
    return {"codec": theme.ours, "floor": theme.floor}.get(row.role, theme.peer)


PLOTS: Final[Mapping[str, Plot]] = {
    "envelope-json": _times("envelope", "json", "Time for an envelope in JSON", "µs for a message", 1e3),
    "envelope-msgpack": _times("envelope", "msgpack", "Time for an envelope in MessagePack", "µs for a message", 1e3),
    "tree-json": _times("tree", "json", "Time for a directory tree in JSON", "ms for a document", 1e6),
    "sizes": Plot(
        title="Size in each format",
        better="shorter bars are smaller",
        height=_sizes_height,
        fill=_fill_sizes,
    ),
}
"""The plots, by file name."""


def draw(figures: Figures, folder: Path) -> None:
    """Draw all plots: ``NAME-THEME.svg``."""
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(_SETTINGS):
        for name, plot in PLOTS.items():
            for theme_name, theme in THEMES.items():
                out = io.StringIO()
                plot.figure(figures, theme).savefig(out, format="svg", transparent=True, metadata=_UNSAID)
                (folder / f"{name}-{theme_name}.svg").write_text(_short(out.getvalue()), encoding="utf-8")


def _short(svg: str) -> str:
    """Remove comments, empty rotations and whitespace around lines from SVG, and round to hundredths of a point."""
    text = _TAG.sub(lambda tag: _DECIMALS.sub(lambda found: f"{float(found[0]):.2f}", tag[0]), _NEEDLESS.sub("", svg))
    return "\n".join(line for line in map(str.strip, text.splitlines()) if line) + "\n"
