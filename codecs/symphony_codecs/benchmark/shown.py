"""How figures are written for people, in terminals and documents."""

from __future__ import annotations

from typing import Final

from .report import Report, Row, Timing


__all__ = ["bytes_text", "count_text", "environment_text", "number_text", "ratio_text", "time_text"]

_NOISY: Final = "~"


def count_text(number: int, what: str) -> str:
    """Return a number of things."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def number_text(value: float | None) -> str:
    """Return a whole number, with commas."""
    return "-" if value is None else f"{value:,.0f}"


def time_text(timing: Timing | None) -> str:
    """Return the median with its unit, and the mark of noise."""
    if timing is None:
        return "-"
    median = timing.median_ns
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if median >= size:
            text = f"{median / size:.3g}{unit}" if median < 100 * size else f"{median / size:.0f}{unit}"
            break
    else:
        text = f"{median:.0f}ns"
    return f"{_NOISY}{text}" if timing.noisy else text


def ratio_text(row: Row, ours: Row | None) -> str:
    """Return how long the stream takes a contender, as a multiple of what it takes ours."""
    if ours is None:
        return "-"
    # What has figures for reading alone is compared by these.
    pairs = [(row.encode_stream, ours.encode_stream), (row.decode_stream, ours.decode_stream)]
    known = [(mine.median_ns, base.median_ns) for mine, base in pairs if mine is not None and base is not None]
    base = sum(base for _, base in known)
    return f"{sum(mine for mine, _ in known) / base:.2f}x" if base else "-"


def bytes_text(value: float | None) -> str:
    """Return a number of bytes in KiB or MiB."""
    if value is None:
        return "-"
    return f"{value / 1024:,.1f}K" if value < 1024 * 1024 else f"{value / 1024 / 1024:,.1f}M"


def environment_text(report: Report) -> str:
    """Return where a report comes from, on one line."""
    where = report.environment
    parts = [
        where.python,
        "" if where.gil else "no GIL",
        where.system,
        where.cpu or "",
        f"{where.cpus} CPUs",
        f"{where.engine} engine",
        *(f"{name} {version}" for name, version in where.versions.items()),
        f"commit {where.commit}" if where.commit else "",
    ]
    return "  ".join(part for part in parts if part)
