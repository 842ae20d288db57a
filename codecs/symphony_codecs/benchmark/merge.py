"""Reports of several processes as one: how memory lies differs from process to process, and times with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import attrs

from .report import Report, Row, Timing
from .timing import summary


__all__ = ["merge_reports"]

_TIMES: Final = tuple(f"{side}_{task}" for side in ("encode", "decode") for task in ("hot", "stream", "first"))


def merge_reports(reports: Sequence[Report]) -> Report:
    """
    Return reports of the same contenders and values as one, with the rounds of all.

    Args:
        reports: One at least, each with rounds that were kept.

    Returns:
        Values other than times are those of the first.  A contender that failed in one of them has failed.

    Raises:
        ValueError: There are no reports, or not all are of the same rows.
    """
    if len({tuple(row.key for row in report.rows) for report in reports}) != 1:
        raise ValueError("expected reports of the same codecs and libraries")
    return attrs.evolve(
        reports[0],
        rounds=sum(report.rounds for report in reports),
        at=reports[-1].at,
        rows=tuple(_merged(rows) for rows in zip(*(report.rows for report in reports), strict=True)),
    )


def _merged(rows: Sequence[Row]) -> Row:
    failed = next((row for row in rows if row.error is not None), None)
    if failed is not None:
        return failed
    times: dict[str, Any] = {name: _joined([getattr(row, name) for row in rows]) for name in _TIMES}
    return attrs.evolve(rows[0], **times)


def _joined(timings: Sequence[Timing | None]) -> Timing | None:
    batches = [time for timing in timings if timing is not None for time in timing.batches]
    return summary(batches) if batches else None
