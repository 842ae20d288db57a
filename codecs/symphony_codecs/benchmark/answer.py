"""The conclusions of a report about the choice of a codec, in sentences."""

from __future__ import annotations

import math

from .break_even import NEAR
from .report import Report
from .shown import (
    codec_text,
    duration_text,
    line_text,
    listed,
    rate_text,
    row_text,
    size_text,
    speed_text,
    stream_ratio,
)
from .winners import Winners, time_of, winners


__all__ = ["answer"]


def answer(report: Report) -> tuple[str, ...]:
    """Return sentences: the smallest codec, the fastest, the best by the speed of the line, and faster libraries."""
    best = winners(report)
    if not best.sized:
        return ("No codec can do these values; the reasons are above.",)
    return (_smallest(best), *([_fastest(best), _lines(best)] if best.timed else []), *_peers(report))


def _smallest(best: Winners) -> str:
    first = best.sized[0]
    text = f"Smallest: {row_text(first)}, {size_text(first.size)} bytes on average"
    others = {codec_text(row): row for row in best.sized[1:]}
    if others:
        text += f" ({', '.join(f'{row_text(row)} {size_text(row.size)}' for row in others.values())})"
    if best.packed is not None:
        text += f"; compressed, {row_text(best.packed)}, {size_text(best.packed.size)}"
    return f"{text}."


def _fastest(best: Winners) -> str:
    first = best.timed[0]
    least = time_of(first) or 0.0
    text = (
        f"Fastest: {row_text(first)}, {duration_text(least * 1e3)} to encode and decode a message, "
        f"{rate_text(1e6 / least)} messages a second"
    )
    return f"{text}{f'; {listed([*map(row_text, best.near)])} within 5 %' if best.near else ''}."


def _lines(best: Winners) -> str:
    parts = []
    for stretch in best.stretches:
        begins, ends = stretch.slowest > 0, stretch.fastest < math.inf
        where = (
            f"from {line_text(stretch.slowest)} to {line_text(stretch.fastest)}"
            if begins and ends
            else f"up to {line_text(stretch.fastest)}"
            if ends
            else f"above {line_text(stretch.slowest)}"
            if begins
            else "at any speed"
        )
        parts.append(f"{stretch.line.name} {where}")
    return f"Soonest at the other end, encoded, sent over a line and decoded: {', '.join(parts)}."


def _peers(report: Report) -> list[str]:
    ours = {
        row.format: row
        for row in reversed(report.rows)
        if row.role == "codec" and row.error is None and row.compression == "none" and not row.framed
    }
    peers = [
        (ratio, row)
        for row in report.rows
        if row.role == "peer" and row.error is None and (ratio := stream_ratio(row, ours.get(row.format))) is not None
    ]
    if not peers:
        return []
    faster = sorted((pair for pair in peers if pair[0] * NEAR < 1), key=lambda pair: pair[0])
    if not faster:
        return ["No other library is faster in the same format."]
    names = [f"{row.contender} ({row.format}) {speed_text(ratio)}" for ratio, row in faster]
    return [f"Faster in the same format: {', '.join(names)}."]
