"""Documents of a plain framing as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from ...codec import Codec
from ...errors import DecodeError
from ...records._spans import Fault, Span, scan_spans
from ...records.capture import SAMPLE_SIZE
from .payloads import PayloadReader
from .rows import Row
from .summary import Summary
from .walk import Walk


__all__ = ["DocumentWalk"]


class DocumentWalk(Walk[Span | Fault]):
    """
    Documents, and damage between them.

    Args:
        blocks: The bytes.
        framing: The name of the framing.
        codec: What documents are in.
        reader: What makes JSON of them.
        limit: The longest document, in bytes.
        is_typed: Whether a summary reads documents.
    """

    def __init__(
        self, blocks: Iterable[bytes], framing: str, codec: Codec, reader: PayloadReader, limit: int, *, is_typed: bool
    ) -> None:
        super().__init__(framing, reader)
        self._blocks = blocks
        self._codec = codec
        self._limit = limit
        self._is_typed = is_typed

    def found(self, summary: Summary | None = None) -> Iterator[Span | Fault]:
        """Yield documents and damage."""
        blocks = iter(self._blocks)
        for found in scan_spans(blocks, framing=self.framing, max_record=self._limit):
            if isinstance(found, list):
                yield from found
            elif self._is_document(found):
                yield found.offset, found.size, found.data
            elif not found.size:
                yield attrs.evolve(found, data=_filled(found.data, blocks))
            else:
                yield found

    def _is_document(self, fault: Fault) -> bool:
        """Tell whether a last line without its end is a whole document."""
        if not fault.unended:
            return False
        try:
            self._codec.decode(fault.data, Any)
        except DecodeError:
            return False
        return True

    def end(self, item: Span | Fault) -> int:
        """Return where a document or damage ends."""
        return item.offset + item.size if isinstance(item, Fault) else item[0] + item[1]

    def show(self, item: Span | Fault) -> Row | None:
        """Take the next document or damage."""
        row = self._row(item)
        self.count += not isinstance(item, Fault)
        self.wrong += bool(row.problems)
        return row

    def add(self, summary: Summary, item: Span | Fault) -> bool:
        """Take the next document or damage into a summary."""
        if isinstance(item, Fault):
            summary.damage(item.offset, item.size, item.error)
            return True
        document = item[2]
        summary.document(document, len(document))
        if self._is_typed:
            summary.problems(self._row(item).problems)
        return True

    def payloads(self, items: Iterable[Any]) -> Iterator[tuple[bytes, Codec]]:
        """Yield documents."""
        return ((document, self._codec) for document in items)

    def _row(self, item: Span | Fault) -> Row:
        if isinstance(item, Fault):
            return Row.of_damage(item.offset, item.size or None, item.error, item.data[:SAMPLE_SIZE])
        offset, size, document = item
        row = Row(offset, size, "MESSAGE", {"format": self._codec.name})
        row.take(self._reader.read(document, self._codec), document)
        return row


def _filled(data: bytes, blocks: Iterator[bytes]) -> bytes:
    """Return the first bytes of what nothing follows, wherever the stream was cut."""
    while len(data) < SAMPLE_SIZE and (block := next(blocks, None)) is not None:
        data += block
    return data[:SAMPLE_SIZE]
