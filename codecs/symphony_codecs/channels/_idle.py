"""
`IdleWatch`: whether a connection of a server is still of use.

Heartbeats show that a peer lives, not that it uses the connection; and a peer
that has promised none could hold its place for ever.
"""

from __future__ import annotations

import math
import time

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.ipc import FrameFlags, FrameType, TransportType
from symphony_types.message.jsonrpc import JsonRpcRequest, JsonRpcResponse

from ..framing.raw import RawFrame


if TYPE_CHECKING:
    from ._conversation import Conversation

__all__ = ["IdleWatch", "idle_limit"]

# For peers whose heartbeats do not show within that time that they are there, in seconds.
_WITHOUT_HEARTBEATS: Final = 3600.0
_GOODBYE: Final = 1.0


def idle_limit(max_idle: float | None, conversation: Conversation[Any], transport: TransportType) -> float:
    """
    Return how long a connection of a server may be idle, in seconds; infinity is for ever.

    Args:
        max_idle: What the server was asked for; ``None`` is an hour where the
            peer has promised no heartbeats, and for ever elsewhere.
        conversation: What is said over it, opened.
        transport: Over standard input and output there is one peer alone,
            which may be silent for ever unless *max_idle* is given.
    """
    if max_idle is not None:
        return max_idle
    shows = 0 < conversation.silence <= _WITHOUT_HEARTBEATS
    return math.inf if shows or transport is TransportType.STDIO else _WITHOUT_HEARTBEATS


class IdleWatch:
    """
    When messages last went over a connection, and whether a request is under way.

    A request is under way while this end waits for an answer, while the peer
    waits for one to a `JsonRpcRequest`, and, whatever the messages, while the
    handler has taken one and not come back for the next.

    Args:
        conversation: What is said, before the handler has taken anything; it
            notes its messages here from now on.
        limit: How long it may be idle, in seconds.
        is_answering: Where one function answers each message of the peer:
            whether it does now; what it has not answered by then, it never will.

    Attributes:
        goodbye: How long the peer may take to say goodbye then, in seconds.
        limit: As given.
    """

    def __init__(
        self, conversation: Conversation[Any], limit: float, is_answering: Callable[[], bool] | None = None
    ) -> None:
        self.limit: Final = limit
        self.goodbye: Final = min(_GOODBYE, limit)
        self._conversation = conversation
        self._is_answering = is_answering
        self._last = time.monotonic()
        self._came = self._unanswered = 0
        # a peer need not wait with its first messages
        for message, _ in conversation.inbox:
            self.came(message)
        conversation.idle_watch = self

    # Called by the conversation

    def came(self, message: object) -> None:
        """Note a message of the peer for the handler, or that one could not be decoded."""
        self._last = time.monotonic()
        self._came += 1
        self._unanswered += _calls(message, JsonRpcRequest, FrameType.REQUEST)

    def answered(self) -> None:
        """Note an answer to this end."""
        self._last = time.monotonic()

    def sent(self, message: object) -> None:
        """Note a message to the peer."""
        self._last = time.monotonic()
        if self._unanswered:
            self._unanswered -= _calls(message, JsonRpcResponse, FrameType.RESPONSE)

    # Called by the server

    def remaining(self, *, stuck: bool) -> float:
        """
        Return after how many seconds to ask again; 0 if the connection has been idle for its limit.

        Args:
            stuck: Whether a message waits for the peer to take it: then
                nothing that is under way comes to an end.
        """
        now = time.monotonic()
        if not stuck and self._is_busy():
            self._last = now
        return max(0.0, self._last + self.limit - now)

    def _is_busy(self) -> bool:
        conversation = self._conversation
        if len(conversation.pending):
            return True
        if self._is_answering is not None:
            return self._is_answering()
        taken = self._came - len(conversation.inbox)
        return bool(self._unanswered or (taken and not conversation.is_awaited))


def _calls(message: object, kind: type[JsonRpcRequest | JsonRpcResponse], frame_type: FrameType) -> bool:
    """Return whether *message* is of *kind*, bare or in an envelope, or the last frame of such a message."""
    if type(message) is RawFrame:
        header = message.header
        return header.frame_type is frame_type and not header.flags & FrameFlags.MORE_FRAGMENTS
    payload = message.payload if isinstance(message, MessageEnvelope) else message
    return isinstance(payload, kind)
