"""Messages in frames: what the frames say of them, how they are split, and how they are read again."""

from __future__ import annotations

import functools
import itertools
import json
import zlib

from collections.abc import Iterable
from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, EncodeError, UnknownCodecError, codec_names, get_codec
from symphony_codecs.framing.assembly import MessageAssembler
from symphony_codecs.framing.compression import decompress
from symphony_codecs.framing.errors import LocalFrameError, RemoteFrameError
from symphony_codecs.framing.messages import (
    IpcMessage,
    decode_message,
    encode_message,
    frame_type_of,
    route_of,
    split_message,
)
from symphony_codecs.testing import strategies
from symphony_types import (
    ConfigError,
    Err,
    ErrorCode,
    FrameCompression,
    FrameFlags,
    FrameHeader,
    FrameRoute,
    FrameType,
    IpcFrame,
    IpcTransportError,
    JsonRpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    MessageMetadata,
    MessagePriority,
    Ok,
    ProcessId,
    SerializationFormat,
    Version,
)
from tests.codecs.rust_probes import DATA
from tests.codecs.rust_types import python_type
from tests.memory import takes_at_most
from tests.samples import SAMPLES, id_of, uuid_of


FORMATS = tuple(name for name in codec_names() if get_codec(name).format_id is not None)
ADA, BOB = id_of(ProcessId, "ada"), id_of(ProcessId, "bob")
REQUEST = JsonRpcRequest(method="run", params=[1], id=1)
RESPONSE = JsonRpcResponse.success(None, 1)
FAILURE = JsonRpcResponse.failure(JsonRpcError(code=ErrorCode.INVALID_PARAMS, message="no"), 1)
NOTIFICATION = JsonRpcNotification(method="tick")
ANSWERS = MessageMetadata(reply_to=uuid_of("question"))
LONG = JsonRpcRequest(method="run", params=["symphony"] * 500, id=1)


def envelope(payload: Any = REQUEST, **fields: Any) -> MessageEnvelope[Any]:
    return MessageEnvelope(**{"id": uuid_of("message"), "sender": ADA, "receiver": BOB, "payload": payload, **fields})


def joined(frames: Iterable[IpcFrame]) -> IpcMessage:
    assembler = MessageAssembler()
    results = [assembler.add(frame) for frame in frames]
    assert results[:-1] == [None] * (len(results) - 1)
    assert results[-1] is not None
    return results[-1]


# What frames carry


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (REQUEST, FrameType.REQUEST),
        (envelope(REQUEST), FrameType.REQUEST),
        (envelope(REQUEST, metadata=ANSWERS), FrameType.REQUEST),
        (NOTIFICATION, FrameType.EVENT),
        (envelope(NOTIFICATION, metadata=ANSWERS), FrameType.EVENT),
        (RESPONSE, FrameType.RESPONSE),
        (envelope(RESPONSE), FrameType.RESPONSE),
        (FAILURE, FrameType.ERROR),
        (envelope(FAILURE, metadata=ANSWERS), FrameType.ERROR),
        (ConfigError("no such key"), FrameType.ERROR),
        (envelope(IpcTransportError(reason="gone"), metadata=ANSWERS), FrameType.ERROR),
        (Err("no"), FrameType.ERROR),
        (envelope(Err(ConfigError("no")), metadata=ANSWERS), FrameType.ERROR),
        (Ok(1), FrameType.EVENT),
        (envelope(Ok(1), metadata=ANSWERS), FrameType.RESPONSE),
        (envelope({"a": 1}, metadata=ANSWERS), FrameType.RESPONSE),
        (envelope({"a": 1}), FrameType.EVENT),
        (envelope(None), FrameType.EVENT),
        (Version(1, 2, 3), FrameType.EVENT),
        (ANSWERS, FrameType.EVENT),
        (None, FrameType.EVENT),
    ],
)
def test_frame_type(message: object, expected: FrameType) -> None:
    """The payload says what the frames carry, and what says nothing is a response if it answers."""
    assert frame_type_of(message) is expected


def test_frame_type_that_is_asked_for() -> None:
    """The caller's choice comes before the message's own."""
    (frame,) = encode_message(REQUEST, None, "json", stream_id=1)
    assert frame.header.frame_type is FrameType.REQUEST
    (frame,) = encode_message(REQUEST, None, "json", stream_id=1, frame_type=FrameType.STREAM)
    assert frame.header.frame_type is FrameType.STREAM


def test_route_of_an_envelope() -> None:
    """An envelope's route leads from its sender to its receiver, who may be everyone."""
    assert route_of(envelope()) == FrameRoute(ADA, BOB)
    assert route_of(envelope(receiver=None)) == FrameRoute(ADA, None)
    with pytest.raises(LocalFrameError, match="the nil UUID") as caught:
        route_of(envelope(receiver=ProcessId.from_bytes(bytes(16))))
    assert caught.value.frame_code == "bad_route"


# Frames, byte for byte


def test_bytes_of_one_frame() -> None:
    """A bare message in one frame: type, format, normal priority, stream and length where the layout has them."""
    (frame,) = encode_message(REQUEST, None, "json", stream_id=0x01020304)
    document = b'{"jsonrpc":"2.0","method":"run","params":[1],"id":1}'
    header = bytes.fromhex("5359 01 04 00 01 00 01 0000 0000 01020304 0000000000000001 00000034")
    assert frame.to_bytes() == header + zlib.crc32(header).to_bytes(4, "big") + document


def test_bytes_of_routed_fragments() -> None:
    """An envelope in two frames, routed and critical: both headers say the same but for MORE_FRAGMENTS."""
    message = envelope(FAILURE, metadata=MessageMetadata(priority=MessagePriority.CRITICAL))
    document = get_codec("cbor").encode(message)
    frames = encode_message(
        message, None, "cbor", stream_id=9, max_payload=len(document) - 2, route=FrameRoute(ADA, BOB)
    )
    route = ADA.to_bytes() + BOB.to_bytes()
    for frame, flags, piece in zip(frames, ("000a", "0008"), (document[:-2], document[-2:]), strict=True):
        header = bytes.fromhex(f"5359 01 08 03 03 00 03 {flags} 0000 00000009 0000000000000001")
        header += len(piece).to_bytes(4, "big")
        assert frame.to_bytes() == header + zlib.crc32(header + route).to_bytes(4, "big") + route + piece


def _golden() -> list[tuple[str, Any, bytes]]:
    """The envelopes around JSON-RPC, ids and text that serde wrote, in each format."""
    columns = {"json": "json", "msgpack": "msgpack_named", "msgpack-compact": "msgpack_compact", "cbor": "cbor"}
    found = []
    for line in (DATA / "golden.jsonl").read_bytes().split(b"\n"):
        row: dict[str, Any] = (
            json.loads(line) if line.startswith(b'{"type": "MessageEnvelope<') else {"type": "", "name": ""}
        )
        if row["type"] not in {"MessageEnvelope<JsonRpcRequest>", "MessageEnvelope<String>", "MessageEnvelope<u64>"}:
            continue
        for name, column in columns.items():
            if not row["roundtrip"][column].startswith("error") and row["name"] != "jsonrpc_not_2_0":
                document = row[column].encode() if name == "json" else bytes.fromhex(row[column])
                found.append((name, python_type(row["type"]), document))
    return found


def test_frames_carry_what_serde_wrote() -> None:
    """The payloads of the frames, joined, are the documents of the Rust side."""
    cases = _golden()
    assert len(cases) > 50
    for name, as_type, document in cases:
        message = IpcMessage(
            header=FrameHeader(frame_type=FrameType.EVENT, format=get_codec(name).format_id or 0, stream_id=1),
            payload=document,
        )
        value = decode_message(message, as_type)
        frames = encode_message(value, as_type, name, stream_id=1, max_payload=50)
        assert len(frames) > 1
        assert b"".join(frame.payload for frame in frames) == document


# There and back


@pytest.mark.parametrize("name", FORMATS)
def test_every_sample_survives(name: str) -> None:
    """Each sample of each type is read as it was, compressed or not, from one frame and from many."""
    ways = itertools.cycle(itertools.product(FrameCompression, (37, 2**20)))
    for (as_type, value), (compression, max_payload) in zip(SAMPLES.values(), ways, strict=False):
        frames = encode_message(value, as_type, name, stream_id=1, compression=compression, max_payload=max_payload)
        assert decode_message(joined(frames), as_type) == value


@given(st.data())
def test_envelopes_survive(data: st.DataObject) -> None:
    """An envelope is read as it was, and the frames say of it what it says, however they are made."""
    message = data.draw(strategies.message_envelopes(strategies.json_rpc_requests(st.lists(st.integers(0, 9)))))
    codec = get_codec(data.draw(st.sampled_from(FORMATS)))
    stream_id = data.draw(st.integers(1, 2**32 - 1))
    routable = message.receiver is None or message.receiver.to_bytes() != bytes(16)
    route = route_of(message) if routable and data.draw(st.booleans()) else None
    compression = data.draw(st.sampled_from(FrameCompression))
    max_payload = data.draw(st.integers(1, 500))
    frames = encode_message(
        message,
        None,
        codec,
        stream_id=stream_id,
        compression=compression,
        compress_over=data.draw(st.integers(0, 500)),
        max_payload=max_payload,
        route=route,
    )
    assert all(0 < len(frame.payload) <= max_payload for frame in frames)
    result = joined(frames)
    header = result.header
    assert (header.stream_id, header.format, header.route) == (stream_id, codec.format_id, route)
    assert header.priority is message.metadata.priority
    assert result.payload == codec.encode(message)
    assert decode_message(result, MessageEnvelope[JsonRpcRequest]) == message


@pytest.mark.parametrize("codec", ["cbor", "application/cbor", 3, SerializationFormat.CBOR, get_codec("cbor").copy()])
def test_codecs_by_any_name(codec: Any) -> None:
    """A codec is named as for get_codec, or is the very object."""
    (frame,) = encode_message(REQUEST, None, codec, stream_id=1)
    assert frame.header.format == 3
    assert decode_message(joined([frame]), JsonRpcRequest) == REQUEST


def test_union_tags_come_from_the_type() -> None:
    """The type that is given decides how the message is written."""
    union = Version | JsonRpcRequest
    (frame,) = encode_message(Version(1, 2, 3), union, "json", stream_id=1)
    assert frame.payload == get_codec("json").encode(Version(1, 2, 3), union)
    assert decode_message(joined([frame]), union) == Version(1, 2, 3)


# Compression


@pytest.mark.parametrize("compression", [FrameCompression.ZLIB, FrameCompression.ZSTD])
def test_compression(compression: FrameCompression) -> None:
    """The document is compressed before it is split, and the header says how."""
    document = get_codec("json").encode(LONG)
    frames = encode_message(LONG, None, "json", stream_id=1, compression=compression, max_payload=20)
    packed = b"".join(frame.payload for frame in frames)
    assert {frame.header.compression for frame in frames} == {compression}
    assert len(packed) < len(document)
    assert decompress(packed, compression, max_size=len(document)) == document
    assert joined(frames).payload == document


def test_small_documents_go_plain() -> None:
    """Up to `compress_over` nothing is compressed, and nothing that grows by it."""
    size = len(get_codec("json").encode(LONG))
    for compression in (FrameCompression.ZLIB, FrameCompression.ZSTD):
        send = functools.partial(encode_message, as_type=None, codec="json", stream_id=1, compression=compression)
        assert send(LONG, compress_over=size)[0].header.compression is FrameCompression.NONE
        assert send(LONG, compress_over=size - 1)[0].header.compression is compression
        (frame,) = send(REQUEST)
        assert frame.header.compression is FrameCompression.NONE
        assert frame.payload == get_codec("json").encode(REQUEST)


# What may not be sent


def test_the_limit_counts_before_compression() -> None:
    """A document of exactly the peer's limit goes out; one byte more does not, however small it would become."""
    size = len(get_codec("json").encode(LONG))
    for compression in FrameCompression:
        encode_message(LONG, None, "json", stream_id=1, compression=compression, max_message=size)
        with pytest.raises(LocalFrameError, match=f"at most {size - 1} bytes, got {size}") as caught:
            encode_message(LONG, None, "json", stream_id=1, compression=compression, max_message=size - 1)
        assert caught.value.frame_code == "too_large"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stream_id": 0}, "bad_header"),
        ({"stream_id": -1}, "bad_header"),
        ({"stream_id": 2**32}, "bad_header"),
        ({"stream_id": True}, "bad_header"),
        ({"stream_id": None}, "bad_header"),
        ({"format_id": 256}, "bad_header"),
        ({"format_id": True}, "bad_header"),
        ({"frame_type": 0}, "bad_header"),
        ({"frame_type": FrameType.HELLO}, "bad_header"),
        ({"frame_type": FrameType.HEARTBEAT}, "bad_header"),
        ({"frame_type": FrameType.HEARTBEAT, "stream_id": 0}, "bad_header"),
        ({"frame_type": FrameType.SHUTDOWN, "stream_id": 0}, "bad_header"),
        ({"frame_type": FrameType.HELLO, "stream_id": 0, "format_id": 1}, "bad_header"),
        ({"route": (ADA, BOB)}, "bad_header"),
        ({"compression": "zlib"}, "bad_compression"),
        ({"max_message": 10}, "too_large"),
        ({"max_payload": 0}, "too_large"),
        ({"max_payload": -1}, "too_large"),
    ],
)
def test_what_no_frame_can_say(fields: dict[str, Any], code: str) -> None:
    """A field out of its range is refused as the caller's mistake, also once a valid one has been seen."""
    for message in (REQUEST, envelope()):
        encode_message(message, None, "json", stream_id=1, format_id=1)
        with pytest.raises(LocalFrameError) as caught:
            encode_message(message, None, "json", **{"stream_id": 1, **fields})
        assert caught.value.frame_code == code


def test_an_error_may_concern_the_whole_connection() -> None:
    """Stream 0 is open to errors, which then concern no message."""
    (frame,) = encode_message(ConfigError("no"), None, "json", stream_id=0)
    assert (frame.header.frame_type, frame.header.stream_id) == (FrameType.ERROR, 0)
    with pytest.raises(LocalFrameError, match="expected NONE for ERROR") as caught:
        encode_message(ConfigError("no" * 100), None, "json", stream_id=0, compression=FrameCompression.ZLIB)
    assert caught.value.frame_code == "bad_header"


def test_formats_without_an_id() -> None:
    """A format that frames have no number for needs one that both ends agreed on."""
    value = Version(1, 2, 3)
    message = MessageMetadata()
    with pytest.raises(LocalFrameError, match="expected a format id for toml") as caught:
        encode_message(message, None, "toml", stream_id=1)
    assert caught.value.frame_code == "bad_format"

    (frame,) = encode_message(envelope(value), None, "toml", stream_id=1, format_id=200)
    assert frame.header.format == 200
    read = decode_message(joined([frame]), MessageEnvelope[Version], codecs={200: get_codec("toml")}.__getitem__)
    assert read.payload == value


def test_errors_of_codecs_pass() -> None:
    """What the codec refuses is the codec's error, in both directions."""
    with pytest.raises(EncodeError):
        encode_message(object(), None, "json", stream_id=1)
    with pytest.raises(UnknownCodecError):
        encode_message(REQUEST, None, "yaml", stream_id=1)
    for payload in (b"", b"[]", b'{"method"'):
        with pytest.raises(DecodeError):
            decode_message(message_of(payload), JsonRpcRequest)


# Routes


@pytest.mark.parametrize("receiver", [BOB, None])
def test_routed_messages(receiver: ProcessId | None) -> None:
    """The frames of a routed envelope have its route, and so has what is joined from them."""
    message = envelope(receiver=receiver)
    for max_payload in (20, 1000):
        frames = encode_message(message, None, "json", stream_id=1, max_payload=max_payload, route=route_of(message))
        assert all(frame.header.route == FrameRoute(ADA, receiver) for frame in frames)
        assert all(FrameFlags.ROUTED in frame.header.flags for frame in frames)
        assert decode_message(joined(frames), MessageEnvelope[JsonRpcRequest]) == message


@pytest.mark.parametrize("route", [FrameRoute(BOB, BOB), FrameRoute(ADA, ADA), FrameRoute(ADA), FrameRoute(BOB, ADA)])
def test_the_route_is_the_envelopes(route: FrameRoute) -> None:
    """An envelope is neither sent nor believed under another's name, or from another's hands."""
    with pytest.raises(LocalFrameError, match=f"expected the envelope's route, from {ADA} to {BOB}, got") as local:
        encode_message(envelope(), None, "json", stream_id=1, route=route)
    (frame,) = encode_message(envelope(), None, "json", stream_id=1, route=route_of(envelope()))
    forged = joined([attrs.evolve(frame, header=attrs.evolve(frame.header, route=route))])
    with pytest.raises(RemoteFrameError, match=f"expected the envelope's route, from {ADA} to {BOB}, got") as remote:
        decode_message(forged, MessageEnvelope[JsonRpcRequest])
    assert local.value.frame_code == remote.value.frame_code == "bad_route"


def test_an_envelope_to_everyone_takes_such_a_route() -> None:
    """No receiver in the envelope and one in the route do not go together."""
    message = envelope(receiver=None)
    with pytest.raises(LocalFrameError, match=r"to everyone, got from .* to") as caught:
        encode_message(message, None, "json", stream_id=1, route=FrameRoute(ADA, BOB))
    assert caught.value.frame_code == "bad_route"


def test_bare_messages_may_be_routed() -> None:
    """A message that names no sender goes by any route."""
    frames = encode_message(REQUEST, None, "json", stream_id=1, route=FrameRoute(BOB, None))
    assert decode_message(joined(frames), JsonRpcRequest) == REQUEST


# Reading


def message_of(payload: bytes, format_id: int = 1) -> IpcMessage:
    return IpcMessage(header=FrameHeader(frame_type=FrameType.REQUEST, format=format_id, stream_id=1), payload=payload)


@pytest.mark.parametrize("format_id", [0, 5, 16, 127, 128, 255])
def test_unknown_formats(format_id: int) -> None:
    """Opaque bytes, and a format that nobody registered, are read by nothing."""
    with pytest.raises(RemoteFrameError, match=f"expected the id of a known format, got {format_id}$") as caught:
        decode_message(message_of(b"{}", format_id), JsonRpcRequest)
    assert caught.value.frame_code == "bad_format"


def test_messages_check_their_fields() -> None:
    """A message is a header and bytes; its text does not spill the payload."""
    message = message_of(b"secret")
    assert "secret" not in repr(message)
    assert "<6 bytes>" in repr(message)
    with pytest.raises(TypeError, match="expected bytes"):
        attrs.evolve(message, payload="text")
    with pytest.raises(TypeError, match="expected a FrameHeader"):
        attrs.evolve(message, header=None)


# Splitting

HEADER = FrameHeader(frame_type=FrameType.STREAM, stream_id=3, sequence=7)


@given(st.binary(max_size=200), st.integers(1, 250), st.booleans(), st.sampled_from([bytes, bytearray, memoryview]))
def test_split(payload: bytes, max_payload: int, more: bool, buffer: Any) -> None:
    """As few frames as can be, all full but the last, joined again to the same; only the last ends the message."""
    header = attrs.evolve(HEADER, flags=FrameFlags.MORE_FRAGMENTS | FrameFlags.CHECKSUM) if more else HEADER
    frames = list(split_message(header, buffer(payload), max_payload=max_payload))
    assert b"".join(frame.payload for frame in frames) == payload
    assert len(frames) == max(1, -(-len(payload) // max_payload))
    assert all(len(frame.payload) == max_payload for frame in frames[:-1])
    last = FrameFlags.CHECKSUM if more else FrameFlags(0)
    assert [frame.header.flags for frame in frames] == [last | FrameFlags.MORE_FRAGMENTS] * (len(frames) - 1) + [last]
    assert all(attrs.evolve(frame.header, flags=HEADER.flags) == HEADER for frame in frames)


def test_whole_payloads_are_not_copied() -> None:
    """What fits in one frame is the very object, header and payload."""
    payload = bytes(1000)
    (frame,) = split_message(HEADER, payload, max_payload=1000)
    assert frame.payload is payload
    assert frame.header is HEADER


def test_frames_are_made_one_at_a_time() -> None:
    """Splitting a large payload holds one frame of it."""
    payload = bytes(8 * 2**20)

    def split() -> int:
        return sum(len(frame.payload) for frame in split_message(HEADER, payload, max_payload=2**16))

    assert takes_at_most(split, peak=3 * 2**16) == len(payload)


def test_items_of_any_size_count_as_bytes() -> None:
    """A view of wider items is split by bytes."""
    frames = split_message(HEADER, memoryview(bytes(range(8))).cast("I"), max_payload=3)
    assert [frame.payload for frame in frames] == [b"\0\1\2", b"\3\4\5", b"\6\7"]


@pytest.mark.parametrize("max_payload", [0, -1])
def test_frames_hold_at_least_a_byte(max_payload: int) -> None:
    """Frames of nothing would never end; the call says so, not the first frame."""
    for payload in (b"", b"hello"):
        with pytest.raises(LocalFrameError, match="expected at least 1 byte in a frame") as caught:
            split_message(HEADER, payload, max_payload=max_payload)
        assert caught.value.frame_code == "too_large"


@pytest.mark.parametrize("kind", [FrameType.HELLO, FrameType.HEARTBEAT, FrameType.SHUTDOWN, FrameType.ERROR])
def test_control_frames_are_whole(kind: FrameType) -> None:
    """What belongs to the connection goes in one frame or not at all."""
    header = FrameHeader(frame_type=kind, format=1)
    assert [frame.payload for frame in split_message(header, b"hello", max_payload=5)] == [b"hello"]
    with pytest.raises(LocalFrameError, match=f"expected at most 4 bytes for {kind.name}, got 5") as caught:
        split_message(header, b"hello", max_payload=4)
    assert caught.value.frame_code == "too_large"
