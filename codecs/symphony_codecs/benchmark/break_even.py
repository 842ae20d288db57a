"""The fastest of several ways to send a message at each speed of the line, and the speeds at which that changes."""

from __future__ import annotations

import itertools
import math

from collections.abc import Sequence
from typing import Final

import attrs


__all__ = ["NEAR", "Line", "Stretch", "envelope", "worthwhile"]

NEAR: Final = 1.05
"""Figures count as equal where the larger is less than this multiple of the smaller."""

_BITS: Final = 8


@attrs.frozen
class Line:
    """
    The time for a message by the speed of the line.

    Args:
        name: The name of the way to send.
        seconds: The time that does not depend on the speed: encoding, compressing and so on; 0 or more.
        size: Bytes on the line, 0 or more.
        overlaps: Whether one message is processed while another one is sent, so that the slower of the two counts;
            otherwise both add up.
    """

    name: str
    seconds: float
    size: float
    overlaps: bool = False

    def at(self, speed: float) -> float:
        """Return the seconds for a message at a speed in bits per second, more than 0, perhaps infinite."""
        sending = self.size * _BITS / speed
        return max(self.seconds, sending) if self.overlaps else self.seconds + sending

    def crossing(self, other: Line) -> float:
        """Return the speed at which *self* on the line catches up with *other*; 0, infinite or NaN if at none."""
        seconds, size = other.seconds, self.size
        if not self.overlaps:
            seconds, size = seconds - self.seconds, size - other.size
        return size * _BITS / seconds if seconds else math.inf


@attrs.frozen
class Stretch:
    """
    A range of speeds at which one line is the fastest.

    Args:
        line: The fastest.
        slowest: Where the range begins, in bits per second; 0 for the first.
        fastest: Where it ends; infinite for the last.
    """

    line: Line
    slowest: float
    fastest: float


def envelope(lines: Sequence[Line]) -> tuple[Stretch, ...]:
    """
    Return the fastest line for every speed, from slow to fast; of equal lines the one that comes first.

    Args:
        lines: One at least; all overlap, or none does.

    Raises:
        ValueError: There are no lines.
    """
    if not lines:
        raise ValueError("expected at least one line, got none")
    crossings = {one.crossing(other) for one, other in itertools.permutations(lines, 2)}
    speeds = sorted(speed for speed in crossings if 0 < speed < math.inf)
    stretches: list[Stretch] = []
    for slowest, fastest in zip([0.0, *speeds], [*speeds, math.inf], strict=True):
        inside = _between(slowest, fastest)
        best = min(lines, key=lambda line: line.at(inside))
        if stretches and stretches[-1].line is best:
            stretches[-1] = attrs.evolve(stretches[-1], fastest=fastest)
        else:
            stretches.append(Stretch(best, slowest, fastest))
    return tuple(stretches)


def worthwhile(lines: Sequence[Line], slowest: float, fastest: float) -> tuple[Stretch, ...]:
    """
    Return the envelope of as few lines as suffice: at each speed one of them is within `NEAR` of the fastest.

    Args:
        lines: One at least; all overlap, or none does.
        slowest: The lowest speed that counts, in bits per second, more than 0.
        fastest: The highest speed that counts.

    Raises:
        ValueError: There are no lines.
    """
    whole = envelope(lines)
    kept = [stretch.line for stretch in whole]
    for line in tuple(kept):
        rest = envelope(others) if (others := [other for other in kept if other is not line]) else ()
        # Between these speeds the ratio of the two envelopes only rises or only falls.
        ends = [stretch.fastest for stretch in (*whole, *rest) if slowest < stretch.fastest < fastest]
        if rest and all(_least(rest, speed) <= NEAR * _least(whole, speed) for speed in (slowest, *ends, fastest)):
            kept = others
    return envelope(kept)


def _least(stretches: Sequence[Stretch], speed: float) -> float:
    return min(stretch.line.at(speed) for stretch in stretches)


def _between(slowest: float, fastest: float) -> float:
    if fastest == math.inf:
        return 2 * slowest or 1.0
    return math.sqrt(slowest) * math.sqrt(fastest) or fastest / 2
