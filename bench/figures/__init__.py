"""
The committed figures: ``codecs.json``, ``instructions.json``, ``cliffs.json`` and ``cliffs-baseline.json``.

``make bench-report`` writes them, but for the last, and what the documentation shows of them.  The last is of the build
that the cliffs of others are compared with: ``python -m bench cliffs --build today``.
"""

from __future__ import annotations

import datetime as dt
import json

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Report

from ..targets import Verdict


__all__ = ["CODECS", "Figures"]

CODECS: Final = Path(__file__).with_name("codecs.json")


@attrs.frozen(kw_only=True)
class Figures:
    """
    What one run has found.

    Args:
        reports: A report for each work.
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

    def to_json(self) -> str:
        """Return all of it as indented JSON."""
        document = {
            "reports": [json.loads(report.to_json()) for report in self.reports],
            "targets": [attrs.asdict(one) for one in self.targets],
            "import_time": [dict(row) for row in self.import_time],
        }
        return json.dumps(document, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Figures:
        """Return what `to_json` has written."""
        document = json.loads(text)
        return cls(
            # Figures measured before reports had versions are read, too: what is shown of them has stayed.
            reports=tuple(
                get_codec("json").decode(json.dumps(report).encode(), Report) for report in document["reports"]
            ),
            targets=tuple(Verdict(**one) for one in document["targets"]),
            import_time=tuple(document["import_time"]),
        )
