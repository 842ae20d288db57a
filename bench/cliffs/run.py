"""Measure parts of the sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs

from .measured import Cell, Settings
from .pairs import pairs
from .points import DIMENSIONS, Point, of_domain, one_at_a_time, one_format_each, sizes
from .rows import Row
from .sweep import Build, measured_rows, sweep
from .what_must_hold import ROWS


__all__ = ["PARTS", "run"]

# Single dimensions first, then the parts that take longer.
PARTS: Final = ("base", *DIMENSIONS, "pairs", "sizes", "domain", "pure", "rows")


def run(
    parts: Sequence[str],
    settings: Settings,
    build: Build,
    wanted: Callable[[Point], bool],
    *,
    match: str = "",
    quick: bool = False,
    on_step: Callable[[int, int, str], Any] = lambda _done, _total, _what: None,
) -> tuple[list[Cell], list[Row]]:
    """
    Return the cells of some parts, and the rows that belong to no cell.

    Args:
        parts: Names of `PARTS`.
        settings: How to measure.
        build: The build to measure.
        wanted: Returns whether to measure a point.
        match: Rows are measured if the name of their rule contains this.
        quick: Measure each point in one format, taking the formats in turn.
        on_step: Called with the number of points done, the number of all points, and the part of the last one.
    """
    points = [point for point in _points(parts) if wanted(point)]
    if quick:
        points = one_format_each(points)
    covering = [point for point in pairs() if wanted(point)] if "pairs" in parts else []
    pure = [point for point in one_at_a_time() if wanted(point)] if "pure" in parts else []
    total, done = len(points) + len(covering) + len(pure), 0

    def on_point(point: Point) -> None:
        nonlocal done
        done += 1
        on_step(done, total, point.format)

    cells = list(sweep(points, settings, build, on_point))
    # There are thousands of points, and few batches suffice to detect one that is ten times too slow.
    cells += sweep(covering, attrs.evolve(settings, rounds=min(settings.rounds, 3), batch_ns=300_000), build, on_point)
    if pure:
        alone = attrs.evolve(settings, contenders=("symphony", "cattrs"))
        without = attrs.evolve(build, environ={**build.environ, "SYMPHONY_PURE": "1"})
        cells += (attrs.evolve(cell, pure=True) for cell in sweep(pure, alone, without, on_point))
    rows: list[Row] = []
    if "rows" in parts:
        for rule in ROWS:
            if match not in rule.name or (build.is_today and rule.other_build):
                continue
            on_step(total, total, rule.name)
            rows += measured_rows(rule.name, settings, build)
    return cells, rows


def _points(parts: Sequence[str]) -> Iterator[Point]:
    for point in one_at_a_time():
        if set(parts) & (point.changes.keys() or {"base"}):
            yield point
    if "sizes" in parts:
        yield from sizes()
    if "domain" in parts:
        from .domain import domain_names

        yield from of_domain(domain_names())
