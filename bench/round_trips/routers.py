"""Routers of this project: the recipe of the documentation, and `Forwarder` over a protocol."""

from __future__ import annotations

import asyncio

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from symphony_codecs import framing
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.framing import NEED_DATA, FormatOffer, FrameConnection, Hello, StreamMap

from .contender import Work
from .loops import accept_one, run_forever
from .ours import Settings


__all__ = ["Recipe", "Router"]

_READ: Final = 64 * 1024
_CODEC: Final = "msgpack-compact"


class Recipe:
    """The recipe: channels of frames on both sides, and a task for each direction."""

    def __init__(self, target: str) -> None:
        self._target = target

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Forward frames between connections to *path* and the target."""
        options = Settings(_CODEC).options()

        async def forward(source: Any, target: Any) -> None:
            streams = StreamMap()
            async for frame in source:
                await target.send(streams.rewrite(source, frame))
            await target.close()

        async def gateway(near: Any) -> None:
            far: Any
            async with (
                aio.connect(f"unix://{self._target}", raw=True, **options) as far,
                asyncio.TaskGroup() as group,
            ):
                group.create_task(forward(near, far))
                group.create_task(forward(far, near))

        async def start() -> Any:
            server = await aio.serve(f"unix://{path}", gateway, raw=True, **options)
            ready()
            return server

        run_forever("asyncio", start)


def _hello() -> Hello:
    return Hello(versions=(1,), formats=(FormatOffer(_CODEC, 4),))


class _Side(asyncio.BufferedProtocol):
    """One side of a router, which writes the output of its forwarder to the other side."""

    def __init__(self, role: Any, target: Path | None = None) -> None:
        self.frames = FrameConnection(role, _hello(), raw=True)
        self.buffer = memoryview(bytearray(_READ))
        self.other: _Side | None = None
        self.forwarder: Any = None
        self.opened = asyncio.Event()
        self._target = target

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.frames.start()
        self.flush()
        if self._target is not None:
            self._opening = asyncio.ensure_future(self._open(self._target))

    async def _open(self, target: Path) -> None:
        loop = asyncio.get_running_loop()
        _, far = await loop.create_unix_connection(lambda: _Side("client"), str(target))
        await self.opened.wait()
        await far.opened.wait()
        for one, other in ((self, far), (far, self)):
            one.other = other
            one.forwarder = framing.Forwarder(one.frames, other.frames, StreamMap())  # missing in the baseline build
        for one in (self, far):
            one.forward(b"")

    def flush(self) -> None:
        for buffers in self.frames.data_to_send():
            self.transport.write(b"".join(buffers))

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        data = self.buffer[:nbytes]
        if self.forwarder is not None:
            self.forward(data)
            return
        self.frames.receive_data(bytes(data))
        if not self.opened.is_set():  # the forwarder gets everything after the Hello
            self.frames.next_event()
            if self.frames.agreement is not None:
                self.opened.set()
        self.flush()

    def forward(self, data: Any) -> None:
        """Forward *data* to the other side."""
        self.forwarder.receive_data(data)
        if self.forwarder.next_event() is not NEED_DATA:  # an event of this side: it may need an answer
            while self.forwarder.next_event() is not NEED_DATA:
                pass
            self.flush()
        if self.other is not None:
            self.other.flush()


class Router:
    """A forwarder for each direction, and nothing else."""

    def __init__(self, target: str) -> None:
        self._target = Path(target)

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Forward frames between connections to *path* and the target."""
        run_forever("asyncio", lambda: accept_one(path, lambda: _Side("server", self._target), ready))
