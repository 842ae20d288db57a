"""
The specification of frames, and what a program in Rust made of it, against the code.

The bytes in `docs/frame-format.md` and in `frames.jsonl` were not made here,
so that code and page cannot be wrong together.
"""

from __future__ import annotations

import ast
import json
import random
import re

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from symphony_codecs import get_codec
from symphony_codecs.framing import (
    NEED_DATA,
    FrameConnection,
    FrameDecoder,
    FrameEncoder,
    FrameKey,
    Hello,
    MessageAssembler,
    RawFrame,
    RemoteFrameError,
    SharedKey,
    hkdf_sha256,
    negotiate,
)
from symphony_codecs.framing.events import PeerFailed
from symphony_types import (
    FrameCompression,
    FrameFlags,
    FrameHeader,
    FrameRoute,
    FrameType,
    IpcDeserializationFailedError,
    IpcFrame,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    MessagePriority,
    ProcessId,
    SerializationFormat,
)


pytestmark = pytest.mark.checkout

_ROOT = Path(__file__).resolve().parent.parent
_PAGE = (_ROOT / "docs" / "frame-format.md").read_text(encoding="utf-8")
_LINES = [json.loads(line) for line in (_ROOT / "tests/data/frames.jsonl").read_text(encoding="utf-8").splitlines()]
_NOBODY = bytes(16)
_ANY_SIZE = 2**32 - 1


def _blocks(kind: str) -> dict[str, str]:
    found = re.findall(rf'^```{kind} title="([^"]+)"\n(.*?)^```$', _PAGE, re.MULTILINE | re.DOTALL)
    assert len(dict(found)) == len(found)
    return dict(found)


FRAMES = {
    title: bytes.fromhex("".join(line.partition("#")[0] for line in text.splitlines()))
    for title, text in _blocks("frame").items()
}
KEYS = {name: bytes.fromhex(key) for name, key in map(str.split, _blocks("keys")["Keys"].splitlines())}
HELLOS = [
    re.sub(r"\n *", "", text)
    for title, text in _blocks("json").items()
    if title in {"What the client says", "What the server says"}
]

SENDER = ProcessId.parse("123e4567-e89b-42d3-a456-426614174002")
TAGGED = FrameFlags.CHECKSUM | FrameFlags.AUTHENTICATED
ERROR = (
    b'{"Ipc":{"DeserializationFailed":{"reason":"too_large: expected a payload of at most 1048576 bytes,'
    b' got 4294967295"}}}'
)


def _raw(payload: bytes = b"", *, extension: bytes = b"", **header: Any) -> RawFrame:
    return RawFrame(FrameHeader(**header), payload, None, extension)


# The page's frames as its prose describes them; where each begins, and the key, are with the title.
EXPECTED: dict[str, list[RawFrame]] = {
    "Request": [
        _raw(
            b'{"jsonrpc":"2.0","method":"ping","id":0}',
            frame_type=FrameType.REQUEST,
            format=1,
            stream_id=1,
            sequence=2,
        )
    ],
    "Heartbeat": [_raw(frame_type=FrameType.HEARTBEAT, format=0, sequence=3)],
    "Routed to everyone": [
        _raw(
            bytes.fromhex("93 a3322e30 a47469636b c0"),
            frame_type=FrameType.EVENT,
            format=4,
            priority=MessagePriority.HIGH,
            flags=FrameFlags.CHECKSUM | FrameFlags.ROUTED,
            stream_id=5,
            sequence=4,
            route=FrameRoute(SENDER),
        )
    ],
    "A header of 40 bytes": [
        _raw(
            b"null",
            extension=bytes.fromhex("fffefdfcfbfaf9f8"),
            frame_type=FrameType.EVENT,
            format=1,
            stream_id=10,
            sequence=9,
        )
    ],
    "Compressed with zlib": [
        _raw(
            FRAMES["Compressed with zlib"][32:],
            frame_type=FrameType.STREAM,
            format=1,
            compression=FrameCompression.ZLIB,
            stream_id=9,
            sequence=8,
        )
    ],
    "Two fragments, and another stream between them": [
        _raw(
            b"native ",
            frame_type=FrameType.STREAM,
            format=0,
            flags=FrameFlags.MORE_FRAGMENTS,
            stream_id=7,
            sequence=5,
        ),
        _raw(b'"between"', frame_type=FrameType.EVENT, format=1, stream_id=8, sequence=6),
        _raw(b"frames", frame_type=FrameType.STREAM, format=0, stream_id=7, sequence=7),
    ],
    "Hello of the client": [_raw(HELLOS[0].encode(), frame_type=FrameType.HELLO, format=1)],
    "Hello of the server": [_raw(HELLOS[1].encode(), frame_type=FrameType.HELLO, format=1)],
    "Heartbeat of the client, authenticated": [
        _raw(frame_type=FrameType.HEARTBEAT, format=0, flags=TAGGED, sequence=2)
    ],
    "Response of the server, authenticated": [
        _raw(
            b'{"jsonrpc":"2.0","result":null,"id":0}',
            frame_type=FrameType.RESPONSE,
            format=1,
            flags=TAGGED,
            stream_id=1,
            sequence=2,
        )
    ],
    "Error on stream 0": [_raw(ERROR, frame_type=FrameType.ERROR, format=1, sequence=10)],
}


def _key(title: str) -> FrameKey | None:
    if not title.endswith(", authenticated"):
        return None
    return FrameKey(KEYS["client-to-server" if "client" in title else "server-to-client"])


def _read(decoder: FrameDecoder, pieces: Iterable[bytes]) -> list[IpcFrame]:
    frames = []
    for piece in pieces:
        decoder.feed(piece)
        frames.extend(decoder)
    decoder.feed_eof()
    assert decoder.next_frame() is NEED_DATA
    return frames


def _bytewise(data: bytes) -> list[bytes]:
    return [data[index : index + 1] for index in range(len(data))]


def _cut(data: bytes, seed: int) -> list[bytes]:
    places = sorted(random.Random(seed).choices(range(len(data) + 1), k=8))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


def _endpoint(frame: RawFrame) -> IpcFrame:
    return IpcFrame(header=frame.header, payload=frame.payload)


# The page


def test_every_example_of_the_page_is_expected() -> None:
    """No example on the page is left out here, and none is missed there."""
    assert set(FRAMES) == set(EXPECTED)


@pytest.mark.parametrize("title", FRAMES)
def test_page_is_what_the_encoder_writes(title: str) -> None:
    """The encoder writes exactly the bytes on the page."""
    frames = EXPECTED[title]
    encoder = FrameEncoder(sequence=frames[0].header.sequence, key=_key(title))

    assert b"".join(map(encoder.encode, frames)).hex(" ") == FRAMES[title].hex(" ")


@pytest.mark.parametrize("title", FRAMES)
def test_page_is_what_the_decoder_reads(title: str) -> None:
    """The decoder reads from the page's bytes what the page says of them, whole or byte by byte."""
    frames = EXPECTED[title]
    settings: dict[str, Any] = {"sequence": frames[0].header.sequence, "key": _key(title), "check_sequence": True}

    assert _read(FrameDecoder(**settings), [FRAMES[title]]) == [_endpoint(frame) for frame in frames]
    assert _read(FrameDecoder(**settings), _bytewise(FRAMES[title])) == [_endpoint(frame) for frame in frames]


@pytest.mark.parametrize("title", FRAMES)
def test_a_router_hands_on_the_bytes_of_the_page(title: str) -> None:
    """What a router reads it writes again as it was, checksum and extension bytes included."""
    sequence, key = EXPECTED[title][0].header.sequence, _key(title)
    decoder = FrameDecoder(sequence=sequence, key=key)
    encoder = FrameEncoder(sequence=sequence, key=key)
    decoder.feed(FRAMES[title])

    written = b""
    while isinstance(frame := decoder.next_raw(), RawFrame):
        written += encoder.encode(frame)

    assert written == FRAMES[title]


def _messages(title: str) -> list[bytes]:
    decoder, assembler = FrameDecoder(sequence=EXPECTED[title][0].header.sequence), MessageAssembler()
    messages = (assembler.add(frame) for frame in _read(decoder, [FRAMES[title]]))
    return [message.payload for message in messages if message is not None]


def test_messages_of_the_page() -> None:
    """Fragments are joined, in the order in which they are complete, and payloads inflated, as the page says."""
    assert _messages("Two fragments, and another stream between them") == [b'"between"', b"native frames"]
    assert _messages("Compressed with zlib") == [b'{"text":"la la la la la la la la la la la la"}']


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Request", JsonRpcRequest(method="ping", id=0)),
        ("Routed to everyone", JsonRpcNotification(method="tick")),
        ("Response of the server, authenticated", JsonRpcResponse.success(None, 0)),
    ],
)
def test_payloads_of_the_page_are_messages(title: str, expected: object) -> None:
    """The payloads are what the codec of the frame's format makes of the messages."""
    frame = EXPECTED[title][0]

    assert get_codec(frame.header.format).encode(expected) == frame.payload


def test_hellos_of_the_page() -> None:
    """Each Hello is read and written back as the same bytes, and the two agree on what the page says."""
    client, server = (Hello.from_payload(text.encode()) for text in HELLOS)
    agreement = negotiate(client, server)

    assert [client.to_payload().decode(), server.to_payload().decode()] == HELLOS
    assert [(offer.name, offer.id) for offer in agreement.formats] == [("msgpack-compact", 4), ("json", 1)]
    assert (agreement.version, agreement.compressions) == (1, ("zlib",))
    assert agreement.checksum
    assert agreement.authenticated
    assert (agreement.client_limits.max_payload, agreement.server_limits.max_payload) == (1_048_576, 65_536)


def test_keys_of_the_page() -> None:
    """Shared key and Hellos give the keys on the page."""
    derived = {
        name: hkdf_sha256(KEYS["shared-key"], salt=KEYS["salt"], info=info)
        for name, info in [
            ("client-to-server", b"symphony-frame-1 c2s"),
            ("server-to-client", b"symphony-frame-1 s2c"),
        ]
    }
    keys = SharedKey(KEYS["shared-key"]).frame_keys(*(text.encode() for text in HELLOS))

    assert derived == {name: KEYS[name] for name in derived}
    assert SharedKey(KEYS["shared-key"]).ids == (KEYS["key-id"].hex(),)
    assert [key.tag(b"any") for key in keys] == [FrameKey(secret).tag(b"any") for secret in derived.values()]


@pytest.mark.parametrize("role", ["client", "server"])
def test_connections_speak_as_the_page(role: Any) -> None:
    """A connection with the page's Hello writes it, and then the Heartbeat that confirms its key."""
    ours = HELLOS[0 if role == "client" else 1]
    other = "server" if role == "client" else "client"
    connection = FrameConnection(role, Hello.from_payload(ours.encode()), key=SharedKey(KEYS["shared-key"]))
    connection.start()
    connection.receive_data(FRAMES[f"Hello of the {other}"])
    connection.next_event()
    # Both directions begin alike, so the Heartbeat on the page serves for both but for its tag.
    heartbeat = FRAMES["Heartbeat of the client, authenticated"][:-32]
    tag = FrameKey(KEYS["client-to-server" if role == "client" else "server-to-client"]).tag(heartbeat)

    hello, beat = (b"".join(map(bytes, buffers)) for buffers in connection.data_to_send())

    assert hello == FRAMES[f"Hello of the {role}"]
    assert beat == heartbeat + tag
    assert (role == "server") or beat == FRAMES["Heartbeat of the client, authenticated"]


def test_error_of_the_page_ends_a_connection() -> None:
    """The Error on stream 0 is read as the error that the page says, even before any Hello."""
    connection = FrameConnection("client", Hello.from_payload(HELLOS[0].replace("true,", "false,").encode()))
    connection.receive_data(FrameEncoder().encode(EXPECTED["Error on stream 0"][0]))

    reason = "too_large: expected a payload of at most 1048576 bytes, got 4294967295"
    assert connection.next_event() == PeerFailed(IpcDeserializationFailedError(reason=reason))


def _table(heading: str) -> list[list[str]]:
    """Return the cells of the first table after *heading*, without its head."""
    text = _PAGE.partition(f"\n{heading}\n")[2]
    rows = re.search(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert rows is not None
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1].splitlines()]


def test_numbers_of_the_page() -> None:
    """The page's tables have the numbers that the enumerations have."""
    assert {row[1].upper(): int(row[0]) for row in _table("### Frame types")} == {
        kind.name: kind.value for kind in FrameType
    }
    assert {row[1].strip("`"): int(row[0]) for row in _table("### Formats")[1:5]} == {
        known.codec_name: known.format_id for known in SerializationFormat
    }
    assert {row[1].upper().replace(" ", "_"): int(row[0].strip("`"), 16) for row in _table("### Flags")} == {
        "CHECKSUM": FrameFlags.CHECKSUM,
        "MORE_FRAGMENTS": FrameFlags.MORE_FRAGMENTS,
        "AUTHENTICATED": FrameFlags.AUTHENTICATED,
        "ROUTED": FrameFlags.ROUTED,
    }
    assert {row[1].strip("`").upper() or "NONE": int(row[0]) for row in _table("### Compression")} == {
        how.name: how.value for how in FrameCompression
    }
    priorities = next(row[2] for row in _table("## Frames") if row[2].startswith("priority"))
    assert re.findall(r"(\d) (\w+)", priorities) == [
        (str(priority.rank), priority.value.lower()) for priority in MessagePriority
    ]


# What an error's code is the first argument of.
_ERRORS = {"RemoteFrameError", "LocalFrameError", "FrameAuthenticationError", "NegotiationError", "HeaderError"}
_HELPERS = {"_refusal", "_unauthentic"}


def test_codes_of_the_page() -> None:
    """The page lists the codes that the sources give to errors of frames, and no others."""
    given = set()
    code = _ROOT / "codecs/symphony_codecs"
    folders = [code / "framing", code / "transports", code / "channels", _ROOT / "symphony_types/message"]
    sources = [path for folder in folders for path in folder.rglob("*.py")]
    for node in (node for path in sources for node in ast.walk(ast.parse(path.read_bytes()))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            if name in _ERRORS | _HELPERS:
                given.add(node.args[0].value)

    assert {row[0].strip("`") for row in _table("### Errors")} == given


# What the Rust program wrote


def _lines(case: str) -> list[dict[str, Any]]:
    return [line for line in _LINES if line["case"] == case]


def _raw_of(line: dict[str, Any]) -> RawFrame:
    route = None
    if line["sender"] is not None:
        receiver = bytes.fromhex(line["receiver"])
        to = None if receiver == _NOBODY else ProcessId.from_bytes(receiver)
        route = FrameRoute(ProcessId.from_bytes(bytes.fromhex(line["sender"])), to)
    header = FrameHeader(
        frame_type=FrameType(line["type"]),
        format=line["format"],
        compression=FrameCompression(line["compression"]),
        priority=MessagePriority.from_rank(line["priority"]),
        flags=FrameFlags(line["flags"]),
        stream_id=line["stream_id"],
        sequence=line["sequence"],
        route=route,
    )
    return RawFrame(header, bytes.fromhex(line["payload"]), None, bytes.fromhex(line["extension"]))


def test_frames_of_rust() -> None:
    """Each frame that Rust wrote is written with the same bytes, and read from them, however they are cut."""
    lines = _lines("frame")
    assert {line["type"] for line in lines} == set(range(8))
    for number, line in enumerate(lines):
        frame, data = _raw_of(line), bytes.fromhex(line["hex"])
        key = None if line["key"] is None else FrameKey(bytes.fromhex(line["key"]))
        sequence = frame.header.sequence

        assert FrameEncoder(sequence=sequence, key=key).encode(frame).hex() == line["hex"]
        for pieces in ([data], _cut(data, number)):
            decoder = FrameDecoder(sequence=sequence, key=key, check_sequence=True)
            assert _read(decoder, pieces) == [_endpoint(frame)]


def test_streams_of_rust() -> None:
    """Messages that Rust compressed, split and interleaved, and now and then gave up, are joined as Rust joins them."""
    lines = _lines("stream")
    assert lines
    for number, line in enumerate(lines):
        assembler = MessageAssembler()
        messages = []
        for frame in _read(FrameDecoder(check_sequence=True), _cut(bytes.fromhex(line["hex"]), number)):
            message = assembler.add(frame)
            if message is not None and not message.header.frame_type.is_control:
                messages.append(message)

        found = [
            {
                "type": message.header.frame_type,
                "format": message.header.format,
                "compression": message.header.compression,
                "priority": message.header.priority.rank,
                "stream_id": message.header.stream_id,
                "payload": message.payload.hex(),
            }
            for message in messages
        ]
        assert found == line["messages"]
        assert assembler.open_streams == 0


def test_sessions_of_rust() -> None:
    """From the Hellos of two Rust ends follow the same agreement and keys, and their frames are read and written."""
    lines = _lines("session")
    assert {line["agreement"]["authenticated"] for line in lines} == {True, False}
    for line in lines:
        streams = [bytes.fromhex(line[role]) for role in ("client", "server")]
        hellos = []
        decoders = [FrameDecoder(max_payload=_ANY_SIZE, check_sequence=True) for _ in streams]
        for decoder, data in zip(decoders, streams, strict=True):
            decoder.feed(data)
            hello = decoder.next_frame()
            assert isinstance(hello, IpcFrame)
            hellos.append(hello.payload)
        agreement = negotiate(*map(Hello.from_payload, hellos))

        assert line["agreement"] == {
            "version": agreement.version,
            "formats": [[offer.name, offer.id] for offer in agreement.formats],
            "compressions": list(agreement.compressions),
            "checksum": agreement.checksum,
            "authenticated": agreement.authenticated,
        }
        keys: tuple[FrameKey | None, FrameKey | None] = (None, None)
        if agreement.authenticated:
            keys = SharedKey(bytes.fromhex(line["shared_key"])).frame_keys(*hellos)
            secrets = [FrameKey(bytes.fromhex(line[name])) for name in ("client_to_server", "server_to_client")]
            assert [key.tag(b"any") for key in keys] == [secret.tag(b"any") for secret in secrets]
        for decoder, key, data in zip(decoders, keys, streams, strict=True):
            start = decoder.offset
            decoder.key, decoder.checksum = key, agreement.checksum
            encoder = FrameEncoder(sequence=2, key=key, checksum=agreement.checksum)
            written = b""
            while isinstance(frame := decoder.next_raw(), RawFrame):
                written += encoder.encode(frame)
            assert written == data[start:]


@pytest.mark.parametrize("line", [pytest.param(line, id=line["name"]) for line in _lines("refused")])
def test_refusals_of_rust(line: dict[str, Any]) -> None:
    """What Rust refuses is refused for the same reason, whole or byte by byte."""
    data = bytes.fromhex(line["hex"])
    for pieces in ([data], _bytewise(data)):
        with pytest.raises(RemoteFrameError) as caught:
            _endpoint_reads(line, pieces)
        assert caught.value.frame_code == line["code"]


def _endpoint_reads(line: dict[str, Any], pieces: Iterable[bytes]) -> None:
    """Read *pieces* as an endpoint does, to the end of the stream."""
    key = FrameKey(bytes.fromhex(line["key"])) if "key" in line else None
    limit = line.get("max_payload", 1 << 20)
    decoder = FrameDecoder(max_payload=limit, key=key, checksum=line.get("checksum", False), check_sequence=True)
    assembler = MessageAssembler(max_message=line.get("max_message", 1 << 24))

    def take() -> None:
        for frame in decoder:
            if frame.header.frame_type is FrameType.HELLO:
                Hello.from_frame(frame)
            assembler.add(frame)

    for piece in pieces:
        decoder.feed(piece)
        take()
    decoder.feed_eof()
    take()
