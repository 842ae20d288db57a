"""
The classes of ``symphony demo``, and the process that it talks to.

``python -m symphony_codecs.cli._demo_peer`` serves its standard input and output: it confirms each order that comes in.
"""

from __future__ import annotations

import asyncio
import os

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import attrs

from symphony_types import U16, Timestamp

from ..channels.asyncio import Channel, serve
from ..transports.profile import TransportProfile


__all__ = ["PROFILE", "Line", "Order", "main"]

PROFILE: Final = TransportProfile(
    framing="native",
    formats=("msgpack-compact", "msgpack", "cbor", "json"),
    checksum=True,
    reason="both ends are the demo's",
)
"""How frames travel over standard input and output here, where one JSON document a line is the default."""


@attrs.frozen
class Line:
    """One line of an order."""

    item: str
    count: U16
    price: Decimal


@attrs.frozen
class Order:
    """An order: an attrs class as anyone's, without registration."""

    id: UUID
    placed: Timestamp
    lines: tuple[Line, ...]
    note: str | None = None
    confirmed_by: int | None = None


async def _confirm(channel: Channel[Order]) -> None:
    async for order in channel:
        await channel.send(attrs.evolve(order, confirmed_by=os.getpid()))


async def main() -> None:
    """Confirm orders until the other end closes."""
    as_type: Any = Order
    async with serve("stdio:", _confirm, as_type, profile=PROFILE) as server:
        await server.serve_forever()


if __name__ == "__main__":
    # The class that is known to the other end has its module's name, not that of a program.
    from symphony_codecs.cli._demo_peer import main as imported

    asyncio.run(imported())
