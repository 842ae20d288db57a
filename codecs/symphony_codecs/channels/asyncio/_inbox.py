"""`Inbox`: what has come and was not received yet."""

from __future__ import annotations

import asyncio
import contextlib

from collections import deque
from typing import Generic, TypeVar


__all__ = ["Inbox"]

T = TypeVar("T")


class Inbox(Generic[T]):
    """
    A queue that is filled by callbacks and emptied by tasks.

    Unlike `asyncio.Queue` it ends: who waits is woken when `close` is called
    (3.13 has that, too).  Items are taken without a break once they are there,
    so that none is lost with a task that is cancelled.
    """

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._closed = False

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> None:
        """Append *item*."""
        self._items.append(item)
        self._wake()

    def take(self) -> T:
        """Remove and return the first item; there has to be one."""
        return self._items.popleft()

    def close(self) -> None:
        """Let nobody wait any more."""
        self._closed = True
        while self._waiters:
            self._wake()

    async def arrival(self) -> None:
        """Wait until there is an item, or the inbox is closed."""
        loop = asyncio.get_running_loop()
        while not self._items and not self._closed:
            waiter = loop.create_future()
            self._waiters.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.cancelled():
                    with contextlib.suppress(ValueError):
                        self._waiters.remove(waiter)
                elif self._items:
                    # it was woken for an item that it is not going to take
                    self._wake()
                raise

    def _wake(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
