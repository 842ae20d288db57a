"""Where the labels of a plot go so that they cover neither marks nor each other."""

from __future__ import annotations

import itertools

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import attrs


__all__ = ["LABEL_SIZE", "Box", "Label", "Mark", "placed", "spread", "text_width"]

Align: TypeAlias = Literal["left", "right", "center"]

LABEL_SIZE: Final = 12
"""Height of letters in pixels."""

_WIDTH: Final = 0.56  # of a letter, as a part of its height, in most fonts
_WIDER: Final = 1.08  # in the widest ones
_DISTANCES: Final = (9.0, 20.0, 34.0, 50.0)
_NEAR: Final = 2  # of these
_MARK: Final = 6.0
# Beside the mark first, where labels are read most easily.
_DIRECTIONS: Final[tuple[tuple[float, float, Align], ...]] = (
    (1, 0, "left"),
    (-1, 0, "right"),
    (0.3, -1, "left"),
    (0.3, 1, "left"),
    (-0.3, -1, "right"),
    (-0.3, 1, "right"),
    (0, -1, "center"),
    (0, 1, "center"),
)


@attrs.frozen
class Mark:
    """
    A mark, in pixels.

    Args:
        x: From the left.
        y: From the top.
        text: The label's text; empty: it has none.
        is_minor: Whether the label has to stand close to the mark, or nowhere.
    """

    x: float
    y: float
    text: str = ""
    is_minor: bool = False


@attrs.frozen
class Box:
    """
    A part of the plot, in pixels.

    Args:
        left: Its left edge.
        top: Its upper edge.
        right: Its right edge.
        bottom: Its lower edge.
    """

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Return whether two boxes overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Return whether another box lies inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


@attrs.frozen(kw_only=True)
class Label:
    """
    A label that has found its place.

    Args:
        point: The mark that it is of.
        x: Where the text is aligned, in pixels.
        y: Its middle.
        align: How.
        is_far: Whether a line has to lead from the mark to it.
    """

    point: Mark
    x: float
    y: float
    align: Align
    is_far: bool


def text_width(text: str, size: float = LABEL_SIZE) -> float:
    """Return about how wide a text is, in pixels."""
    return len(text) * size * _WIDTH * _WIDER


def placed(points: Sequence[Mark], inside: Box) -> tuple[Label, ...]:
    """
    Return the labels of points, in order of importance; a label that finds no free place is left out.

    Args:
        points: All marks; those without a text are not covered either.
        inside: Where labels may be.
    """
    taken = [Box(point.x - _MARK, point.y - _MARK, point.x + _MARK, point.y + _MARK) for point in points]
    labels = []
    for number, point in enumerate(points):
        if not point.text:
            continue
        others = [box for place, box in enumerate(taken) if place != number]
        distances = _DISTANCES[:_NEAR] if point.is_minor else _DISTANCES
        for distance, (right, down, align) in itertools.product(distances, _DIRECTIONS):
            label = Label(
                point=point,
                x=point.x + right * distance,
                y=point.y + down * (distance + 2),
                align=align,
                is_far=distance > _DISTANCES[0],
            )
            box = _box(label)
            if inside.holds(box) and not any(map(box.meets, others)):
                labels.append(label)
                taken.append(box)
                break
    return tuple(labels)


def _box(label: Label) -> Box:
    width = text_width(label.point.text)
    left = label.x - {"left": 0, "right": width, "center": width / 2}[label.align]
    return Box(left, label.y - LABEL_SIZE * 0.6, left + width, label.y + LABEL_SIZE * 0.6)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """
    Return places, at least *gap* apart and as near as possible to the wanted ones, in the same order.

    Args:
        wanted: Where the things want to be, ascending.
        gap: The least distance; smaller where there is no room for it.
        low: The first place.
        high: The last place.
    """
    count = len(wanted)
    if count > 1:
        gap = min(gap, (high - low) / (count - 1))
    # Groups that touch move together, each around the mean of what its members want.
    groups: list[list[float]] = []
    for number, place in enumerate(wanted):
        groups.append([min(max(place, low), high) - number * gap])
        while len(groups) > 1 and _mean(groups[-2]) > _mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    starts = [_mean(group) for group in groups for _ in group]
    most = high - (count - 1) * gap
    return [min(max(start, low), most) + number * gap for number, start in enumerate(starts)]


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / len(figures)
