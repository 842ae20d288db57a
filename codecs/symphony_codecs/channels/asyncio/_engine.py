"""
`Engine`: what tasks await of a connection.

Nothing of a message is lost with a task that is cancelled: one that has come is
there until a `receive` takes it, one that is to be sent is either not sent at
all or handed over whole.
"""

from __future__ import annotations

import asyncio

from typing import Final, TypeVar

from symphony_types.errors import TimedOutError

from ...errors import DecodeError
from ...framing.errors import FrameError
from .._links import Link, Undecodable
from ..errors import ChannelClosedError, ConnectionLostError, fresh
from ._reactor import Reactor, closed_here


__all__ = ["Engine"]

M = TypeVar("M")

# So many messages go out in a row before others have their turn, where the peer takes them as fast as they come.
_MAX_STREAK: Final = 64


class Engine(Reactor[M]):
    """
    One end of a connection: a `Reactor`, and what is awaited of it.

    Args:
        link: What is said.
        max_queue: How many messages are kept for `receive` before no more is
            read; at least 1.
    """

    def __init__(self, link: Link[M], *, max_queue: int) -> None:
        super().__init__(link, max_queue=max_queue)
        self._turn = asyncio.Lock()
        self._waiting = 0

    # The beginning and the end

    async def open(self) -> None:
        """
        Wait until messages can be sent.

        Raises:
            ConnectionLostError, FrameError: It does not come to that.
        """
        self.link.start()
        self._flush()
        self._pump()
        await self._ready.wait()
        # Who has said all and gone again at once was there: that is `receive`'s to tell.
        if self.end is not None and not self._inbox and (not self.link.opened or isinstance(self.end, FrameError)):
            raise self._ending()

    async def close(self, within: float) -> None:
        """End in good order, within *within* seconds; see `Channel.close`."""
        if self.end is None and not self._closing:
            self._say_goodbye()
        try:
            async with asyncio.timeout(within):
                await self._done.wait()
                await self._gone.wait()
        except TimeoutError:
            pass
        finally:
            self.abort()
            await self._gone.wait()

    def _say_goodbye(self) -> None:
        self._closing = True
        self.link.send_shutdown()
        self._flush()
        wire = self._wire
        # A native peer answers with its own Shutdown; others see the end of the stream, if the wire has such.
        if self.link.agreement is None and not (wire is not None and wire.write_eof()):
            self._finish(closed_here())
            self._hang_up()
        # the peer's goodbye may stand behind messages that nobody has received
        self._pump()

    async def closed(self) -> None:
        """Wait until nothing of the connection is left."""
        await self._gone.wait()

    async def receive(self, within: float | None) -> M:
        """Return the next message; see `Channel.receive`."""
        if not self._inbox:
            try:
                async with asyncio.timeout(within):
                    await self._inbox.arrival()
            except TimeoutError:
                raise TimedOutError(f"expected a message within {within} s, got none") from None
            if not self._inbox:
                raise self._ending()
        event = self._inbox.take()
        if self._paused:
            self._pump()
        if isinstance(event, Undecodable):
            raise event.error
        return event

    async def send(self, message: M, within: float | None) -> None:
        """Send *message*; see `Channel.send`."""
        await self._put(message, within)
        self._streak += 1
        if self._streak >= _MAX_STREAK:
            self._streak = 0
            await asyncio.sleep(0)

    async def _put(self, message: M, within: float | None) -> None:
        """Write *message*, after those that were to be sent before it."""
        self._check_open()
        # Not whether the lock is held: it is free for a moment while the next in turn has yet to wake up.
        if self._writable.is_set() and not self._waiting:
            self._write(message)
            return
        self._waiting += 1
        try:
            async with asyncio.timeout(within), self._turn:
                await self._writable.wait()
                self._write(message)
        except TimeoutError:
            raise TimedOutError(f"expected the peer to take a message within {within} s") from None
        finally:
            self._waiting -= 1

    def _write(self, message: M) -> None:
        self._check_open()
        self.link.send(message)
        self._flush()

    def _check_open(self) -> None:
        if self.end is not None or self._closing:
            raise self._ending()
        if self._refusal is not None:
            raise fresh(self._refusal)

    async def request(self, message: M, within: float | None) -> M:
        """Send *message* and return its answer; see `Channel.request`."""
        self._check_open()
        waiter: asyncio.Future[M | DecodeError | None] = self._loop.create_future()
        key = self.pending.add(message, waiter)
        try:
            async with asyncio.timeout(within):
                try:
                    await self._put(message, None)
                except BaseException:
                    self.pending.discard(key)
                    raise
                answer = await waiter
        except TimeoutError:
            raise TimedOutError(f"expected an answer within {within} s, got none") from None
        finally:
            self.pending.abandon(key)
        if isinstance(answer, DecodeError):
            raise answer
        if answer is not None:
            return answer
        if isinstance(self.end, ChannelClosedError) and not self.ended_here:
            # to who asked it is all the same how politely the peer went
            raise ConnectionLostError(reason="the peer closed the channel before it answered") from self.end
        raise self._ending()
