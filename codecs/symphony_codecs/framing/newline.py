"""
One document a line: NDJSON, also named JSON Lines, as logs hold it and MCP speaks it over stdio.

Sources: https://github.com/ndjson/ndjson-spec, https://jsonlines.org, and the
stdio transport of https://modelcontextprotocol.io/specification.

- A line ends with LF; one CR before it is dropped, so CRLF is taken as well.
- Empty lines are skipped, and so is CR before a document; so no empty document
  is sent.
- A line without its end when the stream ends is ``truncated``: ``12`` may be
  the beginning of ``123``.
- A document with LF or CR in it is not sent, since CR alone ends a line to some
  readers, such as Python's text files.  The decoder leaves CR where it is.
- A line that is the first of an HTTP request ends the stream (``syntax``).
- A decoder that is to go on after a fault does so at the next line.
"""

from __future__ import annotations

import re

from operator import itemgetter
from typing import Final

from typing_extensions import Buffer

from ._streams import StreamDecoder, StreamEncoder
from .errors import LocalFrameError, RemoteFrameError


__all__ = ["NewlineDecoder", "NewlineEncoder"]

_END: Final = b"\n"
_CR: Final = b"\r"
_CRLF: Final = b"\r\n"
_HTTP: Final = b" HTTP/"
_FIRST: Final = itemgetter(0)
_NO_METHODS: Final = frozenset(b'{["')  # most documents begin with one of these
_LINE_BREAKS: Final = re.compile(rb"[\r\n]*")


class NewlineEncoder(StreamEncoder):
    """Writes one document a line; see `StreamEncoder`."""

    __slots__ = ()

    name = "newline"

    def _wrap(self, payload: Buffer, size: int) -> list[Buffer]:
        if not size:
            raise LocalFrameError("syntax", "expected a document, got an empty one, which would be skipped")
        document = payload if isinstance(payload, bytes) else bytes(payload)
        for byte, what in ((_END, "LF"), (_CR, "CR")):
            if byte in document:
                raise LocalFrameError(
                    "syntax", f"expected a document on one line, got {what} at byte {document.index(byte)} of it"
                )
        return [payload, _END]


class NewlineDecoder(StreamDecoder):
    """Reads one document a line; see `StreamDecoder`."""

    __slots__ = ()

    name = "newline"

    def _take_block(self) -> tuple[list[bytes], int]:
        buffer = self._buffer
        begin = buffer.start
        last = buffer.data.rfind(_END, begin + self._searched)
        if self.error is not None or last < 0:
            return [], 0
        block, end = buffer.slice(begin, last), _END
        if _CR in block:
            end, block = _CRLF, block[:-1]  # of all lines, or they are looked at one by one
            ends = block.count(end)
            if not buffer.data.endswith(end, begin, last + 1) or not block.count(_CR) == block.count(_END) == ends:
                return [], 0
        lines = block.split(end)
        if not all(lines) or (len(block) > self.max_message and max(map(len, lines)) > self.max_message):
            return [], 0
        # To look for a request costs more than to split lines, so it is done where one may begin.
        if not _NO_METHODS.issuperset(map(_FIRST, lines)) and _HTTP in block:
            return [], 0
        self._drop(last + 1 - begin)
        return lines, len(end)

    def _find(self) -> tuple[int, int, int] | None:
        buffer = self._buffer
        if buffer.data.startswith((_END, _CR), buffer.start):
            skipped = _LINE_BREAKS.match(buffer.data, buffer.start)
            assert skipped is not None  # the pattern matches nothing as well
            self._drop(skipped.end() - buffer.start)
        data, begin = buffer.data, buffer.start
        newline = data.find(_END, begin + self._searched)
        line = newline if newline >= 0 else len(data)
        # Without its LF the line is this long at least: a CR at the end may be a part of it or of its end.
        end = line - data.endswith(_CR, begin, line)
        self._check_size(end - begin)
        if newline < 0:
            self._searched = line - begin
            return None
        self._check_http(0, newline + 1 - begin)
        return 0, end - begin, newline + 1 - begin

    def _skip(self, error: RemoteFrameError) -> bool:
        return self._forget_until(_END, 0, with_mark=True)
