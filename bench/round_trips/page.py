"""Render the figures of round trips for the documentation, between the marks of a page."""

from __future__ import annotations

import re

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..figures.files import FOLDER, read
from .driver import Pin


__all__ = ["FIGURES", "PINS_SHOWN", "filled", "shown"]

FIGURES: Final = FOLDER / "round-trips.json"
PINS_SHOWN: Final[tuple[Pin, ...]] = ("same", "split")
_PART: Final = re.compile(r"(<!-- figures: trips -->\n).*?(<!-- end of figures -->)", re.DOTALL)
# In nanoseconds: from here on, microseconds with three digits have no decimals.
_LARGE: Final = 99_950
_TWO_DIGITS: Final = 9.995
_ENDS: Final = {"same": "both ends on one processor", "split": "each end on its own processor"}


def filled(page: str) -> str:
    """Return the page with the part between the marks replaced."""
    return _PART.sub(lambda part: f"{part[1]}\n{shown(read(FIGURES))}\n\n{part[2]}", page)


def shown(found: Mapping[str, Any]) -> str:
    """Return the tables of some figures."""
    where, machine = (
        found["environment"],
        ", ".join(str(found["environment"][name]) for name in ("python", "cpu", "system")),
    )
    parts = [
        "\n".join(
            [
                f"- Measured on {found['at'][:10]}, {found['rounds']} turns of each",
                f"- Commit {where['commit'] or 'unknown'}; {machine}",
                *(f"- Not measured: {line}" for line in found["missing"]),
            ]
        )
    ]
    for pin, checks in found["checks"].items():
        parts += [f"**Limits, {_ENDS[pin]}**", _checks(checks)]
    for work in dict.fromkeys(row["work"] for row in found["results"]):
        rows = [row for row in found["results"] if row["work"] == work]
        parts += [f"**{work[0].upper()}{work[1:]}**, microseconds per message", _results(rows)]
    costs = found["connections"]
    parts += [f"**{costs[0]['count']} connections**, values per connection except threads", _connections(costs)]
    return "\n\n".join(parts)


def _checks(checks: Iterable[Mapping[str, Any]]) -> str:
    rows = []
    for one in checks:
        check = one["check"]
        ratio = _ratio(one.get("ratio"))
        word = "yes" if one["met"] else "no" if not one["excused"] else "not measured"
        figure = {"quiet": "time", "p98": "p98", "router_cpu": "CPU between"}[check["figure"]]
        rows.append((check["work"], check["ours"], check["against"], figure, ratio, f"{check['limit']:.2f}", word))
    return _table(("work", "ours", "against", "what", "ratio", "at most", "holds"), rows, left=4)


def _results(rows: Sequence[Mapping[str, Any]]) -> str:
    figures = ("quiet", "p50", "p98", "client_cpu", "server_cpu", "router_cpu")
    cells = [(row["contender"], *(_us(row.get(name)) for name in figures)) for row in rows if "error" not in row]
    return _table(("by", "quiet", "p50", "p98", "CPU client", "CPU server", "CPU between"), cells)


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}" if value < _TWO_DIGITS else f"{value:.1f}"


def _us(value: float | None) -> str:
    return "" if value is None else f"{value / 1e3:,.1f}" if value < _LARGE else f"{value / 1e3:,.0f}"


def _connections(costs: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (
            ", ".join(filter(None, (cost["flavour"], cost["build"]))),
            f"{cost['open_ns'] / 1e3:,.0f}",
            f"{cost['client_kib']:.1f}",
            f"{cost['server_kib']:.1f}",
            str(cost["client_threads"]),
            str(cost["server_threads"]),
            f"{cost['client_idle']:.1%}",
            f"{cost['server_idle']:.1%}",
        )
        for cost in costs
    ]
    headings = ("by", "open, us", "KiB, client", "server", "threads, client", "server", "idle CPU, client", "server")
    return _table(headings, rows)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    lines = [headings, [":--" if number < left else "--:" for number in range(len(headings))], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
