"""How asyncio channels open, or fail to."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys

import attrs
import pytest

from symphony_codecs.channels import ConnectionLostError, UnsupportedTransportError
from symphony_codecs.channels.asyncio import connect, pair, serve
from symphony_codecs.framing import (
    FrameDecoder,
    FrameEncoder,
    NegotiationError,
    RemoteFrameError,
    SharedKey,
    framing_names,
)
from symphony_codecs.framing.errors import FrameAuthenticationError
from symphony_codecs.framing.hello import FormatOffer, Hello, HelloLimits
from symphony_codecs.registry import get_codec
from symphony_codecs.transports import FormatPolicy
from symphony_types.checks import FieldError
from symphony_types.errors import (
    ConfigError,
    IpcAuthenticationFailedError,
    IpcConnectionFailedError,
    SymphonyError,
    TimedOutError,
)
from symphony_types.message.ipc import FrameType, TransportType
from tests.codecs.channels.asyncio_ends import (
    SOCKETS,
    call,
    contexts,
    echo,
    ends,
    event,
    profile_of,
    run,
    serving,
    url_of,
)
from tests.codecs.channels.certificates import certificates
from tests.codecs.framing.formats import format_of


KEY, OTHER_KEY = SharedKey(b"k" * 31 + b"."), SharedKey(b"o" * 31 + b".")


@pytest.mark.parametrize("kind", SOCKETS)
def test_no_common_format(tmp_path, kind, caplog):
    """The client raises `NegotiationError` at once, the server logs a line, and neither hangs."""

    async def main():
        async with serving(kind, tmp_path, echo, profile=profile_of(kind, formats=("cbor",))) as (_, dial):
            async with asyncio.timeout(20):
                with pytest.raises(NegotiationError) as caught:
                    await dial(profile=profile_of(kind, formats=("json",)))
            assert "cbor" in str(caught.value)
            assert "json" in str(caught.value)
            # the server stays up
            async with dial() as client:
                assert client.codec.name == "cbor"

    with caplog.at_level(logging.WARNING, "symphony_codecs.channels"):
        run(main())
    assert any("no connection with the peer" in r.getMessage() and "cbor" in r.getMessage() for r in caplog.records)


@pytest.mark.parametrize("kind", [*SOCKETS, "pair"])
def test_a_key_that_both_share(tmp_path, kind):
    """Every frame is authenticated, and messages pass as without a key."""

    async def main():
        async with ends(kind, tmp_path, key=SharedKey(b"k" * 31 + b".")) as (client, server):
            assert client.agreement.authenticated
            await client.send(event(1, 2_000_000))
            assert (await server.receive(timeout=20)).payload.params[0] == 1
            await server.send(event(2))
            assert (await client.receive()).payload.params[0] == 2

    run(main())


@pytest.mark.parametrize("kind", SOCKETS)
def test_another_key(tmp_path, kind):
    """Both ends raise `FrameAuthenticationError` before the first message, and neither hangs."""

    async def main():
        seen = []

        async def handler(channel):
            seen.extend([message async for message in channel])

        async with serving(kind, tmp_path, handler, key=KEY) as (_, dial):
            async with asyncio.timeout(20):
                with pytest.raises(FrameAuthenticationError) as caught:
                    async with dial(key=OTHER_KEY) as client:
                        await client.receive()
            assert caught.value.frame_code == "unknown_key"
        assert seen == []

    run(main())


@pytest.mark.parametrize(("mine", "theirs"), [(None, KEY), (KEY, None)])
def test_only_one_has_a_key(tmp_path, mine, theirs):
    """Both ends raise a `NegotiationError` that says so, and do not continue without a key."""

    async def main():
        async with serving("unix", tmp_path, echo, key=theirs) as (_, dial):
            with pytest.raises(NegotiationError) as caught:
                await dial(key=mine)
            assert "authenticat" in str(caught.value)

    run(main())


def test_a_framing_without_negotiation_uses_the_format_of_the_profile(tmp_path):
    """Other framings than native have no Hello, and the end of the stream ends the channel."""

    async def main():
        for framing in framing_names():
            formats = (format_of(framing),)
            profile = attrs.evolve(profile_of("unix", heartbeat=0), framing=framing, formats=formats)
            for kind in ("unix", "tls"):
                async with ends(kind, tmp_path, profile=profile) as (client, server):
                    assert client.agreement is None
                    assert client.codec.name == formats[0]
                    await client.send(event(1))
                    assert (await server.receive()).payload.params[0] == 1
                    asking = asyncio.create_task(server.request(call(1)))
                    await client.receive()
                    await client.close()
                    assert [m async for m in server] == []
                    with pytest.raises(ConnectionLostError):
                        await asking

    run(main())


class Peer:
    """A peer that is not a channel: it serves a Unix socket, sends given bytes, and keeps the bytes it receives."""

    def __init__(self, folder, *, says=b"", hang_up=False) -> None:
        self.url = f"unix://{folder}/peer"
        self.path = f"{folder}/peer"
        self.says = says
        self.hang_up = hang_up
        self.got = b""
        self.done = asyncio.Event()

    async def __aenter__(self):
        self.server = await asyncio.start_unix_server(self.serve, self.path)
        return self

    async def serve(self, reader, writer):
        writer.write(self.says)
        await writer.drain()
        if self.hang_up:
            await reader.read(1)
        else:
            self.got = await reader.read()
        writer.close()
        await writer.wait_closed()
        self.done.set()

    async def __aexit__(self, *_):
        async with asyncio.timeout(20):
            await self.done.wait()
        self.server.close()
        await self.server.wait_closed()


def frames_of(data: bytes):
    decoder = FrameDecoder()
    decoder.feed(data)
    return list(decoder)


def test_garbage_instead_of_a_hello(tmp_path):
    """The client raises `RemoteFrameError`, and the peer gets an Error frame with the reason."""

    async def main():
        async with Peer(tmp_path, says=b"HTTP/1.1 400 Bad Request\r\n\r\n" * 3) as peer:
            with pytest.raises(RemoteFrameError) as caught:
                await connect(peer.url)
            assert caught.value.frame_code == "bad_magic"
        hello, error = frames_of(peer.got)
        assert hello.header.frame_type is FrameType.HELLO
        assert error.header.frame_type is FrameType.ERROR
        sent = get_codec("json").decode(error.payload, SymphonyError)
        assert "bad_magic" in str(sent)

    run(main())


def test_a_peer_that_never_says_hello(tmp_path):
    """The client raises `TimedOutError`."""

    async def main():
        async with Peer(tmp_path) as peer:
            with pytest.raises(TimedOutError) as caught:
                await connect(peer.url, timeout=0.05)
            assert caught.value.message == f"expected a connection to {peer.url} within 0.05 s"
        (hello,) = frames_of(peer.got)
        assert Hello.from_frame(hello).formats

    run(main())


def test_a_peer_that_hangs_up_before_its_hello(tmp_path):
    """The client raises `ConnectionLostError`."""

    async def main():
        async with Peer(tmp_path, hang_up=True) as peer:
            with pytest.raises(ConnectionLostError) as caught:
                await connect(peer.url)
            assert "before the connection was open" in caught.value.reason or "ended" in caught.value.reason

    run(main())


def test_a_peer_cut_off_in_the_middle_of_a_frame(tmp_path):
    """The client raises `ConnectionLostError`, not a protocol error."""
    limits = HelloLimits(max_payload=1024, max_message=1024)
    hello = Hello(versions=(1,), formats=(FormatOffer("json", 1),), limits=limits).to_frame()

    async def main():
        async with Peer(tmp_path, says=FrameEncoder().encode(hello)[:-1], hang_up=True) as peer:
            with pytest.raises(ConnectionLostError) as caught:
                await connect(peer.url)
            assert "in the middle of a message" in caught.value.reason

    run(main())


@pytest.mark.parametrize("kind", ["unix", "tls", "ws"])
def test_a_client_that_never_says_anything(tmp_path, kind):
    """The server hangs up after its time-out, and serves others meanwhile."""

    async def main():
        async with serving(kind, tmp_path, echo, timeout=0.5) as (server, dial):
            if kind == "unix":
                silent = socket.socket(socket.AF_UNIX)
                silent.connect(f"{tmp_path}/s")
            else:
                silent = socket.create_connection(("127.0.0.1", int(server.url.split(":")[2].split("/")[0])))
            with silent:
                silent.setblocking(False)
                async with dial() as client:
                    assert (await client.request(call(1, 5))).payload.result == 5
                loop = asyncio.get_running_loop()
                async with asyncio.timeout(20):
                    try:
                        while await loop.sock_recv(silent, 4096):
                            pass
                    except ConnectionResetError:
                        pass

    run(main())


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_no_server(tmp_path, kind):
    """The `IpcConnectionFailedError` holds the URL and the system's reason."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"unix://{tmp_path}/none" if kind == "unix" else f"tcp://127.0.0.1:{port}"

    async def main():
        with pytest.raises(IpcConnectionFailedError) as caught:
            await connect(url)
        assert url in caught.value.reason
        assert "No such file" in caught.value.reason or "Connect call failed" in caught.value.reason
        assert isinstance(caught.value.__cause__, OSError)

    run(main())


def test_certificates_are_verified(tmp_path):
    """The client refuses a server whose certificate it does not trust."""

    async def main():
        server_tls, _ = certificates()
        async with serve("tcp://127.0.0.1:0", echo, tls=server_tls) as server:
            with pytest.raises(IpcAuthenticationFailedError) as caught:
                await connect(server.url, tls=ssl.create_default_context())
            assert "certificate verify failed" in caught.value.reason
            # a client without TLS gets no answer that it can parse
            with pytest.raises((IpcConnectionFailedError, RemoteFrameError)):
                await connect(server.url)
        async with serve("wss://127.0.0.1:0", echo, tls=server_tls) as server:
            with pytest.raises(IpcAuthenticationFailedError):
                await connect(server.url)
        async with serve("tcp://127.0.0.1:0", echo) as server:
            with pytest.raises(IpcConnectionFailedError):
                await connect(server.url, tls=certificates()[1])

    run(main())


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"url": "tcp://h"}, FieldError),
        ({"url": "npipe:////./pipe/x"}, UnsupportedTransportError),
        ({"url": "ws://h", "tls": ssl.create_default_context()}, FieldError),
        ({"url": "unix:///" + "a" * 200}, FieldError),
        ({"url": "unix:///none", "max_queue": 0}, FieldError),
        ({"url": "unix:///none", "profile": "native"}, FieldError),
        ({"url": "unix:///none", "policy": "native"}, FieldError),
        ({"url": "unix:///none", "key": b"secret"}, FieldError),
        ({"url": "unix:///none", "raw": 1}, FieldError),
        ({"url": "stdio:", "key": KEY}, ConfigError),
    ],
)
def test_conflicting_arguments(arguments, error):
    """Both `connect` and `serve` raise before they open anything."""

    async def main():
        with pytest.raises(error) as caught:
            await connect(**arguments)
        assert "secret" not in str(caught.value)
        with pytest.raises(error):
            await serve(**arguments, handler=echo)

    run(main())


def test_the_policy_sets_the_offered_formats(tmp_path, monkeypatch):
    """By default the policy is the one that the environment sets."""
    policy = FormatPolicy.default().with_profile(TransportType.UNIX_SOCKET, formats=("cbor",))

    async def main():
        async with serving("unix", tmp_path, echo) as (_, dial):
            async with dial(policy=policy) as client:
                assert client.codec.name == "cbor"
            monkeypatch.setenv("SYMPHONY_UNIX_SOCKET_FORMATS", "json")
            async with dial() as client:
                assert client.codec.name == "json"
            monkeypatch.setenv("SYMPHONY_UNIX_SOCKET_FORMATS", "")
            with pytest.raises(ConfigError):
                await dial()

    run(main())


def test_websockets_need_their_extra(tmp_path, monkeypatch):
    """Without the library, the error names the extra to install."""
    for name in ("websockets.server", "websockets.client"):
        monkeypatch.setitem(sys.modules, name, None)

    async def main():
        for opening in (connect("ws://127.0.0.1:1"), serve("ws://127.0.0.1:0", echo)):
            with pytest.raises(UnsupportedTransportError) as caught:
                await opening
            assert "pip install 'symphony-types[websocket]'" in caught.value.reason

    run(main())


@pytest.mark.parametrize("kind", SOCKETS)
def test_connecting_that_is_cancelled_leaves_nothing(tmp_path, kind):
    """Cancelling at any point leaves nothing behind."""

    async def main():
        async with serving(kind, tmp_path, echo) as (server, dial):
            for turns in (*range(12), 20, 40):
                connecting = asyncio.create_task(wait_for(dial()))
                for _ in range(turns):
                    await asyncio.sleep(0)
                connecting.cancel()
                (result,) = await asyncio.gather(connecting, return_exceptions=True)
                if not isinstance(result, asyncio.CancelledError):
                    await result.close()
            async with dial() as client:
                assert (await client.request(call(1, 5))).payload.result == 5
            assert contexts(kind) is not None
            assert server.url.split(":")[0] == url_of(kind, tmp_path).split(":")[0]

    async def wait_for(opening):
        return await opening

    run(main())


def test_a_pair_that_cannot_be_made():
    """An error of the profile is raised, and no socket stays open."""

    async def main():
        with pytest.raises(ConfigError):
            await pair(profile=FormatPolicy.default().profile(TransportType.HTTP))

    run(main())
