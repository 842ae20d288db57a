"""This project's channels, blocking and asyncio, and its framing alone."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import attrs

from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking
from symphony_codecs.framing import FrameDecoder, FrameEncoder, NeedData, SharedKey
from symphony_codecs.transports import FormatPolicy
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame, TransportType

from .contender import Run, Work, timed, total
from .floors import accepted, connected
from .loops import run_forever, runner, timed_trips, total_of
from .message import BLOCK, DOCUMENT, MESSAGE, answer, block, data_of, notification, request, wants_answer


__all__ = ["Asyncio", "Blocking", "FramesOnly", "Settings"]

_READ: Final = 64 * 1024
_KEY: Final = bytes(range(32))
_FRAME: Final = IpcFrame(header=FrameHeader(frame_type=FrameType.REQUEST, format=1, stream_id=1), payload=DOCUMENT)
_MOST: Final = 32 * 1024 * 1024


@attrs.frozen
class Settings:
    """
    The settings of both ends of a channel.

    Args:
        codec: The only format that they offer.
        key: Whether they have a shared key, so that every frame has a tag.
        checksum: Whether every frame has a checksum.
        answers: Whether the server uses a function that answers requests instead of a handler.
    """

    codec: str
    key: bool = False
    checksum: bool = False
    answers: bool = False

    def options(self) -> dict[str, Any]:
        """Return the options of `connect` and `serve`; heartbeats are off, since clients do not run between turns."""
        policy = FormatPolicy.default().with_profile(
            TransportType.UNIX_SOCKET,
            formats=(self.codec,),
            heartbeat=0.0,
            checksum=self.checksum,
            max_message=_MOST,
        )
        key = {"key": SharedKey(_KEY)} if self.key else {}
        return {"profile": policy.profile(TransportType.UNIX_SOCKET), **key}


def _type_of(work: Work) -> Any:
    return BLOCK if work.kind == "large" else MESSAGE


def _reply(message: Any) -> Any:
    return answer(message) if wants_answer(message) else None


class FramesOnly:
    """Frames with the same bytes over a bare socket."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Echo each frame."""
        decoder, encoder = FrameDecoder(), FrameEncoder()
        with accepted(path, ready) as connection:
            while data := connection.recv(_READ):
                decoder.feed(data)
                for frame in decoder:
                    connection.sendall(encoder.encode(frame))

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Send a frame, and read it back."""
        decoder, encoder = FrameDecoder(), FrameEncoder()
        with connected(path) as connection:

            def trip() -> None:
                connection.sendall(encoder.encode(_FRAME))
                while isinstance(decoder.next_frame(), NeedData):
                    decoder.feed(connection.recv(_READ))

            yield timed(trip)


class Blocking:
    """
    Blocking channels.

    Args:
        submits: Whether one thread keeps all requests in flight; otherwise each request has a thread.
        **settings: See `Settings`.
    """

    def __init__(self, *, submits: bool = False, **settings: Any) -> None:
        self._submits = submits
        self._settings = Settings(**settings)

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Answer the messages that want an answer."""

        def handle(channel: Any) -> None:
            for message in channel:
                if wants_answer(message):
                    channel.send(answer(message))

        how: Any = {"answer": _reply} if self._settings.answers else {"handler": handle}
        serve: Any = blocking.serve
        with serve(f"unix://{path}", as_type=_type_of(work), **how, **self._settings.options()):
            ready()
            threading.Event().wait()

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Make requests, or send messages."""
        data = data_of(work.size)
        connect: Any = blocking.connect
        with (
            connect(f"unix://{path}", _type_of(work), **self._settings.options()) as channel,
            ThreadPoolExecutor(work.depth) as pool,
        ):

            def trip() -> None:
                channel.request(request())

            def some(count: int) -> None:
                for _ in range(count):
                    trip()

            def flight(count: int) -> None:
                if not self._submits:
                    list(pool.map(some, [count // work.depth] * work.depth))
                    return
                for _ in range(count // work.depth):
                    waiting = [channel.submit(request()) for _ in range(work.depth)]
                    for each in waiting:
                        each.result()

            def stream(count: int) -> None:
                for _ in range(count - 1):
                    channel.send(notification())
                trip()

            def large(count: int) -> None:
                for _ in range(count - 1):
                    channel.send(block(data, is_last=False))
                channel.request(block(data, is_last=True))

            runs = {"trips": timed(trip), "flight": total(flight), "stream": total(stream), "large": total(large)}
            yield runs["trips" if work.kind == "forward" else work.kind]


class Asyncio:
    """
    Channels of asyncio.

    Args:
        loop: ``asyncio`` or ``uvloop``.
        **settings: See `Settings`.
    """

    def __init__(self, *, loop: str = "asyncio", **settings: Any) -> None:
        self._loop = loop
        self._settings = Settings(**settings)

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Answer the messages that want an answer."""

        async def handle(channel: Any) -> None:
            async for message in channel:
                if wants_answer(message):
                    await channel.send(answer(message))

        async def start() -> Any:
            how: Any = {"answer": _reply} if self._settings.answers else {"handler": handle}
            serve: Any = aio.serve
            server = await serve(f"unix://{path}", as_type=_type_of(work), **how, **self._settings.options())
            ready()
            return server

        run_forever(self._loop, start)

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Await one answer after the other, or as many as the work has in flight."""
        data = data_of(work.size)
        with runner(self._loop) as running:
            channel = running.run(self._connect(path, work))

            def trip() -> Any:
                return channel.request(request())

            async def some(count: int) -> None:
                for _ in range(count):
                    await trip()

            async def flight(count: int) -> None:
                await asyncio.gather(*(some(count // work.depth) for _ in range(work.depth)))

            async def stream(count: int) -> None:
                for _ in range(count - 1):
                    await channel.send(notification())
                await trip()

            async def large(count: int) -> None:
                for _ in range(count - 1):
                    await channel.send(block(data, is_last=False))
                await channel.request(block(data, is_last=True))

            works: dict[str, Callable[[int], Coroutine[Any, Any, None]]] = {
                "flight": flight,
                "stream": stream,
                "large": large,
            }
            try:
                yield total_of(running, works[work.kind]) if work.kind in works else timed_trips(running, trip)
            finally:
                running.run(channel.close())

    async def _connect(self, path: Path, work: Work) -> Any:
        connect: Any = aio.connect
        return await connect(f"unix://{path}", _type_of(work), **self._settings.options())
