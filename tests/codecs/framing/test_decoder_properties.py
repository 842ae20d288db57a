"""`FrameDecoder` with any bytes: the outcome is frames or a `FrameError`, and the same however they are cut."""

from __future__ import annotations

import zlib

from itertools import pairwise

import attrs

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing._buffer import ReceiveBuffer
from symphony_codecs.framing.auth import FrameKey
from symphony_codecs.framing.decoder import FrameDecoder
from symphony_codecs.framing.encoder import FrameEncoder
from symphony_codecs.framing.errors import RemoteFrameError
from symphony_codecs.testing.messages import ipc_frames
from symphony_types import FrameFlags, FrameType
from tests.codecs.framing.frame_cases import CASES, SECRET, UNKNOWN, in_bytes, outcome, summary


ALL = [*CASES, UNKNOWN]
PLAIN = [case for case in CASES if not case.is_authenticated]


def cut(data, places):
    """Cut *data* at *places*."""
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[begin:end] for begin, end in pairwise(bounds)]


def resealed(data: bytes) -> bytes:
    """Make the CRC of the header at the start hold, if it is one."""
    size = data[3] * 8 if len(data) > 3 else 0
    if len(data) < size or size < 32:
        return data
    crc = zlib.crc32(data[32:size], zlib.crc32(data[:28]))
    return data[:28] + crc.to_bytes(4, "big") + data[32:]


@st.composite
def soups(draw):
    """Bytes that are almost frames: right ones, changed ones with and without a right CRC, garbage."""
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        data = draw(st.sampled_from(ALL)).data
        for place, byte in draw(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=2)):
            data = data[: place % len(data)] + bytes([byte]) + data[place % len(data) + 1 :]
        pieces.append(draw(st.sampled_from([data, resealed(data), data[: draw(st.integers(0, 80))]])))
    pieces.append(draw(st.binary(max_size=40)))
    return b"".join(pieces)


settings = st.fixed_dictionaries(
    {},
    optional={
        "max_payload": st.sampled_from([0, 3, 2**32 - 1]),
        "checksum": st.booleans(),
        "check_sequence": st.booleans(),
        "key": st.none() | st.just(FrameKey(SECRET)),
        "sequence": st.sampled_from([1, 6, 9]),
    },
)
cuts = st.lists(st.integers(0, 2**16), max_size=12)


@given(cuts)
def test_random_cuts(places):
    """Every frame of the table comes out of one stream, wherever that is cut."""
    decoder = FrameDecoder()
    frames, error = outcome(decoder, cut(b"".join(case.data for case in PLAIN), places), ended=True)

    assert error is None
    assert frames == [case.frame for case in PLAIN]


@given(st.lists(ipc_frames(), min_size=1, max_size=5), cuts, st.booleans(), st.booleans())
def test_frames_come_back(frames, places, checksum, authenticated):
    """What an encoder writes a decoder reads, numbers, checksums and tags included."""
    flags = FrameFlags.AUTHENTICATED
    plain = [attrs.evolve(item, header=attrs.evolve(item.header, flags=item.header.flags & ~flags)) for item in frames]
    if authenticated:  # there is no Hello any more
        plain = [item for item in plain if item.header.frame_type is not FrameType.HELLO]
    key = FrameKey(SECRET) if authenticated else None
    encoder = FrameEncoder(checksum=checksum, key=key)
    data = b"".join([encoder.encode(item) for item in plain])
    decoder = FrameDecoder(checksum=checksum, key=key, check_sequence=True)
    added = (FrameFlags.CHECKSUM if checksum else FrameFlags(0)) | (flags if authenticated else FrameFlags(0))

    found, error = outcome(decoder, cut(data, places), ended=True)

    assert error is None
    assert found == [
        attrs.evolve(item, header=attrs.evolve(item.header, sequence=number, flags=item.header.flags | added))
        for number, item in enumerate(plain, 1)
    ]
    assert decoder.sequence == encoder.sequence == len(plain) + 1


@given(st.binary(max_size=200) | soups(), settings, cuts, st.booleans(), st.booleans())
def test_any_bytes(data, chosen, places, raw, ended):
    """Fed whole, byte by byte or in pieces, any bytes have the same outcome, and no other error comes."""
    whole = outcome(FrameDecoder(**chosen), [data], raw=raw, ended=ended)
    single = outcome(FrameDecoder(**chosen), in_bytes(data), raw=raw, ended=ended)
    pieces = outcome(FrameDecoder(**chosen), cut(data, places), raw=raw, ended=ended)

    assert summary(whole) == summary(single) == summary(pieces)
    assert whole[1] is None or isinstance(whole[1], RemoteFrameError)


@st.composite
def streams(draw):
    """Frames of few kinds, one after the other, of which some are damaged, with and without a right CRC."""
    cases = draw(st.lists(st.sampled_from([*PLAIN, UNKNOWN]), min_size=1, max_size=3))
    encoder = FrameEncoder(checksum=draw(st.booleans()))
    data = []
    for case in draw(st.lists(st.sampled_from(cases), min_size=2, max_size=8)):
        frame = encoder.encode(case.raw)
        for place, byte in draw(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=1)):
            frame = frame[: place % len(frame)] + bytes([byte]) + frame[place % len(frame) + 1 :]
        data.append(draw(st.sampled_from([frame, resealed(frame)])))
    return b"".join(data)


@given(streams(), settings, cuts, st.booleans())
def test_frames_in_a_row(data, chosen, places, raw):
    """However they are cut, the outcome is that of all at once."""
    expected = summary(outcome(FrameDecoder(**chosen), [data], raw=raw))

    assert summary(outcome(FrameDecoder(**chosen), cut(data, places), raw=raw)) == expected


@given(soups(), settings)
def test_what_comes_out_was_fed(data, chosen):
    """The frames, written again, are the bytes that the decoder says it took."""
    decoder = FrameDecoder(**chosen)
    frames, error = outcome(decoder, [data], raw=True)
    again = b"".join(FrameEncoder(sequence=found.header.sequence, key=decoder.key).encode(found) for found in frames)

    assert again == data[: decoder.offset]
    assert decoder.trailing_data == (b"" if error else data[decoder.offset :])


@given(st.lists(st.tuples(st.binary(max_size=30), st.integers(0, 40), st.booleans()), max_size=30))
def test_the_buffer_is_a_queue_of_bytes(steps):
    """Whatever is fed and dropped, and of whatever type, the buffer holds what plain bytes would."""
    buffer, plain = ReceiveBuffer(), b""
    for new, count, mutable in steps:
        buffer.feed(bytearray(new) if mutable else new)
        plain += new
        assert bytes(buffer) == plain
        assert buffer.slice(buffer.start, buffer.start + 5) == plain[:5]
        buffer.drop(min(count, len(plain)))
        plain = plain[min(count, len(plain)) :]
        assert (bytes(buffer), len(buffer)) == (plain, len(plain))
