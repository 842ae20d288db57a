"""
The errors of framing.

::

    FrameError (also a ValueError)                 abstract: catch it, never raise it
     +-- LocalFrameError                           ours: the caller asked for what the protocol forbids
     +-- RemoteFrameError                          the peer's: it did not send a valid frame
     |    +-- FrameAuthenticationError             a tag, a sequence or a flag that is not the peer's
     +-- NegotiationError                          nobody's: the two ends share nothing, or one insists

Each is also the variant of `IpcError` that it travels as: a local one is
`IpcSerializationFailedError`, a remote one `IpcDeserializationFailedError`,
the last two are `IpcAuthenticationFailedError` and `IpcConnectionFailedError`.
Once a decoder or a connection has raised one, it raises the same again.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar, Final, Literal

from symphony_types.errors import (
    IpcAuthenticationFailedError,
    IpcConnectionFailedError,
    IpcDeserializationFailedError,
    IpcError,
    IpcSerializationFailedError,
)


__all__ = [
    "NEED_DATA",
    "FrameAuthenticationError",
    "FrameError",
    "LocalFrameError",
    "NeedData",
    "NegotiationError",
    "RemoteFrameError",
]


class NeedData(Enum):
    """The type of `NEED_DATA`."""

    NEED_DATA = "NEED_DATA"

    def __repr__(self) -> str:
        return "NEED_DATA"


NEED_DATA: Final = NeedData.NEED_DATA
"""A decoder returns this when it has no whole frame or message: feed it more."""


class FrameError(IpcError, ValueError):
    """
    Bytes that are not a valid frame, or a frame that may not be sent.

    Args:
        frame_code: The fault, for programs: one of those that
            ``docs/frame-format.md`` lists, such as ``header_checksum``.
        message: The fault, for people: "expected X, got Y".
        offset: Where the frame or message at fault begins, in bytes from the
            start of the stream; ``None`` if that is not known.

    Attributes:
        fault: ``ours``, ``peer`` or ``both``.
    """

    fault: ClassVar[Literal["ours", "peer", "both"]]

    # The variants take the one field `reason`, which is derived here. Type checkers make the constructor of a class
    # from its variant's fields unless it has one: hence those below.
    def __init__(self, frame_code: str, message: str, *, offset: int | None = None) -> None:
        if not hasattr(type(self), "fault"):
            raise TypeError("FrameError is not raised itself, but LocalFrameError or RemoteFrameError")
        self.frame_code = frame_code
        self.message = message
        self.offset = offset
        where = "" if offset is None else f", in the frame at byte {offset}"
        super().__init__(reason=f"{frame_code}: {message}{where}")  # type: ignore[call-arg]  # the variant's field


class LocalFrameError(FrameError, IpcSerializationFailedError):
    """We broke the protocol, or were about to; nothing was written."""

    fault = "ours"

    def __init__(self, frame_code: str, message: str, *, offset: int | None = None) -> None:
        super().__init__(frame_code, message, offset=offset)


class RemoteFrameError(FrameError, IpcDeserializationFailedError):
    """The peer broke the protocol, or the bytes were damaged on their way."""

    fault = "peer"

    def __init__(self, frame_code: str, message: str, *, offset: int | None = None) -> None:
        super().__init__(frame_code, message, offset=offset)


class FrameAuthenticationError(IpcAuthenticationFailedError, RemoteFrameError):
    """The frame is not what the holder of the key sent, or not in its place."""

    def __init__(self, frame_code: str, message: str, *, offset: int | None = None) -> None:
        RemoteFrameError.__init__(self, frame_code, message, offset=offset)


class NegotiationError(FrameError, IpcConnectionFailedError):
    """The two ends share no version or format, or only one of them wants authentication."""

    fault = "both"

    def __init__(self, frame_code: str, message: str, *, offset: int | None = None) -> None:
        super().__init__(frame_code, message, offset=offset)
