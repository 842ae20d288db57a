"""``--codec``, the limits and ``--pretty`` of the command line: their effects, and where they are refused."""

from __future__ import annotations

import io
import json
import sys

from collections.abc import Callable
from pathlib import Path

import pytest

from symphony_codecs import get_codec
from symphony_codecs.__main__ import main


Run = Callable[..., tuple[int, bytes, str]]

MODULE = """
import attrs
from symphony_codecs import get_codec
from symphony_codecs.formats.cbor import FORMAT

@attrs.frozen
class Point:
    x_axis: int
    y_axis: int = 0

class Codecs:
    CAMEL = get_codec("json").with_options(rename="camelCase")

PACK = get_codec("msgpack").with_options(rename="UPPERCASE")
OWN = attrs.evolve(FORMAT, name="own", content_type="application/x-own", format_id=None)
NUMBER = 1
"""
CAMEL = "flagged:Codecs.CAMEL"
PACK = "flagged:PACK"
POINT = ("--type", "flagged:Point")


@pytest.fixture(name="run")
def _run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command line beside a module with codecs: exit code, output, errors."""
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "flagged.py").write_text(MODULE)
    (tmp_path / "broken.py").write_text("raise RuntimeError('it is broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "flagged", raising=False)

    def run(*arguments: object, stdin: bytes = b"") -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    return run


POINT_JSON = b'{"x_axis":1,"y_axis":2}'
POINT_CAMEL = b'{"xAxis":1,"yAxis":2}'
POINT_UPPER = b"\x82\xa6X_AXIS\x01\xa6Y_AXIS\x02"


@pytest.mark.parametrize(
    ("arguments", "document", "expected"),
    [
        (["decode", "json", "--codec", CAMEL], POINT_CAMEL, POINT_CAMEL + b"\n"),
        (["decode", "--codec", CAMEL], POINT_CAMEL, POINT_CAMEL + b"\n"),
        (["decode", "msgpack", "--codec", PACK], POINT_UPPER, POINT_JSON + b"\n"),
        (["decode", "application/msgpack", "--codec", PACK], POINT_UPPER, POINT_JSON + b"\n"),
        (["decode", "--codec", PACK], POINT_UPPER, POINT_JSON + b"\n"),
        (["decode", "--codec", PACK, "-"], POINT_UPPER, POINT_JSON + b"\n"),
        (["decode", "--codec", PACK, "--codec", CAMEL], POINT_UPPER, POINT_CAMEL + b"\n"),
        (["encode", "msgpack", "--codec", PACK], POINT_JSON, POINT_UPPER),
        (["encode", "--codec", PACK], POINT_JSON, POINT_UPPER),
        (["encode", "msgpack", "--codec", PACK, "--codec", CAMEL], POINT_CAMEL, POINT_UPPER),
        (["encode", "own", "--codec", "flagged:OWN", "--hex"], POINT_JSON, b"a266785f6178697301 66795f6178697302\n"),
        (["convert", "json", "msgpack", "--codec", PACK], POINT_JSON, POINT_UPPER),
        (["convert", "json", "msgpack", "--codec", CAMEL, "--codec", PACK], POINT_CAMEL, POINT_UPPER),
        (["convert", "msgpack", "json", "--codec", PACK], POINT_UPPER, POINT_JSON + b"\n"),
    ],
)
def test_codec_replaces_that_of_its_format(run: Run, arguments: list[str], document: bytes, expected: bytes) -> None:
    """A codec or a format of a module replaces the registered one; FORMAT may be omitted."""
    assert run(*arguments, *POINT, stdin=document) == (0, expected.replace(b" ", b""), "")


def test_file_beside_codec(run: Run, tmp_path: Path) -> None:
    """With --codec, a single argument is the file, unless it names a format."""
    path = tmp_path / "point"
    path.write_bytes(POINT_UPPER)

    assert run("decode", "--codec", PACK, path, *POINT) == (0, POINT_JSON + b"\n", "")
    assert run("decode", "msgpack", path, "--codec", PACK, *POINT) == (0, POINT_JSON + b"\n", "")


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("flagged", "package.module:name"),
        ("flagged:", "package.module:name"),
        (":PACK", "package.module:name"),
        ("json", "package.module:name"),
        ("no_such_module:PACK", "cannot import no_such_module"),
        ("broken:PACK", "it is broken"),
        ("flagged:NOPE", "'NOPE', which is not there"),
        ("flagged:NUMBER", "which is a int"),
        ("flagged:Point", "which is a type"),
    ],
)
@pytest.mark.parametrize(
    "command", [["decode"], ["encode", "json"], ["convert", "json", "cbor"], ["explain", "int"], ["bench", "int"]]
)
def test_references_to_other_objects(run: Run, command: list[str], reference: str, says: str) -> None:
    """A reference that names no codec exits with code 2, with the reason on one line."""
    code, out, err = run(*command, "--codec", reference, stdin=b"1")

    assert (code, out, len(err.splitlines())) == (2, b"", 1)
    assert says in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["decode", "cbor", "--codec", PACK],
        ["decode", "msgpack", "--codec", CAMEL],
        ["encode", "cbor", "--codec", PACK],
        ["convert", "json", "cbor", "--codec", PACK],
        ["explain", "int", "--format", "cbor", "--codec", PACK],
        ["bench", "int", "--formats", "cbor", "--codec", PACK],
        ["bench", "int", "--formats", "pickle", "--codec", PACK],
        ["decode", "msgpack", "--codec", PACK, "--codec", PACK],
        ["decode"],
        ["decode", "--bogus", "--codec", PACK],
    ],
)
def test_contradictions_are_refused(run: Run, arguments: list[str]) -> None:
    """A codec of another format than those of the command, and two codecs of one format, are bad usage."""
    code, out, err = run(*arguments, stdin=POINT_UPPER)

    assert (code, out, len(err.splitlines())) == (2, b"", 1)


@pytest.mark.parametrize("command", [["decode", "json"], ["encode", "json"], ["convert", "json", "json"]])
@pytest.mark.parametrize(
    ("option", "least", "document"),
    [
        ("--max-depth", 4, b"[[[1]]]"),
        ("--max-size", 7, b"[1,2,3]"),
        ("--max-items", 3, b"[1,2,3]"),
        ("--max-text", 3, b'["abc"]'),
    ],
)
def test_limits_reach_the_codec(run: Run, command: list[str], option: str, least: int, document: bytes) -> None:
    """Each limit refuses everything above it, and nothing else."""
    assert run(*command, option, least, stdin=document) == (0, document + b"\n", "")
    assert run(*command, option, least - 1, stdin=document)[0] == 1


@pytest.mark.parametrize("command", [["encode", "json"], ["convert", "msgpack", "json"], ["decode", "msgpack"]])
def test_pretty_json(run: Run, command: list[str]) -> None:
    """`--pretty` breaks lines in the output of commands that write JSON."""
    document = b'{"a":[1,{}]}' if command[0] == "encode" else get_codec("msgpack").encode({"a": [1, {}]})
    code, out, _ = run(*command, "--pretty", stdin=document)

    assert (code, out.decode()) == (0, json.dumps({"a": [1, {}]}, indent=2) + "\n")


@pytest.mark.parametrize("command", [["encode", "msgpack"], ["convert", "json", "cbor"], ["encode", "toml"]])
def test_pretty_is_refused_where_it_has_no_effect(run: Run, command: list[str]) -> None:
    """Other formats than JSON have no pretty form."""
    code, out, err = run(*command, "--pretty", stdin=b"{}")

    assert (code, out) == (2, b"")
    assert "expected json for --pretty" in err


def test_explain_shows_the_codec(run: Run) -> None:
    """The names are the ones that the codec writes."""
    _, out, _ = run("explain", "flagged:Point", "--codec", PACK)

    assert "X_AXIS" in out.decode()
    assert "from msgpack" in out.decode()


def test_bench_measures_the_codec(run: Run, tmp_path: Path) -> None:
    """The codec encodes and decodes the values, and is measured beside the registered codecs."""
    sample, figures = tmp_path / "points.jsonl", tmp_path / "figures.json"
    sample.write_bytes(POINT_CAMEL + b"\n")
    code, _, err = run("bench", "flagged:Point", "--codec", CAMEL, "--sample", sample, "--rounds", 1, "--json", figures)

    assert (code, err) == (0, "")
    rows = [row for row in json.loads(figures.read_bytes())["rows"] if row["role"] == "codec"]
    (ours,) = [
        row
        for row in rows
        if row["contender"] == CAMEL.partition(":")[2] and row["compression"] == "none" and not row["framed"]
    ]
    assert (ours["format"], ours["size"]) == ("json", len(POINT_CAMEL))
    assert {row["format"] for row in rows} >= {"cbor", "json", "msgpack"}
