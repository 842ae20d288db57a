"""`Pending`: pairs answers with requests."""

from __future__ import annotations

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.channels.correlation import LATE, Pending, answered_key, request_key
from symphony_types.checks import FieldError
from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse


ENVELOPE = MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="m", id=1))
ANSWER = ENVELOPE.reply(JsonRpcResponse.success(None, 1), sender=ProcessId.new())


def call(number) -> JsonRpcRequest:
    return JsonRpcRequest(method="m", id=number)


def answer(number) -> JsonRpcResponse:
    return JsonRpcResponse.success(None, number)


@pytest.mark.parametrize(
    ("message", "asks", "answers"),
    [
        (ENVELOPE, ENVELOPE.id, None),
        (ANSWER, ANSWER.id, ENVELOPE.id),
        (call(7), 7, None),
        (call("7"), "7", None),
        (call(None), None, None),
        (answer(7), None, 7),
        (answer(None), None, None),
        (JsonRpcNotification(method="m"), None, None),
        ("text", None, None),
        ({"id": 1}, None, None),
    ],
)
def test_keys_of_messages(message, asks, answers):
    """An envelope is a request by its id and an answer by ``reply_to``; bare JSON-RPC uses its id for both."""
    assert request_key(message) == asks
    assert answered_key(message) == answers


def test_each_answer_finds_its_request():
    """Answers find their requests in any order, each once."""
    pending = Pending[str]()
    pending.add(call(1), "number")
    pending.add(call("1"), "text")
    pending.add(ENVELOPE, "envelope")
    assert len(pending) == 3
    assert [pending.take(m) for m in (answer("1"), ANSWER, answer(1), answer(1))] == [
        "text",
        "envelope",
        "number",
        None,
    ]
    assert len(pending) == 0


@pytest.mark.parametrize("message", [call(None), answer(1), JsonRpcNotification(method="m"), 5])
def test_a_message_that_cannot_be_answered_is_not_a_request(message):
    """Such a request would wait for ever."""
    with pytest.raises(FieldError) as caught:
        Pending[str]().add(message, "x")
    assert "expected a MessageEnvelope, or a JsonRpcRequest with an id" in str(caught.value)


def test_an_id_under_way_is_refused_until_it_is_answered():
    """Otherwise the answers to two requests could not be told apart."""
    pending = Pending[str]()
    pending.add(call(1), "one")
    with pytest.raises(FieldError) as caught:
        pending.add(call(1), "two")
    assert "that no request under way has, got 1" in str(caught.value)
    assert pending.take(answer(1)) == "one"
    pending.add(call(1), "two")
    assert pending.take(answer(1)) == "two"


def test_the_answer_to_an_abandoned_request_is_late_once():
    """A second answer is an ordinary message."""
    pending = Pending[str]()
    pending.abandon(pending.add(call(1), "x"))
    assert pending.take(answer(2)) is None
    assert pending.take(answer(1)) is LATE
    assert pending.take(answer(1)) is None
    assert repr(LATE) == "LATE"


def test_an_abandoned_id_can_be_used_again():
    """The next answer then belongs to the new request."""
    pending = Pending[str]()
    pending.abandon(pending.add(call(1), "x"))
    pending.add(call(1), "y")
    assert pending.take(answer(1)) == "y"
    assert pending.take(answer(1)) is None


def test_a_request_that_was_not_sent_leaves_nothing():
    """Its id is free, and an answer to it is an ordinary message."""
    pending = Pending[str]()
    pending.discard(pending.add(call(1), "x"))
    assert len(pending) == 0
    assert pending.take(answer(1)) is None


def test_answered_requests_are_not_abandoned():
    """Abandoning an answered request does nothing."""
    pending = Pending[str]()
    key = pending.add(call(1), "x")
    pending.take(answer(1))
    pending.abandon(key)
    assert pending.take(answer(1)) is None


def test_clearing_returns_all_waiters():
    """The oldest waiter is the first."""
    pending = Pending[str]()
    for number in range(3):
        pending.add(call(number), str(number))
    assert pending.clear() == ["0", "1", "2"]
    assert len(pending) == 0


@given(st.lists(st.integers(0, 50), max_size=200))
def test_the_memory_of_abandoned_requests_is_bounded(ids):
    """The oldest are forgotten first."""
    pending = Pending[str](max_abandoned=5)
    for number in ids:
        pending.abandon(pending.add(call(number), "x"))
    last = list(dict.fromkeys(reversed(ids)))[:5]
    for number in range(51):
        assert pending.take(answer(number)) is (LATE if number in last else None)
