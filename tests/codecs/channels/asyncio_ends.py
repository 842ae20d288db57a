"""Helpers for the tests of asyncio channels: both ends of a channel over each transport, and messages."""

from __future__ import annotations

import asyncio
import ssl
import sys

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs

from symphony_codecs.channels._options import Message
from symphony_codecs.channels.asyncio import Channel, connect, pair, serve
from symphony_codecs.transports import FormatPolicy, TransportProfile
from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.ipc import TransportType
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse
from tests.codecs.channels.certificates import certificates


SENDER, RECEIVER = ProcessId.new(), ProcessId.new()

STREAMS = ("unix", "tcp", "tls")
SOCKETS = (*STREAMS, "ws", "wss")
ALL = ("unix", "tcp", "tls", "ws", "pair")
"""All kinds that differ; TLS under a WebSocket is the same as under TCP, and is tested enough with `SOCKETS`."""

CHILD = [sys.executable, "-m", "tests.codecs.channels.asyncio_child"]
"""The command of a process that serves its standard input and output; its arguments follow."""

NATIVE_STDIO = FormatPolicy.default().profile(TransportType.UNIX_SOCKET)

Ends = tuple[Channel[Message], Channel[Message]]


def run(main: Coroutine[Any, Any, object]) -> None:
    """Run *main*; fail if it hangs or leaves tasks behind."""

    async def watched() -> None:
        async with asyncio.timeout(30):
            await main
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks left over: {left}"

    asyncio.run(watched())


def call(number: int = 0, params: object = None, method: str = "m") -> Message:
    """Return a request."""
    payload = JsonRpcRequest(method=method, params=params, id=number)
    return MessageEnvelope(sender=SENDER, receiver=RECEIVER, payload=payload)


def event(number: int, size: int = 0) -> Message:
    """Return a message that does not ask for an answer."""
    payload = JsonRpcNotification(method="n", params=[number, "x" * size])
    return MessageEnvelope(sender=SENDER, receiver=RECEIVER, payload=payload)


def answer(message: Message, result: object = None) -> Message:
    """Return the answer to *message*."""
    return message.reply(JsonRpcResponse.success(result, message.payload.id))


async def echo(channel: Channel[Message]) -> None:
    """Answer each request with its own parameters."""
    async for message in channel:
        await channel.send(answer(message, message.payload.params))


def url_of(kind: str, folder: Path) -> str:
    """Return the URL to serve *kind* at."""
    return {
        "unix": f"unix://{folder}/s",
        "tcp": "tcp://127.0.0.1:0",
        "tls": "tcp://127.0.0.1:0",
        "ws": "ws://127.0.0.1:0/ipc",
        "wss": "wss://127.0.0.1:0/ipc",
    }[kind]


def contexts(kind: str) -> tuple[ssl.SSLContext | None, ssl.SSLContext | None]:
    """Return the TLS contexts of server and client for *kind*."""
    return certificates() if kind in {"tls", "wss"} else (None, None)


def profile_of(kind: str, **changes: Any) -> TransportProfile:
    """Return the default profile of *kind* with *changes*."""
    transport = {
        "unix": TransportType.UNIX_SOCKET,
        "tcp": TransportType.TCP,
        "tls": TransportType.TCP,
        "ws": TransportType.WEBSOCKET,
        "wss": TransportType.WEBSOCKET,
        "pair": TransportType.IN_PROCESS,
    }[kind]
    return attrs.evolve(FormatPolicy.default().profile(transport), **changes)


@asynccontextmanager
async def serving(
    kind: str, folder: Path, handler: Callable[[Any], Awaitable[object]], **options: Any
) -> AsyncIterator[Any]:
    """Serve *kind*, and yield the server and a function that connects a client to it."""
    server_tls, client_tls = contexts(kind)
    async with serve(url_of(kind, folder), handler, tls=server_tls, **options) as server:

        def dial(**mine: Any) -> Any:
            return connect(server.url, tls=client_tls, **mine)

        yield server, dial


@asynccontextmanager
async def ends(kind: str, folder: Path, **options: Any) -> AsyncIterator[Ends]:
    """Yield both ends of a channel of *kind*, the client's and the server's; close both at the end."""
    if kind == "pair":
        one, other = await pair(**options)
        async with one, other:
            yield one, other
        return
    there: asyncio.Future[Channel[Message]] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def handler(channel: Channel[Message]) -> None:
        there.set_result(channel)
        await done.wait()

    async with serving(kind, folder, handler, **options) as (_, dial), dial(**options) as client:
        try:
            yield client, await there
        finally:
            done.set()


async def until(condition: Callable[[], object]) -> None:
    """Let other tasks run until *condition* holds; the test's own time limit ends this otherwise."""
    while not condition():  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0)


async def drained(channel: Channel[Message]) -> list[Message]:
    """Receive messages until `receive` raises."""
    return [message async for message in channel]


def cut(channel: Channel[Any]) -> None:
    """Break *channel* without a Shutdown, as when its process is killed."""
    channel._engine.abort()
