"""
`Reactor`: a link, driven by the callbacks of an event loop.

A wire hands it what came and takes what is to be sent.  There is no task, so
nothing of a message is ever held by something that can be cancelled: what has
come is in the inbox until somebody takes it.
"""

from __future__ import annotations

import asyncio

from typing import Generic, TypeVar

from typing_extensions import Buffer

from symphony_types.errors import IpcError

from ...errors import DecodeError
from ...framing.errors import NEED_DATA, FrameError
from ...framing.events import PeerEof, PeerFailed, PeerShutdown
from .._links import LINK_EVENTS, Link, LinkEvent, Ready, Undecodable
from ..correlation import LATE, Pending
from ..errors import ChannelClosedError, ConnectionLostError, fresh
from ._inbox import Inbox
from ._pulse import Pulse
from ._wire import Wire


__all__ = ["Reactor", "closed_here"]

M = TypeVar("M")


class Reactor(Generic[M]):
    """
    One end of a connection.

    Args:
        link: What is said.
        max_queue: How many messages are kept for `receive` before no more is
            read; at least 1.

    Attributes:
        end: What `receive` raises once there are no more messages; ``None``
            while there may be some.
        ended_here: Whether it was this end that closed.
    """

    def __init__(self, link: Link[M], *, max_queue: int) -> None:
        self.link = link
        self.end: Exception | None = None
        self.ended_here = False
        self.pending: Pending[asyncio.Future[M | DecodeError | None]] = Pending()
        self.bytes_sent = 0
        self.bytes_received = 0
        self._loop = asyncio.get_running_loop()
        self._wire: Wire | None = None
        self._max_queue = max_queue
        self._inbox: Inbox[M | Undecodable] = Inbox()
        self._pulse = Pulse(self._beat, self._silent)
        self._patience: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._ready = asyncio.Event()
        self._done = asyncio.Event()
        self._gone = asyncio.Event()
        self._streak = 0
        self._closing = self._eof = self._complete = self._paused = False
        self._cause: BaseException | None = None
        self._refusal: ConnectionLostError | None = None
        self._writable.set()

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.end is None and self._wire is not None and not self._closing

    # What the wire tells

    def attach(self, wire: Wire) -> None:
        """Take *wire*, which is connected."""
        self._wire = wire

    def feed(self, data: bytes) -> None:
        """Take bytes of a stream."""
        if self._hear(len(data)):
            self.link.receive_data(data)
            self._pump()

    def feed_block(self, data: Buffer) -> None:
        """Take one message of a transport that has such."""
        if self._hear(memoryview(data).nbytes):
            self.link.receive_block(data)
            self._pump()

    def heard(self) -> None:
        """Take a sign of life."""
        self._pulse.heard()

    def feed_eof(self, cause: BaseException | None = None) -> None:
        """Take the end of the peer's bytes, with its *cause* if it is no good one."""
        self._cause = self._cause or cause
        if self.end is not None:
            # it has had our last word
            self._hang_up()
        elif not self._eof:
            self._eof = self._complete = True
            self.link.receive_eof()
            self._pump()

    def fail(self, error: IpcError) -> None:
        """Take the *error* that the wire has found in the peer's bytes, or ended with; what came before it counts."""
        if self.end is None:
            self._complete = True
            self._pump()
            self._finish(error)
        self._hang_up(half=isinstance(error, FrameError))

    def lost(self, cause: BaseException | None) -> None:
        """Take the end of the wire itself."""
        self._wire = None
        self.feed_eof(cause)
        self._finish(_lost("the connection ended", self._cause))
        if self._patience is not None:
            self._patience.cancel()
        self._gone.set()

    def pause_writing(self) -> None:
        """Let senders wait: the peer takes less than it is sent."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let senders go on."""
        self._writable.set()

    def refuse_writing(self, cause: BaseException | None) -> None:
        """Take that nothing more can be sent, though the peer may still be heard."""
        self._refusal = self._refusal or _lost("the peer takes no more messages", cause)
        self._writable.set()

    def _hear(self, size: int) -> bool:
        self._pulse.heard()
        self._streak = 0
        self.bytes_received += size
        # what comes after the end only shows that the peer has not seen it yet
        return self.end is None

    # What the link makes of it

    def _pump(self) -> None:
        """Take what the link has, until it has no more or the inbox is full."""
        next_event = self.link.next_event
        try:
            while self.end is None:
                # Once no more will come there is little left, and those who wait for answers have to know.
                if len(self._inbox) >= self._max_queue and not self._complete and not self._closing:
                    self._pause()
                    self._flush()
                    return
                event = next_event()
                if event is NEED_DATA:
                    break
                if type(event) in LINK_EVENTS:
                    self._take(event)
                else:
                    self._take_message(event)
        except FrameError as error:
            self._fail(error)
            return
        self._flush()
        self._resume()

    def _take_message(self, message: M) -> None:
        waiter = self.pending.take(message)
        if waiter is None:
            self._deliver(message)
        elif waiter is not LATE and not waiter.done():
            waiter.set_result(message)

    def _take(self, event: LinkEvent) -> None:
        if isinstance(event, Undecodable):
            waiter = self.pending.take_key(event.answers)
            if waiter is None:
                self._deliver(event)
            elif waiter is not LATE and not waiter.done():
                # a result: nobody may be left to retrieve an exception
                waiter.set_result(event.error)
        elif isinstance(event, Ready):
            self._start_pulse()
            self._ready.set()
        elif isinstance(event, PeerShutdown):
            self.link.send_shutdown()
            self._flush()
            self._finish(ChannelClosedError(reason="the peer has closed the channel"))
            self._hang_up()
        elif isinstance(event, PeerFailed):
            self._finish(ConnectionLostError.peer_failed(event.error))
            self._hang_up()
        else:
            self._take_eof(event)

    def _take_eof(self, event: PeerEof) -> None:
        if event.clean and self._cause is None:
            self._finish(ChannelClosedError(reason="the peer has ended the stream"))
        elif self._ready.is_set():
            self._finish(_lost("the peer hung up", self._cause))
        else:
            self._finish(_lost("the peer hung up before the connection was open", self._cause))
        self._hang_up()

    def _deliver(self, event: M | Undecodable) -> None:
        # Who has closed does not read on; what had come before, may still be received.
        if not self._closing:
            self._inbox.put(event)

    def _fail(self, error: FrameError) -> None:
        if self._eof and error.frame_code == "truncated":
            self._finish(_lost("the peer hung up in the middle of a message", self._cause or error))
            self._hang_up()
        else:
            self._flush()
            self._finish(error)
            self._hang_up(half=True)

    def _finish(self, error: Exception) -> None:
        """Come to an end, once, with *error*; all who wait learn of it."""
        if self.end is not None:
            return
        if self._closing:
            error = closed_here()
        self.end = error
        self.ended_here = self._closing
        self._pulse.stop()
        self._inbox.close()
        for waiter in self.pending.clear():
            if not waiter.done():
                waiter.set_result(None)
        self._writable.set()
        self._ready.set()
        self._done.set()

    def _hang_up(self, *, half: bool = False) -> None:
        """
        End the wire; with *half* only once the peer has.

        A socket that is closed with bytes unread is reset, and the peer might
        lose what it was told last: so who breaks off says that, and goes on
        reading until the peer, having read it, hangs up.
        """
        wire = self._wire
        if wire is None:
            return
        self._resume()
        if not (half and not self._eof and wire.write_eof()):
            wire.close()
        if self._patience is None:
            self._patience = self._loop.call_later(wire.linger, wire.abort)

    def _ending(self) -> Exception:
        """Return what to raise for the end, or for a call after `close`."""
        return closed_here() if self.end is None else fresh(self.end)

    def _pause(self) -> None:
        if not self._paused and self._wire is not None:
            self._paused = True
            self._pulse.listen(on=False)
            self._wire.pause_reading()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._pulse.listen(on=True)
            if self._wire is not None:
                self._wire.resume_reading()

    def _flush(self) -> None:
        frames = self.link.data_to_send()
        if frames and self._wire is not None:
            self.bytes_sent += self._wire.write(frames)

    # Signs of life

    def _start_pulse(self) -> None:
        link, wire = self.link, self._wire
        if link.heartbeat_interval or wire is None or not wire.heartbeat:
            self._pulse.start(link.heartbeat_interval, link.peer_timeout)
        else:
            # each ping is answered, whatever the peer's own intervals
            self._pulse.start(wire.heartbeat, link.peer_timeout or 3 * wire.heartbeat)

    def _beat(self) -> None:
        # Where bytes wait to be sent, they are the sign of life.
        if self._wire is None or not self._writable.is_set():
            return
        if self.link.heartbeat_interval:
            self.link.send_heartbeat()
            self._flush()
        else:
            self._wire.ping()

    def _silent(self, silence: float) -> None:
        self._finish(ConnectionLostError(reason=f"expected a sign of life of the peer every {silence:g} s, got none"))
        if self._wire is not None:
            self._wire.abort()

    def abort(self) -> None:
        """End at once."""
        self._finish(closed_here())
        if self._wire is not None:
            self._wire.abort()


def closed_here() -> ChannelClosedError:
    """Return what a channel ends with that this end has closed."""
    return ChannelClosedError(reason="this end has closed the channel")


def _lost(what: str, cause: BaseException | None) -> ConnectionLostError:
    error = ConnectionLostError(reason=what if cause is None else f"{what}: {str(cause) or type(cause).__name__}")
    error.__cause__ = cause
    return error
