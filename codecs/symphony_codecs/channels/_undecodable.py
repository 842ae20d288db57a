"""
Find which request an undecodable document answers, or which request it is.

So a request fails at once if its answer cannot be decoded, rather than after
its time-out.  Two fields decide, and most faults leave them readable:
``reply_to`` in an envelope's metadata, and ``id`` of a response.
"""

from __future__ import annotations

import uuid

from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import attrs

from typing_extensions import Buffer, TypeAliasType

from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope, MessageMetadata
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse

from ..codec import Codec
from ..errors import DecodeError
from ..formats._outline import outline_of
from ._links import Asked, Undecodable
from .correlation import Key


__all__ = ["converses", "key_of", "undecodable"]

_ENVELOPE: Final = [field.name for field in attrs.fields(MessageEnvelope)]
_METADATA: Final = _ENVELOPE.index("metadata")
_REPLY_TO: Final = [field.name for field in attrs.fields(MessageMetadata)].index("reply_to")
_NOTIFICATION: Final = attrs.fields(JsonRpcNotification)
_RESPONSE: Final = [field.name for field in attrs.fields(JsonRpcResponse)]
_SHOWN: Final = 1000  # bytes
_LONGEST_NAME: Final = 200  # characters; longer names are not fields of messages
# Fields that only a JSON-RPC message has, and fields that only an envelope has.
_OF_RPC: Final = frozenset(("jsonrpc", "result", "error"))
_OF_ENVELOPE: Final = frozenset(("metadata", "payload", "sender"))
_OF_REQUEST: Final = frozenset(("jsonrpc", "method"))
_MESSAGES: Final = (MessageEnvelope, JsonRpcRequest, JsonRpcNotification, JsonRpcResponse)
_UNIONS: Final = (Union, UnionType, Annotated)
_NO_DOCUMENT: Final = frozenset(("syntax", "trailing_bytes"))


def undecodable(
    error: DecodeError, document: Buffer, codec: Codec, stream_id: int = 0, *, converses: bool = False
) -> Undecodable:
    """
    Return the event for a document that is not of the type of messages.

    Args:
        error: The error of decoding it.
        document: The document.
        codec: Its codec.
        stream_id: The stream of its frames.
        converses: Whether the type of messages is JSON-RPC or envelopes: a
            document that resembles neither, such as a log line in JSON, does
            not count as a message then.
    """
    data = bytes(document)
    broken = any(issue.code in _NO_DOCUMENT for issue in error.issues)
    outline = _outline_of(data, codec, broken=broken)
    key = key_of(outline)
    noise = key is None and (broken or (converses and _is_foreign(outline)))
    text = data[:_SHOWN].decode(errors="backslashreplace") if noise else None
    return Undecodable(error, key, text, None if key is not None else _asked(outline, stream_id))


def _outline_of(data: bytes, codec: Codec, *, broken: bool) -> object:
    if not broken:
        try:
            return codec.decode(data, Any)  # valid in the format, though of another type
        except DecodeError:
            pass
    return outline_of(codec.format.layout, data)


def key_of(outline: object) -> Key | None:
    """
    Return the key of the request that a document answers; ``None`` if it answers none, or the key is unreadable.

    Args:
        outline: The readable part of the document; see `outline_of`.
    """
    if isinstance(outline, list):
        return _key_by_place(outline)
    if not isinstance(outline, dict):
        return None
    fields = _fields(outline)
    if "method" in fields:  # a request
        return None
    if not _OF_ENVELOPE.isdisjoint(fields):
        return _key_of_metadata(fields.get("metadata"))
    if "id" in fields:
        return _id(fields["id"])
    if _OF_RPC.isdisjoint(fields) and len(fields) <= 2:  # a union's tag, and its content
        found = [key_of(value) for value in fields.values()]
        return next((key for key in found if key is not None), None)
    return None


def _asked(outline: object, stream_id: int) -> Asked | None:
    """Return the readable part of a document that may be a request; ``None`` if it is a response."""
    if isinstance(outline, list):
        fields = dict(zip(_ENVELOPE, outline, strict=False)) if len(outline) > _METADATA else {}
    elif isinstance(outline, dict):
        fields = _fields(outline)
    else:
        fields = {}
    key, sender = _uuid(fields.get("id")), _uuid(fields.get("sender"))
    if key is not None and sender is not None and not _OF_ENVELOPE.isdisjoint(fields):
        receiver = _uuid(fields.get("receiver"))
        return Asked(
            id=key,
            sender=ProcessId(sender),
            receiver=None if receiver is None else ProcessId(receiver),
            stream_id=stream_id,
        )
    if "method" in fields and "jsonrpc" in fields:
        return Asked(id=_id(fields.get("id")), stream_id=stream_id)
    return None if "jsonrpc" in fields else Asked(stream_id=stream_id)


def _is_foreign(outline: object) -> bool:
    """Whether a document resembles neither an envelope, a request nor a notification."""
    if isinstance(outline, list):
        return len(outline) < len(_NOTIFICATION)
    fields = _fields(outline) if isinstance(outline, dict) else {}
    return _OF_ENVELOPE.isdisjoint(fields) and not fields.keys() >= _OF_REQUEST


def converses(as_type: Any) -> bool:
    """Return whether *as_type* is an envelope or a JSON-RPC class, or a union with such members."""
    origin = get_origin(as_type) or as_type
    if isinstance(origin, type) and issubclass(origin, _MESSAGES):
        return True
    if isinstance(origin, TypeAliasType):
        return converses(origin.__value__)
    return origin in _UNIONS and any(converses(member) for member in get_args(as_type))


def _key_by_place(fields: list[Any]) -> Key | None:
    if len(fields) > _METADATA:
        return _key_of_metadata(fields[_METADATA])
    # A request has a string where a response has its result; a response whose result is a string looks like a request.
    if len(fields) == len(_RESPONSE) and not isinstance(fields[_RESPONSE.index("result")], str):
        return _id(fields[_RESPONSE.index("id")])
    return None


def _key_of_metadata(metadata: object) -> Key | None:
    if isinstance(metadata, dict):
        return _uuid(_fields(metadata).get("replyto"))
    return _uuid(metadata[_REPLY_TO]) if isinstance(metadata, list) and len(metadata) > _REPLY_TO else None


def _id(value: object) -> Key | None:
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def _fields(outline: dict[Any, Any]) -> dict[str, Any]:
    """Return the fields by normalized name: ``replyTo``, ``reply-to`` and ``REPLY_TO`` are the same."""
    return {
        name.replace("_", "").replace("-", "").lower(): value
        for name, value in outline.items()
        if type(name) is str and len(name) <= _LONGEST_NAME
    }


def _uuid(value: object) -> uuid.UUID | None:
    try:
        if isinstance(value, str):
            return uuid.UUID(value)
        return uuid.UUID(bytes=value) if isinstance(value, bytes) else None
    except ValueError:
        return None
