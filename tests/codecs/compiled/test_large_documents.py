"""Large documents, which are written into the bytes that are returned: however much room is left over in those."""

from __future__ import annotations

import pytest

from symphony_codecs import get_codec


SIZES = [n + d for n in (60_000, 1 << 16, 100_000, 1 << 17, 1_000_000, 1 << 20, 3_000_000) for d in (-3, 0, 1, 40)]


@pytest.mark.parametrize("size", SIZES)
def test_a_large_piece(size):
    """The document is as long as what was written, and ends there."""
    codec = get_codec("msgpack")
    piece = bytes(range(256)) * (size // 256 + 1)
    data = piece[:size]
    head = (b"\xc5" + size.to_bytes(2, "big")) if size < 1 << 16 else (b"\xc6" + size.to_bytes(4, "big"))
    for value, as_type, expected in (
        (data, bytes, head + data),
        ([data, b"end"], list[bytes], b"\x92" + head + data + b"\xc4\x03end"),
        ([b"begin", data, data[:50_000]], list[bytes], None),
    ):
        document = codec.encode(value, as_type)
        if expected is not None:
            assert document == expected
            assert (len(document), hash(document)) == (len(expected), hash(expected))
            assert document + b"!" == expected + b"!"
            assert document[-1:] == expected[-1:]
        assert codec.decode(document, as_type) == value


@pytest.mark.parametrize("size", SIZES)
def test_many_small_pieces(size):
    """The same of what grows little by little."""
    codec = get_codec("json")
    value = list(range(size // 7))
    document = codec.encode(value, list[int])
    assert document == str(value).replace(" ", "").encode()
    assert hash(document) == hash(bytes(bytearray(document)))
