"""Documents of MessagePack and of CBOR one after the other."""

from __future__ import annotations

import io
import tracemalloc

from typing import Any

import cbor2
import msgpack
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing import get_framing
from symphony_codecs.framing.errors import NEED_DATA, LocalFrameError, RemoteFrameError


SEQUENCES = ("msgpack-sequence", "cbor-sequence")


def read(name: str, data: bytes, *, singly: bool = False, **options: Any) -> list[bytes]:
    decoder = get_framing(name).decoder(**options)
    found = []
    for piece in [data[i : i + 1] for i in range(len(data))] if singly else [data]:
        decoder.feed(piece)
        found += decoder.take_messages()
    decoder.feed_eof()
    return found + decoder.take_messages()


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text() | st.integers(-(2**63), 2**64 - 1), inside),
    max_leaves=8,
)


@given(trees=st.lists(TREES, max_size=4))
def test_msgpack_as_the_library_streams_it(trees: list[Any]) -> None:
    """`msgpack.Packer` writes what is read here, and `msgpack.Unpacker` reads what is written here."""
    packer = msgpack.Packer()
    written = b"".join(map(packer.pack, trees))
    assert [msgpack.unpackb(found, strict_map_key=False) for found in read("msgpack-sequence", written)] == trees
    encoder = get_framing("msgpack-sequence").encoder()
    ours = b"".join(encoder.encode(msgpack.packb(tree)) for tree in trees)
    assert list(msgpack.Unpacker(io.BytesIO(ours), strict_map_key=False)) == trees


@given(trees=st.lists(TREES, max_size=4))
def test_cbor_as_the_library_streams_it(trees: list[Any]) -> None:
    """`cbor2.CBOREncoder` writes what is read here, and `cbor2.CBORDecoder` reads what is written here."""
    stream = io.BytesIO()
    writer = cbor2.CBOREncoder(stream)
    for tree in trees:
        writer.encode(tree)
    found = read("cbor-sequence", stream.getvalue())
    assert [cbor2.loads(document) for document in found] == trees
    encoder = get_framing("cbor-sequence").encoder()
    reader = cbor2.CBORDecoder(io.BytesIO(b"".join(map(encoder.encode, found))))
    assert [reader.decode() for _ in trees] == trees


def test_examples_of_rfc_8742() -> None:
    """An empty sequence is one, and one document is a sequence."""
    assert read("cbor-sequence", b"") == []
    assert read("cbor-sequence", b"\xf6") == [b"\xf6"]
    assert read("cbor-sequence", bytes.fromhex("a0f563616263")) == [b"\xa0", b"\xf5", b"\x63abc"]


@pytest.mark.parametrize(
    ("name", "data", "code", "text"),
    [
        ("msgpack-sequence", b"\xc1", "syntax", "expected a document of MessagePack, got byte 0xc1 at byte 0 of it"),
        ("msgpack-sequence", b"\x92\x01\xc1", "syntax", "got byte 0xc1 at byte 2 of it"),
        ("cbor-sequence", b"\xff", "syntax", "expected a document of CBOR, got byte 0xff at byte 0 of it"),
        ("cbor-sequence", b"\x9f\x01\x1c", "syntax", "got byte 0x1c at byte 2 of it"),
        ("cbor-sequence", b"\xbf\x01\xff", "syntax", "got byte 0xff at byte 2 of it"),
        ("cbor-sequence", b"\xf8\x1f", "syntax", "got byte 0xf8 at byte 0 of it"),
        ("cbor-sequence", b"\x82" * 2000, "too_large", "expected at most 1024 levels of nesting, got more"),
        ("msgpack-sequence", b"\x92" * 2000, "too_large", "expected at most 1024 levels of nesting, got more"),
        ("msgpack-sequence", b"\xdd\xff\xff\xff\xff", "too_large", "expected a message of at most"),
        ("cbor-sequence", b"\xbb" + b"\xff" * 8, "too_large", "expected a message of at most"),
        ("cbor-sequence", b"\xbb\x7f" + b"\xff" * 7, "too_large", "expected a message of at most"),
    ],
)
def test_faults(name: str, data: bytes, code: str, text: str) -> None:
    """They end the stream, at the same place however it is cut; documents before them come."""
    for before in (b"", b"\x90\x81\x01\x02" if name == "msgpack-sequence" else b"\x80\xa1\x01\x02"):
        for singly in (False, True):
            decoder, found = get_framing(name).decoder(), []
            wire = before + data
            with pytest.raises(RemoteFrameError) as caught:  # noqa: PT012 - which call raises depends on the cuts
                for piece in [wire[i : i + 1] for i in range(len(wire))] if singly else [wire]:
                    decoder.feed(piece)
                    found += decoder.take_messages()
                decoder.take_messages()
            assert len(found) == (2 if before else 0)
            assert (caught.value.frame_code, caught.value.offset) == (code, len(before))
            assert text in caught.value.message


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1\r\n",
        b"POST /a?b=c HTTP/1.0\n",
        b"PRI * HTTP/2.0\r\n",
        b"g / HTTP/1.1\n",
        b"OPTIONS * HTTP/1.1\r\n",
    ],
)
def test_a_request_at_the_start(name: str, line: bytes) -> None:
    """Nothing of it comes, however it is cut."""
    for data in (line, line + b"Host: x\r\n\r\n\x81\xa1a\x01"):
        for singly in (False, True):
            with pytest.raises(RemoteFrameError) as caught:
                read(name, data, singly=singly)
            assert (caught.value.frame_code, caught.value.offset) == ("syntax", 0)
            assert "an HTTP request" in caught.value.message


@pytest.mark.parametrize("line", [b"GET / HTTP/1.1\r\n", b"A", b"GET /", b"G\x00", b"GET  HTTP", b"A B HTTP/1.1 \n"])
def test_small_numbers_at_the_start(line: bytes) -> None:
    """They are numbers once they cannot be a request; after the first document they always are."""
    numbers = [line[i : i + 1] for i in range(len(line))]
    for singly in (False, True):
        assert read("msgpack-sequence", b"\x90" + line, singly=singly) == [b"\x90", *numbers]
        if line != b"GET / HTTP/1.1\r\n":
            assert read("msgpack-sequence", line, singly=singly) == numbers


@pytest.mark.parametrize("name", SEQUENCES)
def test_maps_and_arrays_come_at_once(name: str) -> None:
    """Nothing has to follow them, at the start or later."""
    empty = b"\x90" if name == "msgpack-sequence" else b"\x80"
    decoder = get_framing(name).decoder()
    for _ in range(2):
        decoder.feed(empty)
        assert decoder.next_message() == empty
        assert decoder.next_message() is NEED_DATA


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize("payload", [b"", b"\x01\x01", b"\x92\x01", b"\x82" * 1500 + b"\x01" * 1501])
def test_what_is_no_single_document_is_not_written(name: str, payload: bytes) -> None:
    """The encoder stays usable."""
    encoder = get_framing(name).encoder()
    with pytest.raises(LocalFrameError) as caught:
        encoder.encode(payload)
    assert caught.value.frame_code == "syntax"
    assert encoder.encode(memoryview(b"\x01")) == b"\x01"


@pytest.mark.parametrize("name", SEQUENCES)
def test_claims_cost_no_memory(name: str) -> None:
    """Heads that say that much will come are held, and nothing else."""
    claim = b"\xdd\x00\xff\xff\xff" if name == "msgpack-sequence" else b"\x9a\x00\xff\xff\xff"
    decoder = get_framing(name).decoder(max_message=2**32 - 1)
    tracemalloc.start()
    for _ in range(1000):
        decoder.feed(claim)
        assert decoder.take_messages() == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000
