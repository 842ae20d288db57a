"""A report as CSV, for spreadsheets, and as Markdown, for documents."""

from __future__ import annotations

import csv
import io

from typing import Any, Final

import attrs

from .answer import answer
from .report import Report, Row, Timing
from .tables import Table, remarks, tables, title


__all__ = ["to_csv", "to_markdown"]

_TIMES: Final = tuple(
    field.name
    for field in attrs.fields(Row)
    if field.name.startswith(("encode_", "decode_")) and "peak" not in field.name
)
_PLAIN: Final = tuple(field.name for field in attrs.fields(Row) if field.name not in _TIMES)
_FIGURES: Final = ("median_ns", "min_ns", "spread")
_RATES: Final = ("messages_per_second", "mb_per_second")
_SIDES: Final = ("encode", "decode")


def to_csv(report: Report) -> bytes:
    """Return a line for each row, with all figures but the single rounds: UTF-8, lines end as RFC 4180 says."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [
            *_PLAIN,
            *(f"{name}_{figure}" for name in _TIMES for figure in _FIGURES),
            *(f"{side}_{rate}" for rate in _RATES for side in _SIDES),
        ]
    )
    for row in report.rows:
        timings = [getattr(row, name) for name in _TIMES]
        writer.writerow(
            [
                *(_cell(getattr(row, name)) for name in _PLAIN),
                *(_figure(timing, figure) for timing in timings for figure in _FIGURES),
                *(_cell(getattr(getattr(row, rate), side)) for rate in _RATES for side in _SIDES),
            ]
        )
    return out.getvalue().encode()


def _figure(timing: Timing | None, name: str) -> Any:
    return "" if timing is None else _cell(getattr(timing, name))


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def to_markdown(report: Report) -> bytes:
    """Return the answer and the tables of a report as Markdown, with the details."""
    lines = [f"## {_escaped(title(report))}", ""]
    lines += [f"- {_escaped(line)}" for line in answer(report)]
    for table in tables(report, details=True):
        lines += ["", f"### {_escaped(table.title)}", "", *_rows(table), "", _escaped(table.note)]
    lines += ["", "### Remarks", "", *(f"- {_escaped(line)}" for line in remarks(report))]
    return ("\n".join(lines) + "\n").encode()


def _rows(table: Table) -> list[str]:
    marks = [":--" if number < table.words else "--:" for number in range(len(table.headings))]
    rows = [tuple(map(_escaped, row)) for group in table.groups for row in group]
    return [f"| {' | '.join(cells)} |" for cells in (table.headings, marks, *rows)]


def _escaped(text: str) -> str:
    for letter in "\\|*_<>[]`#":
        text = text.replace(letter, f"\\{letter}")
    # A noisy figure's mark, twice in a line, would strike out what is between.
    return text.replace("~", "\\~")
