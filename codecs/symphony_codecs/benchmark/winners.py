"""The codecs of a report that win: the smallest, the fastest, and the soonest at each speed of the line."""

from __future__ import annotations

import attrs

from .break_even import NEAR, Line, Stretch, worthwhile
from .report import Report, Row, Timing
from .shown import row_text


__all__ = ["LEAST", "Winners", "time_of", "winners"]

LEAST = 1e-6
"""Microseconds and bytes: less was not measured."""
# The speeds of lines that count: below, sending takes seconds; above is memory.
_SLOWEST, _FASTEST = 1e4, 1e11


@attrs.frozen(kw_only=True)
class Winners:
    """
    The rows that win, without frames, which cost every codec the same.

    Peers and floors do not take part.

    Args:
        sized: All that have a size, not compressed where there are any; the smallest first.
        packed: The smallest with compression, if it is smaller by more than `NEAR`.
        timed: All that have times too, not compressed where there are any; the fastest first.
        near: Those that are as good as equal to the fastest, by `NEAR`.
        stretches: The soonest at the other end by the speed of the line, compressed or not, by `row_text`.
    """

    sized: tuple[Row, ...] = ()
    packed: Row | None = None
    timed: tuple[Row, ...] = ()
    near: tuple[Row, ...] = ()
    stretches: tuple[Stretch, ...] = ()


def winners(report: Report) -> Winners:
    """Return the winners of a report."""
    sized = sorted((row for row in report.rows if _takes_part(row)), key=_size)
    timed = sorted((row for row in sized if _time(row) > LEAST), key=_time)
    if not sized:
        return Winners()
    lines = [Line(row_text(row), _time(row) / 1e6, _size(row)) for row in timed]
    bare, fast = _bare(sized), _bare(timed)
    return Winners(
        sized=bare,
        packed=sized[0] if _size(sized[0]) * NEAR < _size(bare[0]) else None,
        timed=fast,
        near=tuple(row for row in fast[1:] if _time(row) < _time(fast[0]) * NEAR),
        stretches=worthwhile(lines, _SLOWEST, _FASTEST) if lines else (),
    )


def time_of(row: Row) -> float | None:
    """Return the microseconds to encode and decode one message; of a stream, or hot where there is no stream."""
    pairs = ((row.encode_stream, row.decode_stream), (row.encode_hot, row.decode_hot))
    return next((_sum(encode, decode) for encode, decode in pairs if encode is not None and decode is not None), None)


def _takes_part(row: Row) -> bool:
    return row.role == "codec" and row.error is None and not row.framed and _size(row) > LEAST


def _bare(rows: list[Row]) -> tuple[Row, ...]:
    return tuple([row for row in rows if row.compression == "none"] or rows)


def _size(row: Row) -> float:
    return row.size or 0.0


def _time(row: Row) -> float:
    return time_of(row) or 0.0


def _sum(encode: Timing, decode: Timing) -> float:
    return (encode.median_ns + decode.median_ns) / 1000
