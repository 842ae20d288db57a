"""Blocking and asyncio channels talk to each other."""

from __future__ import annotations

import asyncio
import threading

import pytest
import websockets.sync.client

from symphony_codecs.channels import asyncio as channels_asyncio
from symphony_codecs.channels.blocking import connect
from symphony_codecs.channels.errors import ChannelClosedError
from symphony_codecs.framing import FrameDecoder, FrameEncoder
from symphony_codecs.framing.auth import SharedKey
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    PATIENCE,
    SOCKETS,
    answer,
    call,
    contexts,
    echo,
    event,
    profile_of,
    serving,
    tidy,
    url_of,
)
from tests.codecs.channels.test_blocking_endings import HELLO


pytestmark = pytest.mark.usefixtures("tidy")
KEY = SharedKey(b"k" * 31 + b".")


async def talk(channel):
    """Send requests from an event loop."""
    async with channel as client:
        answers = await asyncio.gather(*(client.request(call(n, ["x" * n * 1000])) for n in range(50)))
        await client.send(event(1))
        return [len(a.payload.result[0]) for a in answers]


@pytest.mark.parametrize("kind", SOCKETS)
def test_asyncio_asks_and_a_thread_answers(tmp_path, kind):
    """The two flavours agree over every transport, with a key."""
    tls = contexts(kind)[1]
    ended = []

    def handler(channel):
        for message in channel:
            if message.payload.method == "m":
                channel.send(answer(message, message.payload.params))
        ended.append(channel.ending)

    with serving(kind, tmp_path, handler, key=KEY) as (server, _):
        client = channels_asyncio.connect(server.url, tls=tls, key=KEY)
        assert asyncio.run(talk(client)) == [n * 1000 for n in range(50)]
    assert [type(error) for error in ended] == [ChannelClosedError]


@pytest.mark.parametrize("kind", SOCKETS)
def test_a_thread_asks_and_asyncio_answers(tmp_path, kind):
    """The two flavours agree over every transport, with checksums; each end notices when the other one closes."""
    server_tls, client_tls = contexts(kind)
    profile = profile_of(kind, checksum=True)
    url: list[str] = []
    ready, endings = threading.Event(), []

    async def handler(channel):
        async for message in channel:
            await channel.send(answer(message, message.payload.params))
        endings.append(channel.ending)

    async def main():
        stop = asyncio.Event()
        async with channels_asyncio.serve(url_of(kind, tmp_path), handler, tls=server_tls, profile=profile) as server:
            url.append(server.url)
            stops.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    stops = []
    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    try:
        assert ready.wait(PATIENCE)
        with connect(url[0], tls=client_tls, profile=profile) as client:
            results = [client.request(call(n, "x" * n * 10_000), timeout=PATIENCE) for n in range(20)]
            assert [len(r.payload.result) for r in results] == [n * 10_000 for n in range(20)]
        with connect(url[0], tls=client_tls, profile=profile) as client:
            assert client.request(call(1, 2), timeout=PATIENCE).payload.result == 2
            loop, stop = stops[0]
            loop.call_soon_threadsafe(stop.set)
            with pytest.raises(ChannelClosedError):
                client.receive(timeout=PATIENCE)
    finally:
        loop, stop = stops[0]
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
    assert type(endings[0]) is ChannelClosedError


def test_a_plain_web_socket_client(tmp_path):
    """The library's own client sends one frame for each binary message, with or without fragments."""
    plain = websockets.sync.client.connect
    names = ["symphony.v1.json"]
    with serving("ws", tmp_path, echo) as (server, _), plain(server.url, subprotocols=names) as web:
        decoder = FrameDecoder()
        hello = FrameEncoder().encode(HELLO.to_frame())
        web.send([hello[:10], hello[10:20], hello[20:]])
        decoder.feed(web.recv(PATIENCE))
        assert next(iter(decoder)).header.frame_type.name == "HELLO"
        assert web.ping().wait(PATIENCE)
        web.send(b"")
        decoder.feed(web.recv(PATIENCE))
        assert b"truncated" in next(iter(decoder)).payload
