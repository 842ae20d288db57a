"""`reconnect`: a channel to a server, again and again."""

from __future__ import annotations

import asyncio

from typing import Generic, Self, Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import SymphonyError

from .._options import DEFAULT_MESSAGE, Message, takes
from ..options import ConnectOptions
from ..reconnect import Backoff, ReconnectStrategy
from ._opening import Opening
from .channel import Channel
from .connect import connect


__all__ = ["Reconnecting", "reconnect"]

M = TypeVar("M", default=Message)


@takes(ConnectOptions)
def reconnect(
    url: str,
    as_type: TypeForm[M] = DEFAULT_MESSAGE,
    *,
    strategy: ReconnectStrategy = ReconnectStrategy(),  # noqa: B008 - immutable
    **options: Unpack[ConnectOptions],
) -> Reconnecting[M]:
    """
    Make a channel to *url*, and another each time when it was lost, or ended by the server.

    ::

        async for channel in reconnect("unix:///run/symphony.sock"):
            with suppress(ConnectionLostError):
                async with channel:
                    async for message in channel:
                        ...

    The iteration ends when the body closes the channel of its own accord, or
    leaves it open: it is closed then.  To `break` leaves closing to
    the body, hence the ``async with``.  Nothing is sent again: a request that
    fails with `ConnectionLostError` may have been carried out.

    Args:
        url: As in `connect`.
        as_type: As in `connect`.
        strategy: How long to wait between attempts, and how often to try.
        **options: See `ConnectOptions`; ``timeout`` is that of each attempt.

    Raises:
        FieldError: An argument is not what it should be.
        Exception: By the iteration: what the last attempt failed with, see
            `connect`.
    """
    backoff = Backoff(strategy)
    return Reconnecting(connect(url, as_type, **options), backoff)


class Reconnecting(Generic[M]):
    """The iterator that `reconnect` returns."""

    def __init__(self, opening: Opening[Channel[M]], backoff: Backoff) -> None:
        self._opening = opening
        self._backoff = backoff
        self._channel: Channel[M] | None = None
        self._since = 0.0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Channel[M]:
        loop = asyncio.get_running_loop()
        delay = 0.0
        if self._channel is not None:
            channel, self._channel = self._channel, None
            lasted = loop.time() - self._since
            await channel.close()
            ending = channel.ending
            if ending is None:
                raise StopAsyncIteration
            delay = self._backoff.wait_after(ending, lasted=lasted)
        while True:
            await asyncio.sleep(delay)
            try:
                channel = await self._opening
            except SymphonyError as error:
                delay = self._backoff.wait_after(error)
            else:
                self._channel = channel
                self._since = loop.time()
                return channel
