"""Rows of what must hold that are about one piece of work each, and so of no cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs


__all__ = ["Ratio", "Row", "RowRule", "measure_row"]


@attrs.frozen
class Ratio:
    """
    What was measured for a row.

    Args:
        work: What was done.
        value: Our figure to the other one.
        detail: Both figures.
    """

    work: str
    value: float
    detail: str


@attrs.frozen(kw_only=True)
class Row:
    """
    What was found.

    Args:
        rule: The name of the rule.
        work: What was done.
        ratio: Our figure to the other one.
        limit: The most that it may be.
        detail: Both figures.
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
    A row of the table.

    Args:
        name: What it is called.
        work: What is done.
        against: What it is compared with.
        at_most: The most that the ratio may be.
        measure: Yields what was measured; gets the number of rounds.
        other_build: Whether it compares with the build of another commit.
    """

    name: str
    work: str
    against: str
    at_most: float
    measure: Callable[[int], Iterator[Ratio]]
    other_build: bool = False


def measure_row(rule: RowRule, rounds: int) -> list[Row]:
    """Return what is found for a rule, the worst first."""
    rows = [
        Row(rule=rule.name, work=found.work, ratio=found.value, limit=rule.at_most, detail=found.detail)
        for found in rule.measure(rounds)
    ]
    return sorted(rows, key=lambda row: row.ratio, reverse=True)
