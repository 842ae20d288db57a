"""`pair`: two channels that lead to each other, in one process."""

from __future__ import annotations

import asyncio
import socket

from functools import partial
from typing import Generic, NamedTuple, Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.message.ipc import TransportType

from .._options import DEFAULT_MESSAGE, Message, Settings, takes
from .._setup import Setup
from ..endpoint import Endpoint
from ..options import PairOptions
from ._engine import Engine
from ._opening import Opening
from ._stream import StreamWire
from .channel import Channel


__all__ = ["pair"]

M = TypeVar("M", default=Message)

_SECONDS = 10.0


class Pair(NamedTuple, Generic[M]):
    """Two channels that lead to each other."""

    one: Channel[M]
    other: Channel[M]

    async def close(self) -> None:
        """Close both at the same time, since each waits for the other."""
        await asyncio.gather(self.one.close(), self.other.close())


@takes(PairOptions)
def pair(as_type: TypeForm[M] = DEFAULT_MESSAGE, **options: Unpack[PairOptions]) -> Opening[Pair[M]]:
    """
    Make two channels that lead to each other: for tests, and for parts of one process.

    They work like other channels, over a pair of sockets.  Await them, or use
    ``async with``, which closes both at the end::

        async with pair() as (one, other):
            ...

    Args:
        as_type: The type of messages.
        **options: See `PairOptions`; they are for both ends.

    Raises:
        FieldError: An argument has a wrong type or value.
        ConfigError: The profile does not support these arguments.
    """
    settings: Settings[M] = Settings(as_type=as_type, **options)
    return Opening(partial(_pair, settings))


async def _pair(settings: Settings[M]) -> Pair[M]:
    memory = Endpoint(transport=TransportType.IN_PROCESS)
    setups = [Setup.of(memory, "client", settings), Setup.of(memory, "server", settings)]
    engines = [Engine(setup.conversation()) for setup in setups]
    sockets = socket.socketpair()
    loop = asyncio.get_running_loop()
    attached: list[Engine[M]] = []
    try:
        async with asyncio.timeout(_SECONDS):
            for engine, sock in zip(engines, sockets, strict=True):
                sock.setblocking(False)
                await loop.create_connection(partial(StreamWire, _Ends(engine)), sock=sock)
                attached.append(engine)
            await asyncio.gather(*(engine.open() for engine in engines))
    except BaseException:
        for engine in attached:
            engine.abort()
            await engine.closed()
        for sock in sockets:
            sock.close()
        raise
    one, other = map(Channel, engines, setups)
    return Pair(one, other)


class _Ends(Generic[M]):
    """The owner of one wire, whose engine exists already."""

    def __init__(self, engine: Engine[M]) -> None:
        self._engine = engine

    def admit(self, wire: StreamWire) -> bool:
        return True

    def start(self, wire: StreamWire) -> Engine[M]:
        self._engine.attach(wire)
        return self._engine

    def released(self, wire: StreamWire, cause: BaseException | None) -> None:
        """Do nothing: the wire also notifies the engine."""
