"""
Documents behind their length: 32 bits, unsigned, big-endian, not counting themselves.

It is what tokio-util's ``LengthDelimitedCodec`` reads and writes by default,
except for the limit, which there is 8 MiB.  A document may be empty.

The first four letters of an HTTP request are a length of more than a gigabyte.
A decoder that is to go on after a document that is too long skips as many bytes
as its length says; after an HTTP request it cannot.
"""

from __future__ import annotations

import re
import struct

from typing import Final

from typing_extensions import Buffer

from ._streams import StreamDecoder, StreamEncoder
from .errors import RemoteFrameError


__all__ = ["LengthPrefixedDecoder", "LengthPrefixedEncoder"]

_LENGTH: Final = struct.Struct(">I")
_LONGEST_LINE: Final = 8192  # of a request that is recognized here; the limit of most web servers
_METHOD: Final = re.compile(rb"[A-Z]{4}|[A-Z]{3} ")


class LengthPrefixedEncoder(StreamEncoder):
    """Writes documents behind their length; see `StreamEncoder`."""

    __slots__ = ()

    name = "length-prefixed"

    def _wrap(self, payload: Buffer, size: int) -> list[Buffer]:
        return [_LENGTH.pack(size), payload] if size else [_LENGTH.pack(0)]


class LengthPrefixedDecoder(StreamDecoder):
    """Reads documents behind their length, which is checked before they come; see `StreamDecoder`."""

    __slots__ = ("_size",)

    name = "length-prefixed"

    def _find(self) -> tuple[int, int, int] | None:
        buffer = self._buffer
        if len(buffer) < _LENGTH.size:
            return None
        (size,) = _LENGTH.unpack_from(buffer.data, buffer.start)
        if size > self.max_message and _METHOD.match(buffer.data, buffer.start):
            raise self._http()
        self._check_size(size)
        self._check_http(0, _LONGEST_LINE)
        end = _LENGTH.size + size
        return (_LENGTH.size, end, end) if len(buffer) >= end else None

    def _skip(self, error: RemoteFrameError) -> bool:
        if error.frame_code != "too_large":
            return super()._skip(error)
        if not self._skipped:
            self._size = int.from_bytes(self._buffer.slice(self._buffer.start, self._buffer.start + _LENGTH.size))
        return self._forget_total(_LENGTH.size + self._size)
