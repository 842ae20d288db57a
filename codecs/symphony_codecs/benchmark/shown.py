"""Figures as text for people, in terminals and documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from .break_even import NEAR
from .contender import OURS
from .report import Report, Row, Timing


__all__ = [
    "bytes_text",
    "codec_text",
    "count_text",
    "duration_text",
    "environment_text",
    "line_text",
    "listed",
    "number_text",
    "rate_text",
    "ratio_text",
    "row_text",
    "size_text",
    "speed_text",
    "stream_ratio",
    "time_text",
]

_NOISY: Final = "~"
_TIMES: Final = {"s": 1e9, "ms": 1e6, "µs": 1e3, "ns": 1.0}
# From here on digits after the point say nothing.
_WHOLE: Final = 10
_LARGE: Final = 99_999.5


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
    text = duration_text(timing.median_ns)
    return f"{_NOISY}{text}" if timing.noisy else text


def duration_text(value: float, unit: Literal["s", "µs", "ns"] = "ns") -> str:
    """
    Return a time with three digits and the unit that suits it: ``1.5 µs``.

    Args:
        value: The time.
        unit: The unit of *value*.
    """
    if value == 0:
        return "0"
    ns = value * _TIMES[unit]
    name = next((name for name, size in _TIMES.items() if ns >= 0.9995 * size), "ns")
    figure = ns / _TIMES[name]
    return f"{figure:.0f} {name}" if figure >= 99.95 else f"{float(f'{figure:.3g}'):g} {name}"


def stream_ratio(row: Row, ours: Row | None) -> float | None:
    """Return how long the stream takes *row*, as a multiple of what it takes *ours*; ``None`` where that is unknown."""
    if ours is None:
        return None
    # A contender that has figures for reading only is compared by these.
    pairs = [(row.encode_stream, ours.encode_stream), (row.decode_stream, ours.decode_stream)]
    known = [(mine.median_ns, base.median_ns) for mine, base in pairs if mine is not None and base is not None]
    base = sum(base for _, base in known)
    return sum(mine for mine, _ in known) / base if base else None


def ratio_text(row: Row, ours: Row | None) -> str:
    """Return how long the stream takes a contender, as a multiple of what it takes ours."""
    ratio = stream_ratio(row, ours)
    return "-" if ratio is None else f"{ratio:.2f}x"


def speed_text(ratio: float | None) -> str:
    """
    Return a ratio of times in words: ``2.1x faster``, ``1.8x slower``, ``as fast``.

    Args:
        ratio: How long it takes, as a multiple of what the other takes.
    """
    if ratio is None:
        return "-"
    if ratio <= 0:
        return "no time"
    times, word = (ratio, "slower") if ratio > 1 else (1 / ratio, "faster")
    if times < NEAR:
        return "as fast"
    return f"{times:,.0f}x {word}" if times >= _WHOLE else f"{times:.1f}x {word}"


def rate_text(value: float | None) -> str:
    """Return a number a second in three digits, with ``K`` for thousands and ``M`` for millions."""
    if value is None:
        return "-"
    for letter, size in (("G", 1e9), ("M", 1e6), ("K", 1e3)):
        if value >= 0.9995 * size:
            return f"{_three(value / size)}{letter}"
    return _three(value)


def line_text(speed: float) -> str:
    """Return the speed of a line, given in bits per second."""
    for unit, size in (("Tbit/s", 1e12), ("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        if speed >= 0.9995 * size:
            return f"{_three(speed / size)} {unit}"
    return f"{_three(speed)} bit/s"


def listed(names: Sequence[str], word: str = "and") -> str:
    """Return names, at least one, as a list of a sentence: ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def size_text(value: float | None) -> str:
    """Return a number of bytes: whole up to 99,999, from there on in kB (1,000 bytes) and so on."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value < _LARGE else f"{rate_text(value)}B".replace("KB", "kB")


def codec_text(row: Row) -> str:
    """Return what a codec is called: its format, with its own name where it has one."""
    return row.format if row.contender == OURS else f"{row.contender} ({row.format})"


def row_text(row: Row) -> str:
    """Return the name of a row: its format, its contender if that is another, its compression, and frames."""
    name = row.format if row.contender == row.format else codec_text(row)
    return f"{name}{'' if row.compression == 'none' else f' + {row.compression}'}{' in frames' if row.framed else ''}"


def _three(value: float) -> str:
    return f"{value:.0f}" if value >= 99.95 else f"{round(value, 2):.3g}"


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
