"""The figures of a run as JSON, one row per line, and their tables for the documentation."""

from __future__ import annotations

import datetime as dt
import re

from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import Any, Final, Self

import attrs

from symphony_codecs.benchmark import Environment

from ..figures.files import FOLDER, build, dumps, loads
from .plan import Row
from .results import Verdict
from .scale import Sent
from .shown import HEADINGS, TEXTS, cells


__all__ = ["LATEST", "Figures", "filled"]

LATEST: Final = FOLDER / "records.json"
_PART: Final = re.compile(r"(<!-- figures: (records|sent) -->\n).*?(<!-- end of figures -->)", re.DOTALL)
_DISTRIBUTIONS: Final = ("orjson", "msgpack", "cbor2", "pyarrow", "duckdb", "backports.zstd")


@attrs.frozen(kw_only=True)
class Figures:
    """
    The figures of a run.

    Args:
        rows: The verdict on each row.
        sent: The figures of sending records to other processes, if measured.
        rounds: The number of runs of each contender.
        size: The size of the large file, in megabytes.
        at: When the run ended.
        environment: The machine and the commit.
        versions: The versions of other libraries, by name.
    """

    rows: Sequence[Verdict]
    rounds: int
    size: float
    sent: Sequence[Sent] = ()
    at: str = attrs.field(factory=lambda: dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
    environment: Environment = attrs.field(factory=Environment.here)
    versions: dict[str, str] = attrs.field(factory=lambda: dict(_versions()))

    def to_json(self) -> str:
        """Return the figures as JSON."""
        return dumps(attrs.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the figures that `to_json` wrote."""
        found: dict[str, Any] = loads(text)
        rows = [build(Verdict, {**row, "row": build(Row, row["row"])}) for row in found["rows"]]
        sent = [build(Sent, one) for one in found["sent"]]
        return cls(**{**found, "rows": rows, "sent": sent, "environment": Environment(**found["environment"])})

    def said(self) -> Iterable[str]:
        """Yield lines with the date, the machine and the versions."""
        where = self.environment
        yield f"Measured on {self.at[:10]}, medians of {self.rounds} runs, {self.size:g} MB"
        yield f"Commit {where.commit or 'unknown'}; engine of the codecs: {where.engine}"
        yield f"{where.python}; {where.cpu or 'unknown processor'}, {where.cpus} CPUs, {where.system}"
        yield ", ".join(f"{name} {version}" for name, version in self.versions.items())


def _versions() -> Iterable[tuple[str, str]]:
    for name in _DISTRIBUTIONS:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def filled(page: str, figures: Figures) -> str:
    """Return the page with the parts between marks replaced."""
    return _PART.sub(lambda part: f"{part[1]}\n{_PARTS[part[2]](figures)}\n\n{part[3]}", page)


def _shown(figures: Figures) -> str:
    limited = [cells(one) for one in figures.rows if one.row.limit is not None]
    others = [cells(one)[:-2] for one in figures.rows if one.row.limit is None]
    lines = "\n".join(f"- {line}" for line in figures.said())
    parts = [lines, "**With a limit**", _table(HEADINGS, limited), "**Without a limit**", _table(HEADINGS[:-2], others)]
    return "\n\n".join(parts)


def _sent(figures: Figures) -> str:
    rows = [(one.by, one.way, f"{one.us:,.1f}", f"{one.size:,.0f}") for one in figures.sent]
    headings = ("by", "what is sent", "us per record", "bytes per record")
    return f"Measured on {figures.at[:10]}.\n\n{_table(headings, rows, 2)}"


_PARTS: Final = {"records": _shown, "sent": _sent}


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], texts: int = TEXTS) -> str:
    lines = [headings, [":--" if number < texts else "--:" for number in range(len(headings))], *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)
