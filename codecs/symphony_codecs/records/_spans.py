"""Where documents lie in a stream: blocks of bytes in, spans and faults out, without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeAlias, TypeVar

import attrs

from typing_extensions import Buffer

from ..framing._limits import SAMPLE_SIZE
from ..framing.errors import NeedData, RemoteFrameError
from ..framing.framings import get_framing


__all__ = ["Fault", "Placed", "PlainSplitter", "Span", "Splitter", "scan_spans"]

D = TypeVar("D")

Placed: TypeAlias = tuple[int, int, D]
"""Where a document begins, how many bytes it takes with the framing's own, and the document."""

Span: TypeAlias = Placed[bytes]


@attrs.frozen
class Fault:
    """
    Bytes that are no document.

    Args:
        offset: Where they begin.
        size: How many they are; 0 if nothing tells where they end, so that nothing follows.
        error: What is wrong with them.
        data: The first 256 of them; all of what the end of the stream has cut off.
        unended: Whether they are a last line without its end, which may be a whole document.
    """

    offset: int
    size: int
    error: RemoteFrameError
    data: bytes = attrs.field(default=b"", repr=lambda data: f"<{len(data)} bytes>")
    unended: bool = False


class Splitter(Protocol[D]):
    """A splitter of a stream; each iterator has to be used up before the next call."""

    @property
    def offset(self) -> int:
        """Where the next span or fault begins."""
        ...

    def feed(self, block: bytes) -> Iterator[list[Placed[D]] | Fault]:
        """Yield what *block* completes."""
        ...

    def feed_eof(self) -> Iterator[list[Placed[D]] | Fault]:
        """Yield what the end of the stream completes."""
        ...


class PlainSplitter:
    """
    Takes a stream of plain documents apart.

    Args:
        framing: The framing's name.
        max_record: The longest document, in bytes, 1 to 2^32 - 1.
        offset: Where the stream begins.

    Raises:
        UnknownFramingError: There is no such framing.
        FieldError: *max_record* is out of its range.
    """

    def __init__(self, framing: str, *, max_record: int, offset: int = 0) -> None:
        self._base = offset
        self._decoder = get_framing(framing).decoder(max_message=max_record)
        self._ended = False

    @property
    def offset(self) -> int:
        """Where the next span or fault begins."""
        error = self._decoder.error
        return self._base + (self._decoder.offset if error is None or error.offset is None else error.offset)

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
        while not self._ended:
            if decoder.error is None:
                try:
                    spans = decoder.take_spans()
                except RemoteFrameError:
                    spans = []
                if spans:
                    yield [(self._base + offset, size, data) for offset, size, data in spans] if self._base else spans
            if decoder.error is None:
                return
            fault = self._skip(decoder.error)
            if fault is None:
                return
            yield fault

    def _skip(self, error: RemoteFrameError) -> Fault | None:
        """Return the fault once the decoder has gone on behind it, or cannot."""
        decoder, offset = self._decoder, self.offset
        if error.frame_code == "truncated":
            data = decoder.trailing_data
            decoder.resume()
            return Fault(offset, len(data), error, data, unended=decoder.name == "newline")
        try:
            size = decoder.resume()
        except RemoteFrameError:
            self._ended = True
            # There may be a whole block.
            return Fault(offset, 0, error, decoder.trailing_data[:SAMPLE_SIZE])
        return None if isinstance(size, NeedData) else Fault(offset, size, error, decoder.skipped)


def scan_spans(
    blocks: Iterable[Buffer], *, framing: str, max_record: int, offset: int = 0
) -> Iterator[list[Span] | Fault]:
    """
    Yield lists of the documents in *blocks*, and what is none between them.

    Args:
        blocks: The stream, in pieces of any size.
        framing: The framing's name.
        max_record: See `PlainSplitter`.
        offset: See there.

    Raises:
        UnknownFramingError: There is no such framing.
        FieldError: *max_record* is out of its range.
    """
    return _scan(PlainSplitter(framing, max_record=max_record, offset=offset), blocks)


def _scan(splitter: PlainSplitter, blocks: Iterable[Buffer]) -> Iterator[list[Span] | Fault]:
    for block in blocks:
        yield from splitter.feed(block)
    yield from splitter.feed_eof()
