"""Where records lie in a stream of a plain framing: blocks of bytes in, spans and faults out, without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import attrs

from typing_extensions import Buffer

from ..framing.errors import NeedData, RemoteFrameError
from ..framing.framings import Framing, get_framing


__all__ = ["Fault", "Span", "SpanSplitter", "scan_spans"]

Span: TypeAlias = tuple[int, int, bytes]
"""A record's offset, its size with the framing, and its document."""


@attrs.frozen
class Fault:
    """
    Bytes that are no record.

    Args:
        offset: Where they begin.
        size: How many they are; 0 if nothing tells where they end, and so nothing follows.
        error: What is wrong with them.
        data: What there is of the document, where the stream ends in it.
    """

    offset: int
    size: int
    error: RemoteFrameError
    data: bytes = b""


class SpanSplitter:
    """
    Takes a stream apart, block by block.

    Args:
        framing: How records follow one another.
        max_record: The longest document, in bytes, 1 to 2^32 - 1.
        offset: Where the stream begins, for the offsets of spans.

    Raises:
        FieldError: *max_record* is out of its range.
    """

    def __init__(self, framing: Framing, *, max_record: int, offset: int = 0) -> None:
        self._decoder = framing.decoder(max_message=max_record)
        self._decoder.offset = offset

    @property
    def offset(self) -> int:
        """Where the record under way begins."""
        return self._decoder.offset

    def feed(self, block: Buffer) -> Iterator[list[Span] | Fault]:
        """Yield what *block* completes."""
        self._decoder.feed(block)
        return self._take()

    def feed_eof(self) -> Iterator[list[Span] | Fault]:
        """Yield what the end of the stream completes."""
        self._decoder.feed_eof()
        return self._take()

    def _take(self) -> Iterator[list[Span] | Fault]:
        decoder = self._decoder
        if decoder.error is not None:
            return
        spans: list[Span] = []
        while True:
            start = decoder.offset
            try:
                message = decoder.next_message()
            except RemoteFrameError as error:
                if spans:
                    yield spans
                yield self._fault(error)
                return
            if isinstance(message, NeedData):
                break
            spans.append((start, decoder.offset - start, bytes(message)))
        if spans:
            yield spans

    def _fault(self, error: RemoteFrameError) -> Fault:
        rest = self._decoder.trailing_data if error.frame_code == "truncated" else b""
        return Fault(self._decoder.offset, len(rest), error, rest)


def scan_spans(
    blocks: Iterable[Buffer], *, framing: str, max_record: int, offset: int = 0
) -> Iterator[list[Span] | Fault]:
    """
    Yield lists of the records in *blocks*, and what is none between them.

    Args:
        blocks: The stream, in pieces of any size.
        framing: The framing's name.
        max_record: See `SpanSplitter`.
        offset: See there.

    Raises:
        UnknownFramingError: There is no such framing.
        FieldError: *max_record* is out of its range.
    """
    splitter = SpanSplitter(get_framing(framing), max_record=max_record, offset=offset)
    return _scan(splitter, blocks)


def _scan(splitter: SpanSplitter, blocks: Iterable[Buffer]) -> Iterator[list[Span] | Fault]:
    for block in blocks:
        yield from splitter.feed(block)
    yield from splitter.feed_eof()
