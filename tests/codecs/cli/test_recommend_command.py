"""``symphony recommend``: from a report's file to a choice and a policy's file."""

from __future__ import annotations

import itertools
import json
import sys

from pathlib import Path

import attrs
import pytest

from symphony_codecs.__main__ import main
from symphony_codecs.cli import recommend as command
from symphony_codecs.cli._codecs import CodecFlags
from symphony_codecs.cli._measured import MeasureFlags
from symphony_codecs.recommend import default_links, recommend
from symphony_codecs.transports import FormatPolicy
from symphony_codecs.transports.names import TRANSPORTS, transport_name
from symphony_types import TransportType
from tests.codecs.cli.surroundings import set_up
from tests.codecs.recommend.made import COMPRESSIONS, report, row


ROWS = [
    row(name, compression, encode=work + extra, decode=work + extra / 4, size=size * (1 - extra / 100))
    for name, work, size in (
        ("json", 9, 1400),
        ("msgpack", 7, 1000),
        ("msgpack-compact", 6, 700),
        ("cbor", 7.5, 990),
        ("toml", 90, 2000),
    )
    for compression, extra in zip(COMPRESSIONS, (0, 40, 30), strict=True)
]
REPORT = report(*ROWS)


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch, tmp_path):
    """80 columns, no settings, and a report in the working directory."""
    set_up(monkeypatch, tmp_path)
    (tmp_path / "base.json").write_bytes(REPORT.to_json())


def run(capsys, *arguments):
    code = main(["recommend", *arguments])
    out, err = capsys.readouterr()
    return code, out, err.splitlines()


def blocks(out):
    """Return the first block, that with the table, and those of the transports by name, without it."""
    first, table, *rest = out.split("\n\n")
    pairs = [block.partition(": ")[::2] for block in rest]
    return first, table, {name.strip(): " ".join(text.split()) for names, text in pairs for name in names.split(",")}


def test_shown(capsys):
    """There is a row for each transport with its choice and runner-up in 80 columns, and a block with reasons."""
    code, out, err = run(capsys, "base.json")
    first, table, reasons = blocks(out)
    assert (code, err) == (0, [])
    assert first == "shop:Order, 200 values from orders.ndjson; measured 2026-01-02"
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "…" not in out
    assert list(reasons) == [transport_name(transport) for transport in TRANSPORTS]
    for found in recommend(REPORT, default_links()):
        name = transport_name(found.link.transport)
        (line,) = (line for line in table.splitlines() if line.startswith(f"{name} "))
        assert found.choice.name in line.split()
        assert reasons[name].startswith(f"{found.choice.name} ")
        for other in (found.runner_up,) if found.runner_up else ():
            assert other.name in line.split()
        for one in found.excluded:
            assert one.reason in reasons[name]


def test_widest(capsys, tmp_path):
    """The longest names and figures fit into 80 columns, too."""
    rows = [
        row("msgpack-compact", compression, encode=encode, size=size)
        for compression, encode, size in (("zstd", 1, 12345), ("zlib", 700, 12345))
    ]
    (tmp_path / "wide.json").write_bytes(report(*rows).to_json())
    code, out, _ = run(capsys, "wide.json", "--link", "in_process=1.11Gbit", "--transport", "in_process")
    assert code == 0
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "msgpack-compact+zstd 1.11Gbit/s" in out
    assert " msgpack-compact+zlib +" in out


def test_policy(capsys, tmp_path):
    """The file that is written gives the choice, and its reasons name the figures' source."""
    code, _, err = run(capsys, "base.json", "-o", "policy.toml", "--link", "tcp=10Mbit")
    policy = FormatPolicy.load(tmp_path / "policy.toml", {})
    assert (code, err) == (0, [])
    assert policy.profile(TransportType.TCP).compressions == ("zlib", "zstd")
    assert policy.profile(TransportType.UNIX_SOCKET).formats[0] == "msgpack-compact"
    (formats,) = (one for one in policy.explain(TransportType.TCP) if one.setting == "formats")
    assert "shop:Order, 200 values from orders.ndjson, 2026-01-02" in formats.reason
    assert main(["transports", "tcp", "--policy", "policy.toml"]) == 0
    assert formats.reason in " ".join(capsys.readouterr().out.split())


def test_options(capsys, tmp_path):
    """Links come from a file, then from options, then the goal from its own; other transports are left out."""
    (tmp_path / "links.toml").write_text("[tcp]\nbandwidth = '2 Mbit/s'\nlatency = '1 ms'\n")
    _, out, _ = run(
        capsys,
        *("base.json", "--links", "links.toml", "--link", "tcp=people,5ms", "--link", "tcp=0"),
        *("--transport", "tcp", "--goal", "throughput"),
    )
    _, table, reasons = blocks(out)
    assert list(reasons) == ["tcp"]
    assert len([line for line in table.splitlines() if line.startswith(("unix_socket", "tcp"))]) == 1
    assert "2 Mbit/s, read by people (given as tcp=0). Goal: the time between two messages" in reasons["tcp"]


def test_measured_links(capsys, monkeypatch):
    """Local transports can be measured; an option says it better, and what cannot be measured is a failure."""
    monkeypatch.setattr(
        command, "measured_links", lambda links: tuple(attrs.evolve(one, bandwidth=7e9, source="here") for one in links)
    )
    _, out, _ = run(capsys, "base.json", "--measure-local", "--link", "tcp=3Gbit")
    _, _, reasons = blocks(out)
    assert "7 Gbit/s, read by the same release (here)" in reasons["unix_socket"]
    assert "3 Gbit/s, read by other releases (given as tcp=3Gbit)" in reasons["tcp"]

    def fails(_links):
        raise OSError("expected a system with Unix sockets, got none")

    monkeypatch.setattr(command, "measured_links", fails)
    code, out, err = run(capsys, "base.json", "--measure-local")
    assert (code, out) == (1, "")
    assert err == ["symphony: cannot measure sockets: expected a system with Unix sockets, got none"]


def test_json(capsys):
    """JSON is the recommendation with all figures."""
    code, out, err = run(capsys, "base.json", "--json", "--transport", "tcp", "--transport", "stdio")
    links = [link for link in default_links() if transport_name(link.transport) in {"tcp", "stdio"}]
    assert (code, err) == (0, [])
    for document, found in zip(json.loads(out), recommend(REPORT, links), strict=True):
        assert document["link"]["transport"] == found.link.transport.value
        assert document["choice"]["candidate"]["format"] == found.choice.candidate.format
        assert [one["seconds"] for one in document["options"]] == [one.seconds for one in found.options]
        assert document["stretches"][-1]["fastest"] is None  # there is no infinity in JSON


def test_nothing_fits(capsys, tmp_path):
    """Where nothing that was measured goes over the transport, the block says so, and the exit code if that is all."""
    (tmp_path / "cbor.json").write_bytes(report(row("cbor")).to_json())
    code, out, _ = run(capsys, "cbor.json", "--transport", "stdio", "-o", "policy.toml")
    assert code == 1
    assert "No format that was measured can be used here; measure others." in out
    assert (tmp_path / "policy.toml").read_text() == ""
    assert run(capsys, "cbor.json", "--transport", "stdio", "--transport", "tcp")[0] == 0


def test_type(capsys, monkeypatch, tmp_path):
    """A type is measured first, on the sample, without what decides nothing; figures need not be saved."""
    asked = []

    def measured(self, reference, codecs):
        asked.append((self, reference, codecs))
        return REPORT

    monkeypatch.setattr(MeasureFlags, "measured", measured)
    (tmp_path / "shop:Order").mkdir()
    code, out, _ = run(capsys, "shop:Order", "--sample", "orders.ndjson", "--strict", "--transport", "tcp")
    ((flags, reference, codecs),) = asked
    assert (code, reference, codecs) == (0, "shop:Order", CodecFlags(strict=True))
    assert flags == MeasureFlags(sample=Path("orders.ndjson"), no_frames=True, no_peers=True)
    assert "tcp: msgpack" in out


def test_real_type(capsys, tmp_path):
    """So it is with real measurements."""
    (tmp_path / "versions.ndjson").write_text('{"major":1,"minor":2,"patch":3}\n')
    code, out, err = run(capsys, "Version", "--sample", "versions.ndjson", "--rounds", "1", "--formats", "json")
    assert (code, err) == (0, [])
    assert out.startswith("Version, 1 value from versions.ndjson; measured ")
    assert "stdio: json\n" in out


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["none.json"], 2, "cannot read none.json: No such file or directory"),
        (["links.toml"], 2, "links.toml: expected a report of symphony bench, got what is no JSON: "),
        (["base.json", "--link", "tcp"], 2, "expected a link such as tcp=1Gbit,0.2ms,other-releases, got str 'tcp'"),
        (["base.json", "--link", "tcp=fast"], 2, "expected a speed such as 1Gbit, "),
        (["base.json", "--links", "none.toml"], 2, "file none.toml: expected a readable file, got "),
        (["base.json", "--links", "links.toml"], 2, "file links.toml: unknown field 'tpc' at $.tpc"),
        (["base.json", "--transport", "tpc"], 2, "expected a transport of unix_socket, "),
        (
            ["base.json", "--rounds", "3"],
            2,
            "expected options of measurements with a type alone, got the report base.j",
        ),
        (["base.json", "--max-depth", "3"], 2, "expected options of measurements with a type alone, got the report"),
        (["Nothing"], 2, "unknown type 'Nothing'"),
        (["Version", "--sample", "none.ndjson"], 2, "cannot read none.ndjson: No such file or directory"),
        (["base.json", "-o", "none/policy.toml"], 2, "cannot write none/policy.toml: no such folder"),
    ],
)
def test_errors(arguments, code, line, capsys, tmp_path):
    """What cannot be used is one line."""
    (tmp_path / "links.toml").write_text("[tpc]\n")
    found, out, err = run(capsys, *arguments)
    assert (found, out, len(err)) == (code, "", 1)
    assert err[0].startswith(f"symphony: {line}")


def test_policy_without_its_extra(capsys, monkeypatch, tmp_path):
    """Without the library that writes the policy nothing is measured or chosen, and the next step is said."""
    monkeypatch.setitem(sys.modules, "tomli_w", None)
    code, out, err = run(capsys, "Nothing", "-o", "policy.toml")
    assert (code, out) == (2, "")
    assert err == ["symphony: writing TOML needs tomli_w: install symphony-types[toml]"]
    assert not (tmp_path / "policy.toml").exists()


@pytest.mark.parametrize("columns", [40, 60])
def test_narrow_terminal(columns, capsys, monkeypatch):
    """The table is what it is in 80 columns: the terminal breaks its lines, and nothing is cut."""
    wide = blocks(run(capsys, "base.json", "--transport", "tcp")[1])[1].splitlines()[:2]
    monkeypatch.setenv("COLUMNS", str(columns))
    narrow = blocks(run(capsys, "base.json", "--transport", "tcp")[1])[1].splitlines()[:2]
    assert narrow == wide
    assert narrow[0].split() == ["transport", "choice", "line", "message", "runner-up", "by"]


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_sentences_are_wrapped(columns, capsys, monkeypatch):
    """Reasons keep to the terminal's width."""
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, _ = run(capsys, "base.json")
    reasons = itertools.dropwhile(lambda line: not line.startswith("unix_socket, "), out.splitlines())
    assert all(len(line) <= columns for line in reasons)
