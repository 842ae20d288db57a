"""``symphony inspect`` of plain framings: guesses, damage, compression, last lines, and codecs of modules."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import sys

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.cli.inspect.documents import DocumentWalk
from symphony_codecs.cli.inspect.guesses import guess_framing, hex_dump, looks_like
from symphony_codecs.cli.inspect.payloads import PayloadReader
from symphony_codecs.framing.compression import zstd_module
from symphony_codecs.framing.framings import framing_names, get_framing
from symphony_types import Version


Run = Callable[..., tuple[int, str, str]]

VALUES: list[Any] = [{"major": 1, "minor": 2, "patch": 3}, [1, "\u00e9\x9b", None], {"x": "y" * 700}, "text", {}]
FORMATS = {
    "msgpack-sequence": ["msgpack", "msgpack-compact"],
    "cbor-sequence": ["cbor"],
    "newline": ["json"],
    "json-sequence": ["json"],
    "content-length": ["json", "cbor"],
    "length-prefixed": ["json", "msgpack"],
}
READER = PayloadReader(get_codec("json"))
PAIRS = [(framing, name) for framing in framing_names() for name in FORMATS[framing]]


class Pieces(io.BytesIO):
    """Standard input whose reads return at most the given sizes, one after the other."""

    def __init__(self, data: bytes, sizes: Sequence[int]) -> None:
        super().__init__(data)
        self._sizes = list(sizes)

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(self._sizes.pop() if self._sizes else size)


@pytest.fixture(name="run")
def _run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command on a file or on bytes: exit code, standard output, standard error."""
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(source: bytes | Path, *arguments: str, sizes: Sequence[int] = ()) -> tuple[int, str, str]:
        if isinstance(source, bytes):
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Pieces(source, sizes)))
        code = main(["inspect", "-" if isinstance(source, bytes) else str(source), *arguments])
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def rows(out: str) -> list[dict[str, Any]]:
    """Return the objects that --json wrote."""
    return [json.loads(line) for line in out.splitlines()]


def stream(framing: str, name: str, values: Sequence[Any] = VALUES) -> bytes:
    encoder = get_framing(framing).encoder()
    return b"".join(encoder.encode(get_codec(name).encode(value)) for value in values)


@pytest.mark.parametrize(("framing", "name"), PAIRS)
def test_every_framing(run: Run, framing: str, name: str) -> None:
    """Each document has a row with its offset and its value; the summary counts them."""
    data = stream(framing, name)
    arguments = ("--framing", framing, "--format", name)
    code, out, err = run(data, *arguments, "--json")
    found = rows(out)

    assert (code, err) == (0, "")
    assert [row["payload"] for row in found] == VALUES
    assert [row["format"] for row in found] == [name] * len(VALUES)
    assert found[0]["offset"] == 0
    assert [row["offset"] + row["size"] for row in found] == [*[row["offset"] for row in found[1:]], len(data)]
    _, text, _ = run(data, *arguments)
    assert text.splitlines()[-1] == f"{len(data)} bytes, {framing}, {len(VALUES)} messages, all right"
    assert "more characters, see --full" in text
    assert "y" * 700 in run(data, *arguments, "--full")[1]
    code, out, _ = run(data, *arguments, "--summary", "--json")
    (figures,) = rows(out)
    sizes = sorted(len(get_codec(name).encode(value)) for value in VALUES)
    assert (code, figures["bytes"], figures["messages"]) == (0, len(data), len(VALUES))
    assert figures["payload"] == {"bytes": sum(sizes), "p50": sizes[2], "p99": sizes[4], "max": sizes[4]}


@pytest.mark.parametrize(
    ("framing", "name"), [(framing, names[0]) for framing, names in FORMATS.items() if framing != "length-prefixed"]
)
def test_framing_is_guessed(run: Run, framing: str, name: str) -> None:
    """The first bytes tell the framing, and of its formats the usual one is used."""
    data = stream(framing, name)

    assert guess_framing(data) == framing
    assert [row["payload"] for row in rows(run(data, "--json")[1])] == VALUES


@pytest.mark.parametrize(
    ("name", "framing"),
    [("x.jsonl", "newline"), ("x.ndjson", "newline"), ("x.msgpack", "msgpack-sequence"), ("x.cbor", "cbor-sequence")],
)
@pytest.mark.parametrize("compression", ["", ".gz", ".zst"])
def test_file_names_tell_the_framing(run: Run, tmp_path: Path, name: str, framing: str, compression: str) -> None:
    """The extension determines framing and compression; offsets count decompressed bytes."""
    # A map as the first value could be guessed.
    values = ["text", 5, *VALUES]
    data = packed = stream(framing, FORMATS[framing][0], values)
    if compression == ".gz":
        packed = gzip.compress(data[:20]) + gzip.compress(data[20:])
    elif compression == ".zst":
        zstd: Any = zstd_module()
        if zstd is None:
            pytest.skip("needs the extra zstd")
        packed = zstd.compress(data)
    path = tmp_path / (name + compression)
    path.write_bytes(packed)
    code, out, _ = run(path)

    assert code == 0
    assert out.splitlines()[-1] == f"{len(data)} bytes, {framing}, {len(values)} messages, all right"


@pytest.mark.parametrize(("cut", "says"), [(-3, "the rest of the gzip data"), (None, "expected gzip data")])
def test_damaged_compression(run: Run, tmp_path: Path, cut: int | None, says: str) -> None:
    """The documents before the damage are shown, and the error describes the rest."""
    path = tmp_path / "x.jsonl.gz"
    data = gzip.compress(b"[1]\n" * 1000)
    path.write_bytes(data[:cut] if cut else data + b"no gzip")
    code, out, err = run(path, "--json")

    assert code == 1
    assert len(rows(out)) == 1000
    assert says in err


@pytest.mark.parametrize(
    ("data", "code", "kinds"),
    [
        (b"[1]\n[2]", 0, ["MESSAGE", "MESSAGE"]),
        (b"12", 0, ["MESSAGE"]),
        (b"[1]\n[2", 1, ["MESSAGE", "DAMAGE"]),
        (b"[1]\n\n \r\n", 1, ["MESSAGE", "MESSAGE"]),
        (b"", 0, []),
        (b"\n\n", 0, []),
    ],
)
def test_last_lines(run: Run, data: bytes, code: int, kinds: list[str]) -> None:
    """A last line needs no end if it is a complete document."""
    assert run(data, "--framing", "newline", "--json")[0] == code
    assert [row["kind"] for row in rows(run(data, "--framing", "newline", "--json")[1])] == kinds


@pytest.mark.parametrize(
    ("framing", "damaged", "goes_on"),
    [
        ("newline", b"[" + b"9," * 600 + b"9]\n", True),
        ("length-prefixed", b"\0\0\x04\0" + bytes(1024), True),
        ("content-length", b"Content-Length: 1024\r\n\r\n" + bytes(1024), True),
        ("content-length", b"GET / HTTP/1.1\r\n\r\n", False),
        ("msgpack-sequence", b"\xc1", False),
        ("cbor-sequence", b"\x1f", False),
    ],
)
def test_damage_of_documents(run: Run, framing: str, damaged: bytes, goes_on: bool) -> None:
    """Damage has a row with its first bytes; the documents after it are shown where the framing allows that."""
    name = FORMATS[framing][0]
    before, after = stream(framing, name, VALUES[:2]), stream(framing, name, VALUES[3:])
    code, out, err = run(before + damaged + after, "--framing", framing, "--max-size", "1000", "--json")
    found = rows(out)
    wrong = found[2]

    assert (code, err) == (1, "")
    assert [row["kind"] for row in found] == ["MESSAGE"] * 2 + ["DAMAGE"] + ["MESSAGE"] * 2 * goes_on
    assert wrong["offset"] == len(before)
    assert wrong["size"] == (len(damaged) if goes_on else None)
    assert bytes.fromhex(wrong["data"])[: len(damaged)] == damaged[:256] if goes_on else wrong["data"]
    text = run(before + damaged + after, "--framing", framing, "--max-size", "1000")[1]
    assert f"{len(before):08x}  " in text
    assert ("to the end" in text) is not goes_on


@pytest.mark.parametrize(("framing", "name"), PAIRS)
@given(data=st.data())
def test_cuts_do_not_matter(framing: str, name: str, data: st.DataObject) -> None:
    """The rows are the same for any cuts of the bytes, and damage at any place."""
    document = bytearray(stream(framing, name, VALUES[:2]))
    for _ in range(data.draw(st.integers(0, 2))):
        document[data.draw(st.integers(0, len(document) - 1))] ^= data.draw(st.integers(1, 255))
    whole = bytes(document[: data.draw(st.integers(1, len(document)))])
    places = sorted({0, len(whole), *data.draw(st.lists(st.integers(0, len(whole)), max_size=20))})

    def shown(blocks: Sequence[bytes]) -> list[str]:
        walk = DocumentWalk(blocks, framing, get_codec(name), READER, 2**20, is_typed=False)
        return [row.for_programs() for row in map(walk.show, walk.found()) if row is not None]

    assert shown([whole[start:end] for start, end in itertools.pairwise(places)]) == shown([whole])


def test_reads_of_any_size(run: Run) -> None:
    """Standard input may return any number of bytes at once, even while the framing is being guessed."""
    data = stream("content-length", "json")

    assert run(data, sizes=[1] * len(data)) == run(data)


def test_type_that_does_not_fit(run: Run) -> None:
    """The payload is shown untyped, with a reason for each place."""
    data = b'{"major":1,"minor":2,"patch":"3"}\n{"major":1,"minor":2,"patch":3}\n[\n'
    code, out, _ = run(data, "--type", "Version", "--json")
    bad, good, broken = rows(out)

    assert code == 1
    assert bad["payload"] == {"major": 1, "minor": 2, "patch": "3"}
    assert bad["problems"][0].startswith("payload: ")
    assert "$.patch" in bad["problems"][0]
    assert (good["payload"], good["problems"]) == ({"major": 1, "minor": 2, "patch": 3}, [])
    assert "payload" not in broken
    assert (broken["data"], broken["kind"]) == ("5b", "MESSAGE")
    (figures,) = rows(run(data, "--type", "Version", "--summary", "--json")[1])
    assert figures["problems"] == {"count": 2, "codes": {"payload": 2}}


@pytest.mark.parametrize("value", VALUES)
def test_logs_are_shown_untyped(run: Run, value: Any) -> None:
    """JSON that is not JSON-RPC is shown untyped, message after message."""
    data = stream("newline", "json", [value, {"jsonrpc": "2.0", "method": "m", "id": 1}, value, value])
    found = rows(run(data, "--framing", "newline", "--json")[1])

    assert [row["payload"] for row in found] == [value, {"jsonrpc": "2.0", "method": "m", "id": 1}, value, value]


@pytest.mark.parametrize(
    ("document", "payload"),
    [
        ("a10102", {"1": 2}),
        ("a141008101", {"b'\\x00'": [1]}),
        ("a1616182f5a10203", {"a": [True, {"2": 3}]}),
        ("f97e00", None),
    ],
)
def test_values_without_a_form_in_json_are_shown(run: Run, document: str, payload: Any) -> None:
    """Keys that are not text are shown as in Python; they are not faults of the document."""
    code, out, _ = run(bytes.fromhex(document), "--format", "cbor", "--json")

    assert code == 0
    assert rows(out)[0]["payload"] == payload


def test_codec_of_a_module(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A codec replaces that of its format; a JSON codec beside it writes the output."""
    (tmp_path / "inspected.py").write_text(
        "from symphony_codecs import get_codec\n"
        "PACK = get_codec('msgpack').with_options(rename='UPPERCASE')\n"
        "TEXT = get_codec('json').with_options(rename='PascalCase')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "x.msgpack"
    path.write_bytes(b"\x83\xa5MAJOR\x01\xa5MINOR\x02\xa5PATCH\x03")
    arguments = (path, "--type", "Version", "--json", "--codec", "inspected:PACK")

    assert rows(run(*arguments)[1])[0]["payload"] == {"major": 1, "minor": 2, "patch": 3}
    shown = rows(run(*arguments, "--codec", "inspected:TEXT")[1])[0]["payload"]
    assert shown == {"Major": 1, "Minor": 2, "Patch": 3}
    for refused in (("--format", "cbor"), ("--codec", "inspected:PACK"), ("--framing", "newline")):
        code, out, err = run(*arguments, *refused)
        assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_limits(run: Run) -> None:
    """Values beyond a limit are damage, or a problem of their document."""
    data = b"[1,2,3]\n"

    for option, least in (("--max-size", 7), ("--max-items", 3), ("--max-depth", 2)):
        assert run(data, option, str(least))[0] == 0
        assert run(data, option, str(least - 1))[0] == 1
    assert run(b'"abc"\n', "--framing", "newline", "--max-text", "2")[0] == 1


def test_values_longer_than_their_document(run: Run) -> None:
    """The limit applies to the bytes that are read; as JSON they may be longer."""
    data = get_codec("msgpack").encode({"a": [bytes(range(200))]})

    assert run(data, "--format", "msgpack", "--max-size", str(len(data)))[0] == 0


@pytest.mark.parametrize(
    ("data", "guess"),
    [
        (b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP"),
        (b"HTTP/1.1 200 OK\r\n", "HTTP"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2"),
        (b"Content-Length: 2\r\n\r\n{}", "content-length framing"),
        (b"\x16\x03\x01\x02\0\x01\0", "TLS"),
        (b"\x15\x03\x03\0\x02\x02\x28", "TLS"),
        (b'{"a": 1}', "JSON"),
        (b"[1, 2]", "JSON"),
        (b' \n{ "a": 1}', "JSON"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (b"\x28\xb5\x2f\xfd\0", "zstd"),
        (b"SSH-2.0-OpenSSH", "SSH"),
        (b'\x81\x0d{"a": "bcdef"}', "WebSocket"),
        (b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "WebSocket"),  # RFC 6455, section 5.7
        (b"PK\x03\x04\x14\0", "ZIP"),
        (b"*1\r\n$4\r\nPING\r\n", "Redis"),
        (b"\x10\x0c\x00\x04MQTT\x04\x02", "MQTT"),
        (get_codec("msgpack").encode(Version(1, 2, 3)), "MessagePack"),
        (get_codec("cbor").encode(Version(1, 2, 3)), "CBOR"),
        (b"\xef\xbb\xbf{}", "text with a byte order mark"),
        (b"hello, world\n", "text"),
        (bytes(20), "zeros"),
        (b"\x9f\x01", None),
        (b"", None),
    ],
)
def test_protocols_are_guessed(data: bytes, guess: str | None) -> None:
    """Protocols that reach a wrong port are named."""
    assert looks_like(data) == guess


@given(st.binary(max_size=300))
def test_any_bytes_have_a_dump(data: bytes) -> None:
    """A dump has all bytes, sixteen on a line, without control characters; any bytes can be guessed at."""
    lines = hex_dump(data, 7)

    assert bytes.fromhex("".join(line[10:57] for line in lines)) == data
    assert all(line.isascii() and line.isprintable() for line in lines)
    looks_like(data)
    guess_framing(data)
