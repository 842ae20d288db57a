"""
Streams: bytes to and from a socket or two pipes; only `Stream.wait` blocks.

A stream does not lock.  Its owner ensures that one thread reads at a time, one
writes, and none closes the stream meanwhile.  Any thread may wake the waiting
ones by `Stream.interrupt`.
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
"""There are bytes to read, or the end of the stream."""

WRITE: Final = 2
"""Bytes can be written, or a write would fail at once."""

_READ_SIZE: Final = 64 * 1024
# POSIX promises 16 buffers in one call (IOV_MAX); Linux, macOS and the BSDs take 1024.
_MAX_BUFFERS: Final = 1024
_READABLE: Final = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL
_WRITABLE: Final = select.POLLOUT | select.POLLHUP | select.POLLERR | select.POLLNVAL
# At most this many bytes are read and dropped before a socket is closed.
_MAX_DRAINED: Final = 16 * _READ_SIZE
# Linux reserves about this much of a socket's buffer for each message; the second number bounds `Stream.whole`.
_SKB_OVERHEAD: Final = 1024
_MAX_WHOLE: Final = 64 * 1024

views: Final[list[memoryview]] = []
"""Free buffers to read into: a thread has one while it reads, not while it waits."""


def new_view() -> memoryview:
    """Return a buffer to read into; the caller adds it to `views` after use."""
    return memoryview(bytearray(_READ_SIZE))


class Stream(ABC):
    """
    Bytes in both directions.

    Args:
        reader: The file descriptor to read from.
        writer: The one to write to; may be the same.
        waker: One that becomes readable when waiting has to end; ``None`` if
            `interrupt` does not need it.
    """

    # Writes of up to this many bytes succeed whole or not at all; 0 where that is not known.
    whole = 0
    # Reads into a view and returns the number of bytes, 0 at the end; raises BlockingIOError if there are none yet,
    # OSError if the connection is broken.
    read_into: Callable[[memoryview], int]
    # Writes as much as possible and returns the number of bytes; raises BlockingIOError if none can be written now,
    # OSError if the connection is broken.
    send_one: Callable[[bytes], int]

    def __init__(self, reader: int, writer: int, waker: int | None = None) -> None:
        # The buffers to write; other threads may queue more while the writing thread flushes.
        self.queue: Final[deque[Buffer]] = deque()
        # How many bytes were written.
        self.written = 0
        self._reader = reader
        self._writer = writer
        self._waker = waker
        # One thread at a time uses a poll object: the reading thread that for READ, the writing thread the others.
        self._polls = {READ: _poll(reader, writer, waker, READ)}
        # Like `wait(READ, ...)`, but in milliseconds.
        self.poll_to_read: Final[Callable[[float | None], list[Any]]] = self._polls[READ].poll

    def wait(self, mask: int, timeout: float | None) -> int:
        """
        Wait until the stream is ready for one of *mask*.

        Args:
            mask: `READ`, `WRITE` or both.
            timeout: How long to wait, in seconds; ``None`` is for ever.

        Returns:
            The parts of *mask* that are ready; 0 when the time is up; all of
            *mask* after an `interrupt`.
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
        Return the bytes that have arrived; ``None`` at the end.

        Raises:
            BlockingIOError: No bytes have arrived.
            OSError: The connection broke.
        """
        view = new_view()
        return bytes(view[: self.read_into(view)]) or None

    def put(self, frames: Iterable[list[Buffer]]) -> None:
        """Queue *frames*, each a list of buffers, behind those already queued; nothing is copied."""
        for buffers in frames:
            self.queue.extend(buffers)

    def flush(self) -> bool:
        """
        Write as much as can be written now; return whether the queue is empty.

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
        """Clear the queue, if it holds *size* bytes; return whether it did."""
        if sum(memoryview(buffer).nbytes for buffer in self.queue) != size:
            return False
        self.queue.clear()
        return True

    @abstractmethod
    def _send(self, buffers: list[Buffer]) -> int: ...

    @abstractmethod
    def close_write(self) -> None:
        """End the direction to the peer, which then reads the end of the stream."""

    @abstractmethod
    def interrupt(self) -> None:
        """Wake the waiting threads, and make later waits return at once: the stream is about to be closed."""

    @abstractmethod
    def close(self) -> None:
        """Close the stream's file descriptors."""


class SocketStream(Stream):
    """
    A connected socket, which this stream takes over.

    Args:
        sock: A stream socket: Unix, TCP or another family.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        if sock.family in {socket.AF_INET, socket.AF_INET6}:
            # Writes are whole frames, so there is no reason to delay them.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif sys.platform == "linux" and sock.family == socket.AF_UNIX:
            # Linux's unix_stream_sendmsg splits a message into pieces of at most half of the buffer.
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
        # Waiting threads see the end of the stream.  Closing would free the descriptor, and another file could get it.
        self._shutdown(socket.SHUT_RDWR)

    def _shutdown(self, how: int) -> None:
        try:
            self._socket.shutdown(how)
        except OSError:
            # The peer has disconnected first.
            return

    def close(self) -> None:
        # TCP resets a connection that is closed with unread bytes, and the peer may lose the last frames.
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
    Two pipes, or two other file descriptors.

    Args:
        reader: The file descriptor to read from; the stream takes it over.
        writer: A different one to write to; the stream takes it over.
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
        # Blocking descriptors stay so, for their other users; this does not block because the caller has waited before.
        return 0 if self._interrupted else os.readv(self._reader, [view])

    def _send_one(self, data: bytes) -> int:
        return self._send([data])

    def _send(self, buffers: list[Buffer]) -> int:
        if not self._is_writing:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        return os.writev(self._writer, buffers)

    @property
    def _is_writing(self) -> bool:
        """Whether the direction to the peer is open."""
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
            # Atomic: if two threads closed it, the second could close a descriptor that the system has reused.
            self._open.remove(descriptor)
        except KeyError:
            return
        try:
            os.close(descriptor)
        except OSError:
            # It is closed anyway.
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
