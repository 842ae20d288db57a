"""Axes: ticks that people read, and where a figure lies on them in pixels."""

from __future__ import annotations

import itertools
import json
import math

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from ..shown import number_text


__all__ = ["Axis", "size_text"]

_STEPS: Final = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))
_LEAST_RATIO: Final = 1.3
_LINEAR_STEPS: Final = (1, 2, 5)


@attrs.frozen(kw_only=True)
class Axis:
    """
    The axis of a plot.

    Args:
        start: The figure at its beginning.
        stop: The figure at its end.
        pixels: Its length.
        is_log: Whether it is logarithmic.
        is_up: Whether it goes up, so that its end is at pixel 0.
    """

    start: float
    stop: float
    pixels: float
    is_log: bool = True
    is_up: bool = False

    @classmethod
    def around(cls, figures: Iterable[float], pixels: float, *, is_up: bool = False, room: float = 0.06) -> Axis:
        """Return a logarithmic axis for figures above 0, with *room* beyond them, a part of its length."""
        known = list(figures)
        low, high = min(known), max(known)
        if high < _LEAST_RATIO * low:
            # Values that hardly differ must not look different.
            middle = math.sqrt(low * high)
            low, high = middle / math.sqrt(_LEAST_RATIO), middle * math.sqrt(_LEAST_RATIO)
        beyond = (high / low) ** room
        return cls(start=low / beyond, stop=high * beyond, pixels=pixels, is_up=is_up)

    def at(self, figure: float) -> float:
        """Return the pixel of a figure."""
        if self.is_log:
            part = math.log(figure / self.start) / math.log(self.stop / self.start)
        else:
            part = (figure - self.start) / (self.stop - self.start)
        return (1 - part if self.is_up else part) * self.pixels

    def figure(self, pixel: float) -> float:
        """Return the figure at a pixel."""
        part = 1 - pixel / self.pixels if self.is_up else pixel / self.pixels
        if self.is_log:
            return float(self.start * (self.stop / self.start) ** part)
        return self.start + part * (self.stop - self.start)

    def ticks(self, gap: float) -> list[float]:
        """Return round figures along the axis, at least *gap* pixels apart where that is possible, and two or more."""
        several = [ticks for ticks in (self._log_ticks() if self.is_log else self._linear_ticks()) if len(ticks) >= 2]
        fitting = [ticks for ticks in several if self._least_gap(ticks) >= gap]
        return max(fitting, key=len) if fitting else max(several, key=self._least_gap, default=[])

    def _least_gap(self, ticks: Sequence[float]) -> float:
        return min(abs(self.at(one) - self.at(other)) for one, other in itertools.pairwise(ticks))

    def _log_ticks(self) -> list[list[float]]:
        first, last = math.floor(math.log10(self.start)), math.ceil(math.log10(self.stop))
        decades = range(first, last + 1)
        every = [
            self._inside(step * 10.0**power for power in decades[::stride] for step in steps)
            for stride, steps in ((4, (1,)), (3, (1,)), (2, (1,)), *((1, steps) for steps in _STEPS))
        ]
        return [*every, *self._linear_ticks()]

    def _linear_ticks(self) -> list[list[float]]:
        power = math.floor(math.log10(self.stop - self.start))
        steps = [step * 10.0**exponent for exponent in (power, power - 1) for step in _LINEAR_STEPS]
        return [
            self._inside(
                number * step for number in range(math.ceil(self.start / step), math.floor(self.stop / step) + 1)
            )
            for step in steps
            if step  # of figures near the least float it is none
        ]

    def _inside(self, figures: Iterable[float]) -> list[float]:
        return [float(f"{figure:.12g}") for figure in figures if self.start <= figure <= self.stop]

    def scale(self) -> dict[str, Any]:
        """Return the scale of Vega-Lite."""
        return {
            "type": "log" if self.is_log else "linear",
            "domain": [self.start, self.stop],
            "nice": False,
            "zero": False,
        }

    def axis(self, title: str, texts: Mapping[float, str], **more: Any) -> dict[str, Any]:
        """Return the axis of Vega-Lite with these ticks."""
        chosen = "''"
        for value, text in texts.items():
            chosen = f"datum.value == {value!r} ? {json.dumps(text)} : {chosen}"
        return {"title": title, "values": [*texts], "labelExpr": chosen, **more}


def size_text(size: float) -> str:
    """Return a size in bytes."""
    return f"{number_text(size)} byte{'s' * (round(size) != 1)}"
