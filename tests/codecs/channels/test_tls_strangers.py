"""Unknown peers at a TLS server: each is one line in the log, and leaves nothing behind; for both flavours."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import ssl
import struct
import time

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

import pytest

from symphony_codecs.channels import InsecureTransportWarning, _exposure, blocking
from symphony_codecs.channels.asyncio import connect
from symphony_types.errors import IpcError, SymphonyError
from tests.codecs.channels.blocking_ends import echo, threads
from tests.codecs.channels.certificates import certificates, mutual, show
from tests.codecs.channels.strangers import FLAVOURS, calm, dial, plain, read_to_end, served, until


URLS = ("tcp://127.0.0.1:0", "wss://127.0.0.1:0/ipc")


class Client:
    """One end of TLS whose bytes a test sends by hand."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.done = False
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def step(self, data: bytes = b"") -> bytes:
        """Return the bytes to send after *data* was received."""
        self.incoming.write(data)
        with suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
            self.done = True
        return self.outgoing.read()


def reset(sock: socket.socket) -> None:
    """Close so that the server sees a reset rather than the end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@cache
def context(version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return the context of a client that accepts any certificate."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.maximum_version = version
    return client


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_clients_that_vanish_at_each_step_of_a_handshake(flavour, url, version, caplog):
    """They do so after each flight, or after a part of one, with an end and with a reset."""
    vanished = 0
    with calm(caplog) as lines, served(flavour, url, echo, tls=certificates()[0]) as server:
        for flights in range(3):
            for part in (0, 1, 5, 20, None):
                for leaves in (lambda _: None, reset, lambda sock: sock.shutdown(socket.SHUT_WR)):
                    client = Client(context(version))
                    with plain(server.url) as sock:
                        data = client.step()
                        for _ in range(flights):
                            if not client.done:
                                sock.sendall(data)
                                data = client.step(sock.recv(65536))
                        sock.sendall(data if part is None else data[:part])
                        leaves(sock)
                    vanished += 1
        until(lambda: len(lines()) >= vanished)
        assert len(lines()) == vanished
        assert all("no connection with the peer" in line for line in lines())
        until(lambda: not server.channels)
        blocking.connect(server.url, tls=certificates()[1]).close()


GARBAGE = {
    "text": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "frames": b"SY\x01\x00" + bytes(60),
    "zeros": bytes(70_000),
    "a record without end": b"\x16\x03\x01\xff\xff" + bytes(80_000),
    "an alert": b"\x15\x03\x01\x00\x02\x02\x28",
    "an old version": b"\x16\x03\x00\x00\x05\x01\x00\x00\x01\x00",
}


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_garbage(flavour, url, caplog):
    """It ends the connection at once."""
    with calm(caplog) as lines, served(flavour, url, echo, tls=certificates()[0]) as server:
        for said in GARBAGE.values():
            with plain(server.url) as sock:
                sock.sendall(said)
                read_to_end(sock)
        # and after the handshake
        for said in GARBAGE.values():
            with plain(server.url) as sock, certificates()[1].wrap_socket(sock, server_hostname="localhost") as tls:
                with under(tls) as raw:
                    raw.sendall(said)
                with suppress(OSError):
                    while tls.recv(65536):
                        pass
        until(lambda: len(lines()) >= 2 * len(GARBAGE))
        assert len(lines()) == 2 * len(GARBAGE)


@contextmanager
def under(tls: ssl.SSLSocket) -> Iterator[socket.socket]:
    """Yield a plain socket over the same connection."""
    with socket.socket(fileno=os.dup(tls.fileno())) as sock:
        yield sock


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_certificates_that_are_not_trusted(flavour, url, caplog):
    """The client refuses the server's; a server that requires one refuses a missing or foreign one: one line each."""
    stranger = ssl.create_default_context()
    ours, theirs = mutual()
    nobody = context(ssl.TLSVersion.TLSv1_3)
    forged = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    forged.check_hostname, forged.verify_mode = False, ssl.CERT_NONE
    show(forged, "forged")
    with calm(caplog) as lines, served(flavour, url, echo, tls=ours) as server:
        for client in (stranger, nobody, forged):
            with pytest.raises(SymphonyError):
                blocking.connect(server.url, tls=client)
        until(lambda: len(lines()) >= 3)
        with blocking.connect(server.url, tls=theirs):
            pass
        assert len(lines()) == 3


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_peers_certificate(flavour, url):
    """Handlers see the client's, clients the server's; it is ``None`` without TLS, or without a certificate."""
    seen = []

    def look(channel):
        seen.append(channel.peer_certificate)

    for ours, theirs, shown in ((*mutual(), "conductor.example"), (*certificates(), None)):
        with served(flavour, url, look, tls=ours) as server, blocking.connect(server.url, tls=theirs) as channel:
            assert ("DNS", "localhost") in channel.peer_certificate["subjectAltName"]
            assert list(channel) == []
        certificate = seen.pop()
        assert (certificate and certificate["subjectAltName"]) == (shown and (("DNS", shown),))
    with served(flavour, url.replace("wss", "ws"), look) as server, blocking.connect(server.url) as channel:
        assert channel.peer_certificate is None
        assert list(channel) == []
    assert seen == [None]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_handshakes_take_places(flavour, caplog):
    """A silent peer counts as a connection until it times out."""
    options = {"tls": certificates()[0], "max_connections": 2, "timeout": 0.5}
    with calm(caplog) as lines, served(flavour, "tcp://127.0.0.1:0", echo, **options) as server:
        with plain(server.url) as one, plain(server.url) as two:
            two.sendall(b"\x16")
            with plain(server.url) as three:
                assert read_to_end(three) == b""
            assert "hung up on" in lines()[0]
            assert "there are 2 connections" in lines()[0]
            assert read_to_end(one) == read_to_end(two) == b""
        until(lambda: len(lines()) == 3)
        blocking.connect(server.url, tls=certificates()[1]).close()


def vanishes(sock: socket.socket, tls: ssl.SSLContext) -> None:
    """Close without sending anything."""


def answers_garbage(sock: socket.socket, tls: ssl.SSLContext) -> None:
    """Answer with bytes that are not TLS, once the client has sent its own."""
    sock.recv(65536)
    sock.sendall(bytes(70_000))
    read_to_end(sock)


def vanishes_later(sock: socket.socket, tls: ssl.SSLContext) -> None:
    """Send half of a server's part of the handshake, then close."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = tls.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(sock.recv(65536))
    with suppress(ssl.SSLWantReadError):
        ours.do_handshake()
    sock.sendall(outgoing.read()[:200])


def resets(sock: socket.socket, tls: ssl.SSLContext) -> None:
    """Reset the connection after the TLS handshake."""
    with suppress(OSError), tls.wrap_socket(sock.dup(), server_side=True):
        reset(sock)


def ends_in_good_order(sock: socket.socket, tls: ssl.SSLContext) -> None:
    """End TLS in good order before sending anything else."""
    with suppress(OSError), tls.wrap_socket(sock.dup(), server_side=True) as wrapped:
        wrapped.unwrap()


@pytest.mark.parametrize("server", [vanishes, answers_garbage, vanishes_later, resets, ends_in_good_order])
@pytest.mark.parametrize("scheme", ["tcp", "wss"])
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_servers_that_break_off(flavour, scheme, server, caplog):
    """The client raises an error, and logs nothing."""
    ours, theirs = certificates()
    with calm(caplog) as lines, socket.create_server(("127.0.0.1", 0)) as listener, threads(1) as pool:

        def attend() -> None:
            with listener.accept()[0] as sock:
                sock.settimeout(20)
                server(sock, ours)

        done = pool.start(attend)
        with pytest.raises(IpcError):
            dial(flavour, f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", tls=theirs)
        done.result()
        assert lines() == []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_all_handshakes_have_one_time(flavour, caplog):
    """If TLS takes most of the time, only the rest is left for the Hello."""
    with (
        calm(caplog) as lines,
        served(flavour, "tcp://127.0.0.1:0", echo, tls=certificates()[0], timeout=0.4) as server,
        plain(server.url) as sock,
    ):
        began = time.monotonic()
        time.sleep(0.3)
        with certificates()[1].wrap_socket(sock, server_hostname="localhost") as tls, suppress(OSError):
            while tls.recv(65536):
                pass
        assert time.monotonic() - began < 0.6
        until(lambda: len(lines()) == 1)


@pytest.mark.parametrize("scheme", ["tcp", "ws", "wss"])
def test_cancelled_connecting(scheme, caplog):
    """Cancelling at any point, whether or not the server vanishes, logs nothing and leaves nothing behind."""
    tls = {} if scheme == "ws" else {"tls": certificates()[1]}

    async def main(url: str, accept: Callable[[], socket.socket]) -> None:
        loop = asyncio.get_running_loop()
        for turns in range(14):
            for vanishes_first in (False, True):
                connecting = asyncio.ensure_future(wait_for(connect(url, **tls)))
                sock = await loop.run_in_executor(None, accept)
                for _ in range(turns):
                    await asyncio.sleep(0)
                if vanishes_first:
                    reset(sock)
                    sock.close()
                    await asyncio.sleep(0)
                connecting.cancel()
                await asyncio.gather(connecting, return_exceptions=True)
                sock.close()
        gc.collect()

    async def wait_for(opening):
        return await opening

    with calm(caplog) as lines, socket.create_server(("127.0.0.1", 0)) as listener:
        asyncio.run(main(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", lambda: listener.accept()[0]))
        assert lines() == []


def test_a_warning_that_is_an_error_leaves_nothing(caplog, monkeypatch):
    """That holds, too, if the connection is there already, but its handshake is not done."""
    monkeypatch.setattr(_exposure, "_is_loopback", lambda host: False)
    with calm(caplog) as lines, socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(InsecureTransportWarning):
            dial("asyncio", f"ws://127.0.0.1:{listener.getsockname()[1]}")
        listener.accept()[0].close()
        assert lines() == []
