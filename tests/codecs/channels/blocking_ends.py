"""Helpers for the tests of blocking channels: both ends of a channel over each transport, threads, and messages."""

from __future__ import annotations

import socket
import ssl
import threading
import time

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from symphony_codecs.channels._options import Message
from symphony_codecs.channels.blocking import Channel, connect, pair, serve
from symphony_codecs.channels.endpoint import Endpoint
from symphony_codecs.transports import FormatPolicy, TransportProfile
from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.ipc import TransportType
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse
from tests.codecs.channels.certificates import certificates


SENDER, RECEIVER = ProcessId.new(), ProcessId.new()

STREAMS = ("unix", "tcp", "tls")
SOCKETS = (*STREAMS, "ws", "wss")
ALL = (*SOCKETS, "pair")

# A limit for waits that would last for ever if the test failed.
PATIENCE = 20.0


def call(number: int = 0, params: object = None) -> Message:
    """Return a request."""
    payload = JsonRpcRequest(method="m", params=params, id=number)
    return MessageEnvelope(sender=SENDER, receiver=RECEIVER, payload=payload)


def event(number: int, size: int = 0) -> Message:
    """Return a message that does not ask for an answer."""
    payload = JsonRpcNotification(method="n", params=[number, "x" * size])
    return MessageEnvelope(sender=SENDER, receiver=RECEIVER, payload=payload)


def answer(message: Message, result: object = None) -> Message:
    """Return the answer to *message*."""
    return message.reply(JsonRpcResponse.success(result, message.payload.id))


def echo(channel: Channel[Message]) -> None:
    """Answer each request with its own parameters."""
    for message in channel:
        channel.send(answer(message, message.payload.params))


class Threads:
    """The threads of a test; an error in one of them is raised in the test."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool

    def start(self, function: Callable[..., Any], *args: Any, **named: Any) -> Future[Any]:
        """Run *function* in a thread."""
        return self._pool.submit(function, *args, **named)


@contextmanager
def threads(count: int = 10) -> Iterator[Threads]:
    """Yield a `Threads`, and join all its threads at the end."""
    with ThreadPoolExecutor(count, thread_name_prefix="test") as pool:
        yield Threads(pool)


def until(condition: Callable[[], object]) -> None:
    """Wait until *condition* holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.001)


def open_descriptors() -> int:
    """Return the number of open file descriptors."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@contextmanager
def no_leaks() -> Iterator[None]:
    """Fail if threads or file descriptors are left over."""
    before = set(threading.enumerate()), open_descriptors()
    yield
    left = set(threading.enumerate()) - before[0]
    for thread in left:
        # A thread that is about to end is allowed.
        thread.join(1)
    assert not [thread for thread in left if thread.is_alive()]
    assert open_descriptors() <= before[1]


@pytest.fixture
def tidy() -> Iterator[None]:
    """See `no_leaks`."""
    with no_leaks():
        yield


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
        "stdio": TransportType.STDIO,
    }[kind]
    return attrs.evolve(FormatPolicy.default().profile(transport), **changes)


@contextmanager
def serving(kind: str, folder: Path, handler: Callable[[Any], object], **options: Any) -> Iterator[Any]:
    """Serve *kind*, and yield the server and a function that connects a client to it."""
    server_tls, client_tls = contexts(kind)
    with serve(url_of(kind, folder), handler, tls=server_tls, **options) as server:

        def dial(*args: Any, **mine: Any) -> Channel[Any]:
            return connect(server.url, *args, tls=client_tls, **mine)

        yield server, dial


@contextmanager
def ends(kind: str, folder: Path, **options: Any) -> Iterator[tuple[Channel[Any], Channel[Any]]]:
    """Yield both ends of a channel of *kind*, the client's and the server's; close both at the end."""
    if kind == "pair":
        both = pair(**options)
        try:
            yield both
        finally:
            close_all(*both)
        return
    there: Future[Channel[Any]] = Future()
    done = threading.Event()

    def handler(channel: Channel[Any]) -> None:
        there.set_result(channel)
        done.wait(PATIENCE)

    with serving(kind, folder, handler, **options) as (_, dial):
        client = dial(**options)
        try:
            yield client, there.result(PATIENCE)
        finally:
            close_all(client, there.result(PATIENCE))
            done.set()


def close_all(*channels: Channel[Any]) -> None:
    """Close both ends of a channel; each waits for the other."""
    with threads() as pool:
        for channel in channels:
            pool.start(channel.close)


def cut(channel: Channel[Any]) -> None:
    """Break *channel* without a Shutdown, as when its process is killed."""
    channel._engine.abort()


@contextmanager
def bare_server(folder: Path) -> Iterator[tuple[str, socket.socket]]:
    """Yield the URL of a Unix socket and its listening socket: a server that is not a channel."""
    path = f"{folder}/bare"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.settimeout(PATIENCE)
        listener.bind(path)
        listener.listen()
        yield f"unix://{path}", listener


@contextmanager
def bare_client(url: str) -> Iterator[socket.socket]:
    """Yield a socket connected to the Unix socket of *url*: a client that is not a channel."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(url.removeprefix("unix://"))
        yield sock


@contextmanager
def silent_client(url: str) -> Iterator[socket.socket]:
    """Yield a socket connected to *url*, over any transport, which sends nothing."""
    if url.startswith("unix:"):
        with bare_client(url) as sock:
            yield sock
        return
    endpoint = Endpoint.parse(url)
    with socket.create_connection((endpoint.host, endpoint.port), PATIENCE) as sock:
        yield sock


def read_all(sock: socket.socket) -> bytes:
    """Read from *sock* until the end."""
    data = b""
    while more := sock.recv(65536):
        data += more
    return data
