"""``python -m bench records``: files of records, what a command costs, and what has to hold."""

from __future__ import annotations

import itertools
import json
import sys

import attrs
import pytest

from bench.cliffs.sweep import Build
from bench.records import figures, inputs, report, results, scale
from bench.records.classes import KINDS
from bench.records.outputs import records_of
from bench.records.peers import PEERS
from bench.records.plan import Input, Loop, Plan, Row
from bench.records.programs import Cost, Program, ProgramError, check_output, median_cost, run
from bench.records.shown import HEADINGS, cells
from bench.records.table import plan
from symphony_codecs import get_codec
from symphony_codecs.benchmark import Environment
from symphony_codecs.cli.typerefs import parse_type


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_records(kind):
    """They fit their type, are what the codec writes of it, and the same each time; the command line finds the type."""
    codec = get_codec("json")
    made = list(itertools.islice(inputs.documents(kind.name), 200))
    assert [codec.encode(codec.decode(data, kind.type), kind.type) for data in made] == made
    assert list(itertools.islice(inputs.documents(kind.name), 200)) == made
    assert kind.reference is None or parse_type(kind.reference) == kind.type


def test_envelopes_have_about_500_bytes_and_ids_of_their_own():
    """As the table says of them."""
    made = list(itertools.islice(inputs.documents("envelope"), 1000))
    assert 450 < sum(map(len, made)) / len(made) < 550
    assert len({json.loads(data)["id"] for data in made}) == len(made)


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_lines(tmp_path, suffix):
    """There are as many as is said, with the size that was asked for, and every hundredth is bad if it has to be."""
    path = tmp_path / f"a.ndjson{suffix}"
    if suffix == ".zst":
        pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    count = inputs.write_lines(path, 0.2, bad=0.01)
    PEERS["untyped"](path, tmp_path / "out.ndjson")
    lines = (tmp_path / "out.ndjson").read_bytes().splitlines()
    assert len(lines) == count
    assert 200_000 <= sum(map(len, lines)) + count < 201_000
    assert [number for number, line in enumerate(lines) if line == b'{"id":7}'] == list(range(99, count, 100))


@pytest.mark.parametrize("codec", ["msgpack", "cbor"])
def test_sequences(tmp_path, codec):
    """The documents of a codec, one behind the other, and what the formats' own libraries make of them."""
    path = tmp_path / f"a.{codec}"
    count = inputs.write_sequence(path, 0.02, codec)
    assert records_of(path) == count > 10
    PEERS["untyped"](path, tmp_path / f"out.{codec}")
    assert records_of(tmp_path / f"out.{codec}") == count


def test_frames(tmp_path):
    """The decoder takes as many as there are, and the Hello before them."""
    path, out = tmp_path / "a.frames", tmp_path / "out"
    count = inputs.write_frames(path, 0.02)
    PEERS["decoded"](path, out)
    assert int(out.read_text()) == count + 1
    PEERS["dumped"](path, out)
    kinds = [json.loads(line)["kind"] for line in out.read_text().splitlines()]
    assert kinds == ["HELLO"] + ["REQUEST"] * count


@pytest.mark.parametrize("kind", ["request", "flat"])
def test_duckdb_knows_the_columns(tmp_path, kind):
    """It writes a row for each record."""
    pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    path = tmp_path / f"{kind}-1.ndjson"
    count = inputs.write_lines(path, 0.01, kind)
    PEERS["duckdb"](path, tmp_path / "out.parquet")
    assert records_of(tmp_path / "out.parquet") == count


def program(code, **given):
    return Program(name="it", arguments=("-c", code), **given)


def test_what_a_command_costs(tmp_path):
    """Time and memory are its own, not those of the process that runs it."""
    held = bytearray(150_000_000)
    cost = run(program("import time; x = bytearray(30_000_000); time.sleep(0.1)"))
    assert len(held) > cost.peak > 30_000_000
    assert cost.wall >= 0.1
    assert 0 < cost.cpu < 60
    if sys.platform == "linux":
        assert cost.total > 30_000_000


def test_a_command_that_fails(tmp_path):
    """It says how; another exit code than 0 may be what is expected."""
    with pytest.raises(ProgramError, match=r"it: exit code 1: .*ValueError: why"):
        run(program("raise ValueError('why')"))
    run(program("raise SystemExit(3)", status=3))
    with pytest.raises(ProgramError, match="it: exit code 0"):
        run(program("", status=3))


def test_outputs(tmp_path):
    """What was there is removed first; what is written, also to standard output, is counted."""
    out = tmp_path / "out.ndjson"
    for name in ("out.ndjson", "out.ndjson.bad", ".out.ndjson.part"):
        (tmp_path / name).write_text("old")
    (tmp_path / "out.ndjson.parts").mkdir()
    one = program("print(1); print(2)", output=out, capture=True, kept=lambda count: count - 1)
    run(one)
    assert [path.name for path in tmp_path.iterdir()] == ["out.ndjson"]
    check_output(one, 3)
    with pytest.raises(ProgramError, match="it: expected 1 records, got 2"):
        check_output(one, 2)


ROW = Row(work="a", against="b", ours="mine", theirs="other", limit=1.2)


@pytest.mark.parametrize(
    ("row", "met", "missed"),
    [
        (ROW, True, False),
        (attrs.evolve(ROW, limit=1.1), False, True),
        (attrs.evolve(ROW, limit=None), True, False),
        (attrs.evolve(ROW, figure="peak", limit=3.0), True, False),
        (attrs.evolve(ROW, figure="peak", limit=3.0, most=30), True, False),
        (attrs.evolve(ROW, figure="peak", limit=3.0, most=29), False, True),
        (attrs.evolve(ROW, theirs="nobody"), False, True),
        (attrs.evolve(ROW, theirs="nobody", limit=None), False, False),
    ],
)
def test_verdicts(row, met, missed):
    """A row holds if the ratio is small enough and the figure itself is; without a figure it does not."""
    costs = {"mine": Cost(wall=6, cpu=2, peak=30), "other": Cost(wall=5, cpu=1, peak=10), "nobody": "no"}
    (found,) = results.verdicts(Plan(rows=[row]), costs)
    assert (found.met, found.missed) == (met, missed)
    assert found.error == ("no" if row.theirs == "nobody" else None)
    assert found.cpu_ratio == (2 if row.figure == "wall" and row.theirs != "nobody" else None)


def test_a_short_run(tmp_path):
    """Inputs are made once, contenders run in turn, medians count, and one that fails says why."""
    made = []
    source = Input(tmp_path / "a.ndjson", lambda path: made.append(path) or inputs.write_lines(path, 0.01))
    peer = ("-m", "bench.records.peers", "untyped", str(source.path))
    programs = {
        "mine": Program(name="mine", arguments=(*peer, str(tmp_path / "out.cbor")), output=tmp_path / "out.cbor"),
        "other": Program(  # which does not write where it should
            name="other",
            arguments=(*peer, str(tmp_path / "out.x.msgpack")),
            output=tmp_path / "out.msgpack",
            kept=lambda count: count,
        ),
    }
    loop = Loop(name="pickle", arguments=("nothing",), gives=("decoder",))
    chosen = Plan(
        rows=[ROW, attrs.evolve(ROW, ours="pickle: decoder")],
        programs={**programs, "unused": programs["mine"]},
        loops={"pickle": loop, "unused": attrs.evolve(loop, name="unused")},
        inputs=dict.fromkeys(("mine", "other", "unused"), source),
    ).needed(lambda _: True)
    assert set(chosen.programs) == {"mine", "other"}
    steps = []
    costs = results.measured(chosen, 2, steps.append)
    assert made == [source.path]
    assert steps == ["a.ndjson", "mine", "other", "mine", "pickle"]
    assert costs["mine"].cpu > 0
    assert "other: " in costs["other"]
    assert "pickle: " in costs["pickle: decoder"]


def test_medians():
    """Of each figure by itself."""
    costs = [Cost(wall=wall, cpu=cpu, peak=1) for wall, cpu in ((1, 9), (2, 7), (5, 8))]
    assert median_cost(costs) == Cost(wall=2, cpu=8, peak=1)


def test_the_table(tmp_path):
    """Everything that has to hold is a row; a row compares what runs, and a figure that there is."""
    found = plan(tmp_path, 500, attrs.evolve(Build(), is_today=True))
    limits = [row.limit for row in found.rows if row.limit is not None]
    assert sorted(limits) == [0.6, 1.05, 1.05, 1.2, 1.3, 2.5, 3, 3, 20]
    names = {*found.programs, *(f"{loop.name}: {what}" for loop in found.loops.values() for what in loop.gives)}
    assert {name for row in found.rows for name in (row.ours, row.theirs)} == names
    assert len({(row.work, row.figure) for row in found.rows}) == len(found.rows)
    assert {*found.programs, *found.loops} - {"pickle"} == {*found.inputs}
    older = [name for name, one in found.programs.items() if one.build.is_today]
    assert older == ["frames decoded", "frames decoded, headers dumped"]


HERE = Environment(
    python="CPython", gil=True, system="Linux", cpu="a processor", cpus=2, engine="compiled", versions={}, commit="abc"
)
FIGURES = figures.Figures(
    rows=[
        results.Verdict(row=ROW, ours=2.4, theirs=2.0, cpu_ratio=1.1),
        results.Verdict(row=attrs.evolve(ROW, figure="peak", most=5e6), ours=6e6, theirs=6e6),
        results.Verdict(row=attrs.evolve(ROW, limit=None, figure="cpu"), ours=2e-6, theirs=1e-6, cpu_ratio=2.0),
        results.Verdict(row=ROW, error="why"),
    ],
    rounds=3,
    size=500.0,
    at="2026-01-02T03:04:05+00:00",
    environment=HERE,
    versions={"orjson": "1"},
    sent=[scale.Sent(by="Dask", way="one bytes", us=1230.0, size=300.0)],
)


def test_figures_are_kept_as_they_are():
    """What is read is what was written, a row in each line."""
    assert figures.Figures.from_json(FIGURES.to_json()) == FIGURES
    assert FIGURES.to_json().count(f'\n["{ROW.work}",') == len(FIGURES.rows)


def test_how_records_go_to_other_processes():
    """What a task was, what a record cost, and how large it was."""
    text = figures.filled("<!-- figures: sent -->\nstale\n<!-- end of figures -->", FIGURES)
    assert "| Dask | one bytes | 1,230.0 | 300 |" in text.splitlines()
    assert "stale" not in text


@pytest.mark.checkout
def test_pages_have_marks():
    """A command writes what is between them."""
    texts = [page.read_text() for page in report._PAGES]
    assert [text.count("<!-- figures: records -->") for text in texts] == [1, 0]
    assert [text.count("<!-- figures: sent -->") for text in texts] == [0, 1]
    if figures.LATEST.exists():
        found = figures.Figures.from_json(figures.LATEST.read_text())
        assert [figures.filled(text, found) for text in texts] == texts


def test_ways_to_send():
    """Each counts all records that it is given."""
    for function, count, make in scale.ways(40, 10).values():
        assert sum(map(function, make())) == count
    with scale._pool() as mapper:
        function, count, make = scale.ways(20, 10)["one bytes of 10 documents"]
        assert sum(mapper(function, make())) == count


def test_what_the_page_shows():
    """Rows with a limit and whether they hold, then the others; nothing else of the page is touched."""
    page = "before\n<!-- figures: records -->\nstale\n<!-- end of figures -->\n<!-- figures: trips -->\nkept"
    text = figures.filled(page, FIGURES)
    assert figures.filled(text, FIGURES) == text
    assert text.startswith("before\n<!-- figures: records -->\n\n- Measured on 2026-01-02, medians of 3 runs, 500 MB\n")
    assert text.endswith("\n<!-- end of figures -->\n<!-- figures: trips -->\nkept")
    for line in (
        "- orjson 1",
        "| a | b | time | 2.4 s | 2 s | 1.20 | 1.10 | 1.2 | yes |",
        "| a | b | largest process | 6.0 MB | 6.0 MB | 1.00 | - | 1.2, 5.0 MB | no |",
        "| a | b | CPU | 2 us | 1 us | 2.00 | 2.00 |",
        "| a | b | time | - | - | - | - | 1.2 | no |",
    ):
        assert line in text.splitlines()
    assert all(len(cells(one)) == len(HEADINGS) for one in FIGURES.rows)
