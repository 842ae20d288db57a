"""The events that a `FrameConnection` reports of its peer."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from symphony_types.errors import SymphonyError

from .messages import IpcMessage
from .negotiation import Agreement
from .raw import RawFrame


__all__ = ["Event", "FrameReceived", "MessageReceived", "Opened", "PeerEof", "PeerFailed", "PeerShutdown"]


@attrs.frozen
class Opened:
    """Both Hellos are there, and this is what follows from them; now messages may be sent."""

    agreement: Agreement


@attrs.frozen
class MessageReceived:
    """A whole message, its fragments joined and inflated."""

    message: IpcMessage


@attrs.frozen
class FrameReceived:
    """A frame to be forwarded; only a connection made with ``raw`` has these, and no messages."""

    frame: RawFrame


@attrs.frozen
class PeerShutdown:
    """The peer sends no more, those included that it had begun; what we have not sent yet may still go out."""


@attrs.frozen
class PeerFailed:
    """The peer gave the connection up for *error*: `IpcTransportError` if what it says cannot be read."""

    error: SymphonyError


@attrs.frozen
class PeerEof:
    """The peer's bytes end, not within a frame; *clean*: it had said Shutdown."""

    clean: bool


Event: TypeAlias = Opened | MessageReceived | FrameReceived | PeerShutdown | PeerFailed | PeerEof
