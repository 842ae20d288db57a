"""
`Engine`: what threads do with a connection: receive, ask, send, close.

Which of them reads is settled in `Turns`; one writes at a time: it holds
`_writing`, which is taken before `_mutex`, and before a message is queued:
frames are numbered in the order in which they leave.
"""

from __future__ import annotations

import threading

from typing import Final, TypeVar

from symphony_types.errors import SymphonyError, TimedOutError

from .._links import Link
from ._deadline import Deadline
from ._mailbox import Ticket
from ._streams import READ, WRITE
from ._turns import Turns
from ._wheel import Beat, wheel
from ._wire import Wire


__all__ = ["Engine"]

M = TypeVar("M")

# How long it may take to tell the peer why this end gives up, or to learn why the peer has, in seconds.
_LAST_WORDS: Final = 1.0
# How often a thread that waits to write sees whether it may read meanwhile, in seconds: the inbox may have been full.
_RECONSIDER: Final = 0.05


class Engine(Turns[M]):
    """
    One end of a connection.

    Args:
        wire: What carries it; it becomes this engine's own.
        link: What is said.
        max_queue: How many messages are kept for `receive` before no more is
            read; at least 1.

    Attributes:
        peer_certificate: What the peer's certificate says; ``None`` where it
            has shown none.
    """

    def __init__(self, wire: Wire, link: Link[M], *, max_queue: int) -> None:
        super().__init__(wire, link, max_queue=max_queue)
        self.peer_certificate: Final = wire.layers.peer_certificate
        self._writing = threading.Lock()
        self._pulse: Beat | None = None

    # The beginning

    def start(self, deadline: Deadline) -> None:
        """
        Say what this end begins with.

        Raises:
            TimedOutError, ConnectionLostError: The peer does not take it.
        """
        with self._mutex:
            self.session.start()
        self._write(None, deadline)

    def open(self, deadline: Deadline) -> None:
        """
        Wait until messages can be sent.

        Raises:
            TimedOutError: The peer does not say Hello in time.
            ConnectionLostError, FrameError: It does not come to that.
        """
        opening = self.session.opening
        self._wait(opening, deadline)
        if not opening.done:
            raise TimedOutError("expected the peer's Hello in time, got none")
        opening.result()
        interval = self.session.agree_on_silence()
        if interval:
            self._pulse = wheel.start(interval, self._beat)

    # Waiting

    def receive(self, timeout: float | None) -> M:
        """Return the next message; see `Channel.receive`."""
        mailbox = self.session.mailbox
        with self._mutex:
            ticket = mailbox.receiver()
            if ticket.done:
                self._promote()
        if not ticket.done:
            try:
                self._wait(ticket, Deadline(timeout))
            except BaseException:
                # Ctrl-C, say: the message is the next one's.
                with self._mutex:
                    mailbox.withdraw(ticket)
                raise
            with self._mutex:
                late = not ticket.done
                if late:
                    mailbox.withdraw(ticket)
            if late:
                raise TimedOutError(f"expected a message within {timeout} s, got none")
        return ticket.result()

    def request(self, message: M, timeout: float | None) -> M:
        """Send *message* and return its answer; see `Channel.request`."""
        pending = self.session.mailbox.pending
        deadline = Deadline(timeout)
        ticket: Ticket[M] = Ticket()
        with self._mutex:
            self.session.check()
            key = pending.add(message, ticket)
        try:
            try:
                self._write(message, deadline)
            except BaseException:
                with self._mutex:
                    pending.discard(key)
                raise
            self._wait(ticket, deadline)
        finally:
            with self._mutex:
                pending.abandon(key)
        if not ticket.done:
            raise TimedOutError(f"expected an answer within {timeout} s, got none")
        return ticket.result()

    # Writing

    def send(self, message: M, timeout: float | None) -> None:
        """Send *message*; see `Channel.send`."""
        self.session.check()
        self._write(message, Deadline(timeout))

    def _write(self, message: M | None, deadline: Deadline) -> None:
        """Send what is queued, then *message* if there is one."""
        if not self._begin_to_write(deadline):
            raise TimedOutError("expected the peer to take a message in time; nothing of it was sent")
        with self._using():
            try:
                if self._dead:
                    self.session.check()
                if self._stream.has_unsent:
                    self._push(deadline)
                if message is not None:
                    self._send(message, deadline)
            except SymphonyError:
                # Some of them are an OSError as well.
                raise
            except OSError as error:
                self._broke(error)
            finally:
                self._writing.release()
                # Those who had something to say meanwhile, and did not get the lock, have left it to this thread.
                self._settle()

    def _begin_to_write(self, deadline: Deadline) -> bool:
        while True:
            remaining = deadline.remaining()
            if self._writing.acquire(timeout=-1 if remaining is None else remaining):
                return True
            if deadline.expired:
                return False

    def _send(self, message: M, deadline: Deadline) -> None:
        # What is queued cannot be taken back, so it is not before there is room.
        while not self._stream.wait(WRITE, 0):
            self._await_writable(deadline)
        with self._mutex:
            self.session.send(message)
        try:
            self._push(deadline)
        except TimedOutError:
            with self._mutex:
                self.session.lose("the peer took only a part of a message in time")
            raise

    def _push(self, deadline: Deadline) -> None:
        while not self._stream.flush():
            self._await_writable(deadline)

    def _await_writable(self, deadline: Deadline) -> None:
        """
        Wait until more can be written, and read meanwhile, if nobody else does.

        Two ends that both only write would otherwise wait for each other.

        Raises:
            TimedOutError: The time is up.
            IpcError: What the channel has ended with.
        """
        with self._mutex:
            reads = self._may_read()
            if reads:
                self._reading = True
                self.session.advance()
        left = deadline.remaining()
        try:
            if reads:
                found = self._stream.wait(READ | WRITE, self._patience(deadline))
            else:
                found = self._stream.wait(WRITE, _RECONSIDER if left is None else min(left, _RECONSIDER))
            if reads and found & READ:
                self._read()
            elif reads and not found:
                self._is_lost()
        finally:
            if reads:
                with self._mutex:
                    self._reading = False
                    self._promote()
        if self.session.over or self._dead:
            self.session.check()
        if not found and deadline.expired:
            raise TimedOutError("expected the peer to take a message in time")

    def _broke(self, error: OSError) -> None:
        """Raise what the channel has ended with, now that nothing can be written: the peer may have said it."""
        self._await_end(Deadline(_LAST_WORDS))
        with self._mutex:
            self.session.lose("the connection broke", error)
            self.session.check()

    def _settle(self, *, reads: bool = False, patience: float = _LAST_WORDS) -> None:
        """
        Send what this end has to say by itself, and hang up if all is over; by a thread that is counted.

        Args:
            reads: Whether this is the thread that reads.
            patience: How long the peer may take for the last words, in seconds.
        """
        stream, session = self._stream, self.session
        if stream.has_unsent and not self._dead and self._writing.acquire(blocking=False):
            lingers = reads and session.has_last_words
            deadline = Deadline(patience if session.over and not session.lost else 0)
            try:
                while not stream.flush() and not deadline.expired:
                    stream.wait(WRITE, deadline.remaining())
                if lingers:
                    stream.close_write()
            except OSError:
                # The thread that reads learns of it, too.
                lingers = False
            finally:
                self._writing.release()
            if lingers:
                self._linger(Deadline(_LAST_WORDS))
        if session.over:
            self._hang_up()

    def _linger(self, deadline: Deadline) -> None:
        """
        Wait until the peer hangs up, whatever it still says.

        A socket that is closed with bytes unread is reset, and the peer might
        never read why.
        """
        try:
            while not deadline.expired:
                if self._stream.wait(READ, deadline.remaining()) and self._stream.read() is None:
                    return
        except OSError:
            return

    def _beat(self) -> None:
        """Let the peer know that this end is alive; never waits."""
        # Where somebody writes, that is the sign of life.
        if not self._writing.acquire(blocking=False):
            return
        with self._using():
            try:
                if self.session.is_open and not self._stream.has_unsent and self._stream.wait(WRITE, 0):
                    with self._mutex:
                        self.session.send_sign_of_life()
                    self._stream.flush()
            except OSError:
                # Who reads or writes next learns of it.
                pass
            finally:
                self._writing.release()
                self._settle(patience=0)

    # The end

    def begin_close(self) -> None:
        """Let `close` begin: say what can be said at once, without waiting for the peer."""
        with self._mutex:
            self.session.close()
            self._promote()
        self._say_goodbye(Deadline(0))

    def close(self, timeout: float | None) -> None:
        """End in good order, within *timeout* seconds; see `Channel.close`."""
        deadline = Deadline(timeout)
        self.begin_close()
        try:
            if self.session.link.opened and not self._dead:
                self._say_goodbye(deadline)
                self._await_end(deadline)
        finally:
            self.abort()

    def abort(self) -> None:
        """End at once."""
        with self._using():
            self._hang_up()
        # The others were woken, and take no time to leave.
        self._gone.wait(_LAST_WORDS)

    def _say_goodbye(self, deadline: Deadline) -> None:
        if not self._begin_to_write(deadline):
            return
        with self._using():
            try:
                with self._mutex:
                    if self._dead:
                        return
                    if not self.session.over:
                        self.session.say_goodbye()
                while not self.session.over and not self._stream.flush():
                    self._await_writable(deadline)
                if self.session.needs_eof:
                    self._stream.close_write()
            except (OSError, SymphonyError):
                # It ends all the same.
                return
            finally:
                self._writing.release()
                self._settle()

    def _await_end(self, deadline: Deadline) -> None:
        """Wait until the peer has said its last, or the time is up."""
        with self._mutex:
            watcher = self.session.watcher()
        self._wait(watcher, deadline)

    def _hang_up(self) -> None:
        """Let nobody use the stream any more; by a thread that is counted."""
        with self._mutex:
            if not self._dead:
                self._dead = True
                self.session.close()
                self.session.lose("this end hung up")
                self._stream.interrupt()
        if self._pulse is not None:
            wheel.stop(self._pulse)
