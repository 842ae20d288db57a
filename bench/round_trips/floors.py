"""The floors: sockets of the standard library and of uvloop that carry bytes without decoding them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, Final, cast

from .contender import Run, Work, timed, total
from .loops import AsyncClient, accept_one, run_forever, runner
from .message import DOCUMENT, data_of


__all__ = ["BareSocket", "BufferedEcho", "ByteProxy", "FramedSocket", "PlainEcho", "accepted", "connected"]

_HEAD: Final = struct.Struct(">I?")
_READ: Final = 64 * 1024


def connected(path: Path) -> socket.socket:
    """Return a Unix socket that is connected to *path*."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    return connection


def accepted(path: Path, ready: Callable[[], Any]) -> socket.socket:
    """Return the first connection to *path*."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        ready()
        return listener.accept()[0]


class BareSocket:
    """Blocking sockets that echo bytes."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Echo received bytes."""
        with accepted(path, ready) as connection:
            while data := connection.recv(_READ):
                connection.sendall(data)

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Send one document, or as many as the work has in flight, and wait for as many bytes."""
        with connected(path) as connection:

            def trips(count: int) -> None:
                for _ in range(count):
                    connection.sendall(DOCUMENT)
                left = len(DOCUMENT) * count
                while left:
                    left -= len(connection.recv(_READ))

            def flight(count: int) -> None:
                for _ in range(count // work.depth):
                    trips(work.depth)

            yield timed(lambda: trips(1)) if work.kind == "trips" else total(flight)


class FramedSocket:
    """Receives frames, a length and its bytes, and answers the one that is marked as the last."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Read into one buffer repeatedly."""
        buffer = memoryview(bytearray(max(work.size, len(DOCUMENT))))
        with accepted(path, ready) as connection, connection.makefile("rb", buffering=_READ) as file:
            reader = cast("BufferedReader", file)
            while head := reader.read(_HEAD.size):
                length, is_last = _HEAD.unpack(head)
                reader.readinto(buffer[:length])
                if is_last:
                    connection.sendall(b"!")

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Send header and bytes without joining them."""
        data = data_of(work.size) if work.size else DOCUMENT
        with connected(path) as connection:

            def stream(count: int) -> None:
                for number in range(1, count + 1):
                    head = _HEAD.pack(len(data), number == count)
                    sent = connection.sendmsg([head, data])
                    if sent < len(head) + len(data):
                        connection.sendall(memoryview(data)[sent - len(head) :])
                connection.recv(1)

            yield total(stream)


class _Plain(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class _Buffered(asyncio.BufferedProtocol):
    def __init__(self) -> None:
        self.buffer = bytearray(_READ)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.transport.write(self.buffer[:nbytes])


class _Waiting:
    """Counts the bytes that a client receives."""

    def __init__(self) -> None:
        self.left = 0
        self.done: asyncio.Future[None] | None = None

    def trip(self, transport: Any) -> asyncio.Future[None]:
        self.left = len(DOCUMENT)
        self.done = done = asyncio.get_running_loop().create_future()
        transport.write(DOCUMENT)
        return done

    def took(self, count: int) -> None:
        self.left -= count
        if not self.left and self.done is not None:
            self.done.set_result(None)


class _PlainClient(_Plain, _Waiting):
    def __init__(self) -> None:
        _Waiting.__init__(self)

    def data_received(self, data: bytes) -> None:
        self.took(len(data))


class _BufferedClient(_Buffered, _Waiting):
    def __init__(self) -> None:
        _Buffered.__init__(self)
        _Waiting.__init__(self)

    def buffer_updated(self, nbytes: int) -> None:
        self.took(nbytes)


class PlainEcho:
    """An ``asyncio.Protocol`` that echoes bytes, and one that waits for them."""

    protocols: tuple[type[asyncio.BaseProtocol], type[Any]] = (_Plain, _PlainClient)

    def __init__(self, loop: str = "asyncio") -> None:
        self._loop = loop

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Echo received bytes."""
        run_forever(self._loop, lambda: accept_one(path, self.protocols[0], ready))

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Await one document after the other."""
        with runner(self._loop) as running:
            client = AsyncClient(running, path, self.protocols[1])
            yield client.trips(lambda protocol: protocol.trip(protocol.transport))


class BufferedEcho(PlainEcho):
    """The same with ``asyncio.BufferedProtocol``."""

    protocols = (_Buffered, _BufferedClient)


class _Half(_Buffered):
    """One side of a proxy, which writes received bytes to the other side."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        self._path = path
        self.other: Any = None
        self._early = bytearray()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        if self._path is not None:
            self._opening = asyncio.ensure_future(self._open(self._path))

    async def _open(self, path: Path) -> None:
        loop = asyncio.get_running_loop()
        transport, far = await loop.create_unix_connection(_Half, str(path))
        far.other = self.transport
        transport.write(bytes(self._early))
        self.other = transport

    def buffer_updated(self, nbytes: int) -> None:
        if self.other is None:
            self._early += self.buffer[:nbytes]
        else:
            self.other.write(self.buffer[:nbytes])


class ByteProxy:
    """A proxy between two ends that does not decode anything."""

    def __init__(self, target: str, loop: str = "asyncio") -> None:
        self._target, self._loop = Path(target), loop

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Pass bytes between connections to *path* and the target."""
        run_forever(self._loop, lambda: accept_one(path, lambda: _Half(self._target), ready))
