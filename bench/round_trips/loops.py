"""Helpers for contenders on asyncio: loops, servers that run until they are killed, clients between turns."""

from __future__ import annotations

import asyncio
import importlib
import time

from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from .contender import Run


__all__ = ["AsyncClient", "accept_one", "run_forever", "runner", "timed_trips", "total_of"]


def runner(loop: str) -> asyncio.Runner:
    """Return a runner on a loop of ``asyncio`` or of ``uvloop``."""
    if loop == "asyncio":
        return asyncio.Runner()
    uvloop: Any = importlib.import_module("uvloop")  # an optional dependency
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def run_forever(loop: str, start: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Await the coroutine of *start*, and run until the process is killed."""

    async def main() -> None:
        kept = await start()
        await asyncio.Event().wait()
        del kept

    with runner(loop) as running:
        running.run(main())


async def accept_one(path: Path, protocol: Callable[[], asyncio.BaseProtocol], ready: Callable[[], Any]) -> Any:
    """Serve at *path* with *protocol*, and call *ready*."""
    server = await asyncio.get_running_loop().create_unix_server(protocol, str(path))
    ready()
    return server


class AsyncClient:
    """A connected protocol and its runner, whose loop does not run between turns."""

    def __init__(self, running: asyncio.Runner, path: Path, protocol: Callable[[], Any]) -> None:
        self._running = running
        self.protocol = running.run(self._connect(path, protocol))

    @staticmethod
    async def _connect(path: Path, protocol: Callable[[], Any]) -> Any:
        return (await asyncio.get_running_loop().create_unix_connection(protocol, str(path)))[1]

    def trips(self, trip: Callable[[Any], Awaitable[object]]) -> Run:
        """Return a function that awaits *trip* of the protocol a number of times."""
        return timed_trips(self._running, lambda: trip(self.protocol))


def timed_trips(running: asyncio.Runner, trip: Callable[[], Awaitable[object]]) -> Run:
    """Return a function that awaits *trip* a number of times, and times each."""

    async def trips(count: int) -> list[int]:
        clock = time.perf_counter_ns
        found: list[int] = []
        for _ in range(count):
            start = clock()
            await trip()
            found.append(clock() - start)
        return found

    return lambda count: running.run(trips(count))


def total_of(running: asyncio.Runner, work: Callable[[int], Coroutine[Any, Any, object]]) -> Run:
    """Return a function that awaits *work* with a number of messages, and times them as a whole."""

    async def timed(count: int) -> list[int]:
        start = time.perf_counter_ns()
        await work(count)
        return [time.perf_counter_ns() - start]

    return lambda count: running.run(timed(count))
