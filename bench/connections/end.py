"""
One end of many connections, in a process of its own: ``python -m bench.connections.end ROLE FLAVOUR PATH COUNT``.

The server prints ``ready``.  The client opens *COUNT* connections, one after the other, prints the time to open each,
in nanoseconds, as JSON, and keeps them open until its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time

from pathlib import Path
from typing import Any

from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking

from ..round_trips.message import MESSAGE, answer


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _serve_blocking(url: str, count: int) -> None:
    def handle(channel: Any) -> None:
        for message in channel:
            channel.send(answer(message))

    with blocking.serve(url, handle, MESSAGE, max_connections=count + 1):
        _say("ready")
        threading.Event().wait()


def _connect_blocking(url: str, count: int) -> None:
    channels: list[Any] = []
    times: list[int] = []
    for _ in range(count):
        start = time.perf_counter_ns()
        channels.append(blocking.connect(url, MESSAGE))
        times.append(time.perf_counter_ns() - start)
    _say(json.dumps(times))
    sys.stdin.read()


def _serve_asyncio(url: str, count: int) -> None:
    async def handle(channel: Any) -> None:
        async for message in channel:
            await channel.send(answer(message))

    async def main() -> None:
        async with aio.serve(url, handle, MESSAGE, max_connections=count + 1):
            _say("ready")
            await asyncio.Event().wait()

    asyncio.run(main())


def _connect_asyncio(url: str, count: int) -> None:
    async def main() -> None:
        channels: list[Any] = []
        times: list[int] = []
        for _ in range(count):
            start = time.perf_counter_ns()
            channels.append(await aio.connect(url, MESSAGE))
            times.append(time.perf_counter_ns() - start)
        _say(json.dumps(times))
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

    asyncio.run(main())


def _main() -> None:
    role, flavour, path, count = sys.argv[1:]
    ends = {
        ("server", "blocking"): _serve_blocking,
        ("client", "blocking"): _connect_blocking,
        ("server", "asyncio"): _serve_asyncio,
        ("client", "asyncio"): _connect_asyncio,
    }
    ends[role, flavour](f"unix://{Path(path)}", int(count))


if __name__ == "__main__":
    _main()
