"""An answer that cannot be read reaches who asked, at once, and harms nobody else."""

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
    """The format alone."""
    return FormatPolicy.default().with_profile(TransportType.UNIX_SOCKET, formats=(name,))


def question(number: int) -> MessageEnvelope[Any]:
    """A request whose answer is wrong where the number is odd."""
    return MessageEnvelope(sender=ME, payload=JsonRpcRequest(method="m", id=number))


def answers(message: MessageEnvelope[Any], number: int) -> list[MessageEnvelope[Any]]:
    """What a server that goes astray says: a message of its own that is none, and an answer, right or wrong."""
    right = {"jsonrpc": "2.0", "result": number, "id": number}
    return [
        MessageEnvelope(sender=ME, payload="of my own"),
        message.reply("surprise" if number % 2 else right, sender=ME),
    ]


def number_of(message: MessageEnvelope[Any]) -> int:
    """The id of a request that was read as builtins, by name or, in compact formats, by place."""
    payload = message.payload
    return payload["id"] if isinstance(payload, dict) else payload[-1]


@formats
def test_blocking(tmp_path: Path, name: str):
    """The request raises; the one after it is answered; what answers nothing is `receive`'s."""
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
    """The same without threads."""
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
