"""`reconnect`: channels to a server, one after the other."""

from __future__ import annotations

import time

from functools import partial
from typing import Generic, Self, Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.errors import SymphonyError

from .._options import DEFAULT_MESSAGE, Message, takes
from ..options import ConnectOptions
from ..reconnect import Backoff, ReconnectStrategy
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

        for channel in reconnect("unix:///run/symphony.sock"):
            with suppress(ConnectionLostError), channel:
                for message in channel:
                    ...

    The iteration ends when the body closes the channel itself, or ends while
    the channel is open, which closes it.  After a `break`, the iterator does
    not close the channel, hence the ``with``.  No message is sent again: a
    request that fails with `ConnectionLostError` may have been carried out.

    Args:
        url: As in `connect`.
        as_type: As in `connect`.
        strategy: How long to wait between attempts, and how often to try.
        **options: See `ConnectOptions`; ``timeout`` applies to each attempt.

    Raises:
        Exception: The error of the last attempt; see `connect`.
    """
    return Reconnecting(partial(connect, url, as_type, **options), Backoff(strategy))


class Reconnecting(Generic[M]):
    """The iterator that `reconnect` returns."""

    def __init__(self, opening: partial[Channel[M]], backoff: Backoff) -> None:
        self._opening = opening
        self._backoff = backoff
        self._channel: Channel[M] | None = None
        self._since = 0.0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Channel[M]:
        delay = 0.0
        if self._channel is not None:
            channel, self._channel = self._channel, None
            lasted = time.monotonic() - self._since
            channel.close()
            ending = channel.ending
            if ending is None:
                raise StopIteration
            delay = self._backoff.wait_after(ending, lasted=lasted)
        while True:
            time.sleep(delay)
            try:
                channel = self._opening()
            except SymphonyError as error:
                delay = self._backoff.wait_after(error)
            else:
                self._channel = channel
                self._since = time.monotonic()
                return channel
