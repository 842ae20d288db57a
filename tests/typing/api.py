"""What type checkers infer from the public interface; checked by `make lint`, never run."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NewType, assert_type

from symphony_codecs import decode, encode, get_codec
from symphony_types import (
    U32,
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
    Version,
    WorkflowId,
    WorkflowNode,
)


codec = get_codec("json")

# A class, a generic, a union, builtins: the type that goes in comes out.
assert_type(codec.decode(b"", Version), Version)
assert_type(codec.decode(b"", MessageEnvelope[JsonRpcRequest]), MessageEnvelope[JsonRpcRequest])
assert_type(codec.decode(b"", JsonRpcRequest | JsonRpcResponse), JsonRpcRequest | JsonRpcResponse)
assert_type(codec.decode(b"", list[Version]), list[Version])
assert_type(codec.decode(b"", dict[str, Version | None]), dict[str, Version | None])
assert_type(codec.decode(memoryview(b""), int), int)
assert_type(codec.encode(Version(1, 2, 3)), bytes)
assert_type(codec.encode([Version(1, 2, 3)], list[Version]), bytes)

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

# One closed-over function for a hot loop.
assert_type(codec.encoder(Version)(Version(1, 2, 3)), bytes)
assert_type(codec.decoder(Version)(b""), Version)

# The module's own functions; ids know their class.
assert_type(encode(Version(1, 2, 3), "json"), bytes)
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
