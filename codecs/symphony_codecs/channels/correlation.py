"""
Pair answers with requests.

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
"""The id that pairs an answer with its request."""

W = TypeVar("W")

_MAX_ABANDONED: Final = 4096
# Added to a UUID's integer, so that it is above any integer id of JSON-RPC.  Integers are hashed and compared in C,
# UUIDs in Python.
_UUIDS: Final = 1 << 128


class Late(Enum):
    """The type of `LATE`."""

    LATE = "LATE"

    def __repr__(self) -> str:
        return "LATE"


LATE: Final = Late.LATE
"""`Pending.take` returns this for the answer to an abandoned request: drop the answer."""


def request_key(message: object) -> Key | None:
    """Return the key that an answer to *message* will carry; ``None`` if it cannot be answered."""
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
    The requests under way, each with the waiter for its answer.

    It does not lock; callers with threads do.

    Args:
        max_abandoned: How many abandoned requests to remember; beyond that,
            the oldest are forgotten, and an answer to one of those counts as
            an ordinary message.
    """

    def __init__(self, *, max_abandoned: int = _MAX_ABANDONED) -> None:
        self._waiters: dict[Key, W] = {}
        # a dict keeps its order: the oldest is the first
        self._abandoned: dict[Key, None] = {}
        self._max_abandoned = max_abandoned

    def add(self, message: object, waiter: W) -> Key:
        """
        Let *waiter* wait for the answer to *message*; return the key for `abandon` and `discard`.

        Raises:
            FieldError: *message* has no id that an answer could carry, or a
                request with the same id is under way.
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
        Remove and return the waiter for *message*.

        Returns:
            The waiter; `LATE` if its request was abandoned; ``None`` if
            *message* does not answer a request of this end.
        """
        waiters = self._waiters
        # the usual case at an end that sends no requests
        if not waiters and not self._abandoned:
            return None
        # the usual case at an end that does
        key = message.metadata.reply_to if type(message) is MessageEnvelope else answered_key(message)
        if type(key) is uuid.UUID:
            waiter = waiters.pop(key.int + _UUIDS, None)
            if waiter is not None:
                return waiter
        return self.take_key(key)

    def take_key(self, key: Key | None) -> W | Late | None:
        """Remove and return the waiter for the answer to the request with *key*; see `take`."""
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
        """Abandon the request with *key*: if its answer still arrives, it is `LATE`."""
        if self._waiters.pop(key, None) is None:
            return
        self._abandoned[key] = None
        if len(self._abandoned) > self._max_abandoned:
            del self._abandoned[next(iter(self._abandoned))]

    def discard(self, key: Key) -> None:
        """Forget the request with *key*, which was never sent."""
        self._waiters.pop(key, None)

    def clear(self) -> list[W]:
        """Remove and return all waiters, the oldest first."""
        waiters = list(self._waiters.values())
        self._waiters.clear()
        self._abandoned.clear()
        return waiters

    def __len__(self) -> int:
        return len(self._waiters)
