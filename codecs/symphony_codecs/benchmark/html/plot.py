"""A plot: its heading, its pictures for wide and narrow pages, and its legend; Vega-Lite draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ..report import ReportError
from .labels import LABEL_SIZE


__all__ = ["MISSING", "NARROW", "WIDE", "Frame", "Key", "Layer", "Plot", "drawing", "drawn", "picture", "pixels"]

Layer: TypeAlias = dict[str, Any]

MISSING: Final = "an HTML report needs vl-convert-python and jinja2: install symphony-types[report]"

# Colours are those of the page, in light and in dark, on screen and in print.
_CONFIG: Final[Mapping[str, Any]] = {
    "background": None,
    "font": "inherit",
    "view": {"stroke": None},
    "axis": {
        "domainColor": "var(--line)",
        "gridColor": "var(--grid)",
        "labelColor": "var(--muted)",
        "labelFontSize": LABEL_SIZE,
        "labelOverlap": False,
        "labelPadding": 6,
        "ticks": False,
        "titleColor": "var(--ink)",
        "titleFontSize": LABEL_SIZE + 1,
        "titleFontWeight": "normal",
    },
    "text": {"fontSize": LABEL_SIZE, "fill": "var(--ink)", "baseline": "middle"},
}


@attrs.frozen(kw_only=True)
class Frame:
    """
    The size of a picture in pixels.

    Args:
        width: Of the whole picture.
        height: Of what lies between the axes.
        left: Room for the vertical axis.
        right: Room on the other side.
        top: Room above.
        bottom: Room for the horizontal axis.
        is_wide: Whether it is for wide pages.
    """

    width: float
    height: float
    left: float
    right: float
    top: float = 30.0
    bottom: float = 48.0
    is_wide: bool = True

    @property
    def inner_width(self) -> float:
        """The width of the area between the axes."""
        return self.width - self.left - self.right

    def upper_title(self, above: float) -> dict[str, Any]:
        """Return what puts the title of a vertical axis above it, so many pixels, in lines that run as all others."""
        return {
            "grid": True,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleBaseline": "bottom",
            "titleX": -self.left + 2,
            "titleY": -above,
        }


WIDE: Final = Frame(width=840, height=360, left=62, right=20)
NARROW: Final = Frame(width=358, height=340, left=58, right=10, is_wide=False)


@attrs.frozen(kw_only=True)
class Key:
    """
    An entry of a legend.

    Args:
        text: Its text.
        colour: Of its mark.
        kind: The mark: ``swatch``, one of the shapes of Vega, or ``line``.
        dash: Of a line.
        is_hollow: Whether the mark is only an outline.
    """

    text: str
    colour: str = "var(--muted)"
    kind: str = "swatch"
    dash: Sequence[int] = ()
    is_hollow: bool = False


@attrs.frozen(kw_only=True)
class Plot:
    """
    A plot of the page.

    Args:
        name: Its address in the page.
        heading: The answer that it gives, as a sentence.
        text: How to read it.
        title: A description of the pictures, for readers who do not see them.
        wide: The picture for wide pages, as SVG; empty where there is nothing to show.
        narrow: The same for narrow ones.
        legend: The meaning of colours and marks.
    """

    name: str
    heading: str
    text: str
    title: str = ""
    wide: str = ""
    narrow: str = ""
    legend: tuple[Key, ...] = ()


def drawn(draw: Callable[[Frame], Mapping[str, Any]], wide: Frame = WIDE, narrow: Frame = NARROW) -> dict[str, str]:
    """Return the pictures of a plot, as the arguments of `Plot`."""
    return {"wide": _svg(draw(wide)), "narrow": _svg(draw(narrow))}


def picture(frame: Frame, layers: Sequence[Layer]) -> dict[str, Any]:
    """
    Return a picture for `drawn`.

    Args:
        frame: Its size.
        layers: Those of Vega-Lite.
    """
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "autosize": "none",
        "width": frame.inner_width,
        "height": frame.height,
        "padding": {"left": frame.left, "right": frame.right, "top": frame.top, "bottom": frame.bottom},
        "config": _CONFIG,
        "layer": [*layers],
    }


def pixels(field: str) -> dict[str, Any]:
    """Return the encoding of a place that is in pixels already."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _svg(spec: Mapping[str, Any]) -> str:
    # Scripts in the page would change nothing: what they draw is drawn here.
    svg: str = drawing().vegalite_to_svg({**spec})
    return svg


def drawing() -> Any:
    """
    Return the module that draws.

    Raises:
        ReportError: It is not installed.
    """
    try:
        import vl_convert
    except ImportError:
        raise ReportError(MISSING) from None
    return vl_convert
