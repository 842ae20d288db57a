"""A report as tables of texts, narrow enough for a terminal of 80 columns; terminals and Markdown draw them."""

from __future__ import annotations

import itertools

from collections.abc import Callable, Iterable, Iterator

import attrs

from .contender import Compression
from .report import Report, Row
from .shown import (
    bytes_text,
    codec_text,
    count_text,
    environment_text,
    rate_text,
    size_text,
    speed_text,
    stream_ratio,
    time_text,
)


__all__ = ["Table", "remarks", "tables", "through_text", "title"]


@attrs.frozen(kw_only=True)
class Table:
    """
    A table of texts.

    Args:
        title: Its title.
        headings: One for each column.
        groups: Rows that belong together, each a text for each heading.
        words: How many of the first columns are words; the others are figures.
        note: The meaning of the headings.
    """

    title: str
    headings: tuple[str, ...]
    groups: tuple[tuple[tuple[str, ...], ...], ...]
    words: int
    note: str


def through_text(compression: Compression, *, framed: bool) -> str:
    """Return the compression and framing of documents: ``bare``, ``zlib``, ``frame``, ``zlib, frame``."""
    parts = [*([compression] if compression != "none" else []), *(["frame"] if framed else [])]
    return ", ".join(parts) or "bare"


def title(report: Report) -> str:
    """Return the results."""
    return f"{report.what}: {count_text(report.values, 'value')}, {report.source}; {count_text(report.rounds, 'round')}"


def tables(report: Report, *, details: bool = False) -> tuple[Table, ...]:
    """
    Return the tables of a report: codecs, what their documents go through, and other libraries.

    Args:
        report: The results.
        details: Also one value again and again, first calls, and memory.
    """
    working = [row for row in report.rows if row.error is None]
    makers = [_codecs, _libraries, *([_hot, _memory] if details else [])]
    return tuple(table for make in makers if (table := make(working)).groups)


def _codecs(rows: Iterable[Row]) -> Table:
    codecs = (row for row in rows if row.role == "codec")
    return Table(
        title="Codecs, and what their documents go through",
        headings=("codec", "as", "bytes", "p50", "p99", "encode", "decode", "msg/s", "MB/s"),
        groups=tuple(
            tuple(_codec(row, "" if number else name) for number, row in enumerate(group))
            for name, group in itertools.groupby(codecs, codec_text)
        ),
        words=2,
        note="as: bare documents, each compressed alone, or each in a native frame. bytes: the mean on the wire; half "
        "of the documents are p50 long at most, 99 % p99. encode, decode: the median of one message of the stream, "
        "with compression or frame. msg/s: messages that one thread encodes and decodes in a second; MB/s: their "
        "documents, uncompressed. ~ noisy: the middle half of the rounds is wider than 10 %, or there was one.",
    )


def _codec(row: Row, name: str) -> tuple[str, ...]:
    both = _sum_ns(row)
    size = row.size if row.document_size is None else row.document_size
    return (
        name,
        through_text(row.compression, framed=row.framed),
        size_text(row.size),
        size_text(row.size_p50),
        size_text(row.size_p99),
        time_text(row.encode_stream),
        time_text(row.decode_stream),
        rate_text(1e9 / both if both else None),
        rate_text(size * 1e3 / both if both and size is not None else None),
    )


def _sum_ns(row: Row) -> float | None:
    if row.encode_stream is None or row.decode_stream is None:
        return None
    return row.encode_stream.median_ns + row.decode_stream.median_ns


def _by_format(rows: Iterable[Row]) -> Iterator[tuple[Row | None, list[Row]]]:
    """Return the bare rows format by format, each with the codec that the others are compared with."""
    bare = (row for row in rows if row.compression == "none" and not row.framed)
    for _, group in itertools.groupby(bare, lambda row: row.format):
        found = list(group)
        yield next((row for row in found if row.role == "codec"), None), found


def _libraries(rows: Iterable[Row]) -> Table:
    groups = []
    for ours, group in _by_format(rows):
        if any(row.role != "codec" for row in group):
            shown = [row for row in group if row is ours or row.role != "codec"]
            groups.append(
                tuple(_library(row, ours, row.format if not number else "") for number, row in enumerate(shown))
            )
    return Table(
        title="Next to other libraries, bare documents",
        headings=("format", "by", "bytes", "encode", "decode", "both together"),
        groups=tuple(groups),
        words=2,
        note="both together: encode and decode, against symphony in the same format. floor: the wire library alone on "
        "ready-made builtins, without types and checks.",
    )


def _library(row: Row, ours: Row | None, name: str) -> tuple[str, ...]:
    return (
        name,
        row.contender,
        size_text(row.size),
        time_text(row.encode_stream),
        time_text(row.decode_stream),
        "" if row is ours else speed_text(stream_ratio(row, ours)),
    )


def _hot(rows: Iterable[Row]) -> Table:
    return Table(
        title="One value again and again, and first calls",
        headings=("format", "by", "encode", "decode", "first encode", "first decode"),
        groups=_alike(
            rows,
            lambda row: (
                time_text(row.encode_hot),
                time_text(row.decode_hot),
                time_text(row.encode_first),
                time_text(row.decode_first),
            ),
        ),
        words=2,
        note="encode, decode: one and the same value. first: the first call of a new function, with making it.",
    )


def _memory(rows: Iterable[Row]) -> Table:
    return Table(
        title="Memory",
        headings=("format", "by", "encode", "decode", "held"),
        groups=_alike(
            rows, lambda row: (bytes_text(row.encode_peak), bytes_text(row.decode_peak), bytes_text(row.held))
        ),
        words=2,
        note="encode, decode: what the largest document takes at most, in KiB (K) or MiB (M). held: by what the "
        "process grows for each value that is kept, where each library has a process of its own.",
    )


def _alike(rows: Iterable[Row], figures: Callable[[Row], tuple[str, ...]]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    return tuple(
        tuple((row.format if not number else "", row.contender, *figures(row)) for number, row in enumerate(group))
        for _, group in _by_format(rows)
    )


def remarks(report: Report) -> tuple[str, ...]:
    """Return lines about those without figures, and why, and where the figures come from."""
    failed: dict[str, dict[str, None]] = {}
    for row in report.rows:
        if row.error is not None:
            name = codec_text(row) if row.role == "codec" else f"{row.contender} ({row.format})"
            failed.setdefault(row.error, {}).setdefault(name)
    return (
        *(f"cannot do it: {', '.join(names)}: {error}" for error, names in failed.items()),
        *(f"not measured: {line}" for line in report.skipped),
        environment_text(report),
    )
