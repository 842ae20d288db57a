"""`reconnect`: channels to a server, one after the other."""

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
    Open a channel to *url*, and another one each time it was lost, or closed by the server.

    ::

        async for channel in reconnect("unix:///run/symphony.sock"):
            with suppress(ConnectionLostError):
                async with channel:
                    async for message in channel:
                        ...

    The iteration ends when the body closes the channel itself, or ends while
    the channel is open, which closes it.  After a `break`, the iterator does
    not close the channel, hence the ``async with``.  No message is sent again:
    a request that fails with `ConnectionLostError` may have been carried out.

    Args:
        url: As in `connect`.
        as_type: As in `connect`.
        strategy: How long to wait between attempts, and how often to try.
        **options: See `ConnectOptions`; ``timeout`` applies to each attempt.

    Raises:
        FieldError: An argument has a wrong type or value.
        Exception: The iteration raises the error of the last attempt; see
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
