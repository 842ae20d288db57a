"""`FrameDecoder`: the frames of the table however they are cut, and all that is refused."""

from __future__ import annotations

import array
import struct
import time
import zlib

import attrs
import pytest

from symphony_codecs.framing.auth import FrameKey, SharedKey
from symphony_codecs.framing.decoder import FrameDecoder
from symphony_codecs.framing.encoder import FrameEncoder
from symphony_codecs.framing.errors import (
    NEED_DATA,
    FrameAuthenticationError,
    FrameError,
    LocalFrameError,
    RemoteFrameError,
)
from symphony_types import FieldError, FrameFlags, FrameHeader, FrameType
from tests.codecs.framing.frame_cases import CASES, SECRET, UNKNOWN, frame, in_bytes, outcome, summary
from tests.memory import takes_at_most


MIB = 1024 * 1024
REQUEST = frame(b"payload", frame_type=FrameType.REQUEST, stream_id=1)
HELLO = frame(b"{}", frame_type=FrameType.HELLO, format=1)
KEY = FrameKey(SECRET)
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def sealed(head: str, rest: bytes = b"") -> bytes:
    """Put the CRC behind the first 28 bytes of a header."""
    fixed = bytes.fromhex(head)
    return fixed + struct.pack(">I", zlib.crc32(fixed + rest)) + rest


def header_of(length: int, frame_type: int = 0, stream_id: int = 7) -> bytes:
    return sealed(f"5359 01 04 {frame_type:02x} 01 00 01 0000 0000 {stream_id:08x} 0000000000000001 {length:08x}")


def refusal(decoder, data=b"", *, take="next_frame"):
    """Return the error that *decoder* raises for *data*."""
    decoder.feed(data)
    with pytest.raises(FrameError) as caught:
        getattr(decoder, take)()
    return caught.value


# Right frames


@each_case
def test_frames_of_the_table(case):
    """Each comes back whole and byte by byte, and takes exactly its bytes."""
    for pieces in ([case.data], in_bytes(case.data)):
        decoder = case.decoder(check_sequence=True)

        assert outcome(decoder, pieces, ended=True) == ([case.frame], None)
        assert (decoder.offset, decoder.trailing_data, decoder.at_eof) == (len(case.data), b"", True)


@each_case
def test_raw_frames_of_the_table(case):
    """A router gets the checksum and the header extension as well, whole and byte by byte."""
    for pieces in ([case.data], in_bytes(case.data)):
        assert outcome(case.decoder(), pieces, raw=True, ended=True) == ([case.raw], None)


def test_many_frames_in_one_piece():
    """Frames follow one another; what follows the last stays."""
    cases = [case for case in CASES if not case.is_authenticated]
    decoder = FrameDecoder()
    decoder.feed(b"".join(case.data for case in cases) + b"SY\1")

    assert list(decoder) == [case.frame for case in cases]
    assert decoder.next_frame() is NEED_DATA
    assert decoder.trailing_data == b"SY\1"
    assert decoder.held == 3
    assert decoder.offset == sum(len(case.data) for case in cases)
    assert decoder.error is None


@pytest.mark.parametrize(
    "make",
    [
        bytes,
        bytearray,
        memoryview,
        lambda data: memoryview(data + data)[: len(data)],
        lambda data: array.array("B", data),
    ],
    ids=["bytes", "bytearray", "memoryview", "slice", "array"],
)
def test_any_buffer(make):
    """What is fed may be any bytes-like object, and may change afterwards."""
    data = make(CASES[3].data)
    decoder = CASES[3].decoder()
    decoder.feed(data)
    if not memoryview(data).readonly:
        data[0] = 0

    assert decoder.next_frame() == CASES[3].frame


@pytest.mark.parametrize("data", ["text", 5, None, [1]])
def test_no_buffer(data):
    """What is no buffer is a mistake of the program, and leaves the decoder as it was."""
    decoder = CASES[3].decoder()
    with pytest.raises(TypeError):
        decoder.feed(data)

    assert outcome(decoder, [CASES[3].data]) == ([CASES[3].frame], None)


def test_payloads_are_bytes_of_their_own():
    """A payload is immutable and not a view of what else was fed."""
    (found,), _ = outcome(FrameDecoder(), [FrameEncoder().encode(REQUEST)])
    (raw,), _ = outcome(FrameDecoder(), in_bytes(FrameEncoder().encode(REQUEST)), raw=True)

    assert type(found.payload) is type(raw.payload) is bytes


# The end


@each_case
def test_truncated_at_every_length(case):
    """A part of a frame is no frame: first more is needed, at the end it is truncated."""
    for size in range(1, len(case.data)):
        for pieces in ([case.data[:size]], in_bytes(case.data[:size])):
            decoder = case.decoder()
            assert outcome(decoder, pieces) == ([], None)
            assert not decoder.at_eof

            frames, error = outcome(decoder, [], ended=True)
            assert (frames, error.frame_code, error.offset) == ([], "truncated", 0)
            assert decoder.error is error


def test_an_end_between_frames():
    """Nothing is missing: no data comes for ever."""
    decoder = FrameDecoder()
    decoder.feed(FrameEncoder().encode(REQUEST))
    decoder.feed_eof()

    assert not decoder.at_eof
    assert decoder.next_frame() == REQUEST
    assert [decoder.next_frame() for _ in range(3)] == [NEED_DATA] * 3
    assert decoder.at_eof
    assert decoder.error is None


def test_nothing_comes_after_the_end():
    """Feeding more is the caller's mistake; the frames fed before are still there."""
    decoder = FrameDecoder()
    decoder.feed(FrameEncoder().encode(REQUEST))
    decoder.feed_eof()
    with pytest.raises(LocalFrameError) as caught:
        decoder.feed(b"")

    assert caught.value.frame_code == "closed"
    assert decoder.next_frame() == REQUEST


# Damage


def flips(data):
    for bit in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        yield bit // 8, bytes(damaged)


@pytest.mark.parametrize("raw", [False, True], ids=["frames", "raw"])
@pytest.mark.parametrize("case", [*CASES, UNKNOWN], ids=lambda case: case.name)
def test_every_bit_flip(case, raw):
    """
    A flip is refused, never waited upon, wherever something covers the byte.

    The payload of a frame without checksum and tag is not covered, and
    routers pass payload and checksum on unread; all the rest is.
    """
    unread = raw or case.checksum is None
    tag = 32 if case.is_authenticated else 0
    covered_end = case.data[3] * 8
    for place, damaged in flips(case.data):
        for pieces in ([damaged], in_bytes(damaged)):
            frames, error = outcome(case.decoder(), pieces, raw=raw)
            if place >= covered_end and unread and not tag:
                assert error is None
                (found,) = frames
                assert found.header == case.frame.header
            else:
                assert frames == []
                assert isinstance(error, RemoteFrameError)
                assert error.offset == 0


@pytest.mark.parametrize(
    ("place", "code"),
    [(0, "bad_magic"), (1, "bad_magic"), (2, "bad_version"), (4, "header_checksum"), (31, "header_checksum")],
)
def test_codes_of_damage(place, code):
    """Programs learn what was hit."""
    data = bytearray(CASES[4].data)
    data[place] ^= 0x10

    assert refusal(CASES[4].decoder(), data).frame_code == code


@pytest.mark.parametrize("size", [1000, 1], ids=["whole", "byte by byte"])
@pytest.mark.parametrize(
    ("case", "place", "code"),
    [
        (4, 14, "header_checksum"),
        (4, 27, "too_large"),
        (4, 31, "header_checksum"),
        (4, 32, "payload_checksum"),
        (4, -1, "payload_checksum"),
        (9, 32, "header_checksum"),
        (7, 63, "header_checksum"),
        (7, 64, "payload_checksum"),
    ],
)
def test_damage_after_frames_of_the_same_kind(case, place, code, size):
    """A decoder that has seen such frames before looks at each as closely as at the first."""
    encoder = FrameEncoder()
    good = [encoder.encode(CASES[case].raw) for _ in range(3)]
    damaged = bytearray(good[2])
    damaged[place] ^= 1
    if code == "too_large":
        damaged[24:32] = sealed(damaged[:24].hex() + "00100001")[24:]
    data = good[0] + good[1] + bytes(damaged)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    frames, error = outcome(FrameDecoder(check_sequence=True), pieces)

    assert [found.payload for found in frames] == [CASES[case].frame.payload] * 2
    assert (error.frame_code, error.offset) == (code, len(good[0]) * 2)
    raws, error = outcome(FrameDecoder(check_sequence=True), pieces, raw=True)
    assert (len(raws), error is None) == ((3, True) if code == "payload_checksum" else (2, False))


@pytest.mark.parametrize(
    ("place", "changed", "code"),
    [
        (2, b"\2", "bad_version"),
        (12, bytes(4), "bad_header"),
        (16, bytes(8), "bad_header"),
        (10, b"\0\1", "bad_header"),
        (4, b"\x63", "unknown_type"),
    ],
    ids=["version", "stream 0", "sequence 0", "reserved", "type"],
)
def test_nonsense_after_frames_of_the_same_kind(place, changed, code):
    """A right CRC does not help what says nonsense, also behind frames that differ from it in that alone."""
    good = FrameEncoder().encode(REQUEST)
    head = good[:place] + changed + good[place + len(changed) : 28]
    data = good + good + sealed(head.hex()) + good[32:]

    frames, error = outcome(FrameDecoder(), [data])
    assert (frames, error.frame_code) == ([REQUEST, REQUEST], code)


def test_what_a_router_has_seen_an_endpoint_refuses():
    """A type that was passed on is not known for that."""
    decoder = FrameDecoder()
    decoder.feed(UNKNOWN.data * 2)
    assert decoder.next_raw() == UNKNOWN.raw

    assert refusal(decoder).frame_code == "unknown_type"


def test_short_frames_do_not_wait_for_as_much_as_long_ones():
    """Each frame is there with its last byte."""
    encoder = FrameEncoder()
    sent = [attrs.evolve(REQUEST, payload=bytes(size)) for size in (100, 100, 0, 50, 3)]
    decoder = FrameDecoder()
    for item in sent:
        for byte in in_bytes(encoder.encode(item)):
            assert decoder.next_frame() is NEED_DATA
            decoder.feed(byte)
        found = decoder.next_frame()
        assert found.payload == item.payload
        assert type(found.payload) is bytes


def test_codes_of_damage_behind_the_header():
    """The payload, or its checksum, and the tag have codes of their own."""
    checked, tagged = bytearray(CASES[4].data), bytearray(CASES[10].data)
    checked[32] ^= 1
    tagged[-1] ^= 1

    assert refusal(CASES[4].decoder(), checked).frame_code == "payload_checksum"
    assert refusal(CASES[10].decoder(), tagged).frame_code == "bad_tag"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_damaged_header_size_is_found_without_what_it_announces(case):
    """Each size that one flip makes of the true one is refused, although the longer header never comes."""
    for bit in range(8):
        damaged = bytearray(case.data[: case.data[3] * 8])
        damaged[3] ^= 1 << bit
        _, error = outcome(case.decoder(), [bytes(damaged)])

        assert error.frame_code in {"bad_header", "header_checksum"}


# Nonsense


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("00", "bad_magic"),
        ("5358", "bad_magic"),
        ("535902", "bad_version"),
        ("53590103", "bad_header"),
        ("53590121", "bad_header"),
        ("535901ff", "bad_header"),
    ],
)
def test_a_wrong_start_is_refused_at_once(start, code):
    """The first wrong byte is enough, and what follows it changes nothing."""
    first = refusal(FrameDecoder(), bytes.fromhex(start))
    later = refusal(FrameDecoder(), bytes.fromhex(start) + bytes(40))

    assert first.frame_code == code
    assert str(first) == str(later)
    for size in range(1, len(start) // 2):
        assert outcome(FrameDecoder(), [bytes.fromhex(start)[:size]]) == ([], None)


@pytest.mark.parametrize(
    ("head", "rest", "code", "text"),
    [
        ("04 00 01 00 01 0000 0001 00000007 0000000000000001", b"", "bad_header", "reserved bytes, got 1"),
        ("04 00 01 03 01 0000 0000 00000007 0000000000000001", b"", "bad_header", "FrameCompression"),
        ("04 00 01 00 04 0000 0000 00000007 0000000000000001", b"", "bad_header", "rank from 0 to 3"),
        ("04 00 01 00 01 0010 0000 00000007 0000000000000001", b"", "bad_header", "16"),
        ("04 00 01 00 01 0000 0000 00000007 0000000000000000", b"", "bad_header", "sequence"),
        ("04 00 01 00 01 0000 0000 00000000 0000000000000001", b"", "bad_header", "at least 1 for REQUEST"),
        ("04 04 01 00 01 0000 0000 00000009 0000000000000001", b"", "bad_header", "0 for HEARTBEAT, got 9"),
        ("04 07 02 00 01 0000 0000 00000000 0000000000000001", b"", "bad_header", "json"),
        ("04 07 01 00 01 0002 0000 00000000 0000000000000001", b"", "bad_header", "MORE_FRAGMENTS"),
        ("04 00 01 00 01 0008 0000 00000007 0000000000000001", b"", "bad_header", "64 bytes when routed"),
        ("07 00 01 00 01 0008 0000 00000007 0000000000000001", bytes(24), "bad_header", "64 bytes when routed"),
        ("04 08 01 00 01 0000 0000 00000007 0000000000000001", b"", "unknown_type", "0 to 7, got 8"),
        ("04 00 01 00 01 0004 0000 00000007 0000000000000001", b"", "unexpected_authentication", "without a key"),
    ],
)
def test_headers_that_say_nonsense(head, rest, code, text):
    """A right CRC makes nothing true; the code tells programs, the text tells people."""
    data = sealed(f"5359 01 {head} 00000000", rest)
    whole = outcome(FrameDecoder(), [data])

    assert whole[0] == []
    assert whole[1].frame_code == code
    assert text in str(whole[1])
    assert isinstance(whole[1], FrameAuthenticationError) == (code == "unexpected_authentication")
    assert summary(outcome(FrameDecoder(), in_bytes(data))) == summary(whole)


def test_errors_name_the_place():
    """The offset is where the frame at fault begins, not where the fault was found."""
    good = FrameEncoder().encode(REQUEST)
    frames, error = outcome(FrameDecoder(), [good + good + b"SX"])

    assert len(frames) == 2
    assert error.offset == 2 * len(good)
    assert f"byte {2 * len(good)}" in str(error)


# Limits


@pytest.mark.parametrize("take", ["next_frame", "next_raw"])
@pytest.mark.parametrize(
    ("settings", "header"),
    [
        ({}, header_of(2**32 - 1)),
        ({}, header_of(1_048_577)),
        ({"max_payload": 0}, header_of(1)),
        ({"max_payload": 2**32 - 2}, header_of(2**32 - 1)),
        ({}, header_of(65_537, frame_type=7, stream_id=0)),
        ({"max_payload": 1024}, header_of(1025, frame_type=7, stream_id=0)),
    ],
)
def test_lengths_over_the_limit_are_refused_on_sight(settings, header, take):
    """No byte of the payload is waited for."""
    assert refusal(FrameDecoder(**settings), header, take=take).frame_code == "too_large"


@pytest.mark.parametrize(
    ("settings", "header", "length"),
    [
        ({}, header_of(1_048_576), 1_048_576),
        ({"max_payload": 0}, header_of(0), 0),
        ({"max_payload": 1025}, header_of(1025), 1025),
        ({}, header_of(65_536, frame_type=7, stream_id=0), 65_536),
    ],
)
def test_lengths_at_the_limit_pass(settings, header, length):
    """Exactly as many bytes as the limit says are a frame."""
    (found,), error = outcome(FrameDecoder(**settings), [header, bytes(length)])

    assert error is None
    assert found.payload == bytes(length)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"max_payload": -1}, "max_payload"),
        ({"max_payload": 2**32}, "max_payload"),
        ({"max_payload": True}, "max_payload"),
        ({"sequence": 0}, "sequence"),
        ({"sequence": 2**64}, "sequence"),
    ],
)
def test_settings_out_of_range(settings, path):
    """A decoder has limits that frames can have."""
    with pytest.raises(FieldError) as caught:
        FrameDecoder(**settings)
    assert caught.value.path == (path,)


def test_announced_lengths_take_no_memory():
    """Nothing is set aside for 4 GiB that are only announced, and nothing is held after the refusal."""

    def claim():
        decoder = FrameDecoder(max_payload=2**32 - 1)
        decoder.feed(header_of(2**32 - 1))
        assert decoder.next_frame() is NEED_DATA
        refused = FrameDecoder()
        refusal(refused, header_of(2**32 - 1))
        return decoder, refused

    takes_at_most(claim, peak=64 * 1024, kept=16 * 1024)


def test_garbage_is_not_held():
    """A failed decoder, and the error that it keeps, let go of what was fed, and drop what still is."""

    def garbage():
        decoder = FrameDecoder()
        decoder.feed(bytearray(64 * 1024))
        error = refusal(decoder)
        for _ in range(16):
            decoder.feed(bytearray(64 * 1024))
        return decoder, error

    decoder, error = takes_at_most(garbage, peak=4 * 64 * 1024, kept=32 * 1024)

    assert decoder.trailing_data == b""
    assert decoder.error is error


def test_taken_frames_are_not_held():
    """What is held is what was fed and not taken, however many frames went through."""
    data = FrameEncoder().encode(frame(bytes(1000), frame_type=FrameType.EVENT, stream_id=1))

    def stream():
        decoder = FrameDecoder()
        decoder.feed(data[:700])
        for _ in range(1000):
            decoder.feed(data[700:] + data[:700])
            assert decoder.next_frame() is not NEED_DATA
        return decoder

    decoder = takes_at_most(stream, peak=64 * 1024, kept=16 * 1024)

    assert decoder.trailing_data == data[:700]


def test_time_is_linear_in_small_pieces():
    """Four times the bytes take about four times as long; moving what is held at each piece would take sixteen."""

    def seconds(length):
        data = header_of(length) + bytes(length)
        pieces = [data[place : place + 16] for place in range(0, len(data), 16)]
        start = time.process_time()
        assert len(outcome(FrameDecoder(), pieces)[0]) == 1
        return time.process_time() - start

    ratios = (seconds(MIB) / seconds(MIB // 4) for _ in range(5))
    assert any(ratio < 8 for ratio in ratios)


# After an error


def test_a_failed_decoder_stays_failed():
    """Whatever is fed then, and whatever is asked for, the same error comes."""
    decoder = FrameDecoder()
    good = FrameEncoder().encode(REQUEST)
    error = refusal(decoder, b"SX" + good)

    assert decoder.error is error
    for take in ("next_frame", "next_raw"):
        assert refusal(decoder, good, take=take) is error
    with pytest.raises(RemoteFrameError) as caught:
        list(decoder)
    assert caught.value is error
    assert decoder.trailing_data == b""
    decoder.feed_eof()
    with pytest.raises(RemoteFrameError) as caught:
        decoder.next_frame()
    assert caught.value is error


def test_an_error_does_not_grow():
    """Raising it again adds nothing to its traceback."""
    decoder = FrameDecoder()
    refusal(decoder, b"no frame")

    def depth():
        trace, count = refusal(decoder).__traceback__, 0
        while trace is not None:
            trace, count = trace.tb_next, count + 1
        return count

    assert depth() == depth() == depth()


# Settings


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("max_payload", 6, "too_large"),
        ("checksum", True, "missing_checksum"),
        ("key", KEY, "missing_authentication"),
    ],
)
@pytest.mark.parametrize("size", [0, 1, 33, 39], ids=lambda size: f"{size} bytes fed")
def test_settings_apply_to_what_is_fed(name, value, code, size):
    """A frame obeys the settings of the moment in which it is taken, also if a part of it was looked at before."""
    data = FrameEncoder().encode(REQUEST)
    decoder = FrameDecoder(max_payload=7)
    decoder.feed(data + data[:size])
    assert decoder.next_frame() == REQUEST
    if size < len(data):
        assert decoder.next_frame() is NEED_DATA
    setattr(decoder, name, value)
    decoder.feed(data[size:])

    assert getattr(decoder, name) == value
    error = refusal(decoder)
    assert (error.frame_code, error.offset) == (code, len(data))


def test_settings_can_be_relaxed():
    """A frame that has not been refused yet may still become right."""
    data = FrameEncoder().encode(REQUEST)
    decoder = FrameDecoder(max_payload=6, checksum=True, key=KEY, check_sequence=True, sequence=8)
    decoder.feed(data)
    decoder.max_payload, decoder.checksum, decoder.key, decoder.check_sequence = 7, False, None, False

    assert decoder.next_frame() == REQUEST


def test_checksums_can_be_demanded():
    """A connection that agreed on checksums refuses a frame without one, and takes the others."""
    encoder = FrameEncoder(checksum=True)
    decoder = FrameDecoder(checksum=True)
    (found,), error = outcome(decoder, [encoder.encode(REQUEST)])

    assert (error, found.payload, found.header.flags) == (None, b"payload", FrameFlags.CHECKSUM)
    assert refusal(decoder, FrameEncoder(sequence=2).encode(REQUEST)).frame_code == "missing_checksum"


# Sequence


@pytest.mark.parametrize("numbers", [(1, 1), (1, 3), (2,), (1, 2, 1)])
def test_sequences_are_checked_if_asked(numbers):
    """A frame that is lost, doubled or out of order is refused; without the check its number is only told."""
    data = b"".join(FrameEncoder(sequence=number).encode(REQUEST) for number in numbers)
    frames, error = outcome(FrameDecoder(check_sequence=True), [data])

    assert error.frame_code == "bad_sequence"
    assert not isinstance(error, FrameAuthenticationError)
    assert len(frames) == len(numbers) - 1
    unchecked, error = outcome(FrameDecoder(), [data])
    assert error is None
    assert tuple(found.header.sequence for found in unchecked) == numbers


def test_sequences_go_on_when_the_check_begins():
    """The number after the last frame's is expected, whether that one was checked or not."""
    encoder = FrameEncoder(sequence=41)
    decoder = FrameDecoder()
    outcome(decoder, [encoder.encode(REQUEST)])
    decoder.check_sequence = True

    assert decoder.check_sequence
    assert decoder.sequence == 42
    assert outcome(decoder, [encoder.encode(REQUEST)])[1] is None
    assert refusal(decoder, FrameEncoder(sequence=42).encode(REQUEST)).frame_code == "bad_sequence"


# Authentication


CLIENT_TO_SERVER, SERVER_TO_CLIENT = SharedKey(SECRET).frame_keys(b"client's hello", b"server's hello")


def stream(count=3, key=CLIENT_TO_SERVER):
    """Return the bytes of frames with different payloads, as one connection sends them."""
    encoder = FrameEncoder(key=key)
    return [encoder.encode(attrs.evolve(REQUEST, payload=bytes([number]))) for number in range(count)]


def test_an_authenticated_stream():
    """Frames of the holder of the key come in order."""
    frames, error = outcome(FrameDecoder(key=CLIENT_TO_SERVER), stream())

    assert error is None
    assert [found.payload for found in frames] == [b"\0", b"\1", b"\2"]


@pytest.mark.parametrize(
    ("attack", "taken", "code"),
    [
        (lambda first, second, third: [first, first], 1, "bad_sequence"),
        (lambda first, second, third: [first, third, second], 1, "bad_sequence"),
        (lambda first, second, third: [second], 0, "bad_sequence"),
        (lambda first, second, third: [stream(key=SERVER_TO_CLIENT)[0]], 0, "bad_tag"),
        (lambda first, second, third: [stream(key=KEY)[0]], 0, "bad_tag"),
        (lambda first, second, third: [first, FrameEncoder(sequence=2).encode(REQUEST)], 1, "missing_authentication"),
        (lambda first, second, third: [first[:-32] + bytes(32)], 0, "bad_tag"),
        (lambda first, second, third: [first[:32] + b"\7" + first[33:]], 0, "bad_tag"),
        (lambda first, second, third: [first[:-1] + second], 0, "bad_tag"),
        (lambda first, second, third: [FrameEncoder(sequence=1).encode(HELLO)], 0, "missing_authentication"),
    ],
    ids=[
        "replayed",
        "reordered",
        "first one lost",
        "reflected",
        "wrong key",
        "flag dropped",
        "no tag",
        "changed payload",
        "cut tag",
        "a second hello",
    ],
)
@pytest.mark.parametrize("raw", [False, True], ids=["frames", "raw"])
def test_attacks_on_an_authenticated_stream(attack, taken, code, raw):
    """What is not from the holder of the key, or not in its place, is refused, however it is cut."""
    data = b"".join(attack(*stream()))
    for pieces in ([data], in_bytes(data)):
        frames, error = outcome(FrameDecoder(key=CLIENT_TO_SERVER), pieces, raw=raw)

        assert len(frames) == taken
        assert type(error) is FrameAuthenticationError
        assert error.frame_code == code


def test_a_cut_tag_is_waited_for():
    """Without its tag a frame is not there, and at the end it is truncated."""
    data = stream(1)[0]
    decoder = FrameDecoder(key=CLIENT_TO_SERVER)

    assert outcome(decoder, [data[:-1]]) == ([], None)
    assert outcome(decoder, [], ended=True)[1].frame_code == "truncated"


def test_authenticated_frames_take_a_key():
    """Without a key nobody can tell whose frame it is; a router cannot either."""
    for take in ("next_frame", "next_raw"):
        error = refusal(FrameDecoder(), stream(1)[0], take=take)
        assert isinstance(error, FrameAuthenticationError)
        assert error.frame_code == "unexpected_authentication"


def test_keys_begin_after_hello():
    """The frame behind the Hello may be there already when the key is set."""
    encoder = FrameEncoder()
    data = encoder.encode(HELLO)
    encoder.key = CLIENT_TO_SERVER
    data += encoder.encode(REQUEST)
    decoder = FrameDecoder()
    decoder.feed(data)

    assert decoder.next_frame() == HELLO
    decoder.key = CLIENT_TO_SERVER
    assert decoder.next_frame().payload == b"payload"
    assert decoder.key is CLIENT_TO_SERVER


def test_secrets_do_not_show():
    """Neither an error nor a repr tells the key or the tag that would have been right."""
    data = stream(1)[0]
    error = refusal(FrameDecoder(key=CLIENT_TO_SERVER), data[:-32] + bytes(32))

    assert data[-32:].hex() not in f"{error!r} {error}"


def test_headers_are_equal_to_those_made_by_hand():
    """What a decoder builds behaves as any header: equal, hashable, shown the same, and open to change."""
    for case in CASES:
        (found,), _ = outcome(case.decoder(), [case.data])

        assert type(found.header) is FrameHeader
        assert hash(found) == hash(case.frame)
        assert repr(found) == repr(case.frame)
        assert attrs.evolve(found.header, sequence=3) == attrs.evolve(case.frame.header, sequence=3)
