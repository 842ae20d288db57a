"""Helpers for tests of hostile and broken peers: servers of both flavours, and hand-driven sockets."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import socket
import threading

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from symphony_codecs.channels import ChannelClosedError, blocking
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels.endpoint import Endpoint
from tests.codecs.channels.asyncio_ends import until as aio_until
from tests.codecs.channels.blocking_ends import PATIENCE, no_leaks, until


FLAVOURS = ("asyncio", "blocking")


@contextmanager
def served(flavour: str, url: str, handler: Callable[[Any], Any] | None, **options: Any) -> Iterator[Any]:
    """Serve *url* with the blocking *handler* in threads, or with asyncio in a thread of its own; yield the server."""
    if flavour == "blocking":
        with blocking.serve(url, handler, **options) as server:
            yield server
        return
    ready, servers, loops = threading.Event(), [], []

    async def attend(channel: Any) -> None:
        await asyncio.to_thread(handler, _Facade(channel, loops[0]))

    async def main() -> None:
        loops.append(asyncio.get_running_loop())
        stop = asyncio.Event()
        loops.append(stop)
        async with aio.serve(url, None if handler is None else attend, **options) as server:
            servers.append(server)
            ready.set()
            await stop.wait()
        async with asyncio.timeout(PATIENCE):
            # asyncio may be about to accept a connection
            await aio_until(lambda: len(asyncio.all_tasks()) == 1)

    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - raised in the test's thread
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(PATIENCE)
        if failures:
            raise failures[0]
        yield servers[0]
    finally:
        if servers:
            with suppress(RuntimeError):
                loops[0].call_soon_threadsafe(loops[1].set)
        thread.join(PATIENCE)
        assert not thread.is_alive()
        if failures:
            raise failures[0]


class _Facade:
    """An asyncio channel for a handler that runs in a thread."""

    def __init__(self, channel: Any, loop: Any) -> None:
        self._channel = channel
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._channel, name)
        if not inspect.iscoroutinefunction(value):
            return value

        def call(*args: Any, **named: Any) -> Any:
            return asyncio.run_coroutine_threadsafe(value(*args, **named), self._loop).result(PATIENCE)

        return call

    def __iter__(self) -> Iterator[Any]:
        while True:
            try:
                yield self.receive()
            except ChannelClosedError:
                return


def dial(flavour: str, url: str, **options: Any) -> None:
    """Connect to *url*, and close."""
    if flavour == "blocking":
        blocking.connect(url, **options).close()
        return

    async def main() -> None:
        async with aio.connect(url, **options):
            pass

    asyncio.run(main())


def plain(url: str) -> socket.socket:
    """Return a socket connected to the server of *url*."""
    endpoint = Endpoint.parse(url)
    if url.startswith("unix:"):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(PATIENCE)
        sock.connect(endpoint.path)
        return sock
    return socket.create_connection((endpoint.host, endpoint.port), PATIENCE)


def read_to_end(sock: socket.socket) -> bytes:
    """Read until the end of the stream, whether the peer closes or resets it."""
    data = b""
    with suppress(ConnectionError):
        while more := sock.recv(65536):
            data += more
    return data


@contextmanager
def calm(caplog: Any) -> Iterator[Callable[[], list[str]]]:
    """
    Fail if anything other than one-line warnings of servers is logged, or if threads or descriptors are left over.

    Yields a function that returns the lines so far.
    """

    def lines() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "symphony_codecs.channels"]

    caplog.set_level(logging.INFO)
    with no_leaks():
        yield lines
        # asyncio logs exceptions never retrieved when they are collected
        gc.collect()
    for record in caplog.records:
        assert (record.name, record.levelno, record.exc_info) == (
            "symphony_codecs.channels",
            logging.WARNING,
            None,
        ), f"{record.name}: {record.getMessage()}"
        assert "\n" not in record.getMessage()
        assert len(record.getMessage()) < 800


__all__ = ["FLAVOURS", "calm", "dial", "plain", "read_to_end", "served", "until"]
