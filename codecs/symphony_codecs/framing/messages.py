"""
Messages in frames: encoded, compressed, then split; and read again once they are joined.

A message is an envelope, or anything else that the codec can write; its
priority and what it answers then have their defaults.

::

    frames = encode_message(envelope, None, "msgpack-compact", stream_id=1, compression=FrameCompression.ZSTD)

    assembler = MessageAssembler()
    for frame in frames:
        message = assembler.add(frame)
    envelope = decode_message(message, MessageEnvelope[JsonRpcRequest])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import attrs

from typing_extensions import Buffer, TypeForm

from symphony_types.checks import FieldError, InstanceOf
from symphony_types.errors import SymphonyError
from symphony_types.message.envelope import MessageEnvelope, MessagePriority
from symphony_types.message.ipc import (
    FrameCompression,
    FrameFlags,
    FrameHeader,
    FrameRoute,
    FrameType,
    IpcFrame,
    trusted_frame,
)
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse
from symphony_types.result import Err

from ..codec import Codec
from ..registry import CodecKey, get_codec
from ._limits import DEFAULT_MAX_MESSAGE, DEFAULT_MAX_PAYLOAD
from .compression import compress
from .errors import FrameError, LocalFrameError, RemoteFrameError


__all__ = [
    "IpcMessage",
    "check_route",
    "decode_message",
    "encode_message",
    "frame_type_of",
    "route_of",
    "split_message",
]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class IpcMessage:
    """
    The content of one or several frames, joined and inflated.

    Args:
        header: The first frame's, without ``MORE_FRAGMENTS``, and with the
            compression that the payload had.
        payload: The encoded document.
    """

    header: FrameHeader = attrs.field(validator=InstanceOf((FrameHeader,), "a FrameHeader"))
    payload: bytes = attrs.field(
        validator=InstanceOf((bytes,), "bytes"), repr=lambda payload: f"<{len(payload)} bytes>"
    )


def frame_type_of(message: object) -> FrameType:
    """
    Return the type of the frames that *message*, or an envelope with it, travels in.

    A `JsonRpcRequest` is a Request, a `JsonRpcNotification` an Event, a
    `JsonRpcResponse` a Response or, with an error in it, an Error, as are
    `SymphonyError` and `Err`.  Anything else is a Response in an envelope that
    answers another, and an Event otherwise.
    """
    payload: object = message.payload if isinstance(message, MessageEnvelope) else message
    if isinstance(payload, JsonRpcRequest):
        return FrameType.REQUEST
    if isinstance(payload, JsonRpcResponse):
        return FrameType.RESPONSE if payload.error is None else FrameType.ERROR
    if isinstance(payload, JsonRpcNotification):
        return FrameType.EVENT
    if isinstance(payload, (SymphonyError, Err)):
        return FrameType.ERROR
    if isinstance(message, MessageEnvelope) and message.metadata.reply_to is not None:
        return FrameType.RESPONSE
    return FrameType.EVENT


def route_of(envelope: MessageEnvelope[Any]) -> FrameRoute:
    """
    Return the route of *envelope*, from its sender to its receiver.

    Raises:
        LocalFrameError: ``bad_route``: the receiver is the nil UUID, which in
            frames is everyone.
    """
    try:
        return FrameRoute(envelope.sender, envelope.receiver)
    except FieldError as exc:
        raise LocalFrameError("bad_route", str(exc)) from exc


def encode_message(
    message: object,
    as_type: TypeForm[Any] | None,
    codec: CodecKey,
    *,
    stream_id: int,
    frame_type: FrameType | None = None,
    format_id: int | None = None,
    compression: FrameCompression = FrameCompression.NONE,
    compress_over: int = 0,
    max_payload: int = DEFAULT_MAX_PAYLOAD,
    max_message: int = DEFAULT_MAX_MESSAGE,
    route: FrameRoute | None = None,
    document: bytes | None = None,
) -> list[IpcFrame]:
    """
    Return the frames that carry *message*.

    Args:
        message: An envelope, whose priority the frames have too, or a bare
            message.
        as_type: The type to write it as; ``None`` for its own class, see
            `Codec.encode`.
        codec: A codec, or a key of `get_codec`.
        stream_id: One that no other message under way in this direction has.
        frame_type: `frame_type_of` the message by default.
        format_id: The number of the format on the connection; the codec's own
            by default.
        compression: How to compress the document, if that makes it smaller.
        compress_over: The size in bytes up to which documents go as they are.
        max_payload: The most bytes that the peer takes in one frame, at least 1.
        max_message: The most bytes that the peer takes in one document, before it
            is compressed; exactly as many pass.
        route: `route_of` the envelope, if the frames are routed.
        document: The message, where it is encoded already.

    Raises:
        EncodeError: The codec cannot write it.
        UnknownCodecError: No codec has that name.
        LocalFrameError: ``too_large``; ``bad_format`` where frames have no
            number for the format; ``bad_route`` where the envelope's is
            another; ``bad_compression``; ``bad_header`` for a field out of
            its range, and for Hello, Heartbeat and Shutdown.
    """
    if not isinstance(codec, Codec):
        codec = get_codec(codec)
    if format_id is None:
        format_id = codec.format_id
        if format_id is None:
            raise LocalFrameError("bad_format", f"expected a format id for {codec.name}, which has none, got None")
    priority = message.metadata.priority if isinstance(message, MessageEnvelope) else MessagePriority.NORMAL
    payload = codec.encode(message, as_type) if document is None else document
    if len(payload) > max_message:
        raise LocalFrameError("too_large", f"expected a message of at most {max_message} bytes, got {len(payload)}")
    if compression is not FrameCompression.NONE:
        packed = compress(payload, compression) if len(payload) > compress_over else payload
        if len(packed) < len(payload):
            payload = packed
        else:
            compression = FrameCompression.NONE
    try:
        header = FrameHeader(
            frame_type=frame_type_of(message) if frame_type is None else frame_type,
            format=format_id,
            compression=compression,
            priority=priority,
            flags=FrameFlags(0) if route is None else FrameFlags.ROUTED,
            stream_id=stream_id,
            route=route,
        )
    except FieldError as exc:
        raise LocalFrameError("bad_header", str(exc)) from exc
    if header.frame_type.is_control:
        kind = header.frame_type.name
        raise LocalFrameError("bad_header", f"expected one that carries messages, got {kind} at frame_type")
    if route is not None:
        check_route(message, route, LocalFrameError)
    if len(payload) <= max_payload:
        return [trusted_frame(header, payload)]
    return list(split_message(header, payload, max_payload=max_payload))


def split_message(
    header: FrameHeader, payload: Buffer, *, max_payload: int = DEFAULT_MAX_PAYLOAD
) -> Iterator[IpcFrame]:
    """
    Return the frames of a payload that is encoded and compressed, each made when its turn comes.

    Args:
        header: The header of all of them, except ``MORE_FRAGMENTS``.
        payload: Any contiguous buffer; an empty one is one frame.
        max_payload: The most bytes in one frame, at least 1.

    Raises:
        LocalFrameError: ``too_large``: *max_payload* is less than 1, or the
            frame is too long and of a connection, so that it is never split.
    """
    view = memoryview(payload).cast("B")
    size = len(view)
    if max_payload < 1:
        raise LocalFrameError("too_large", f"expected at least 1 byte in a frame, got {max_payload}")
    last = header
    if FrameFlags.MORE_FRAGMENTS in header.flags:
        last = attrs.evolve(header, flags=header.flags & ~FrameFlags.MORE_FRAGMENTS)
    if size <= max_payload:
        return iter((IpcFrame(header=last, payload=payload if isinstance(payload, bytes) else bytes(view)),))
    if header.belongs_to_connection:
        kind = header.frame_type.name
        raise LocalFrameError("too_large", f"expected at most {max_payload} bytes for {kind}, got {size}")
    more = attrs.evolve(header, flags=header.flags | FrameFlags.MORE_FRAGMENTS)
    return (
        IpcFrame(header=more if start + max_payload < size else last, payload=bytes(view[start : start + max_payload]))
        for start in range(0, size, max_payload)
    )


def decode_message(message: IpcMessage, as_type: TypeForm[T], *, codecs: Callable[[int], Codec] = get_codec) -> T:
    """
    Return what *message* says, as a value of *as_type*.

    Args:
        message: The message, joined and inflated.
        as_type: As `Codec.decode` takes it.
        codecs: Returns the codec of a format id, or raises `LookupError`.  By
            default it finds every registered codec.

    Raises:
        RemoteFrameError: ``bad_format`` for a format that is not known;
            ``bad_route``, see `check_route`.
        DecodeError: The document is none of its format, or of the type.
    """
    header = message.header
    try:
        codec = codecs(header.format)
    except LookupError as exc:
        raise RemoteFrameError("bad_format", f"expected the id of a known format, got {header.format}") from exc
    value = codec.decode(message.payload, as_type)
    if header.route is not None:
        check_route(value, header.route)
    return value


def check_route(message: object, route: FrameRoute, refusal: type[FrameError] = RemoteFrameError) -> None:
    """Raise *refusal* (``bad_route``) if *message* is an envelope that *route*, that of its frames, contradicts."""
    if isinstance(message, MessageEnvelope) and (route.sender, route.receiver) != (message.sender, message.receiver):
        expected, actual = (
            f"from {each.sender} to {'everyone' if each.receiver is None else each.receiver}"
            for each in (message, route)
        )
        raise refusal("bad_route", f"expected the envelope's route, {expected}, got {actual}")
