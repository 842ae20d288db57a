"""Channels with a user's codec: its registrations are used, and its format is the only one offered."""

from __future__ import annotations

import asyncio
import datetime as dt

from pathlib import Path
from typing import Any

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking
from symphony_codecs.framing import NegotiationError
from symphony_codecs.transports import FormatPolicy
from symphony_types import FieldError, MessageEnvelope, ProcessId
from symphony_types.message.ipc import TransportType


@attrs.frozen
class Alarm:
    """A user's class with a field that a user's hook encodes."""

    at: dt.timedelta
    what: str


CODEC = get_codec("cbor").copy()
CODEC.converter.register_unstructure_hook(dt.timedelta, lambda value: value // dt.timedelta(seconds=1))
CODEC.converter.register_structure_hook(dt.timedelta, lambda value, _: dt.timedelta(seconds=value))

MESSAGE: Any = MessageEnvelope[Alarm]
ALARM = MessageEnvelope(sender=ProcessId.new(), payload=Alarm(dt.timedelta(seconds=90), "tea"))


def schemes(tmp_path: Path) -> list[str]:
    """URLs to listen at, with and without subprotocols."""
    return [f"unix://{tmp_path}/own.sock", "ws://127.0.0.1:0/"]


@pytest.mark.parametrize("index", [0, 1])
def test_blocking_with_own_codec(tmp_path: Path, index: int):
    """Both ends use it, over a socket and over a WebSocket."""
    with (
        blocking.serve(
            schemes(tmp_path)[index], lambda channel: channel.send(channel.receive()), MESSAGE, codec=CODEC
        ) as server,
        blocking.connect(server.url, MESSAGE, codec=CODEC) as channel,
    ):
        assert channel.codec is CODEC
        channel.send(ALARM)
        assert channel.receive(timeout=20) == ALARM
        assert [format(offer.name) for offer in channel.agreement.formats] == ["cbor"]


@pytest.mark.parametrize("index", [0, 1])
def test_asyncio_with_own_codec(tmp_path: Path, index: int):
    """Both ends use it, without threads."""

    async def main() -> None:
        async def handle(channel):
            await channel.send(await channel.receive())

        async with (
            aio.serve(schemes(tmp_path)[index], handle, MESSAGE, codec=CODEC) as server,
            aio.connect(server.url, MESSAGE, codec=CODEC) as channel,
        ):
            assert channel.codec is CODEC
            await channel.send(ALARM)
            assert await channel.receive(timeout=20) == ALARM

    asyncio.run(main())


def test_only_its_format_is_offered(tmp_path: Path):
    """A peer without that format is refused, whatever else both support."""
    policy = FormatPolicy.default().with_profile(TransportType.UNIX_SOCKET, formats=("json",))
    url = schemes(tmp_path)[0]
    with (
        blocking.serve(url, lambda channel: channel.receive(), MESSAGE, policy=policy),
        pytest.raises(NegotiationError, match="cbor"),
    ):
        blocking.connect(url, MESSAGE, codec=CODEC)


def test_a_codec_that_does_not_fit_the_framing(tmp_path: Path):
    """A binary codec cannot be used with lines."""
    policy = FormatPolicy.default().with_profile(
        TransportType.UNIX_SOCKET, framing="newline", formats=("json",), heartbeat=0
    )
    with pytest.raises(FieldError, match="newline"):
        blocking.connect(schemes(tmp_path)[0], MESSAGE, codec=CODEC, policy=policy)


@pytest.mark.parametrize("flavour", [aio, blocking])
def test_a_name_is_not_a_codec(flavour, tmp_path: Path):
    """The option takes a codec object; names belong in the profile."""
    with pytest.raises(FieldError, match="Codec"):
        flavour.connect(schemes(tmp_path)[0], MESSAGE, codec="cbor")
