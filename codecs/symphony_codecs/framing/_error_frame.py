"""The Error frame on stream 0, with which an end gives its connection up: how it is written, and read."""

from __future__ import annotations

from typing import Any, Final

from symphony_types.errors import IpcTransportError, SymphonyError
from symphony_types.message.ipc import FrameFlags, FrameHeader, FrameType, IpcFrame, SerializationFormat

from .._peer_text import peer_text
from ..errors import DecodeError, EncodeError, UnknownCodecError
from ..registry import get_codec
from .errors import FrameError


__all__ = ["error_frame", "read_error"]

_LONGEST: Final = 2000  # characters of a peer's text in an exception


def error_frame(error: FrameError, max_payload: int) -> IpcFrame:
    """
    Return the frame that says *error*, or as much of it as fits into *max_payload* bytes, at least 1024.

    It has a checksum: the peer may have agreed on those already, from the very
    Hello that is refused here.
    """
    header = FrameHeader(
        frame_type=FrameType.ERROR, format=SerializationFormat.JSON.format_id, flags=FrameFlags.CHECKSUM
    )
    text = error.message.encode("utf-8", "backslashreplace").decode()
    while True:
        said = type(error)(error.frame_code, text, offset=error.offset)
        payload = get_codec("json").encode(said, SymphonyError)
        if len(payload) <= max_payload:
            return IpcFrame(header=header, payload=payload)
        text = f"{text[: len(text) // 2]}..."


def read_error(frame: IpcFrame) -> SymphonyError:
    """Return what the peer gave up for, its texts cut and in one line, or, where that cannot be read, that it did."""
    try:
        codec = get_codec(frame.header.format)
        error: SymphonyError = codec.decode(frame.payload, SymphonyError)
        shown = str(error)
        if len(shown) > _LONGEST or not shown.isprintable():
            error = codec.decode(codec.encode(_in_short(codec.decode(frame.payload, Any))), SymphonyError)
    except (DecodeError, EncodeError, UnknownCodecError) as exc:
        return IpcTransportError(reason=f"the peer gave up, and its reason cannot be read: {peer_text(exc, _LONGEST)}")
    return error


def _in_short(value: Any) -> Any:
    if isinstance(value, str):
        return peer_text(value, _LONGEST)
    if isinstance(value, list):
        return [_in_short(item) for item in value]
    return {_in_short(key): _in_short(item) for key, item in value.items()} if isinstance(value, dict) else value
