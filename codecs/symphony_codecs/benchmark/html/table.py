"""The tables of the page: cells with a text to read and a figure to sort by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from ..contender import OURS
from ..field_sizes import STRUCTURE
from ..report import Report, Row, Timing
from ..shown import bytes_text, duration_text, number_text
from .fields import field_name, fields_of


__all__ = ["Cell", "Column", "Table", "field_table", "row_table"]


@attrs.frozen
class Column:
    """
    A column.

    Args:
        heading: Its heading.
        unit: The unit of its figures; empty for texts.
        is_number: Whether it sorts by figures.
    """

    heading: str
    unit: str = ""
    is_number: bool = True


@attrs.frozen
class Cell:
    """
    A cell.

    Args:
        text: Its text.
        key: The key for sorting: a figure or a text; empty: it comes last.
        note: A further text, in small letters.
    """

    text: str
    key: str
    note: str = ""


@attrs.frozen(kw_only=True)
class Table:
    """
    A table.

    Args:
        caption: A description of its content.
        columns: Its columns.
        rows: The cells of each row.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


_DASH: Final = "-"
_NOTHING: Final = Cell(_DASH, "")
_COLUMNS: Final[tuple[tuple[Column, Callable[[Row], Cell]], ...]] = (
    (Column("size", "bytes"), lambda row: _number(row.size)),
    (Column("p50 size", "bytes"), lambda row: _number(row.size_p50)),
    (Column("p99 size", "bytes"), lambda row: _number(row.size_p99)),
    (Column("encode"), lambda row: _time(row.encode_stream)),
    (Column("decode"), lambda row: _time(row.decode_stream)),
    (Column("encode", "messages/s"), lambda row: _number(row.messages_per_second.encode)),
    (Column("decode", "messages/s"), lambda row: _number(row.messages_per_second.decode)),
    (Column("encode", "MB/s"), lambda row: _number(row.mb_per_second.encode)),
    (Column("decode", "MB/s"), lambda row: _number(row.mb_per_second.decode)),
    (Column("encode one value again"), lambda row: _time(row.encode_hot)),
    (Column("decode one document again"), lambda row: _time(row.decode_hot)),
    (Column("first encode"), lambda row: _time(row.encode_first)),
    (Column("first decode"), lambda row: _time(row.decode_first)),
    (Column("peak memory, encode", "bytes"), lambda row: _memory(row.encode_peak)),
    (Column("peak memory, decode", "bytes"), lambda row: _memory(row.decode_peak)),
    (Column("memory of a value", "bytes"), lambda row: _memory(row.held)),
)


def row_table(report: Report) -> Table:
    """Return all rows of a report; a column that no row has figures for is left out."""
    kept = [(column, cell) for column, cell in _COLUMNS if any(cell(row).key for row in report.rows)]
    return Table(
        caption="Everything that was measured",
        columns=(
            Column("format", is_number=False),
            Column("by", is_number=False),
            Column("through", is_number=False),
            *(column for column, _ in kept),
        ),
        rows=tuple((*_names(row), *(cell(row) for _, cell in kept)) for row in report.rows),
    )


def field_table(report: Report) -> Table:
    """Return the bytes of all fields, a column for each codec."""
    fields = fields_of(report)
    codecs = list(dict.fromkeys(field.codec for field in report.fields))
    return Table(
        caption="Mean bytes of each field",
        columns=(Column("field", is_number=False), *(Column(codec, "bytes") for codec in codecs)),
        rows=tuple(
            (Cell(field_name(path), "" if path == STRUCTURE else path), *(_tenths(sizes[codec]) for codec in codecs))
            for path, sizes in fields.items()
        ),
    )


def _names(row: Row) -> tuple[Cell, Cell, Cell]:
    who = "this library" if row.contender == OURS else row.contender
    through = "frames" if row.framed else _DASH if row.compression == "none" else row.compression
    note = "" if row.error is None else "failed, see below"
    return Cell(row.format, row.format), Cell(who, who, note), Cell(through, through.strip(_DASH))


def _number(figure: float | None) -> Cell:
    return _NOTHING if figure is None else Cell(number_text(figure), f"{figure:.12g}")


def _tenths(figure: float) -> Cell:
    return Cell(f"{figure:,.1f}", f"{figure:.12g}")


def _time(timing: Timing | None) -> Cell:
    if timing is None:
        return _NOTHING
    return Cell(duration_text(timing.median_ns), f"{timing.median_ns:.12g}", "noisy" if timing.noisy else "")


def _memory(figure: float | None) -> Cell:
    return _NOTHING if figure is None else Cell(bytes_text(figure), f"{figure:.12g}")
