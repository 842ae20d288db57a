"""``symphony transports``: what it shows, where each setting comes from, and what it refuses."""

from __future__ import annotations

import json

from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.__main__ import main
from symphony_codecs.transports import FormatPolicy
from symphony_codecs.transports.names import TRANSPORTS, find_transport, transport_name
from symphony_types import TransportType
from tests.codecs.cli.surroundings import set_up


FILE = """
[tcp]
formats = ["json", "cbor"]
compressions = ["zstd", "zlib"]
compress_over = 1500
reason = "the lab's line is slow"

[unix_socket]
routed = true
"""


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch, tmp_path):
    """No settings but those of the test, 80 columns, and a file of settings."""
    set_up(monkeypatch, tmp_path)
    (tmp_path / "policy.toml").write_text(FILE)


def run(capsys, *arguments: str) -> tuple[int, str, list[str]]:
    code = main(["transports", *arguments])
    out, err = capsys.readouterr()
    return code, out, err.splitlines()


@pytest.mark.parametrize("arguments", [(), ("--policy", "policy.toml")])
def test_table(arguments, capsys):
    """A table has every transport with its formats, uncut, in 80 columns."""
    code, out, err = run(capsys, *arguments)
    policy = FormatPolicy.load(arguments[1] if arguments else None, {})
    assert (code, err) == (0, [])
    assert all(len(line) <= 80 for line in out.splitlines())
    for transport in TRANSPORTS:
        assert f"\n{transport_name(transport)} " in out
        assert all(name in out.split() for name in policy.profile(transport).formats)


@pytest.mark.parametrize("columns", [40, 60])
def test_narrow_terminal(columns, capsys, monkeypatch):
    """The table is what it is in 80 columns: the terminal breaks its lines, and nothing is cut."""
    wide = run(capsys)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(capsys) == wide
    assert not [line for line in wide[1].splitlines() if line.endswith(" ")]


def test_table_names_sources(capsys, monkeypatch):
    """The last column says which transports have settings that are not defaults, and from where."""
    monkeypatch.setenv("SYMPHONY_TCP_ROUTED", "true")
    _, out, _ = run(capsys, "--policy", "policy.toml")
    rows = {line.split()[0]: line for line in out.splitlines() if line[:1].isalpha()}
    assert rows["unix_socket"].rstrip().endswith(" file")
    assert rows["tcp"].split()[-1] == "file"  # the environment is in the next line of the cell
    assert "environment" in out
    assert "zstd>1500" in out
    assert rows["stdio"].rstrip().endswith(" default")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_one_transport(transport, capsys):
    """One transport has a line for each setting, with its source and reason."""
    code, out, _ = run(capsys, transport_name(transport), "--policy", "policy.toml")
    words = " ".join(out.split())
    assert code == 0
    for choice in FormatPolicy.load("policy.toml", {}).explain(transport):
        assert f"{choice.setting} = " in words
        assert f"{choice.source}: {choice.reason}" in words


def test_file_of_the_environment(capsys, monkeypatch):
    """Without --policy the file that the environment names counts."""
    monkeypatch.setenv("SYMPHONY_TRANSPORTS_FILE", "policy.toml")
    _, out, _ = run(capsys, "tcp")
    assert "formats = json cbor\n    file policy.toml: the lab's line is slow" in out


@pytest.mark.parametrize("name", [None, "tcp"])
def test_json(name, capsys):
    """JSON has the value, source and reason of every setting."""
    _, out, _ = run(capsys, *([name] if name else []), "--policy", "policy.toml", "--json")
    policy = FormatPolicy.load("policy.toml", {})
    chosen = [TransportType.TCP] if name else [*TRANSPORTS]
    expected: dict[str, Any] = {
        transport_name(transport): {
            choice.setting: {
                "value": [*choice.value] if isinstance(choice.value, tuple) else choice.value,
                "source": choice.source,
                "reason": choice.reason,
            }
            for choice in policy.explain(transport)
        }
        for transport in chosen
    }
    assert json.loads(out) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("[tpc]\n[tcp]\nformat = 1\n", ["unknown field 'format' at $.tcp.format", "unknown field 'tpc' at $.tpc"]),
        (
            "[tcp]\nheartbeat = -1\ncompress_over = -1\n[http]\nframing = 'native'\n",
            [
                "expected an integer from 0 to 18446744073709551615, got -1 at tcp.compress_over",
                "expected a number from 0 to 86400, got -1.0 at tcp.heartbeat",
                "expected none over Http, got str 'native' at http.framing",
            ],
        ),
        (
            "[stdio]\nformats = ['json', 'cbor']\n",
            ["expected a format of text with newline framing, got cbor at stdio.formats[1]"],
        ),
        (
            "[tcp]\nformats = ['yaml']\n",
            ["expected a codec of cbor, json, msgpack, msgpack-compact, toml, got 'yaml' in tcp.formats"],
        ),
        ("[tcp\n", ["expected ']' at the end of a table declaration (at line 1, column 5)"]),
        (None, ["expected a readable file, got No such file or directory"]),
    ],
)
def test_wrong_file(text, lines, capsys, tmp_path):
    """A file is refused with all its faults, one a line, by table and key."""
    if text is not None:
        (tmp_path / "bad.toml").write_text(text)
    found, out, err = run(capsys, "--policy", "bad.toml")
    assert (found, out) == (2, "")
    assert [line.partition(" (")[0] for line in err] == [
        f"symphony: file bad.toml: {line}".partition(" (")[0] for line in lines
    ]


def test_wrong_environment(capsys, monkeypatch):
    """So is the environment, beside the file."""
    monkeypatch.setenv("SYMPHONY_TCP_FORMATS", "json,yaml")
    code, _, err = run(capsys)
    assert code == 2
    (line,) = err
    assert line.startswith("symphony: environment SYMPHONY_TCP_FORMATS: expected a codec of cbor, json, ")
    assert line.endswith(", got 'yaml' in tcp.formats")


def test_unknown_name(capsys):
    """A name of no transport is one line that lists the names."""
    code, out, err = run(capsys, "tpc")
    assert (code, out) == (2, "")
    (line,) = err
    assert line.startswith("symphony: expected a transport of unix_socket, stdio, tcp, ")
    assert line.endswith(", got str 'tpc'")


@given(st.sampled_from(TRANSPORTS), st.sampled_from(["-", "_", " ", ""]), st.booleans())
def test_names(transport, separator, upper):
    """Names are found with any separator, in any case, also as they are on the wire."""
    name = transport_name(transport).replace("_", separator)
    assert find_transport(name.upper() if upper else name) is transport
    assert find_transport(transport.value) is transport
