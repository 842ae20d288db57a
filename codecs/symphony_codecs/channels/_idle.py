"""
`IdleWatch`: decides whether a connection of a server is still in use.

Heartbeats show that a peer is alive, not that it uses the connection; and a
peer that has announced no heartbeats could keep its place for ever.
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

# The limit for peers that have announced no heartbeats, or less frequent ones than this, in seconds.
_WITHOUT_HEARTBEATS: Final = 3600.0
_GOODBYE: Final = 1.0


def idle_limit(max_idle: float | None, conversation: Conversation[Any], transport: TransportType) -> float:
    """
    Return how long a connection of a server may be idle, in seconds; infinity is for ever.

    Args:
        max_idle: The server's setting; ``None`` is an hour if the peer has
            announced no heartbeats, and no limit otherwise.
        conversation: The connection's conversation, opened.
        transport: The transport.  Standard input and output have a single
            peer, which may be idle for ever unless *max_idle* is set.
    """
    if max_idle is not None:
        return max_idle
    shows = 0 < conversation.silence <= _WITHOUT_HEARTBEATS
    return math.inf if shows or transport is TransportType.STDIO else _WITHOUT_HEARTBEATS


class IdleWatch:
    """
    Notes when the last message passed over a connection, and whether a request is under way.

    A request is under way while this end waits for an answer, while the peer
    waits for the answer to a `JsonRpcRequest`, and, for any type of message,
    while the handler has received one and not asked for the next.

    Args:
        conversation: The conversation, before the handler has received
            anything; it reports its messages here from now on.
        limit: How long it may be idle, in seconds.
        is_answering: For a server with an ``answer`` function: returns whether
            an answer is being made.  Messages that have no answer when this
            returns false will get none.

    Attributes:
        goodbye: How long the peer may take to close its end, in seconds.
        limit: How long the connection may be idle, in seconds.
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
        # the peer's first messages may have arrived already
        for message, _ in conversation.inbox:
            self.came(message)
        conversation.idle_watch = self

    # Called by the conversation

    def came(self, message: object) -> None:
        """Note a message of the peer for the handler, or a `Failure` to decode one."""
        self._last = time.monotonic()
        self._came += 1
        self._unanswered += _calls(message, JsonRpcRequest, FrameType.REQUEST)

    def answered(self) -> None:
        """Note an answer to a request of this end."""
        self._last = time.monotonic()

    def sent(self, message: object) -> None:
        """Note a message to the peer."""
        self._last = time.monotonic()
        if self._unanswered:
            self._unanswered -= _calls(message, JsonRpcResponse, FrameType.RESPONSE)

    # Called by the server

    def remaining(self, *, stuck: bool) -> float:
        """
        Return after how many seconds to call again; 0 if the connection has been idle for its limit.

        Args:
            stuck: Whether a message waits for the peer to read it: requests
                under way do not count then, since they cannot end.
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
    """Return whether *message* is a *kind*, bare or in an envelope, or the last raw frame of such a message."""
    if type(message) is RawFrame:
        header = message.header
        return header.frame_type is frame_type and not header.flags & FrameFlags.MORE_FRAGMENTS
    payload = message.payload if isinstance(message, MessageEnvelope) else message
    return isinstance(payload, kind)
