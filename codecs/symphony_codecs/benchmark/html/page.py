"""The page: plots, tables and what they were measured with, in one file."""

from __future__ import annotations

import base64
import hashlib
import re

from pathlib import Path
from typing import Any, Final

from ..report import Report, ReportError
from ..shown import codec_text, count_text
from .fields import by_field
from .latency import latency
from .plot import MISSING, drawing
from .table import field_table, row_table
from .time_and_size import time_and_size


__all__ = ["check_installed", "render_html"]

_PARTS: Final = re.compile(r"(?<=[\W_])")
_FOLDER: Final = Path(__file__).parent / "templates"


def render_html(report: Report) -> str:
    """
    Return a report as one page of HTML that loads nothing and needs no other file.

    Args:
        report: The report.

    Raises:
        ReportError: The extra ``report`` is not installed.
    """
    template = _template()
    script = (_FOLDER / "page.js").read_text(encoding="utf-8")
    page: str = template.render(
        report=report,
        what=report.what,
        plots=[time_and_size(report), latency(report), by_field(report)],
        rows=row_table(report),
        fields=field_table(report) if report.fields else None,
        failed=_failed(report),
        values=count_text(report.values, "value"),
        rounds=count_text(report.rounds, "batch").replace("batchs", "batches"),
        style=(_FOLDER / "page.css").read_text(encoding="utf-8"),
        script=script,
        # No other script runs, whatever a name in the report says.
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    # Names of files may have parts that no text has.
    return page.encode(errors="replace").decode()


def _failed(report: Report) -> list[tuple[str, str]]:
    """Return who has failed, and why; those who failed in the same way with compression and frames once."""
    return list(dict.fromkeys((codec_text(row), row.error) for row in report.rows if row.error is not None))


def check_installed() -> None:
    """
    Make sure that `render_html` has what it needs, before anything is measured.

    Raises:
        ReportError: The extra ``report`` is not installed.
    """
    _template()
    drawing()


def _template() -> Any:
    try:
        import jinja2
    except ImportError:
        raise ReportError(MISSING) from None
    environment = jinja2.Environment(
        autoescape=True,
        keep_trailing_newline=True,
        loader=jinja2.FileSystemLoader(_FOLDER),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["breakable"] = _breakable
    return environment.get_template("page.html")


def _breakable(text: str) -> Any:
    """Return a name that a line may end in, behind punctuation."""
    from markupsafe import Markup

    return Markup("<wbr>").join(part for part in _PARTS.split(text) if part)
