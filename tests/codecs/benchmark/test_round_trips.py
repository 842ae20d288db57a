"""``python -m bench round-trips`` and ``connections``: who takes part, what is made of the times, what has to hold."""

from __future__ import annotations

import json
import sys

import attrs
import pytest

from bench.cliffs.sweep import Build
from bench.connections import __main__ as connections
from bench.figures.files import write
from bench.round_trips import checks, page
from bench.round_trips.contender import WORKS, Contender, Work
from bench.round_trips.driver import PINS, Seat, measured
from bench.round_trips.results import Result, Turn, quantile, result_of
from bench.round_trips.table import CONTENDERS, seats


BUILDS = checks.builds_for(attrs.evolve(Build(), is_today=True))


def turn(times, client=10, server=20, router=None):
    return Turn(times=times, client_cpu=client, server_cpu=server, router_cpu=router)


def test_single_times():
    """The median of the turns' medians, the first quartile of them, and the tail without the first, cold trips."""
    cold = [1000] * 5
    turns = [turn([*cold, *([time] * 95)]) for time in (40, 10, 20, 30, 50)]
    found = result_of("x", Work("one at a time", "trips", 100), turns, None)
    assert (found.p50, found.quiet, found.p98) == (30, 20, 10)
    assert (found.client_cpu, found.server_cpu, found.router_cpu) == (0.1, 0.2, None)


def test_times_of_all_together():
    """They are divided, and have no tail."""
    found = result_of("x", Work("one way", "stream", 10), [turn([100]), turn([300]), turn([200])], None)
    assert (found.p50, found.quiet, found.p98) == (20, 15, None)


def test_no_times():
    """Whoever failed has an error in their place."""
    assert result_of("x", WORKS["one way"], [], "why").error == "why"
    assert result_of("x", WORKS["one way"], [], None).error == "it had no turn"
    assert quantile([7], 0.98) == quantile([7, 7], 0.25) == 7
    assert quantile([0, 10], 0.25) == 2.5


def test_what_is_compared_takes_part():
    """Every row that a check names is one that is measured, and nothing else is where checks are asked for."""
    for pin in PINS:
        chosen, missing = seats(BUILDS, lambda seat, pin=pin: checks.is_needed(seat, pin))
        lacking = {line.partition(":")[0] for line in missing}
        named = {
            (check.work, name)
            for check in checks.CHECKS
            if pin in check.pins and check.work != checks.FRAMES
            for name in (check.ours, check.against)
        }
        measured_rows = {(seat.work.name, seat.name) for seat in chosen}
        assert measured_rows <= named
        # "uvloop" is missing from "uvloop, pure" and from its floor, too.
        assert {name for _, name in named - measured_rows if not any(lack in name for lack in lacking)} == set()


def test_frames_that_are_compared():
    """A check of frames without I/O names rows that ``bench.frames`` has."""
    frames = pytest.importorskip("bench.frames")
    names = {row["contender"] for row in frames.measure(1) if row["work"] == "route"}
    named = [(check.ours, check.against) for check in checks.CHECKS if check.work == checks.FRAMES]
    assert named
    assert all({*pair} <= names for pair in named)


def test_only_what_today_has_is_asked_of_it():
    """Rows of other builds are this project's own, and today's build lacks what is new."""
    chosen, _ = seats(BUILDS, lambda _: True)
    older = [seat for seat in chosen if seat.label]
    assert older
    assert all((seat.through or seat.contender).own for seat in older)
    assert not [seat for seat in older if seat.build.is_today and (seat.through or seat.contender).since == "this"]
    assert len({(seat.work.name, seat.name) for seat in chosen}) == len(chosen)


def test_what_is_not_installed_is_said(monkeypatch):
    """In one line, with the way to get it."""
    monkeypatch.setitem(CONTENDERS, "nobody", Contender(name="nobody", factory="x:y", needs=("no_such", "no-such")))
    chosen, missing = seats({"": Build()}, lambda seat: seat.contender.name == "nobody")
    assert (chosen, missing) == ([], ["nobody: no_such is not installed (pip install no-such)"])


def rows(**quiet):
    return [
        Result(contender=name.replace("_", " "), work="one way", quiet=value, p50=value)
        for name, value in quiet.items()
    ]


def test_verdicts(monkeypatch):
    """A row holds, does not, or has no figure, which is the other's fault or this project's."""
    monkeypatch.setattr(checks, "CHECKS", (checks.Check("one way", "ours", "the other", 1.5, pins=("same",)),))
    (held,) = checks.verdicts(rows(ours=3.0, the_other=2.0), "same")
    assert (held.met, held.missed, held.ratio) == (True, False, 1.5)
    (lost,) = checks.verdicts(rows(ours=3.1, the_other=2.0), "same")
    assert (lost.met, lost.missed) == (False, True)
    (excused,) = checks.verdicts(rows(ours=3.0), "same", ["the other: x is not installed (pip install x)"])
    assert (excused.missed, excused.error) == (False, "the other: x is not installed (pip install x)")
    (failed,) = checks.verdicts(rows(the_other=2.0), "same")
    assert (failed.missed, failed.error) == (True, "ours: it did not take part")
    assert list(checks.verdicts(rows(ours=1.0, the_other=2.0), "split")) == []


def test_a_short_run():
    """Processes start, take turns, and are measured; one that cannot says why."""
    names = {
        "one at a time": ("floor: bare socket",),
        "16 in flight": ("asyncio",),
    }
    counts = {"one at a time": 8, "16 in flight": 16}
    chosen = [
        Seat(CONTENDERS[name], attrs.evolve(WORKS[work], count=counts[work]))
        for work, some in names.items()
        for name in some
    ]
    broken = Contender(name="broken", factory="floors:Nothing")
    steps = []
    *found, failed = measured([*chosen, Seat(broken, chosen[-1].work)], 1, "free", lambda: steps.append(1))
    assert len(steps) == 2 * 2
    assert [row.error for row in found] == [None] * 2
    assert all(row.quiet > 0 and row.client_cpu > 0 for row in found)
    if sys.platform == "linux":
        assert all(row.server_cpu > 0 for row in found)
    assert failed.quiet is None
    assert "Nothing" in failed.error


def test_what_the_page_shows(monkeypatch, tmp_path):
    """Who holds what, times in microseconds, and nothing else of the page is touched."""
    row = Result(contender="ours", work="one way", quiet=1500.0, p50=2000.0, client_cpu=100.0, server_cpu=300.0)
    lost = Result(contender="theirs", work="one way", error="why")
    verdict = checks.Verdict(check=checks.Check("one way", "ours", "theirs", 1.5), ratio=1.2)
    figures = {
        "at": "2026-01-02T03:04:05+00:00",
        "environment": {"commit": "abc", "python": "CPython", "cpu": "a processor", "system": "Linux"},
        "rounds": 3,
        "missing": ["x: y is not installed (pip install y)"],
        "results": [attrs.asdict(row), attrs.asdict(lost)],
        "checks": {"same": [{**attrs.asdict(verdict), "met": True}]},
        "connections": [attrs.asdict(cost("asyncio", "today"))],
    }
    monkeypatch.setattr(page, "FIGURES", tmp_path / "figures.json")
    write(page.FIGURES, figures)
    text = page.filled("before\n<!-- figures: trips -->\nstale\n<!-- end of figures -->\n<!-- figures: more -->\nkept")
    assert text.startswith("before\n<!-- figures: trips -->\n")
    assert text.endswith("\n<!-- end of figures -->\n<!-- figures: more -->\nkept")
    assert "stale" not in text
    for line in (
        "- Measured on 2026-01-02, 3 turns of each",
        "- Not measured: x: y is not installed (pip install y)",
        "| one way | ours | theirs | time | 1.20 | 1.50 | yes |",
        "| ours | 1.5 | 2.0 |  | 0.1 | 0.3 |  |",
        "| asyncio, today | 0 | 5.0 | 10.0 | 0 | 0 | 0.0% | 0.0% |",
    ):
        assert line in text.splitlines()


def cost(flavour, build, **changes):
    given = {"open_ns": 100.0, "client_kib": 5.0, "server_kib": 10.0, "client_threads": 0, "server_threads": 0}
    more = {"client_idle": 0.0, "server_idle": 0.0, "count": 1000}
    return connections.Cost(flavour=flavour, build=build, **{**given, **more, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"open_ns": 601.0}, ["opening takes 0.60 of the baseline's time, limit 0.60"]),
        ({"server_kib": 40.1}, ["40.1 KiB per connection at the server, limit 40"]),
        ({"server_threads": 1001}, []),
        ({"server_threads": 1002}, ["1002 threads at the server, 0 at the client"]),
        ({"client_threads": 1000}, ["0 threads at the server, 1000 at the client"]),
    ],
)
def test_connections_that_cost_too_much(changes, expected):
    """Each in a line; a thread for each channel that is served is what blocking ones are allowed."""
    found = [
        cost("blocking", "", **changes),
        cost("blocking", "today", open_ns=1000.0),
        cost("asyncio", ""),
        cost("asyncio", "today", open_ns=1000.0),
    ]
    assert list(connections.misses(found)) == [f"blocking: {line}" for line in expected]


@pytest.mark.skipif(sys.platform != "linux", reason="it reads what Linux says of processes")
def test_a_few_connections(monkeypatch, tmp_path, capsys):
    """They are measured, shown and written."""
    monkeypatch.setattr(connections, "_FLAVOURS", ("blocking",))
    monkeypatch.setattr(connections, "_IDLE_SECONDS", 0.01)
    assert connections.main(["--count", "3", "--json", str(tmp_path / "c.json")]) == 0
    (found,) = json.loads((tmp_path / "c.json").read_text())["connections"]
    assert (found["flavour"], found["count"]) == ("blocking", 3)
    assert found["open_ns"] > 0
    assert "3 connections over a Unix socket" in capsys.readouterr().out
