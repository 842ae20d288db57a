"""The figures of all works, of what is to be reached in them, and of import times: ``codecs.json``."""

from __future__ import annotations

import datetime as dt
import json

from collections.abc import Mapping
from typing import Any, Final

import attrs

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Report, Row

from ..targets import Verdict
from .files import FOLDER, build, dumps, loads


__all__ = ["CODECS", "Figures"]

CODECS: Final = FOLDER / "codecs.json"
_SIZES: Final = frozenset(("size", "document_size", "compressed_size", "held"))


@attrs.frozen(kw_only=True)
class Figures:
    """
    What one run has found.

    Args:
        reports: A report for each work, all of one environment.
        targets: What is to be reached, and whether it is.
        import_time: A row for each statement, as of `bench.import_time`.
    """

    reports: tuple[Report, ...]
    targets: tuple[Verdict, ...]
    import_time: tuple[Mapping[str, Any], ...]

    @property
    def at(self) -> dt.datetime:
        """When it ended."""
        return self.reports[-1].at

    def work(self, name: str) -> Report:
        """Return the report of a work."""
        return next(report for report in self.reports if report.what == name)

    def of_commit(self, commit: str) -> Figures:
        """Return them with the commit that `check_committed` returned."""
        where = attrs.evolve(self.reports[-1].environment, commit=commit)
        return attrs.evolve(self, reports=tuple(attrs.evolve(report, environment=where) for report in self.reports))

    def to_json(self) -> str:
        """Return the figures that are published, with three significant digits and whole bytes."""
        return dumps(
            {
                "environment": attrs.asdict(self.reports[-1].environment),
                "reports": [_report(report) for report in self.reports],
                "targets": [attrs.asdict(one) for one in self.targets],
                "import_time": self.import_time,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Figures:
        """Return what `to_json` has written."""
        document = loads(text)
        reports = [{**report, "environment": document["environment"]} for report in document["reports"]]
        return cls(
            reports=tuple(get_codec("json").decode(json.dumps(report).encode(), Report) for report in reports),
            targets=tuple(build(Verdict, one) for one in document["targets"]),
            import_time=tuple(document["import_time"]),
        )


def _report(report: Report) -> dict[str, Any]:
    shown = {name: getattr(report, name) for name in ("what", "values", "source", "rounds", "skipped")}
    return {**shown, "at": report.at.isoformat(), "rows": [*map(_row, report.rows)]}


def _row(row: Row) -> dict[str, Any]:
    # What is as usual is left out, and single batches are.
    given = attrs.asdict(row, filter=lambda field, value: field.name != "batches" and value != field.default)
    return {name: round(value) if name in _SIZES else value for name, value in given.items()}
