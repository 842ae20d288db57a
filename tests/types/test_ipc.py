"""Frames: their bytes, what is refused, and the numbers in them."""

from __future__ import annotations

import pickle
import struct
import uuid
import zlib

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import (
    FieldError,
    FrameCompression,
    FrameFlags,
    FrameHeader,
    FrameRoute,
    FrameType,
    IpcAuthenticationFailedError,
    IpcDeserializationFailedError,
    IpcError,
    IpcFrame,
    IpcInvalidMessageFormatError,
    MessagePriority,
    ProcessId,
    SerializationFormat,
    TransportType,
)


SENDER = ProcessId.parse("123e4567-e89b-42d3-a456-426614174002")
RECEIVER = ProcessId.parse("123e4567-e89b-42d3-a456-426614174003")
ROUTED = FrameHeader(
    frame_type=FrameType.STREAM,
    format=3,
    compression=FrameCompression.ZSTD,
    priority=MessagePriority.CRITICAL,
    flags=FrameFlags.ROUTED | FrameFlags.CHECKSUM | FrameFlags.MORE_FRAGMENTS,
    stream_id=0xFFFFFFFF,
    sequence=2**64 - 1,
    route=FrameRoute(SENDER, RECEIVER),
)
PLAIN = FrameHeader(frame_type=FrameType.REQUEST, stream_id=7, sequence=9)


def sealed(head: bytes, rest: bytes = b"") -> bytes:
    """Put the CRC behind the first 28 bytes of a header."""
    return head + struct.pack(">I", zlib.crc32(rest, zlib.crc32(head))) + rest


def test_worked_bytes():
    """A request of two bytes of MessagePack, byte by byte."""
    frame = IpcFrame(header=PLAIN, payload=b"\x91\x01")
    head = bytes.fromhex("5359 01 04 00 02 00 01 0000 0000 00000007 0000000000000009 00000002")

    assert frame.to_bytes() == head + zlib.crc32(head).to_bytes(4, "big") + b"\x91\x01"
    assert frame.to_bytes()[28:32].hex() == f"{zlib.crc32(head):08x}"
    assert IpcFrame.from_bytes(frame.to_bytes()) == frame


def test_worked_bytes_of_a_routed_frame_with_checksum():
    """The route is in the header, under its CRC; the payload has its own."""
    frame = IpcFrame(header=ROUTED, payload=b"hello")
    head = bytes.fromhex("5359 01 08 05 03 02 03 000b 0000 ffffffff ffffffffffffffff 00000005")
    route = SENDER.to_bytes() + RECEIVER.to_bytes()

    assert frame.to_bytes() == sealed(head, route) + b"hello" + zlib.crc32(b"hello").to_bytes(4, "big")
    assert IpcFrame.from_bytes(frame.to_bytes()) == frame


def test_broadcast_is_a_receiver_of_zeros():
    """No receiver is sixteen zeros, and back."""
    header = FrameHeader(frame_type=FrameType.EVENT, flags=FrameFlags.ROUTED, stream_id=1, route=FrameRoute(SENDER))

    assert header.to_bytes()[48:] == bytes(16)
    assert FrameHeader.from_bytes(header.to_bytes()) == header
    with pytest.raises(FieldError):
        FrameRoute(SENDER, ProcessId(uuid.UUID(int=0)))


frames = st.builds(
    IpcFrame,
    header=st.builds(
        lambda kind, route, flags, compression, **rest: FrameHeader(
            frame_type=kind,
            route=None if kind.is_control else route,
            flags=flags & FrameFlags.CHECKSUM
            if kind.is_control
            else flags | (FrameFlags.ROUTED if route else FrameFlags(0)),
            stream_id=0 if kind.is_control else 1,
            compression=FrameCompression.NONE if kind.is_control else compression,
            **rest,
        ),
        kind=st.sampled_from([kind for kind in FrameType if kind is not FrameType.HELLO] + [FrameType(200)]),
        route=st.none() | st.builds(FrameRoute, st.just(SENDER), st.none() | st.just(RECEIVER)),
        flags=st.sampled_from([FrameFlags(0), FrameFlags.CHECKSUM, FrameFlags.MORE_FRAGMENTS]),
        format=st.integers(0, 255),
        compression=st.sampled_from(FrameCompression),
        priority=st.sampled_from(MessagePriority),
        sequence=st.integers(1, 2**64 - 1),
    ),
    payload=st.binary(max_size=40),
)


@given(frames)
def test_frames_come_back(frame):
    """Any frame survives its bytes, a pickle, and a memoryview."""
    data = frame.to_bytes()

    assert IpcFrame.from_bytes(data) == frame
    assert IpcFrame.from_bytes(memoryview(data)) == frame
    assert pickle.loads(pickle.dumps(frame)) == frame
    assert FrameHeader.unpack(data) == (frame.header, 64 if frame.header.route else 32, len(frame.payload))


@given(st.binary(max_size=80))
def test_foreign_bytes_raise_only_ipc_errors(data):
    """Whatever comes, it is a frame or one of the errors of IPC."""
    for prefix in (b"", b"SY\x01\x04"):
        try:
            IpcFrame.from_bytes(prefix + data)
        except IpcError:
            continue


@pytest.mark.parametrize("header", [PLAIN, ROUTED], ids=["plain", "routed"])
def test_every_bit_flip_in_a_header_is_refused(header):
    """The CRC covers each bit of the header, its own included."""
    data = header.to_bytes()
    for bit in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(IpcError):
            FrameHeader.from_bytes(bytes(damaged))


def test_every_bit_flip_in_a_checked_frame_is_refused():
    """With a payload checksum no bit of the frame can change."""
    data = IpcFrame(header=ROUTED, payload=b"hello").to_bytes()
    for bit in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(IpcError):
            IpcFrame.from_bytes(bytes(damaged))


@pytest.mark.parametrize("header", [PLAIN, ROUTED], ids=["plain", "routed"])
def test_every_truncation_and_any_surplus_is_refused(header):
    """A frame is all of its bytes and no more."""
    data = IpcFrame(header=header, payload=b"hello").to_bytes()
    for size in range(len(data)):
        with pytest.raises(IpcDeserializationFailedError):
            IpcFrame.from_bytes(data[:size])
    with pytest.raises(IpcDeserializationFailedError):
        IpcFrame.from_bytes(data + b"\0")
    with pytest.raises(IpcDeserializationFailedError):
        FrameHeader.from_bytes(header.to_bytes() + b"\0")


@pytest.mark.parametrize(
    ("head", "error", "reason"),
    [
        ("4859 01 04 00 02 00 01 0000 0000 00000007 0000000000000009 00000000", IpcInvalidMessageFormatError, "magic"),
        (
            "5359 02 04 00 02 00 01 0000 0000 00000007 0000000000000009 00000000",
            IpcInvalidMessageFormatError,
            "version",
        ),
        (
            "5359 01 03 00 02 00 01 0000 0000 00000007 0000000000000009 00000000",
            IpcInvalidMessageFormatError,
            "32 to 256",
        ),
        (
            "5359 01 21 00 02 00 01 0000 0000 00000007 0000000000000009 00000000",
            IpcInvalidMessageFormatError,
            "32 to 256",
        ),
        (
            "5359 01 04 00 02 00 01 0000 0001 00000007 0000000000000009 00000000",
            IpcInvalidMessageFormatError,
            "reserved",
        ),
        ("5359 01 04 00 02 03 01 0000 0000 00000007 0000000000000009 00000000", IpcDeserializationFailedError, "3"),
        ("5359 01 04 00 02 00 04 0000 0000 00000007 0000000000000009 00000000", IpcDeserializationFailedError, "rank"),
        ("5359 01 04 00 02 00 01 0010 0000 00000007 0000000000000009 00000000", IpcDeserializationFailedError, "16"),
        (
            "5359 01 04 00 02 00 01 0000 0000 00000007 0000000000000000 00000000",
            IpcDeserializationFailedError,
            "sequence",
        ),
        (
            "5359 01 04 00 02 00 01 0000 0000 00000000 0000000000000009 00000000",
            IpcDeserializationFailedError,
            "stream_id",
        ),
        (
            "5359 01 04 00 02 00 01 0008 0000 00000007 0000000000000009 00000000",
            IpcDeserializationFailedError,
            "routed",
        ),
    ],
)
def test_headers_that_say_nonsense(head, error, reason):
    """A correct CRC does not make nonsense true, and the error says what it is."""
    with pytest.raises(error) as caught:
        IpcFrame.from_bytes(sealed(bytes.fromhex(head)))
    assert reason in "".join([str(caught.value), *getattr(caught.value, "__notes__", [])])


def test_longer_headers_are_skipped_over():
    """A later version may say more in the header; the CRC covers it, and readers skip it."""
    head = bytes.fromhex("5359 01 06 00 02 00 01 0000 0000 00000007 0000000000000009 00000003")
    data = sealed(head, b"sixteen unknown!") + b"abc"

    assert IpcFrame.from_bytes(data) == IpcFrame(header=PLAIN, payload=b"abc")
    with pytest.raises(IpcDeserializationFailedError):
        IpcFrame.from_bytes(data.replace(b"unknown", b"unkn0wn"))


def test_authenticated_frames_take_a_key():
    """Without the connection's key such a frame is neither written nor believed."""
    header = FrameHeader(frame_type=FrameType.REQUEST, stream_id=1, flags=FrameFlags.AUTHENTICATED)

    assert FrameHeader.from_bytes(header.to_bytes()) == header
    with pytest.raises(IpcAuthenticationFailedError):
        IpcFrame(header=header).to_bytes()
    with pytest.raises(IpcAuthenticationFailedError):
        IpcFrame.from_bytes(header.to_bytes() + bytes(32))


def test_unknown_frame_types_are_kept_for_routers():
    """A number that means nothing here goes through unchanged, and says that it is unknown."""
    header = FrameHeader(frame_type=FrameType(99), stream_id=3)
    again = FrameHeader.from_bytes(header.to_bytes())

    assert again == header
    assert again.frame_type == 99
    assert not again.frame_type.is_known
    assert pickle.loads(pickle.dumps(again)) == header
    assert all(kind.is_known for kind in FrameType)
    for value in (-1, 256, "1"):
        with pytest.raises(ValueError, match="is not a valid FrameType"):
            FrameType(value)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"frame_type": 0}, "frame_type"),
        ({"format": 256}, "format"),
        ({"format": SerializationFormat.JSON}, "format"),
        ({"compression": 0}, "compression"),
        ({"priority": 1}, "priority"),
        ({"flags": 1}, "flags"),
        ({"stream_id": -1}, "stream_id"),
        ({"stream_id": 2**32}, "stream_id"),
        ({"stream_id": 0}, "stream_id"),
        ({"sequence": 0}, "sequence"),
        ({"sequence": 2**64}, "sequence"),
        ({"flags": FrameFlags.ROUTED}, "route"),
        ({"route": FrameRoute(SENDER)}, "route"),
        ({"frame_type": FrameType.HEARTBEAT}, "stream_id"),
        ({"frame_type": FrameType.HELLO, "stream_id": 0}, "format"),
        (
            {"frame_type": FrameType.HELLO, "stream_id": 0, "format": 1, "compression": FrameCompression.ZLIB},
            "compression",
        ),
        ({"frame_type": FrameType.HELLO, "stream_id": 0, "format": 1, "flags": FrameFlags.MORE_FRAGMENTS}, "flags"),
    ],
)
def test_headers_that_contradict_themselves(fields, path):
    """Each field has its range, and the rules between fields hold at once."""
    with pytest.raises(FieldError) as caught:
        FrameHeader(**{"frame_type": FrameType.REQUEST, "stream_id": 1, **fields})
    assert caught.value.path == (path,)


def test_errors_belong_to_a_stream_or_to_the_connection():
    """An Error frame may be on stream 0, unlike a response."""
    assert FrameHeader(frame_type=FrameType.ERROR).stream_id == 0
    assert FrameHeader(frame_type=FrameType.ERROR, stream_id=4).stream_id == 4


def test_hello_is_at_most_64_kib():
    """Exactly 64 KiB passes, one byte more does not."""
    header = FrameHeader(frame_type=FrameType.HELLO, format=1)

    assert IpcFrame.from_bytes(IpcFrame(header=header, payload=b" " * 65536).to_bytes()).header == header
    with pytest.raises(FieldError):
        IpcFrame(header=header, payload=b" " * 65537)
    with pytest.raises(IpcDeserializationFailedError):
        IpcFrame.from_bytes(header.pack(65537) + b" " * 65537)


def test_payloads_are_copied_and_not_shown():
    """Other bytes-like objects are copied; the repr tells the length only."""
    buffer = bytearray(b"secret")
    frame = IpcFrame(header=PLAIN, payload=buffer)
    buffer[:] = b"xxxxxx"

    assert frame.payload == b"secret"
    assert "<6 bytes>" in repr(frame)
    assert "secret" not in repr(frame)
    with pytest.raises(FieldError):
        IpcFrame(header=PLAIN, payload="text")


@pytest.mark.parametrize(
    ("member", "format_id", "name", "content_type"),
    [
        (SerializationFormat.JSON, 1, "json", "application/json"),
        (SerializationFormat.MESSAGEPACK, 2, "msgpack", "application/msgpack"),
        (SerializationFormat.CBOR, 3, "cbor", "application/cbor"),
        (
            SerializationFormat.MESSAGEPACK_COMPACT,
            4,
            "msgpack-compact",
            "application/vnd.symphony.msgpack-compact",
        ),
    ],
)
def test_formats(member, format_id, name, content_type):
    """Each built-in format has a number, a name and a media type."""
    assert (member.format_id, member.codec_name, member.content_type) == (format_id, name, content_type)
    assert SerializationFormat.from_format_id(format_id) is member


@pytest.mark.parametrize("format_id", [0, 5, 16, 255])
def test_numbers_without_a_built_in_format(format_id):
    """Opaque, agreed and private numbers are no built-in format."""
    with pytest.raises(FieldError):
        SerializationFormat.from_format_id(format_id)


def test_transports():
    """The names on the wire are the variants' of the Rust side."""
    assert [transport.value for transport in TransportType] == [
        "UnixSocket",
        "NamedPipe",
        "Stdio",
        "Tcp",
        "WebSocket",
        "Http",
        "SharedMemory",
        "InProcess",
    ]
