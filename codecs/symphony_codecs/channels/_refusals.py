"""
How an end says that it cannot read a request, and how the other end reads that.

The refusal is an Error frame on the request's stream.  Its document is an
envelope that answers the request's, so that it finds the request through any
router, with a `SymphonyError` for a payload; a bare request of JSON-RPC is
answered by a response with an error.
"""

from __future__ import annotations

from typing import Any, Final

from symphony_types.errors import IpcDeserializationFailedError, SymphonyError
from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope, MessageMetadata
from symphony_types.message.ipc import FrameType
from symphony_types.message.jsonrpc import JsonRpcError, JsonRpcResponse

from .._peer_text import peer_text
from ..codec import Codec
from ..errors import DecodeError
from ..framing.messages import frame_type_of
from ._links import Asked, Refused
from .errors import RefusedError


__all__ = ["read_refusal", "refusal_of", "type_of_refusal"]

# JSON-RPC 2.0, section 5.1: what was sent is no request as this end expects it.
_INVALID_REQUEST: Final = -32600
_LONGEST: Final = 500
_ENVELOPE: Final[Any] = MessageEnvelope[SymphonyError]


def refusal_of(asked: Asked, error: DecodeError) -> Any:
    """
    Return the message that refuses a request.

    Args:
        asked: What could be read of the request.
        error: What is wrong with it.
    """
    found = "; ".join(f"{issue.code} at {issue.location}: {issue.message}" for issue in error.issues[:3])
    reason = peer_text(found, _LONGEST)
    if asked.sender is None:
        return JsonRpcResponse.failure(JsonRpcError(code=_INVALID_REQUEST, message=reason), asked.id)  # type: ignore[arg-type]  # no UUID: it is bare
    return MessageEnvelope(
        sender=asked.receiver or ProcessId.new(),
        receiver=asked.sender,
        payload=IpcDeserializationFailedError(reason=reason),
        metadata=MessageMetadata(reply_to=asked.id),  # type: ignore[arg-type]  # a UUID: it is in an envelope
    )


def type_of_refusal(asked: Asked) -> Any:
    """Return the type of the message that refuses the request."""
    return JsonRpcResponse if asked.sender is None else _ENVELOPE


def read_refusal(message: Any, document: bytes, codec: Codec) -> Refused | None:
    """
    Return the refusal that the document of an Error frame is; ``None`` for any other.

    Args:
        message: What it is as a message of the channel's type, or its event
            where it is none.
        document: The document.
        codec: Its codec.
    """
    if frame_type_of(message) is FrameType.ERROR:
        return None
    try:
        refusal: Any = codec.decode(document, _ENVELOPE)
    except DecodeError:
        return None
    error, answers = refusal.payload, refusal.metadata.reply_to
    if answers is None or not isinstance(error, SymphonyError):
        return None
    reason = getattr(error, "reason", None) or str(error)
    return Refused(RefusedError(reason=f"the peer could not read the request: {peer_text(reason, _LONGEST)}"), answers)
