"""
Documents one after the other with nothing between them: MessagePack, and CBOR sequences (RFC 8742).

Such a document says itself where it ends.

- A document that is not well-formed ends the stream (``syntax``): nobody can
  tell where the next one begins.  One with more than 1024 arrays, maps and tags
  inside each other ends it too (``too_large``).
- A decoder that is to go on after a document that is too long looks for its end
  as for any other's; after one that is not well-formed it cannot.
- Only single documents are sent.
- An HTTP request at the start of the stream ends it (``syntax``).  Its letters
  are small numbers in MessagePack, and texts in CBOR, so a first document that
  begins with a byte below 0x80 comes once it cannot be a request's line; maps
  and arrays come at once.
"""

from __future__ import annotations

import re

from typing import ClassVar, Final

from typing_extensions import Buffer

from ..executor import end_of, make_scanner
from ..formats._extents import BEYOND, LEVELS, MALFORMED, NEED, TOO_DEEP
from ._limits import DEFAULT_MAX_MESSAGE
from ._streams import StreamDecoder, StreamEncoder
from .errors import LocalFrameError, RemoteFrameError


__all__ = ["CborSequenceDecoder", "CborSequenceEncoder", "MessagePackSequenceDecoder", "MessagePackSequenceEncoder"]

_ANY_SIZE: Final = 2**62
_LONGEST_LINE: Final = 8192  # of a request that is recognized here; the limit of most web servers
# As much of a request's line as may be there.
_REQUEST_BEGUN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]*(?: [^ \r\n]*(?: [HTP/0-9.]*\r?)?)?")
_NAMES: Final = {"msgpack": "MessagePack", "cbor": "CBOR"}


class _SequenceEncoder(StreamEncoder):
    __slots__ = ()

    layout: ClassVar[str]

    def _wrap(self, payload: Buffer, size: int) -> list[Buffer]:
        end = end_of(self.layout, payload if isinstance(payload, bytes) else memoryview(payload).cast("B"))
        if end != size or not size:
            what = "an empty one" if not size else "another" if end is None else f"one that ends at byte {end}"
            raise LocalFrameError("syntax", f"expected a document of {_NAMES[self.layout]}, got {what}")
        return [payload]


class MessagePackSequenceEncoder(_SequenceEncoder):
    """Writes documents of MessagePack one after the other; see `StreamEncoder`."""

    __slots__ = ()

    name = "msgpack-sequence"
    layout = "msgpack"


class CborSequenceEncoder(_SequenceEncoder):
    """Writes documents of CBOR one after the other; see `StreamEncoder`."""

    __slots__ = ()

    name = "cbor-sequence"
    layout = "cbor"


class _SequenceDecoder(StreamDecoder):
    __slots__ = ("_code", "_may_be_request", "_scanner")

    layout: ClassVar[str]

    def __init__(self, *, max_message: int = DEFAULT_MAX_MESSAGE) -> None:
        super().__init__(max_message=max_message)
        self._scanner = make_scanner(self.layout)
        self._code = NEED  # why the scanner has gone no further
        self._may_be_request = True

    def _take_block(self) -> tuple[list[bytes], int]:
        if self.error is not None or self._may_be_request:
            return [], 0
        buffer = self._buffer
        begin = buffer.start
        messages, code = self._scanner.split(buffer.data, begin, self._searched, self.max_message)
        taken = sum(map(len, messages))
        self._note(code, begin + taken)
        if messages:
            searched = self._searched
            self._drop(taken)
            self._searched = searched
        return messages, 0

    def _find(self) -> tuple[int, int, int] | None:
        buffer, most = self._buffer, self.max_message
        if self._may_be_request and self._begins_request():
            return None
        begin = buffer.start
        if self._code == NEED:
            searched = self._searched
            stop = min(len(buffer.data), begin + most)
            found = self._scanner.find(buffer.data, begin + searched, stop, most - searched)
            if found >= 0:
                return 0, found - begin, found - begin
            self._note(found, begin)
        if self._code == MALFORMED:
            shown = f"byte 0x{buffer.data[begin + self._searched]:02x} at byte {self._searched} of it"
            raise self._refusal("syntax", f"expected a document of {_NAMES[self.layout]}, got {shown}")
        if self._code == TOO_DEEP:
            raise self._refusal("too_large", f"expected at most {LEVELS} levels of nesting, got more")
        self._check_size(most + 1 if self._code == BEYOND else len(buffer))
        return None

    def _skip(self, error: RemoteFrameError) -> bool:
        if error.frame_code != "too_large" or self._code == TOO_DEEP:
            return super()._skip(error)
        if not self._skipped:
            self._scanner.reset()
        buffer = self._buffer
        found = self._scanner.find(buffer.data, buffer.start, len(buffer.data), _ANY_SIZE)
        if found < 0 and found != NEED:
            return super()._skip(error)
        self._code = NEED
        self._forget(len(buffer) if found < 0 else found - buffer.start)
        return bool(found >= 0)

    def _note(self, code: int, begin: int) -> None:
        """Remember why there is no more of the document at *begin*, and how far the scanner has looked."""
        self._code = code
        self._searched = (
            self._scanner.at - begin if code == MALFORMED else min(len(self._buffer.data) - begin, self.max_message)
        )

    def _begins_request(self) -> bool:
        """Refuse an HTTP request at the start of the stream, and return whether what is there may become one."""
        self._check_http(0, _LONGEST_LINE)
        buffer = self._buffer
        self._may_be_request = (
            len(buffer) < _LONGEST_LINE
            and not self._ended
            and _REQUEST_BEGUN.fullmatch(buffer.data, buffer.start) is not None
        )
        return self._may_be_request


class MessagePackSequenceDecoder(_SequenceDecoder):
    """Reads documents of MessagePack one after the other; see `StreamDecoder`."""

    __slots__ = ()

    name = "msgpack-sequence"
    layout = "msgpack"


class CborSequenceDecoder(_SequenceDecoder):
    """Reads documents of CBOR one after the other; see `StreamDecoder`."""

    __slots__ = ()

    name = "cbor-sequence"
    layout = "cbor"
