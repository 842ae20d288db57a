"""Documents behind 32 bits of length, as tokio-util's LengthDelimitedCodec has them by default."""

from __future__ import annotations

import struct

import pytest

from symphony_codecs.framing.errors import NEED_DATA, LocalFrameError, RemoteFrameError
from symphony_codecs.framing.length_prefixed import LengthPrefixedDecoder, LengthPrefixedEncoder


# By hand: a big-endian u32 that does not count itself.
WIRE = [
    (b"", b"\x00\x00\x00\x00"),
    (b"\x00", b"\x00\x00\x00\x01\x00"),
    (b"hello world", b"\x00\x00\x00\x0bhello world"),
    (b"\xff" * 255, b"\x00\x00\x00\xff" + b"\xff" * 255),
    (b"a" * 256, b"\x00\x00\x01\x00" + b"a" * 256),
    (b"b" * 65536, b"\x00\x01\x00\x00" + b"b" * 65536),
    (b"c" * 0x010203, b"\x00\x01\x02\x03" + b"c" * 0x010203),
]


@pytest.mark.parametrize(("document", "wire"), WIRE, ids=[str(len(document)) for document, _ in WIRE])
def test_bytes(document: bytes, wire: bytes) -> None:
    """The length is of the document alone, in four bytes, most significant first."""
    assert LengthPrefixedEncoder().encode(document) == wire
    decoder = LengthPrefixedDecoder()
    decoder.feed(wire)
    assert [*decoder] == [document]
    assert decoder.at_eof is False


def test_an_empty_document_has_one_buffer() -> None:
    """An empty document is its length alone, which the list of buffers holds alone."""
    assert LengthPrefixedEncoder().encode_buffers(b"") == [b"\x00\x00\x00\x00"]


@pytest.mark.parametrize("size", [17, 2**31, 2**32 - 1])
def test_a_length_beyond_the_limit_is_refused_at_once(size: int) -> None:
    """A length is compared with the limit before a byte of the document is there."""
    decoder = LengthPrefixedDecoder(max_message=16)
    decoder.feed(struct.pack(">I", size))
    with pytest.raises(RemoteFrameError) as caught:
        decoder.next_message()
    assert (caught.value.frame_code, caught.value.offset) == ("too_large", 0)


def test_limits_differ_from_tokio() -> None:
    """A message of tokio-util's limit, 8 MiB, passes here by default; so does one of 16 MiB, and no longer one."""
    for size in (8 * 1024 * 1024, 16 * 1024 * 1024):
        decoder = LengthPrefixedDecoder()
        decoder.feed(struct.pack(">I", size))
        assert decoder.next_message() is NEED_DATA
    with pytest.raises(LocalFrameError, match="expected a message of at most 16777216 bytes, got 16777217"):
        LengthPrefixedEncoder().encode(bytes(16 * 1024 * 1024 + 1))
