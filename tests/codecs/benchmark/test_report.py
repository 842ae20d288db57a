"""What the figures look like in a file and in a terminal."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import attrs
import pytest

from symphony_codecs.benchmark import Environment, Rates, Report, ReportError, Row, Timing
from symphony_codecs.benchmark.environment import _commit


def timing(ns, spread=0.01):
    return Timing(median_ns=ns, min_ns=ns - 1, spread=spread, rounds=15, batches=(ns - 1, ns, ns + 1))


OURS = Row(
    contender="symphony",
    format="json",
    role="codec",
    size=1404.4,
    compressed_size=200.0,
    encode_hot=timing(999.0),
    decode_hot=timing(1234.0),
    encode_stream=timing(2000.0, 0.2),
    decode_stream=timing(3000.0),
    encode_first=timing(2_500_000.0),
    decode_first=timing(3_000_000_000.0, None),
    encode_peak=2048,
    decode_peak=3 * 1024 * 1024,
    held=1536.0,
)
PEER = attrs.evolve(
    OURS, contender="other [red]", role="peer", encode_stream=timing(8000.0), decode_stream=timing(2000.0)
)
FAILED = Row(contender="liar", format="json", role="peer", error="value 1 of 2 does not come back the same")
ALONE = attrs.evolve(PEER, contender="pickle", format="pickle", encode_peak=None)
REPORT = Report(
    what="pkg:Type",
    values=2,
    source="from a.json",
    rounds=15,
    at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    environment=Environment(
        python="CPython 3.11",
        gil=False,
        system="Linux",
        cpu=None,
        cpus=2,
        engine="compiled",
        versions={"attrs": "1"},
        commit="abc-dirty",
    ),
    rows=(OURS, PEER, FAILED, ALONE),
    skipped=("msgspec is not installed: pip install msgspec",),
)


def test_json():
    """A report is indented JSON with a row for each contender, and can be read again."""
    data = REPORT.to_json()
    assert Report.from_json(data) == REPORT
    assert data.endswith(b"}\n")
    document = json.loads(data)
    assert document["at"] == "2026-01-02T00:00:00Z"
    assert document["environment"]["commit"] == "abc-dirty"
    assert document["rows"][0]["encode_hot"] == {
        "median_ns": 999.0,
        "min_ns": 998.0,
        "spread": 0.01,
        "rounds": 15,
        "batches": [998.0, 999.0, 1000.0],
    }
    assert document["rows"][2]["error"] == "value 1 of 2 does not come back the same"
    assert document["rows"][2]["encode_hot"] is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "got what is no JSON"),
        (b"\xff", "got what is no JSON"),
        (b"[]", "got JSON without 'symphony_bench'"),
        (b"{}", "got JSON without 'symphony_bench'"),
        (b'{"symphony_bench":1}', "expected a report of version 2, got version 1: measure again with --json"),
        (b'{"symphony_bench":"x"}', "got version x"),
        (b'{"symphony_bench":2}', "got another document: 7 issues: missing field"),
    ],
)
def test_other_json(data, message):
    """What is no report is refused, and so is one of another version."""
    with pytest.raises(ReportError) as caught:
        Report.from_json(data)
    assert message in str(caught.value)


def test_rates():
    """Rates are those of the stream, megabytes those of documents; both are absent where times are."""
    row = attrs.evolve(OURS, document_size=1000.0, size=10.0, compression="zstd")
    assert row.messages_per_second == Rates(encode=500_000.0, decode=1e9 / 3000)
    assert row.mb_per_second == Rates(encode=500.0, decode=1e6 / 3000)
    assert attrs.evolve(row, document_size=None).mb_per_second.encode == 5.0
    assert FAILED.messages_per_second == FAILED.mb_per_second == Rates()
    assert attrs.evolve(row, encode_stream=timing(0.0)).messages_per_second.encode is None


def test_environment():
    """The machine, the interpreter and the versions that matter are recorded."""
    here = Environment.here()
    version = ".".join(map(str, sys.version_info[:3]))
    assert version in here.python
    assert here.cpus >= 1
    assert here.engine in {"compiled", "python"}
    assert {"symphony-types", "attrs", "cattrs", "orjson"} <= set(here.versions)
    assert here.versions["attrs"] == attrs.__version__
    assert here.gil is True or sys.version_info >= (3, 13)


def git(folder, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=e", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
    )


def test_commit(tmp_path):
    """The commit is that of a checkout that has the module, with a mark where files differ; else there is none."""
    package = tmp_path / "package"
    package.mkdir()
    module = package / "__init__.py"
    module.write_text("")
    assert _commit(package) is None
    try:
        git(tmp_path, "init", "-q")
    except FileNotFoundError:
        pytest.skip("git is not installed")
    # An environment inside somebody else's checkout.
    assert _commit(package) is None
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    commit = _commit(package)
    assert commit is not None
    assert len(commit) == 40
    module.write_text("pass")
    assert _commit(package) == f"{commit}-dirty"
    assert _commit(tmp_path / "nowhere") is None
