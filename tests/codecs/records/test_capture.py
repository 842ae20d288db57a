"""`scan_frames`: what it finds covers the stream, whatever is damaged and however it is cut."""

from __future__ import annotations

import itertools
import tracemalloc

from collections.abc import Iterator
from zlib import crc32

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing import FrameDecoder, FrameEncoder, RawFrame
from symphony_codecs.framing.errors import RemoteFrameError
from symphony_codecs.records.capture import SAMPLE_SIZE, Damage, Frame, FrameScanner, scan_frames
from symphony_types import FieldError, ProcessId
from symphony_types.message._frame_header import FrameRoute
from symphony_types.message.ipc import FrameFlags, FrameHeader, FrameType, IpcFrame


ROUTE = FrameRoute(ProcessId.new(), ProcessId.new())
KIND = {"frame_type": FrameType.EVENT, "format": 1, "stream_id": 1}
FRAMES = [
    IpcFrame(header=FrameHeader(frame_type=FrameType.HELLO, format=1), payload=b"{}"),
    IpcFrame(header=FrameHeader(**KIND), payload=b"[1]"),
    IpcFrame(header=FrameHeader(**KIND, flags=FrameFlags.CHECKSUM), payload=b"x" * 300),
    IpcFrame(header=FrameHeader(**KIND, flags=FrameFlags.ROUTED, route=ROUTE), payload=b""),
    RawFrame(FrameHeader(frame_type=FrameType(99), format=1, stream_id=1), b"{}", extension=bytes(16)),
    RawFrame(FrameHeader(**KIND, flags=FrameFlags.CHECKSUM | FrameFlags.ROUTED, route=ROUTE), b"{}", 1, bytes(24)),
    IpcFrame(header=FrameHeader(frame_type=FrameType.HEARTBEAT, format=0)),
]
WHOLE = [FrameEncoder(sequence=number).encode(frame) for number, frame in enumerate(FRAMES, 1)]
STREAM = b"".join(WHOLE)


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, *(place % (len(data) + 1) for place in cuts), len(data)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


def shown(found: Frame | Damage) -> object:
    """What two findings have to share; errors are equal by identity."""
    if isinstance(found, Frame):
        return found
    return found.offset, found.size, found.data, found.error.frame_code, found.error.message, found.error.offset


def flipped(data: bytes, place: int, bits: int = 1) -> bytes:
    return data[:place] + bytes([data[place] ^ bits]) + data[place + 1 :]


damages = st.one_of(
    st.binary(max_size=80),
    st.sampled_from([b"SY\x01", b"SY\x01\x04" * 30, b"S", STREAM, STREAM[:500], STREAM[40:], *WHOLE]),
    st.tuples(st.integers(0, len(STREAM) - 1), st.integers(1, 255)).map(lambda pair: flipped(STREAM, *pair)),
)


@given(st.lists(damages, max_size=4), st.lists(st.integers(0, 5000), max_size=8))
def test_every_byte_is_accounted_for(parts: list[bytes], cuts: list[int]) -> None:
    """What is found lies end to end and covers the stream, and does not depend on how it is cut."""
    data = b"".join(parts)
    whole = list(scan_frames([data]))
    end = 0
    for found in whole:
        assert found.offset == end
        assert found.size > 0
        end += found.size
        if isinstance(found, Damage):
            assert found.data == data[found.offset : end][:SAMPLE_SIZE]
            assert found.error.offset == found.offset
    assert end == len(data)
    assert [shown(each) for each in scan_frames(cut(data, cuts))] == [shown(each) for each in whole]
    scanner = FrameScanner()
    fed = [each for block in cut(data, cuts) for each in scanner.feed(block)]
    assert [shown(each) for each in (*fed, *scanner.feed_eof())] == [shown(each) for each in whole]


@pytest.mark.parametrize("size", [1, 2, 3, 31, 32, 33, 500])
def test_good_frames_are_those_of_a_decoder(size: int) -> None:
    """A stream without damage gives the frames that a router's decoder takes out of it."""
    decoder = FrameDecoder()
    decoder.feed(STREAM)
    found = list(scan_frames(STREAM[at : at + size] for at in range(0, len(STREAM), size)))

    for frame, data in zip(found, WHOLE, strict=True):
        raw = decoder.next_raw()
        assert isinstance(frame, Frame)
        assert isinstance(raw, RawFrame)
        assert (frame.header, frame.payload, frame.checksum) == (raw.header, raw.payload, raw.checksum)
        assert (frame.extension, frame.size) == (len(raw.extension), len(data))


@pytest.mark.parametrize("frame", range(len(WHOLE)))
def test_damage_has_the_code_of_a_decoder(frame: int) -> None:
    """Each bit of a header that is hit is the damage that a decoder finds, and the frames around stay."""
    data = WHOLE[frame]
    for place, bit in itertools.product(range(data[3] * 8), range(8)):
        damaged = flipped(data, place, 1 << bit)
        found = list(scan_frames([WHOLE[1], damaged, WHOLE[2]]))
        decoder = FrameDecoder()
        decoder.feed(damaged + WHOLE[2])
        decoder.feed_eof()
        with pytest.raises(RemoteFrameError) as caught:
            decoder.next_raw()

        assert isinstance(found[0], Frame)
        assert isinstance(found[1], Damage)
        assert (found[1].error.frame_code, found[1].error.message) == (caught.value.frame_code, caught.value.message)
        assert (found[1].size, found[2].size, len(found)) == (len(data), len(WHOLE[2]), 3)


@pytest.mark.parametrize("frame", range(len(WHOLE)))
def test_cut_short(frame: int) -> None:
    """A stream that ends within a frame ends with damage of exactly those bytes."""
    for length in range(1, len(WHOLE[frame])):
        *before, last = scan_frames([STREAM, WHOLE[frame][:length]])
        assert len(before) == len(WHOLE)
        assert isinstance(last, Damage)
        assert (last.offset, last.size, last.error.frame_code) == (len(STREAM), length, "truncated")


def test_payloads_have_a_limit() -> None:
    """Exactly as many bytes pass as are allowed, of a Hello 64 KiB at most."""
    (found,) = scan_frames([WHOLE[2]], max_payload=300)
    assert isinstance(found, Frame)
    long, after = scan_frames([WHOLE[2], WHOLE[1]], max_payload=299)
    assert isinstance(long, Damage)
    assert (long.error.frame_code, long.size, isinstance(after, Frame)) == ("too_large", len(WHOLE[2]), True)
    hello = FrameHeader(frame_type=FrameType.HELLO, format=1).pack(65537) + bytes(65537)
    (refused,) = scan_frames([hello])
    assert isinstance(refused, Damage)
    assert refused.error.frame_code == "too_large"
    with pytest.raises(FieldError):
        scan_frames([], max_payload=-1)


def test_tags_are_skipped() -> None:
    """A frame that is flagged as authenticated has 32 bytes more, which nobody can check here."""
    flags = FrameFlags.AUTHENTICATED | FrameFlags.CHECKSUM
    data = FrameHeader(**KIND, flags=flags).pack(2) + b"{}" + crc32(b"{}").to_bytes(4, "big") + bytes(32)
    first, second = scan_frames([data, data])
    assert isinstance(first, Frame)
    assert (first.size, first.checksum_holds, second.offset) == (len(data), True, len(data))


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n", b"SY\x01", b"SY\x01\x04" + bytes(28), WHOLE[1][:32] + b"x"])
def test_memory_is_flat(garbage: bytes) -> None:
    """Neither long damage nor many frames are held."""

    def stream() -> Iterator[bytes]:
        piece = garbage * (2**12 // len(garbage))
        for _ in range(64):
            yield piece
            yield STREAM

    def count() -> int:
        return sum(isinstance(found, Frame) for found in scan_frames(stream(), max_payload=2**14))

    count()  # headers are kept by what they say
    tracemalloc.start()
    try:
        frames = count()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert frames > 60
    assert peak < 2**16
