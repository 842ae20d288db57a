"""Values that are decoded where they lie in a block are those that are taken apart first, in every cut."""

from __future__ import annotations

import random

from typing import Any

import attrs
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs import get_codec
from symphony_codecs.records import RecordError, read_records, scan_records
from symphony_codecs.records import _decoding as decoding
from symphony_codecs.records._spans import Fault


@attrs.frozen
class Item:
    x: int
    text: str = ""


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")
GOOD = [Item(number, "é" * number) for number in range(5)]


def document(name: str, kind: int) -> bytes:
    """Return a good document, one that does not fit, a long one, or, of lines, no document at all."""
    codec = get_codec(name)
    if kind < len(GOOD):
        data = codec.encode(GOOD[kind], Item)
    elif kind == len(GOOD):
        data = codec.encode({"x": "a"} if name != "msgpack-compact" else ["a"])
    else:
        data = codec.encode(Item(7, "x" * 300), Item)
    return data + b"\n" * (name == "json")


def cut(data: bytes, rng: random.Random, longest: int) -> list[bytes]:
    pieces = []
    while data:
        size = rng.randint(1, longest)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


def read(blocks: list[bytes], name: str, most: int | None) -> tuple[list[Any], Any]:
    found = []
    try:
        for value in read_records(blocks, Item, codec=name, max_record=most):
            found.append(value)  # noqa: PERF402 - what came before an error is kept
    except RecordError as error:
        return found, (error.index, error.offset, error.size, error.issues)
    return found, None


def expected(data: bytes, name: str, most: int | None) -> tuple[list[Any], Any]:
    found = []
    for record in scan_records([data], Item, codec=name, max_record=most):
        if record.error is not None:
            error = record.error
            return found, (error.index, error.offset, error.size, error.issues)
        found.append(record.value)
    return found, None


@settings(max_examples=max(settings().max_examples, 50), deadline=None)
@given(
    name=st.sampled_from(NAMES),
    kinds=st.lists(st.integers(0, 4), max_size=30),
    bad=st.lists(st.integers(5, 6), max_size=1),
    seed=st.integers(0),
    most=st.sampled_from([None, 200]),
)
def test_cuts(name, kinds, bad, seed, most):
    """Values, and where and why it ends, are the same however the stream is cut, and wherever it breaks off."""
    rng = random.Random(seed)
    for kind in bad:
        kinds.insert(rng.randint(0, len(kinds)), kind)
    data = b"".join(document(name, kind) for kind in kinds)
    data = data[: rng.randint(0, len(data))] if seed % 2 else data
    wanted = expected(data, name, most)
    for longest in (1, 10, 40, 10**6):
        assert read(cut(data, rng, longest), name, most) == wanted


@pytest.mark.parametrize("line", [b"", b"\r", b"  ", b"\n\n"])
def test_lines_between(line):
    """Empty lines are skipped as ever, and blank ones are no documents."""
    data = document("json", 1) + line + b"\n" + document("json", 2)
    assert read([data], "json", None) == expected(data, "json", None)


@pytest.mark.parametrize("name", NAMES)
def test_requests_of_http(name):
    """A sequence that begins like a request is refused, though its bytes may be numbers."""
    data = b"GET / HTTP/1.1\r\n\r\n"
    blocks = [data[:3], data[3:]]
    with pytest.raises(RecordError) as caught:
        list(read_records(blocks, int, codec=name))
    assert caught.value.issues[0].code == "syntax"


@pytest.mark.parametrize("name", NAMES)
def test_spans(name):
    """Whoever needs the documents of values gets them, with their places."""
    codec = get_codec(name)
    framing = codec.format.framing
    assert framing is not None
    splitter = decoding.DecodingSplitter(framing, max_record=99, codec=codec, decode=codec.decoder(Item), offset=1000)
    data = [document(name, kind) for kind in range(4)]
    places = []
    for block in (b"".join(data[:2]) + data[2][:3], data[2][3:] + data[3]):
        for batch in splitter.feed(block):
            if isinstance(batch, decoding.Decoded):
                assert all(type(value) is Item for value in batch.values)
                places += batch.spans()
            else:
                assert not isinstance(batch, Fault)
                places += batch
    assert [span[2] for span in places] == [each.removesuffix(b"\n") for each in data]
    assert [span[1] for span in places] == [*map(len, data)]
    assert [span[0] for span in places] == [1000 + len(b"".join(data[:place])) for place in range(4)]
    assert splitter.offset == 1000 + len(b"".join(data))
