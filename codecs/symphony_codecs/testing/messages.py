"""Strategies for envelopes, JSON-RPC messages, frames and results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from symphony_types.ids import ProcessId, SessionId
from symphony_types.message.envelope import MessageEnvelope, MessageMetadata, MessagePriority
from symphony_types.message.ipc import (
    FrameCompression,
    FrameFlags,
    FrameHeader,
    FrameRoute,
    FrameType,
    IpcFrame,
    SerializationFormat,
)
from symphony_types.message.jsonrpc import (
    ErrorCode,
    JsonRpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
)
from symphony_types.result import Err, Ok

from .ids_and_time import durations, ids, timestamps
from .scalars import json_values, texts, u32s


__all__ = [
    "errs",
    "frame_flags",
    "frame_headers",
    "frame_routes",
    "frame_types",
    "ipc_frames",
    "json_rpc_errors",
    "json_rpc_notifications",
    "json_rpc_requests",
    "json_rpc_responses",
    "message_envelopes",
    "message_metadata",
    "oks",
    "request_ids",
    "results",
]

T = TypeVar("T")
E = TypeVar("E")

_METHODS: Final = ("initialize", "workflow.execute", "artifact/read", "$/cancel")


def message_metadata() -> st.SearchStrategy[MessageMetadata]:
    """Metadata of envelopes."""
    return st.builds(
        MessageMetadata,
        priority=st.sampled_from(MessagePriority),
        ttl=st.none() | durations(),
        reply_to=st.none() | st.uuids(),
        correlation_id=st.none() | st.uuids(),
    )


def message_envelopes(payload: st.SearchStrategy[T]) -> st.SearchStrategy[MessageEnvelope[T]]:
    """
    Envelopes around payloads.

    Args:
        payload: The strategy of their payloads.
    """
    return st.builds(
        MessageEnvelope,
        id=st.uuids(),
        timestamp=timestamps(),
        sender=ids(ProcessId),
        receiver=st.none() | ids(ProcessId),
        session_id=st.none() | ids(SessionId),
        payload=payload,
        metadata=message_metadata(),
    )


def request_ids() -> st.SearchStrategy[str | int | None]:
    """Ids of requests: text, 64-bit integers and ``None``."""
    return st.none() | st.integers(-(2**63), 2**63 - 1) | texts()


def json_rpc_requests(params: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[JsonRpcRequest]:
    """
    Calls that are answered.

    Args:
        params: Their arguments; any `json_values` by default.
    """
    return st.builds(
        JsonRpcRequest,
        method=st.sampled_from(_METHODS) | texts(),
        params=json_values() if params is None else params,
        id=request_ids(),
    )


def json_rpc_notifications(params: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[JsonRpcNotification]:
    """
    Calls that are not answered.

    Args:
        params: Their arguments; any `json_values` by default.
    """
    return st.builds(
        JsonRpcNotification,
        method=st.sampled_from(_METHODS) | texts(),
        params=json_values() if params is None else params,
    )


def json_rpc_errors(data: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[JsonRpcError]:
    """
    Error objects, with JSON-RPC's codes and any other.

    Args:
        data: The strategy of their data; any `json_values` by default.
    """
    return st.builds(
        JsonRpcError,
        code=st.sampled_from(ErrorCode) | st.integers(-(2**31), 2**31 - 1),
        message=texts(),
        data=json_values() if data is None else data,
    )


def json_rpc_responses(result: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[JsonRpcResponse]:
    """
    Answers, successes and failures.

    Args:
        result: The strategy of results; any `json_values` by default.
    """
    return st.builds(JsonRpcResponse.success, json_values() if result is None else result, request_ids()) | st.builds(
        JsonRpcResponse.failure, json_rpc_errors(), request_ids()
    )


def frame_types(*, unknown: bool = False) -> st.SearchStrategy[FrameType]:
    """
    Types of frames.

    Args:
        unknown: Whether numbers come that have no meaning yet; frames carry
            those, codecs do not.
    """
    known = st.sampled_from(FrameType)
    return known | st.integers(8, 255).map(FrameType) if unknown else known


def frame_flags() -> st.SearchStrategy[FrameFlags]:
    """All combinations of flags."""
    return st.integers(0, 15).map(FrameFlags)


def frame_routes() -> st.SearchStrategy[FrameRoute]:
    """Routes, to one process and to all."""
    receivers = ids(ProcessId).filter(lambda receiver: any(receiver.to_bytes()))
    return st.builds(FrameRoute, ids(ProcessId), st.none() | receivers)


@st.composite
def frame_headers(draw: st.DrawFn, *, unknown: bool = False) -> FrameHeader:
    """
    Headers whose fields go together.

    Args:
        draw: Given by Hypothesis.
        unknown: See `frame_types`.
    """
    kind = draw(frame_types(unknown=unknown))
    flags = draw(frame_flags())
    stream_id = draw(st.integers(1, 2**32 - 1))
    if kind.is_control or (kind is FrameType.ERROR and draw(st.booleans())):
        stream_id = 0
    hello = kind is FrameType.HELLO
    whole = stream_id == 0
    if whole:
        flags &= ~(FrameFlags.MORE_FRAGMENTS | FrameFlags.ROUTED)
    return FrameHeader(
        frame_type=kind,
        format=SerializationFormat.JSON.format_id if hello else draw(st.integers(0, 255)),
        compression=FrameCompression.NONE if whole else draw(st.sampled_from(FrameCompression)),
        priority=draw(st.sampled_from(MessagePriority)),
        flags=flags,
        stream_id=stream_id,
        sequence=draw(st.integers(1, 2**64 - 1) | u32s().map(lambda number: number + 1)),
        route=draw(frame_routes()) if FrameFlags.ROUTED in flags else None,
    )


def ipc_frames(*, unknown: bool = False, max_size: int = 64) -> st.SearchStrategy[IpcFrame]:
    """
    Frames.

    Args:
        unknown: See `frame_types`.
        max_size: Most bytes of payload; at most 65536, the limit of a Hello.
    """
    return st.builds(IpcFrame, header=frame_headers(unknown=unknown), payload=st.binary(max_size=max_size))


def oks(value: st.SearchStrategy[T]) -> st.SearchStrategy[Ok[T]]:
    """
    Successes.

    Args:
        value: The strategy of their values.
    """
    make: Callable[[T], Ok[T]] = Ok
    return value.map(make)


def errs(error: st.SearchStrategy[E]) -> st.SearchStrategy[Err[E]]:
    """
    Failures.

    Args:
        error: Why.
    """
    make: Callable[[E], Err[E]] = Err
    return error.map(make)


def results(value: st.SearchStrategy[T], error: st.SearchStrategy[E]) -> st.SearchStrategy[Ok[T] | Err[E]]:
    """
    Successes and failures.

    Args:
        value: The strategy of successes.
        error: Why failures failed.
    """
    return oks(value) | errs(error)
