"""The check of what is recommended: its line on a clock of its own, its messages, and what it finds wrong."""

from __future__ import annotations

import json
import random
import socket

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from bench.recommend import __main__ as program
from bench.recommend.__main__ import Finding, misses
from bench.recommend.contenders import contenders, name_of
from bench.recommend.exchange import Exchange, exchanged, reader
from bench.recommend.line import NOTHING, Pace, read_message, write_message
from bench.recommend.messages import MAKERS
from symphony_codecs.benchmark import Settings
from symphony_codecs.benchmark.sameness import difference
from tests.codecs.recommend.made import report as made_report
from tests.codecs.recommend.made import row


class Clock:
    """A clock that stands still but when it is waited for, and what was written when."""

    def __init__(self, now=0.0):
        self.now = now
        self.written = []

    def wait(self, due):
        self.now = max(self.now, due)

    def sendall(self, data):
        self.written.append((self.now, len(data)))

    def pace(self, speed):
        return Pace(self, speed, lambda: self.now, self.wait)


@given(st.lists(st.integers(0, 20_000), min_size=1), st.floats(1e4, 1e10), st.floats(0, 1e5))
def test_line_takes_its_time(sizes, speed, start):
    """Messages one behind the other take what a line of that speed takes, and no byte is early."""
    clock = Clock(start)
    pace = clock.pace(speed)
    for size in sizes:
        pace.send(bytes(size))
    assert clock.now - start == pytest.approx(sum(sizes) * 8 / speed, rel=1e-6, abs=1e-9)
    sent = 0
    for at, size in clock.written:
        sent += size
        assert at - start >= sent * 8 / speed * (1 - 1e-6) - 1e-9


def test_idle_time_saves_nothing_up():
    """After a pause a message takes as long as before."""
    clock = Clock()
    pace = clock.pace(8000.0)
    pace.send(bytes(1000))
    clock.now = 10.0
    pace.send(bytes(1000))
    assert clock.now == pytest.approx(11.0)


def test_messages_over_a_socket():
    """A message comes as it was sent, with what reads it; the end is the end."""
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            pace = Pace(ours, 1e12)
            write_message(pace, 3, b"x" * 10_000)
            write_message(pace, NOTHING, b"")
        assert read_message(theirs) == (3, b"x" * 10_000)
        assert read_message(theirs) == (NOTHING, b"")
        assert read_message(theirs) is None


@pytest.mark.parametrize("name", MAKERS)
def test_contenders(name):
    """Each type is the same for the same seed, and every way gives each value back."""
    as_type, make = MAKERS[name]
    values = make(random.Random(1))
    assert make(random.Random(1)) == values
    assert len({name_of(one) for one in contenders(as_type)}) == len(contenders(as_type))
    for one in contenders(as_type):
        encode, decode = one.encode(), one.decode()
        assert difference(values[0], decode(encode(values[0]))) is None


def test_exchange():
    """Messages go to another process and back, each way of the line's own."""
    as_type, make = MAKERS["ids"]
    ways = contenders(as_type)[:2]
    with reader("ids") as connection:
        found = exchanged(connection, ways, make(random.Random(1))[:1], 1e9, 2)
    assert [(one.contender, len(one.rounds)) for one in found] == [(name_of(way), 2) for way in ways]


REPORT = made_report(row("json"))
FINDING = Finding(
    work="ids",
    speed=1e9,
    choice="cbor",
    expected=1.0,
    exchanges=(
        Exchange(contender="msgpack", seconds=1.0, rounds=()),
        Exchange(contender="cbor", seconds=1.04, rounds=()),
        Exchange(contender="json", seconds=1.06, rounds=()),
    ),
)


@pytest.mark.parametrize(
    ("choice", "lines"),
    [
        ("msgpack", []),
        ("cbor", []),
        ("json", ["ids at 1 Gbit/s: json takes 6.0% longer than msgpack, at most 5%"]),
    ],
)
def test_misses(choice, lines):
    """What is slower by more than the margin is said."""
    assert [*misses([attrs.evolve(FINDING, choice=choice)])] == lines


@pytest.mark.parametrize(("choice", "code"), [("cbor", 0), ("json", 1)])
def test_program(choice, code, monkeypatch, capsys, tmp_path):
    """The program prints versions, a row for each finding, and what does not hold, which --check makes its code."""

    def measured(work, rounds, on_step):
        on_step()
        return REPORT, [attrs.evolve(FINDING, work=work, choice=choice)]

    monkeypatch.setattr(program, "measured", measured)
    path = tmp_path / "found.json"
    assert program.main(["--rounds", "2", "--json", str(path)]) == 0
    assert program.main(["--rounds", "2", "--check"]) == code
    out = capsys.readouterr().out
    assert "CPython 3.11" in out
    assert all(name in out for name in MAKERS)
    assert ("ids at 1 Gbit/s: json takes 6.0% longer than msgpack" in out) is bool(code)
    document = json.loads(path.read_text())
    assert [one["choice"] for one in document["findings"]] == [choice] * len(MAKERS)
    assert len(document["reports"]) == len(MAKERS)


def test_measured(monkeypatch):
    """Each speed has the recommendation of a report on the same values, and every way over the socket."""
    monkeypatch.setattr(program, "_SPEEDS", (1e9,))
    monkeypatch.setattr(program, "_SENT", 1)
    monkeypatch.setattr(program, "Settings", lambda **changes: Settings(**{**changes, "batch_ns": 1}))
    report, (found,) = program.measured("numbers", 1, lambda: None)
    assert {row.format for row in report.rows} == {"json", "msgpack", "msgpack-compact", "cbor"}
    assert found.choice in {one.contender for one in found.exchanges}
    assert [*found.exchanges] == sorted(found.exchanges, key=lambda one: one.seconds)
    assert found.measured >= found.exchanges[0].seconds


def test_no_rounds(capsys):
    """Nothing can be said without a round."""
    with pytest.raises(SystemExit):
        program.main(["--rounds", "0"])
    assert "expected at least one round, got 0" in capsys.readouterr().err
