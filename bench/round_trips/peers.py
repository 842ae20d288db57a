"""Other libraries for the same purpose, used as their documentation shows; they carry ready-made bytes."""

from __future__ import annotations

import contextlib
import importlib
import time
import uuid

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Any

from .contender import Run, Work, timed
from .message import DOCUMENT


__all__ = ["Grpc", "Multiprocessing", "Pickle", "Pyro", "Rpyc", "WebSockets", "Zmq"]


def _imported(name: str) -> Any:
    """Import a module without type information."""
    return importlib.import_module(name)


class Multiprocessing:
    """``multiprocessing.connection`` with bytes."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Echo each message."""
        with Listener(str(path), "AF_UNIX") as listener:
            ready()
            with listener.accept() as connection, contextlib.suppress(EOFError):
                while True:
                    connection.send_bytes(connection.recv_bytes())

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Send a message, and wait for the echo."""
        with Client(str(path), "AF_UNIX") as connection:

            def trip() -> None:
                connection.send_bytes(DOCUMENT)
                connection.recv_bytes()

            yield timed(trip)


def _message(payload: Any, **metadata: Any) -> dict[str, Any]:
    """Return the content of an envelope as a dict."""
    return {
        "id": uuid.uuid4(),
        "timestamp": time.time_ns(),
        "sender": b"s" * 16,
        "receiver": b"r" * 16,
        "session_id": b"x" * 16,
        "payload": payload,
        "metadata": {"priority": "Normal", "ttl": None, "reply_to": None, "correlation_id": None, **metadata},
    }


def _call() -> dict[str, Any]:
    place = {"textDocument": {"uri": "file:///src/main.rs", "version": 7}, "position": {"line": 41, "character": 7}}
    return {"jsonrpc": "2.0", "method": "textDocument/completion", "params": place, "id": "0" * 36}


class Pickle:
    """``multiprocessing.connection`` with a new pickled dict, with the content of an envelope, for each message."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Answer each message."""
        with Listener(str(path), "AF_UNIX") as listener:
            ready()
            with listener.accept() as connection, contextlib.suppress(EOFError):
                while True:
                    found = connection.recv()
                    call = found["payload"]
                    result = {"jsonrpc": "2.0", "result": call["params"], "id": call["id"]}
                    connection.send(_message(result, reply_to=found["id"], correlation_id=found["id"]))

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Send a message, and wait for its answer."""
        with Client(str(path), "AF_UNIX") as connection:

            def trip() -> None:
                connection.send(_message(_call()))
                connection.recv()

            yield timed(trip)


class Zmq:
    """pyzmq, REQ and REP."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Echo each message."""
        import zmq

        with zmq.Context() as context, context.socket(zmq.REP) as replies:
            replies.bind(f"ipc://{path}")
            ready()
            while True:
                replies.send(replies.recv())

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Send a message, and wait for the echo."""
        import zmq

        with zmq.Context() as context, context.socket(zmq.REQ) as requests:
            requests.connect(f"ipc://{path}")

            def trip() -> None:
                requests.send(DOCUMENT)
                requests.recv()

            yield timed(trip)


class Pyro:
    """Pyro5 with its fastest serializer."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Return the argument."""
        api = _imported("Pyro5.api")

        class Echo:
            def call(self, data: bytes) -> bytes:
                return data

        api.config.SERIALIZER = "marshal"
        daemon = api.Daemon(unixsocket=str(path))
        daemon.register(api.expose(Echo)(), "echo")
        ready()
        daemon.requestLoop()

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Call the server's method."""
        api = _imported("Pyro5.api")
        api.config.SERIALIZER = "marshal"
        with api.Proxy(f"PYRO:echo@./u:{path}") as proxy:
            yield timed(lambda: proxy.call(DOCUMENT))


class Rpyc:
    """RPyC."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Return the argument."""

        def call(_service: Any, data: bytes) -> bytes:
            return data

        echo = type("Echo", (_imported("rpyc").Service,), {"exposed_call": call})
        server = _imported("rpyc.utils.server").OneShotServer(echo, socket_path=str(path))
        ready()
        server.start()

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Call the server's method."""
        connection = _imported("rpyc.utils.factory").unix_connect(str(path))
        with contextlib.closing(connection):
            call = connection.root.call
            yield timed(lambda: call(DOCUMENT))


class Grpc:
    """grpcio, a unary call without a message type."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Return the request."""
        import grpc

        server = grpc.server(ThreadPoolExecutor(2))
        echo = grpc.unary_unary_rpc_method_handler(lambda request, _: request)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", {"Call": echo}),))
        server.add_insecure_port(f"unix:{path}")
        server.start()
        ready()
        server.wait_for_termination()

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Call the server."""
        import grpc

        with grpc.insecure_channel(f"unix:{path}") as channel:
            call = channel.unary_unary("/bench.Echo/Call")
            yield timed(lambda: call(DOCUMENT))


class WebSockets:
    """websockets with threads, without compression."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> None:
        """Echo each message."""
        from websockets.sync.server import unix_serve

        def handle(connection: Any) -> None:
            for message in connection:
                connection.send(message)

        with unix_serve(handle, str(path), compression=None) as server:
            ready()
            server.serve_forever()

    @contextlib.contextmanager
    def client(self, path: Path, work: Work) -> Iterator[Run]:
        """Send a message, and wait for the echo."""
        from websockets.sync.client import unix_connect

        with unix_connect(str(path), compression=None, ping_interval=None) as connection:

            def trip() -> None:
                connection.send(DOCUMENT)
                connection.recv()

            yield timed(trip)
