"""Plots of the figures, as SVG and PNG, for light pages and for dark ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import matplotlib as mpl

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from symphony_codecs.benchmark import Report, Row, Timing

from .figures.codecs import Figures


__all__ = ["PLOTS", "THEMES", "draw"]


@attrs.frozen
class Theme:
    """
    The colours of a page.

    Args:
        text: Of letters and axes.
        grid: Of what guides the eye.
        ours: Of this project.
        pure: Of this project without the engine.
        peer: Of others.
        floor: Of libraries on builtins.
    """

    text: str
    grid: str
    ours: str
    pure: str
    peer: str
    floor: str


THEMES: Final[Mapping[str, Theme]] = {
    "light": Theme("#24292f", "#d8dee4", "#3f51b5", "#9fa8da", "#8c959f", "#d0d7de"),
    "dark": Theme("#e6edf3", "#3d444d", "#8c9eff", "#5460a8", "#7d8590", "#3d444d"),
}
_PURE: Final = "symphony, pure"
_WIDTH, _BAR_HEIGHT = 9.0, 0.27
_SETTINGS: Final[dict[Any, Any]] = {
    # Texts stay texts, and the same figures make the same file.
    "svg.fonttype": "none",
    "svg.hashsalt": "symphony",
    "font.family": "sans-serif",
    "font.size": 9,
}


def _times(figures: Figures, theme: Theme, work: str, format_: str) -> Figure:
    rows = [row for row in figures.work(work).rows if row.format == format_ and row.error is None]
    figure = Figure(figsize=(_WIDTH, 0.9 + _BAR_HEIGHT * len(rows)), layout="constrained")
    sides: Sequence[tuple[str, Callable[[Row], Timing | None]]] = (
        ("encode", lambda row: row.encode_stream),
        ("decode", lambda row: row.decode_stream),
    )
    axes = figure.subplots(1, 2, sharey=True)
    for axis, (title, timing_of) in zip(axes, sides, strict=True):
        timings = [timing_of(row) for row in rows]
        values = [0.0 if timing is None else timing.median_ns / 1e3 for timing in timings]
        spreads = [0.0 if timing is None else timing.median_ns / 2e3 * (timing.spread or 0) for timing in timings]
        bars = axis.barh(
            [row.contender for row in rows],
            values,
            color=[_colour(row, theme) for row in rows],
            xerr=spreads,
            error_kw={"ecolor": theme.text, "elinewidth": 0.8},
        )
        axis.bar_label(
            bars,
            [f" {value:,.0f}" if value >= 100 else f" {value:.3g}" for value in values],
            color=theme.text,
            padding=2,
        )
        axis.set_title(f"{title}, µs", color=theme.text, loc="left")
        axis.margins(x=0.15)
        _dress(axis, theme)
    axes[0].invert_yaxis()
    return figure


def _sizes(figures: Figures, theme: Theme) -> Figure:
    """Draw the bytes of a message and of a tree in each format, as this project or the format's own library writes."""
    works = (("envelope", "bytes", 1), ("tree", "kB", 1000))
    figure = Figure(figsize=(_WIDTH, 3.2), layout="constrained")
    axes = figure.subplots(1, len(works))
    for axis, (work, unit, size) in zip(axes, works, strict=True):
        rows = list(_first_of_each_format(figures.work(work)))
        for offset, (what, sizes, colour) in enumerate(
            (
                ("plain", [(row.size or 0) / size for row in rows], theme.ours),
                ("zlib", [(row.compressed_size or 0) / size for row in rows], theme.pure),
            )
        ):
            axis.barh([at + 0.4 * offset for at in range(len(rows))], sizes, height=0.38, color=colour, label=what)
        axis.set_yticks([at + 0.2 for at in range(len(rows))], [row.format for row in rows])
        axis.set_title(f"{work}, {unit}", color=theme.text, loc="left")
        axis.invert_yaxis()
        _dress(axis, theme)
    axes[0].legend(frameon=False, labelcolor=theme.text, loc="lower right")
    return figure


def _first_of_each_format(report: Report) -> Iterator[Row]:
    seen = set()
    for row in report.rows:
        if row.error is None and row.format not in seen:
            seen.add(row.format)
            yield row


def _dress(axis: Any, theme: Theme) -> None:
    axis.set_facecolor("none")
    axis.tick_params(colors=theme.text, length=0)
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


PLOTS: Final[Mapping[str, Callable[[Figures, Theme], Figure]]] = {
    "envelope-json": lambda figures, theme: _times(figures, theme, "envelope", "json"),
    "envelope-msgpack": lambda figures, theme: _times(figures, theme, "envelope", "msgpack"),
    "tree-json": lambda figures, theme: _times(figures, theme, "tree", "json"),
    "sizes": _sizes,
}
"""What is drawn, by the names of the files."""


def draw(figures: Figures, folder: Path) -> None:
    """Draw all plots: ``NAME-THEME.svg`` and ``NAME-THEME.png``."""
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(_SETTINGS):
        for name, plot in PLOTS.items():
            for theme_name, theme in THEMES.items():
                figure = plot(figures, theme)
                path = folder / f"{name}-{theme_name}"
                figure.savefig(path.with_suffix(".svg"), transparent=True, metadata={"Date": None})
                figure.savefig(path.with_suffix(".png"), transparent=True, dpi=110)
                # It ends lines with blanks.
                text = path.with_suffix(".svg").read_text(encoding="utf-8")
                lines = (line.rstrip() for line in text.splitlines())
                path.with_suffix(".svg").write_text("\n".join(lines) + "\n", encoding="utf-8")
