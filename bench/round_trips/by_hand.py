"""The same work by hand: length-prefixed envelopes of a codec over a socket, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import struct

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from symphony_codecs import get_codec

from .contender import Run, Work, timed, total
from .floors import accepted, connected
from .loops import AsyncClient, accept_one, run_forever, runner, total_of
from .message import MESSAGE, answer, notification, request, wants_answer


__all__ = ["AsyncioByHand", "BlockingByHand"]

_LENGTH: Final = struct.Struct(">I")
_READ: Final = 64 * 1024


class _Coder:
    """Encodes messages to bytes with a length prefix, and decodes them."""

    def __init__(self, name: str) -> None:
        codec = get_codec(name)
        self._encode, self._decode = codec.encoder(MESSAGE), codec.decoder(MESSAGE)
        self._buffer = bytearray()

    def write(self, message: Any) -> bytes:
        document = self._encode(message)
        return _LENGTH.pack(len(document)) + document

    def read(self, data: bytes | bytearray | memoryview) -> list[Any]:
        """Return the messages that are complete."""
        buffer = self._buffer
        buffer += data
        found: list[Any] = []
        at, size = 0, len(buffer)
        while size - at >= 4:
            end = at + 4 + _LENGTH.unpack_from(buffer, at)[0]
            if end > size:
                break
            found.append(self._decode(bytes(buffer[at + 4 : end])))
            at = end
        del buffer[:at]
        return found


class BlockingByHand:
    """The work by hand over a blocking socket."""

    def __init__(self, codec: str) -> None:
        self._codec = codec

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Answer the messages that want an answer."""
        coder = _Coder(self._codec)
        with accepted(path, ready) as connection:
            while data := connection.recv(_READ):
                for message in coder.read(data):
                    if wants_answer(message):
                        connection.sendall(coder.write(answer(message)))

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Send messages, and wait for the answers."""
        coder = _Coder(self._codec)
        with connected(path) as connection:

            def wait(count: int) -> None:
                while count:
                    count -= len(coder.read(connection.recv(_READ)))

            def trip() -> None:
                connection.sendall(coder.write(request()))
                wait(1)

            def flight(count: int) -> None:
                for _ in range(count // work.depth):
                    for _ in range(work.depth):
                        connection.sendall(coder.write(request()))
                    wait(work.depth)

            def stream(count: int) -> None:
                for _ in range(count - 1):
                    connection.sendall(coder.write(notification()))
                trip()

            runs = {"trips": timed(trip), "flight": total(flight), "stream": total(stream)}
            yield runs[work.kind]


class _Side(asyncio.BufferedProtocol):
    def __init__(self, coder: _Coder) -> None:
        self.coder = coder
        self.buffer = memoryview(bytearray(_READ))

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        for message in self.coder.read(self.buffer[:nbytes]):
            self.took(message)

    def took(self, message: Any) -> None:
        """Answer the messages that want an answer."""
        if wants_answer(message):
            self.transport.write(self.coder.write(answer(message)))


class _Asking(_Side):
    def __init__(self, coder: _Coder) -> None:
        super().__init__(coder)
        self.pending: dict[UUID, asyncio.Future[Any]] = {}

    def ask(self) -> asyncio.Future[Any]:
        message = request()
        done = self.pending[message.id] = asyncio.get_running_loop().create_future()
        self.transport.write(self.coder.write(message))
        return done

    def took(self, message: Any) -> None:
        self.pending.pop(message.metadata.reply_to).set_result(message)

    async def flight(self, count: int, depth: int) -> None:
        async def some() -> None:
            for _ in range(count // depth):
                await self.ask()

        await asyncio.gather(*(some() for _ in range(depth)))


class AsyncioByHand:
    """The work by hand over a ``BufferedProtocol``; the server answers while it reads."""

    def __init__(self, codec: str, loop: str = "asyncio") -> None:
        self._codec, self._loop = codec, loop

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Answer the messages that want an answer."""
        run_forever(self._loop, lambda: accept_one(path, lambda: _Side(_Coder(self._codec)), ready))

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Await one answer after the other, or as many as the work has in flight."""
        with runner(self._loop) as running:
            client = AsyncClient(running, path, lambda: _Asking(_Coder(self._codec)))
            if work.kind == "trips":
                yield client.trips(lambda protocol: protocol.ask())
            else:
                yield total_of(running, lambda count: client.protocol.flight(count, work.depth))
