"""The compiled reader, writer and rewriter of frames: any calls in any order touch no memory but their own."""

from __future__ import annotations

import struct
import tracemalloc
import zlib

from types import SimpleNamespace

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing import NEED_DATA, FrameDecoder, FrameEncoder, FrameKey, StreamMap
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame


frames = pytest.importorskip("symphony_codecs.compiled._frames")

KEY = FrameKey(bytes(range(32)))
keys = pytest.mark.parametrize("key", [None, KEY], ids=["plain", "key"])
DOCUMENTS = [b"", b"x", b"y" * 500, b"z" * 33_000, b"w" * 400_000]


def writer(outbox, *, checksum=False, key=None, sequence=1, limit=2**32, encode=bytes):
    """One that takes documents for messages."""
    return frames.FrameWriter(
        outbox,
        encode,
        lambda _: FrameType.EVENT,
        format_id=4,
        limit=limit,
        checksum=checksum,
        key=key,
        routed=False,
        sequence=sequence,
        stream_id=0,
    )


def reader(*, checksum=False, key=None, limit=2**20, decode=bytes):
    """One that takes documents for messages, at the first frame."""
    made = frames.FrameReader(decode, None, format_id=4, limit=limit, checksum=checksum, key=key)
    assert made.resume(1, 0, b"")
    return made


def rewriter(*, key=None):
    """One of frames that keep their formats."""
    target = SimpleNamespace(takes_messages=True, outbox=[])
    made = frames.FrameRewriter(
        "origin",
        target,
        FrameEncoder(sequence=7),
        StreamMap(),
        formats=range(256),
        limit=2**20,
        compressions=1,
        checksum_in=False,
        checksum_out=False,
        key_in=key,
        key_out=key,
    )
    assert made.resume(1, 0, b"")
    return made


def said(outbox):
    """The bytes of all that was written."""
    return b"".join(bytes(buffer) for buffers in outbox for buffer in buffers)


@keys
@pytest.mark.parametrize("checksum", [False, True])
def test_they_write_and_read_what_python_does(key, checksum):
    """Documents of all sizes, the large ones not copied; read whole, and from a room."""
    outbox, encoder = [], FrameEncoder(checksum=checksum, key=key)
    made, back = writer(outbox, checksum=checksum, key=key), reader(checksum=checksum, key=key)
    expected = b""
    for number, document in enumerate(DOCUMENTS, 1):
        assert made.send(document) is None
        header = FrameHeader(frame_type=FrameType.EVENT, format=4, stream_id=number)
        expected += encoder.encode(IpcFrame(header=header, payload=document))
    assert [buffer for buffers in outbox for buffer in buffers if len(buffer) > 30_000] == DOCUMENTS[3:]
    data = said(outbox)
    assert data == expected

    back.feed(data[:70_000])
    got = []
    place = 70_000
    while place < len(data) or len(got) < len(DOCUMENTS):
        while (message := back.next()) is not NEED_DATA:
            got.append(message)
            assert back.last_size == len(message)
        room = back.room()
        if room is None:
            back.feed(memoryview(data)[place : place + 7000])
            place += 7000
            continue
        part = data[place : place + len(room)]
        room[: len(part)] = part
        back.received(len(part))
        place += len(part)
    assert got == DOCUMENTS
    assert (back.sequence, back.offset, back.take()) == (len(DOCUMENTS) + 1, len(data), ([], b""))


def test_what_a_peer_announces_is_not_reserved():
    """A payload's memory grows with what has come of it."""
    header = FrameHeader(frame_type=FrameType.EVENT, format=4, stream_id=1).pack(2**32 - 1)
    back = reader(limit=2**32 - 1)
    tracemalloc.start()
    try:
        back.feed(header + bytes(1000))
        assert back.next() is NEED_DATA
        assert tracemalloc.get_traced_memory()[0] < 200_000
        for _ in range(64):
            back.feed(bytes(10_000))
            assert back.next() is NEED_DATA
            assert len(back.room()) < 4 * 650_000
        assert tracemalloc.get_traced_memory()[0] < 6 * 650_000
    finally:
        tracemalloc.stop()
    assert back.take() == ([], header + bytes(641_000))


def test_a_view_may_outlive_its_room():
    """Where a payload moves or is handed out, an old view still has memory of its own."""
    outbox = []
    writer(outbox).send(b"q" * 900_000)
    data = said(outbox)
    back = reader()
    back.feed(data[:40_000])
    assert back.next() is NEED_DATA
    views = []
    place = 40_000
    while (room := back.room()) is not None:
        views.append(room)
        count = min(len(room), 50_000)
        room[:count] = data[place : place + count]
        back.received(count)
        place += count
    back.feed(data[place:])
    assert back.next() == b"q" * 900_000
    del back
    assert len(views) > 3
    for view in views:
        view[:1] = b"!"
        assert bytes(view[:1]) == b"!"


def test_calls_out_of_place():
    """Errors, and nothing written."""
    back = reader()
    assert back.room() is None
    for size in (-1, 0, 1):
        with pytest.raises(ValueError, match="room"):
            back.received(size)
    header = FrameHeader(frame_type=FrameType.EVENT, format=4, stream_id=1).pack(100_000)
    back.feed(header)
    assert back.next() is NEED_DATA
    room = back.room()
    for size in (-1, len(room) + 1):
        with pytest.raises(ValueError, match="room"):
            back.received(size)
    for wrong in (None, "text", 1):
        with pytest.raises(TypeError):
            back.feed(wrong)
    with pytest.raises(TypeError):
        writer([], encode=lambda _: "text").send(b"")
    with pytest.raises(TypeError):
        frames.FrameWriter(
            None, bytes, None, format_id=1, limit=1, checksum=0, key=None, routed=0, sequence=1, stream_id=0
        )
    outbox = []
    with pytest.raises(ZeroDivisionError):
        writer(outbox, encode=lambda _: 1 / 0).send(b"")
    assert not outbox


@pytest.mark.parametrize("sequence", [2**64 - 1, 2**64])
def test_the_last_numbers(sequence):
    """The last frame goes out, and no other."""
    outbox = []
    made = writer(outbox, sequence=sequence)
    assert made.sequence == sequence
    results = [made.send(b"x") for _ in range(2)]
    assert results == ([None, b"x"] if sequence < 2**64 else [b"x", b"x"])
    assert made.sequence == 2**64
    back = reader()
    assert back.resume(2**64 - 1, 0, said(outbox)[:64])
    back.feed(said(outbox))
    assert back.next() == (b"x" if outbox else NEED_DATA)
    assert back.sequence == (2**64 if outbox else 2**64 - 1)
    back.feed(FrameHeader(frame_type=FrameType.EVENT, format=4, stream_id=1, sequence=1).pack(0))
    assert back.next() is frames.UNUSUAL


def test_a_decoder_that_calls_back():
    """What `decode` does to the reader harms nobody but itself."""
    outbox = []
    for document in (b"a" * 3000, b"b" * 70_000, b"c"):
        writer(outbox).send(document)
    back = reader(decode=lambda document: (document[:1], back.feed(bytes(200_000)), back.take()))
    back.feed(said(outbox))
    assert back.next()[0] == b"a"
    assert back.next() is NEED_DATA

    def fail(document):
        raise KeyboardInterrupt

    failing = reader(decode=fail)
    failing.feed(said(outbox[:1]))
    with pytest.raises(KeyboardInterrupt):
        failing.next()
    assert (failing.document, failing.sequence) == (b"a" * 3000, 2)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("feed"), st.binary(max_size=80)),
        st.tuples(st.just("frame"), st.sampled_from([0, 1, 40, 33_000, 70_000]), st.integers(0, 70_100)),
        st.tuples(st.just("block"), st.sampled_from([0, 40]), st.integers(0, 80)),
        st.tuples(st.just("room"), st.integers(0, 40_000)),
        st.tuples(st.just("rest"), st.integers(0, 70_000)),
        st.tuples(st.sampled_from(["next", "take", "resume"])),
    ),
    max_size=20,
)


@keys
@given(steps=STEPS)
def test_any_calls(key, steps):
    """Whatever is called, in whatever order, what was fed and not taken is what is left, byte for byte."""
    back, forwards = reader(key=key), rewriter(key=key)
    outbox = []
    made = writer(outbox, key=key)
    fed, rest = b"", b""
    for step in steps:
        if step[0] in ("feed", "frame", "rest"):
            if step[0] == "frame":
                made.send(b"p" * step[1])
                frame = said(outbox)
                outbox.clear()
                data, rest = frame[: step[2]], frame[step[2] :]
            elif step[0] == "rest":
                data, rest = rest[: step[1]], rest[step[1] :]
            else:
                data = step[1]
            back.feed(data)
            fed += data
            forwards.forward(data)
        elif step[0] == "block":
            made.send(b"p" * step[1])
            back.feed_block(said(outbox)[: step[2]])
            outbox.clear()
            while back.next() not in (frames.UNUSUAL, NEED_DATA):
                pass
            blocks, held = back.take()
            assert fed.endswith(held)
            fed = b""
            back.resume(made.sequence, 0, b"")
        elif step[0] == "room" and (room := back.room()) is not None:
            count = min(step[1], len(room))
            room[:count] = bytes(count)
            back.received(count)
            fed += bytes(count)
        elif step[0] == "next":
            message = back.next()
            assert message in (frames.UNUSUAL, NEED_DATA) or message in fed
        elif step[0] == "take":
            blocks, held = back.take()
            assert blocks == []
            assert fed.endswith(held)
            fed = b""
            assert forwards.take()[0] == []
        elif step[0] == "resume":
            back.resume(made.sequence, 5, rest[:64])
            forwards.resume(made.sequence, 5, rest[:64])


@given(st.binary(max_size=200), st.integers(0, 64))
def test_crcs_are_those_of_zlib(data, length):
    """Of headers and payloads of any size, as a decoder checks them."""
    outbox = []
    writer(outbox, checksum=True).send(data * length)
    (written,) = outbox
    joined = said(outbox)
    assert struct.unpack(">I", joined[-4:]) == (zlib.crc32(data * length),)
    decoder = FrameDecoder(checksum=True)
    decoder.feed(joined)
    assert decoder.next_frame().payload == data * length
    assert len(written) == 1
