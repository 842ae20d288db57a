r"""
JSON text sequences (RFC 7464): each document between RS, the byte 0x1e, and LF.

No JSON text has RS in it, so readers find the next document whatever is wrong
with one.

- A document comes with the first LF behind it; without that with the next RS or
  the end of the stream, if it shows its own end: an array, an object or a text
  does; a number or a word needs a blank, since ``12`` may be the beginning
  of ``123`` (section 2.4).
- Anything from RS to RS that is not a document comes with the RS behind it, so
  that no codec takes it: documents that were cut off, that have no RS before them, or
  something behind them.  The next document is unharmed.
- Empty ones are skipped, as are blanks around them.
- Anything but blanks before the first RS ends the stream (``syntax``), as an HTTP
  request does.
- A document that is cut off by the end of the stream is ``truncated``.
- A decoder that is to go on after a fault does so at the next RS.
- Only single documents are sent.
"""

from __future__ import annotations

import re

from typing import Final

from typing_extensions import Buffer

from ..executor import end_of, make_scanner
from ..formats._extents import MALFORMED, NEED
from ._limits import DEFAULT_MAX_MESSAGE
from ._streams import StreamDecoder, StreamEncoder
from .errors import LocalFrameError, RemoteFrameError


__all__ = ["JsonSequenceDecoder", "JsonSequenceEncoder"]

_RS: Final = b"\x1e"
_LF: Final = b"\n"
_BLANKS: Final = re.compile(rb"[ \t\r]*")
_ALL_BLANKS: Final = re.compile(rb"[ \t\r\n]*")


class JsonSequenceEncoder(StreamEncoder):
    """Writes documents between RS and LF; see `StreamEncoder`."""

    __slots__ = ()

    name = "json-sequence"

    def _wrap(self, payload: Buffer, size: int) -> list[Buffer]:
        document = payload if isinstance(payload, bytes) else bytes(payload)
        if _RS in document:
            raise LocalFrameError(
                "syntax", f"expected a document without RS, got it at byte {document.index(_RS)} of it"
            )
        end = end_of("json", document)
        if end is None or (end < size and _ALL_BLANKS.fullmatch(document, end) is None):
            what = "another" if end is None else f"one that ends at byte {end}"
            raise LocalFrameError("syntax", f"expected a document of JSON, got {what}")
        return [_RS, payload, _LF]


class JsonSequenceDecoder(StreamDecoder):
    """Reads documents between RS and LF; see `StreamDecoder`."""

    __slots__ = ("_begun", "_found", "_scanner")

    name = "json-sequence"

    def __init__(self, *, max_message: int = DEFAULT_MAX_MESSAGE) -> None:
        super().__init__(max_message=max_message)
        self._scanner = make_scanner("json")
        self._begun = False  # a document was taken
        self._found = NEED  # where the document under way ends, once that is known; else why it is not

    def _take_block(self) -> tuple[list[bytes], int]:
        if self._searched or self.error is not None:
            return [], 0
        buffer = self._buffer
        messages, end = self._scanner.split_texts(buffer.data, buffer.start, self.max_message)
        if messages:
            self._begun = True
            self._drop(end - buffer.start)
        return messages, len(_RS + _LF)

    def _find(self) -> tuple[int, int, int] | None:
        while self._searched or self._begin():
            data, begin = self._buffer.data, self._buffer.start
            start = int(data.startswith(_RS, begin))
            stop = data.find(_RS, begin + self._searched)
            is_closed = stop >= 0
            if not is_closed:
                stop = len(data)
            end = self._find_end(begin, stop, start + self.max_message)
            if end is not None:
                self._check_size(end - start)
                return start, end, min(end + 1, stop - begin)
            size = stop - begin
            self._check_size(size - start)
            if is_closed and self._found == NEED and _ALL_BLANKS.fullmatch(data, begin + 1, stop):
                self._drop(size)
            elif is_closed:
                return start, size + 1, size
            elif self._ended and self._found > 0:
                return start, size, size
            else:
                self._searched = size
                return None
        return None

    def _begin(self) -> bool:
        """Drop blanks before a document, and return whether there is something behind them."""
        buffer = self._buffer
        blanks = _ALL_BLANKS.match(buffer.data, buffer.start)
        assert blanks is not None  # the pattern matches nothing as well
        if blanks.end() > buffer.start:
            self._drop(blanks.end() - buffer.start)
        if not buffer:
            return False
        if not buffer.data.startswith(_RS, buffer.start):
            if not self._begun:
                first = buffer.data[buffer.start]
                raise self._refusal("syntax", f"expected RS, the byte 0x1e, before a document, got 0x{first:02x}")
            self._found = MALFORMED
        self._begun = True
        self._searched = 1
        return True

    def _find_end(self, begin: int, stop: int, most: int) -> int | None:
        """Return where the document at *begin* ends, if all of it is there and it is one, counted from there."""
        data = self._buffer.data
        if self._found == NEED:
            # A number ends with what follows it: one byte more than a document may have.
            found = self._scanner.find(data, begin + self._searched, min(stop, begin + most + 1), most)
            self._found = found - begin if found >= 0 else found
        if self._found < 0:
            return None
        blanks = _BLANKS.match(data, begin + max(self._found, self._searched), stop)
        assert blanks is not None  # as above
        at = blanks.end()
        if at == stop:
            return stop - begin if data.startswith(_RS, stop) else None
        if data.startswith(_LF, at):
            return at - begin
        self._found = MALFORMED
        return None

    def _drop(self, count: int) -> None:
        super()._drop(count)
        self._scanner.reset()
        self._found = NEED

    def _skip(self, error: RemoteFrameError) -> bool:
        self._begun = True
        return self._forget_until(_RS, int(not self._skipped), with_mark=False)
