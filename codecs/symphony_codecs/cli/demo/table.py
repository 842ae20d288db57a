"""How the demo shows what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .exchange import Row


__all__ = ["results_table"]

_NUMBERS: Final = ("count", "bytes", "vs\njson", "encode\nus", "decode\nus", "trip\nus")
# From here on a decimal says nothing.
_LARGE: Final = 1000
_WIDE: Final = 100


def results_table(rows: Sequence[Row], console: Console) -> Table:
    """
    Return the table of all rows, by kind.

    Args:
        rows: Those of one kind stand together.
        console: Where it will be printed; not every encoding has a tick.
    """
    unicode = console.encoding.lower().startswith("utf")
    yes, no = ("\u2713", "\u2717") if unicode else ("yes", "no")
    json_bytes = {row.kind: row.bytes for row in rows if row.format == "json"}
    # 80 columns are enough.
    table = Table(box=None, pad_edge=False, padding=(0, 2 if console.width >= _WIDE else 1, 0, 0))
    table.add_column("type")
    table.add_column("format", no_wrap=True)
    for heading in _NUMBERS:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("ok", justify="center")
    previous = None
    for row in rows:
        first = row.kind != previous
        if first and previous is not None:
            table.add_row()
        previous = row.kind
        base = json_bytes.get(row.kind)
        verified = row.verified == row.messages
        table.add_row(
            row.kind if first else "",
            row.format,
            f"{row.messages}",
            f"{row.bytes:,}",
            f"{row.bytes / base:.0%}" if base else "-",
            *map(_microseconds, (row.encode_us, row.decode_us, row.round_trip_us)),
            Text(yes, "green") if verified else Text(f"{no} {row.verified} of {row.messages}", "red"),
        )
    return table


def _microseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= _LARGE else f"{value:.1f}"
