"""``symphony inspect``: captured streams, right and damaged, in every framing."""

from __future__ import annotations

import io
import json
import sys

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symphony_codecs.__main__ import main
from symphony_codecs.cli.inspect.guesses import guess_framing
from symphony_codecs.framing import FrameEncoder, RawFrame, encode_message, route_of
from symphony_codecs.records.capture import scan_frames
from symphony_types import JsonRpcRequest, MessageEnvelope, ProcessId
from symphony_types.message.ipc import FrameCompression, FrameFlags, FrameHeader, FrameType, IpcFrame
from tests.codecs.framing.connection_pair import hello, pair, secure_pair


Run = Callable[..., tuple[int, str, str]]

ENVELOPE = MessageEnvelope(
    sender=ProcessId.new(), receiver=ProcessId.new(), payload=JsonRpcRequest(method="fs/open", params={"n": 1}, id=7)
)


@pytest.fixture(name="run")
def _run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs the command on bytes: exit code, standard output, standard error."""
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(data: bytes, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main(["inspect", "-", *arguments])
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def rows(out: str) -> list[dict[str, Any]]:
    """The objects that --json wrote."""
    return [json.loads(line) for line in out.splitlines()]


def session() -> bytes:
    """What a client sends: Hello, a routed and compressed request, one in fragments, heartbeat, shutdown."""
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
    """Every frame with its place, its fields and, once its message is whole, the payload."""
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
    """Without --json it is text, long payloads cut unless asked for, with a sum at the end."""
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


def test_damage_is_named_and_passed_over(run):
    """A header that is hit is reported with code and place, and the frames after it are read."""
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
    """A capture that ends within a frame says so, and shows those before."""
    for cut in (1, 20, 31, 34):
        code, out, _ = run(SESSION[: -SIZES[-1] + cut], "--json")
        assert code == 1
        assert [row["kind"] for row in rows(out)][-2:] == ["HEARTBEAT", "DAMAGE"]
        assert rows(out)[-1]["code"] == "truncated"


def test_payload_that_is_hit(run):
    """A wrong checksum is a problem of that frame alone."""
    damaged = bytearray(SESSION)
    damaged[sum(SIZES[:3]) + 500] ^= 1
    _, out, _ = run(bytes(damaged), "--json")
    wrong = [row for row in rows(out) if row["problems"]]
    assert [row["sequence"] for row in wrong] == [4]
    assert wrong[0]["problems"][0].startswith("payload_checksum")


def test_frames_of_later_versions_and_routers(run):
    """Unknown types, header extensions and tags are shown; nobody has the key."""
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
    """The Error frame that ends a connection says why."""
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
    """Documents of other framings have an offset and a payload, too; what can be told is guessed."""
    code, out, _ = run(data, "--framing", framing, "--json")
    found = rows(out)
    assert code == 0
    assert len(found) == count
    assert sum(row["size"] for row in found) == len(data)
    if framing != "length-prefixed":
        assert guess_framing(data) == framing
        assert run(data)[1].splitlines()[-1].endswith(f"{framing}, {count} messages, all right")


def test_documents_that_are_wrong(run):
    """A payload that cannot be read and bytes that no framing has are told with their places."""
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
    ],
)
def test_bad_usage(run, arguments, said):
    """What cannot be asked for is exit code 2 and a line that says so."""
    code, _, err = run(b"{}", *arguments)
    assert code == 2
    assert said in err


def test_given_type_is_insisted_on(run):
    """With --type a payload of another type is a problem."""
    code, out, _ = run(b'{"major":1,"minor":2,"patch":"3"}\n', "--type", "Version", "--json")
    assert code == 1
    assert "patch" in rows(out)[0]["problems"][0]


def test_terminal_cannot_be_steered(run):
    """Control characters in payloads come out escaped."""
    header = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1, flags=FrameFlags(0))
    _, out, _ = run(FrameEncoder().encode(IpcFrame(header=header, payload='"\x9b31m"'.encode())))
    assert "\x9b" not in out
