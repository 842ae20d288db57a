"""An undecodable answer fails its request at once, and affects no other."""

from __future__ import annotations

import asyncio

from pathlib import Path
from typing import Any

import pytest

from symphony_codecs import DecodeError
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking
from symphony_codecs.transports import FormatPolicy
from symphony_types import JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId
from symphony_types.message.ipc import TransportType


ME = ProcessId.new()
LOOSE: Any = MessageEnvelope[Any]
STRICT: Any = MessageEnvelope[JsonRpcRequest | JsonRpcResponse]

formats = pytest.mark.parametrize("name", ["json", "msgpack-compact"])


def policy(name: str) -> FormatPolicy:
    """Return the policy that offers only this format."""
    return FormatPolicy.default().with_profile(TransportType.UNIX_SOCKET, formats=(name,))


def question(number: int) -> MessageEnvelope[Any]:
    """Return a request, whose answer is wrong if the number is odd."""
    return MessageEnvelope(sender=ME, payload=JsonRpcRequest(method="m", id=number))


def answers(message: MessageEnvelope[Any], number: int) -> list[MessageEnvelope[Any]]:
    """Return a faulty server's messages: one that is not a message, and an answer, right or wrong."""
    right = {"jsonrpc": "2.0", "result": number, "id": number}
    return [
        MessageEnvelope(sender=ME, payload="of my own"),
        message.reply("surprise" if number % 2 else right, sender=ME),
    ]


def number_of(message: MessageEnvelope[Any]) -> int:
    """Return the id of a request decoded as builtins, by name or, in compact formats, by position."""
    payload = message.payload
    return payload["id"] if isinstance(payload, dict) else payload[-1]


@formats
def test_blocking(tmp_path: Path, name: str):
    """The request raises, the next one is answered, and `receive` gets the message that answers nothing."""
    url = f"unix://{tmp_path}/s"

    def handle(channel):
        for message in channel:
            for said in answers(message, number_of(message)):
                channel.send(said)

    with (
        blocking.serve(url, handle, LOOSE, policy=policy(name)),
        blocking.connect(url, STRICT, policy=policy(name)) as channel,
    ):
        with pytest.raises(DecodeError, match="payload"):
            channel.request(question(1), timeout=30)
        assert channel.pending == 0
        if name == "json":
            assert channel.request(question(2), timeout=30).payload.result == 2
        with pytest.raises(DecodeError):
            channel.receive(timeout=30)


@formats
def test_asyncio(tmp_path: Path, name: str):
    """The same holds without threads."""
    url = f"unix://{tmp_path}/s"

    async def handle(channel):
        async for message in channel:
            for said in answers(message, number_of(message)):
                await channel.send(said)

    async def main() -> None:
        async with (
            aio.serve(url, handle, LOOSE, policy=policy(name)),
            aio.connect(url, STRICT, policy=policy(name)) as channel,
        ):
            with pytest.raises(DecodeError, match="payload"):
                await channel.request(question(1), timeout=30)
            assert channel.pending == 0
            if name == "json":
                assert (await channel.request(question(2), timeout=30)).payload.result == 2
            with pytest.raises(DecodeError):
                await channel.receive(timeout=30)

    asyncio.run(main())
