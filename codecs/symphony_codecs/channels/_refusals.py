"""
Refusals: how an end reports that it cannot decode a request, and how the other end reads that.

The refusal is an Error frame on the request's stream.  For a request in an
envelope, it holds an envelope with a `SymphonyError` as payload that answers
the request, so any router can deliver it.  For a bare JSON-RPC request, it
holds a response with an error.  A message without an id, a notification or a
user's class, is refused by an envelope that answers no request: it is logged,
and quoted in the error if the peer then closes.
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

# JSON-RPC 2.0, section 5.1: the JSON is not a valid request.
_INVALID_REQUEST: Final = -32600
_LONGEST: Final = 500
_ENVELOPE: Final[Any] = MessageEnvelope[SymphonyError]


def refusal_of(asked: Asked, error: DecodeError) -> Any:
    """
    Return the message that refuses a request, or another message that cannot be decoded.

    Args:
        asked: The readable part of the message.
        error: The error of decoding it.
    """
    found = "; ".join(f"{issue.code} at {issue.location}: {issue.message}" for issue in error.issues[:3])
    reason = peer_text(found, _LONGEST)
    if _is_bare(asked):
        return JsonRpcResponse.failure(JsonRpcError(code=_INVALID_REQUEST, message=reason), asked.id)  # type: ignore[arg-type]  # no UUID: it is bare
    return MessageEnvelope(
        sender=asked.receiver or ProcessId.new(),
        receiver=asked.sender,
        payload=IpcDeserializationFailedError(reason=reason),
        metadata=MessageMetadata(reply_to=asked.id),  # type: ignore[arg-type]  # a UUID, if any: it is in an envelope
    )


def type_of_refusal(asked: Asked) -> Any:
    """Return the type of the message that refuses the request."""
    return JsonRpcResponse if _is_bare(asked) else _ENVELOPE


def _is_bare(asked: Asked) -> bool:
    return asked.sender is None and asked.id is not None


def read_refusal(message: Any, document: bytes, codec: Codec) -> Refused | None:
    """
    Return the refusal in the document of an Error frame; ``None`` if it holds something else.

    Args:
        message: The document decoded as the channel's type, or the event of
            failing to decode it.
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
    if not isinstance(error, SymphonyError if answers else IpcDeserializationFailedError):
        return None
    reason = peer_text(getattr(error, "reason", None) or error, _LONGEST)
    what = "the request" if answers else "a message"
    return Refused(RefusedError(reason=f"the peer could not decode {what}: {reason}"), answers)
