"""
`Engine`: drives a conversation by the callbacks of an event loop; tasks await its methods.

A wire passes it the bytes that arrived and takes the frames to send.  The
engine has no task of its own, so no part of a message is ever held by a task
that can be cancelled: a message that arrived stays in the inbox until a
`receive` takes it, and a message to send is handed to the wire whole or not at
all.
"""

from __future__ import annotations

import asyncio
import time

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Generic, TypeVar

from typing_extensions import Buffer

from symphony_types.errors import IpcError, TimedOutError

from ...framing.errors import FrameError
from .._conversation import NOTHING, Conversation, Failure, closed_here, lost, result_of
from ..errors import ConnectionLostError, fresh
from ._loops import OVERDUE, Beat, FutureWaiter, Loop
from ._wire import Wire


__all__ = ["Engine"]

M = TypeVar("M")

# A task that sends this many messages in a row yields to the other tasks, even if the peer reads as fast.
_MAX_STREAK: Final = 64
# Messages sent in one turn of the loop are joined, up to this many messages or bytes.
_MAX_CORKED: Final = 32
_MAX_CORKED_BYTES: Final = 64 * 1024


class Engine(Generic[M]):
    """
    One end of a connection.

    Args:
        conversation: The conversation to drive.

    Attributes:
        conversation: As given.
        loop: The state shared with the other channels of the event loop.
    """

    def __init__(self, conversation: Conversation[M]) -> None:
        self.conversation: Final = conversation
        self.loop: Final = Loop.running()
        self._new_future = _future_maker(asyncio.get_running_loop())
        self._call_soon = asyncio.get_running_loop().call_soon
        self._wire: Wire | None = None
        self._gone = asyncio.Event()
        self._beat: Beat | None = None
        self._patience: asyncio.TimerHandle | None = None
        # The tasks that wait to write, in their order, which a dict keeps.
        self._senders: dict[FutureWaiter, None] = {}
        self._writable = True
        self._busy = self._paused = self._eof = self._is_over = False
        self._refusal: ConnectionLostError | None = None
        self._corked: list[list[Buffer]] = []
        self._streak = self._written = 0

    @property
    def is_stuck(self) -> bool:
        """Whether the peer reads nothing, though messages wait to be sent."""
        return not self._writable

    # Called by the wire

    def attach(self, wire: Wire) -> None:
        """Use *wire*, which is connected."""
        self._wire = wire

    def feed(self, data: Buffer) -> None:
        """Take bytes of a stream; bytes that are kept are copied."""
        conversation = self.conversation
        conversation.last_heard = time.monotonic()
        self._streak = 0
        conversation.bytes_received += len(data)  # type: ignore[arg-type]  # bytes or a view of bytes
        if conversation.end is None:
            conversation.link.receive_data(data)
            if conversation.advance():
                self._react()

    def _new_waiter(self) -> FutureWaiter:
        waiter = FutureWaiter()
        waiter.future = self._new_future()
        return waiter

    def received(self, count: int) -> None:
        """Note that *count* bytes were read into the link's room."""
        self.heard()
        self.conversation.received(count)
        self._pump()

    def feed_block(self, data: bytes) -> None:
        """Take one message of a transport that has messages of its own."""
        self.heard()
        self.conversation.receive_block(data)
        self._pump()

    def heard(self) -> None:
        """Note a sign of life."""
        self.conversation.last_heard = time.monotonic()
        self._streak = 0

    def feed_eof(self, cause: BaseException | None = None) -> None:
        """Note the end of the peer's bytes, with its *cause* if something failed."""
        if self._is_over:
            # The peer has read our last frame.
            self._eof = True
            self._hang_up()
            return
        self._eof = True
        self.conversation.receive_eof(cause)
        self._pump()

    def fail(self, error: IpcError) -> None:
        """Note the *error* that the wire found in the peer's bytes, or ended with; messages before it are received."""
        self.conversation.fail(error)
        self._pump()

    def lost(self, cause: BaseException | None) -> None:
        """Note the end of the wire itself."""
        self._wire = None
        self._eof = True
        self.conversation.receive_eof(cause)
        self._pump()
        self.conversation.finish(lost("the connection ended", cause))
        self._settle()
        if self._patience is not None:
            self._patience.cancel()
        self._gone.set()

    def pause_writing(self) -> None:
        """Make senders wait: the peer reads more slowly than this end sends."""
        self._writable = False
        self.conversation.stuck = True
        if self.conversation.sink is not None:
            self.conversation.hold(on=True)

    def resume_writing(self) -> None:
        """Let senders go on."""
        self._writable = True
        self.conversation.stuck = False
        self._wake_sender()
        if self.conversation.sink is not None and not self._busy:
            self.conversation.hold(on=False)
            self._pump()

    def refuse_writing(self, cause: BaseException | None) -> None:
        """Note that nothing more can be sent, though messages may still arrive."""
        self._refusal = self._refusal or lost("the peer accepts no more messages", cause)
        self.resume_writing()

    # Reactions

    def _pump(self) -> None:
        """Take the events of the link, and react to them."""
        self.conversation.advance()
        self._react()

    def go_on(self) -> None:
        """Pass the messages that have arrived to a new `Conversation.sink`."""
        self.conversation.hold(on=not self._writable)
        self._pump()

    def hold(self, *, on: bool) -> None:
        """Take no more messages for the sink, which is busy, or go on."""
        if self._busy is not on:
            self._busy = on
            self.conversation.hold(on=on or not self._writable)
            if not on:
                self._pump()

    def _react(self) -> None:
        """React to the events of the link."""
        conversation = self.conversation
        if self._beat is None and conversation.opened:
            self._watch()
        self.flush()
        if conversation.end is not None:
            self._settle()
        elif conversation.wants_data:
            self._resume()
        elif not self._paused:
            self._pause()

    def _settle(self) -> None:
        """React to the end, once."""
        if self._is_over or self.conversation.end is None:
            return
        self._is_over = True
        if self._beat is not None:
            self._beat.stop()
        for sender in self._senders:
            sender.resolve(None)
        self._hang_up(half=self.conversation.has_last_words)

    def _hang_up(self, *, half: bool = False) -> None:
        """
        Close the wire; with *half*, close only this end's direction and wait for the peer.

        Closing a socket with unread bytes resets the connection, and the peer
        might lose the last frames sent to it.  So an end that reports an error
        goes on reading until the peer has read the error and hangs up.
        """
        wire = self._wire
        if wire is None:
            return
        self._resume()
        if not (half and not self._eof and wire.write_eof()):
            wire.close()
        if self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(wire.linger, wire.abort)

    def _pause(self) -> None:
        if self._wire is not None:
            self._paused = True
            self.conversation.listen(time.monotonic(), on=False)
            self._wire.pause_reading()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self.conversation.listen(time.monotonic(), on=True)
            if self._wire is not None:
                self._wire.resume_reading()

    def abort(self) -> None:
        """End at once."""
        self.conversation.finish(closed_here())
        self._settle()
        if self._wire is not None:
            self._wire.abort()

    # Signs of life

    def _watch(self) -> None:
        conversation = self.conversation
        conversation.watch(time.monotonic(), 0.0 if self._wire is None else self._wire.heartbeat)
        self._beat = self.loop.watch(self, conversation.deadline(), conversation.slack)

    def tick(self, now: float) -> float:
        """Do what is due; return when to be called next."""
        conversation = self.conversation
        if conversation.tick(now, may_beat=self._writable) and self._wire is not None:
            self._wire.ping()
        self.flush()
        if conversation.end is not None:
            self.abort()
        return conversation.deadline()

    # The beginning and the end

    async def open(self) -> None:
        """
        Wait until messages can be sent.

        Raises:
            ConnectionLostError, FrameError: The connection could not be opened.
        """
        conversation = self.conversation
        conversation.link.start()
        self.flush()
        self._pump()
        waiter = self._new_waiter()
        conversation.when_open(waiter)
        result_of(await waiter.future)
        # If the peer opened, sent its messages and closed at once, this succeeds, and `receive` reports the end.
        if isinstance(conversation.end, FrameError) and not conversation.inbox:
            conversation.check()

    async def close(self, within: float) -> None:
        """Close in good order, within *within* seconds; see `Channel.close`."""
        if self.conversation.is_open:
            self._say_goodbye()
        try:
            async with asyncio.timeout(within):
                waiter = self._new_waiter()
                self.conversation.when_over(waiter)
                await waiter.future
                await self._gone.wait()
        except TimeoutError:
            pass
        finally:
            self.abort()
            await self._gone.wait()

    def _say_goodbye(self) -> None:
        conversation, wire = self.conversation, self._wire
        conversation.close()
        self.flush()
        # A native peer answers with its own Shutdown; others see the end of the stream, if the wire can announce it.
        if conversation.link.agreement is None and not (wire is not None and wire.write_eof()):
            conversation.finish(closed_here())
        # The peer's Shutdown may be queued behind messages that nobody has received.
        self._pump()

    async def closed(self) -> None:
        """Wait until the connection is closed completely."""
        await self._gone.wait()

    # Messages

    async def receive(self, within: float | None) -> M:
        """Return the next message; see `Channel.receive`."""
        conversation = self.conversation
        outcome = conversation.take()
        if outcome is NOTHING:
            waiter = FutureWaiter()
            future = waiter.future = self._new_future()
            due = None if within is None else self.loop.time_out(waiter, within)
            conversation.wait(waiter)
            try:
                outcome = await future
            except BaseException:
                conversation.withdraw(waiter)
                if future.done() and not future.cancelled() and future.result() is not OVERDUE:
                    # The next receiver gets the message.
                    conversation.put_back(future.result())
                raise
            finally:
                if due is not None:
                    due.pop(waiter, None)
            if outcome is OVERDUE:
                conversation.withdraw(waiter)
                raise conversation.overdue("a message", within)
        if self._paused:
            self._pump()
        if type(outcome) is Failure:
            raise fresh(outcome.error)
        return outcome  # type: ignore[no-any-return]

    async def request(self, message: M, within: float | None) -> M:
        """Send *message* and return its answer; see `Channel.request`."""
        conversation = self.conversation
        waiter = FutureWaiter()
        future = waiter.future = self._new_future()
        key = conversation.ask(message, waiter)
        due = None
        sent = False
        try:
            if within is not None:
                due = self.loop.time_out(waiter, within)
            if self._writable and not self._senders:
                self._write(message)
                sent = True
            else:
                sent = await self._write_in_turn(message, within)
            outcome: Any = await future if sent else OVERDUE
        finally:
            if due is not None:
                due.pop(waiter, None)
            if not sent:
                conversation.pending.discard(key)
            elif not future.done() or future.cancelled():
                conversation.pending.abandon(key)
        if type(outcome) is Failure:
            raise fresh(outcome.error)
        if outcome is OVERDUE:
            conversation.pending.abandon(key)
            raise conversation.overdue("an answer", within)
        return outcome  # type: ignore[no-any-return]

    async def send(self, message: M, within: float | None) -> None:
        """Send *message*; see `Channel.send`."""
        if self._writable and not self._senders:
            self._write(message)
        elif not await self._write_in_turn(message, within):
            raise TimedOutError(f"expected the peer to accept a message within {within} s")
        if self._streak >= _MAX_STREAK:
            self._streak = 0
            await asyncio.sleep(0)

    def _write(self, message: M) -> None:
        conversation = self.conversation
        if self._refusal is not None:
            conversation.check()
            raise fresh(self._refusal)
        conversation.send(message)
        # More are likely to follow in this turn of the loop after another one, with requests under way, or as answers.
        follows = self._streak or len(conversation.pending) > 1 or conversation.inbox
        self._streak += 1
        if not follows:
            self.flush()
            return
        if not self._corked:
            self._call_soon(self.flush)
        self._cork()

    def write_behind(self, message: M) -> None:
        """Queue *message* behind earlier ones; it is sent after the sink has taken all messages that arrived."""
        self.conversation.send(message)
        self._cork()

    def _cork(self) -> None:
        conversation = self.conversation
        self._corked += conversation.data_to_send()
        if len(self._corked) >= _MAX_CORKED or conversation.bytes_sent - self._written >= _MAX_CORKED_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the queued frames."""
        conversation, corked, wire = self.conversation, self._corked, self._wire
        if corked or conversation.outbox:
            frames = conversation.data_to_send()
            if corked:
                frames = corked + frames
                self._corked = []
            self._written = conversation.bytes_sent
            if wire is not None:
                wire.write(frames)

    async def _write_in_turn(self, message: M, within: float | None) -> bool:
        """Write *message* after those that wait already, once the peer reads more; return false when time is up."""
        self.conversation.check()
        sender = self._new_waiter()
        due = None if within is None else self.loop.time_out(sender, within)
        self._senders[sender] = None
        try:
            if await sender.future is OVERDUE:
                return False
            self._write(message)
            return True
        finally:
            del self._senders[sender]
            if due is not None:
                due.pop(sender, None)
            self._wake_sender()

    def _wake_sender(self) -> None:
        """Let the first waiting sender go on, if the peer reads."""
        if self._senders and self._writable:
            next(iter(self._senders)).resolve(None)


def _future_maker(loop: asyncio.AbstractEventLoop) -> Callable[[], asyncio.Future[Any]]:
    """Return a function that makes futures of *loop*, in C if the loop's own method is asyncio's Python one."""
    if getattr(type(loop), "create_future", None) is asyncio.BaseEventLoop.create_future:
        return partial(asyncio.Future, loop=loop)
    return loop.create_future
