"""
How an end says that it cannot read a request, and how the other end reads that.

The refusal is an Error frame on the request's stream.  Its document is an
envelope that answers the request's, so that it finds the request through any
router, with a `SymphonyError` for a payload; a bare request of JSON-RPC is
answered by a response with an error.  What has no id, a notification or an own
class, is refused by an envelope that answers nothing: it is for the log, and for
the text of the end, should the peer close then.
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
    Return the message that refuses a request, or what else cannot be read.

    Args:
        asked: What could be read of it.
        error: What is wrong with it.
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
    if not isinstance(error, SymphonyError if answers else IpcDeserializationFailedError):
        return None
    reason = peer_text(getattr(error, "reason", None) or error, _LONGEST)
    what = "the request" if answers else "a message"
    return Refused(RefusedError(reason=f"the peer could not read {what}: {reason}"), answers)
