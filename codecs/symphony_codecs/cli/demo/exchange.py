"""The demo's work: every message in every format to the process that answers and back, compared and timed."""

from __future__ import annotations

import hashlib
import statistics
import time

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

import attrs

from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcResponse

from ...codec import Codec
from ...errors import EncodeError
from .gather import Message
from .kinds import MESSAGE


__all__ = ["Ask", "Row", "differences", "exchange"]

Ask = Callable[[MessageEnvelope[Any]], MessageEnvelope[Any]]
"""What sends a message and returns its answer."""

_ROUNDS: Final = 7
_BATCH_SECONDS: Final = 0.25
_MAX_SHOWN: Final = 200


@attrs.frozen(kw_only=True)
class Row:
    """
    One kind of message in one format.

    Args:
        kind: A key of `CHECKS`.
        format: The codec's name.
        messages: How many there are.
        bytes: Of all of them together.
        encode_us: Per message, in microseconds: the median of some rounds.
        decode_us: The same.
        round_trip_us: From one message sent to its answer received, encoding
            and checking at both ends included: the median.
        verified: How many came back right, every time.
        problems: What was wrong with the others.
    """

    kind: str
    format: str
    messages: int
    bytes: int
    encode_us: float
    decode_us: float
    round_trip_us: float
    verified: int
    problems: tuple[str, ...] = ()


def exchange(
    messages: Sequence[Message], codec: Codec, ask: Ask, known: Collection[int], advance: Callable[[], None]
) -> Row:
    """
    Send messages of one kind in one format.

    Args:
        messages: At least one, all of one kind.
        codec: How to encode them.
        ask: Sends them with that codec.
        known: The ids of processes that must not answer.
        advance: Called once for each message.
    """
    documents: list[bytes] = []
    problems: dict[int, str] = {}
    for index, message in enumerate(messages):
        try:
            documents.append(codec.encode(message.envelope, MESSAGE))
        except EncodeError as exc:
            documents.append(b"")
            problems[index] = exc.reason

    end = time.perf_counter() + _BATCH_SECONDS
    rounds: list[list[float]] = []
    while len(rounds) < 2 or (len(rounds) < _ROUNDS and time.perf_counter() < end):
        rounds.append([])
        for index, (message, document) in enumerate(zip(messages, documents, strict=True)):
            if document:
                start = time.perf_counter()
                reply = ask(message.envelope)
                rounds[-1].append(time.perf_counter() - start)
                if found := "; ".join(differences(message, document, reply, known)):
                    problems.setdefault(index, found)
            if len(rounds) == 1:
                advance()
    # The first round finds everything cold: it is for the answers, the others are for the time.
    trips = [seconds for batch in rounds[1:] for seconds in batch]

    whole = all(documents)
    envelopes = [message.envelope for message in messages]
    return Row(
        kind=messages[0].kind,
        format=codec.name,
        messages=len(messages),
        bytes=sum(map(len, documents)),
        encode_us=_microseconds(codec.encoder(MESSAGE), envelopes) if whole else 0.0,
        decode_us=_microseconds(codec.decoder(MESSAGE), documents) if whole else 0.0,
        round_trip_us=statistics.median(trips) * 1e6 if trips else 0.0,
        verified=len(messages) - len(problems),
        problems=tuple(
            f"{messages[index].kind} {messages[index].envelope.id} in {codec.name}: {problem}"
            for index, problem in sorted(problems.items())
        ),
    )


def differences(
    message: Message, document: bytes, reply: MessageEnvelope[Any], known: Collection[int]
) -> Iterator[str]:
    """
    Say what is wrong with an answer; nothing if all is right.

    Args:
        message: What was sent.
        document: As what it was sent.
        reply: What came back.
        known: The ids of processes that must not answer.
    """
    sent = message.envelope
    if reply.metadata.reply_to != sent.id or reply.sender != sent.receiver or reply.receiver != sent.sender:
        yield "the reply answers another message"
    response = reply.payload
    if not isinstance(response, JsonRpcResponse):
        yield f"expected a JsonRpcResponse, got a {type(response).__name__}"
        return
    if response.id != (sent.payload.id if message.kind == "JsonRpcRequest" else str(sent.id)):
        yield f"the response has the id {response.id!r}"
    if response.error is not None:
        yield f"refused: {response.error.message}"
        return
    result: Any = response.result if isinstance(response.result, dict) else {}
    expected = {
        "facts": message.facts,
        "size": len(document),
        "sha256": hashlib.sha256(document).hexdigest(),
    }
    for name, value in expected.items():
        if result.get(name) != value:
            yield f"expected {name} {_shown(value)}, got {_shown(result.get(name))}"
    pid = result.get("pid")
    if not isinstance(pid, int) or pid in known:
        yield f"expected the answer of another process, got that of process {_shown(pid)}"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _microseconds(call: Callable[[Any], object], arguments: Sequence[Any]) -> float:
    """Return how long one call takes: the median of some rounds over all arguments."""
    rounds: list[float] = []
    end = time.perf_counter() + _BATCH_SECONDS
    while len(rounds) < _ROUNDS and (not rounds or time.perf_counter() < end):
        start = time.perf_counter()
        for argument in arguments:
            call(argument)
        rounds.append(time.perf_counter() - start)
    return statistics.median(rounds) / len(arguments) * 1e6
