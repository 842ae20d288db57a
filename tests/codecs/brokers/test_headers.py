"""Headers: what they say of a message, what they are read as, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from symphony_codecs import DecodeError
from symphony_codecs.brokers import UnknownTypeError, from_headers, headers_of
from symphony_types import Duration, MessagePriority
from tests.codecs.brokers.messages import CODECS, ENVELOPE, PLAIN, TYPES, VALUES, catalogue


def test_headers_of_an_envelope() -> None:
    """Ids as text, the time to live in milliseconds, and no less of them."""
    assert headers_of(ENVELOPE, catalogue()) == {
        "content-type": "application/json; type=request",
        "message-id": "48437eca-7b08-5273-a575-e19155324e9e",
        "correlation-id": "5c5ba4a6-8e7d-5333-8968-c6e4903c53ff",
        "in-reply-to": "262e7aeb-d156-5deb-92b0-03855b7cc14b",
        "priority": "High",
        "ttl": "1002",
    }


def test_what_is_not_said_is_left_out() -> None:
    """So is everything but the content type of what is no envelope."""
    assert headers_of(PLAIN, catalogue(), "cbor").keys() == {"content-type", "message-id", "priority"}
    assert headers_of(VALUES["workflow"], catalogue("msgpack")) == {
        "content-type": "application/msgpack; type=workflow"
    }
    assert headers_of(ENVELOPE, catalogue(), name="error")["content-type"] == "application/json; type=error"


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("name", VALUES)
def test_headers_lead_back_to_the_value(name: str, codec: str) -> None:
    """With the body, which is a document of the codec's."""
    value = VALUES[name]
    types = catalogue()

    said = from_headers(headers_of(value, types, codec), types)

    assert (said.name, said.as_type, said.codec.name) == (name, TYPES[name], codec)
    assert said.decode(types.encode(value, codec)) == value


def test_headers_say_what_the_envelope_says() -> None:
    """For whoever forwards messages without looking into them."""
    said = from_headers(headers_of(ENVELOPE, catalogue()), catalogue())

    assert said.id == ENVELOPE.id
    assert (said.correlation_id, said.reply_to) == (ENVELOPE.metadata.correlation_id, ENVELOPE.metadata.reply_to)
    assert said.priority is MessagePriority.HIGH
    assert said.ttl == Duration.from_millis(1002)


@pytest.mark.parametrize("secs", [0, 1, 2**64 - 1])
@pytest.mark.parametrize("nanos", [0, 1, 999_000_000])
def test_times_to_live_never_end_too_early(secs: int, nanos: int) -> None:
    """They are rounded up to milliseconds, whatever their size."""
    ttl = Duration(secs, nanos)
    envelope = attrs.evolve(ENVELOPE, metadata=attrs.evolve(ENVELOPE.metadata, ttl=ttl))

    said = from_headers(headers_of(envelope, catalogue()), catalogue())

    assert 0 <= said.ttl.total_nanos - ttl.total_nanos < 1_000_000


@pytest.mark.parametrize(
    "given",
    [
        lambda headers: {key.title(): value for key, value in headers.items()},
        lambda headers: {key: value.encode() for key, value in headers.items()},
        lambda headers: [(key, value.encode()) for key, value in headers.items()],
        lambda headers: tuple(headers.items()) * 2,
        lambda headers: {**headers, "traceparent": None, "X-Type": b"\xff", 3: object()},
        lambda headers: {**headers, "content-type": 'Application/JSON ;Type="req\\uest";charset=UTF-8; v=1'},
        lambda headers: {**headers, "content-type": "application/problem+json;type=request"},
    ],
)
def test_headers_are_read_in_whatever_form_clients_have_them(given: Callable[[dict[str, str]], Any]) -> None:
    """Kafka's are pairs with bytes, others change the case, and there may be more of them."""
    assert from_headers(given(headers_of(ENVELOPE, catalogue())), catalogue()).decode(catalogue().encode(ENVELOPE)) == (
        ENVELOPE
    )


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, [("content-type", "missing_field")]),
        ({}, [("content-type", "missing_field")]),
        ({"content-type": "application/json"}, [("content-type", "missing_field")]),
        ({"content-type": "text/plain; type=request"}, [("content-type", "invalid_value")]),
        ({"content-type": "application/json; type"}, [("content-type", "invalid_value")]),
        ({"content-type": "application/json; type=request; charset=latin-1"}, [("content-type", "invalid_value")]),
        ({"content-type": ""}, [("content-type", "invalid_value")]),
        ({"content-type": b"\xff"}, [("content-type", "invalid_value")]),
        ({"content-type": None}, [("content-type", "wrong_type")]),
        ([("content-type", "a/b"), ("Content-Type", "c/d")], [("content-type", "duplicate_key")]),
        ({"message-id": "x"}, [("message-id", "invalid_value"), ("content-type", "missing_field")]),
        ({"correlation-id": 3}, [("correlation-id", "wrong_type"), ("content-type", "missing_field")]),
        (
            {"content-type": "application/json; type=nope", "in-reply-to": "", "priority": "high", "ttl": "1.5"},
            [("in-reply-to", "invalid_value"), ("priority", "unknown_tag"), ("ttl", "invalid_value")],
        ),
        ({"content-type": "application/json; type=request", "ttl": "1" * 24}, [("ttl", "invalid_value")]),
        ({"content-type": "application/json; type=request", "ttl": "9" * 23}, [("ttl", "secs", "out_of_range")]),
        ({"content-type": "application/json; type=request", "ttl": "\u0661"}, [("ttl", "invalid_value")]),
        ({"content-type": "application/json; type=request", "ttl": "-1"}, [("ttl", "invalid_value")]),
    ],
)
def test_what_is_wrong_with_headers(given: Any, found: list[tuple[str, ...]]) -> None:
    """All of it is in one error, each under its header."""
    with pytest.raises(DecodeError) as caught:
        from_headers(given, catalogue())
    assert [(*issue.path, issue.code) for issue in caught.value.issues] == found
    assert caught.value.format == "headers"


def test_the_error_says_which_content_types_there_are() -> None:
    """And an unknown name which names."""
    with pytest.raises(DecodeError, match="application/json; type=NAME or application/cbor; type=NAME, got str 'a/b'"):
        from_headers({"content-type": "a/b"}, catalogue("json", "cbor"))
    with pytest.raises(UnknownTypeError, match=r"expected a type of request, .*, got str 'Request'"):
        from_headers({"content-type": "application/json; type=Request"}, catalogue())


def test_the_catalogues_own_name_is_no_type() -> None:
    """It stands for trees, which have no headers."""
    with pytest.raises(UnknownTypeError):
        from_headers({"content-type": "application/json; type=symphony"}, catalogue())
