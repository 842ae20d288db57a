"""The report in the terminal.  Needs rich, the extra ``cli``; nothing else in this package does."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from .answer import answer
from .report import Report
from .tables import Table, remarks, tables, title


__all__ = ["drawn", "render"]


def render(report: Report, *, details: bool = False) -> RenderableType:
    """
    Return what the terminal shows of a report: tables, those that failed and why, where it ran, and the answer.

    Args:
        report: The results.
        details: See `tables`.
    """
    return Group(
        Text(title(report), "bold"),
        "",
        *(drawn(table) for table in tables(report, details=details)),
        *_hanging(remarks(report)),
        "",
        *_hanging(answer(report), "bold"),
    )


def drawn(table: Table) -> RenderableType:
    """Return a table whose figures are never cut: names are folded where there is no room for them."""
    found = RichTable(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=Text(table.title, "bold"),
        title_justify="left",
        caption=Text(table.note, "dim"),
        caption_justify="left",
    )
    for number, heading in enumerate(table.headings):
        if number < table.words:
            found.add_column(heading, overflow="fold")
        else:
            found.add_column(heading, justify="right", no_wrap=True)
    for group in table.groups:
        for row in group:
            found.add_row(*map(Text, row))
        found.add_section()
    return Padding(found, (0, 0, 1, 0), expand=False)


def _hanging(lines: Iterable[str], style: str = "") -> list[RenderableType]:
    # Each line is one to the eye, too, where it takes several.
    return [_Hanging(line, style) for line in lines]


class _Hanging:
    """A line whose further rows are indented."""

    def __init__(self, line: str, style: str) -> None:
        self._text = Text(line, style)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        first, *rest = self._text.wrap(console, max(options.max_width - 2, 1)) or [Text()]
        yield first
        for line in rest:
            yield Text("  ") + line
