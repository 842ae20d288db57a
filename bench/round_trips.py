"""
Round trips over a Unix socket: an envelope there, its answer back, one at a time, between two processes.

The floor is a bare socket that sends the same bytes back.  multiprocessing.connection, pyzmq and grpcio carry the same
bytes, and neither they nor the floor read them; "frames only" is this project's framing over the bare socket.  The
other rows of this project decode, answer and encode the envelope at both ends.  All servers run in a process each; the
contenders take turns, so that a slow moment of the machine hits all of them.

``python -m bench.round_trips NAME PATH`` is the other process: it listens on PATH until its standard input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from symphony_codecs import get_codec
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking
from symphony_codecs.framing import FrameDecoder, FrameEncoder, NeedData
from symphony_codecs.transports import FormatPolicy, TransportProfile
from symphony_types import JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId, SessionId
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame, TransportType


__all__ = ["CONTENDERS", "measure"]

_FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
_READY: Final = b"ready\n"

# Loose for type checkers: a request goes there, a response comes back.
_MESSAGE: Final[Any] = MessageEnvelope[JsonRpcRequest | JsonRpcResponse]

_SENDER, _RECEIVER, _SESSION = ProcessId.new(), ProcessId.new(), SessionId.new()


def _envelope() -> MessageEnvelope[JsonRpcRequest]:
    """Make a message of about 500 bytes of JSON; each has an id of its own, as in life."""
    params = {"textDocument": {"uri": "file:///src/main.rs", "version": 7}, "position": {"line": 41, "character": 7}}
    request = JsonRpcRequest(method="textDocument/completion", params=params, id=str(uuid.uuid4()))
    return MessageEnvelope(sender=_SENDER, receiver=_RECEIVER, session_id=_SESSION, payload=request)


_BYTES: Final = get_codec("json").encode(_envelope())

Trip: TypeAlias = Callable[[int], list[int]]
"""Makes so many round trips, and returns how long each took, in nanoseconds."""


@attrs.frozen
class Contender:
    """A server, which runs until the process is ended, and a client for it."""

    serve: Callable[[Path], object]
    client: Callable[[Path], contextlib.AbstractContextManager[Trip]]


def _timed(trip: Callable[[], object]) -> Trip:
    def trips(count: int) -> list[int]:
        clock = time.perf_counter_ns
        found: list[int] = []
        for _ in range(count):
            start = clock()
            trip()
            found.append(clock() - start)
        return found

    return trips


def _connected(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    return connection


def _accepted(path: Path) -> socket.socket:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        _announce()
        return listener.accept()[0]


def _announce() -> None:
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()


# The floor


def _serve_floor(path: Path) -> None:
    with _accepted(path) as connection:
        while data := connection.recv(65536):
            connection.sendall(data)


@contextlib.contextmanager
def _floor(path: Path) -> Iterator[Trip]:
    with _connected(path) as connection:

        def trip() -> None:
            connection.sendall(_BYTES)
            left = len(_BYTES)
            while left:
                left -= len(connection.recv(65536))

        yield _timed(trip)


# Frames only


_FRAME: Final = IpcFrame(header=FrameHeader(frame_type=FrameType.REQUEST, format=1, stream_id=1), payload=_BYTES)


def _serve_frames(path: Path) -> None:
    decoder, encoder = FrameDecoder(), FrameEncoder()
    with _accepted(path) as connection:
        while data := connection.recv(65536):
            decoder.feed(data)
            for frame in decoder:
                connection.sendall(encoder.encode(frame))


@contextlib.contextmanager
def _frames(path: Path) -> Iterator[Trip]:
    decoder, encoder = FrameDecoder(), FrameEncoder()
    with _connected(path) as connection:

        def trip() -> None:
            connection.sendall(encoder.encode(_FRAME))
            while isinstance(decoder.next_frame(), NeedData):
                decoder.feed(connection.recv(65536))

        yield _timed(trip)


# This project's channels


def _profile(name: str) -> TransportProfile:
    return (
        FormatPolicy.default()
        .with_profile(TransportType.UNIX_SOCKET, formats=(name,))
        .profile(TransportType.UNIX_SOCKET)
    )


def _answer(envelope: MessageEnvelope[Any]) -> MessageEnvelope[Any]:
    return envelope.reply(JsonRpcResponse.success(envelope.payload.params, envelope.payload.id))


def _blocking(name: str) -> Contender:
    def serve(path: Path) -> None:
        def handle(channel: blocking.Channel[MessageEnvelope[Any]]) -> None:
            for envelope in channel:
                channel.send(_answer(envelope))

        with blocking.serve(f"unix://{path}", handle, _MESSAGE, profile=_profile(name)):
            _announce()
            threading.Event().wait()

    @contextlib.contextmanager
    def client(path: Path) -> Iterator[Trip]:
        with blocking.connect(f"unix://{path}", _MESSAGE, profile=_profile(name)) as channel:
            yield _timed(lambda: channel.request(_envelope()))

    return Contender(serve, client)


def _asyncio(name: str) -> Contender:
    async def serve_until_killed(path: Path) -> None:
        async def handle(channel: aio.Channel[MessageEnvelope[Any]]) -> None:
            async for envelope in channel:
                await channel.send(_answer(envelope))

        async with await aio.serve(f"unix://{path}", handle, _MESSAGE, profile=_profile(name)):
            _announce()
            await asyncio.Event().wait()

    @contextlib.contextmanager
    def client(path: Path) -> Iterator[Trip]:
        with asyncio.Runner() as runner:
            channel = runner.run(_connect_asyncio(path, name))

            async def trips(count: int) -> list[int]:
                clock = time.perf_counter_ns
                found: list[int] = []
                for _ in range(count):
                    start = clock()
                    await channel.request(_envelope())
                    found.append(clock() - start)
                return found

            try:
                yield lambda count: runner.run(trips(count))
            finally:
                runner.run(channel.close())

    return Contender(lambda path: asyncio.run(serve_until_killed(path)), client)


async def _connect_asyncio(path: Path, name: str) -> aio.Channel[MessageEnvelope[Any]]:
    return await aio.connect(f"unix://{path}", _MESSAGE, profile=_profile(name))


# Peers


def _serve_multiprocessing(path: Path) -> None:
    with Listener(str(path), "AF_UNIX") as listener:
        _announce()
        with listener.accept() as connection, contextlib.suppress(EOFError):
            while True:
                connection.send_bytes(connection.recv_bytes())


@contextlib.contextmanager
def _multiprocessing(path: Path) -> Iterator[Trip]:
    with Client(str(path), "AF_UNIX") as connection:

        def trip() -> None:
            connection.send_bytes(_BYTES)
            connection.recv_bytes()

        yield _timed(trip)


def _serve_zmq(path: Path) -> None:
    import zmq

    with zmq.Context() as context, context.socket(zmq.REP) as replies:
        replies.bind(f"ipc://{path}")
        _announce()
        while True:
            replies.send(replies.recv())


@contextlib.contextmanager
def _zmq(path: Path) -> Iterator[Trip]:
    import zmq

    with zmq.Context() as context, context.socket(zmq.REQ) as requests:
        requests.connect(f"ipc://{path}")

        def trip() -> None:
            requests.send(_BYTES)
            requests.recv()

        yield _timed(trip)


def _serve_grpc(path: Path) -> None:
    import grpc

    server = grpc.server(ThreadPoolExecutor(2))
    echo = grpc.unary_unary_rpc_method_handler(lambda request, _: request)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", {"Call": echo}),))
    server.add_insecure_port(f"unix:{path}")
    server.start()
    _announce()
    server.wait_for_termination()


@contextlib.contextmanager
def _grpc(path: Path) -> Iterator[Trip]:
    import grpc

    with grpc.insecure_channel(f"unix:{path}") as channel:
        call = channel.unary_unary("/bench.Echo/Call")
        yield _timed(lambda: call(_BYTES))


CONTENDERS: Final[Mapping[str, Contender]] = {
    "floor: bare socket": Contender(_serve_floor, _floor),
    "symphony frames only": Contender(_serve_frames, _frames),
    **{f"symphony blocking, {name}": _blocking(name) for name in _FORMATS},
    **{f"symphony asyncio, {name}": _asyncio(name) for name in _FORMATS},
    "multiprocessing.connection": Contender(_serve_multiprocessing, _multiprocessing),
    "pyzmq REQ/REP": Contender(_serve_zmq, _zmq),
    "grpcio unary": Contender(_serve_grpc, _grpc),
}


@contextlib.contextmanager
def _running(name: str, folder: Path) -> Iterator[Trip]:
    path = folder / f"{list(CONTENDERS).index(name)}.sock"
    command = [sys.executable, "-m", __name__, name, str(path)]
    # bench is no installed package: it is found from the checkout
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).resolve().parents[1]
    ) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline() != _READY:
                raise RuntimeError(f"the server of {name} does not start")
            with CONTENDERS[name].client(path) as trips:
                yield trips
        finally:
            process.kill()


def measure(rounds: int, trips: int = 200, on_step: Callable[[], Any] = lambda: None) -> list[dict[str, Any]]:
    """
    Return one row for each contender: median and 99th percentile of a round trip, in nanoseconds, and ratios.

    Args:
        rounds: How often the contenders take turns.
        trips: Round trips of each in a turn; the first turn is not counted.
        on_step: Called after each turn.
    """
    times: dict[str, list[int]] = {name: [] for name in CONTENDERS}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clients = {name: stack.enter_context(_running(name, folder)) for name in CONTENDERS}
        for turn in range(rounds + 1):
            for name, client in clients.items():
                found = client(trips)
                if turn:
                    times[name] += found
            on_step()
    rows: list[dict[str, Any]] = [
        {"contender": name, "p50_ns": statistics.median(found), "p99_ns": statistics.quantiles(found, n=100)[98]}
        for name, found in times.items()
    ]
    floor = rows[0]
    return [
        {**row, **{f"{key}_ratio": row[f"{key}_ns"] / floor[f"{key}_ns"] for key in ("p50", "p99")}} for row in rows
    ]


if __name__ == "__main__":
    CONTENDERS[sys.argv[1]].serve(Path(sys.argv[2]))
