"""``symphony bench``: what it takes, what it writes, and how it fails."""

from __future__ import annotations

import sys

import pytest

from cyclopts import App

from symphony_codecs.benchmark import Report, Settings
from symphony_codecs.cli.bench import bench
from symphony_codecs.cli.errors import FailedError, UsageError


VERSIONS = '{"major":1,"minor":2,"patch":3}\n{"major":4,"minor":5,"patch":6}\n'


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


def test_codec_that_fails(capsys):
    """Where a codec cannot do the values the exit code says so, and the table why."""
    assert run("int | None", "--generate", "20", "--formats", "toml", "--rounds", "1") == 1
    assert "cannot do it: toml: EncodeError: " in capsys.readouterr().out


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
        (["Version", "--generate", "1", "--sample", "a.json"], "expected --sample or --generate, got both"),
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


def test_page(tmp_path, capsys):
    """The page goes to a file beside the table, or to standard output without it."""
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
