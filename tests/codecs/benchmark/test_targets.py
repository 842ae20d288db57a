"""What is to be reached: which rows of a report are compared, and what counts as reached."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import types

import attrs
import pytest

from bench import first_decoder, targets, wire
from bench.works import tree, workflow
from symphony_codecs.benchmark import Environment, Report, Row, Settings, Timing, measure


def timing(ns):
    return Timing(median_ns=ns, min_ns=ns / 2, spread=0.01, rounds=15)


def row(who, format_, encode, decode, **more):
    role = "codec" if who.startswith("symphony") else "floor" if who.startswith("floor") else "peer"
    return Row(
        contender=who,
        format=format_,
        role=role,
        encode_stream=None if encode is None else timing(encode),
        decode_stream=timing(decode),
        **more,
    )


def found(work, *rows):
    return {
        (one.format, one.what, one.ours, one.against): (one.ratio, one.limit, one.met)
        for one in targets.verdicts(work, rows)
    }


def test_envelope():
    """The envelope is held to floors and msgspec, each direction for itself."""
    rows = [
        row("symphony", "json", 700, 1500),
        row("floor: orjson", "json", 1000, 1000),
        row("msgspec", "json", 1000, 2000),
        row("symphony", "msgpack-compact", 1200, 1000),
        row("floor: msgpack", "msgpack-compact", 1000, 1000),
        row("pickle", "pickle", 1, 1),
    ]
    assert found("envelope", *rows) == {
        ("json", "encode", "symphony", "floor: orjson"): (0.7, 0.8, True),
        ("json", "decode", "symphony", "floor: orjson"): (1.5, 1.9, True),
        ("json", "encode", "symphony", "msgspec"): (0.7, 1.0, True),
        ("json", "decode", "symphony", "msgspec"): (0.75, 0.7, False),
        ("msgpack-compact", "encode", "symphony", "floor: msgpack"): (1.2, 1.1, False),
        ("msgpack-compact", "decode", "symphony", "floor: msgpack"): (1.0, 1.5, True),
    }
    assert found("manifest", *rows) == {}


def test_tree():
    """The tree is held to the sum of both directions, and to each peer in each direction, without the engine too."""
    rows = [
        row("symphony", "json", 100, 300),
        row("symphony, pure", "json", 1200, 2000),
        row("cattrs", "json", 1000, 2000),
        row("msgspec", "json", 50, 150),
    ]
    assert found("tree", *rows) == {
        ("json", "encode + decode", "symphony", "cattrs"): (400 / 3000, 0.2, True),
        ("json", "encode + decode", "symphony", "msgspec"): (2.0, 2.2, True),
        ("json", "encode", "symphony", "cattrs"): (0.1, 0.9, True),
        ("json", "decode", "symphony", "cattrs"): (0.15, 0.9, True),
        ("json", "encode", "symphony, pure", "cattrs"): (1.2, 1.1, False),
        ("json", "decode", "symphony, pure", "cattrs"): (1.0, 1.1, True),
    }


def test_errors_are_only_read():
    """Where documents are refused there is nothing to say of writing."""
    rows = [row("symphony", "json", None, 100), row("pydantic", "json", None, 200)]
    assert found("bad field", *rows) == {("json", "decode", "symphony", "pydantic"): (0.5, 0.9, True)}


def test_who_failed_is_compared_with_nobody():
    """A row of one that has failed has no ratio, and says who and why; it is missed where that is this project."""
    failed = Row(contender="pydantic", format="json", role="peer", error="no")
    (encode, decode) = targets.verdicts("ids", [row("symphony", "json", 1, 1), failed])
    assert (encode.what, decode.what) == ("encode", "decode")
    assert (encode.ratio, encode.met, encode.missed, encode.error) == (None, False, False, "pydantic: no")
    ours = Row(contender="symphony", format="json", role="codec", error="no")
    (encode, _) = targets.verdicts("ids", [ours, row("pydantic", "json", 1, 1)])
    assert (encode.ratio, encode.missed, encode.error) == (None, True, "symphony: no")


def test_fastest_batches_stand_beside():
    """The ratio is that of the medians; that of the fastest batches is told, too."""
    ours = row("symphony", "json", 100, 100)
    ours = attrs.evolve(ours, encode_stream=Timing(median_ns=100, min_ns=10, spread=0.5, rounds=3))
    one = next(targets.verdicts("ids", [ours, row("cattrs", "json", 100, 100)]))
    assert (one.ratio, one.fastest_ratio) == (1.0, 0.2)


def test_seats_of_workflows():
    """The same number of nodes is read, be it in a few large workflows or in many small ones."""
    module, _, name = targets._SEAT.partition(":")
    assert getattr(importlib.import_module(module), name) is targets.workflow_seat
    for nodes in (10, 1000):
        contender, numbers = targets.workflow_seat(nodes, "json")
        assert sum(len(contender.adapt(number).nodes) for number in numbers) == 2000


def test_first_decoder():
    """Both are timed on classes that read what is there."""
    ours, theirs = first_decoder.measure(2)
    assert ours.rounds == theirs.rounds == 2
    assert min(ours.min_ns, theirs.min_ns) > 0


@pytest.fixture
def report(monkeypatch):
    """Stand in for the measurement: a tree that takes what it takes."""
    rows = [row("symphony", "json", 100, 300), row("cattrs", "json", 1000, 2000), row("msgspec", "json", 10, 20)]

    def fake(settings, works, on_step, wanted):
        assert wanted(types.SimpleNamespace(name="msgspec"))
        assert not wanted(types.SimpleNamespace(name="pickle"))
        on_step("tree: check", 1, 2)
        assert works == [tree]
        one = Report(
            what="tree",
            values=3,
            source="",
            rounds=settings.rounds,
            at=dt.datetime.now(dt.UTC),
            environment=Environment.here(),
            rows=tuple(rows),
        )
        return [one]

    monkeypatch.setattr(wire, "measure", fake)


@pytest.mark.usefixtures("report")
def test_program(monkeypatch, capsys, tmp_path):
    """The table says what is reached and what is missed, the file has the same, and a miss is the exit code 1."""
    path = tmp_path / "targets.json"
    monkeypatch.setattr("sys.argv", ["targets", "tree", "--rounds", "3", "--json", str(path)])
    with pytest.raises(SystemExit) as caught:
        targets.main()
    assert caught.value.code == 1
    out = capsys.readouterr().out
    assert "3 reached, 1 missed" in out
    document = json.loads(path.read_text())
    assert document["rounds"] == 3
    assert [one["met"] for one in document["targets"]] == [True, False, True, True]
    assert document["environment"]["engine"] in {"compiled", "python"}


@pytest.mark.parametrize("arguments", [["nothing"], ["--rounds", "0"]])
def test_usage(monkeypatch, arguments):
    """What there is not is not measured."""
    monkeypatch.setattr("sys.argv", ["targets", *arguments])
    with pytest.raises(SystemExit) as caught:
        targets.main()
    assert caught.value.code == 2


def test_linear_seats_come_back():
    """What is timed of workflows gives its values back."""
    contender, numbers = targets.workflow_seat(workflow.NODES, "msgpack-compact")
    quick = Settings(rounds=1, first_calls=0, batch_ns=1, memory=False, tasks=("decode_stream",))
    (one,) = measure([contender], numbers, quick)
    assert one.error is None
    assert targets._for_each(one, 1000).decode_stream.min_ns == one.decode_stream.min_ns / 1000
