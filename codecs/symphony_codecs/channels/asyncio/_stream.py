"""`StreamWire`: an engine over one of asyncio's stream transports, a socket with or without TLS."""

from __future__ import annotations

import asyncio

from collections.abc import Iterator
from typing import Any, Final, Protocol, cast

from typing_extensions import Buffer

from ...codec import Codec
from .._links import Link
from ._engine import Engine
from ._loops import Loop


__all__ = ["Owner", "StreamWire", "write_frames"]

# Larger buffers go to the transport as they are; smaller ones are cheaper to join than to write one by one.
_JOIN_LIMIT: Final = 64 * 1024
# A read of this many bytes may be a part of a large payload.
_MUCH: Final = 32 * 1024


class Owner(Protocol):
    """Makes and owns a wire: a server, or a connecting client."""

    def admit(self, wire: StreamWire) -> bool:
        """Whether to keep the new connection."""
        ...

    def start(self, wire: StreamWire) -> Engine[Any]:
        """Return an engine attached to *wire*, whose handshakes are done."""
        ...

    def released(self, wire: StreamWire, cause: BaseException | None) -> None:
        """Note that *wire* has ended."""


def write_frames(transport: asyncio.WriteTransport, frames: list[list[Buffer]]) -> None:
    """
    Write *frames* to *transport*, unless it is closing.

    `writelines` is not used: up to Python 3.11 it joins everything, and in 3.12
    it does not pause writing when the peer does not keep up (CVE-2024-12254).
    """
    for part in _joined(frames):
        # asyncio reports a connection's end late, and logs a warning for writes until then.
        if transport.is_closing():
            break
        transport.write(part)


def _joined(frames: list[list[Buffer]]) -> Iterator[bytes | memoryview]:
    small: list[Buffer] = []
    for buffers in frames:
        for buffer in buffers:
            size = len(buffer) if type(buffer) is bytes else memoryview(buffer).nbytes
            if size < _JOIN_LIMIT:
                small.append(buffer)
                continue
            if small:
                yield b"".join(small)
                small.clear()
            yield memoryview(buffer).cast("B")
    if small:
        yield b"".join(small)


class StreamWire(asyncio.BufferedProtocol):
    """
    A connected socket.

    It reads into the buffer that all wires of its loop share, or a large
    payload straight into its own buffer.

    Args:
        owner: Notified of its beginning and end.

    Attributes:
        layered: Whether there are layers between the socket and the frames.
    """

    linger = 1.0
    heartbeat = 0.0
    layered = False

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._engine: Engine[Any] | None = None
        self._transport: asyncio.Transport | None = None
        self._has_halves = False
        self._buffer = Loop.running().buffer
        self._link: Link[Any] | None = None
        self._in_room = self._is_filled = False

    # Called by asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        # whether one direction can be closed alone
        self._has_halves = self._transport.can_write_eof()
        if self._owner.admit(self):
            self._begin()
        else:
            self._transport.abort()

    def _begin(self) -> None:
        self._engine = self._owner.start(self)
        if not self.layered:
            self._link = self._engine.conversation.link

    def get_buffer(self, sizehint: int) -> memoryview:
        # Reads of small messages do not nearly fill the buffer.
        if not self._is_filled or self._link is None:
            return self._buffer
        room = self._link.room()
        self._in_room = room is not None
        return self._buffer if room is None else room

    def buffer_updated(self, nbytes: int) -> None:
        engine = self._engine
        if self._in_room and engine is not None:
            self._in_room = False
            engine.received(nbytes)
            return
        self._is_filled = nbytes >= _MUCH
        if self._link is not None and engine is not None:
            engine.feed(self._buffer[:nbytes])
        else:
            self.data_received(self._buffer[:nbytes])

    def data_received(self, data: memoryview) -> None:
        """Take bytes in the shared buffer, which is reused at once."""
        if self._engine is not None:
            self._engine.feed(data)

    def eof_received(self) -> bool:
        if self._engine is not None:
            self._engine.feed_eof()
        # The direction to the peer stays open, for the rest of our frames.
        return self._has_halves

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._engine is not None:
            self._engine.lost(exc)
        self._owner.released(self, exc)

    def pause_writing(self) -> None:
        if self._engine is not None:
            self._engine.pause_writing()

    def resume_writing(self) -> None:
        if self._engine is not None:
            self._engine.resume_writing()

    # Called by the owner and the engine

    @property
    def codec(self) -> Codec | None:
        """The codec that a handshake below the frames has chosen; ``None`` if there is none."""
        return None

    @property
    def peer_certificate(self) -> dict[str, Any] | None:
        """The contents of the peer's certificate; ``None`` if it has sent none."""
        return None

    @property
    def transport(self) -> asyncio.Transport:
        """The transport, once there is a connection."""
        assert self._transport is not None
        return self._transport

    def info(self, name: str) -> Any:
        """Return asyncio's information on the connection by name, such as ``socket``."""
        return self.transport.get_extra_info(name)

    def write(self, frames: list[list[Buffer]]) -> None:
        transport = self._transport
        assert transport is not None
        if len(frames) == 1 and len(frames[0]) == 1 and type(frames[0][0]) is bytes:
            if not transport.is_closing():
                transport.write(frames[0][0])
        else:
            write_frames(transport, frames)

    def write_eof(self) -> bool:
        if self._has_halves:
            self.transport.write_eof()
        return self._has_halves

    def ping(self) -> None:
        """Do nothing: a plain stream has no pings."""

    def pause_reading(self) -> None:
        self.transport.pause_reading()

    def resume_reading(self) -> None:
        self.transport.resume_reading()

    def close(self) -> None:
        # asyncio's transports must not be closed twice
        if not self.transport.is_closing():
            self.transport.close()

    def abort(self) -> None:
        self.transport.abort()
