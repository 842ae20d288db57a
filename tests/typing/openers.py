"""What type checkers know of the keywords that all that opens channels shares: names, types, and the channel's type."""

from __future__ import annotations

from typing import Unpack, assert_type

from symphony_codecs.channels import asyncio, blocking
from symphony_codecs.channels.options import ConnectOptions
from symphony_types import Version


def dial(url: str, **options: Unpack[ConnectOptions]) -> blocking.Channel[Version]:
    """Pass the keywords on."""
    return blocking.connect(url, Version, **options)


async def use(url: str) -> None:
    """The type of messages decides the channel's, whatever the keywords."""
    async with asyncio.connect(url, Version, max_queue=3, allowed_uids={0}) as channel:
        assert_type(await channel.receive(), Version)
    async for again in asyncio.reconnect(url, Version, raw=False):
        assert_type(again, asyncio.Channel[Version])
    async with asyncio.serve(url, None, Version, answer=lambda version: version, max_idle=1) as server:
        assert_type(server, asyncio.Server[Version])
    with blocking.spawn(["cat"], Version, timeout=1) as child:
        assert_type(child.receive(), Version)
        assert_type(child.request(Version(1, 2, 3)), Version)


def misuse(url: str) -> None:
    """Wrong names and types are errors of mypy, which reports ignored errors that are none."""
    blocking.connect(url, mode=0)  # type: ignore[call-arg]
    blocking.connect(url, max_queue="1")  # type: ignore[arg-type]
    blocking.spawn(["cat"], tls=None)  # type: ignore[call-arg]
    asyncio.serve(url, allowed_uids=1)  # type: ignore[arg-type]
    asyncio.reconnect(url, max_idle=1)  # type: ignore[call-arg]
