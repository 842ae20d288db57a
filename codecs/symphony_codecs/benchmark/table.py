"""The report as a table in the terminal.  Needs rich, the extra ``cli``; nothing else in this package does."""

from __future__ import annotations

import itertools

from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .report import Report, Row, Timing


__all__ = ["render"]

_NOISY: Final = "~"
_HEADINGS: Final = (
    "bytes",
    "zlib",
    "encode\nhot",
    "encode\nstream",
    "decode\nhot",
    "decode\nstream",
    "vs\nours",
    "first\nencode",
    "first\ndecode",
    "peak\nencode",
    "peak\ndecode",
    "held\ndecode",
)
_LEGEND: Final = (
    "Medians of one call. hot: one value again and again; stream: distinct values in turn, whose results are kept; vs "
    "ours: encode and decode of the stream against the codec. first: the first call of a new codec. peak: memory for "
    "the largest document, in KiB (K) or MiB (M); held: what the process grows by for each value. floor: the library "
    "alone on ready-made builtins, no types and no checks. ~ noisy: the middle half of the batches is wider than 10 %, "
    "or there was but one."
)


def render(report: Report) -> RenderableType:
    """Return what the terminal shows of a report: a table, who failed and why, who was skipped, and on what it ran."""
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=f"{report.what}: {_count(report.values, 'value')}, {report.source}; {_count(report.rounds, 'round')}",
        title_justify="left",
        caption=_LEGEND,
        caption_justify="left",
    )
    for heading in ("format", "by"):
        table.add_column(heading, no_wrap=True)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, group in itertools.groupby(report.rows, lambda row: row.format):
        rows = list(group)
        ours = next((row for row in rows if row.role == "codec"), None)
        for number, row in enumerate(rows):
            table.add_row("" if number else Text(name), Text(row.contender), *_cells(row, ours))
        table.add_section()
    lines = [
        *(f"failed: {row.contender}, {row.format}: {row.error}" for row in report.rows if row.error is not None),
        *(f"skipped: {line}" for line in report.skipped),
        _environment(report),
    ]
    return Group(table, *map(Text, lines))


def _cells(row: Row, ours: Row | None) -> list[Text]:
    if row.error is not None:
        return [Text("failed", "red")]
    shown = (
        _number(row.size),
        _number(row.compressed_size),
        _time(row.encode_hot),
        _time(row.encode_stream),
        _time(row.decode_hot),
        _time(row.decode_stream),
        _ratio(row, ours),
        _time(row.encode_first),
        _time(row.decode_first),
        _bytes(row.encode_peak),
        _bytes(row.decode_peak),
        _bytes(row.held),
    )
    return [Text(text) for text in shown]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _time(timing: Timing | None) -> str:
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


def _ratio(row: Row, ours: Row | None) -> str:
    if ours is None:
        return "-"
    # What has figures for reading alone is compared by these.
    pairs = [(row.encode_stream, ours.encode_stream), (row.decode_stream, ours.decode_stream)]
    known = [(mine.median_ns, base.median_ns) for mine, base in pairs if mine is not None and base is not None]
    base = sum(base for _, base in known)
    return f"{sum(mine for mine, _ in known) / base:.2f}x" if base else "-"


def _bytes(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value / 1024:,.1f}K" if value < 1024 * 1024 else f"{value / 1024 / 1024:,.1f}M"


def _environment(report: Report) -> str:
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
