"""
The process that answers in the demo: it decodes what comes in, checks it, and says what it found.

``python -m symphony_codecs.cli.demo.peer`` speaks native frames over its
standard input and output.  To each message it sends a `JsonRpcResponse`, with
what it found out and with size and hash of the message as it is encoded here,
or with an error.
"""

from __future__ import annotations

import hashlib
import os

from typing import Any

from symphony_types.errors import SymphonyError
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcRequest, JsonRpcResponse

from ...channels.blocking import Channel, serve
from ...codec import Codec
from .kinds import CHECKS, MESSAGE
from .wire import frame_codecs, hop_profile


__all__ = ["answer", "converse", "main"]


def answer(envelope: MessageEnvelope[Any], codec: Codec) -> MessageEnvelope[JsonRpcResponse]:
    """
    Check a message and return the reply to it.

    Args:
        envelope: The message.
        codec: What it came in.
    """
    payload = envelope.payload
    number = payload.id if isinstance(payload, JsonRpcRequest) else str(envelope.id)
    try:
        facts = CHECKS[type(payload).__name__](payload)
        document = codec.encode(envelope, MESSAGE)
        found = {"size": len(document), "sha256": hashlib.sha256(document).hexdigest()}
        response = JsonRpcResponse.success({"pid": os.getpid(), "facts": facts, **found}, number)
    except Exception as exc:  # noqa: BLE001 - whatever is wrong belongs into the answer
        response = JsonRpcResponse.failure(SymphonyError.from_exception(exc).to_json_rpc(), number)
    return envelope.reply(response)


def converse(channel: Channel[Any]) -> None:
    """Answer all messages of *channel*, until that ends."""
    codec = channel.codec
    assert codec is not None
    for envelope in channel:
        channel.send(answer(envelope, codec))


def main() -> None:
    """Answer until the other end closes."""
    profile = hop_profile(codec.name for codec in frame_codecs())
    with serve("stdio:", converse, MESSAGE, profile=profile) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
