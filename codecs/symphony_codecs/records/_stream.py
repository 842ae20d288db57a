"""Blocks of bytes in, records out, without I/O: what the blocking and the asynchronous functions share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

from symphony_types.traits.validatable import Issue

from ..errors import DecodeError, stack_error
from ..framing.errors import RemoteFrameError
from ..framing.framings import get_framing
from ._inflate import inflater
from ._layout import Layout
from ._spans import Fault, Span, SpanSplitter
from .errors import RecordError
from .record import Record


__all__ = ["RecordStream"]

T = TypeVar("T")


class RecordStream(Generic[T]):
    """
    The records of one stream.

    Args:
        layout: What the stream is made of.
        as_type: What to read each record as.
        max_record: The longest document, in bytes; ``None``: what the codec allows.

    Raises:
        DecodeError: There is no way to read the type.
        FieldError: *max_record* is out of its range.

    Attributes:
        index: How many records were yielded.
        ended: Whether nothing more can be read.
    """

    def __init__(self, layout: Layout, as_type: Any, *, max_record: int | None) -> None:
        codec = layout.codec
        self._format: Final = codec.name
        self._as_type: Final = as_type
        self._decode: Final[Callable[[bytes], T]] = codec.decoder(as_type)
        limit = codec.options.limits.max_size if max_record is None else max_record
        self._spans: Final = SpanSplitter(get_framing(layout.framing), max_record=limit)
        self._inflater: Final = inflater(layout.compression)
        self._takes_rest: Final = layout.framing == "newline"
        self.index = 0
        self.ended = False

    def values(self, block: bytes | None) -> Iterator[T]:
        """Yield the values that *block* completes, or the end of the stream (``None``); `RecordError` for a bad one."""
        decode = self._decode
        for batch in self._batches(block):
            if isinstance(batch, Fault):
                yield self._faulty(batch).result()
                continue
            for index, span in enumerate(batch, self.index):
                try:
                    value = decode(span[2])
                except (DecodeError, RecursionError) as exc:
                    raise self._refusal(exc, span, index) from exc
                yield value
            self.index += len(batch)

    def records(self, block: bytes | None) -> Iterator[Record[T]]:
        """Yield the records that *block* completes, or the end of the stream (``None``)."""
        for batch in self._batches(block):
            if isinstance(batch, Fault):
                yield self._faulty(batch)
                continue
            for span in batch:
                yield self._record(span)

    def fail(self, error: RemoteFrameError) -> Record[T]:
        """Return the last record, for a source that cannot be read on."""
        self.ended = True
        return self._faulty(Fault(self._spans.offset, 0, error))

    def _batches(self, block: bytes | None) -> Iterator[list[Span] | Fault]:
        """Yield what *block* holds; of a compressed stream that is damaged what comes before, then the fault."""
        try:
            if self._inflater is None:
                if block is not None:
                    yield from self._spans.feed(block)
            elif block is not None:
                for inflated in self._inflater.feed(block):
                    yield from self._spans.feed(inflated)
            else:
                self._inflater.feed_eof()
        except RemoteFrameError as error:
            self.ended = True
            yield Fault(self._spans.offset, 0, error)
            return
        if block is None and not self.ended:
            self.ended = True
            yield from self._spans.feed_eof()

    def _record(self, span: Span) -> Record[T]:
        offset, size, data = span
        index = self.index
        self.index += 1
        try:
            value = self._decode(data)
        except (DecodeError, RecursionError) as exc:
            error = self._refusal(exc, span, index)
            return Record(index=index, offset=offset, size=size, data=data, error=error)
        return Record(index=index, offset=offset, size=size, data=data, value=value)

    def _faulty(self, fault: Fault) -> Record[T]:
        """Return the record of *fault*: a last line without its end is good if it can be read."""
        if fault.data and self._takes_rest:
            record = self._record((fault.offset, fault.size, fault.data))
            if record.error is None or all(issue.code != "syntax" for issue in record.error.issues):
                return record
            self.index -= 1
        error = self._error(fault.error, fault.offset, fault.size)
        self.index += 1
        return Record(index=error.index, offset=fault.offset, size=fault.size, data=fault.data, error=error)

    def _refusal(self, exc: DecodeError | RecursionError, span: Span, index: int) -> RecordError:
        if isinstance(exc, RecursionError):
            exc = stack_error(DecodeError, self._format, self._as_type)
        error = RecordError(
            format=exc.format, as_type=exc.as_type, issues=exc.issues, offset=span[0], size=span[1], index=index
        )
        error.__cause__ = exc.__cause__
        return error

    def _error(self, fault: RemoteFrameError, offset: int, size: int) -> RecordError:
        issue = Issue((), fault.frame_code, message=fault.message)
        return RecordError(
            format=self._format, as_type=self._as_type, issues=(issue,), offset=offset, size=size, index=self.index
        )
