"""`StreamDecoder.resume`: what a decoder has failed with is skipped, and the documents behind it come."""

from __future__ import annotations

import contextlib
import random

from typing import TypeAlias

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing.errors import NeedData, RemoteFrameError
from symphony_codecs.framing.framings import get_framing


Outcome: TypeAlias = list[tuple[int, int, bytes | str]]

LIMIT = 12
_TEXT = b"x" * 30
# By framing: a good record, one that is too long, one with another fault, and whether a decoder can go on behind that.
RECORDS: dict[str, tuple[bytes, bytes, bytes, bool]] = {
    "cbor-sequence": (b"\xa1aa\x01", b"\x82\x78\x1e" + _TEXT + b"\x81\x60", b"\x81\xff", False),
    "content-length": (
        b"Content-Length: 2\r\n\r\n{}",
        b"X: y\r\nContent-Length: 30\r\nContent-Length: 030\r\n\r\n" + _TEXT,
        b"Content-Length: x\r\n\r\n",
        False,
    ),
    "json-sequence": (b'\x1e{"":1}\n', b'\x1e"' + _TEXT + b'"\n', b'{"":1}\n', True),
    "length-prefixed": (b"\x00\x00\x00\x02{}", b"\x00\x00\x00\x1e" + _TEXT, b"GET / HTTP/1.1\r\n", False),
    "msgpack-sequence": (b"\x81\xa1a\x01", b"\x92\xbe" + _TEXT + b"\x91\xa0", b"\x91\xc1", False),
    "newline": (b'{"":1}\n', b'"' + _TEXT + b'"\r\n', b"A B HTTP/1\n", True),
}


def outcome(name: str, pieces: list[bytes]) -> Outcome:
    """Return the documents and faults with their places; a fault behind which nothing comes has no size."""
    decoder = get_framing(name).decoder(max_message=LIMIT)
    found: Outcome = []

    def go_on() -> None:
        """Take what is there; a piece may have several faults in it."""
        while not found or found[-1][1]:
            if decoder.error is None:
                with contextlib.suppress(RemoteFrameError):
                    found.extend(decoder.take_spans())
            error = decoder.error
            if error is None:
                return
            assert error.offset is not None
            size: int | NeedData = 0
            with contextlib.suppress(RemoteFrameError):
                size = decoder.resume()
            if isinstance(size, NeedData):
                return
            found.append((error.offset, size, error.frame_code))

    for piece in pieces:
        decoder.feed(piece)
        go_on()
    decoder.feed_eof()
    go_on()
    return found


def cut(data: bytes, rng: random.Random, longest: int) -> list[bytes]:
    pieces = []
    while data:
        size = rng.randint(1, longest)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


@pytest.mark.parametrize("name", RECORDS)
def test_a_long_record_is_skipped(name: str) -> None:
    """One that is too long costs none beside it, and comes with its place."""
    good, long, _, _ = RECORDS[name]
    found = outcome(name, [good + long + good + long * 2 + good])
    kinds = [what if isinstance(what, str) else "good" for _, _, what in found]
    assert kinds == ["good", "too_large", "good", "too_large", "too_large", "good"]
    sizes = [len(good if kind == "good" else long) for kind in kinds]
    assert [size for _, size, _ in found] == sizes
    assert [offset for offset, _, _ in found] == [sum(sizes[:place]) for place in range(len(sizes))]


@pytest.mark.parametrize("name", RECORDS)
def test_other_faults(name: str) -> None:
    """Only a framing that marks where records begin goes on behind what is none."""
    good, _, bad, goes_on = RECORDS[name]
    found = outcome(name, [bad + good])
    assert found[0] == (0, len(bad) if goes_on else 0, "syntax")
    assert [(offset, size) for offset, size, _ in found[1:]] == ([(len(bad), len(good))] if goes_on else [])


@given(name=st.sampled_from([*RECORDS]), kinds=st.lists(st.integers(0, 2), max_size=8), seed=st.integers(0))
def test_cuts_and_ends(name: str, kinds: list[int], seed: int) -> None:
    """However the stream is cut, and wherever it ends, the outcome is the same, and covers the stream."""
    rng = random.Random(seed)
    data = b"".join(RECORDS[name][:3][kind] for kind in kinds)
    data = data[: rng.randint(0, len(data))]
    found = outcome(name, [data])
    assert outcome(name, cut(data, rng, 7)) == found
    assert outcome(name, cut(data, rng, 1)) == found
    if found and found[-1][1]:
        assert sum(size for _, size, _ in found) == len(data)


@pytest.mark.parametrize("name", RECORDS)
def test_nothing_to_skip(name: str) -> None:
    """A decoder that has not failed has nothing to skip."""
    decoder = get_framing(name).decoder()
    decoder.feed(RECORDS[name][0])
    assert decoder.resume() == 0
    assert len(decoder.take_messages()) == 1


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_skipped_is_not_held(name: str) -> None:
    """A record of any size is skipped without holding it."""
    endless = {
        "cbor-sequence": b"\x9f",
        "content-length": b"Content-Length: 99999999999\r\n\r\n",
        "json-sequence": b"\x1e[",
        "length-prefixed": b"\xff\xff\xff\xff",
        "msgpack-sequence": b"\xdd\xff\xff\xff\xff",
        "newline": b"[",
    }
    decoder = get_framing(name).decoder(max_message=LIMIT)
    decoder.feed(endless[name] + bytes(100))
    with pytest.raises(RemoteFrameError):
        decoder.take_messages()
    for _ in range(100):
        assert isinstance(decoder.resume(), NeedData)
        assert not decoder.trailing_data
        decoder.feed(bytes(1000))
    decoder.feed_eof()
    assert decoder.resume() == len(endless[name]) + 100 + 100 * 1000
    assert decoder.skipped == (endless[name] + bytes(1000))[:256]
    assert decoder.at_eof
