"""
The other process of the demo: decodes what comes in, checks it, answers.

``python -m symphony_codecs.cli.demo.peer`` reads, again and again, an order
and a document on standard input, and writes an answer (a `JsonRpcResponse`
with what it found out, or an error) and the document, encoded anew from what
it was decoded to.
"""

from __future__ import annotations

import os
import sys

from typing import IO, Any

from symphony_types.errors import SymphonyError
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcRequest, JsonRpcResponse

from ...codec import Codec
from ...registry import get_codec
from .blocks import Order, read_block, write_block
from .kinds import ANSWER, KINDS, Kind


__all__ = ["answer", "serve"]


def answer(envelope: MessageEnvelope[Any], kind: Kind) -> MessageEnvelope[JsonRpcResponse]:
    """Check a message and return the reply to it."""
    payload = envelope.payload
    number = payload.id if isinstance(payload, JsonRpcRequest) else str(envelope.id)
    try:
        response = JsonRpcResponse.success({"pid": os.getpid(), "facts": kind.check(payload)}, number)
    except Exception as exc:  # noqa: BLE001 - whatever is wrong belongs into the answer
        response = JsonRpcResponse.failure(SymphonyError.from_exception(exc).to_json_rpc(), number)
    return envelope.reply(response)


def _handle(codec: Codec, kind: Kind, data: bytes) -> tuple[bytes, bytes]:
    envelope = codec.decode(data, kind.as_type)
    return codec.encode(answer(envelope, kind), ANSWER), codec.encode(envelope, kind.as_type)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """
    Answer until *requests* ends.

    Raises:
        DecodeError: A document is none of its kind; the process ends with it.
    """
    json = get_codec("json")
    while (head := read_block(requests)) is not None:
        order = json.decode(head, Order)
        data = read_block(requests)
        if data is None:
            raise EOFError("an order without a document")
        for block in _handle(get_codec(order.codec), KINDS[order.kind], data):
            write_block(answers, block)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
