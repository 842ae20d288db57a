"""`PipeWire`: an engine over two pipes, one for each direction."""

from __future__ import annotations

import asyncio
import os

from typing import Any

from typing_extensions import Buffer

from ..errors import UnsupportedTransportError
from ._engine import Engine
from ._stream import write_frames


__all__ = ["PipeWire"]


class PipeWire:
    """
    Two pipes.

    Args:
        engine: The engine to attach to them.
    """

    linger = 1.0
    heartbeat = 0.0

    def __init__(self, engine: Engine[Any]) -> None:
        self._engine = engine
        # both are set before the engine knows of the wire
        self._reader: asyncio.ReadTransport
        self._writer: asyncio.WriteTransport
        self._read_lost = self._write_lost = False

    async def open(self, read_fd: int, write_fd: int) -> None:
        """
        Take over the two pipes; they are closed in the end, also if this fails.

        Raises:
            UnsupportedTransportError: One of them is a file, or another
                object that cannot be polled, such as ``/dev/null``; or the
                event loop does not support pipes, as on Windows.
        """
        loop = asyncio.get_running_loop()
        source, sink = os.fdopen(read_fd, "rb", buffering=0), os.fdopen(write_fd, "wb", buffering=0)
        opened: list[asyncio.BaseTransport] = []
        try:
            # connect_read_pipe would only log that the descriptor cannot be polled, and nothing would ever arrive
            loop.add_reader(read_fd, _nothing)
            loop.remove_reader(read_fd)
            writer, _ = await loop.connect_write_pipe(lambda: _WriteSide(self), sink)
            opened.append(writer)
            reader, _ = await loop.connect_read_pipe(lambda: _ReadSide(self), source)
            opened.append(reader)
        except BaseException as exc:
            for transport in opened:
                transport.close()
            sink.close()
            source.close()
            if isinstance(exc, NotImplementedError):
                reason = f"expected an event loop that waits for pipes, got {type(loop).__name__}"
                raise UnsupportedTransportError(reason=reason) from exc
            # epoll raises PermissionError for files, asyncio ValueError for other objects
            if isinstance(exc, (PermissionError, ValueError)):
                raise UnsupportedTransportError(reason="expected pipes, sockets or terminals, got a file") from exc
            raise
        self._reader, self._writer = reader, writer
        self._engine.attach(self)

    # Called by the two sides

    def data_received(self, data: bytes) -> None:
        """Take bytes."""
        self._engine.feed(data)

    def eof_received(self) -> None:
        """Note the end of the bytes."""
        self._engine.feed_eof()

    def read_lost(self) -> None:
        """Note that the reading side is closed."""
        self._read_lost = True
        self._settle()

    def write_lost(self, exc: BaseException | None) -> None:
        """Note that the writing side is closed."""
        self._write_lost = True
        self._engine.refuse_writing(exc)
        self._settle()

    def pause_writing(self) -> None:
        """Make the engine's senders wait."""
        self._engine.pause_writing()

    def resume_writing(self) -> None:
        """Let the engine's senders go on."""
        self._engine.resume_writing()

    def _is_over(self) -> bool:
        return self._read_lost and self._write_lost

    def _settle(self) -> None:
        if self._is_over():
            self._engine.lost(None)

    # Called by the engine

    def write(self, frames: list[list[Buffer]]) -> None:
        write_frames(self._writer, frames)

    def write_eof(self) -> bool:
        self._writer.close()
        return True

    def ping(self) -> None:
        """Do nothing: pipes have no pings."""

    def pause_reading(self) -> None:
        self._reader.pause_reading()

    def resume_reading(self) -> None:
        self._reader.resume_reading()

    def close(self) -> None:
        self._writer.close()
        self._reader.close()

    def abort(self) -> None:
        # asyncio's pipe transports call connection_lost twice, and fail, if aborted with an empty write buffer
        if self._writer.get_write_buffer_size():
            self._writer.abort()
        self.close()


def _nothing() -> None:
    """Do nothing; the reader is removed before it could be called."""


class _ReadSide(asyncio.Protocol):
    def __init__(self, wire: PipeWire) -> None:
        self._wire = wire

    def data_received(self, data: bytes) -> None:
        self._wire.data_received(data)

    def eof_received(self) -> None:
        self._wire.eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._wire.read_lost()


class _WriteSide(asyncio.BaseProtocol):
    def __init__(self, wire: PipeWire) -> None:
        self._wire = wire

    def pause_writing(self) -> None:
        self._wire.pause_writing()

    def resume_writing(self) -> None:
        self._wire.resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._wire.write_lost(exc)
