r"""
Documents behind a header that has their length in bytes: the base protocol of LSP, and of DAP.

Source: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol

::

    Content-Length: 44\r\n
    \r\n
    {"jsonrpc":"2.0","id":1,"method":"shutdown"}

The header is as in HTTP (RFC 9110, section 5): names in any case, blanks
around values dropped, unknown fields ignored.  Where HTTP readers differ, and a
peer could so hide a message in another, this one refuses: every line ends with
CRLF, nothing is folded, a length is ASCII digits, and the same if it comes
twice.  ``Content-Type`` is not written; its charset, if it has one, is UTF-8.

A decoder that is to go on after a document that is too long skips as many bytes
as its length says; after a faulty header it cannot.
"""

from __future__ import annotations

import re

from typing import Final

from typing_extensions import Buffer

from ._limits import DEFAULT_MAX_MESSAGE
from ._streams import StreamDecoder, StreamEncoder
from .errors import RemoteFrameError


__all__ = ["ContentLengthDecoder", "ContentLengthEncoder"]

# Two fields are some 80 bytes; Go and h11 allow far more for a browser's.
_MAX_HEADER: Final = 4096

_EOL: Final = b"\r\n"
_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e]*)")
# LSP: "utf8" is what older ends wrote, and readers take it.
_CHARSETS: Final = (b"utf-8", b"utf8")
_MAX_SHOWN: Final = 60


class ContentLengthEncoder(StreamEncoder):
    """Writes documents behind a ``Content-Length``; see `StreamEncoder`."""

    __slots__ = ()

    name = "content-length"

    def _wrap(self, payload: Buffer, size: int) -> list[Buffer]:
        header = b"Content-Length: %d\r\n\r\n" % size
        return [header, payload] if size else [header]


class ContentLengthDecoder(StreamDecoder):
    """Reads documents behind a ``Content-Length``, in a header of at most 4096 bytes; see `StreamDecoder`."""

    __slots__ = ("_body", "_line", "_size")

    name = "content-length"

    def __init__(self, *, max_message: int = DEFAULT_MAX_MESSAGE) -> None:
        super().__init__(max_message=max_message)
        self._line = 0  # where the header's line under way starts
        self._size: int | None = None  # what the header says
        self._body = 0  # where the document starts; 0 before the header has ended

    def _find(self) -> tuple[int, int, int] | None:
        if not self._body:
            self._read_header()
        if not self._body or self._size is None:
            return None
        end = self._body + self._size
        return (self._body, end, end) if len(self._buffer) >= end else None

    def _drop(self, count: int) -> None:
        super()._drop(count)
        self._line = self._body = 0
        self._size = None

    def _skip(self, error: RemoteFrameError) -> bool:
        # Not a header that is too long, nor one in which something else is wrong behind the length.
        if error.frame_code != "too_large" or self._size is None or self._size <= self.max_message:
            return super()._skip(error)
        if not self._body:
            try:
                self._read_header()
            except RemoteFrameError:
                return super()._skip(error)
        return bool(self._body) and self._forget_total(self._body + self._size)

    def _read_header(self) -> None:
        """Read the lines that are there, each once."""
        buffer, data, begin = self._buffer, self._buffer.data, self._buffer.start
        while (newline := data.find(b"\n", begin + self._searched, begin + _MAX_HEADER)) >= 0:
            line = buffer.slice(begin + self._line, newline + 1)
            self._line = self._searched = newline + 1 - begin
            if line == _EOL:
                if self._size is None:
                    raise self._refusal("syntax", "expected Content-Length in the header, got none")
                self._body = self._line
                return
            self._read_field(line)
        if len(buffer) >= _MAX_HEADER:
            raise self._refusal("too_large", f"expected a header of at most {_MAX_HEADER} bytes, got more")
        self._searched = len(buffer)

    def _read_field(self, line: bytes) -> None:
        field = _FIELD.fullmatch(line.removesuffix(_EOL))  # a field does not hold a bare LF
        if field is None:
            self._check_http(self._line - len(line), self._line)
            shown = repr(line[:_MAX_SHOWN])[1:] + ("..." if len(line) > _MAX_SHOWN else "")
            raise self._refusal("syntax", f"expected a header field that ends with CRLF, got {shown}")
        name, value = field[1].lower(), field[2].strip(b" \t")
        if name == b"content-length":
            self._read_length(value)
        elif name == b"content-type":
            self._check_charset(value)

    def _read_length(self, value: bytes) -> None:
        if not value.isdigit():  # of bytes: ASCII alone
            raise self._refusal("syntax", f"expected digits for Content-Length, got {repr(value[:_MAX_SHOWN])[1:]}")
        digits = value.lstrip(b"0") or b"0"
        # Beyond 20 digits it is too long whatever they are; int() takes quadratic time, and refuses to for thousands.
        size, first = int(digits[:20]), self._size
        if first is None:
            self._size = size
        self._check_size(size)
        if first not in {None, size}:
            raise self._refusal("syntax", f"expected one Content-Length, got {first} and {size}")

    def _check_charset(self, value: bytes) -> None:
        for parameter in value.split(b";")[1:]:
            name, _, charset = parameter.partition(b"=")
            if name.strip(b" \t").lower() == b"charset" and charset.strip(b' \t"').lower() not in _CHARSETS:
                raise self._refusal("syntax", f"expected the charset utf-8, got {repr(charset[:_MAX_SHOWN])[1:]}")
