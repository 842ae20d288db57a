"""Blocks of bytes in, records out, without I/O: what the blocking and the asynchronous functions share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Generic, TypeVar

from symphony_types._quick import unchecked
from symphony_types.traits.validatable import Issue

from ..errors import DecodeError, stack_error
from ..framing._limits import DEFAULT_MAX_MESSAGE, MESSAGE_LIMIT
from ..framing.errors import RemoteFrameError
from ._batches import Batches
from ._decoding import Decoded, DecodingSplitter
from ._layout import Layout
from ._native import NativeMessage, NativeSplitter
from ._native_decoder import NativeDecoder
from ._spans import Fault, Placed, PlainSplitter, Splitter
from .errors import RecordError
from .record import Record


__all__ = ["RecordStream"]

T = TypeVar("T")

_record: Final = unchecked(Record)


class RecordStream(Generic[T]):
    """
    The records of one stream.

    Args:
        layout: What the stream is made of.
        as_type: What to read each record as.
        max_record: The longest document, in bytes; ``None``: what the codec allows.
        with_places: Whether `records` is called rather than `values`, which is faster without.

    Raises:
        DecodeError: There is no way to read the type.
        FieldError: *max_record* is out of its range.

    Attributes:
        index: How many records were yielded.
    """

    def __init__(self, layout: Layout, as_type: Any, *, max_record: int | None, with_places: bool = True) -> None:
        codec = layout.codec
        limit = max_record
        if limit is None:
            limit = DEFAULT_MAX_MESSAGE if codec is None else codec.options.limits.max_size
        else:
            MESSAGE_LIMIT.check(limit, ("max_record",))
        self._format: Final = layout.framing if codec is None else codec.name
        self._as_type: Final = as_type
        self._decode: Callable[[Any], T]
        splitter: Splitter[Any]
        if layout.framing == "native":
            self._decode = NativeDecoder(codec, as_type)
            splitter = NativeSplitter(max_record=limit)
        else:
            assert codec is not None  # a layout sees to it
            self._decode = codec.decoder(as_type)
            if with_places:
                splitter = PlainSplitter(layout.framing, max_record=limit)
            else:
                splitter = DecodingSplitter(layout.framing, max_record=limit, codec=codec, decode=self._decode)
        self._batches: Final[Batches[Any]] = Batches(splitter, layout.compression)
        self.index = 0

    @property
    def ended(self) -> bool:
        """Whether there is nothing more, whatever follows."""
        return self._batches.ended

    def values(self, block: bytes | None) -> Iterator[Iterable[T]]:
        """
        Yield the values that *block* completes, or the end of the stream (``None``), in iterables.

        Each has to be used up before the next is asked for; either raises `RecordError` for a bad record.
        """
        for batch in self._batches.feed(block):
            if isinstance(batch, Decoded):
                yield batch.values
                self.index += batch.values.count
            elif isinstance(batch, Fault):
                yield (self._faulty(batch).result(),)
            else:
                yield self._decoded(batch)
                self.index += len(batch)
            if self.ended:
                return

    def _decoded(self, spans: list[Placed[Any]]) -> Iterator[T]:
        decode = self._decode
        for index, span in enumerate(spans, self.index):
            try:
                value = decode(span[2])
            except (DecodeError, RecursionError) as exc:
                self._batches.ended = True
                raise self._refusal(exc, span, index) from exc
            yield value

    def records(self, block: bytes | None) -> Iterator[Record[T]]:
        """Yield the records that *block* completes, or the end of the stream (``None``)."""
        for batch in self._batches.feed(block):
            if isinstance(batch, Fault):
                yield self._faulty(batch)
                continue
            for span in batch:
                yield self._record(span)

    def fail(self, error: RemoteFrameError) -> Record[T]:
        """Return the last record, for a source that cannot be read on."""
        return self._faulty(self._batches.fail(error))

    def _record(self, span: Placed[Any]) -> Record[T]:
        offset, size, document = span
        index = self.index
        self.index += 1
        data = document.payload if isinstance(document, NativeMessage) else document
        try:
            value = self._decode(document)
        except (DecodeError, RecursionError) as exc:
            error = self._refusal(exc, span, index)
            return Record(index=index, offset=offset, size=size, data=data, error=error)
        good: Record[T] = _record(index, offset, size, data, value, None)
        return good

    def _faulty(self, fault: Fault) -> Record[T]:
        """Return the record of *fault*: a last line without its end is good if it can be read."""
        if fault.unended:
            record = self._record((fault.offset, fault.size, fault.data))
            if record.error is None or all(issue.code != "syntax" for issue in record.error.issues):
                return record
            self.index -= 1
        message = fault.error.message
        if not fault.size:
            message += "; nothing behind it can be read"
        index = self.index
        self.index += 1
        error = RecordError(
            format=self._format,
            as_type=self._as_type,
            issues=(Issue((), fault.error.frame_code, message=message),),
            offset=fault.offset,
            size=fault.size,
            index=index,
        )
        # How much there is of what has no end depends on how the stream was cut.
        data = fault.data if fault.size else b""
        return Record(index=index, offset=fault.offset, size=fault.size, data=data, error=error)

    def _refusal(self, exc: DecodeError | RecursionError, span: Placed[Any], index: int) -> RecordError:
        if isinstance(exc, RecursionError):
            exc = stack_error(DecodeError, self._format, self._as_type)
        error = RecordError(
            format=exc.format, as_type=exc.as_type, issues=exc.issues, offset=span[0], size=span[1], index=index
        )
        error.__cause__ = exc.__cause__
        for note in getattr(exc, "__notes__", ()):
            error.add_note(note)
        return error
