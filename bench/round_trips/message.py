"""The messages: an envelope of about 500 bytes of JSON, its answer, a notification, and a block of bytes."""

from __future__ import annotations

import itertools

from typing import Any, Final

import attrs

from symphony_codecs import get_codec
from symphony_types import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId, SessionId


__all__ = [
    "BLOCK",
    "DOCUMENT",
    "MESSAGE",
    "Block",
    "answer",
    "block",
    "data_of",
    "notification",
    "request",
    "wants_answer",
]


@attrs.frozen
class Block:
    """The bytes of a large message; the last block of a series is answered."""

    data: bytes
    is_last: bool


# Loosely typed: requests and responses go through the same functions.
MESSAGE: Final[Any] = MessageEnvelope[JsonRpcRequest | JsonRpcNotification | JsonRpcResponse]
BLOCK: Final[Any] = MessageEnvelope[Block]

_SENDER, _RECEIVER, _SESSION = ProcessId.new(), ProcessId.new(), SessionId.new()
_METHOD: Final = "textDocument/completion"
_PARAMS: Final = {
    "textDocument": {"uri": "file:///src/main.rs", "version": 7},
    "position": {"line": 41, "character": 7},
}
_NUMBERS: Final = itertools.count()


def _envelope(payload: Any) -> MessageEnvelope[Any]:
    return MessageEnvelope(sender=_SENDER, receiver=_RECEIVER, session_id=_SESSION, payload=payload)


def request() -> MessageEnvelope[Any]:
    """Return a request with a new id."""
    return _envelope(JsonRpcRequest(method=_METHOD, params=_PARAMS, id=f"{next(_NUMBERS):036}"))


def notification() -> MessageEnvelope[Any]:
    """Return a notification, which is as long as a request and has no answer."""
    return _envelope(JsonRpcNotification(method=_METHOD, params=_PARAMS))


def answer(envelope: MessageEnvelope[Any]) -> MessageEnvelope[Any]:
    """Return the answer to a request or to the last block; it is about as long as a request."""
    payload = envelope.payload
    if type(payload) is Block:
        return envelope.reply(Block(b"", is_last=True))
    return envelope.reply(JsonRpcResponse.success(payload.params, payload.id))


def wants_answer(envelope: MessageEnvelope[Any]) -> bool:
    """Return whether a message is a request or the last block."""
    payload = envelope.payload
    return payload.is_last if type(payload) is Block else type(payload) is JsonRpcRequest


def data_of(size: int) -> bytes:
    """Return *size* bytes; they are not zeros, which would map to one page of memory."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def block(data: bytes, *, is_last: bool) -> MessageEnvelope[Any]:
    """Return an envelope around *data*."""
    return _envelope(Block(data, is_last))


DOCUMENT: Final = get_codec("json").encode(request())
"""The document for contenders that do not decode."""
