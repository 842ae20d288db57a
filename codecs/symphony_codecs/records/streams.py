"""`read_records_async`, `scan_records_async` and `write_records_async`: the twins for streams of asyncio."""

from __future__ import annotations

import io

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from itertools import chain
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from typing_extensions import Buffer, TypeForm
from typing_extensions import TypeVar as TypeVarWithDefault

from symphony_types.checks import describe

from ..registry import CodecKey
from ._layout import layout_of
from ._sources import BLOCK, piece_of
from ._stream import RecordStream
from ._writer import RecordWriter
from .record import Record


__all__ = [
    "AsyncReader",
    "AsyncSource",
    "AsyncWriter",
    "read_records_async",
    "scan_records_async",
    "write_records_async",
]

T = TypeVar("T")
V = TypeVarWithDefault("V", default=Any)


class AsyncReader(Protocol):
    """An `asyncio.StreamReader`, or anything else that reads as it does."""

    def read(self, size: int, /) -> Awaitable[bytes]:
        """Return at most *size* bytes, none at the end."""
        ...


class AsyncWriter(Protocol):
    """An `asyncio.StreamWriter`, or anything else that writes as it does."""

    def write(self, data: bytes, /) -> object:
        """Take *data* to be written."""
        ...

    def drain(self) -> Awaitable[object]:
        """Wait until there is room for more."""
        ...


AsyncSource: TypeAlias = AsyncReader | AsyncIterable[Buffer]
"""A stream, or its bytes in pieces."""


def read_records_async(
    source: AsyncSource,
    as_type: TypeForm[T],
    *,
    codec: CodecKey | None = None,
    framing: str | None = None,
    compression: str | None = None,
    max_record: int | None = None,
) -> AsyncIterator[T]:
    """
    Return an asynchronous iterator of the values in *source*; see `read_records`.

    It may be cancelled while it waits, and asked again: nothing is lost, if
    *source* loses nothing then, as a `asyncio.StreamReader` does not.  An
    asynchronous generator ends when it is cancelled.

    Args:
        source: An `asyncio.StreamReader`, or an asynchronous iterable of bytes in pieces of any size.
        as_type: As for `read_records`, as are all that follow.
        codec: See there.
        framing: See there.
        compression: See there.
        max_record: See there.

    Raises:
        RecordError: From the iterator: a record cannot be read.
        DecodeError: As `read_records` does before it returns, as are all that follow.
        ValueError: See there.
        LookupError: See there.
        ImportError: See there.
        TypeError: See there.
    """
    layout = layout_of(source, codec, framing, compression)
    stream: RecordStream[T] = RecordStream(layout, as_type, max_record=max_record, with_places=False)
    return _AsyncRecords(_next_of(source), stream, lambda block: chain.from_iterable(stream.values(block)))


def scan_records_async(
    source: AsyncSource,
    as_type: TypeForm[T],
    *,
    codec: CodecKey | None = None,
    framing: str | None = None,
    compression: str | None = None,
    max_record: int | None = None,
) -> AsyncIterator[Record[T]]:
    """
    Return an asynchronous iterator of all records in *source*, good and bad, each with its place.

    Args:
        source: As for `read_records_async`, as are all that follow.
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
        TypeError: See there.
    """
    layout = layout_of(source, codec, framing, compression)
    stream: RecordStream[T] = RecordStream(layout, as_type, max_record=max_record)
    return _AsyncRecords(_next_of(source), stream, stream.records)


class _AsyncRecords(AsyncIterator[T]):
    """No generator, which would end when it is cancelled."""

    def __init__(
        self,
        next_block: Callable[[], Awaitable[bytes | None]],
        stream: RecordStream[Any],
        take: Callable[[bytes | None], Iterator[T]],
    ) -> None:
        self._next_block = next_block
        self._stream = stream
        self._take = take
        self._ready: Iterator[T] = iter(())
        self._ended = False

    async def __anext__(self) -> T:
        while True:
            try:
                for item in self._ready:
                    return item
            except BaseException:
                self._ended = True
                raise
            if self._ended or self._stream.ended:  # a peer whose bytes are no records may never end
                raise StopAsyncIteration
            block = await self._next_block()
            self._ended = block is None
            self._ready = self._take(block)


def _next_of(source: AsyncSource) -> Callable[[], Awaitable[bytes | None]]:
    """Return what gives the next block of *source*, or ``None`` at its end."""
    given = cast("Any", source)
    if not isinstance(given, io.IOBase):
        if callable(getattr(given, "read", None)):

            async def read() -> bytes | None:
                return await given.read(BLOCK) or None

            return read
        if isinstance(given, AsyncIterable):
            pieces = aiter(cast("AsyncIterable[Buffer]", given))

            async def take() -> bytes | None:
                async for piece in pieces:
                    return piece_of(piece)
                return None

            return take
    raise TypeError(f"expected an asyncio.StreamReader or an asynchronous iterable of bytes, got {describe(given)}")


def write_records_async(
    sink: AsyncWriter,
    values: Iterable[V] | AsyncIterable[V],
    as_type: TypeForm[V] = Any,
    *,
    codec: CodecKey | None = None,
    framing: str | None = None,
    compression: str | None = None,
) -> Coroutine[Any, Any, int]:
    """
    Write *values* to a stream, which stays open, and return how many they are; see `write_records`.

    Of an iterable, blocks are written; of an asynchronous one, each value
    when it comes, unless it is compressed.  Cancelled, no record is written
    in part, but compressed data has no end then.

    Args:
        sink: An `asyncio.StreamWriter`, or anything else with ``write`` and ``drain``.
        values: The values.
        as_type: As for `write_records`, as are all that follow.
        codec: See there.
        framing: See there.
        compression: See there.

    Raises:
        EncodeError: A value cannot be written; the paths of its issues begin with its index.
        ValueError: As `write_records`, as are all that follow, before anything is awaited.
        LookupError: See there.
        ImportError: See there.
        TypeError: See there.
    """
    if not callable(getattr(sink, "write", None)) or not callable(getattr(sink, "drain", None)):
        raise TypeError(f"expected an asyncio.StreamWriter, got {describe(sink)}")
    writer: RecordWriter[V] = RecordWriter(layout_of(sink, codec, framing, compression), as_type)
    return _write_each(sink, writer, values) if isinstance(values, AsyncIterable) else _write(sink, writer, values)


async def _write(sink: AsyncWriter, writer: RecordWriter[V], values: Iterable[V]) -> int:
    for block in writer.blocks(values):
        await _send(sink, block)
    return writer.count


async def _write_each(sink: AsyncWriter, writer: RecordWriter[V], values: AsyncIterable[V]) -> int:
    error: Exception | None = None
    source = aiter(values)
    while True:
        try:
            writer.add(await anext(source))
        except StopAsyncIteration:
            break
        except Exception as exc:  # noqa: BLE001 - raised below
            error = exc
            break
        await _send(sink, writer.take())
    await _send(sink, writer.finish())
    if error is not None:
        raise error
    return writer.count


async def _send(sink: AsyncWriter, block: bytes) -> None:
    if block:
        sink.write(block)
        await sink.drain()
