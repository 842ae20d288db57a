"""Rows with a limit that belong to no cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs


__all__ = ["Ratio", "Row", "RowRule", "measure_row"]


@attrs.frozen
class Ratio:
    """
    A measurement for a row.

    Args:
        work: The measured work.
        value: The ratio of our figure to the other.
        detail: Both figures, as text.
    """

    work: str
    value: float
    detail: str


@attrs.frozen(kw_only=True)
class Row:
    """
    The result of a rule.

    Args:
        rule: The name of the rule.
        work: The measured work.
        ratio: The ratio of our figure to the other.
        limit: The maximum of the ratio.
        detail: Both figures, as text.
    """

    rule: str
    work: str
    ratio: float
    limit: float
    detail: str = ""

    @property
    def missed(self) -> bool:
        """Whether the ratio is too large."""
        return self.ratio > self.limit


@attrs.frozen(kw_only=True)
class RowRule:
    """
    A rule for rows.

    Args:
        name: Its name.
        work: The measured work.
        against: The other side of the comparison.
        at_most: The maximum of the ratio.
        measure: Yields measurements, given the number of rounds.
        other_build: Whether it compares with the baseline build.
    """

    name: str
    work: str
    against: str
    at_most: float
    measure: Callable[[int], Iterator[Ratio]]
    other_build: bool = False


def measure_row(rule: RowRule, rounds: int) -> list[Row]:
    """Measure a rule, and return its rows, the worst first."""
    rows = [
        Row(rule=rule.name, work=found.work, ratio=found.value, limit=rule.at_most, detail=found.detail)
        for found in rule.measure(rounds)
    ]
    return sorted(rows, key=lambda row: row.ratio, reverse=True)
