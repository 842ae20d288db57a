"""What type checkers infer from the public interface; checked by `make lint`, never run."""

from __future__ import annotations

import asyncio
import io

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, Optional, TypeVar, Union, assert_type

from hypothesis.strategies import SearchStrategy
from typing_extensions import Buffer, TypedDict, TypeForm

from symphony_codecs import decode, encode, get_codec
from symphony_codecs.arrow import from_batches
from symphony_codecs.benchmark import Report, generate, measure_type, read_sample
from symphony_codecs.brokers import Catalogue, MessageHeaders, from_headers, headers_of, register_with_kombu
from symphony_codecs.framing import get_framing
from symphony_codecs.records import (
    Record,
    RecordError,
    read_records,
    read_records_async,
    scan_records,
    scan_records_async,
    write_records,
    write_records_async,
)
from symphony_codecs.schema import fingerprint, schema_of
from symphony_codecs.schema.export.json_schema import json_schema
from symphony_codecs.schema.export.saved import save
from symphony_codecs.schema.nodes import Schema
from symphony_codecs.testing import strategy_for
from symphony_types import (
    U32,
    UNSET,
    Err,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    NodeId,
    Ok,
    RequestId,
    Result,
    SymphonyError,
    SymphonyResult,
    Unset,
    Version,
    WorkflowId,
    WorkflowNode,
)


class Patch(TypedDict, total=False):
    """A typed dict."""

    title: str


codec = get_codec("json")

# A class, a generic, a union, builtins: the type that goes in comes out.
assert_type(codec.decode(b"", Version), Version)
assert_type(codec.decode(b"", MessageEnvelope[JsonRpcRequest]), MessageEnvelope[JsonRpcRequest])
assert_type(codec.decode(b"", JsonRpcRequest | JsonRpcResponse), JsonRpcRequest | JsonRpcResponse)
assert_type(codec.decode(b"", list[Version]), list[Version])
assert_type(codec.decode(b"", dict[str, Version | None]), dict[str, Version | None])
assert_type(codec.decode(memoryview(b""), int), int)
assert_type(codec.decode_prefix(b"", Version), tuple[Version, int])
assert_type(codec.decode_prefix(memoryview(b""), int | None), tuple[int | None, int])
assert_type(codec.decode_lines(b"", MessageEnvelope[JsonRpcRequest]), list[MessageEnvelope[JsonRpcRequest]])
assert_type(codec.decode_lines(b"", JsonRpcRequest | JsonRpcResponse), list[JsonRpcRequest | JsonRpcResponse])
assert_type(codec.encode_lines([1]), bytes)
assert_type(codec.encode_lines(iter([Version(1, 2, 3)]), Version), bytes)
assert_type(get_framing("newline").decoder().take_messages(), list[bytes])
assert_type(get_framing("newline").decoder().take_spans(), list[tuple[int, int, bytes]])
assert_type(codec.encode(Version(1, 2, 3)), bytes)
assert_type(codec.encode([Version(1, 2, 3)], list[Version]), bytes)
assert_type(codec.encode(1, int | None), bytes)
assert_type(codec.encode(Ok(1), Result[int, str]), bytes)
assert_type(codec.encode("a", Literal["a", "b"]), bytes)
assert_type(codec.encode(1, None), bytes)

# Forms that are no classes are what they stand for.
UserId = NewType("UserId", int)
assert_type(codec.decode(b"", int | None), int | None)
assert_type(codec.decode(b"", Result[int, str]), Result[int, str])
assert_type(codec.decode(b"", SymphonyResult[int]), SymphonyResult[int])
assert_type(codec.decode(b"", UserId), UserId)
assert_type(codec.decode(b"", Annotated[int, "metres"]), int)
assert_type(codec.decode(b"", U32), int)
assert_type(codec.decode(b"", Literal["a", "b"]), Literal["a", "b"])
assert_type(codec.decode(b"", WorkflowNode), WorkflowNode)
assert_type(codec.decode(b"", RequestId), RequestId)
assert_type(codec.decode(b"", tuple[int, str]), tuple[int, str])

assert_type(codec.decode(b"", Optional[Version]), Version | None)  # noqa: UP045 - both forms
assert_type(codec.decode(b"", Union[int, str]), int | str)  # noqa: UP007 - both forms
assert_type(codec.decode(b"", tuple[Annotated[int, "metres"], ...] | None), tuple[int, ...] | None)
assert_type(codec.decode(b"", "int | None"), int | None)
assert_type(codec.decode(b"", Patch), Patch)

# So do other functions that take a type: samples, strategies, schemas, columns.
assert_type(generate(int | None, 3), list[int | None])
assert_type(read_sample("x.jsonl", Version | None), list[Version | None])
assert_type(measure_type(int | str, [1, "a"]), Report)
assert_type(strategy_for(Result[int, str]), SearchStrategy[Result[int, str]])
assert_type(fingerprint(Version | None, codec), bytes | None)
assert_type(schema_of(int | None, codec), Schema)
assert_type(json_schema(int | str, "json"), dict[str, Any])
assert_type(save(int | str, ("json",)), bytes)
assert_type(list(from_batches(None, int | None)), list[int | None])

# One function for a hot loop: it takes what the type says, and without a type everything.
T = TypeVar("T")
assert_type(codec.encoder(Version), Callable[[Version], bytes])
assert_type(codec.encoder(MessageEnvelope[JsonRpcRequest]), Callable[[MessageEnvelope[JsonRpcRequest]], bytes])
assert_type(codec.encoder(JsonRpcRequest | JsonRpcResponse), Callable[[JsonRpcRequest | JsonRpcResponse], bytes])
assert_type(codec.encoder(list[Version]), Callable[[list[Version]], bytes])
assert_type(codec.encoder(int | None), Callable[[int | None], bytes])
assert_type(codec.encoder(Annotated[int, "metres"]), Callable[[int], bytes])
assert_type(codec.encoder(U32), Callable[[int], bytes])
assert_type(codec.encoder(UserId), Callable[[UserId], bytes])
assert_type(codec.encoder(Literal["a", "b"]), Callable[[Literal["a", "b"]], bytes])
assert_type(codec.encoder(WorkflowNode), Callable[[WorkflowNode], bytes])
assert_type(codec.encoder(Result[int, str]), Callable[[Result[int, str]], bytes])
assert_type(codec.encoder(Any), Callable[[Any], bytes])
assert_type(codec.encoder(), Callable[[Any], bytes])
assert_type(codec.encoder(Version)(Version(1, 2, 3)), bytes)
assert_type(codec.decoder(Version), Callable[[Buffer], Version])
assert_type(codec.decoder(JsonRpcRequest | None)(b""), JsonRpcRequest | None)


def encoder_of(as_type: TypeForm[T]) -> Callable[[T], bytes]:
    """Keep the type through a generic function."""
    return codec.encoder(as_type)


def encoder_of_unknown(as_type: Any) -> bytes:
    """Have no error for a type that only run time knows."""
    return codec.encoder(as_type)(1)


assert_type(encoder_of(list[Version]), Callable[[list[Version]], bytes])

# The module's own functions; ids know their class.
assert_type(encode(Version(1, 2, 3), None, "json"), bytes)
assert_type(decode(b"", Version, "json"), Version)
assert_type(WorkflowId.new(), WorkflowId)
assert_type(NodeId.parse(""), NodeId)


def double(number: int) -> Result[int, SymphonyError]:
    """Use a result as its readers do."""
    return Ok(number * 2)


match double(1):
    case Ok(value):
        assert_type(value, int)
    case Err(error):
        assert_type(error, SymphonyError)

envelope: MessageEnvelope[Any] = codec.decode(b"", MessageEnvelope[Any])


def title(absent: str | Unset | None = UNSET) -> str | None:
    """Its class tells `UNSET` from other values."""
    if isinstance(absent, Unset):
        return None
    assert_type(absent, str | None)
    return absent


def by_identity(absent: str | Unset) -> str:
    """So does the value itself."""
    if absent is UNSET:
        return ""
    assert_type(absent, str)
    return absent


# Records: what is read is what the type says, from whatever holds bytes.
assert_type(read_records("x.jsonl", Version), Iterator[Version])
assert_type(read_records(Path("x.jsonl"), MessageEnvelope[JsonRpcRequest]), Iterator[MessageEnvelope[JsonRpcRequest]])
assert_type(read_records(io.BytesIO(), int | None, codec="json"), Iterator[int | None])
assert_type(read_records([b"", bytearray(), memoryview(b"")], list[Version], codec=codec), Iterator[list[Version]])
assert_type(scan_records(b"", Version, codec="json"), Iterator[Record[Version]])
for record in scan_records(b"", Version, codec="json"):
    assert_type(record.value, Version | None)
    assert_type(record.error, RecordError | None)
    assert_type(record.result(), Version)
assert_type(write_records("x.jsonl", [Version(1, 2, 3)], Version), int)
assert_type(write_records(io.BytesIO(), (Version(1, 2, 3) for _ in range(3)), codec="json"), int)
with Path("x").open("rb") as readable, Path("y").open("wb", buffering=0) as writable:
    assert_type(write_records(writable, read_records(readable, Version, codec="json"), Version, codec="cbor"), int)


async def streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pieces: AsyncIterator[bytes]) -> None:
    """Streams of asyncio, and pieces of bytes."""
    assert_type(read_records_async(reader, Version, codec="json"), AsyncIterator[Version])
    assert_type(read_records_async(pieces, Version, codec="json"), AsyncIterator[Version])
    assert_type(scan_records_async(reader, Version, codec="json"), AsyncIterator[Record[Version]])
    versions = read_records_async(reader, Version, codec="json")
    assert_type(await write_records_async(writer, versions, Version, codec="json"), int)
    assert_type(await write_records_async(writer, [Version(1, 2, 3)], codec="json"), int)


# A catalogue takes any types.
catalogue = Catalogue(
    {
        "request": MessageEnvelope[JsonRpcRequest],
        "rpc": JsonRpcRequest | JsonRpcResponse,
        "result": SymphonyResult[int],
    },
    codecs=("json", codec),
)
assert_type(catalogue.encode(Version(1, 2, 3)), bytes)
assert_type(headers_of(Version(1, 2, 3), catalogue), dict[str, str])
assert_type(from_headers({"content-type": "application/json; type=rpc"}, catalogue), MessageHeaders)
assert_type(from_headers([("content-type", b"application/json; type=rpc")], catalogue), MessageHeaders)
assert_type(register_with_kombu(catalogue), tuple[str, ...])
