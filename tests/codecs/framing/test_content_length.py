"""Documents behind a Content-Length: what the LSP specification shows, and what python-lsp-jsonrpc reads and writes."""

from __future__ import annotations

import io
import sys

from typing import Any

import pytest

from symphony_codecs import get_codec
from symphony_codecs.framing.content_length import ContentLengthDecoder, ContentLengthEncoder
from symphony_codecs.framing.errors import NEED_DATA, RemoteFrameError


def language_server_streams() -> Any:
    """Return the module of python-lsp-jsonrpc, which the extra ``test-peers`` brings."""
    return pytest.importorskip("pylsp_jsonrpc.streams", reason="the extra test-peers has the language server")


# The example of the specification's "Base Protocol", with its dots filled in and its tabs and line ends kept.
EXAMPLE_CONTENT = (
    b'{\r\n\t"jsonrpc": "2.0",\r\n\t"id": 1,\r\n\t"method": "textDocument/completion",\r\n\t"params": {\r\n\t}\r\n}'
)
EXAMPLE = b"Content-Length: 92\r\n\r\n" + EXAMPLE_CONTENT

MESSAGES: list[dict[str, Any]] = [
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None}},
    {"jsonrpc": "2.0", "method": "initialized", "params": {}},
    {"jsonrpc": "2.0", "id": 1, "result": {"text": "é ß 漢 😀 \u2028", "n": [1, -2.5, True, None]}},
    {"jsonrpc": "2.0", "id": "a", "error": {"code": -32601, "message": "Method Not Found: \r\n\r\n"}},
    {"jsonrpc": "2.0", "id": 2, "result": "x" * 20_000},
]


def read(data: bytes, *, max_message: int = 1000) -> list[bytes]:
    decoder = ContentLengthDecoder(max_message=max_message)
    decoder.feed(data)
    return [bytes(message) for message in decoder]


def refused(data: bytes, *, max_message: int = 1000) -> RemoteFrameError:
    """Return the error for *data*, which is the same byte by byte, and is raised at the last byte and not before."""
    with pytest.raises(RemoteFrameError) as whole:
        read(data, max_message=max_message)
    decoder = ContentLengthDecoder(max_message=max_message)
    for byte in data[:-1]:
        decoder.feed(bytes([byte]))
        assert decoder.next_message() is NEED_DATA
    decoder.feed(data[-1:])
    with pytest.raises(RemoteFrameError) as singly:
        decoder.next_message()
    assert singly.value == whole.value
    return whole.value


def test_the_example_of_the_specification() -> None:
    """The specification's example is read, with the length in bytes of its content."""
    assert read(EXAMPLE) == [EXAMPLE_CONTENT]
    assert ContentLengthEncoder().encode(EXAMPLE_CONTENT) == EXAMPLE


def test_bytes() -> None:
    """A document is written behind the one field that is required, its length in bytes rather than characters."""
    encoder = ContentLengthEncoder()
    assert encoder.encode(b"{}") == b"Content-Length: 2\r\n\r\n{}"
    assert encoder.encode('"é😀"'.encode()) == b'Content-Length: 8\r\n\r\n"\xc3\xa9\xf0\x9f\x98\x80"'
    assert encoder.encode_buffers(b"") == [b"Content-Length: 0\r\n\r\n"]


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 2",
        b"content-length: 2",
        b"CONTENT-LENGTH: 2",
        b"Content-Length:2",
        b"Content-Length: \t 2 \t ",
        b"Content-Length: 002",
        b"Content-Length: 2\r\nContent-Length: 2",
        b"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8",
        b"Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: 2",
        b'Content-Type: text/plain; a=b; Charset="UTF-8"; c\r\nContent-Length: 2',
        b"Content-Type: application/json\r\nContent-Length: 2",
        b"Content-Type:\r\nContent-Length: 2",
        b"X-Other: any: thing, !#$%\r\nContent-Length: 2\r\nEmpty:",
        b"Content-Length: 2\r\nX: " + b"x" * (4096 - 26),
    ],
    ids=range(14),
)
def test_headers_that_are_read(header: bytes) -> None:
    """Names in any case and order, blanks around values, the charset of both spellings, other fields: all are read."""
    assert read(header + b"\r\n\r\n[]" + EXAMPLE) == [b"[]", EXAMPLE_CONTENT]


FIELD = "expected a header field that ends with CRLF, got "
HEADER = "expected a header of at most 4096 bytes, got more"
MESSAGE = "expected a message of at most 1000 bytes, got more"


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"\r\n", "syntax", "expected Content-Length in the header, got none"),
        (b"Content-Type: a\r\n\r\n", "syntax", "expected Content-Length in the header, got none"),
        (b"Content-Length:\r\n", "syntax", "expected digits for Content-Length, got ''"),
        (b"Content-Length: -1\r\n", "syntax", "expected digits for Content-Length, got '-1'"),
        (b"Content-Length: +1\r\n", "syntax", "expected digits for Content-Length, got '+1'"),
        (b"Content-Length: 1_0\r\n", "syntax", "expected digits for Content-Length, got '1_0'"),
        (b"Content-Length: 0x1\r\n", "syntax", "expected digits for Content-Length, got '0x1'"),
        (b"Content-Length: 1.0\r\n", "syntax", "expected digits for Content-Length, got '1.0'"),
        (b"Content-Length: 1 1\r\n", "syntax", "expected digits for Content-Length, got '1 1'"),
        (b"Content-Length: 1, 1\r\n", "syntax", "expected digits for Content-Length, got '1, 1'"),
        (b"Content-Length: 1\r\ncontent-length: 2\r\n", "syntax", "expected one Content-Length, got 1 and 2"),
        (b"Content-Length: 1001\r\n", "too_large", MESSAGE),
        (b"Content-Length: 1" + b"0" * 30 + b"\r\n", "too_large", MESSAGE),
        (b"Content-Length: " + b"9" * 4000 + b"\r\n", "too_large", MESSAGE),
        (b"Content-Type: a; charset=utf-16\r\n", "syntax", "expected the charset utf-8, got 'utf-16'"),
        (b"Content-Type: a;charset=\r\n", "syntax", "expected the charset utf-8, got ''"),
        (b"Content-Length: 2\n", "syntax", FIELD + r"'Content-Length: 2\n'"),
        (b"\n", "syntax", FIELD + r"'\n'"),
        (b"A: b\rC: d\r\n", "syntax", FIELD + r"'A: b\rC: d\r\n'"),
        (b"A: b\r\n folded\r\n", "syntax", FIELD + r"' folded\r\n'"),
        (b"Content-Length : 2\r\n", "syntax", FIELD + r"'Content-Length : 2\r\n'"),
        (b": 2\r\n", "syntax", FIELD + r"': 2\r\n'"),
        (b"Hello, world!\r\n", "syntax", FIELD + r"'Hello, world!\r\n'"),
        ("A: \u0661\r\n".encode(), "syntax", FIELD + r"'A: \xd9\xa1\r\n'"),
        (b"A: \x00\r\n", "syntax", FIELD + r"'A: \x00\r\n'"),
        (b"A" * 70 + b"\n", "syntax", FIELD + "'" + "A" * 60 + "'..."),
        (b"A: " + b"b" * 4093, "too_large", HEADER),
        ((b"A: b\r\n" * 683)[:4096], "too_large", HEADER),
        (b"Content-Length: 2\r\nX: " + b"x" * (4097 - 26) + b"\r\n\r", "too_large", HEADER),
    ],
    ids=range(29),
)  # fmt: skip
def test_headers_that_are_refused(data: bytes, code: str, message: str) -> None:
    """What two readers might read in two ways is refused, at the latest with the line that it stands on."""
    error = refused(data)
    assert (error.frame_code, error.message, error.offset) == (code, message, 0)


def test_a_header_that_is_too_long_is_refused_whole() -> None:
    """A header of one byte too many is refused though all of it, and its message, is there."""
    header = b"Content-Length: 2\r\nX: " + b"x" * (4097 - 26) + b"\r\n\r\n"
    with pytest.raises(RemoteFrameError) as caught:
        read(header + b"[]")
    assert (caught.value.frame_code, caught.value.message) == ("too_large", HEADER)


@pytest.mark.parametrize("length", [b"0", b"000"])
def test_an_empty_document(length: bytes) -> None:
    """A length of 0 is one, and the document is there with the header's end."""
    assert read(b"Content-Length: " + length + b"\r\n\r\n" + EXAMPLE) == [b"", EXAMPLE_CONTENT]


def test_digits_beyond_what_python_converts() -> None:
    """A length of more digits than the interpreter converts is too long like any other."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert refused(b"Content-Length: " + b"9" * 700 + b"\r\n").frame_code == "too_large"
    finally:
        sys.set_int_max_str_digits(before)


def test_the_offset_of_a_later_fault() -> None:
    """A fault in the second header has the place where that header begins."""
    decoder = ContentLengthDecoder()
    decoder.feed(EXAMPLE + b"Content-Length: 2\r\n")
    assert decoder.next_message() == EXAMPLE_CONTENT
    assert decoder.next_message() is NEED_DATA
    decoder.feed(b"Content-Length: 3\r\n")
    with pytest.raises(RemoteFrameError) as caught:
        decoder.next_message()
    assert caught.value.offset == len(EXAMPLE)


def test_a_header_does_not_outlive_its_message() -> None:
    """The fields of one message say nothing of the next: that has to have a length of its own."""
    decoder = ContentLengthDecoder()
    decoder.feed(b"Content-Length: 2\r\n\r\n[]X: y\r\n\r\n{}")
    assert decoder.next_message() == b"[]"
    with pytest.raises(RemoteFrameError, match="expected Content-Length in the header, got none"):
        decoder.next_message()


# python-lsp-jsonrpc


def test_python_lsp_jsonrpc_reads_what_is_written() -> None:
    """python-lsp-jsonrpc's reader takes what the encoder writes, message by message."""
    encoder, json = ContentLengthEncoder(), get_codec("json")
    received: list[object] = []
    language_server_streams().JsonRpcStreamReader(
        io.BytesIO(b"".join(encoder.encode(json.encode(m)) for m in MESSAGES))
    ).listen(received.append)
    assert received == MESSAGES


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("piece", [1, 7, 4096, 10**6])
def test_what_python_lsp_jsonrpc_writes_is_read(piece: int, ensure_ascii: bool) -> None:
    """The decoder takes what python-lsp-jsonrpc's writer writes, Content-Type included, however it is cut."""
    file = io.BytesIO()
    writer = language_server_streams().JsonRpcStreamWriter(file, ensure_ascii=ensure_ascii)
    for message in MESSAGES:
        writer.write(message)
    data = file.getvalue()
    assert b"charset=utf8" in data
    decoder, json = ContentLengthDecoder(), get_codec("json")
    received = []
    for start in range(0, len(data), piece):
        decoder.feed(data[start : start + piece])
        received += [json.decode(message, Any) for message in decoder]
    assert received == MESSAGES
    decoder.feed_eof()
    assert (decoder.next_message(), decoder.at_eof) == (NEED_DATA, True)
