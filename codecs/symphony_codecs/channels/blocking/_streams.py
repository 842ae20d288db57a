"""
Streams: bytes to and from a socket or two pipes, without ever blocking but in `Stream.wait`.

Everything here is for the channel that owns the stream to arrange: one thread
reads at a time, one writes, and nobody closes while either does.  A thread
that waits is woken by `Stream.interrupt`, from any other one.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import sys

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from typing_extensions import Buffer


__all__ = ["READ", "WRITE", "PipeStream", "SocketStream", "Stream", "new_view", "views"]

READ: Final = 1
"""There is something to read, or the end of it."""

WRITE: Final = 2
"""Something can be written, or it is known that nothing can be any more."""

_READ_SIZE: Final = 64 * 1024
# POSIX promises 16 buffers in one call (IOV_MAX); Linux, macOS and the BSDs take 1024.
_MAX_BUFFERS: Final = 1024
_READABLE: Final = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL
_WRITABLE: Final = select.POLLOUT | select.POLLHUP | select.POLLERR | select.POLLNVAL
# So much is read and dropped before a socket is closed.
_MAX_DRAINED: Final = 16 * _READ_SIZE
# What Linux keeps of a socket's buffer beside the bytes of one message, and the most that is taken in one piece.
_SKB_OVERHEAD: Final = 1024
_MAX_WHOLE: Final = 64 * 1024

views: Final[list[memoryview]] = []
"""Buffers that nobody reads into now: a thread has one for as long as it reads, not for as long as it waits."""


def new_view() -> memoryview:
    """Return a buffer to read into; it goes to `views` later."""
    return memoryview(bytearray(_READ_SIZE))


class Stream(ABC):
    """
    Bytes in both directions.

    Args:
        reader: The file descriptor to read from.
        writer: The one to write to; may be the same.
        waker: One that becomes readable when waiting has to end; ``None``
            where `interrupt` needs none.
    """

    # Up to how many bytes are taken whole or not at all; 0 where that is not known.
    whole = 0
    # Reads into a view: returns how many bytes, 0 at the end; BlockingIOError is nothing, OSError a broken connection.
    read_into: Callable[[memoryview], int]
    # Writes what it can: returns how many bytes; BlockingIOError is nothing for now, OSError a broken connection.
    send_one: Callable[[bytes], int]

    def __init__(self, reader: int, writer: int, waker: int | None = None) -> None:
        # What is to be written; others may go on queueing while the thread that writes flushes.
        self.queue: Final[deque[Buffer]] = deque()
        # How many bytes were written.
        self.written = 0
        self._reader = reader
        self._writer = writer
        self._waker = waker
        # A poll object is used by one thread at a time: READ by the one that reads, the others by the one that writes.
        self._polls = {READ: _poll(reader, writer, waker, READ)}
        # As `wait` for READ, in milliseconds.
        self.poll_to_read: Final[Callable[[float | None], list[Any]]] = self._polls[READ].poll

    def wait(self, mask: int, timeout: float | None) -> int:
        """
        Wait until there is something of *mask* to do.

        Args:
            mask: `READ`, `WRITE` or both.
            timeout: How long, in seconds; ``None`` is for ever.

        Returns:
            What can be done; 0 when the time is up; all of *mask* after an
            `interrupt`.
        """
        poll = self._polls.get(mask)
        if poll is None:
            poll = self._polls[mask] = _poll(self._reader, self._writer, self._waker, mask)
        found = 0
        for descriptor, events in poll.poll(None if timeout is None else timeout * 1000):
            if descriptor == self._reader or descriptor == self._writer:  # noqa: PLR1714 - the hot path
                if events & _READABLE and descriptor == self._reader:
                    found |= READ
                if events & _WRITABLE and descriptor == self._writer:
                    found |= WRITE
            else:
                return mask
        return found & mask

    def read(self) -> bytes | None:
        """
        Return what has come; ``None`` at the end.

        Raises:
            BlockingIOError: Nothing has.
            OSError: The connection broke.
        """
        view = new_view()
        return bytes(view[: self.read_into(view)]) or None

    def put(self, frames: Iterable[list[Buffer]]) -> None:
        """Queue *frames*, each a list of buffers, behind what is queued already; nothing is copied."""
        for buffers in frames:
            self.queue.extend(buffers)

    def flush(self) -> bool:
        """
        Write as much as can be written now; returns whether that was all.

        Raises:
            OSError: The connection broke.
        """
        queue = self.queue
        while queue:
            count = len(queue)
            try:
                if count == 1 and type(first := queue[0]) is bytes:
                    sent = self.send_one(first)
                    if sent == len(first):
                        queue.popleft()
                        self.written += sent
                        continue
                else:
                    sent = self._send([queue[n] for n in range(min(count, _MAX_BUFFERS))])
            except BlockingIOError:
                return False
            self.written += sent
            _drop(queue, sent)
        return True

    def take_back(self, size: int) -> bool:
        """Forget what is queued, if that is *size* bytes; returns whether it was."""
        if sum(memoryview(buffer).nbytes for buffer in self.queue) != size:
            return False
        self.queue.clear()
        return True

    @abstractmethod
    def _send(self, buffers: list[Buffer]) -> int: ...

    @abstractmethod
    def close_write(self) -> None:
        """Let the peer see the end of what it reads."""

    @abstractmethod
    def interrupt(self) -> None:
        """Wake who waits, and let nobody wait again: the stream is about to be closed."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the system holds for this stream."""


class SocketStream(Stream):
    """
    A connected socket, which becomes this stream's own.

    Args:
        sock: Of Unix, TCP or any other kind that streams.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        if sock.family in {socket.AF_INET, socket.AF_INET6}:
            # Frames are whole messages; waiting for more of them helps nobody.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif sys.platform == "linux" and sock.family == socket.AF_UNIX:
            # unix_stream_sendmsg of Linux cuts a message into pieces of at most half of the buffer.
            half = sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2
            self.whole = max(0, min(half - _SKB_OVERHEAD, _MAX_WHOLE))
        super().__init__(sock.fileno(), sock.fileno())
        self._socket = sock
        self.read_into = sock.recv_into
        self.send_one = sock.send

    def _send(self, buffers: list[Buffer]) -> int:
        return self._socket.sendmsg(buffers)

    def close_write(self) -> None:
        self._shutdown(socket.SHUT_WR)

    def interrupt(self) -> None:
        # A waiting thread sees the end; unlike closing, this does not free the descriptor for another file meanwhile.
        self._shutdown(socket.SHUT_RDWR)

    def _shutdown(self, how: int) -> None:
        try:
            self._socket.shutdown(how)
        except OSError:
            # The peer was faster.
            return

    def close(self) -> None:
        # TCP resets a connection that is closed with bytes unread, and the peer may lose what it was told last.
        drained = 0
        try:
            while drained < _MAX_DRAINED and (data := self._socket.recv(_READ_SIZE)):
                drained += len(data)
        except OSError:
            pass
        finally:
            self._socket.close()


class PipeStream(Stream):
    """
    Two pipes, or whatever else has file descriptors.

    Args:
        reader: The file descriptor to read from; it becomes this stream's own.
        writer: The one to write to; not the same.
    """

    def __init__(self, reader: int, writer: int) -> None:
        try:
            self._wake_reader, self._wake_writer = os.pipe()
        except OSError:
            os.close(reader)
            os.close(writer)
            raise
        self._open = {reader, writer, self._wake_reader, self._wake_writer}
        self._interrupted = False
        self.read_into = self._read_into
        self.send_one = self._send_one
        super().__init__(reader, writer, self._wake_reader)

    def _read_into(self, view: memoryview) -> int:
        # Where the descriptors block, which only their other users may change, `wait` alone keeps us from waiting here.
        return 0 if self._interrupted else os.readv(self._reader, [view])

    def _send_one(self, data: bytes) -> int:
        return self._send([data])

    def _send(self, buffers: list[Buffer]) -> int:
        if not self._is_writing:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        return os.writev(self._writer, buffers)

    @property
    def _is_writing(self) -> bool:
        """Whether the peer has not been shown the end."""
        return self._writer in self._open and not self._interrupted

    def close_write(self) -> None:
        self._close(self._writer)

    def interrupt(self) -> None:
        self._interrupted = True
        self._close(self._wake_writer)

    def close(self) -> None:
        for descriptor in tuple(self._open):
            self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        try:
            # One step: two threads that close must not close it twice, which by then might be another's.
            self._open.remove(descriptor)
        except KeyError:
            return
        try:
            os.close(descriptor)
        except OSError:
            # It is closed all the same.
            return


def _drop(queue: deque[Buffer], sent: int) -> None:
    """Remove the first *sent* bytes."""
    while queue:
        buffer = queue[0]
        size = len(buffer) if type(buffer) is bytes else memoryview(buffer).nbytes
        if sent < size:
            if sent:
                queue[0] = memoryview(buffer).cast("B")[sent:]
            return
        sent -= size
        queue.popleft()


def _poll(reader: int, writer: int, waker: int | None, mask: int) -> select.poll:
    poll = select.poll()
    wanted: dict[int, int] = {}
    if mask & READ:
        wanted[reader] = select.POLLIN
    if mask & WRITE:
        wanted[writer] = wanted.get(writer, 0) | select.POLLOUT
    if waker is not None:
        wanted[waker] = select.POLLIN
    for descriptor, events in wanted.items():
        poll.register(descriptor, events)
    return poll
