"""Blocking servers: threads, handlers, allowed peers, and closing."""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
import threading
import time

from pathlib import Path

import pytest

from symphony_codecs.channels.blocking import connect, serve
from symphony_codecs.channels.blocking._streams import views
from symphony_codecs.channels.errors import ChannelClosedError, ConnectionLostError, UnsupportedTransportError
from symphony_types.checks import FieldError
from symphony_types.errors import IpcTransportError
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    PATIENCE,
    SOCKETS,
    call,
    cut,
    echo,
    ends,
    event,
    profile_of,
    serving,
    silent_client,
    threads,
    tidy,
    until,
)


pytestmark = pytest.mark.usefixtures("tidy")


@pytest.mark.parametrize("kind", SOCKETS)
def test_many_clients_at_once(tmp_path, kind):
    """Each client has its own thread."""
    with threads() as pool, serving(kind, tmp_path, echo) as (server, dial):

        def ask(number):
            with dial() as client:
                return [client.request(call(n, [number, n]), timeout=PATIENCE).payload.result for n in range(5)]

        asking = [pool.start(ask, number) for number in range(10)]
        assert [a.result(PATIENCE) for a in asking] == [[[a, n] for n in range(5)] for a in range(10)]
        until(lambda: not server.channels)


def test_a_handler_that_fails(tmp_path, caplog):
    """The error is logged, the handler's channel is closed, and the others go on."""

    def handler(channel):
        if channel.receive().payload.id == 1:
            raise ZeroDivisionError("handler failed")
        echo(channel)

    with serving("unix", tmp_path, handler) as (_, dial), dial() as good, dial() as bad:
        bad.send(call(1))
        with pytest.raises(ChannelClosedError):
            bad.receive(timeout=PATIENCE)
        good.send(call(2))
        assert good.request(call(3, 4), timeout=PATIENCE).payload.result == 4
    assert "ZeroDivisionError: handler failed" in caplog.text


def test_disconnected_peers_are_not_failures(tmp_path, caplog):
    """A handler need not catch the end of its channel: a good end is not logged, another end is one line."""
    ended = threading.Event()

    def handler(channel):
        try:
            channel.receive()
        finally:
            ended.set()

    with serving("unix", tmp_path, handler) as (_, dial):
        for leave in (lambda c: c.close(), cut):
            client = dial()
            leave(client)
            assert ended.wait(PATIENCE)
            ended.clear()
    (record,) = [record for record in caplog.records if record.levelname != "DEBUG"]
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert record.getMessage().endswith(f"user {os.geteuid()}) was lost: the peer hung up")


@pytest.mark.parametrize("kind", SOCKETS)
def test_close_with_open_connections(tmp_path, kind):
    """All channels are closed in good order, whatever their handlers wait for; then new connections fail."""
    with threads() as pool, serving(kind, tmp_path, echo) as (server, dial):
        clients = [dial() for _ in range(3)]
        until(lambda: len(server.channels) == 3)
        receiving = [pool.start(client.receive) for client in clients]
        server.close()
        for one in receiving:
            with pytest.raises(ChannelClosedError, match="the peer has closed the channel"):
                one.result(PATIENCE)
        assert (server.is_serving, server.channels) == (False, frozenset())
        assert repr(server) == f"<Server {server.url} closed>"
        server.serve_forever()
        server.close()
        with pytest.raises(Exception, match="expected a connection to"):
            dial()
        for client in clients:
            client.close()


def test_close_with_peers_that_do_not_answer(tmp_path):
    """`close` waits for them together, not one after the other."""
    with serving("unix", tmp_path, echo) as (server, dial):
        clients = [dial() for _ in range(5)]
        until(lambda: len(server.channels) == 5)
        before = time.monotonic()
        server.close(timeout=1)
        assert time.monotonic() - before < 4
        for client in clients:
            with pytest.raises(ChannelClosedError):
                client.receive(timeout=PATIENCE)
            client.close()


@pytest.mark.parametrize("kind", ["unix", "tls", "ws"])
def test_close_during_a_handshake(tmp_path, kind):
    """The server hangs up on clients that have not sent a Hello yet."""
    with serving(kind, tmp_path, echo) as (server, _), silent_client(server.url) as sock:
        until(lambda: server._serving)
        before = time.monotonic()
        server.close(timeout=PATIENCE)
        assert time.monotonic() - before < PATIENCE / 2
        sock.settimeout(PATIENCE)
        while sock.recv(4096):
            pass


def test_a_handler_that_goes_on(tmp_path, caplog):
    """It goes on without its channel; the log says so."""
    release, ended = threading.Event(), threading.Event()

    def handler(channel):
        release.wait(PATIENCE)
        with pytest.raises(ChannelClosedError):
            channel.send(event(1))
        ended.set()

    with serving("unix", tmp_path, handler) as (server, dial), dial():
        until(lambda: server.channels)
        server.close(timeout=0.05)
        assert "a handler goes on without its channel" in caplog.text
        release.set()
        assert ended.wait(PATIENCE)


def test_a_handler_may_close_the_server(tmp_path):
    """`close` does not wait for the handler that calls it."""
    servers = []

    def handler(channel):
        channel.receive()
        servers[0].close()

    with serving("unix", tmp_path, handler) as (server, dial), dial() as client:
        servers.append(server)
        client.send(event(1))
        server.serve_forever()
        with pytest.raises(ChannelClosedError):
            client.receive(timeout=PATIENCE)


def test_the_number_of_connections_is_limited(tmp_path, caplog):
    """The server hangs up on further ones; when one ends there is room again."""
    with serving("unix", tmp_path, echo, max_connections=2) as (server, dial), dial(), dial() as second:
        with pytest.raises(ConnectionLostError):
            dial()
        assert "there are 2 connections" in caplog.text
        second.close()
        until(lambda: len(server._serving) == 1)
        with dial() as third:
            assert third.request(call(1, 2), timeout=PATIENCE).payload.result == 2
    with pytest.raises(FieldError):
        serve("tcp://127.0.0.1:0", echo, max_connections=0)


def test_only_allowed_users_may_connect(tmp_path, caplog):
    """The kernel reports the user; the server hangs up on others."""
    with serving("unix", tmp_path, echo, allowed_uids=[os.getuid() + 1]) as (_, dial):
        with pytest.raises(ConnectionLostError):
            dial()
        until(lambda: "hung up on the peer" in caplog.text)
    assert f"got {os.getuid()}" in caplog.text


def test_the_file_of_a_unix_socket(tmp_path):
    """Only its owner may open it, the server removes it, and a stale one is replaced."""
    path = tmp_path / "s"
    with serve(f"unix://{path}", echo) as server:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(IpcTransportError, match="a server that listens there already"):
            serve(server.url, echo)
        with connect(server.url) as client:
            assert client.request(call(1, 2), timeout=PATIENCE).payload.result == 2
    assert not path.exists()
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    with serve(f"unix://{path}", echo), connect(f"unix://{path}"):
        pass
    path.write_text("no socket")
    with pytest.raises(IpcTransportError):
        serve(f"unix://{path}", echo)
    assert path.read_text() == "no socket"


def test_an_address_in_use():
    """The error holds the address."""
    with serve("tcp://127.0.0.1:0", echo) as server, pytest.raises(IpcTransportError, match=r"expected to listen at"):
        serve(server.url, echo)
    with pytest.raises(IpcTransportError, match=r"expected to listen at"):
        serve("tcp://nowhere.invalid:0", echo)
    with pytest.raises(FieldError):
        serve("wss://127.0.0.1:0/", echo)


def test_ipv6():
    """IPv6 addresses are in brackets, where the system has IPv6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("there is no IPv6 here")
    with serve("tcp://[::1]:0", echo) as server, connect(server.url) as client:
        assert server.url.startswith("tcp://[::1]:")
        assert client.request(call(1, 2), timeout=PATIENCE).payload.result == 2


def test_no_more_descriptors(tmp_path, monkeypatch, caplog):
    """If the system cannot accept a connection, the server tries again after a while, not in a tight loop."""
    failures = [OSError(errno.EMFILE, "Too many open files")]
    accept = socket.socket.accept

    def failing(self):
        if failures:
            raise failures.pop()
        return accept(self)

    monkeypatch.setattr(socket.socket, "accept", failing)
    with serving("unix", tmp_path, echo) as (_, dial), dial() as client:
        assert client.request(call(1, 2), timeout=PATIENCE).payload.result == 2
    assert "Too many open files" in caplog.text


def test_no_more_threads(tmp_path, monkeypatch, caplog):
    """The server hangs up on the peer, and goes on."""
    start = threading.Thread.start

    def failing(self):
        if self.name.startswith("symphony-channel"):
            raise RuntimeError("can't start new thread")
        start(self)

    with serving("unix", tmp_path, echo) as (server, dial):
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", failing)
            with pytest.raises(ConnectionLostError):
                dial()
        assert "can't start new thread" in caplog.text
        assert server._serving == {}
        with dial() as client:
            assert client.request(call(1, 2), timeout=PATIENCE).payload.result == 2


def test_without_the_extra(tmp_path, monkeypatch):
    """Without the library for WebSockets, both ends raise at once."""
    for name in ("websockets.server", "websockets.client"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UnsupportedTransportError, match=r"symphony-types\[websocket\]"):
        serve("ws://127.0.0.1:0/", echo)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(UnsupportedTransportError, match=r"symphony-types\[websocket\]"),
    ):
        connect(f"ws://127.0.0.1:{listener.getsockname()[1]}/")


def test_properties_of_a_server(tmp_path):
    """A server reports its URL, with the actual port, and its channels."""
    with ends("tcp", tmp_path) as (client, channel):
        assert client.url == channel.url
        assert not client.url.endswith(":0")
    with serving("unix", tmp_path, echo) as (server, dial), dial():
        until(lambda: server.channels)
        assert server.is_serving
        assert repr(server) == f"<Server unix://{tmp_path}/s serving 1 channels>"
        assert Path(server.url.removeprefix("unix://")).is_socket()


def test_a_thread_for_each_served_channel_and_none_for_clients(tmp_path):
    """One more thread accepts, and one gives signs of life for all; buffers are held only while bytes are read."""
    profile = profile_of("unix", heartbeat=0.02)
    before = threading.active_count()
    with serving("unix", tmp_path, echo, profile=profile) as (server, dial):
        clients = [dial(profile=profile) for _ in range(20)]
        assert all(client.request(call(1), timeout=PATIENCE).payload.id == 1 for client in clients)
        until(lambda: len(server.channels) == 20)
        assert threading.active_count() == before + 20 + 2
        # Idle channels keep each other alive.
        received = [client.bytes_received for client in clients]
        time.sleep(0.1)
        assert all(client.request(call(2), timeout=PATIENCE).payload.id == 2 for client in clients)
        assert all(client.bytes_received > had + 200 for client, had in zip(clients, received, strict=True))
        assert len(views) <= 2 * threading.active_count()
        for client in clients:
            client.close()
