"""``symphony bench``: the codecs on your own type, next to the libraries that are installed."""

from __future__ import annotations

import math

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter
from rich.text import Text

from ..benchmark.compare import CompareError, check_installed, compare
from ..benchmark.compared import change_table, summary
from ..benchmark.contender import OURS
from ..benchmark.report import Report, ReportError
from ..benchmark.table import drawn, render
from ..benchmark.written import to_csv, to_markdown
from ._codecs import CodecFlags
from ._measured import MeasureFlags
from .errors import FailedError, UsageError, printable
from .streams import TABLE_WIDTH, check_folder, console, progress_console, read_bytes, write_bytes


if TYPE_CHECKING:
    from rich.console import Console


__all__ = ["bench"]

_CODECS: Final = CodecFlags()
_MEASURE: Final = MeasureFlags()
_STDOUT: Final = Path("-")


def bench(
    type_: Annotated[str, Parameter(name="TYPE")],
    /,
    *,
    measure: MeasureFlags = _MEASURE,
    details: bool = False,
    json_: Annotated[
        Path | None, Parameter(name=["--json", "--save"], metavar="FILE", allow_leading_hyphen=True)
    ] = None,
    csv: Annotated[Path | None, Parameter(metavar="FILE", allow_leading_hyphen=True)] = None,
    markdown: Annotated[Path | None, Parameter(metavar="FILE", allow_leading_hyphen=True)] = None,
    html: Annotated[Path | None, Parameter(metavar="FILE", allow_leading_hyphen=True)] = None,
    compare_: Annotated[Path | None, Parameter(name="--compare", metavar="FILE")] = None,
    threshold: Annotated[float, Parameter(metavar="PERCENT", show_default=True)] = 5.0,
    codecs: CodecFlags = _CODECS,
) -> int:
    """
    Measure codecs on your own type, next to the libraries that are installed.

    A contender that does not give every value back is shown as failed, with the reason. Without a sample values are
    generated. With --codec the codecs of your modules are measured beside the registered ones. The exit code is 1
    where a codec of --formats or --codec has failed, or all have; and with --compare where something got slower or
    larger.

    Args:
        type_: The type of the values; see symphony decode --help.
        measure: The settings for measuring a type.
        details: Show one value again and again, first calls and memory, too.
        json_: Write all figures to this file, for --compare and symphony recommend. For this and the other files, -
            is standard output, which then gets nothing else.
        csv: Write a line for each row of figures to this file.
        markdown: Write the tables to this file.
        html: Write one page with plots to this file, which needs no other file and no network; takes the extra report.
        compare_: Show what has changed since the report in this file, which --save has written.
        threshold: The least change of a time that counts, in per cent.
        codecs: Codecs and their options.
    """
    files: list[tuple[Path, Callable[[Report], bytes]]] = [
        (path, make)
        for path, make in ((json_, Report.to_json), (csv, to_csv), (markdown, to_markdown), (html, _page))
        if path is not None
    ]
    _check([path for path, _ in files], threshold)
    if html is not None:
        _check_page()
    base = None if compare_ is None else _base(compare_)
    report = measure.measured(type_, codecs)
    # The figures first: a table that nobody reads to its end must not lose them.
    for path, make in files:
        write_bytes(make(report), None if path == _STDOUT else path)
    quiet = any(path == _STDOUT for path, _ in files)
    if not quiet:
        console(at_least=TABLE_WIDTH).print(render(report, details=details))
    is_worse = _has_failed(report, measure.formats)
    if base is not None:
        # Standard output has the file alone.
        is_worse = (
            _compared(base, report, threshold / 100, progress_console() if quiet else console(at_least=TABLE_WIDTH))
            or is_worse
        )
    elif not quiet:
        console().print(_next_step(json_))
    return int(is_worse)


def _check(paths: Sequence[Path], threshold: float) -> None:
    if not 0 <= threshold < math.inf:
        raise UsageError(f"expected a threshold of 0 per cent or more, got {threshold:g}")
    if paths.count(_STDOUT) > 1:
        raise UsageError("expected one file at most on standard output, got several")
    for path in paths:
        if path != _STDOUT:
            check_folder(path)


def _check_page() -> None:
    from ..benchmark import html

    try:
        html.check_installed()
    except ReportError as exc:
        raise UsageError(str(exc)) from exc


def _page(report: Report) -> bytes:
    from ..benchmark import html

    return html.render_html(report).encode()


def _base(path: Path) -> Report:
    try:
        check_installed()
        return Report.from_json(read_bytes(str(path)))
    except ReportError as exc:
        raise UsageError(f"{path}: {exc}") from exc
    except CompareError as exc:
        raise UsageError(str(exc)) from exc


def _has_failed(report: Report, formats: Sequence[str]) -> bool:
    """Tell whether a codec that was asked for has failed, or all have: some formats cannot say every value."""
    bare = [row for row in report.rows if row.role == "codec" and row.compression == "none" and not row.framed]
    failed = [row for row in bare if row.error is not None]
    return len(failed) == len(bare) or any(row.format in formats or row.contender != OURS for row in failed)


def _compared(base: Report, report: Report, threshold: float, out: Console) -> bool:
    try:
        found = compare(base, report, threshold=threshold)
    except CompareError as exc:
        raise FailedError(str(exc)) from exc
    out.print()
    table = change_table(found)
    if table.groups:
        out.print(drawn(table))
    for line in summary(found):
        out.print(Text(printable(line)))
    return found.is_worse


def _next_step(saved: Path | None) -> Text:
    if saved is None:
        return Text("For your transports: save this with --save FILE, then symphony recommend FILE.")
    return Text(f"For your transports: symphony recommend {printable(str(saved))}")
