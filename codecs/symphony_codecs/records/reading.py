"""`read_records` and `scan_records`: the values, or every record with its place, of a file or a stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from typing_extensions import TypeForm

from ..framing.errors import RemoteFrameError
from ..registry import CodecKey
from ._layout import layout_of
from ._sources import Source, blocks_of
from ._stream import RecordStream
from .record import Record


__all__ = ["read_records", "scan_records"]

T = TypeVar("T")


def read_records(
    source: Source,
    as_type: TypeForm[T],
    *,
    codec: CodecKey | None = None,
    framing: str | None = None,
    compression: str | None = None,
    max_record: int | None = None,
) -> Iterator[T]:
    """
    Return an iterator of the values in *source*, in memory for a block and a record.

    Args:
        source: A path, a file opened in binary mode, the bytes themselves, or an iterable of bytes in pieces of any
            size.
        as_type: What to read each record as.
        codec: A codec, or what `get_codec` finds one by; by default the path's extension says it.
        framing: How records follow one another; by default that of the path's extension, or the codec's usual one.
        compression: ``gzip``, ``zstd`` or ``none``; by default the path's extension says it.
        max_record: The longest document, in bytes, 1 to 2^32 - 1; by default the codec's limit of a document.

    Raises:
        RecordError: From the iterator: a record cannot be read.
        DecodeError: There is no way to read the type.
        ValueError: Something is not given, or does not go with the rest.
        LookupError: There is no such codec or framing.
        ImportError: The compression needs an extra that is not installed.
        OSError: There is no such file, or it cannot be read.
        TypeError: *source* is nothing to read bytes from.
    """
    layout = layout_of(source, codec, framing, compression)
    stream: RecordStream[T] = RecordStream(layout, as_type, max_record=max_record, with_places=False)
    return _values(stream, blocks_of(source))


def scan_records(
    source: Source,
    as_type: TypeForm[T],
    *,
    codec: CodecKey | None = None,
    framing: str | None = None,
    compression: str | None = None,
    max_record: int | None = None,
) -> Iterator[Record[T]]:
    """
    Return an iterator of all records in *source*, good and bad, each with its place.

    Args:
        source: As for `read_records`, as are all that follow.
        as_type: See there.
        codec: See there.
        framing: See there.
        compression: See there.
        max_record: See there.

    Raises:
        DecodeError: As `read_records` does before it returns, as are all that follow.
        ValueError: See there.
        LookupError: See there.
        ImportError: See there.
        OSError: See there.
        TypeError: See there.
    """
    layout = layout_of(source, codec, framing, compression)
    stream: RecordStream[T] = RecordStream(layout, as_type, max_record=max_record)
    return _records(stream, blocks_of(source))


def _values(stream: RecordStream[T], blocks: Iterator[bytes]) -> Iterator[T]:
    try:
        for block in blocks:
            for batch in stream.values(block):
                yield from batch
            if stream.ended:
                return
    except RemoteFrameError as error:
        stream.fail(error).result()
        return
    for batch in stream.values(None):
        yield from batch


def _records(stream: RecordStream[T], blocks: Iterator[bytes]) -> Iterator[Record[T]]:
    try:
        for block in blocks:
            yield from stream.records(block)
            if stream.ended:
                return
    except RemoteFrameError as error:
        yield stream.fail(error)
        return
    yield from stream.records(None)
