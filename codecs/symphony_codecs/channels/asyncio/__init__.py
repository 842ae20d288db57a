"""
Channels for `asyncio`.

::

    from symphony_codecs.channels.asyncio import connect, serve

    async def echo(channel):
        async for message in channel:
            await channel.send(message.reply(message.payload, sender=me))

    async with serve("unix:///run/echo.sock", echo), connect("unix:///run/echo.sock") as channel:
        answer = await channel.request(message)
"""

from __future__ import annotations

from .channel import Channel
from .connect import connect
from .pair import pair
from .reconnect import reconnect
from .serve import serve
from .server import Server
from .spawn import spawn


__all__ = ["Channel", "Server", "connect", "pair", "reconnect", "serve", "spawn"]
