"""asyncio channels over WebSocket, against the client and server of the ``websockets`` library, and plain HTTP."""

from __future__ import annotations

import asyncio
import logging

from contextlib import suppress

import pytest

from websockets.asyncio.client import connect as websocket_connect
from websockets.asyncio.server import serve as websocket_serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from symphony_codecs.channels import ConnectionLostError
from symphony_codecs.channels._options import Message
from symphony_codecs.channels.asyncio import connect, serve
from symphony_codecs.framing import FrameConnection, FrameDecoder, NegotiationError, RemoteFrameError
from symphony_codecs.framing.hello import FormatOffer, Hello, HelloLimits
from symphony_codecs.framing.messages import encode_message
from symphony_codecs.registry import get_codec
from symphony_types.errors import IpcConnectionFailedError
from symphony_types.message.ipc import FrameType
from tests.codecs.channels.asyncio_ends import call, echo, event, run, until


URL = "ws://127.0.0.1:0/ipc"
HELLO = Hello(
    versions=(1,), formats=(FormatOffer("json", 1),), limits=HelloLimits(max_payload=65536, max_message=65536)
)


def blocks(connection: FrameConnection) -> list[bytes]:
    return [b"".join(buffers) for buffers in connection.data_to_send()]


@pytest.mark.parametrize("fragments", [1, 3])
def test_another_client(fragments):
    """Each binary message is one frame, in any number of fragments; the subprotocol sets the format."""

    async def main():
        async with (
            serve(URL, echo) as server,
            websocket_connect(
                server.url, subprotocols=["symphony.v1.json", "other"], proxy=None, compression=None
            ) as socket,
        ):
            assert socket.subprotocol == "symphony.v1.json"
            mine = FrameConnection("client", HELLO)
            mine.start()
            decoder = FrameDecoder()
            hello = blocks(mine)[0]
            size = -(-len(hello) // fragments)
            await socket.send(iter([hello[i : i + size] for i in range(0, len(hello), size)]))
            mine.receive_data(await socket.recv())
            assert mine.next_event().agreement.format.name == "json"
            question = call(1, "ä")
            mine.send(encode_message(question, None, get_codec("json"), stream_id=1, format_id=1))
            await socket.send(blocks(mine)[0])
            reply = await socket.recv()
            assert isinstance(reply, bytes)
            decoder.feed(reply)
            frame = decoder.next_frame()
            assert frame.header.frame_type is FrameType.RESPONSE
            got = get_codec("json").decode(frame.payload, Message)
            assert got.payload.result == "ä"

    run(main())


@pytest.mark.parametrize(
    ("block", "code"),
    [("text", "bad_magic"), (b"no frame", "bad_magic"), (b"SY", "truncated"), (b"two frames", "unexpected_frame")],
)
def test_another_client_that_breaks_the_protocol(block, code):
    """Text, garbage, a part of a frame, and two frames in one message are refused with an Error frame."""

    async def main():
        options = {"subprotocols": ["symphony.v1.json"], "proxy": None}
        async with serve(URL, echo) as server, websocket_connect(server.url, **options) as socket:
            mine = FrameConnection("client", HELLO)
            mine.start()
            await socket.send(blocks(mine)[0])
            mine.receive_data(await socket.recv())
            mine.next_event()
            wrong = block
            if block == b"two frames":
                mine.send_heartbeat()
                mine.send_heartbeat()
                wrong = b"".join(blocks(mine))
            await socket.send(wrong)
            mine.receive_data(await socket.recv())
            failed = mine.next_event()
            await socket.wait_closed()
            assert f"{code}: " in str(failed.error)

    run(main())


@pytest.mark.parametrize(
    ("subprotocols", "text"), [(["symphony.v1.none"], "symphony.v1.none"), ([], "none"), (["chat"], "chat")]
)
def test_another_client_without_a_common_format(subprotocols, text):
    """The handshake is refused, with the reason in the body."""

    async def main():
        async with serve(URL, echo) as server:
            with pytest.raises(InvalidStatus) as caught:
                await websocket_connect(server.url, subprotocols=subprotocols or None, proxy=None)
            assert caught.value.response.status_code == 400
            body = bytes(caught.value.response.body).decode()
            assert "symphony.v1.msgpack" in body
            assert text in body

    run(main())


def test_only_allowed_web_pages_may_connect():
    """Browsers send the page's origin; other programs send none."""

    async def main():
        async with serve(URL, echo, origins=["https://good.example"]) as server:
            options = {"subprotocols": ["symphony.v1.json"], "proxy": None}
            for origin in ("https://good.example", None):
                async with websocket_connect(server.url, origin=origin, **options):
                    pass
            with pytest.raises(InvalidStatus) as caught:
                await websocket_connect(server.url, origin="https://evil.example", **options)
            assert caught.value.response.status_code == 403
        async with serve(URL, echo) as server:
            with pytest.raises(InvalidStatus):
                await websocket_connect(server.url, origin="https://good.example", **options)

    run(main())


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", b"HTTP/1.1 426"),
        (b"POST / HTTP/1.1\r\nHost: h\r\n\r\n", b""),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, b""),
        (b"SY\x01\x04" * 20, b""),
        (b"", b""),
    ],
)
def test_clients_that_do_not_speak_websocket(request_text, status, caplog):
    """They get an HTTP response if they speak HTTP, and the server goes on."""

    async def main():
        async with serve(URL, echo, timeout=2) as server:
            port = int(server.url.split(":")[2].split("/")[0])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request_text)
            writer.write_eof()
            async with asyncio.timeout(20):
                assert (await reader.read()).startswith(status)
            writer.close()
            await writer.wait_closed()
            async with connect(server.url) as client:
                assert (await client.request(call(1, 2))).payload.result == 2

    with caplog.at_level(logging.CRITICAL):
        run(main())


def test_another_server():
    """Its subprotocol sets the format; it may close with or without a Shutdown frame."""

    async def speak(socket):
        theirs = FrameConnection("server", HELLO)
        theirs.start()
        for block in blocks(theirs):
            await socket.send(block)
        theirs.receive_data(await socket.recv())
        theirs.next_event()
        if socket.request.path == "/polite":
            theirs.send(encode_message(event(1), None, get_codec("json"), stream_id=1, format_id=1))
            theirs.send_shutdown()
        for block in blocks(theirs):
            await socket.send(block)
        if socket.request.path == "/polite":
            await socket.recv()

    async def main():
        async with websocket_serve(speak, "127.0.0.1", 0, subprotocols=["symphony.v1.json"]) as server:
            port = server.sockets[0].getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}/polite") as channel:
                assert channel.codec.name == "json"
                assert [m.payload.params[0] async for m in channel] == [1]
            async with connect(f"ws://127.0.0.1:{port}/rude?a=b") as channel:
                with pytest.raises(ConnectionLostError):
                    await channel.receive()

    run(main())


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({}, NegotiationError, "subprotocol"),
        ({"process_request": lambda c, r: c.respond(401, "who are you\n")}, IpcConnectionFailedError, "HTTP 401: who"),
        ({"process_request": lambda c, r: c.respond(400, "no such format\n")}, NegotiationError, "no such format"),
    ],
)
def test_another_server_that_refuses(options, error, text):
    """The error holds the server's text."""

    async def speak(socket):
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    async def main():
        async with websocket_serve(speak, "127.0.0.1", 0, **options) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(error) as caught:
                await connect(f"ws://127.0.0.1:{port}/")
            assert text in str(caught.value)

    run(main())


def test_a_server_that_does_not_speak_http():
    """The error is `IpcConnectionFailedError`, not an exception of the library."""

    async def speak(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        writer.close()

    async def main():
        async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(IpcConnectionFailedError) as caught:
                await connect(f"ws://127.0.0.1:{port}/")
            assert "handshake" in caught.value.reason

    run(main())


def test_a_message_larger_than_agreed_is_refused():
    """The library refuses it before buffering it; the peer gets WebSocket's own code for it."""
    ended = []
    handling = asyncio.Event()

    async def handler(channel):
        handling.set()
        with pytest.raises(RemoteFrameError, match="too_large") as caught:
            await channel.receive()
        ended.append(caught.value)

    async def main():
        async with serve(URL, handler) as server:
            async with websocket_connect(server.url, subprotocols=["symphony.v1.json"], proxy=None) as socket:
                mine = FrameConnection("client", HELLO)
                mine.start()
                await socket.send(blocks(mine)[0])
                await socket.recv()
                await handling.wait()
                with suppress(ConnectionClosed):
                    await socket.send(bytes(3_000_000))
                await socket.wait_closed()
                assert socket.close_code == 1009
            await until(lambda: ended)

    run(main())
