"""The envelope around every message between processes."""

from __future__ import annotations

import uuid

from enum import Enum
from typing import Generic, TypeVar

import attrs

from symphony_types._quick import quick
from symphony_types._uuid_new import new_uuid
from symphony_types.checks import FieldError, InstanceOf, optional
from symphony_types.ids import ProcessId, SessionId
from symphony_types.time import Duration, Timestamp


__all__ = ["MessageEnvelope", "MessageMetadata", "MessagePriority"]

T = TypeVar("T")
U = TypeVar("U")

_UUID = InstanceOf((uuid.UUID,), "a UUID")


class MessagePriority(Enum):
    """
    How urgent a message is; ordered, ``LOW < NORMAL < HIGH < CRITICAL``.

    The value is the variant's name, which is what goes on the wire; frames
    carry the `rank`.
    """

    LOW = "Low"
    NORMAL = "Normal"
    HIGH = "High"
    CRITICAL = "Critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return _RANKS[self]

    @classmethod
    def from_rank(cls, rank: int) -> MessagePriority:
        """
        Return the priority of *rank*, 0 to 3.

        Raises:
            FieldError: No priority has that rank.
        """
        for priority, known in _RANKS.items():
            if known == rank and type(rank) is int:
                return priority
        raise FieldError("out_of_range", (), "a rank from 0 to 3", repr(rank))

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, MessagePriority):
            return NotImplemented
        return self.rank < other.rank

    def __le__(self, other: object) -> bool:
        if not isinstance(other, MessagePriority):
            return NotImplemented
        return self.rank <= other.rank

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, MessagePriority):
            return NotImplemented
        return self.rank > other.rank

    def __ge__(self, other: object) -> bool:
        if not isinstance(other, MessagePriority):
            return NotImplemented
        return self.rank >= other.rank


_RANKS = {priority: rank for rank, priority in enumerate(MessagePriority)}


@quick
@attrs.frozen(kw_only=True)
class MessageMetadata:
    """
    The facts about a message that its carriers need.

    Args:
        priority: How urgent it is.
        ttl: How long after the envelope's timestamp it is still of use;
            ``None`` is forever.
        reply_to: The id of the one message that this one answers.
        correlation_id: The id that all messages of one exchange share, over
            any number of replies.
    """

    priority: MessagePriority = attrs.field(
        default=MessagePriority.NORMAL, validator=InstanceOf((MessagePriority,), "a MessagePriority")
    )
    ttl: Duration | None = attrs.field(default=None, validator=optional(InstanceOf((Duration,), "a Duration")))
    reply_to: uuid.UUID | None = attrs.field(default=None, validator=optional(_UUID))
    correlation_id: uuid.UUID | None = attrs.field(default=None, validator=optional(_UUID))


@quick
@attrs.frozen(kw_only=True)
class MessageEnvelope(Generic[T]):
    """
    A message with its sender, its receiver and its payload.

    It hashes where its payload does.

    Args:
        id: Which message; a new UUID v4 by default.
        timestamp: When it was made; now by default.
        sender: The process it comes from.
        receiver: The process it goes to; ``None`` is to whom it concerns.
        session_id: The session it belongs to, if any.
        payload: The content of the message.
        metadata: Priority, time to live and what it answers.
    """

    id: uuid.UUID = attrs.field(factory=new_uuid, validator=_UUID)
    timestamp: Timestamp = attrs.field(factory=Timestamp.now, validator=InstanceOf((Timestamp,), "a Timestamp"))
    sender: ProcessId = attrs.field(validator=InstanceOf((ProcessId,), "a ProcessId"))
    receiver: ProcessId | None = attrs.field(default=None, validator=optional(InstanceOf((ProcessId,), "a ProcessId")))
    session_id: SessionId | None = attrs.field(
        default=None, validator=optional(InstanceOf((SessionId,), "a SessionId"))
    )
    payload: T
    metadata: MessageMetadata = attrs.field(
        default=MessageMetadata(), validator=InstanceOf((MessageMetadata,), "a MessageMetadata")
    )

    def is_expired(self, now: Timestamp | None = None) -> bool:
        """
        Whether more than the time to live has passed since ``timestamp``.

        At the exact end it has not, and without a time to live it never has.
        A message from the future, off another machine's clock, is fresh.

        Args:
            now: The instant to judge at; the clock's by default.
        """
        ttl = self.metadata.ttl
        return ttl is not None and self.timestamp.is_older_than(ttl, now=now)

    def with_payload(self, payload: U) -> MessageEnvelope[U]:
        """Return the same envelope, same id and all, around *payload*."""
        return MessageEnvelope(
            id=self.id,
            timestamp=self.timestamp,
            sender=self.sender,
            receiver=self.receiver,
            session_id=self.session_id,
            payload=payload,
            metadata=self.metadata,
        )

    def reply(self, payload: U, *, sender: ProcessId | None = None, ttl: Duration | None = None) -> MessageEnvelope[U]:
        """
        Return a new envelope that answers this one.

        It goes to this one's sender, in the same session, with the same
        priority, an id of its own and the current time.  Its ``reply_to`` is
        this one's id; its ``correlation_id`` is this one's, or this one's id
        where the exchange begins here, so that a whole exchange shares it.

        Args:
            payload: The content of the answer.
            sender: The answering process; by default the receiver of this one.
            ttl: How long the answer is of use; a request's does not carry over.

        Raises:
            FieldError: No *sender*, and this envelope has no receiver.
        """
        answering = self.receiver if sender is None else sender
        if answering is None:
            raise FieldError("missing_field", ("sender",), "a sender, as the message has no receiver", "None")
        correlation_id = self.metadata.correlation_id
        return MessageEnvelope(
            sender=answering,
            receiver=self.sender,
            session_id=self.session_id,
            payload=payload,
            metadata=MessageMetadata(
                priority=self.metadata.priority,
                ttl=ttl,
                reply_to=self.id,
                correlation_id=self.id if correlation_id is None else correlation_id,
            ),
        )
