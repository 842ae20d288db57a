"""Blocks of bytes in, values out: documents are decoded where they lie in a block, as far as all is well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from typing_extensions import Buffer

from ..codec import Codec
from ..executor import Documents, document_reader
from ..framing.framings import get_framing
from ._spans import Fault, PlainSplitter, Span, scan_spans


__all__ = ["Decoded", "DecodingSplitter"]

_NEWLINE: Final = "newline"
_FRAMINGS: Final = {"json": _NEWLINE, "msgpack": "msgpack-sequence", "cbor": "cbor-sequence"}
_FIRST_BINARY: Final = 0x80
"""From here on a byte begins no request of HTTP, which sequences refuse at their start."""


@attrs.define(eq=False)
class Decoded:
    """
    Documents that are read as their values are asked for, which has to be before what comes next is asked for.

    Args:
        values: The values.
        splitter: What has yielded this.
        data: The block.
        offset: Where it begins in the stream.
    """

    values: Documents
    splitter: DecodingSplitter
    data: bytes
    offset: int

    def spans(self, start: int = 0) -> list[Span]:
        """Return the documents whose values were returned, from *start* of the block on."""
        splitter = self.splitter
        data = self.data[start : self.values.at]
        offset = self.offset + start
        found = scan_spans([data], framing=splitter.framing, max_record=splitter.max_record, offset=offset)
        return [span for batch in found if not isinstance(batch, Fault) for span in batch]


class DecodingSplitter(PlainSplitter):
    """
    Takes a stream of plain documents apart, and decodes most of them: what it yields as spans is still to be decoded.

    Args:
        framing: As for `PlainSplitter`, as are *max_record* and *offset*.
        max_record: See there.
        offset: See there.
        codec: The format of the documents.
        decode: What reads them, `Codec.decoder` of it.

    Raises:
        UnknownFramingError: As for `PlainSplitter`.
        FieldError: See there.
    """

    def __init__(
        self, framing: str, *, max_record: int, codec: Codec, decode: Callable[[Any], Any], offset: int = 0
    ) -> None:
        super().__init__(framing, max_record=max_record, offset=offset)
        self._read = document_reader(decode) if _FRAMINGS.get(codec.format.layout or "") == framing else None
        self._fed = 0  # bytes of the stream
        self.framing: Final = framing
        self.max_record: Final = max_record

    def feed(self, block: Buffer) -> Iterator[Any]:
        """Yield what *block* completes."""
        read = self._read
        if read is None:
            yield from super().feed(block)
            return
        data = block if isinstance(block, bytes) else bytes(block)
        decoder = self._decoder
        held = self._fed - decoder.offset
        self._fed += len(data)
        if decoder.error is not None or held > len(data):
            # A long record, of which every byte is looked at once.
            yield from super().feed(data)
            return
        offset = decoder.offset
        if held:
            data = decoder.trailing_data + data
            decoder = self._decoder = get_framing(self.framing).decoder(max_message=self.max_record)
        at = 0
        if offset or self.framing == _NEWLINE or (data and data[0] >= _FIRST_BINARY):
            documents = read(data, 0, self.max_record)
            yield Decoded(documents, self, data, self._base + offset)
            at = documents.at
        decoder.offset = offset + at
        if at < len(data):
            yield from super().feed(data[at:])
