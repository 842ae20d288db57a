"""``symphony inspect``: captured streams, intact and damaged, in every framing."""

from __future__ import annotations

import io
import itertools
import json
import os
import subprocess
import sys
import tracemalloc

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.cli._codecs import CodecFlags
from symphony_codecs.cli.inspect.guesses import guess_framing
from symphony_codecs.cli.inspect.native import FrameWalk, Selection
from symphony_codecs.cli.inspect.payloads import PayloadReader
from symphony_codecs.cli.inspect.summary import Summary
from symphony_codecs.cli.inspect.walk import Formats
from symphony_codecs.framing import FrameEncoder, RawFrame, encode_message, route_of
from symphony_codecs.records.capture import Frame, scan_frames
from symphony_types import JsonRpcRequest, MessageEnvelope, ProcessId
from symphony_types.message._frame_header import FrameRoute, renumbered
from symphony_types.message.ipc import FrameCompression, FrameFlags, FrameHeader, FrameType, IpcFrame
from tests.codecs.framing.connection_pair import hello, pair, secure_pair


Run = Callable[..., tuple[int, str, str]]

ENVELOPE = MessageEnvelope(
    sender=ProcessId.new(), receiver=ProcessId.new(), payload=JsonRpcRequest(method="fs/open", params={"n": 1}, id=7)
)


@pytest.fixture(name="run")
def _run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command on bytes: exit code, standard output, standard error."""
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(data: bytes, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main(["inspect", "-", *arguments])
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def rows(out: str) -> list[dict[str, Any]]:
    """Return the objects that --json wrote."""
    return [json.loads(line) for line in out.splitlines()]


def session() -> bytes:
    """Return a client's bytes: Hello, a routed and compressed request, one in fragments, heartbeat, shutdown."""
    carried = pair(hello("msgpack-compact", "json", checksum=True), hello("msgpack-compact")).shake_hands()
    client = carried.client
    client.send(
        encode_message(
            ENVELOPE,
            None,
            "msgpack-compact",
            stream_id=client.next_stream_id(),
            route=route_of(ENVELOPE),
            compression=FrameCompression.ZLIB,
        )
    )
    large = ENVELOPE.with_payload(JsonRpcRequest(method="large", params="x" * 3000, id=8))
    client.send(encode_message(large, None, "msgpack-compact", stream_id=client.next_stream_id(), max_payload=2048))
    client.send_heartbeat()
    client.send_shutdown()
    carried.carry("client")
    return carried.sent["client"]


SESSION = session()
SIZES = [frame.size for frame in scan_frames([SESSION])]


def test_session_is_shown_frame_by_frame(run):
    """Every frame has its offset, its fields and, once its message is complete, the payload."""
    code, out, _ = run(SESSION, "--json")
    found = rows(out)
    assert code == 0
    assert [row["kind"] for row in found] == ["HELLO", "REQUEST", "REQUEST", "REQUEST", "HEARTBEAT", "SHUTDOWN"]
    assert [row["sequence"] for row in found] == [1, 2, 3, 4, 5, 6]
    assert [row["offset"] for row in found] == [sum(SIZES[:index]) for index in range(6)]
    assert sum(row["size"] for row in found) == len(SESSION)
    assert found[0]["payload"]["formats"][0] == {"name": "msgpack-compact", "id": 4}
    assert found[1]["flags"] == ["CHECKSUM", "ROUTED"]
    assert (found[1]["from"], found[1]["to"]) == (str(ENVELOPE.sender), str(ENVELOPE.receiver))
    assert found[1]["payload"]["payload"] == {"jsonrpc": "2.0", "method": "fs/open", "params": {"n": 1}, "id": 7}
    assert "payload" not in found[2]
    assert found[3]["payload"]["payload"]["method"] == "large"
    assert all(row["problems"] == [] for row in found)


def test_people_get_text(run):
    """Without --json the output is text with a total at the end; long payloads are cut unless --full is given."""
    code, out, _ = run(SESSION)
    assert code == 0
    assert "more characters, see --full" in out
    assert out.splitlines()[-1] == f"{len(SESSION)} bytes, native, 6 frames, all right"
    _, full, _ = run(SESSION, "--full")
    assert "x" * 3000 in full


def test_file_is_read(run, tmp_path: Path, capsysbinary):
    """A capture may be a file."""
    path = tmp_path / "session.bin"
    path.write_bytes(SESSION)
    assert main(["inspect", str(path)]) == 0
    assert b"fs/open" in capsysbinary.readouterr()[0]


def test_damage_is_reported_and_skipped(run):
    """A damaged header is reported with code and offset, and the frames after it are read."""
    damaged = bytearray(SESSION)
    damaged[SIZES[0] + 13] ^= 1
    code, out, _ = run(bytes(damaged), "--json")
    found = rows(out)
    assert code == 1
    assert (found[1]["kind"], found[1]["code"]) == ("DAMAGE", "header_checksum")
    assert (found[1]["offset"], found[1]["size"]) == (SIZES[0], SIZES[1])
    assert found[2]["sequence"] == 3
    assert found[2]["problems"] == ["bad_sequence: expected 2, got 3"]
    assert [row["kind"] for row in found[2:]] == ["REQUEST", "REQUEST", "HEARTBEAT", "SHUTDOWN"]


def test_cut_capture(run):
    """A capture that ends within a frame is reported, and the frames before are shown."""
    for cut in (1, 20, 31, 34):
        code, out, _ = run(SESSION[: -SIZES[-1] + cut], "--json")
        assert code == 1
        assert [row["kind"] for row in rows(out)][-2:] == ["HEARTBEAT", "DAMAGE"]
        assert rows(out)[-1]["code"] == "truncated"


def test_damaged_payload(run):
    """A wrong checksum affects only its own frame."""
    damaged = bytearray(SESSION)
    damaged[sum(SIZES[:3]) + 500] ^= 1
    _, out, _ = run(bytes(damaged), "--json")
    wrong = [row for row in rows(out) if row["problems"]]
    assert [row["sequence"] for row in wrong] == [4]
    assert wrong[0]["problems"][0].startswith("payload_checksum")


def test_frames_of_later_versions_and_routers(run):
    """Unknown types, header extensions and tags are shown; tags are not checked, for lack of the key."""
    header = FrameHeader(frame_type=FrameType(99), format=1, stream_id=1)
    encoder = FrameEncoder()
    data = encoder.encode(RawFrame(header, b"{}", extension=bytes(16)))
    code, out, _ = run(data, "--json")
    (row,) = rows(out)
    assert (code, row["kind"], row["extension"]) == (1, "UNKNOWN_99", 16)
    assert row["problems"] == ["unknown_type: expected a frame type from 0 to 7, got 99"]

    carried = secure_pair().shake_hands()
    code, out, _ = run(carried.sent["client"], "--json")
    assert code == 0
    assert rows(out)[1]["flags"] == ["AUTHENTICATED"]


def test_error_of_a_connection_is_read_as_such(run):
    """The Error frame that ends a connection shows the reason."""
    carried = pair().shake_hands()
    carried.server.receive_data(b"GET")
    with pytest.raises(ValueError, match="bad_magic"):
        carried.server.next_event()
    carried.take("server")
    _, out, _ = run(carried.sent["server"], "--json")
    assert "bad_magic" in rows(out)[1]["payload"]["Ipc"]["DeserializationFailed"]["reason"]


@pytest.mark.parametrize(
    ("data", "framing", "count"),
    [
        (b"Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\nnull", "content-length", 2),
        (b'{"jsonrpc":"2.0","method":"m"}\n[1]\n', "newline", 2),
        (b"\0\0\0\2{}\0\0\0\4true", "length-prefixed", 2),
    ],
)
def test_other_framings(run, data, framing, count):
    """Documents of other framings have an offset and a payload, too; framing and format are guessed if possible."""
    code, out, _ = run(data, "--framing", framing, "--json")
    found = rows(out)
    assert code == 0
    assert len(found) == count
    assert sum(row["size"] for row in found) == len(data)
    if framing != "length-prefixed":
        assert guess_framing(data) == framing
        assert run(data)[1].splitlines()[-1].endswith(f"{framing}, {count} messages, all right")


def test_faulty_documents(run):
    """A payload that cannot be read and bytes outside of any framing are reported with their offsets."""
    code, out, _ = run(b"{]\n{}\n{", "--json")
    assert code == 1
    assert [row["offset"] for row in rows(out)] == [0, 3, 6]
    assert [bool(row["problems"]) for row in rows(out)] == [True, False, True]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--framing", "morse"), "expected a framing"),
        (("--framing", "newline", "--format", "morse"), "morse"),
        (("--type", "Morse"), "unknown type 'Morse'"),
        (("--limit", "0"), "at least 1 for --limit"),
        (("--skip", "-1"), "at least 0 for --skip"),
        (("--kind", "MORSE"), "expected a kind of DAMAGE, ERROR"),
        (("--kind", "UNKNOWN_x"), "expected a kind"),
        (("--stream", "4294967296"), "expected a stream"),
        (("--stream", "1"), "expected native frames for --kind and --stream, got the framing newline"),
        (("--kind", "REQUEST"), "expected native frames"),
        (("--framing", "native", "--format", "json"), "expected no --format for native frames"),
        (("--framing", "cbor-sequence", "--format", "json"), "cbor-sequence framing, got json"),
        (("--framing", "newline", "--format", "cbor"), "newline framing, got cbor"),
        (("--full", "--json"), "expected no --full"),
        (("--full", "--summary"), "expected no --full"),
        (("--summary", "--strict"), "expected --type for --strict with --summary"),
        (("--summary", "--max-depth", "5"), "expected --type for --max-depth with --summary"),
        (("--max-size", "0"), "max_size"),
        (("--type", "symphony_codecs:Codec"), "Codec"),
    ],
)
def test_bad_usage(run, arguments, said):
    """Impossible or useless options give exit code 2 and a line with the reason."""
    code, out, err = run(b"{}\n", *arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("name", ["nowhere.bin", ".", "--morse"])
def test_files_that_cannot_be_read(run, name, tmp_path, monkeypatch, capsysbinary):
    """A missing file, a folder and an unknown option are exit code 2."""
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", name]) == 2
    out, err = capsysbinary.readouterr()
    assert (out, len(err.splitlines())) == (b"", 1)
    assert name.encode() in err


def test_type_is_enforced(run):
    """With --type a payload of another type is a problem."""
    code, out, _ = run(b'{"major":1,"minor":2,"patch":"3"}\n', "--type", "Version", "--json")
    assert code == 1
    assert "patch" in rows(out)[0]["problems"][0]


def test_terminal_cannot_be_steered(run):
    """Control characters in payloads are escaped."""
    header = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1, flags=FrameFlags(0))
    _, out, _ = run(FrameEncoder().encode(IpcFrame(header=header, payload='"\x9b31m"'.encode())))
    assert "\x9b" not in out


KINDS = ["HELLO", "REQUEST", "REQUEST", "REQUEST", "HEARTBEAT", "SHUTDOWN"]
BAD = bytearray(SESSION)
BAD[SIZES[0] + 13] ^= 1  # the first request


@pytest.mark.parametrize(
    ("arguments", "sequences", "last"),
    [
        (("--limit", "2"), [1, 2], "2 frames, all right, stopped by --limit"),
        (("--limit", "6"), [1, 2, 3, 4, 5, 6], "6 frames, all right, stopped by --limit"),
        (("--limit", "7"), [1, 2, 3, 4, 5, 6], "6 frames, all right"),
        (("--skip", "4"), [5, 6], "6 frames, all right"),
        (("--skip", "9"), [], "6 frames, all right"),
        (("--skip", "1", "--limit", "1"), [2], "2 frames, all right, stopped by --limit"),
        (("--kind", "REQUEST"), [2, 3, 4], "6 frames, 3 shown, all right"),
        (("--kind", "hello", "--kind", "Shutdown"), [1, 6], "6 frames, 2 shown, all right"),
        (("--kind", "DAMAGE"), [], "6 frames, 0 shown, all right"),
        (("--kind", "UNKNOWN_99"), [], "6 frames, 0 shown, all right"),
        (("--stream", "2"), [3, 4], "6 frames, 2 shown, all right"),
        (("--stream", "0", "--stream", "1"), [1, 2, 5, 6], "6 frames, 4 shown, all right"),
        (("--stream", "2", "--kind", "HELLO"), [], "6 frames, 0 shown, all right"),
        (("--stream", "2", "--skip", "1"), [4], "6 frames, 1 shown, all right"),
    ],
)
def test_selections(run, arguments, sequences, last):
    """Filters choose rows, and --skip and --limit count the chosen ones; other frames still affect the state."""
    code, out, _ = run(SESSION, *arguments, "--json")
    found = rows(out)
    assert code == 0
    assert [row["sequence"] for row in found] == sequences
    assert all(row["problems"] == [] for row in found)
    assert [row["payload"]["payload"]["method"] for row in found if row["sequence"] == 4] == ["large"] * (
        4 in sequences
    )
    text = run(SESSION, *arguments)[1].splitlines()
    assert text[-1].partition(", native, ")[2] == last
    (figures,) = rows(run(SESSION, *arguments, "--summary", "--json")[1])
    assert figures["frames"] == len(sequences)
    expected = {kind: [KINDS[number - 1] for number in sequences].count(kind) for kind in KINDS}
    assert figures["kinds"] == {kind: count for kind, count in expected.items() if count}


def test_what_a_filter_leaves_out_counts(run):
    """Hidden damage appears in the last line and the exit code."""
    code, out, _ = run(bytes(BAD), "--kind", "HEARTBEAT", "--kind", "SHUTDOWN")
    assert code == 1
    assert out.splitlines()[-1].endswith("native, 5 frames, 2 shown, 2 with problems")
    assert run(bytes(BAD), "--kind", "DAMAGE")[1].count("DAMAGE") == 1


def test_unfinished_messages_are_counted(run):
    """The last line has the number of messages that lack frames."""
    code, out, _ = run(SESSION[: sum(SIZES[:3])])
    assert code == 0
    assert out.splitlines()[-1].endswith("native, 3 frames, all right, 1 unfinished")


def test_damage_is_dumped(run):
    """The first bytes of damage are shown in hex, with a guess of the protocol."""
    code, out, _ = run(SESSION + b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n" + b"x" * 300)
    lines = out.splitlines()
    assert code == 1
    assert "          ! looks like HTTP" in lines
    at = f"{len(SESSION):08x}  47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|"
    assert f"          {at}" in lines
    assert sum("  |" in line for line in lines) == 4
    full = run(SESSION + b"x" * 300, "--full")[1]
    assert sum("  |" in line for line in full.splitlines()) == 16
    (row,) = [row for row in rows(run(SESSION + b"\x16\x03\x01", "--json")[1]) if row["kind"] == "DAMAGE"]
    assert (row["data"], row["looks_like"]) == ("160301", "TLS")


def test_payload_that_cannot_be_read_is_dumped(run):
    """A payload that is not a document of its format is shown with a reason and its bytes."""
    header = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1)
    code, out, _ = run(FrameEncoder().encode(IpcFrame(header=header, payload=b"{]")), "--json")
    (row,) = rows(out)
    assert (code, row["data"]) == (1, "7b5d")
    assert row["problems"][0].startswith("payload: ")
    assert "payload" not in row


def test_payload_of_another_type_is_shown(run):
    """With --type, a payload of another type is shown untyped, with the reasons."""
    code, out, _ = run(SESSION, "--type", "Version", "--json")
    found = rows(out)
    assert code == 1
    # Items of arrays have no names without a type.
    assert found[1]["payload"][5][1] == "fs/open"
    assert any("payload: " in problem for problem in found[1]["problems"])
    assert run(SESSION, "--type", "MessageEnvelope[JsonRpcRequest]")[0] == 0


@pytest.mark.parametrize("typed", [(), ("--type", "MessageEnvelope[JsonRpcRequest]")])
def test_summary(run, typed):
    """All figures of a connection are shown, as text and as JSON."""
    code, out, _ = run(SESSION, "--summary", "--json", *typed)
    (figures,) = rows(out)
    lengths = [frame.size for frame in scan_frames([SESSION])]
    payloads = sorted(len(frame.payload) for frame in scan_frames([SESSION]))
    assert code == 0
    assert (figures["framing"], figures["bytes"], figures["frames"]) == ("native", sum(lengths), 6)
    assert figures["kinds"] == {"REQUEST": 3, "HELLO": 1, "HEARTBEAT": 1, "SHUTDOWN": 1}
    assert figures["formats"] == {"msgpack-compact": 3, "opaque": 2, "json": 1}
    assert figures["streams"]["count"] == 2
    assert figures["streams"]["busiest"] == [{"stream": 2, "frames": 2}, {"stream": 1, "frames": 1}]
    assert figures["sequence"] == {"first": 1, "last": 6, "gaps": 0, "edges": []}
    assert figures["payload"] == {
        "bytes": sum(payloads),
        "p50": payloads[2],
        "p99": payloads[5],
        "max": payloads[5],
    }
    assert figures["time"] == {"first": str(ENVELOPE.timestamp), "last": str(ENVELOPE.timestamp)}
    assert figures["damage"] == {"count": 0, "bytes": 0, "first": None, "codes": {}}
    text = run(SESSION, "--summary", *typed)[1].splitlines()
    assert text[0] == f"{len(SESSION)} bytes, native, 6 frames, all right"
    assert "sequence  1 to 6, no gaps" in text
    assert "kinds     REQUEST 3, HELLO 1, HEARTBEAT 1, SHUTDOWN 1" in text


@pytest.mark.parametrize("typed", [(), ("--type", "MessageEnvelope[JsonRpcRequest]")])
def test_summary_of_damage(run, typed):
    """Damage, gaps and wrong checksums are counted, with the first and the last place."""
    wrong = bytes(BAD) + SESSION + b"junk"
    code, out, _ = run(wrong, "--summary", "--json", *typed)
    (figures,) = rows(out)
    assert code == 1
    assert figures["damage"]["count"] == 2
    assert figures["damage"]["codes"] == {"header_checksum": 1, "bad_magic": 1}
    assert (figures["damage"]["bytes"], figures["damage"]["first"]) == (SIZES[1] + 4, SIZES[0])
    assert figures["problems"] == {"count": 2, "codes": {"bad_sequence": 2}}
    assert figures["sequence"]["gaps"] == 2
    assert figures["sequence"]["edges"] == [
        {"offset": sum(SIZES[:2]), "expected": 2, "got": 3},
        {"offset": len(SESSION), "expected": 7, "got": 1},
    ]
    text = run(wrong, "--summary", *typed)[1].splitlines()
    assert text[0].endswith("11 frames, 4 with problems")
    assert any(line.startswith("damage ") and f"first at byte {SIZES[0]}" in line for line in text)
    flipped = bytearray(SESSION)
    flipped[sum(SIZES[:3]) + 500] ^= 1
    (figures,) = rows(run(bytes(flipped), "--summary", "--json")[1])
    assert figures["problems"]["codes"] == {"payload_checksum": 1}


def frame_of(number: int, kind: int, payload: bytes, flags: int, compression: int) -> IpcFrame:
    route = FrameRoute(ENVELOPE.sender, ENVELOPE.receiver) if flags & FrameFlags.ROUTED else None
    is_control = kind in {FrameType.HEARTBEAT, FrameType.SHUTDOWN}
    header = FrameHeader(
        frame_type=FrameType(kind),
        format=number % 3,
        compression=FrameCompression(0 if is_control else compression),
        flags=FrameFlags(flags & FrameFlags.CHECKSUM if is_control else flags),
        stream_id=0 if is_control else number % 5 + 1,
        route=None if is_control else route,
    )
    return IpcFrame(header=header, payload=payload)


frames_in_order = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 6]),
        st.sampled_from([b"", b"{}", b"x" * 4095, b"x" * 4096, get_codec("json").encode(ENVELOPE)]),
        st.sampled_from([0, 0, 1, 8, 9]),
        st.sampled_from([0, 0, 0, 1]),
    ),
    min_size=8,
    max_size=40,
)


@given(frames_in_order, st.data())
def test_both_ways_to_count_give_the_same_summary(fields, data):
    """Frames counted in blocks, with any cuts, give the same figures as frames counted one by one."""
    encoder = FrameEncoder()
    stream = bytearray(b"".join(encoder.encode(frame_of(*each)) for each in fields))
    for _ in range(data.draw(st.integers(0, 2))):
        stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    places = sorted({0, len(stream), *data.draw(st.lists(st.integers(0, len(stream)), max_size=5))})

    def figures(blocks: list[bytes], *, at_once: bool) -> dict[str, Any]:
        formats = Formats(CodecFlags())
        reader = PayloadReader(formats.json())
        walk = FrameWalk(blocks, Selection((), ()), reader, formats, 5000, is_typed=False)
        summary = Summary("native")
        for item in walk.found(summary if at_once else None):
            walk.add(summary, item)
        return summary.for_programs(0, walk.format_name, walk.times(summary.ends, reader))

    whole = bytes(stream)
    one_by_one = figures([whole], at_once=False)
    assert figures([whole], at_once=True) == one_by_one
    assert figures([whole[start:end] for start, end in itertools.pairwise(places)], at_once=True) == one_by_one


def test_summary_of_nothing(run):
    """An empty capture has figures as well."""
    code, out, _ = run(b"", "--summary", "--json")
    (figures,) = rows(out)
    assert (code, figures["frames"], figures["payload"]["max"], figures["time"]) == (0, 0, 0, None)
    assert run(b"", "--summary")[1].startswith("0 bytes, native, 0 frames\n")


def test_summary_needs_little_memory():
    """The numbers of kept streams and lengths are bounded; lengths are exact up to 4095, and nearly exact above."""
    summary = Summary("native")
    header = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1)
    for number in range(1, 70001):
        size = 100_000 if number == 500 else number % 5000
        frame = Frame(
            offset=0,
            size=size,
            header=renumbered(header, number, number, None),
            extension=0,
            payload=bytes(size),
            checksum=None,
        )
        summary.frame(frame)
    figures = summary.for_programs(0, str, [])
    assert (figures["streams"]["count"], figures["streams"]["frames_of_others"]) == (65536, 70000 - 65536)
    assert figures["payload"]["max"] == 100_000
    assert figures["payload"]["p50"] == 2500
    assert 4946 <= figures["payload"]["p99"] <= 4950
    assert len(summary.ends) == 16


@pytest.mark.parametrize("summed", [True, False])
def test_memory_is_flat(summed):
    """Neither the capture nor its rows are kept in memory."""

    def blocks():
        for _ in range(300):
            yield SESSION + b"junk"

    def run_through() -> int:
        formats = Formats(CodecFlags())
        reader = PayloadReader(formats.json())
        walk = FrameWalk(blocks(), Selection((), ()), reader, formats, 2**20, is_typed=False)
        summary = Summary("native")
        if summed:
            return sum(walk.add(summary, item) for item in walk.found())
        return sum(walk.show(item) is not None for item in walk.found())

    run_through()
    tracemalloc.start()
    try:
        assert run_through() == 2100
        assert tracemalloc.get_traced_memory()[1] < len(SESSION) * 100
    finally:
        tracemalloc.stop()


def test_both_executors_show_the_same(run, tmp_path):
    """The output does not depend on the engine."""
    path = tmp_path / "session.frames"
    path.write_bytes(bytes(BAD) + SESSION[:-3])
    command = [sys.executable, "-m", "symphony_codecs", "inspect", str(path), "--json"]
    pure = subprocess.run(
        command, env={**os.environ, "SYMPHONY_PURE": "1"}, stdout=subprocess.PIPE, timeout=60, check=False
    )
    code, out, _ = run(path.read_bytes(), "--json")
    assert (pure.returncode, pure.stdout.decode()) == (code, out)
