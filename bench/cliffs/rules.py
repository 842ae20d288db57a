"""The rules for cells, with their limits; cells that exceed a limit are cliffs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import attrs

from .measured import GOOD, OURS, Cell


__all__ = ["CELL_RULES", "Finding", "Rule", "findings"]


@attrs.frozen(kw_only=True)
class Rule:
    """
    A rule for cells.

    Args:
        name: Its name.
        work: The cells to which it applies, in words.
        against: The other side of the comparison.
        at_most: The limit, in words.
        compare: Returns the ratio at a cell and its limit; ``None`` if the rule does not apply to the cell.
        share: The fraction of cells that must keep the limit.
    """

    name: str
    work: str
    against: str
    at_most: str
    compare: Callable[[Cell], tuple[float, float] | None]
    share: float = 1.0


@attrs.frozen(kw_only=True)
class Finding:
    """
    The result of a rule at a cell.

    Args:
        rule: The rule.
        cell: The cell.
        ratio: The ratio of our time to the other's.
        limit: The maximum of the ratio.
    """

    rule: Rule
    cell: Cell
    ratio: float
    limit: float

    @property
    def missed(self) -> bool:
        """Whether the ratio is too large."""
        return self.ratio > self.limit

    @property
    def excess(self) -> float:
        """The ratio as a multiple of its limit."""
        return self.ratio / self.limit


def _to(
    other: str, verdict: str, limit: Callable[[Cell], float], *, pure: bool = False
) -> Callable[[Cell], tuple[float, float] | None]:
    def compare(cell: Cell) -> tuple[float, float] | None:
        times: Mapping[str, float] = cell.times
        if cell.pure != pure or cell.verdict != verdict or OURS not in times or other not in times:
            return None
        return times[OURS] / times[other], limit(cell)

    return compare


def _cattrs_limit(cell: Cell) -> float:
    if cell.calls:
        return 1.0
    bare = cell.times.get("bare", 0.0)
    return max(0.5, 1.2 * bare / cell.times["cattrs"])


CELL_RULES: Final = (
    Rule(
        name="cattrs",
        work="every cell with a valid document",
        against="cattrs, detailed_validation=False",
        at_most="0.5 or 1.2 of the bare wire library; 1.0 with a Python function of the user's",
        compare=_to("cattrs", "valid", _cattrs_limit),
    ),
    Rule(
        name="invalid",
        work="documents that fit the format but not the type",
        against="cattrs, detailed_validation=True",
        at_most="1.0",
        compare=_to("cattrs, detailed", "invalid", lambda _: 1.0),
    ),
    Rule(
        name="msgspec",
        work="every cell with a valid document that msgspec can do",
        against="msgspec",
        at_most="2.0",
        compare=_to("msgspec", "valid", lambda _: 2.0),
    ),
    Rule(
        name="msgspec, nine of ten",
        work="every cell with a valid document that msgspec can do",
        against="msgspec",
        at_most="1.5 in 90 % of cells",
        compare=_to("msgspec", "valid", lambda _: 1.5),
        share=0.9,
    ),
    Rule(
        name="malformed",
        work="a malformed document",
        against="a good one of that size",
        at_most="5",
        compare=_to(GOOD, "malformed", lambda _: 5.0),
    ),
    Rule(
        name="cattrs, without the engine",
        work="without the engine, every cell",
        against="cattrs",
        at_most="1.2",
        compare=_to("cattrs", "valid", lambda _: 1.2, pure=True),
    ),
)


def findings(cells: Iterable[Cell], rules: Iterable[Rule] = CELL_RULES) -> list[Finding]:
    """Apply each rule to each cell, and return the results, the worst first."""
    listed = list(cells)
    found = [
        Finding(rule=rule, cell=cell, ratio=compared[0], limit=compared[1])
        for rule in rules
        for cell in listed
        if (compared := rule.compare(cell)) is not None
    ]
    return sorted(found, key=lambda one: one.excess, reverse=True)
