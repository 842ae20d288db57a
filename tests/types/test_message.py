"""Envelopes, their priorities, their time to live and their replies."""

from __future__ import annotations

import copy
import itertools
import pickle
import typing
import uuid

import pytest

from symphony_types import (
    Duration,
    FieldError,
    FieldTypeError,
    JsonRpcRequest,
    MessageEnvelope,
    MessageMetadata,
    MessagePriority,
    ProcessId,
    SessionId,
    Timestamp,
)


SENDER, RECEIVER, SESSION = ProcessId.new(), ProcessId.new(), SessionId.new()
THEN = Timestamp.parse("2024-01-15T10:30:00Z")


def envelope(**changes: object) -> MessageEnvelope[object]:
    """Make an envelope that is right but for *changes*."""
    fields = {"sender": SENDER, "payload": 1}
    return MessageEnvelope(**{**fields, **changes})


def test_defaults():
    """Id, time and metadata fill themselves in; each envelope has an id of its own."""
    before = Timestamp.now()
    made = envelope()

    assert made.id.version == 4
    assert made.id != envelope().id
    assert before <= made.timestamp <= Timestamp.now()
    assert made.metadata == MessageMetadata(
        priority=MessagePriority.NORMAL, ttl=None, reply_to=None, correlation_id=None
    )
    assert (made.receiver, made.session_id) == (None, None)


def test_fields_are_in_the_order_of_the_wire():
    """Positional encodings depend on the order."""
    names = [field.name for field in MessageEnvelope.__attrs_attrs__]

    assert names == ["id", "timestamp", "sender", "receiver", "session_id", "payload", "metadata"]
    assert [field.name for field in MessageMetadata.__attrs_attrs__] == [
        "priority",
        "ttl",
        "reply_to",
        "correlation_id",
    ]


def test_annotations_resolve():
    """Codecs can resolve the generic class's annotations."""
    assert typing.get_type_hints(MessageEnvelope)["id"] is uuid.UUID
    assert typing.get_origin(MessageEnvelope[JsonRpcRequest]) is MessageEnvelope


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "123e4567-e89b-42d3-a456-426614174001"),
        ("timestamp", 0),
        ("sender", SESSION),
        ("receiver", uuid.uuid4()),
        ("session_id", SENDER),
        ("metadata", None),
    ],
)
def test_bad_envelopes_are_refused_by_field(field, value):
    """Ids of another type, texts and numbers do not convert on the quiet."""
    with pytest.raises(FieldTypeError) as caught:
        envelope(**{field: value})
    assert caught.value.path == (field,)


@pytest.mark.parametrize(
    ("field", "value"), [("priority", "Normal"), ("ttl", 5), ("reply_to", SENDER), ("correlation_id", "x")]
)
def test_bad_metadata_is_refused_by_field(field, value):
    """Each field says what is wrong with it."""
    with pytest.raises(FieldTypeError) as caught:
        MessageMetadata(**{field: value})
    assert caught.value.path == (field,)


def test_sender_and_payload_are_required():
    """Nothing stands in for them."""
    with pytest.raises(TypeError):
        MessageEnvelope(sender=SENDER)
    with pytest.raises(TypeError):
        MessageEnvelope(payload=1)


def test_equality_hash_copy_pickle():
    """An envelope is a value; it hashes where its payload does."""
    made = envelope(payload=("a", 1))

    assert made == copy.deepcopy(made) == pickle.loads(pickle.dumps(made))
    assert hash(made) == hash(copy.deepcopy(made))
    with pytest.raises(TypeError):
        hash(envelope(payload=[]))


def test_expiry_is_strict_and_counts_from_the_timestamp():
    """At the exact end a message is fresh, a nanosecond later it is not, and before its time it is."""
    made = envelope(timestamp=THEN, metadata=MessageMetadata(ttl=Duration(1, 5)))

    assert not made.is_expired(THEN + Duration(1, 5))
    assert made.is_expired(THEN + Duration(1, 6))
    assert not made.is_expired(Timestamp.parse("2000-01-01T00:00:00Z"))
    assert made.is_expired()


def test_expiry_without_end():
    """Neither no time to live nor the longest one ends."""
    assert not envelope(timestamp=THEN).is_expired()
    assert not envelope(timestamp=THEN, metadata=MessageMetadata(ttl=Duration(2**64 - 1, 0))).is_expired()
    assert not envelope(timestamp=THEN, metadata=MessageMetadata(ttl=Duration(0, 0))).is_expired(THEN)


def test_with_payload_keeps_all_else():
    """Only the payload changes."""
    made = envelope(receiver=RECEIVER, session_id=SESSION)
    other = made.with_payload("text")

    assert other.payload == "text"
    assert other.with_payload(made.payload) == made


def test_reply_begins_an_exchange():
    """The answer to a first message goes back, and takes its id for the exchange's."""
    request = envelope(
        receiver=RECEIVER,
        session_id=SESSION,
        metadata=MessageMetadata(priority=MessagePriority.HIGH, ttl=Duration(5, 0)),
    )
    answer = request.reply("ok")

    assert (answer.sender, answer.receiver, answer.session_id) == (RECEIVER, SENDER, SESSION)
    assert answer.payload == "ok"
    assert answer.id != request.id
    assert answer.metadata == MessageMetadata(
        priority=MessagePriority.HIGH, ttl=None, reply_to=request.id, correlation_id=request.id
    )


def test_reply_continues_an_exchange():
    """An answer to an answer replies to it, under the id that the exchange has."""
    first = envelope(receiver=RECEIVER)
    second = first.reply(2)
    third = second.reply(3, ttl=Duration(9, 0))

    assert third.metadata.reply_to == second.id
    assert third.metadata.correlation_id == first.id
    assert third.metadata.ttl == Duration(9, 0)


def test_reply_to_a_message_without_receiver_needs_a_sender():
    """Who answers a message to everyone must say so."""
    with pytest.raises(FieldError) as caught:
        envelope().reply("ok")
    assert caught.value.path == ("sender",)
    assert envelope().reply("ok", sender=RECEIVER).sender == RECEIVER


def test_priorities_are_ordered_by_rank():
    """Low to critical, in all four comparisons, and against nothing else."""
    ranked = list(MessagePriority)

    assert [(priority.value, priority.rank) for priority in ranked] == [
        ("Low", 0),
        ("Normal", 1),
        ("High", 2),
        ("Critical", 3),
    ]
    for low, high in itertools.combinations(ranked, 2):
        assert low < high
        assert low <= high
        assert high > low
        assert high >= low
        assert not high < low
        assert not high <= low
        assert not low > high
        assert not low >= high
    for priority in ranked:
        assert priority <= priority  # noqa: PLR0124
        assert priority >= priority  # noqa: PLR0124
        assert MessagePriority.from_rank(priority.rank) is priority
    for compare in ("__lt__", "__le__", "__gt__", "__ge__"):
        assert getattr(MessagePriority.LOW, compare)("Low") is NotImplemented


@pytest.mark.parametrize("rank", [-1, 4, True, 1.0, "1"])
def test_there_are_four_ranks(rank):
    """Other numbers, and what only looks like one, have no priority."""
    with pytest.raises(FieldError):
        MessagePriority.from_rank(rank)
