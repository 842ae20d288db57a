"""Messages of captures: fragments joined, other frames skipped, and what is lost or damaged."""

from __future__ import annotations

import random
import tracemalloc

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import get_codec, make_codec
from symphony_codecs.formats.msgpack import FORMAT
from symphony_codecs.framing import FormatOffer, FrameEncoder, Hello, RawFrame
from symphony_codecs.framing.messages import encode_message
from symphony_codecs.records import read_records, scan_records
from symphony_types import MessageEnvelope, ProcessId
from symphony_types.message.ipc import FrameCompression, FrameHeader, FrameRoute, FrameType, IpcFrame
from tests.codecs.records.stream_cases import Point, agree, cut, outcome


HEARTBEAT = IpcFrame(header=FrameHeader(frame_type=FrameType.HEARTBEAT, format=0))
SHUTDOWN = IpcFrame(header=FrameHeader(frame_type=FrameType.SHUTDOWN, format=0))
HELLO = Hello(formats=(FormatOffer("msgpack", 2), FormatOffer("json", 1)), nonce=bytes(32)).to_frame()


def frames_of(value: Any, stream_id: int, codec: str = "json", **options: Any) -> list[IpcFrame]:
    return encode_message(value, None, codec, stream_id=stream_id, **{"max_payload": 10, **options})


def capture(frames: Iterable[IpcFrame], *, checksum: bool = True) -> list[bytes]:
    encoder = FrameEncoder(checksum=checksum)
    return [encoder.encode(frame) for frame in frames]


def scan(pieces: Iterable[bytes], **options: Any) -> list[tuple[Any, ...]]:
    return outcome(list(scan_records(pieces, Point, framing="native", **options)))


def shown(found: list[tuple[Any, ...]]) -> list[Any]:
    """Return values and codes."""
    return [value if issues is None else issues[0][0] for *_, value, issues in found]


def test_fragments_are_joined() -> None:
    """Those of several messages may come in any order; a message has its first place and all its bytes."""
    first, second = frames_of(Point(1, "a" * 30), 1), frames_of(Point(2, "b" * 30), 2)
    mixed = [HELLO, *(frame for pair in zip(first, second, strict=True) for frame in pair), HEARTBEAT, SHUTDOWN]
    pieces = capture(mixed)
    found = scan(pieces)
    assert shown(found) == [Point(1, "a" * 30), Point(2, "b" * 30)]
    sizes = [sum(len(piece) for piece in pieces[start:-2:2]) for start in (1, 2)]
    assert [(offset, size) for _, offset, size, *_ in found] == [
        (len(pieces[0]), sizes[0]),
        (len(pieces[0]) + len(pieces[1]), sizes[1]),
    ]
    assert [data for *_, data, _, _ in found] == [get_codec("json").encode(value) for *_, value, _ in found]


@pytest.mark.parametrize("codec", ["json", "msgpack", "msgpack-compact", "cbor"])
@pytest.mark.parametrize("compression", FrameCompression)
def test_formats_and_compressions(codec: str, compression: FrameCompression) -> None:
    """Each message says how it is written."""
    pieces = capture(frames_of(Point(1, "z" * 100), 1, codec, compression=compression))
    assert list(read_records(pieces, Point, framing="native")) == [Point(1, "z" * 100)]
    assert list(read_records(pieces, Point, framing="native", codec=codec)) == [Point(1, "z" * 100)]


def test_names_of_formats() -> None:
    """A Hello names numbers, until the next one; without a name or a codec of it, a message cannot be read."""
    named = Hello(formats=(FormatOffer("mine", 77),), nonce=bytes(32)).to_frame()
    message = encode_message(Point(1), None, "msgpack", stream_id=1, format_id=77)
    assert shown(scan(capture([*message, named, *message]))) == ["bad_format", "bad_format"]
    codec = make_codec(FORMAT)
    found = scan(capture([*message, named, *message]), codec=codec)
    assert shown(found) == ["bad_format", "bad_format"]
    assert "expected the format msgpack, got mine" in found[1][5][0][1]
    opaque = encode_message(Point(1), None, "msgpack", stream_id=1, format_id=0)
    assert shown(scan(capture(opaque))) == ["bad_format"]


def test_a_codec_is_the_only_one() -> None:
    """A codec that is given reads its own format, with its limits, and no other."""
    codec = get_codec("json").with_options(max_text=5)
    pieces = capture([*frames_of(Point(1), 1), *frames_of(Point(1, "z" * 10), 2), *frames_of(Point(1), 3, "cbor")])
    assert shown(scan(pieces, codec=codec)) == [Point(1), "too_large", "bad_format"]


def test_routes() -> None:
    """A message in routed frames is held against their route."""
    one, two = ProcessId.new(), ProcessId.new()
    envelope = MessageEnvelope(payload=1, sender=one, receiver=two)
    for receiver, code in ((two, None), (one, "bad_route")):
        frame = encode_message(envelope, MessageEnvelope[int], "json", stream_id=1, route=FrameRoute(one, two))[0]
        header = FrameHeader(
            frame_type=frame.header.frame_type,
            format=1,
            flags=frame.header.flags,
            stream_id=1,
            route=FrameRoute(one, receiver),
        )
        pieces = capture([IpcFrame(header=header, payload=frame.payload)])
        (record,) = scan_records(pieces, MessageEnvelope[int], framing="native")
        assert (record.error and record.error.issues[0].code) == code
        assert record.error is not None or record.value == envelope


LONG = frames_of(Point(9, "z" * 30), 7)


@pytest.mark.parametrize("lost", range(len(LONG)))
def test_a_fragment_that_is_lost(lost: int) -> None:
    """Whether it is damaged or not there at all, its message is an error, and those around it are read."""
    pieces = capture([*frames_of(Point(1), 1), *LONG, *frames_of(Point(2), 7, max_payload=100), HEARTBEAT])
    before = len(frames_of(Point(1), 1))
    missing = pieces[: before + lost] + pieces[before + lost + 1 :]
    found = shown(scan(missing))
    assert found[0] == Point(1)
    assert found[-1] == Point(2)
    assert found[1:-1]
    assert all(isinstance(code, str) for code in found[1:-1])
    damaged = list(pieces)
    damaged[before + lost] = damaged[before + lost][:20] + b"!" + damaged[before + lost][21:]
    found = shown(scan(damaged))
    assert (found[0], found[-1]) == (Point(1), Point(2))
    assert "header_checksum" in found


def test_a_payload_that_is_damaged() -> None:
    """The checksum tells; the message is one error, whichever of its fragments it is."""
    for hit in range(len(LONG)):
        pieces = capture([*LONG, *frames_of(Point(2), 7, max_payload=100)])
        piece = bytearray(pieces[hit])
        piece[-5] ^= 1
        pieces[hit] = bytes(piece)
        found = scan(pieces)
        assert shown(found) == ["payload_checksum", Point(2)]
        assert found[0][1:3] == (0, sum(map(len, pieces[: len(LONG)])))


def test_what_else_is_wrong() -> None:
    head, *_ = LONG
    assert shown(scan(capture([head]))) == ["truncated"]
    assert shown(scan(capture([head, HELLO]))) == ["truncated"]
    other = frames_of(Point(1), 7, "cbor", max_payload=100)
    assert shown(scan(capture([head, *other]))) == ["bad_fragment", Point(1)]
    hello = IpcFrame(header=FrameHeader(frame_type=FrameType.HELLO, format=1), payload=b"{}")
    assert shown(scan(capture([hello, *LONG]))) == ["bad_hello", Point(9, "z" * 30)]
    unknown = RawFrame(FrameHeader(frame_type=FrameType(99), format=1, stream_id=7), b"{}")
    assert shown(scan([FrameEncoder().encode(unknown)])) == ["unknown_type"]
    assert shown(scan([b"garbage", *capture(LONG), b"more"])) == ["bad_magic", Point(9, "z" * 30), "bad_magic"]
    assert shown(scan(capture(LONG), max_record=20)) == ["too_large"]
    inflated = frames_of(Point(1, "z" * 1000), 1, compression=FrameCompression.ZLIB)
    assert shown(scan(capture(inflated), max_record=500)) == ["too_large"]
    broken = IpcFrame(
        header=FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1, compression=FrameCompression.ZLIB),
        payload=b"no zlib",
    )
    assert shown(scan(capture([broken, *LONG]))) == ["bad_compression", Point(9, "z" * 30)]


def test_connections_in_a_row() -> None:
    """Each begins with its Hello, and its numbers begin anew."""
    one = capture([HELLO, *frames_of(Point(1), 1)])
    assert shown(scan([*one, *one])) == [Point(1), Point(1)]


@given(
    kinds=st.lists(st.integers(0, 5), max_size=12),
    flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=2),
    seed=st.integers(0),
)
def test_cuts(kinds: list[int], flips: list[tuple[int, int]], seed: int) -> None:
    """However a capture is cut and damaged, the records are the same, and each is a value or has an issue."""
    choices = [LONG[:1], LONG, frames_of(Point(1), 3), [HELLO], [HEARTBEAT], frames_of(Point(5, "q" * 60), 7, "cbor")]
    data = bytearray(b"".join(capture(frame for kind in kinds for frame in choices[kind])))
    for place, bits in flips:
        if data:
            data[place % len(data)] ^= bits
    rng = random.Random(seed)
    found = scan([bytes(data)])
    assert scan(cut(bytes(data), rng, 1)) == found
    assert scan(cut(bytes(data), rng, 40)) == found
    agree(cut(bytes(data), rng, 40), found, None, "native")


def test_memory_is_flat() -> None:
    """Messages that never end, on many streams, are held up to a limit."""

    def pieces() -> Iterator[bytes]:
        encoder = FrameEncoder()
        head = frames_of(Point(1, "z" * 20_000), 1, max_payload=10_000)[0]
        for number in range(1500):
            header = FrameHeader(
                frame_type=FrameType.EVENT, format=1, flags=head.header.flags, stream_id=number % 1100 + 1
            )
            yield encoder.encode(IpcFrame(header=header, payload=head.payload))

    tracemalloc.start()
    try:
        codes = {
            record.error.issues[0].code
            for record in scan_records(pieces(), Point, framing="native", max_record=100_000)
            if record.error is not None
        }
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert codes == {"too_many_streams", "held_too_much", "truncated"}
    assert peak < 4_000_000
