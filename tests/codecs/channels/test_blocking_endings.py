"""Every way in which blocking channels end, or fail to open."""

from __future__ import annotations

import socket
import ssl
import time

from contextlib import contextmanager

import attrs
import pytest
import websockets.sync.client

from websockets.exceptions import InvalidStatus

from symphony_codecs import get_codec
from symphony_codecs.channels.blocking import connect, serve
from symphony_codecs.channels.blocking._wheel import wheel
from symphony_codecs.channels.errors import ChannelClosedError, ConnectionLostError, UnsupportedTransportError
from symphony_codecs.framing import FrameDecoder, FrameEncoder, Hello
from symphony_codecs.framing.auth import SharedKey
from symphony_codecs.framing.errors import (
    FrameAuthenticationError,
    FrameError,
    NegotiationError,
    RemoteFrameError,
)
from symphony_codecs.framing.hello import FormatOffer, HelloLimits
from symphony_types.checks import FieldError
from symphony_types.errors import (
    ConfigError,
    InternalError,
    IpcAuthenticationFailedError,
    IpcConnectionFailedError,
    SymphonyError,
    TimedOutError,
)
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    ALL,
    PATIENCE,
    SOCKETS,
    bare_client,
    bare_server,
    call,
    close_all,
    cut,
    echo,
    ends,
    event,
    profile_of,
    read_all,
    serving,
    silent_client,
    threads,
    tidy,
    until,
)
from tests.codecs.channels.certificates import certificates, mutual, show


pytestmark = pytest.mark.usefixtures("tidy")
every = pytest.mark.parametrize("kind", ALL)

HELLO = Hello(
    versions=(1,), formats=(FormatOffer("json", 1),), limits=HelloLimits(max_payload=65_536, max_message=65_536)
)


@contextmanager
def opened(sock):
    """Send a Hello over *sock*, whose peer is a client, and yield an encoder for later frames."""
    encoder = FrameEncoder()
    sock.settimeout(PATIENCE)
    assert sock.recv(65_536)
    sock.sendall(encoder.encode(HELLO.to_frame()))
    yield encoder


@contextmanager
def silent_server(folder, heartbeat_ms):
    """Yield a client of a server that announces heartbeats, and then sends nothing."""
    with threads() as pool, bare_server(folder) as (url, listener):
        connecting = pool.start(connect, url)
        with listener.accept()[0] as sock:
            sock.recv(65_536)
            sock.sendall(FrameEncoder().encode(attrs.evolve(HELLO, heartbeat_ms=heartbeat_ms).to_frame()))
            with connecting.result(PATIENCE) as client:
                yield client


def frame_of(message):
    header = FrameHeader(frame_type=FrameType.REQUEST, format=1, stream_id=1)
    return IpcFrame(header=header, payload=get_codec("json").encode(message))


def error_frame(text):
    payload = get_codec("json").encode(InternalError(text), SymphonyError)
    return IpcFrame(header=FrameHeader(frame_type=FrameType.ERROR, format=1), payload=payload)


def frames_of(data):
    decoder = FrameDecoder()
    decoder.feed(data)
    return list(decoder)


# Closing in good order


@every
def test_close_from_another_thread_wakes_waiting_threads(tmp_path, kind):
    """`receive` and `request` here, and the peer's `receive`, raise without a time-out."""
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        waiting = [pool.start(client.receive), pool.start(client.request, call(1), timeout=None)]
        assert server.receive(timeout=PATIENCE).payload.id == 1
        there = pool.start(server.receive)
        until(lambda: client._engine._leader and client._engine._followers and server._engine._leader)
        client.close()
        for one in waiting:
            with pytest.raises(ChannelClosedError, match="this end has closed the channel"):
                one.result(PATIENCE)
        with pytest.raises(ChannelClosedError, match="the peer has closed the channel"):
            there.result(PATIENCE)
        assert client.ending is None
        assert isinstance(server.ending, ChannelClosedError)


@every
def test_a_closed_channel_refuses_every_call(tmp_path, kind):
    """Every method raises that the channel is closed; closing again does nothing."""
    with ends(kind, tmp_path) as (client, server):
        close_all(client, server)
        for end in (client, server):
            for attempt in (lambda end=end: end.send(event(1)), end.receive, lambda end=end: end.request(call(1))):
                with pytest.raises(ChannelClosedError):
                    attempt()
            end.close()
            assert list(end) == []
            assert end.pending == 0


def test_queued_messages_can_be_received_after_the_end(tmp_path):
    """After the peer has closed, all its messages can be received, too."""
    with ends("unix", tmp_path) as (client, server):
        for number in (1, 2):
            server.send(event(number))
            client.send(event(number))
        assert client.receive(timeout=PATIENCE).payload.params[0] == 1
        with threads() as pool:
            pool.start(client.close)
            assert [message.payload.params[0] for message in server] == [1, 2]
        assert client.receive().payload.params[0] == 2
        with pytest.raises(ChannelClosedError):
            client.receive()


def test_requests_fail_when_the_peer_closes(tmp_path):
    """The answer is lost, even after a clean close."""
    with threads() as pool, ends("unix", tmp_path) as (client, server):
        asking = pool.start(client.request, call(1), timeout=None)
        server.receive(timeout=PATIENCE)
        server.close()
        with pytest.raises(ConnectionLostError, match="the peer closed the channel before it answered"):
            asking.result(PATIENCE)


@every
def test_close_does_not_wait_longer_than_it_may(tmp_path, kind):
    """A peer that does not answer is aborted."""
    with ends(kind, tmp_path) as (client, _):
        before = time.monotonic()
        client.close(timeout=0.05)
        assert 0.04 < time.monotonic() - before < PATIENCE / 2
        assert not client.is_open


@pytest.mark.parametrize("kind", SOCKETS)
def test_close_with_much_unread(tmp_path, kind):
    """Messages of the peer do not block closing, nor does a waiting sender."""
    with threads() as pool, ends(kind, tmp_path, max_queue=1) as (client, server):
        sending = pool.start(lambda: [server.send(event(n, 100_000)) for n in range(60)])
        until(lambda: server._engine._leader)
        client.close(timeout=PATIENCE)
        with pytest.raises((ChannelClosedError, ConnectionLostError)):
            sending.result(PATIENCE)


def test_close_while_both_ends_wait_to_send(tmp_path):
    """With full inboxes neither end reads; the closing end drops what arrives, and the other end goes on."""

    def send_all_then_receive(end):
        for n in range(60):
            end.send(event(n, 100_000))
        return list(end)

    with threads() as pool, ends("unix", tmp_path, max_queue=1) as (client, server):
        here, there = [pool.start(send_all_then_receive, end) for end in (client, server)]
        until(lambda: all(not end._engine.conversation.wants_data for end in (client, server)))
        before = time.monotonic()
        client.close(timeout=PATIENCE)
        assert time.monotonic() - before < PATIENCE / 2
        with pytest.raises(ChannelClosedError):
            here.result(PATIENCE)
        assert there.result(PATIENCE)


def test_close_cuts_off_a_sender_that_is_stuck(tmp_path):
    """A sender in the middle of a message does not block closing, and gets an error."""
    with threads() as pool, ends("unix", tmp_path, max_queue=1) as (client, server):
        sending = pool.start(client.send, event(1, 10_000_000))
        until(lambda: client._engine._stream.queue)
        client.close(timeout=0.05)
        with pytest.raises(ChannelClosedError):
            sending.result(PATIENCE)
        with pytest.raises(ConnectionLostError):
            server.receive(timeout=PATIENCE)


def test_two_threads_close_at_once(tmp_path):
    """Both calls return once the channel is closed."""
    with ends("unix", tmp_path) as (client, server):
        close_all(client, client, server, server)
        assert not client.is_open


# Lost connections


@every
def test_a_peer_that_is_killed(tmp_path, kind):
    """Threads in `receive` or waiting for an answer, and all later calls, raise that the connection is lost."""
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        waiting = [pool.start(client.receive)]
        waiting += [pool.start(client.request, call(n), timeout=None) for n in range(3)]
        for _ in range(3):
            server.receive(timeout=PATIENCE)
        until(lambda: client._engine._leader and len(client._engine._followers) == 3)
        cut(server)
        for one in waiting:
            with pytest.raises(ConnectionLostError):
                one.result(PATIENCE)
        for attempt in (client.receive, lambda: client.send(event(1)), lambda: client.request(call(5))):
            with pytest.raises(ConnectionLostError) as caught:
                attempt()
            assert isinstance(caught.value, ConnectionError)
        assert (client.is_open, client.pending) == (False, 0)
        with pytest.raises(ConnectionLostError):
            next(iter(client))


def test_a_message_that_is_cut_off(tmp_path):
    """A connection that ends in the middle of a frame is lost."""
    with threads() as pool, bare_server(tmp_path) as (url, listener):
        connecting = pool.start(connect, url)
        with listener.accept()[0] as sock, opened(sock) as encoder:
            client = connecting.result(PATIENCE)
            sock.sendall(encoder.encode(frame_of(call(1)))[:-1])
            sock.shutdown(socket.SHUT_WR)
            with client, pytest.raises(ConnectionLostError, match="in the middle of a message"):
                client.receive(timeout=PATIENCE)


def send_until_it_fails(channel, size=0):
    while True:
        channel.send(event(1, size), timeout=PATIENCE)


def test_a_sender_gets_the_peers_reason(tmp_path):
    """The error has the reason that the peer sent, not that a pipe is broken."""
    with threads() as pool, bare_server(tmp_path) as (url, listener):
        connecting = pool.start(connect, url)
        with listener.accept()[0] as sock, opened(sock) as encoder, connecting.result(PATIENCE) as client:
            sock.sendall(encoder.encode(error_frame("the disk is full")))
            sock.close()
            with pytest.raises(ConnectionLostError, match="the disk is full") as caught:
                send_until_it_fails(client)
            assert isinstance(caught.value.__cause__, SymphonyError)


def test_a_silent_peer_is_lost(tmp_path):
    """A reader notices that announced heartbeats do not arrive."""
    with silent_server(tmp_path, heartbeat_ms=20) as client:
        before = time.monotonic()
        with pytest.raises(ConnectionLostError, match="a sign of life"):
            client.receive(timeout=PATIENCE)
        assert time.monotonic() - before < PATIENCE / 2


def test_a_waiting_sender_notices_a_silent_peer(tmp_path):
    """Otherwise it would wait for ever."""
    with silent_server(tmp_path, heartbeat_ms=50) as client, pytest.raises(ConnectionLostError, match="of life"):
        send_until_it_fails(client, 60_000)


def test_heartbeats_keep_an_idle_channel(tmp_path):
    """The channel stays open for many intervals without messages, though one end does not read."""
    beating = profile_of("unix", heartbeat=0.1)
    with ends("unix", tmp_path, profile=beating) as (client, server):
        before = client.bytes_received
        with pytest.raises(TimedOutError):
            # More than twice the time after which a silent peer is lost.
            client.receive(timeout=0.7)
        # Heartbeats of 32 bytes each.
        assert client.bytes_received - before >= 3 * 32
        server.send(event(1))
        assert client.receive(timeout=PATIENCE).payload.params[0] == 1
        # Heartbeats that were not read meanwhile count.
        client.send(event(2))
        assert server.receive(timeout=PATIENCE).payload.params[0] == 2


def test_pings_keep_an_idle_web_socket(tmp_path, monkeypatch):
    """A peer that does not answer pings is lost."""
    monkeypatch.setattr("symphony_codecs.channels._websocket.WebSocketLayer.ping_interval", 0.1)
    with threads() as pool, ends("ws", tmp_path) as (client, server):
        there = pool.start(server.receive)
        with pytest.raises(TimedOutError):
            client.receive(timeout=0.7)
        client.send(event(1))
        there.result(PATIENCE)
        # The server neither reads nor pings any more.
        wheel.stop(server._engine._beat_by)
        with pytest.raises(ConnectionLostError, match="a sign of life"):
            client.receive(timeout=PATIENCE)


# Time-outs of senders


@every
def test_a_peer_that_does_not_read(tmp_path, kind):
    """The sender times out; between two messages the channel stays open."""
    with ends(kind, tmp_path, max_queue=1) as (client, server):
        sent = 0

        def send_all():
            nonlocal sent
            while True:
                client.send(event(sent, 10_000), timeout=0.05)
                sent += 1

        with pytest.raises(TimedOutError):
            send_all()
        assert client.is_open
        assert [server.receive(timeout=PATIENCE).payload.params[0] for _ in range(sent)] == list(range(sent))
        client.send(event(sent), timeout=PATIENCE)
        assert server.receive(timeout=PATIENCE).payload.params[0] == sent


def test_a_message_half_of_which_is_sent_ends_the_channel(tmp_path):
    """The rest can no longer be sent, and nothing could follow it."""
    with ends("unix", tmp_path) as (client, server):
        with pytest.raises(TimedOutError):
            client.send(event(1, 10_000_000), timeout=0.05)
        with pytest.raises(ConnectionLostError, match="only a part of a message"):
            client.send(event(2))
        assert not client.is_open
        with pytest.raises(ConnectionLostError):
            server.receive(timeout=PATIENCE)


def test_a_request_that_the_peer_does_not_read(tmp_path):
    """It times out, too, and no request stays under way."""
    with threads() as pool, ends("unix", tmp_path, max_queue=1) as (client, server):
        sending = pool.start(client.send, event(1, 5_000_000))
        until(lambda: client._engine._stream.queue)
        with pytest.raises(TimedOutError, match="no part of it was sent"):
            client.request(call(1), timeout=0.05)
        assert client.pending == 0
        server.receive(timeout=PATIENCE)
        sending.result(PATIENCE)


# Broken protocol


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", bytes(64), b"S?", b"\xff" * 100_000])
def test_garbage_instead_of_hello(tmp_path, garbage, caplog):
    """The server refuses it and reports why; the handler is not called."""
    called = []
    with serving("unix", tmp_path, called.append) as (server, _), bare_client(server.url) as sock:
        sock.sendall(garbage)
        frames = frames_of(read_all(sock))
    assert [frame.header.frame_type for frame in frames] == [FrameType.HELLO, FrameType.ERROR]
    assert b"bad_magic" in frames[1].payload
    assert called == []
    assert "bad_magic" in caplog.text


def test_garbage_on_an_open_channel(tmp_path):
    """`receive` and every request raise the error, and the peer gets an Error frame."""
    with threads() as pool, bare_server(tmp_path) as (url, listener):
        connecting = pool.start(connect, url)
        with listener.accept()[0] as sock, opened(sock), connecting.result(PATIENCE) as client:
            asking = pool.start(client.request, call(1), timeout=None)
            receiving = pool.start(client.receive)
            until(lambda: client._engine._followers)
            sock.sendall(b"garbage, of course")
            assert b"bad_magic" in read_all(sock)
            sock.close()
            for one in (asking, receiving):
                with pytest.raises(RemoteFrameError, match="bad_magic") as caught:
                    one.result(PATIENCE)
                assert caught.value.frame_code == "bad_magic"
            with pytest.raises(RemoteFrameError):
                client.send(event(1))


def test_garbage_that_never_ends(tmp_path, monkeypatch):
    """An end that reports an error does not wait for ever for the peer to notice."""
    monkeypatch.setattr("symphony_codecs.channels.blocking._engine._LAST_WORDS", 0.05)
    with serving("unix", tmp_path, echo) as (server, _), bare_client(server.url) as sock:
        while True:
            try:
                sock.sendall(bytes(65_536))
            except ConnectionError:
                return


@pytest.mark.parametrize("kind", ["ws", "wss"])
def test_a_web_socket_that_breaks_the_rules(tmp_path, kind):
    """Invalid WebSocket frames are refused like other garbage."""
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        receiving = pool.start(server.receive)
        layer = client._engine._wire.layers._active[-1]
        with client._engine._mutex:
            # A reserved bit is set.
            layer._protocol.writes.append(b"\xf2\x80\x00\x00\x00\x00")
            client._engine._wire.put([])
        client._engine._beat()
        client._engine._stream.flush()
        with pytest.raises(RemoteFrameError, match="syntax"):
            receiving.result(PATIENCE)


def test_text_on_a_web_socket_is_refused(tmp_path):
    """Frames have to be binary messages."""
    with threads() as pool, ends("ws", tmp_path) as (client, server):
        receiving = pool.start(server.receive)
        client._engine._wire.layers._active[-1]._protocol.send_text(b"hello")
        client.send(event(1))
        with pytest.raises(RemoteFrameError, match="bad_magic"):
            receiving.result(PATIENCE)


def test_an_interrupted_reader_loses_nothing(tmp_path, monkeypatch):
    """Ctrl-C while a thread waits does not affect the channel."""
    with ends("unix", tmp_path) as (client, server):

        def interrupt(milliseconds):
            monkeypatch.undo()
            raise KeyboardInterrupt

        monkeypatch.setattr(client._engine._stream, "poll_to_read", interrupt)
        with pytest.raises(KeyboardInterrupt):
            client.receive(timeout=PATIENCE)
        server.send(event(1))
        assert client.receive(timeout=PATIENCE).payload.params[0] == 1


def test_a_reader_that_is_interrupted_within_a_message_ends_the_channel(tmp_path, monkeypatch):
    """Bytes that were partly parsed cannot be parsed again."""
    with ends("unix", tmp_path) as (client, server):

        def interrupt(data):
            raise KeyboardInterrupt

        server.send(event(1))
        monkeypatch.setattr(client._engine.conversation.link, "receive_data", interrupt)
        with pytest.raises(KeyboardInterrupt):
            client.receive(timeout=PATIENCE)
        monkeypatch.undo()
        with pytest.raises(ConnectionLostError, match="interrupted"):
            client.receive()


# Failures to connect


@pytest.mark.parametrize("kind", SOCKETS)
def test_no_format_in_common(tmp_path, kind, caplog):
    """Both ends list the formats of each; neither hangs."""
    called = []
    ours, theirs = (profile_of(kind, formats=formats) for formats in (("json",), ("cbor", "msgpack")))
    with serving(kind, tmp_path, called.append, profile=ours) as (_, dial), pytest.raises(NegotiationError) as caught:
        dial(profile=theirs)
    for text in (str(caught.value), caplog.text):
        assert "json" in text
        assert "cbor" in text
    assert called == []


@pytest.mark.parametrize("kind", ["unix", "tls", "ws", "pair"])
def test_a_shared_key(tmp_path, kind):
    """With the same key, messages pass."""
    with ends(kind, tmp_path, key=SharedKey(b"k" * 31 + b".")) as (client, server):
        client.send(event(1))
        assert server.receive(timeout=PATIENCE).payload.params[0] == 1
        assert client.agreement.authenticated


@pytest.mark.parametrize("kind", SOCKETS)
def test_another_key(tmp_path, kind, caplog):
    """Both ends raise, at the latest with the first message."""
    told = []

    def handler(channel):
        try:
            channel.receive()
        except SymphonyError as error:
            told.append(error)
            raise

    with serving(kind, tmp_path, handler, key=SharedKey(b"k" * 31 + b".")) as (_, dial):
        with pytest.raises(FrameAuthenticationError) as caught:
            ask(dial(key=SharedKey(b"x" * 31 + b".")))
        assert caught.value.frame_code == "unknown_key"
        until(lambda: told or "no connection" in caplog.text)
    assert "kkkk" not in caplog.text + str(caught.value)


def test_only_one_end_has_a_key(tmp_path):
    """The error says which end has no key."""
    with serving("unix", tmp_path, echo) as (_, dial), pytest.raises(NegotiationError, match="client"):
        dial(key=SharedKey(b"k" * 31 + b"."))


def test_a_server_that_never_says_hello(tmp_path):
    """The client times out."""
    with bare_server(tmp_path) as (url, _), pytest.raises(TimedOutError) as caught:
        connect(url, timeout=0.05)
    assert caught.value.message == f"expected a connection to {url} within 0.05 s"


@pytest.mark.parametrize("kind", ["unix", "tls", "ws", "wss"])
def test_a_client_that_never_says_anything(tmp_path, kind, caplog):
    """The server hangs up after its time-out, and goes on."""
    with serving(kind, tmp_path, echo, timeout=0.5) as (server, dial):
        with silent_client(server.url) as sock:
            read_all(sock)
        until(lambda: "in time" in caplog.text)
        with dial() as client:
            assert client.request(call(1, 5), timeout=PATIENCE).payload.result == 5


@pytest.mark.parametrize("kind", ["unix", "tls", "ws", "wss"])
def test_a_server_that_hangs_up_at_once(tmp_path, kind):
    """The connection failed, whichever handshake comes first."""
    family = socket.AF_UNIX if kind == "unix" else socket.AF_INET
    with threads() as pool, socket.socket(family) as listener:
        listener.bind(f"{tmp_path}/s" if kind == "unix" else ("127.0.0.1", 0))
        listener.listen()
        port = 0 if kind == "unix" else listener.getsockname()[1]
        url = f"unix://{tmp_path}/s" if kind == "unix" else f"{kind.replace('tls', 'tcp')}://127.0.0.1:{port}"
        tls = certificates()[1] if kind in {"tls", "wss"} else None
        connecting = pool.start(connect, url, tls=tls)
        listener.accept()[0].close()
        with pytest.raises(IpcConnectionFailedError):
            connecting.result(PATIENCE)


def test_no_server(tmp_path):
    """The connection is refused, the file is missing, or the name is invalid."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for url in (f"tcp://127.0.0.1:{port}", f"ws://127.0.0.1:{port}/", f"unix://{tmp_path}/none"):
        with pytest.raises(IpcConnectionFailedError, match="expected a connection to"):
            connect(url)
    with pytest.raises(IpcConnectionFailedError, match="expected a connection to"):
        connect(f"tcp://{'x' * 64}.invalid:1")


def test_a_full_queue_of_connections(tmp_path):
    """The client waits until there is room in the queue, or its time is up."""
    with bare_server(tmp_path) as (url, listener):
        listener.listen(0)
        with bare_client(url), pytest.raises(TimedOutError):
            connect(url, timeout=0.05)


def test_a_certificate_that_is_not_trusted(tmp_path, caplog):
    """The client raises, and the server gets the reason."""
    for kind in ("tls", "wss"):
        with serving(kind, tmp_path, echo) as (server, _):
            with pytest.raises(IpcAuthenticationFailedError, match="certificate"):
                connect(server.url, tls=ssl.create_default_context())
            until(lambda: "alert" in caplog.text)
            caplog.clear()


def test_tls_at_one_end_only(tmp_path):
    """Whichever end has TLS, its handshake fails."""
    server_tls, client_tls = certificates()
    with serving("tcp", tmp_path, echo) as (server, _), pytest.raises(IpcConnectionFailedError):
        connect(server.url, tls=client_tls)
    with serving("tls", tmp_path, echo) as (server, _), pytest.raises((IpcConnectionFailedError, FrameError)):
        connect(server.url)
    assert isinstance(server_tls, ssl.SSLContext)


def test_tls_that_is_cut_off(tmp_path):
    """An end that TLS did not announce may be an attacker's: the connection is lost, with every framing."""
    lines = profile_of("stdio")
    with ends("tls", tmp_path, profile=lines) as (client, server):
        cut(client)
        with pytest.raises(ConnectionLostError, match="TLS"):
            server.receive(timeout=PATIENCE)


def test_tls_that_is_damaged(tmp_path):
    """A changed byte ends the connection."""
    with ends("tls", tmp_path) as (client, server):
        client._engine._stream.put([[b"\x17\x03\x03\x00\x20" + bytes(32)]])
        client._engine._stream.flush()
        with pytest.raises(ConnectionLostError, match="TLS"):
            server.receive(timeout=PATIENCE)


def ask(channel):
    with channel:
        return channel.request(call(1, 2), timeout=PATIENCE).payload.result


def test_a_certificate_of_the_client():
    """A server may require one; a client without one is refused."""
    (server_tls, _), (_, client_tls) = mutual(), certificates.__wrapped__()
    with serve("tcp://127.0.0.1:0", echo, tls=server_tls) as server:
        with pytest.raises(IpcConnectionFailedError):
            ask(connect(server.url, tls=client_tls))
        show(client_tls, "client")
        assert ask(connect(server.url, tls=client_tls)) == 2


@pytest.mark.parametrize(
    ("url", "options", "error"),
    [
        ("ftp://x", {}, FieldError),
        ("npipe:x", {}, UnsupportedTransportError),
        ("unix:///" + "x" * 200, {}, FieldError),
        ("unix:///x", {"max_queue": 0}, FieldError),
        ("unix:///x", {"profile": profile_of("stdio"), "raw": True}, ConfigError),
        ("unix:///x", {"profile": profile_of("stdio"), "key": SharedKey(b"k" * 31 + b".")}, ConfigError),
        ("unix:///x", {"tls": ssl.create_default_context()}, FieldError),
    ],
)
def test_invalid_arguments_raise_before_anything_is_opened(url, options, error):
    """Wrong arguments are errors of the caller."""
    with pytest.raises(error):
        connect(url, **options)


def test_strangers_on_a_web_socket(tmp_path):
    """A server that does not speak WebSocket, and a page of another origin, are refused with a reason."""
    with serving("ws", tmp_path, echo, origins=["https://good.example"]) as (server, _):
        names = ["symphony.v1.json"]
        with pytest.raises(InvalidStatus, match="403"):
            websockets.sync.client.connect(server.url, subprotocols=names, origin="https://evil.example")
        with websockets.sync.client.connect(server.url, subprotocols=names, origin="https://good.example") as web:
            assert web.subprotocol == "symphony.v1.json"
    with threads() as pool, socket.create_server(("127.0.0.1", 0)) as listener:
        connecting = pool.start(connect, f"ws://127.0.0.1:{listener.getsockname()[1]}/")
        with listener.accept()[0] as sock:
            sock.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nnothing")
            with pytest.raises(IpcConnectionFailedError, match="404: nothing"):
                connecting.result(PATIENCE)


def test_sending_after_the_peer_has_closed(tmp_path):
    """Nothing is sent that the peer would not read."""
    with threads() as pool, ends("unix", tmp_path) as (client, server):
        closing = pool.start(server.close)
        with pytest.raises(ChannelClosedError):
            client.receive(timeout=PATIENCE)
        closing.result(PATIENCE)
        with pytest.raises(ChannelClosedError):
            client.send(event(1))
