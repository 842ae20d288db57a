"""An HTTP request is of no framing: its first line ends the stream, and nothing of its body is read."""

from __future__ import annotations

import random

import pytest

from symphony_codecs.framing import NEED_DATA, FrameConnection, RemoteFrameError, get_framing
from tests.codecs.framing.connection_pair import hello
from tests.codecs.framing.test_framings import NAMES, STREAM, cut, outcome, singly


LINES = [
    b"POST / HTTP/1.1\r\n",
    b"GET /?a=%7B%22b%22%3A1%7D HTTP/1.1\r\n",
    b"PUT http://localhost:8080/ HTTP/1.0\r\n",
    b"OPTIONS * HTTP/1.1\r\n",
    b"CONNECT localhost:443 HTTP/1.1\r\n",
    b"PRI * HTTP/2.0\r\n",
    b"M-SEARCH * HTTP/1.1\n",
    b"patch-it /x HTTP/1.1\r\n",
    b"sy /x HTTP/1.1\r\n",
    b"SYx /x HTTP/1.1\r\n",
]
HEAD = b"Host: localhost\r\nContent-Type: text/plain\r\nContent-Length: 60\r\n\r\n"
TEXT = "expected a message with the framing {}, got an HTTP request"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line", LINES)
def test_a_request_line_ends_the_stream(name, line):
    """However the stream is cut, with one error at the first line, whatever limit there is."""
    framing, data = get_framing(name), line + HEAD + STREAM[name]
    for limit in (1000, 2**32 - 1):
        whole = outcome(framing, [data], max_message=limit)
        assert whole[0] == []
        assert whole[1] is not None
        code, text, offset = whole[1]
        if name == "json-sequence":  # its first byte is none of a document's already
            assert (code, offset) == ("syntax", 0)
        elif name != "length-prefixed" or limit > 1000 or (line.split()[0].isalpha() and line[:3].isupper()):
            assert (code, text, offset) == ("syntax", TEXT.format(name), 0)
        else:
            assert (code, offset) == ("too_large", 0)
        assert outcome(framing, singly(data), max_message=limit) == whole
        assert outcome(framing, cut(data, random.Random(len(line)), 9), max_message=limit) == whole


@pytest.mark.parametrize("line", LINES)
def test_after_blank_lines_and_documents(line):
    """Empty lines before it, which HTTP allows, do not hide it from lines of JSON, nor does a document."""
    for before, documents in ((b"\r\n\n", []), (b"{}\n", [b"{}"]), (b"garbage\n", [b"garbage"])):
        messages, error = outcome(get_framing("newline"), [before + line + HEAD + b"{}\n"])
        assert messages == documents
        assert error == ("syntax", TEXT.format("newline"), len(before))


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": "POST / HTTP/1.1"}',
        b'"GET / HTTP/1.1"',
        b"1 / HTTP/1.1 2",
        b'127.0.0.1 - - "GET / HTTP/1.1" 200',
        b"HTTP/1.1 200 OK",
        b"POST /",
        b"POST  / HTTP/1.1",
    ],
)
def test_other_lines_are_for_the_codec(line):
    """What only looks a little like a request may be a document, or garbage that a child process prints."""
    assert outcome(get_framing("newline"), [line + b"\n"]) == ([line], None)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("role", ["client", "server"])
def test_frames_do_not_begin_like_that(line, role):
    """The magic is wrong within three bytes."""
    end = FrameConnection(role, hello())
    end.start()
    wrong = 2 if line.startswith(b"SY") else line[:1] == b"S"
    end.receive_data(line[:wrong])
    assert end.next_event() is NEED_DATA
    end.receive_data(line[wrong : wrong + 1])
    with pytest.raises(RemoteFrameError) as caught:
        end.next_event()
    assert caught.value.frame_code in {"bad_magic", "bad_version"}
