"""
Channels for threads: blocking calls, each with a time-out.

::

    from symphony_codecs.channels.blocking import connect, serve

    def echo(channel):
        for message in channel:
            channel.send(message.reply(message.payload, sender=me))

    with serve("unix:///run/echo.sock", echo), connect("unix:///run/echo.sock") as channel:
        answer = channel.request(message)

They wait with ``poll`` and need a POSIX system; `symphony_codecs.channels.asyncio`
has the same names and runs on all systems.
"""

from __future__ import annotations

from .channel import Channel
from .connect import connect
from .pair import pair
from .pending_answer import PendingAnswer
from .reconnect import reconnect
from .serve import serve
from .server import Server
from .spawn import spawn


__all__ = ["Channel", "PendingAnswer", "Server", "connect", "pair", "reconnect", "serve", "spawn"]
