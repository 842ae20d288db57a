"""Render the figures for the documentation, between marks of a page such as ``<!-- figures: targets -->``."""

from __future__ import annotations

import itertools
import math
import re

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from symphony_codecs.benchmark import Report, Row
from symphony_codecs.benchmark.shown import bytes_text, count_text, number_text, ratio_text, time_text

from .cliffs import page as cliffs
from .figures.codecs import Figures
from .plots import PLOTS, THEMES
from .targets import Verdict


__all__ = ["filled"]

_PART: Final = re.compile(r"(<!-- figures: (?!trips |records )(\S+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)
_COLUMNS: Final = (
    "by",
    "bytes",
    "zlib",
    "encode",
    "decode",
    "vs ours",
    "encode, hot",
    "decode, hot",
    "encode, first",
    "decode, first",
    "held",
)


def filled(page: str, figures: Figures) -> str:
    """
    Return the page with the parts between marks replaced.

    Raises:
        KeyError: A mark names an unknown part.
    """
    return _PART.sub(lambda found: f"{found[1]}\n{_PARTS[found[2]](figures)}\n\n{found[3]}", page)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    lines = [headings, [":--" if number < left else "--:" for number in range(len(headings))], *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in lines)


def _environment(figures: Figures) -> str:
    report = figures.reports[-1]
    where = report.environment
    versions = ", ".join(f"{name} {version}" for name, version in where.versions.items())
    machine = f"{where.cpu or 'unknown processor'}, {count_text(where.cpus, 'CPU')}, {where.system}"
    return "\n".join(
        [
            f"- Measured on {figures.at:%Y-%m-%d}, medians of {count_text(report.rounds, 'round')}",
            f"- Commit {where.commit or 'unknown'}",
            f"- {where.python}{'' if where.gil else ', free-threaded'}; engine of the codecs: {where.engine}",
            f"- {machine}",
            f"- {versions}",
            *(f"- Not installed, so not measured: {line}" for line in report.skipped),
        ]
    )


def _targets(figures: Figures) -> str:
    rows = [_target(one) for one in _worst(figures.targets)]
    return _table(("work", "format", "what", "ours", "against", "ratio", "at most", "reached"), rows, left=5)


def _target(one: Verdict) -> list[str]:
    ratio = "-" if one.ratio is None else f"{one.ratio:.2f}"
    word = "yes" if one.met else "no" if one.missed else f"{one.against} failed"
    return [one.work, one.format, one.what, one.ours, one.against, ratio, f"{one.limit:.2f}", word]


def _worst(found: Iterable[Verdict]) -> list[Verdict]:
    """Return the rows; of targets for every work and format, only the worst of each direction."""
    shown: list[Verdict] = []
    worst: dict[tuple[str, str, str], Verdict] = {}
    for one in found:
        if (one.limit, one.against) not in _EVERYWHERE:
            shown.append(one)
            continue
        key = (one.ours, one.against, one.what)
        if not one.excused and (key not in worst or _badness(one) > _badness(worst[key])):
            worst[key] = one
    return shown + list(worst.values())


def _badness(one: Verdict) -> float:
    # A row without a ratio, in which this project failed, is the worst.
    return math.inf if one.ratio is None else one.ratio


_EVERYWHERE: Final = {
    *((0.9, peer) for peer in ("pydantic", "mashumaro", "adaptix", "adaptix, no trail", "serpyco-rs", "cattrs")),
    (1.1, "cattrs"),
}


def _works(figures: Figures) -> str:
    return "\n\n".join(f"### {report.what.capitalize()}\n\n{_work(report)}" for report in figures.reports)


def _work(report: Report) -> str:
    parts = []
    for format_, group in itertools.groupby(report.rows, lambda row: row.format):
        rows = list(group)
        ours = next((row for row in rows if row.role == "codec"), None)
        parts.append(f"**{format_}**\n\n{_table(_COLUMNS, [_cells(row, ours) for row in rows])}")
    failed = [f"- {row.contender}, {row.format}: {row.error}" for row in report.rows if row.error is not None]
    return "\n\n".join([*parts, *(["Failed, so not timed:\n\n" + "\n".join(failed)] if failed else [])])


def _cells(row: Row, ours: Row | None) -> list[str]:
    if row.error is not None:
        return [row.contender, "failed", *[""] * (len(_COLUMNS) - 2)]
    return [
        row.contender,
        number_text(row.size),
        number_text(row.compressed_size),
        time_text(row.encode_stream),
        time_text(row.decode_stream),
        ratio_text(row, ours),
        time_text(row.encode_hot),
        time_text(row.decode_hot),
        time_text(row.encode_first),
        time_text(row.decode_first),
        bytes_text(row.held),
    ]


def _imports(figures: Figures) -> str:
    rows = [(row["what"], f"{row['median_ms']:.3g}", f"{row['min_ms']:.3g}") for row in figures.import_time]
    return _table(("import", "median ms", "least ms"), rows)


def _plots(_figures: Figures) -> str:
    # One paragraph, so that two plots appear side by side where the page is wide enough.
    style = '{ style="vertical-align: top; margin-bottom: 1rem" }'
    return "\n".join(
        f"![{plot.title}; {plot.better}](benchmarks/{name}-{theme}.svg#only-{theme}){style}"
        for name, plot in PLOTS.items()
        for theme in THEMES
    )


def _cliffs(_figures: Figures) -> str:
    return cliffs.shown()


_PARTS: Final[Mapping[str, Callable[[Figures], str]]] = {
    "environment": _environment,
    "targets": _targets,
    "works": _works,
    "imports": _imports,
    "plots": _plots,
    "cliffs": _cliffs,
}
