"""The conclusions of a report about the choice of a codec, in sentences."""

from __future__ import annotations

import math

from collections.abc import Sequence
from typing import Final

from .break_even import Line, envelope
from .report import Report, Row
from .shown import codec_text, duration_text, line_text, listed, rate_text, size_text, speed_text, stream_ratio


__all__ = ["answer"]

# Smaller differences count as equal.
_NEAR: Final = 1.05
# The speeds of lines that are spoken of: below, sending takes seconds; above is memory.
_SLOWEST: Final = 1e4
_FASTEST: Final = 1e11


def answer(report: Report) -> tuple[str, ...]:
    """
    Return sentences: the smallest codec, the fastest, the best by the speed of the line, and faster libraries.

    Peers and floors are no candidates, and frames are left out, since they cost every codec the same.
    """
    codecs = [row for row in report.rows if row.role == "codec" and row.error is None and not row.framed]
    sized = [row for row in codecs if row.size is not None]
    timed = [(row, both) for row in codecs if (both := _seconds(row)) is not None and row.size is not None]
    if not sized:
        return ("No codec can do these values; the reasons are above.",)
    return (_smallest(sized), *([_fastest(timed), _lines(timed)] if timed else []), *_peers(report))


def _seconds(row: Row) -> float | None:
    if row.encode_stream is None or row.decode_stream is None:
        return None
    return (row.encode_stream.median_ns + row.decode_stream.median_ns) / 1e9


def _name(row: Row) -> str:
    return codec_text(row) if row.compression == "none" else f"{codec_text(row)} with {row.compression}"


def _smallest(sized: Sequence[Row]) -> str:
    bare = [row for row in sized if row.compression == "none"] or sized
    best, packed = min(bare, key=_size), min(sized, key=_size)
    text = f"Smallest: {_name(best)}, {size_text(best.size)} bytes on average"
    others = sorted({codec_text(row): row for row in bare if row is not best}.values(), key=_size)
    if others:
        text += f" ({', '.join(f'{_name(row)} {size_text(row.size)}' for row in others)})"
    if _size(packed) * _NEAR < _size(best):
        text += f"; compressed, {_name(packed)}, {size_text(packed.size)}"
    return f"{text}."


def _size(row: Row) -> float:
    return math.inf if row.size is None else row.size


def _fastest(timed: Sequence[tuple[Row, float]]) -> str:
    bare = [(row, both) for row, both in timed if row.compression == "none"] or timed
    best, least = min(bare, key=lambda pair: pair[1])
    near = [_name(row) for row, both in bare if row is not best and both < least * _NEAR]
    text = (
        f"Fastest: {_name(best)}, {duration_text(least * 1e9)} to encode and decode a message, "
        f"{rate_text(1 / least) if least else 'countless'} messages a second"
    )
    return f"{text}{f'; {listed(near)} within 5 %' if near else ''}."


def _lines(timed: Sequence[tuple[Row, float]]) -> str:
    names = [_name(row) for row, _ in timed]
    found = envelope([Line(name, both, _size(row)) for name, (row, both) in zip(names, timed, strict=True)])
    spoken = [stretch for stretch in found if stretch.fastest > _SLOWEST and stretch.slowest < _FASTEST]
    parts = []
    for stretch in spoken:
        slowest, fastest = stretch.slowest > _SLOWEST, stretch.fastest < _FASTEST
        where = (
            f"from {line_text(stretch.slowest)} to {line_text(stretch.fastest)}"
            if slowest and fastest
            else f"up to {line_text(stretch.fastest)}"
            if fastest
            else f"above {line_text(stretch.slowest)}"
            if slowest
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
    faster = sorted((pair for pair in peers if pair[0] * _NEAR < 1), key=lambda pair: pair[0])
    if not faster:
        return ["No other library is faster in the same format."]
    names = [f"{row.contender} ({row.format}) {speed_text(ratio)}" for ratio, row in faster]
    return [f"Faster in the same format: {', '.join(names)}."]
