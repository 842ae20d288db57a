"""`Channel`: messages to and from one peer."""

from __future__ import annotations

import asyncio

from types import TracebackType
from typing import Generic, Self

from typing_extensions import TypeVar

from .._channel import BaseChannel
from .._options import Message
from ..errors import ChannelClosedError
from ._engine import Engine


__all__ = ["Channel"]

M = TypeVar("M", default=Message)


class Channel(BaseChannel[M, asyncio.subprocess.Process, Engine[M]], Generic[M]):
    """
    Messages to and from one peer.

    `connect`, `spawn` and `pair` make channels, and servers pass them to their
    handlers.  A channel belongs to one event loop; any number of its tasks may
    use it at once.  It is an asynchronous context manager, which closes it,
    and an asynchronous iterator over the received messages.  The iteration
    ends when either end closes the channel in good order, and otherwise raises
    the errors of `receive`.

    Cancelling a method loses nothing: a message that has arrived is left for
    the next `receive`, and a message to send is sent whole or not at all.
    """

    async def send(self, message: M, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as websockets does
        await self._engine.send(message, timeout)

    async def receive(self, *, timeout: float | None = None) -> M:  # noqa: ASYNC109 - see send
        return await self._engine.receive(timeout)

    async def request(self, message: M, *, timeout: float | None = 30.0) -> M:  # noqa: ASYNC109 - see send
        return await self._engine.request(message, timeout)

    async def close(self, *, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - see send
        await self._engine.close(timeout)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> M:
        try:
            return await self._engine.receive(None)
        except ChannelClosedError:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
