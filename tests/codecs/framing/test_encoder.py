"""`FrameEncoder`: exact bytes, numbers, checksums and tags, and what is refused."""

from __future__ import annotations

import hashlib
import hmac
import mmap
import os
import zlib

import attrs
import pytest

from symphony_codecs.framing.auth import FrameKey
from symphony_codecs.framing.encoder import FrameEncoder
from symphony_codecs.framing.errors import LocalFrameError
from symphony_codecs.framing.raw import RawFrame
from symphony_types import FieldError, FrameFlags, FrameType
from tests.codecs.framing.frame_cases import CASES, SECRET, UNKNOWN, FrameCase, frame


REQUEST = frame(b"payload", frame_type=FrameType.REQUEST, stream_id=1)
HELLO = frame(b"{}", frame_type=FrameType.HELLO, format=1)
each_case = pytest.mark.parametrize("case", [*CASES, UNKNOWN], ids=lambda case: case.name)


def written(case: FrameCase):
    """Return what to write for the bytes of *case*: only a router has header bytes of later versions."""
    return case.raw if case.extension else case.frame


@each_case
def test_exact_bytes(case):
    """Each frame of the table becomes its bytes, as one object and as many."""
    buffers = case.encoder().encode_buffers(written(case))

    assert case.encoder().encode(written(case)) == case.data
    assert b"".join(buffers) == case.data
    assert all(len(buffer) for buffer in buffers)


@each_case
def test_a_router_writes_the_same_bytes(case):
    """What came as raw frames goes out as it came, and a tag is made anew."""
    assert case.encoder().encode(case.raw) == case.data


@pytest.mark.parametrize("payload", [b"payload", memoryview(b"payload")], ids=["bytes", "memoryview"])
def test_payloads_are_not_copied(payload):
    """The buffer of the payload is the very object."""
    _, body = FrameEncoder().encode_buffers(RawFrame(REQUEST.header, payload))

    assert body is payload


def test_frames_are_numbered():
    """The encoder counts, whatever the headers say."""
    encoder = FrameEncoder(sequence=7)
    first, second = (
        encoder.encode(attrs.evolve(REQUEST, header=attrs.evolve(REQUEST.header, sequence=99))) for _ in "ab"
    )

    assert (first[16:24], second[16:24]) == (b"\0\0\0\0\0\0\0\7", b"\0\0\0\0\0\0\0\x08")
    assert encoder.sequence == 9
    assert FrameEncoder().sequence == 1


def test_settings_change_between_frames():
    """Checksum and tag start with the frame that follows, each with its flag."""
    encoder = FrameEncoder()
    plain = encoder.encode(REQUEST)
    encoder.checksum = True
    checked = encoder.encode(REQUEST)
    encoder.key = FrameKey(SECRET)
    tagged = encoder.encode(REQUEST)

    assert (plain[8:10], plain[32:]) == (b"\0\0", b"payload")
    checksum = zlib.crc32(b"payload").to_bytes(4, "big")
    assert (checked[8:10], checked[32:]) == (b"\0\1", b"payload" + checksum)
    tag = hmac.new(SECRET, tagged[:-32], hashlib.sha256).digest()
    assert (tagged[8:10], tagged[32:]) == (b"\0\5", b"payload" + checksum + tag)


def test_hellos_have_no_tag():
    """There is no key yet when an end says Hello."""
    encoder = FrameEncoder(key=FrameKey(SECRET))

    assert encoder.encode(HELLO) == FrameEncoder().encode(HELLO)


def test_a_wrong_checksum_is_passed_on():
    """Checksums are end to end: the endpoint shall see that the payload is damaged."""
    raw = RawFrame(attrs.evolve(REQUEST.header, flags=FrameFlags.CHECKSUM), b"payload", 0xDEADBEEF)

    assert FrameEncoder(checksum=True).encode(raw)[-4:] == b"\xde\xad\xbe\xef"


@pytest.mark.parametrize("flags", [FrameFlags(0), FrameFlags.CHECKSUM])
def test_a_missing_checksum_is_computed(flags):
    """A raw frame without one gets it if its flag or the connection asks for it."""
    raw = RawFrame(attrs.evolve(REQUEST.header, flags=flags), b"payload")
    data = FrameEncoder(checksum=not flags).encode(raw)

    assert data[8:10] == b"\0\1"
    assert data[-4:] == zlib.crc32(b"payload").to_bytes(4, "big")


def flagged(frame_type=FrameType.REQUEST, **header):
    return frame(frame_type=frame_type, flags=FrameFlags.AUTHENTICATED, **header)


@pytest.mark.parametrize(
    ("key", "refused", "code"),
    [
        (None, flagged(stream_id=1), "missing_authentication"),
        (None, flagged(FrameType.HELLO, format=1), "unexpected_authentication"),
        (FrameKey(SECRET), flagged(FrameType.HELLO, format=1), "unexpected_authentication"),
    ],
)
def test_a_refusal_takes_no_number(key, refused, code):
    """Nothing is written, and the next frame has the number that it would have had."""
    encoder = FrameEncoder(key=key, sequence=5)
    with pytest.raises(LocalFrameError) as caught:
        encoder.encode(refused)

    assert (caught.value.frame_code, caught.value.fault) == (code, "ours")
    assert encoder.sequence == 5
    assert encoder.encode(REQUEST)[16:24] == b"\0\0\0\0\0\0\0\5"


@pytest.mark.parametrize("wrong", [flagged(stream_id=1), "no frame", None])
def test_several_frames_go_out_together_or_not_at_all(wrong):
    """Whatever is wrong with one of them, and whoever made the mistake, none of their numbers is lost."""
    encoder = FrameEncoder(sequence=5)
    with pytest.raises((LocalFrameError, AttributeError)):
        encoder.encode_all([REQUEST, REQUEST, wrong])
    assert encoder.sequence == 5
    assert [frame[0][23] for frame in encoder.encode_all([REQUEST, REQUEST])] == [5, 6]


def test_numbers_come_to_an_end():
    """The last number is 2^64 - 1; no frame gets one a second time."""
    encoder = FrameEncoder(sequence=2**64 - 1)

    assert encoder.encode(REQUEST)[16:24] == b"\xff" * 8
    for _ in range(2):
        with pytest.raises(LocalFrameError) as caught:
            encoder.encode(REQUEST)
        assert caught.value.frame_code == "bad_sequence"
        assert encoder.sequence == 2**64


@pytest.mark.skipif(os.name != "posix", reason="the file would take up its 4 GiB")
def test_payloads_of_4_gib_are_refused(tmp_path):
    """The length has 32 bits; one byte less is written, and not even looked at."""
    encoder = FrameEncoder()
    with (tmp_path / "sparse").open("w+b") as file:
        file.truncate(2**32)
        with mmap.mmap(file.fileno(), 0) as mapped, memoryview(mapped).toreadonly() as whole, whole[1:] as less:
            with pytest.raises(LocalFrameError) as caught:
                encoder.encode_buffers(RawFrame(REQUEST.header, whole))
            head = encoder.encode_buffers(RawFrame(REQUEST.header, less))[0]

    assert caught.value.frame_code == "too_large"
    assert head[16:28] == b"\0\0\0\0\0\0\0\1\xff\xff\xff\xff"


@pytest.mark.parametrize("sequence", [0, -1, 2**64, True, "1"])
def test_sequences_out_of_range(sequence):
    """An encoder starts with a number that a frame can have."""
    with pytest.raises(FieldError) as caught:
        FrameEncoder(sequence=sequence)
    assert caught.value.path == ("sequence",)
