"""What goes round: an envelope of about 500 bytes of JSON, its answer, a notification, and a block of bytes."""

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
    """Bytes, which are all that a large message holds; the last one of a row is answered."""

    data: bytes
    is_last: bool


# Loose for type checkers: a request goes there, a response comes back.
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
    """Return a request; each has an id of its own, as in life."""
    return _envelope(JsonRpcRequest(method=_METHOD, params=_PARAMS, id=f"{next(_NUMBERS):036}"))


def notification() -> MessageEnvelope[Any]:
    """Return as much as a request, to which there is no answer."""
    return _envelope(JsonRpcNotification(method=_METHOD, params=_PARAMS))


def answer(envelope: MessageEnvelope[Any]) -> MessageEnvelope[Any]:
    """Return the answer to a request, which is about as long, or to the last block."""
    payload = envelope.payload
    if type(payload) is Block:
        return envelope.reply(Block(b"", is_last=True))
    return envelope.reply(JsonRpcResponse.success(payload.params, payload.id))


def wants_answer(envelope: MessageEnvelope[Any]) -> bool:
    """Return whether it is a request, or the last block."""
    payload = envelope.payload
    return payload.is_last if type(payload) is Block else type(payload) is JsonRpcRequest


def data_of(size: int) -> bytes:
    """Return so many bytes; zeros would be one page of memory again and again."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def block(data: bytes, *, is_last: bool) -> MessageEnvelope[Any]:
    """Return an envelope around *data*."""
    return _envelope(Block(data, is_last))


DOCUMENT: Final = get_codec("json").encode(request())
"""What contenders carry that do not read it."""
