"""The report as a table in the terminal.  Needs rich, the extra ``cli``; nothing else in this package does."""

from __future__ import annotations

import itertools

from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .report import Report, Row
from .shown import bytes_text, count_text, environment_text, number_text, ratio_text, time_text


__all__ = ["render"]

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
)
# Only where there is something to show: it takes processes.
_HELD: Final = "held\ndecode"
_LEGEND: Final = (
    "Medians of one call. hot: one value again and again; stream: distinct values in turn, whose results are kept; vs "
    "ours: encode and decode of the stream against the codec. first: the first call of a new codec. peak: memory for "
    "the largest document, in KiB (K) or MiB (M); held: what the process grows by for each value that is kept. floor: "
    "the library alone on ready-made builtins, no types and no checks. ~ noisy: the middle half of the batches is "
    "wider than 10 %, or there was but one."
)


def render(report: Report) -> RenderableType:
    """Return what the terminal shows of a report: a table, who failed and why, who was skipped, and on what it ran."""
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=f"{report.what}: {_source(report)}",
        title_justify="left",
        caption=_LEGEND,
        caption_justify="left",
    )
    for heading in ("format", "by"):
        table.add_column(heading, no_wrap=True)
    headings = [*_HEADINGS, *([_HELD] if any(row.held is not None for row in report.rows) else [])]
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, group in itertools.groupby(report.rows, lambda row: row.format):
        rows = list(group)
        ours = next((row for row in rows if row.role == "codec"), None)
        for number, row in enumerate(rows):
            table.add_row("" if number else Text(name), Text(row.contender), *_cells(row, ours)[: len(headings)])
        table.add_section()
    lines = [
        *(f"failed: {row.contender}, {row.format}: {row.error}" for row in report.rows if row.error is not None),
        *(f"skipped: {line}" for line in report.skipped),
        environment_text(report),
    ]
    return Group(table, *map(Text, lines))


def _cells(row: Row, ours: Row | None) -> list[Text]:
    if row.error is not None:
        return [Text("failed", "red")]
    shown = (
        number_text(row.size),
        number_text(row.compressed_size),
        time_text(row.encode_hot),
        time_text(row.encode_stream),
        time_text(row.decode_hot),
        time_text(row.decode_stream),
        ratio_text(row, ours),
        time_text(row.encode_first),
        time_text(row.decode_first),
        bytes_text(row.encode_peak),
        bytes_text(row.decode_peak),
        bytes_text(row.held),
    )
    return [Text(text) for text in shown]


def _source(report: Report) -> str:
    return f"{count_text(report.values, 'value')}, {report.source}; {count_text(report.rounds, 'round')}"
