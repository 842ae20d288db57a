"""JSON text sequences (RFC 7464)."""

from __future__ import annotations

import json

from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, get_codec
from symphony_codecs.framing.errors import LocalFrameError, RemoteFrameError
from symphony_codecs.framing.json_sequence import JsonSequenceDecoder, JsonSequenceEncoder


JSON = get_codec("json")


def read(data: bytes, *, singly: bool = False, max_message: int = 1000) -> list[bytes]:
    decoder = JsonSequenceDecoder(max_message=max_message)
    found = []
    for piece in [data[i : i + 1] for i in range(len(data))] if singly else [data]:
        decoder.feed(piece)
        found += decoder.take_messages()
    decoder.feed_eof()
    return found + decoder.take_messages()


@pytest.mark.parametrize(
    ("data", "documents"),
    [
        (b"", []),
        (b"\n \r\n", []),
        (b"\x1e1\n", [b"1"]),
        (b"\x1e1\r\n\x1e 2\n", [b"1\r", b" 2"]),
        # section 2.1: several RS are as one
        (b"\x1e\x1e\x1e1\n\x1e\x1e2\n", [b"1", b"2"]),
        (b"\n\x1e[]\n\n\n\x1e{}\n", [b"[]", b"{}"]),
        # what shows its own end needs no LF
        (b'\x1e[1]\x1e{"a":2}\x1e"b"', [b"[1]", b'{"a":2}', b'"b"']),
        (b"\x1e1 \x1etrue\t\x1enull\r", [b"1 ", b"true\t", b"null\r"]),
        (b'\x1e{\n "a": [\n]\n}\n', [b'{\n "a": [\n]\n}']),
        (b'\x1e"\\"]\n"\n', [b'"\\"]\n"']),
    ],
)
def test_sequences(data: bytes, documents: list[bytes]) -> None:
    """A document ends at LF, or shows its own end; blanks between are none."""
    assert read(data) == documents
    assert read(data, singly=True) == documents


@pytest.mark.parametrize("document", [b"1", b"-12.5", b"true", b" 1", b"1 ", b'"a"', b"[1]", b"{}", b"1x"])
def test_exactly_as_long_as_allowed(document: bytes) -> None:
    """However the bytes are cut; one byte more is too long."""
    data, size = b"\x1e" + document + b"\n", len(document)
    for singly in (False, True):
        assert read(data, singly=singly, max_message=size) == [document]
        if size > 1:
            with pytest.raises(RemoteFrameError, match=f"at most {size - 1} bytes"):
                read(data, singly=singly, max_message=size - 1)


@pytest.mark.parametrize(
    "damaged",
    [
        *(b"\x1e12", b"\x1etrue", b"\x1enull", b"\x1e-1.5e3"),  # section 2.4: perhaps the beginning of a longer one
        *(b"\x1e{", b'\x1e{"a":1', b'\x1e"a', b'\x1e["a', b"\x1e[[]", b'\x1e"\\'),
        *(b"\x1e[1]]\n", b"\x1e1 2\n", b"\x1e[1] x\n", b"\x1e]\n", b"\x1e{} {}", b"\x1e12]", b'\x1e1"'),
        *(b"{}", b"[1]\n", b" 1\n", b'"a"\n'),  # without RS
    ],
)
def test_damage_is_of_one_document_alone(damaged: bytes) -> None:
    """It comes with the RS behind it, so that no codec takes it; what stands before and behind is read."""
    for data in (b"\x1e[1]\n" + damaged + b"\x1e[2]\n\x1e[3]\n", b"\x1e[1]\n" + damaged + b"\x1e\x1e[2]\n\x1e[3]\n"):
        for singly in (False, True):
            first, bad, *rest = read(data, singly=singly)
            assert (first, rest) == (b"[1]", [b"[2]", b"[3]"])
            assert bad == damaged.removeprefix(b"\x1e").lstrip(b" ") + b"\x1e"
            with pytest.raises(DecodeError):
                JSON.decode(bad, Any)


@pytest.mark.parametrize("cut_off", [b"\x1e12", b"\x1enull", b"\x1e{", b'\x1e"a', b"\x1e[1] x\n", b"\x1e ", b"[1]"])
def test_what_the_end_cuts_off(cut_off: bytes) -> None:
    """It is truncated, unless it shows that it is whole."""
    decoder = JsonSequenceDecoder()
    decoder.feed(b"\x1e[1]\n" + cut_off)
    decoder.feed_eof()
    assert decoder.take_messages() == [b"[1]"]
    with pytest.raises(RemoteFrameError) as caught:
        decoder.take_messages()
    assert (caught.value.frame_code, caught.value.offset) == ("truncated", 5)


@pytest.mark.parametrize("data", [b"{}", b"1\n\x1e2\n", b" []\n", b"GET / HTTP/1.1\r\n\x1e1\n", b"\x00\x1e1\n"])
def test_nothing_before_the_first(data: bytes) -> None:
    """Whoever writes something else there, a browser say, is no peer of this framing."""
    for singly in (False, True):
        with pytest.raises(RemoteFrameError) as caught:
            read(data, singly=singly)
        assert caught.value.frame_code == "syntax"
        assert f"got 0x{data.strip()[0]:02x}" in caught.value.message or data[0] == 0


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"", "expected a document of JSON, got another"),
        (b" ", "expected a document of JSON, got another"),
        (b"[", "expected a document of JSON, got another"),
        (b"]", "expected a document of JSON, got another"),
        (b"1 2", "expected a document of JSON, got one that ends at byte 1"),
        (bytearray(b"[]\n[]"), "expected a document of JSON, got one that ends at byte 2"),
        (b'"\x1e"', "expected a document without RS, got it at byte 1 of it"),
        (memoryview(b"[\x1e"), "expected a document without RS, got it at byte 1 of it"),
    ],
)
def test_what_is_no_single_document_is_not_written(payload: bytes, error: str) -> None:
    """The encoder stays usable."""
    encoder = JsonSequenceEncoder()
    with pytest.raises(LocalFrameError) as caught:
        encoder.encode(payload)
    assert (caught.value.frame_code, caught.value.message) == ("syntax", error)
    assert encoder.encode(b" 1") == b"\x1e 1\n"


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=8,
)


@given(trees=st.lists(TREES, max_size=4), indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans())
def test_what_others_write(trees: list[Any], indent: int | None, ascii_only: bool) -> None:
    """As RFC 7464 has it, with the standard library; and what is written here is read by its rules."""
    texts = [json.dumps(tree, indent=indent, ensure_ascii=ascii_only).encode() for tree in trees]
    theirs = b"".join(b"\x1e" + text + b"\n" for text in texts)
    assert [json.loads(text) for text in read(theirs)] == trees
    encoder = JsonSequenceEncoder()
    ours = b"".join(map(encoder.encode, texts))
    assert ours == theirs
    assert [json.loads(text) for text in ours.split(b"\x1e")[1:]] == trees
