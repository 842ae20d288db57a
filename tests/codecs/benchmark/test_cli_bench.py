"""``symphony bench``: what it takes, what it writes, and how it fails."""

from __future__ import annotations

import importlib.util
import os
import sys

import attrs
import pytest

from cyclopts import App

from symphony_codecs.benchmark import Report, ReportError, Settings
from symphony_codecs.benchmark.merge import merge_reports
from symphony_codecs.benchmark.variants import compressions_here
from symphony_codecs.cli._processes import in_process
from symphony_codecs.cli.bench import bench
from symphony_codecs.cli.errors import FailedError, UsageError


TYPES = "tests.codecs.benchmark.types_here"
VERSIONS = '{"major":1,"minor":2,"patch":3}\n{"major":4,"minor":5,"patch":6}\n'
REPORT = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("jinja2", "scipy", "vl_convert"))), reason="the extra bench has report"
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Measure in batches of one pass, and in a folder of its own."""
    module = sys.modules["symphony_codecs.benchmark.measure"]
    monkeypatch.setattr(module, "Settings", lambda rounds: Settings(rounds=rounds, first_calls=1, batch_ns=1))
    monkeypatch.delenv("COLUMNS", raising=False)


def run(*arguments):
    app = App(result_action="return_value")
    app.default(bench)
    return app(list(arguments), exit_on_error=False, print_error=False)


def test_sample(tmp_path, capsys, monkeypatch):
    """The codecs are measured on a sample, next to floors and peers; figures go to a file, a table to the terminal."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text(VERSIONS)
    assert (
        run("Version", "--sample", "a.jsonl", "--formats", "json", "pickle", "--json", "out.json", "--rounds", "2") == 0
    )
    out, err = capsys.readouterr()
    assert "Version: 2 values, from a.jsonl; 2 rounds" in out
    assert "floor: orjson" in out
    assert err == ""
    report = Report.from_json((tmp_path / "out.json").read_bytes())
    assert (report.what, report.values, report.rounds) == ("Version", 2, 2)
    assert list(dict.fromkeys(row.format for row in report.rows)) == ["json", "pickle"]
    ours = report.rows[0]
    assert (ours.contender, ours.role, ours.error, ours.size) == ("symphony", "codec", None, 31)
    assert ours.decode_peak > 0


def test_generated(tmp_path, capsys, monkeypatch):
    """Without a sample values are generated, in all formats, and nothing is left in the working directory."""
    monkeypatch.chdir(tmp_path)
    assert run("Version", "--generate", "3", "--seed", "7", "--rounds", "1") == 0
    out = capsys.readouterr().out
    assert "3 values, generated with seed 7; 1 round" in out
    assert all(f"\n {name} " in out for name in ("json", "msgpack", "msgpack-compact", "cbor", "toml", "pickle"))
    assert list(tmp_path.iterdir()) == []


ALONE = ("Version", "--sample", "a.jsonl", "--formats", "json", "--no-peers", "--no-frames")
SAMPLE = (*ALONE, "--rounds", "2")


@pytest.fixture
def sample(tmp_path, monkeypatch):
    """A folder with a sample, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text(VERSIONS)
    return tmp_path


def test_variants(sample, capsys):
    """What documents go through is a row each; options leave out compressions, frames and other libraries."""
    assert run("Version", "--sample", "a.jsonl", "--formats", "json", "--rounds", "1", "--json", "all.json") == 0
    rows = [row for row in Report.from_json((sample / "all.json").read_bytes()).rows if row.role == "codec"]
    assert [(row.compression, row.framed) for row in rows] == [
        *((name, False) for name in compressions_here()),
        ("none", True),
    ]
    assert run(*SAMPLE, "--compress", "none", "zlib", "--save", "few.json") == 0
    rows = Report.from_json((sample / "few.json").read_bytes()).rows
    assert [(row.contender, row.compression, row.framed) for row in rows] == [
        ("symphony", "none", False),
        ("symphony", "zlib", False),
    ]
    assert "For your transports: symphony recommend few.json" in capsys.readouterr().out


@REPORT
def test_files(sample, capsys):
    """Each kind of file is written, and the table is shown, too."""
    files = ("--json", "a.json", "--csv", "a.csv", "--markdown", "a.md", "--html", "a.html")
    assert run(*SAMPLE, *files, "--details") == 0
    assert Report.from_json((sample / "a.json").read_bytes()).values == 2
    assert (sample / "a.csv").read_text().startswith("contender,format,")
    assert (sample / "a.md").read_text().startswith("## Version: 2 values, from a.jsonl; 2 rounds\n")
    assert "<html" in (sample / "a.html").read_text()
    out = capsys.readouterr().out
    assert "Smallest: json, 31 bytes on average" in out
    assert "Memory" in out


@pytest.mark.parametrize(
    ("option", "start"),
    [
        ("--json", "{"),
        ("--save", "{"),
        ("--csv", "contender,"),
        ("--markdown", "## Version"),
        pytest.param("--html", "<!doctype", marks=REPORT),
    ],
)
def test_standard_output(sample, capfdbinary, option, start):
    """A file on standard output is alone there."""
    assert run(*SAMPLE, option, "-") == 0
    out = capfdbinary.readouterr().out.decode()
    assert out.lower().startswith(start.lower())
    assert "Codecs, and what" not in out.partition("\n")[0]
    assert (sample / "-").exists() is False


def test_the_page_needs_an_extra(sample, monkeypatch):
    """Without what draws the page nothing is measured, and the next step is said."""

    def missing():
        raise ReportError("install symphony-types[report]")

    monkeypatch.setattr("symphony_codecs.benchmark.html.check_installed", missing)
    with pytest.raises(UsageError, match=r"install symphony-types\[report\]"):
        run(*SAMPLE, "--html", "a.html")


def test_your_codecs(sample, capsys):
    """A codec of a module has rows of its own beside the registered one, under the name that it has there."""
    codecs = ("--codec", f"{TYPES}:ARRAYS", "--codec", f"{TYPES}:SHORT_NAMES")
    assert run(*SAMPLE, "--compress", "none", *codecs, "--json", "a.json") == 0
    rows = Report.from_json((sample / "a.json").read_bytes()).rows
    assert [(row.contender, row.format, row.error) for row in rows] == [
        ("symphony", "json", None),
        ("ARRAYS", "json", None),
        ("SHORT_NAMES", "json", None),
    ]
    assert rows[1].size < rows[2].size < rows[0].size
    assert "Smallest: ARRAYS (json), " in capsys.readouterr().out


def test_samples_of_your_codecs(sample):
    """A sample is read by the first codec that can: yours, in their order, or the registered one."""
    (sample / "arrays.json").write_text("[[1,2,3],[4,5,6]]")
    codecs = ("--codec", f"{TYPES}:SHORT_NAMES", "--codec", f"{TYPES}:ARRAYS")
    for name in ("arrays.json", "a.jsonl"):
        assert run("Version", "--sample", name, "--formats", "json", "--rounds", "1", "--no-peers", *codecs) == 0
    (sample / "none.json").write_text('{"nothing":1}')
    with pytest.raises(FailedError, match=r"none\.json: "):
        run("Version", "--sample", "none.json", *codecs)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--formats", "toml"), 1),
        (("--formats", "toml", "json"), 1),
        (("--formats", "json"), 0),
        # Nobody has asked for TOML, which has no null.
        ((), 0),
    ],
)
def test_codec_that_fails(capsys, arguments, code):
    """Where a codec that was asked for cannot do the values the exit code says so; the remarks say why in any case."""
    assert run("int | None", "--generate", "20", *arguments, "--rounds", "1", "--no-peers") == code
    assert ("cannot do it: toml: EncodeError: " in capsys.readouterr().out) is ("json" not in arguments[1:2])


@REPORT
def test_compare(sample, capsys):
    """The same figures have not changed; where the base was faster the exit code is 1, and the table says where."""
    assert run(*ALONE, "--rounds", "12", "--save", "base.json") == 0
    base = Report.from_json((sample / "base.json").read_bytes())
    assert run(*ALONE, "--rounds", "12", "--compare", "base.json", "--threshold", "100000") == 0
    assert "Nothing got worse." in capsys.readouterr().out
    (sample / "fast.json").write_bytes(scaled(base, 0.001).to_json())
    assert run(*ALONE, "--rounds", "12", "--compare", "fast.json") == 1
    out = capsys.readouterr().out
    assert "slower" in out
    assert "Something got worse." in out


@REPORT
def test_comparing_beside_a_file_on_standard_output(sample, capsys):
    """What a comparison says goes to standard error, where standard output has a file."""
    assert run(*SAMPLE, "--save", "base.json") == 0
    capsys.readouterr()
    run(*SAMPLE, "--compare", "base.json", "--csv", "-")
    captured = capsys.readouterr()
    assert "2 rounds are too few" in " ".join(captured.err.split())
    assert "got worse" in captured.err
    assert "got worse" not in captured.out


def scaled(report, times):
    """Return a report in which everything took so many times as long."""

    def timing(one):
        if one is None:
            return None
        batches = tuple(time * times for time in one.batches)
        return attrs.evolve(one, median_ns=one.median_ns * times, min_ns=one.min_ns * times, batches=batches)

    names = ("encode_hot", "decode_hot", "encode_stream", "decode_stream")
    rows = tuple(attrs.evolve(row, **{name: timing(getattr(row, name)) for name in names}) for row in report.rows)
    return attrs.evolve(report, rows=rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Nothing"], "unknown type 'Nothing'"),
        (["Version", "--rounds", "0"], "expected one round at least, got 0"),
        (["Version", "--generate", "0"], "expected one value at least, got 0"),
        (
            ["Version", "--formats", "yaml"],
            "expected a format of cbor, json, msgpack, msgpack-compact, toml, pickle, got",
        ),
        (["Version", "--formats", "json,yaml"], "toml, pickle, got 'yaml'"),
        (["Version", "--codec", "json"], "a registered codec: to measure only that, write --formats json"),
        (["Version", "--generate", "1", "--sample", "a.json"], "expected --sample or --generate, got both"),
        (["Version", "--json", "-", "--csv", "-"], "expected one file at most on standard output"),
        (["Version", "--json", "no/such/a.json"], "cannot write no/such/a.json: no such folder"),
        (["Version", "--threshold", "-1"], "expected a threshold of 0 per cent or more, got -1"),
        (["Version", "--threshold", "nan"], "expected a threshold of 0 per cent or more, got nan"),
        pytest.param(["Version", "--compare", "no/such.json"], "cannot read no/such.json", marks=REPORT),
        (["Version", "--codec", f"{TYPES}:ARRAYS", "--formats", "cbor"], "expected a codec of cbor, got ARRAYS"),
        (["Version", "--codec", f"{TYPES}:ARRAYS", "--codec", f"{TYPES}:ARRAYS"], "ARRAYS 2 times"),
        (["Version", "--codec", f"{TYPES}:nothing"], "which is not there"),
    ],
)
def test_usage(arguments, message):
    """What cannot be measured is refused before anything is."""
    with pytest.raises(UsageError) as caught:
        run(*arguments)
    assert message in caught.value.lines[0]


def test_sample_that_is_none(tmp_path):
    """A sample that does not hold the type is a failure, with its reason."""
    path = tmp_path / "a.json"
    path.write_text("{}")
    with pytest.raises(FailedError, match=r"a\.json: "):
        run("Version", "--sample", str(path))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("none.ndjson", None, "cannot read none.ndjson: No such file"),
        ("a.txt", b"{}", "expected a file that ends in "),
        ("a.json", b" ", "a.json is empty: "),
        ("a.json", b"[]", "a.json holds an empty array: "),
        ("a.ndjson", b"\n\n", "a.ndjson is empty: "),
        ("a.json.gz", b"no", "cannot read a.json.gz: expected gzip data"),
    ],
)
def test_file_that_is_no_sample(tmp_path, monkeypatch, name, data, message):
    """A file that cannot be used is bad usage, other than one with faults."""
    monkeypatch.chdir(tmp_path)
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError) as caught:
        run("Version", "--sample", name)
    (line,) = caught.value.lines
    assert line.startswith(message)


@pytest.mark.parametrize("columns", [40, 60])
def test_narrow_terminal(sample, capsys, monkeypatch, columns):
    """No column is cut: lines are as long as in 80 columns, and the terminal breaks them."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(*SAMPLE, "--compress", "none") == 0
    lines = capsys.readouterr().out.splitlines()
    assert ["codec", "as", "bytes", "p50", "p99", "encode", "decode", "msg/s", "MB/s"] in [*map(str.split, lines)]
    assert not [line for line in lines if "…" in line or line.endswith(" ")]


def test_page(tmp_path, capsys):
    """The page goes to a file beside the table, or to standard output without it."""
    pytest.importorskip("vl_convert", reason="the extra report has it")
    arguments = ["Version", "--generate", "3", "--formats", "json", "--rounds", "1", "--html"]
    assert run(*arguments, str(tmp_path / "report.html")) == 0
    assert "Smallest: json" in capsys.readouterr().out
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<h1>Version</h1>" in page
    assert "<svg" in page
    assert run(*arguments, "-") == 0
    out = capsys.readouterr().out
    assert out.startswith("<!DOCTYPE html>")
    assert out.endswith("</html>\n")


def test_page_without_its_extra(tmp_path, monkeypatch):
    """What the page needs is asked for before anything is measured."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(UsageError, match=r"install symphony-types\[report\]$"):
        run("Nothing", "--html", str(tmp_path / "report.html"))
    assert list(tmp_path.iterdir()) == []


def test_processes(sample, capsys):
    """Rounds are spread over processes, whose figures are those of one report; what fails there fails here."""
    assert run(*ALONE, "--rounds", "3", "--processes", "2", "--compress", "none", "--save", "a.json") == 0
    report = Report.from_json((sample / "a.json").read_bytes())
    assert (report.rounds, len(report.rows), report.rows[0].size) == (3, 1, 31)
    assert len(report.rows[0].encode_stream.batches) == len(report.rows[0].decode_hot.batches) == 3
    assert "Version: 2 values, from a.jsonl; 3 rounds" in capsys.readouterr().out
    (sample / "none.json").write_text("{}")
    with pytest.raises(FailedError, match=r"none\.json: "):
        run("Version", "--sample", "none.json", "--rounds", "3", "--processes", "2")
    with pytest.raises(UsageError, match="expected one process at least, got 0"):
        run(*ALONE, "--processes", "0")


def dies(_on_step):
    """End the process."""
    os._exit(3)


def test_process_that_dies():
    """A process that ends without a result is a failure, with its exit code."""
    with pytest.raises(FailedError, match="a process that measured has ended with 3"):
        in_process(dies, on_step=lambda *_: None)


def test_one_report_of_several(sample):
    """Rounds are joined, and what has failed once has failed; reports of other rows are refused."""
    assert run(*SAMPLE, "--compress", "none", "--save", "a.json") == 0
    one = Report.from_json((sample / "a.json").read_bytes())
    twice = merge_reports([one, scaled(one, 3)])
    times = one.rows[0].encode_hot.batches
    assert twice.rounds == 4
    assert twice.rows[0].encode_hot.batches == (*times, *(3 * time for time in times))
    assert len(twice.rows[0].encode_first.batches) == 2 * len(one.rows[0].encode_first.batches)
    assert merge_reports([one]) == one
    failed = attrs.evolve(one, rows=tuple(attrs.evolve(row, error="no") for row in one.rows))
    assert [row.error for row in merge_reports([one, failed]).rows] == ["no"]
    for others in ([], [one, attrs.evolve(one, rows=())]):
        with pytest.raises(ValueError, match="expected reports of the same codecs"):
            merge_reports(others)
