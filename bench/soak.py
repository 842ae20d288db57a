"""
Soak test: many messages of mixed sizes over a Unix socket, both ways, between two processes, one of which is killed.

The server logs each request to a file before it answers, and stalls from time to time.  It also sends requests to the
client, which logs them as well.  Neither keeps the log in memory, so that any growth of memory is due to the channels.
Halfway the server is killed and restarted, and the client reconnects.  At the end:

- every request that was acknowledged was handled, and none was handled twice;
- the requests of one connection were handled in their order;
- requests that failed did so with `ConnectionLostError` and were not sent again;
- the memory of both processes is flat.

``python -m bench.soak`` runs it and prints the findings; ``--messages 200000`` is the long form.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import resource
import sys
import tempfile
import time

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from symphony_codecs.channels import ConnectionLostError, ReconnectStrategy
from symphony_codecs.channels.asyncio import Channel, reconnect, serve
from symphony_types import JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId
from symphony_types.errors import IpcConnectionFailedError, TimedOutError


__all__ = ["Findings", "soak"]

_CHECKOUT: Final = Path(__file__).resolve().parents[1]
_IN_FLIGHT: Final = 32
# Sizes in bytes, and how many of a hundred messages have each.
_SIZES: Final = ((0, 20), (100, 40), (2_000, 30), (50_000, 9), (1_500_000, 1))
_STALL_EVERY: Final = 997
_STALL_SECONDS: Final = 0.05
_ASK_EVERY: Final = 10
_READY: Final = "ready"
# Permitted growth of a process after the first quarter of the messages: the largest messages come in clusters.  In a
# short soak the first quarter does not include them all.
_GROWTH_KIB: Final = 8 * 1024
_LONG: Final = 20_000

# Loosely typed: requests and answers of both ends go through the same functions.
_Channel: TypeAlias = Channel[MessageEnvelope[Any]]
_MESSAGE: Final[Any] = MessageEnvelope[JsonRpcRequest | JsonRpcResponse]


@attrs.frozen(kw_only=True)
class Findings:
    """
    The result of a soak.

    Args:
        messages: The number of requests that the client made.
        acknowledged: The number of requests that were answered.
        lost: The number of requests that failed with the connection.
        handled: The number of requests that the server logged.
        asked: The number of requests that the server made, according to its log.
        connections: The number of times that the client connected.
        seconds: The duration.
        problems: One line for each violated expectation.
        client_kib: The client's peak memory after a quarter of the messages,
            and at the end.
        server_kib: The second server's peak memory after a quarter of its
            messages, and at the end.
    """

    messages: int
    acknowledged: int
    lost: int
    handled: int
    asked: int
    connections: int
    seconds: float
    problems: tuple[str, ...]
    client_kib: tuple[int, int]
    server_kib: tuple[int, int]


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class _Log:
    """A log that outlives the process: each line is written before the action that depends on it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, *words: object) -> None:
        os.write(self._file, " ".join(map(str, words)).encode() + b"\n")

    def close(self) -> None:
        os.close(self._file)


def _read(path: Path) -> dict[str, list[str]]:
    """Return the lines of a log, grouped by their first word, which is removed."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        what, _, rest = line.partition(" ")
        found.setdefault(what, []).append(rest)
    return found


def _request(sender: ProcessId, name: str, size: int) -> MessageEnvelope[Any]:
    return MessageEnvelope(sender=sender, payload=JsonRpcRequest(method="soak", params="x" * size, id=name))


def _answer(me: ProcessId, request: MessageEnvelope[Any]) -> MessageEnvelope[Any]:
    return request.reply(JsonRpcResponse.success(len(request.payload.params), request.payload.id), sender=me)


# The server: python -m bench.soak --serve PATH LOG


async def _serve(path: str, log: _Log) -> None:
    me = ProcessId.new()
    numbers = itertools.count()
    run = os.getpid()
    asking: set[asyncio.Task[None]] = set()

    async def ask(channel: _Channel, number: int) -> None:
        name = f"s{run}-{number}"
        log.write("asked", name)
        with contextlib.suppress(ConnectionLostError, TimedOutError):
            await channel.request(_request(me, name, 500))
            log.write("acknowledged", name)

    async def handle(channel: _Channel) -> None:
        handled = 0
        async for request in channel:
            handled += 1
            log.write("handled", request.payload.id)
            await channel.send(_answer(me, request))
            if handled % _ASK_EVERY == 0:
                task = asyncio.create_task(ask(channel, next(numbers)))
                asking.add(task)
                task.add_done_callback(asking.discard)
            if handled % _STALL_EVERY == 0:
                log.write("memory", run, _peak_kib())
                await asyncio.sleep(_STALL_SECONDS)
        log.write("memory", run, _peak_kib())

    async with await serve(f"unix://{path}", handle, _MESSAGE):
        sys.stdout.write(f"{_READY}\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextlib.asynccontextmanager
async def _server(path: Path, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "bench.soak", "--serve", str(path), str(log))
    pipe = asyncio.subprocess.PIPE
    # bench is not installed, so the process runs in the checkout
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=_CHECKOUT)
    try:
        assert process.stdout is not None
        if (await process.stdout.readline()).decode().strip() != _READY:
            raise RuntimeError("the server does not start")
        yield process
        process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
        await asyncio.wait_for(process.wait(), 20)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


# The client


class _Client:
    def __init__(self, messages: int, seed: int, log: _Log, on_step: Callable[[], object]) -> None:
        rng = random.Random(seed)  # noqa: S311 - sizes, not secrets
        sizes, weights = zip(*_SIZES, strict=True)
        self.sizes = rng.choices(sizes, weights, k=messages)
        self.me = ProcessId.new()
        self.acknowledged = self.lost = 0
        self.connections = 0
        self.next = 0
        self.problems: list[str] = []
        self.memory: list[int] = []
        self.halfway = asyncio.Event()
        self._log = log
        self._on_step = on_step

    @property
    def done(self) -> int:
        return self.acknowledged + self.lost

    async def run(self, path: Path) -> None:
        strategy = ReconnectStrategy(max_attempts=100, max_delay=0.2)
        async for channel in reconnect(f"unix://{path}", _MESSAGE, strategy=strategy):
            self.connections += 1
            answering = asyncio.create_task(self._handle(channel))
            try:
                await asyncio.gather(*(self._work(channel) for _ in range(_IN_FLIGHT)))
                if self.next == len(self.sizes):
                    await channel.close()
                    return
            finally:
                await channel.close()
                await answering

    async def _work(self, channel: _Channel) -> None:
        while self.next < len(self.sizes):
            number, self.next = self.next, self.next + 1
            name = f"c{self.connections}-{number}"
            request = _request(self.me, name, self.sizes[number])
            try:
                reply = await channel.request(request, timeout=60)
            except ConnectionLostError:
                self.lost += 1
                return
            if reply.payload.result != self.sizes[number]:
                self.problems.append(f"{name}: answered {reply.payload.result!r}, not {self.sizes[number]}")
            self.acknowledged += 1
            self._log.write("acknowledged", name)
            if self.done == len(self.sizes) // 4:
                self.memory.append(_peak_kib())
            if self.done == len(self.sizes) // 2:
                self.halfway.set()
            self._on_step()

    async def _handle(self, channel: _Channel) -> None:
        with contextlib.suppress(ConnectionLostError):
            async for request in channel:
                self._log.write("handled", request.payload.id)
                with contextlib.suppress(IpcConnectionFailedError):
                    await channel.send(_answer(self.me, request))


async def _soak(messages: int, seed: int, on_step: Callable[[], object]) -> Findings:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path, log, here = Path(folder, "soak.sock"), Path(folder, "log"), Path(folder, "client")
        async with contextlib.AsyncExitStack() as stack:
            client_log = stack.enter_context(contextlib.closing(_Log(here)))
            client = _Client(messages, seed, client_log, on_step)
            first = await stack.enter_async_context(_killed(path, log))
            running = asyncio.create_task(client.run(path))
            stack.callback(running.cancel)
            halfway = asyncio.create_task(client.halfway.wait())
            await asyncio.wait({halfway, running}, return_when=asyncio.FIRST_COMPLETED)
            halfway.cancel()
            first.kill()
            await first.wait()
            await stack.enter_async_context(_server(path, log))
            await running
        client.memory.append(_peak_kib())
        return _judge(client, _read(here), _read(log), time.perf_counter() - started)


@contextlib.asynccontextmanager
async def _killed(path: Path, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a server that the caller kills."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        async with _server(path, log) as process:
            yield process


def _judge(client: _Client, here: dict[str, list[str]], there: dict[str, list[str]], seconds: float) -> Findings:
    problems = client.problems
    handled, handled_here = there.get("handled", []), here.get("handled", [])
    for name in sorted(set(here.get("acknowledged", [])) - set(handled)):
        problems.append(f"{name} was acknowledged and not handled")
    for name in sorted(set(there.get("acknowledged", [])) - set(handled_here)):
        problems.append(f"{name} was acknowledged to the server and not handled by the client")
    for end, names in (("server", handled), ("client", handled_here)):
        if len(set(names)) != len(names):
            problems.append(f"the {end} handled {len(names) - len(set(names))} requests twice")
        # c1-17: request 17 of the client's first connection; s4711-17: of the server with process id 4711
        numbers: dict[str, list[int]] = {}
        for asker, _, number in (name.partition("-") for name in names):
            numbers.setdefault(asker, []).append(int(number))
        problems += [
            f"the {end} handled {asker}'s requests out of order" for asker, n in numbers.items() if n != sorted(n)
        ]
    if client.connections < 2:
        problems.append("the connection was never lost")
    if client.done != len(client.sizes):
        problems.append("some requests neither came back nor failed")
    runs = [line.split() for line in there.get("memory", [])]
    server = [int(kib) for run, kib in runs if run == runs[-1][0]] or [0]
    memory = {"client": (client.memory[0], client.memory[-1]), "server": (server[len(server) // 4], server[-1])}
    for end, (before, after) in memory.items():
        if len(client.sizes) >= _LONG and after - before > _GROWTH_KIB:
            problems.append(f"the {end} has grown from {before} to {after} KiB")
    return Findings(
        messages=len(client.sizes),
        acknowledged=client.acknowledged,
        lost=client.lost,
        handled=len(handled),
        asked=len(there.get("asked", [])),
        connections=client.connections,
        seconds=seconds,
        problems=tuple(problems),
        client_kib=memory["client"],
        server_kib=memory["server"],
    )


def soak(messages: int, *, seed: int = 1, on_step: Callable[[], object] = lambda: None) -> Findings:
    """
    Run the soak test.

    Args:
        messages: The number of requests that the client makes, at least 100.
        seed: The seed of the message sizes.
        on_step: Called after each answered request.
    """
    return asyncio.run(_soak(messages, seed, on_step))


def _main() -> int:
    from rich.progress import Progress

    parser = argparse.ArgumentParser(
        prog="python -m bench.soak", description="Send many messages, and kill the server halfway."
    )
    parser.add_argument("--messages", type=int, default=20_000, metavar="N", help="requests to make (default: 20000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the message sizes (default: 1)")
    parser.add_argument("--serve", nargs=2, metavar=("PATH", "LOG"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        log = _Log(Path(arguments.serve[1]))
        asyncio.run(_serve(arguments.serve[0], log))
        log.close()
        return 0
    with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("messages", total=arguments.messages)
        findings = soak(arguments.messages, seed=arguments.seed, on_step=lambda: progress.advance(task))
    print(json.dumps(attrs.asdict(findings), indent=2))
    return 1 if findings.problems else 0


if __name__ == "__main__":
    sys.exit(_main())
