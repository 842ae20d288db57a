"""The demo's work: every message in every format to the other process and back, compared and timed."""

from __future__ import annotations

import os
import statistics
import time

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs

from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcResponse

from ...codec import Codec
from ...errors import DecodeError, EncodeError
from .blocks import Order
from .gather import Message
from .kinds import ANSWER, KINDS
from .process import Peer


__all__ = ["Row", "differences", "exchange"]

_ROUNDS: Final = 7
_BATCH_SECONDS: Final = 0.25


@attrs.frozen(kw_only=True)
class Row:
    """
    One kind of message in one format.

    Args:
        kind: A key of `KINDS`.
        format: The codec's name.
        messages: How many there are.
        bytes: Of all of them together.
        encode_us: Per message, in microseconds: the median of some rounds.
        decode_us: The same.
        verified: How many came back right.
        problems: What was wrong with the others.
    """

    kind: str
    format: str
    messages: int
    bytes: int
    encode_us: float
    decode_us: float
    verified: int
    problems: tuple[str, ...] = ()


def exchange(messages: Sequence[Message], codec: Codec, peer: Peer, advance: Callable[[], None]) -> Row:
    """
    Send messages of one kind in one format.

    Args:
        messages: At least one, all of one kind.
        codec: How to encode them.
        peer: Who answers.
        advance: Called after each message.

    Raises:
        PeerError: The other process does not answer.
    """
    kind = KINDS[messages[0].kind]
    order = Order(codec.name, kind.name)
    documents: list[bytes] = []
    problems: list[str] = []
    for message in messages:
        try:
            data = codec.encode(message.envelope, kind.as_type)
            documents.append(data)
            found = list(differences(message, codec, data, *peer.ask(order, data)))
        except (EncodeError, DecodeError) as exc:
            found = [exc.reason]
        if found:
            problems.append(f"{kind.name} {message.envelope.id} in {codec.name}: {'; '.join(found)}")
        advance()

    write, read = codec.encoder(kind.as_type), codec.decoder(kind.as_type)
    whole = len(documents) == len(messages)
    return Row(
        kind=kind.name,
        format=codec.name,
        messages=len(messages),
        bytes=sum(map(len, documents)),
        encode_us=_microseconds(write, [message.envelope for message in messages]) if whole else 0.0,
        decode_us=_microseconds(read, documents) if whole else 0.0,
        verified=len(messages) - len(problems),
        problems=tuple(problems),
    )


def differences(message: Message, codec: Codec, data: bytes, answer: bytes, echo: bytes) -> Iterator[str]:
    """
    Say what is wrong with what came back; nothing if all is right.

    Args:
        message: What was sent.
        codec: How it was encoded.
        data: The document that was sent.
        answer: The reply.
        echo: The document as the other process encoded it.

    Raises:
        DecodeError: The answer or the echo is no document of its kind.
    """
    sent = message.envelope
    reply: MessageEnvelope[JsonRpcResponse] = codec.decode(answer, ANSWER)
    response = reply.payload
    if reply.metadata.reply_to != sent.id or reply.sender != sent.receiver or reply.receiver != sent.sender:
        yield "the reply answers another message"
    if response.id != (sent.payload.id if message.kind == "JsonRpcRequest" else str(sent.id)):
        yield f"the response has the id {response.id!r}"
    if response.error is not None:
        yield f"refused: {response.error.message}"
    else:
        result: Any = response.result
        if result["facts"] != message.facts:
            yield f"expected the facts {message.facts}, got {result['facts']}"
        if result["pid"] == os.getpid():
            yield "the answer comes from this very process"
    if echo != data:
        yield "the other process encodes it to other bytes"
    if codec.decode(echo, KINDS[message.kind].as_type) != sent:
        yield "what came back is another value"


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
