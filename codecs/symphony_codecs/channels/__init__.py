"""
Channels: messages over sockets, pipes and child processes, a thin layer over `symphony_codecs.framing`.

`symphony_codecs.channels.asyncio` and `symphony_codecs.channels.blocking` have
the same names::

    from symphony_codecs.channels.asyncio import connect

    async with await connect("unix:///run/symphony.sock") as channel:
        answer = await channel.request(envelope)

This package holds what both share: errors, endpoints, back-off, credentials.
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
