"""The twins for asyncio: the same records, from streams and pieces, and what a cancelled wait leaves."""

from __future__ import annotations

import asyncio
import io
import random

from collections.abc import AsyncIterator
from typing import Any

import pytest

from symphony_codecs import DecodeError, EncodeError
from symphony_codecs.records import (
    Record,
    RecordError,
    read_records,
    read_records_async,
    scan_records_async,
    write_records_async,
)
from tests.codecs.records.stream_cases import COMPRESSIONS, PAIRS, Point, cut, outcome, scan


POINTS = [Point(number, "ab" * (number % 20)) for number in range(500)]


async def pieces_of(data: bytes, longest: int = 100) -> AsyncIterator[bytes]:
    for piece in cut(data, random.Random(1), longest):
        await asyncio.sleep(0)
        yield piece


def reader_of(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


class Writer:
    """What a `StreamWriter` is to those who write."""

    def __init__(self) -> None:
        self.data = b""
        self.drained = 0

    def write(self, data: bytes) -> None:
        self.data += data

    async def drain(self) -> None:
        await asyncio.sleep(0)
        self.drained += 1


@pytest.mark.parametrize(("codec", "framing"), PAIRS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_round_trip(codec: str, framing: str, compression: str) -> None:
    options: dict[str, Any] = {"codec": codec, "framing": framing, "compression": compression}

    async def run() -> None:
        one, other = Writer(), Writer()
        assert await write_records_async(one, POINTS, Point, **options) == len(POINTS)

        async def values() -> AsyncIterator[Point]:
            for point in POINTS:
                yield point

        assert await write_records_async(other, values(), Point, **options) == len(POINTS)
        for data in (one.data, other.data):
            assert list(read_records(data, Point, **options)) == POINTS
        assert other.drained > one.drained or compression != "none"
        for source in (pieces_of(one.data), reader_of(one.data)):
            assert [point async for point in read_records_async(source, Point, **options)] == POINTS
        found = [record async for record in scan_records_async(pieces_of(one.data), Point, **options)]
        assert outcome(found) == scan(one.data, codec, framing, compression=compression)

    asyncio.run(run())


def test_bad_records() -> None:
    data = b'{"x":1}\n{}\n{"x":3}\n{"x":'

    async def run() -> None:
        for source in (pieces_of(data), reader_of(data)):
            found = [record async for record in scan_records_async(source, Point, codec="json")]
            assert outcome(found) == scan(data, "json", "newline")
        values = read_records_async(reader_of(data), Point, codec="json")
        assert await anext(values) == Point(1)
        with pytest.raises(RecordError, match="record 1 at byte 8"):
            await anext(values)
        with pytest.raises(StopAsyncIteration):
            await anext(values)
        with pytest.raises(RecordError, match="expected gzip data"):
            await anext(read_records_async(reader_of(data), Point, codec="json", compression="gzip"))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("data", "given"),
    [
        (b"\x01\xc1\x02", {"codec": "msgpack"}),
        (b"\x01\xff\x02", {"codec": "cbor"}),
        (b"GET / HTTP/1.1\r\n\r\n", {"codec": "json", "framing": "content-length"}),
        (b"no gzip at all", {"codec": "json", "compression": "gzip"}),
    ],
)
def test_nothing_is_waited_for_behind_what_cannot_be_read_on(data: bytes, given: dict[str, Any]) -> None:
    """The peer may leave the connection open."""

    async def scenario() -> None:
        for function in (read_records_async, scan_records_async):
            reader = asyncio.StreamReader()
            reader.feed_data(data)
            records: AsyncIterator[Any] = function(reader, int, **given)
            errors: list[RecordError | None] = []
            try:
                async with asyncio.timeout(10):
                    async for record in records:
                        errors += [record.error] if isinstance(record, Record) else []
            except RecordError as error:
                errors.append(error)
            assert errors[-1] is not None
            assert errors[-1].size == 0
            assert [record async for record in records] == []

    asyncio.run(scenario())


def test_a_record_comes_when_it_is_there() -> None:
    """Nothing waits for a block to be full, and a wait may be cancelled without losing a byte."""

    async def run() -> None:
        reader = asyncio.StreamReader()
        values = read_records_async(reader, Point, codec="json")
        for number in range(3):
            reader.feed_data(b'{"x":')
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(values), 0.001)
            reader.feed_data(b'%d}\n{"x":7}\n' % number)
            assert [await anext(values), await anext(values)] == [Point(number), Point(7)]
        reader.feed_eof()
        assert [value async for value in values] == []

    asyncio.run(run())


def test_streams_of_a_connection() -> None:
    """A real reader and a real writer."""

    async def run() -> None:
        got: list[Point] = []
        done = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.extend([point async for point in read_records_async(reader, Point, codec="msgpack")])
            writer.close()
            await writer.wait_closed()
            done.set()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            host, port = server.sockets[0].getsockname()
            _, writer = await asyncio.open_connection(host, port)
            assert await write_records_async(writer, POINTS * 20, Point, codec="msgpack") == len(POINTS) * 20
            writer.close()
            await writer.wait_closed()
            await asyncio.wait_for(done.wait(), 30)
        assert got == POINTS * 20

    asyncio.run(run())


def test_what_cannot_be_written() -> None:
    """The values before are written, from an iterable and one by one, and compressed data has its end."""

    async def values() -> AsyncIterator[Any]:
        for value in (Point(1), Point(2), Point("x")):  # type: ignore[arg-type]
            yield value

    async def run() -> None:
        for compression in COMPRESSIONS:
            for source in (values(), [Point(1), Point(2), Point("x")]):  # type: ignore[arg-type]
                writer = Writer()
                with pytest.raises(EncodeError) as caught:
                    await write_records_async(writer, source, Point, codec="json", compression=compression)
                assert caught.value.issues[0].path == (2, "x")
                read = read_records(writer.data, Point, codec="json", compression=compression)
                assert list(read) == [Point(1), Point(2)]

    asyncio.run(run())


def test_refused_at_once() -> None:
    """What cannot be is refused before anything is awaited."""
    reader: Any = pieces_of(b"")
    with pytest.raises(ValueError, match="expected a codec"):
        read_records_async(reader, Point)
    with pytest.raises(ValueError, match="newline"):
        scan_records_async(reader, Point, codec="cbor", framing="newline")
    with pytest.raises(DecodeError):
        read_records_async(reader, type, codec="json")
    for wrong in ("x.jsonl", io.BytesIO(), [b"{}"], 5):
        with pytest.raises(TypeError, match="StreamReader"):
            read_records_async(wrong, Point, codec="json")  # type: ignore[arg-type]
    for wrong in ("x.jsonl", io.BytesIO(), 5):
        with pytest.raises(TypeError, match="StreamWriter"):
            write_records_async(wrong, [], Point, codec="json")  # type: ignore[arg-type]
    with pytest.raises(EncodeError):
        write_records_async(Writer(), [], type, codec="json")
    with pytest.raises(ValueError, match="zip"):
        write_records_async(Writer(), [], Point, codec="json", compression="zip")
