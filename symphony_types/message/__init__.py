"""Messages: envelopes, JSON-RPC, and the frames that carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_types.message.envelope import MessageEnvelope, MessageMetadata, MessagePriority
    from symphony_types.message.ipc import (
        FrameCompression,
        FrameFlags,
        FrameHeader,
        FrameRoute,
        FrameType,
        IpcFrame,
        SerializationFormat,
        TransportType,
    )
    from symphony_types.message.jsonrpc import (
        ErrorCode,
        JsonRpcError,
        JsonRpcNotification,
        JsonRpcRequest,
        JsonRpcResponse,
        RequestId,
    )

__all__ = [
    "ErrorCode",
    "FrameCompression",
    "FrameFlags",
    "FrameHeader",
    "FrameRoute",
    "FrameType",
    "IpcFrame",
    "JsonRpcError",
    "JsonRpcNotification",
    "JsonRpcRequest",
    "JsonRpcResponse",
    "MessageEnvelope",
    "MessageMetadata",
    "MessagePriority",
    "RequestId",
    "SerializationFormat",
    "TransportType",
]

_EXPORTS = {
    "ErrorCode": "jsonrpc",
    "FrameCompression": "ipc",
    "FrameFlags": "ipc",
    "FrameHeader": "ipc",
    "FrameRoute": "ipc",
    "FrameType": "ipc",
    "IpcFrame": "ipc",
    "JsonRpcError": "jsonrpc",
    "JsonRpcNotification": "jsonrpc",
    "JsonRpcRequest": "jsonrpc",
    "JsonRpcResponse": "jsonrpc",
    "MessageEnvelope": "envelope",
    "MessageMetadata": "envelope",
    "MessagePriority": "envelope",
    "RequestId": "jsonrpc",
    "SerializationFormat": "ipc",
    "TransportType": "ipc",
}

_SUBMODULES = frozenset(
    {
        "envelope",
        "ipc",
        "jsonrpc",
    }
)

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, _EXPORTS, _SUBMODULES)
