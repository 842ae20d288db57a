"""One document a line."""

from __future__ import annotations

import io
import json

import pytest

from symphony_codecs.framing.errors import NEED_DATA, LocalFrameError, RemoteFrameError
from symphony_codecs.framing.newline import NewlineDecoder, NewlineEncoder


def read(data: bytes, *, max_message: int = 1000, singly: bool = False) -> list[bytes]:
    decoder = NewlineDecoder(max_message=max_message)
    found = []
    for piece in [data[i : i + 1] for i in range(len(data))] if singly else [data]:
        decoder.feed(piece)
        found += [bytes(message) for message in decoder]
    decoder.feed_eof()
    return found + [bytes(message) for message in decoder]


@pytest.mark.parametrize(
    ("data", "documents"),
    [
        (b"", []),
        (b"1\n", [b"1"]),
        (b"1\n2\n", [b"1", b"2"]),
        (b"1\r\n2\r\n", [b"1", b"2"]),
        (b"1\r\n2\n3\r\n", [b"1", b"2", b"3"]),
        (b"\n", []),
        (b"\r\n", []),
        (b"\n\r\n\n1\n\n\r\n2\n\n", [b"1", b"2"]),
        (b"\r1\n", [b"1"]),
        (b"1\r\r\n", [b"1\r"]),
        (b"[1,\r2]\r\n", [b"[1,\r2]"]),
        (b" \n", [b" "]),
        (b"\t1 \n", [b"\t1 "]),
        (b'"\\n"\n', [b'"\\n"']),
        ("\u2028\x85\x0b\x0c\n".encode(), ["\u2028\x85\x0b\x0c".encode()]),
        (b"\x00\xff\n", [b"\x00\xff"]),
    ],
)
def test_lines(data: bytes, documents: list[bytes]) -> None:
    """LF ends a line, one CR before it is dropped, empty lines are none, and nothing else of Unicode ends one."""
    assert read(data) == documents
    assert read(data, singly=True) == documents


@pytest.mark.parametrize("rest", [b"1", b'{"a":1}', b"1\r", b" "])
def test_the_last_line_needs_its_end(rest: bytes) -> None:
    """What stands behind the last line's end is truncated, even if it is a document: 12 may be the start of 123."""
    with pytest.raises(RemoteFrameError) as caught:
        read(b"[]\n" + rest)
    assert (caught.value.frame_code, caught.value.offset) == ("truncated", 3)


@pytest.mark.parametrize("rest", [b"", b"\r", b"\n", b"\r\n\r"])
def test_line_breaks_at_the_end(rest: bytes) -> None:
    """Line breaks alone behind the last line are no document that is missing."""
    assert read(b"[]\n" + rest) == [b"[]"]


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"", "expected a document, got an empty one, which would be skipped"),
        (b"\n", "expected a document on one line, got LF at byte 0 of it"),
        (b'{\n"a":1}', "expected a document on one line, got LF at byte 1 of it"),
        (b"1\r", "expected a document on one line, got CR at byte 1 of it"),
        (b"1\r\n", "expected a document on one line, got LF at byte 2 of it"),
        (bytearray(b"[1,\r2]"), "expected a document on one line, got CR at byte 3 of it"),
        (memoryview(b"[1,\n2]"), "expected a document on one line, got LF at byte 3 of it"),
    ],
)
def test_documents_that_fit_no_line(payload: bytes, error: str) -> None:
    """A document that some reader would take for two, or for none, is not written; the encoder stays usable."""
    encoder = NewlineEncoder()
    with pytest.raises(LocalFrameError) as caught:
        encoder.encode(payload)
    assert (caught.value.frame_code, caught.value.message) == ("syntax", error)
    assert encoder.encode(b"1") == b"1\n"


def test_the_limit_is_of_the_document() -> None:
    """Neither LF nor the CR before it counts; a CR that turns out to be none of the end does."""
    for data in (b"12345\n", b"12345\r\n", b"1234\r\r\n"):
        assert [len(found) for found in read(data, max_message=5, singly=True)] == [5]
    for data in (b"123456\n", b"123456", b"12345\r\r\n", b"12345\r6", b"123456\r\n"):
        for singly in (False, True):
            with pytest.raises(RemoteFrameError) as caught:
                read(data, max_message=5, singly=singly)
            assert caught.value.frame_code == "too_large"


def test_a_long_line_is_refused_before_it_ends() -> None:
    """A line is refused with the first byte that is too many."""
    decoder = NewlineDecoder(max_message=5)
    decoder.feed(b"12345")
    assert decoder.next_message() is NEED_DATA
    decoder.feed(b"6")
    with pytest.raises(RemoteFrameError):
        decoder.next_message()


def test_a_flood_of_line_breaks_is_not_held() -> None:
    """Empty lines are dropped as they come, however many, and count as bytes of the stream."""
    decoder = NewlineDecoder(max_message=5)
    for _ in range(100):
        decoder.feed(b"\n\r\n" * 10_000)
        assert decoder.next_message() is NEED_DATA
        assert decoder.trailing_data == b""
    decoder.feed(b"1\n")
    assert decoder.next_message() == b"1"
    assert decoder.offset == 100 * 30_000 + 2


def test_files_of_the_standard_library() -> None:
    """What is written here a Python text file reads, line by line, and the other way round."""
    documents: list[object] = [{"a": "\n\r\u2028é😀"}, [1, 2.5, None], "text", 0]
    lines = [json.dumps(document, ensure_ascii=False) for document in documents]
    wire = b"".join(NewlineEncoder().encode(line.encode()) for line in lines)
    assert [json.loads(line) for line in io.TextIOWrapper(io.BytesIO(wire), encoding="utf-8")] == documents
    written = io.BytesIO()
    with io.TextIOWrapper(written, encoding="utf-8", newline="\r\n", write_through=True) as file:
        file.writelines(f"{line}\n" for line in lines)
        assert [json.loads(document) for document in read(written.getvalue())] == documents
