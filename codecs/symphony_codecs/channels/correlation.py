"""
Which answer belongs to which request.

An envelope is answered by one whose ``reply_to`` is its id, as
`MessageEnvelope.reply` makes it; a bare `JsonRpcRequest` by the
`JsonRpcResponse` with its id.
"""

from __future__ import annotations

import uuid

from enum import Enum
from typing import Final, Generic, TypeAlias, TypeVar

from symphony_types.checks import FieldError, FieldTypeError, describe
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcRequest, JsonRpcResponse


__all__ = ["LATE", "Key", "Late", "Pending", "answered_key", "request_key"]

Key: TypeAlias = uuid.UUID | str | int
"""What pairs an answer with its request."""

W = TypeVar("W")

_MAX_ABANDONED: Final = 4096
# More than any integer of JSON-RPC: UUIDs are kept as integers, since Python code hashes and compares UUIDs.
_UUIDS: Final = 1 << 128


class Late(Enum):
    """The type of `LATE`."""

    LATE = "LATE"

    def __repr__(self) -> str:
        return "LATE"


LATE: Final = Late.LATE
"""What `Pending.take` returns for an answer that nobody waits for any more: drop it."""


def request_key(message: object) -> Key | None:
    """Return what an answer to *message* will carry; ``None`` if nothing can answer it."""
    if isinstance(message, MessageEnvelope):
        return message.id
    if isinstance(message, JsonRpcRequest):
        return message.id
    return None


def answered_key(message: object) -> Key | None:
    """Return the key of the request that *message* answers; ``None`` if it answers none."""
    if isinstance(message, MessageEnvelope):
        return message.metadata.reply_to
    if isinstance(message, JsonRpcResponse):
        return message.id
    return None


class Pending(Generic[W]):
    """
    The requests under way, each with what waits for its answer.

    It does not lock: a caller with threads does.

    Args:
        max_abandoned: How many requests that were given up are remembered,
            the oldest forgotten first; the answer to a forgotten one is
            a message like any other.
    """

    def __init__(self, *, max_abandoned: int = _MAX_ABANDONED) -> None:
        self._waiters: dict[Key, W] = {}
        # a dict keeps its order: the oldest is the first
        self._abandoned: dict[Key, None] = {}
        self._max_abandoned = max_abandoned

    def add(self, message: object, waiter: W) -> Key:
        """
        Let *waiter* wait for the answer to *message*; returns the key to `abandon` it by.

        Raises:
            FieldError: Nothing can answer *message*, or a request with the
                same id is under way.
        """
        key = message.id if type(message) is MessageEnvelope else request_key(message)
        if key is None:
            expected = "a MessageEnvelope, or a JsonRpcRequest with an id"
            raise FieldTypeError("wrong_type", ("message",), expected, describe(message))
        plain = key.int + _UUIDS if isinstance(key, uuid.UUID) else key
        if plain in self._waiters:
            raise FieldError("invalid_value", ("message", "id"), "an id that no request under way has", str(key))
        self._abandoned.pop(plain, None)
        self._waiters[plain] = waiter
        return plain

    def take(self, message: object) -> W | Late | None:
        """
        Remove and return what waits for *message*.

        Returns:
            The waiter; `LATE` if it has given up; ``None`` if *message*
            answers nothing that was asked.
        """
        waiters = self._waiters
        # most messages of an end that does not ask come this way
        if not waiters and not self._abandoned:
            return None
        # and most answers of one that does, this way
        key = message.metadata.reply_to if type(message) is MessageEnvelope else answered_key(message)
        if type(key) is uuid.UUID:
            waiter = waiters.pop(key.int + _UUIDS, None)
            if waiter is not None:
                return waiter
        return self.take_key(key)

    def take_key(self, key: Key | None) -> W | Late | None:
        """Remove and return what waits for the answer to the request of *key*; see `take`."""
        if key is None:
            return None
        key = key.int + _UUIDS if isinstance(key, uuid.UUID) else key
        waiter = self._waiters.pop(key, None)
        if waiter is not None:
            return waiter
        if key in self._abandoned:
            del self._abandoned[key]
            return LATE
        return None

    def abandon(self, key: Key) -> None:
        """Give the request of *key* up: its answer, should it still come, is `LATE`."""
        if self._waiters.pop(key, None) is None:
            return
        self._abandoned[key] = None
        if len(self._abandoned) > self._max_abandoned:
            del self._abandoned[next(iter(self._abandoned))]

    def discard(self, key: Key) -> None:
        """Forget the request of *key*, which was never sent."""
        self._waiters.pop(key, None)

    def clear(self) -> list[W]:
        """Remove and return all that wait, the oldest first."""
        waiters = list(self._waiters.values())
        self._waiters.clear()
        self._abandoned.clear()
        return waiters

    def __len__(self) -> int:
        return len(self._waiters)
