"""A browser that posts to a local port: the channel ends, and its handler sees nothing of the body."""

from __future__ import annotations

import asyncio
import socket
import threading

from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking
from symphony_codecs.framing import FrameEncoder, encode_message, framing_names, get_framing
from symphony_codecs.transports import FormatPolicy
from symphony_types import JsonRpcNotification, JsonRpcRequest
from symphony_types.message.ipc import TransportType
from tests.codecs.framing.connection_pair import hello
from tests.codecs.framing.formats import format_of


BARE: Any = JsonRpcRequest | JsonRpcNotification
REQUEST = JsonRpcRequest(method="delete everything", id=1)
HEAD = b"POST /api HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
FRAMINGS = ["native", *framing_names()]


def body_of(framing: str) -> bytes:
    """Return a body that a peer with *framing* would read as a request."""
    if framing != "native":
        return get_framing(framing).encoder().encode(get_codec(format_of(framing)).encode(REQUEST)) * 2
    encoder = FrameEncoder()
    frames = [hello().to_frame(), *encode_message(REQUEST, BARE, "json", stream_id=1)]
    return b"".join(map(encoder.encode, frames))


def options_of(framing: str) -> dict[str, Any]:
    profile = FormatPolicy.default().profile(TransportType.TCP)
    name = "json" if framing == "native" else format_of(framing)
    changes = {"framing": framing, "formats": (name,), "heartbeat": 0.0, "checksum": False, "compressions": ()}
    if framing != "native":
        changes["routed"] = False
    return {"profile": attrs.evolve(profile, **changes)}


def post(url: str, body: bytes) -> None:
    """Post *body*, and read until the server closes."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
        try:
            sock.sendall(HEAD % len(body) + body)
            while sock.recv(65_536):
                pass
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server closed before it read the whole request


@pytest.mark.parametrize("framing", FRAMINGS)
def test_blocking(framing: str):
    """The flavour with threads."""
    seen: list[Any] = []
    ended = threading.Event()

    def handler(channel: Any) -> None:
        try:
            seen.extend(channel)
        finally:
            ended.set()

    with blocking.serve("tcp://127.0.0.1:0", handler, BARE, **options_of(framing)) as server:
        post(server.url, body_of(framing))
        assert framing == "native" or ended.wait(30)
    assert seen == []


@pytest.mark.parametrize("framing", FRAMINGS)
def test_asyncio(framing: str):
    """The flavour without threads."""
    seen: list[Any] = []

    async def handler(channel: Any) -> None:
        async for message in channel:
            seen.append(message)  # noqa: PERF401 - messages before an error are received

    async def main() -> None:
        async with aio.serve("tcp://127.0.0.1:0", handler, BARE, **options_of(framing)) as server:
            await asyncio.to_thread(post, server.url, body_of(framing))

    asyncio.run(main())
    assert seen == []


@pytest.mark.parametrize("framing", FRAMINGS)
def test_without_the_request_line_it_is_a_request(framing: str):
    """This shows that the tests above are effective."""
    seen: list[Any] = []
    arrived = threading.Event()

    def handler(channel: Any) -> None:
        seen.append(channel.receive(timeout=30))
        arrived.set()

    with blocking.serve("tcp://127.0.0.1:0", handler, BARE, **options_of(framing)) as server:
        where = urlsplit(server.url)
        with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
            sock.sendall(body_of(framing))
            assert arrived.wait(30)
    assert [message.method for message in seen] == ["delete everything"]
