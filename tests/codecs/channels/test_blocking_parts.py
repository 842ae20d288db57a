"""The parts of blocking channels."""

from __future__ import annotations

import gc
import os
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest

from symphony_codecs.channels._layers import Layers
from symphony_codecs.channels._tls import TlsLayer
from symphony_codecs.channels._websocket import WebSocketLayer
from symphony_codecs.channels.blocking._deadline import Deadline
from symphony_codecs.channels.blocking._streams import READ, WRITE, PipeStream, SocketStream
from symphony_codecs.channels.blocking._waiters import ThreadWaiter
from symphony_codecs.channels.blocking._wheel import Wheel
from symphony_codecs.channels.blocking._wire import Wire
from symphony_codecs.channels.endpoint import Endpoint
from symphony_codecs.channels.errors import ConnectionLostError
from symphony_codecs.framing.errors import RemoteFrameError
from symphony_types.errors import TimedOutError
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    PATIENCE,
    profile_of,
    tidy,
    until,
)
from tests.codecs.channels.certificates import certificates


pytestmark = pytest.mark.usefixtures("tidy")


# Deadlines


@pytest.mark.parametrize("timeout", [None, float("inf")])
def test_a_deadline_that_never_comes(timeout):
    """The wait is not limited."""
    assert Deadline(timeout).remaining() is None
    assert not Deadline(timeout).expired


@pytest.mark.parametrize("timeout", [0, -1, -float("inf")])
def test_a_deadline_that_is_now(timeout):
    """No time remains, and the remaining time is never negative."""
    assert Deadline(timeout).remaining() == 0
    assert Deadline(timeout).expired


def test_a_deadline_passes():
    """The remaining time decreases; a wait of years is split into days."""
    deadline = Deadline(0.02)
    assert 0 < deadline.remaining() <= 0.02
    assert not deadline.expired
    time.sleep(0.02)
    assert (deadline.remaining(), deadline.expired) == (0, True)
    assert Deadline(1e12).remaining() == 86_400
    assert not Deadline(1e12).expired


# Waiters


def test_a_waiter_wakes_a_thread_that_sleeps_or_is_about_to():
    """A wake before the sleep ends it; a wake without a sleeping thread does nothing."""
    waiter = ThreadWaiter()
    waiter.wake()
    waiter.arm()
    waiter.wake()
    waiter.wake()
    waiter.sleep(None)
    waiter.arm()
    before = time.monotonic()
    waiter.sleep(0.01)
    assert time.monotonic() - before >= 0.009


# Streams


def test_a_stream_writes_all_buffers_in_order(monkeypatch):
    """It does so for partial writes, for many buffers, and for each type of buffer."""
    one, other = socket.socketpair()
    stream = SocketStream(one)
    taken = []

    def take_little(buffers):
        taken.append(len(buffers))
        return one.send(b"".join(buffers)[:777])

    monkeypatch.setattr(stream, "_send", take_little)
    small = [bytes([n % 256]) * 3 for n in range(2000)]
    large = [memoryview(bytes(10_000)), bytearray(5_000), memoryview(b"ab" * 3).cast("H")]
    stream.put([small, large])
    assert stream.queue
    received = b""
    while not stream.flush() or len(received) < 21_006:
        received += other.recv(65_536)
    assert received == b"".join(small) + bytes(15_000) + b"ab" * 3
    assert max(taken) <= 1024
    assert not stream.queue
    stream.close()
    other.close()


def test_a_stream_that_is_full():
    """`flush` returns false, continues when there is room, and loses nothing."""
    one, other = socket.socketpair()
    stream = SocketStream(one)
    payload = os.urandom(3_000_000)
    stream.put([[payload]])
    assert not stream.flush()
    assert stream.wait(WRITE, 0) == 0
    assert stream.wait(READ | WRITE, 0) == 0
    other.sendall(b"x")
    assert stream.wait(READ | WRITE, PATIENCE) == READ
    received = bytearray()
    while len(received) < len(payload):
        received += other.recv(65_536)
        stream.flush()
    assert received == payload
    stream.close()
    other.close()


@pytest.mark.parametrize("kind", ["socket", "pipes"])
def test_a_stream_that_is_interrupted(kind):
    """Waiting threads wake up; later reads and writes find the end."""
    kept = []
    if kind == "socket":
        one, other = socket.socketpair()
        stream = SocketStream(one)
        kept.append(other.close)
    else:
        (reader, far_writer), (far_reader, writer) = os.pipe(), os.pipe()
        stream = PipeStream(reader, writer)
        kept += [lambda: os.close(far_writer), lambda: os.close(far_reader)]
    with pytest.raises(BlockingIOError):
        # After `wait`, this does not block, even if the descriptor would.
        raise BlockingIOError if not stream.wait(READ, 0) else AssertionError
    woken = []
    thread = threading.Thread(target=lambda: woken.append(stream.wait(READ, PATIENCE)))
    thread.start()
    stream.interrupt()
    thread.join(PATIENCE)
    assert woken == [READ]
    assert stream.wait(READ | WRITE, 0) == READ | WRITE
    assert stream.read() is None
    stream.put([[b"x"]])
    with pytest.raises(BrokenPipeError):
        stream.flush()
    stream.close()
    stream.close()
    for close in kept:
        close()


def test_a_pipe_whose_writing_side_is_closed():
    """The peer reads the end; nothing is written to a descriptor that may have been reused."""
    (reader, far_writer), (far_reader, writer) = os.pipe(), os.pipe()
    stream = PipeStream(reader, writer)
    stream.put([[b"last"]])
    assert stream.flush()
    stream.close_write()
    somebody_else = os.open(os.devnull, os.O_WRONLY)
    stream.put([[b"more"]])
    with pytest.raises(BrokenPipeError):
        stream.flush()
    assert os.read(far_reader, 10) == b"last"
    assert os.read(far_reader, 10) == b""
    os.write(far_writer, b"x")
    assert (stream.wait(READ, PATIENCE), stream.read()) == (READ, b"x")
    stream.close()
    for descriptor in (far_reader, far_writer, somebody_else):
        os.close(descriptor)


def test_unread_bytes_do_not_reset_the_connection():
    """The peer reads the last bytes sent to it, although its own were not read."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as peer:
        stream = SocketStream(listener.accept()[0])
        peer.sendall(b"x" * 100_000)
        stream.put([[b"last words"]])
        stream.flush()
        until(lambda: stream.wait(READ, 0))
        stream.close()
        assert peer.recv(100) == b"last words"
        assert peer.recv(100) == b""


# The wheel


class Heart:
    """An object with a method to call."""

    def __init__(self):
        self.beats = threading.Semaphore(0)

    def beat(self):
        self.beats.release()

    def beats_on(self):
        """Return whether its method is called within a moment."""
        while self.beats.acquire(blocking=False):
            pass
        return self.beats.acquire(timeout=0.01)


class Failing:
    """An object whose method fails."""

    def beat(self):
        raise RuntimeError


def test_one_thread_turns_the_wheel():
    """It serves any number of objects and intervals, and runs while there is one left."""
    turning, hearts = Wheel(), [Heart() for _ in range(6)]
    before = threading.active_count()
    beats = [turning.start(0.001 * (n % 3 + 1), heart.beat) for n, heart in enumerate(hearts)]
    slow = turning.start(PATIENCE, hearts[0].beat)
    assert threading.active_count() == before + 1
    for _ in range(3):
        assert all(heart.beats.acquire(timeout=PATIENCE) for heart in hearts)
    turning.stop(beats[0])
    turning.stop(beats[0])
    until(lambda: not hearts[0].beats_on())
    assert all(heart.beats.acquire(timeout=PATIENCE) for heart in hearts[1:])
    for beat in (slow, *beats):
        turning.stop(beat)
    until(lambda: threading.active_count() == before)
    again = turning.start(0.001, hearts[0].beat)
    assert hearts[0].beats.acquire(timeout=PATIENCE)
    turning.stop(again)


def test_the_wheel_stops_with_the_last_object():
    """The thread does not keep alive an object without other references."""
    turning, heart, before = Wheel(), Heart(), threading.active_count()
    beats = heart.beats
    turning.start(0.001, heart.beat)
    assert beats.acquire(timeout=PATIENCE)
    del heart
    gc.collect()
    until(lambda: threading.active_count() == before)


def test_a_method_that_fails_does_not_affect_others(caplog):
    """The failure is logged once."""
    turning, heart, failing = Wheel(), Heart(), Failing()
    turning.start(0.001, failing.beat)
    beat = turning.start(0.001, heart.beat)
    for _ in range(5):
        assert heart.beats.acquire(timeout=PATIENCE)
    turning.stop(beat)
    assert caplog.text.count("no more signs of life") == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child process by fork")
def test_the_wheel_turns_in_a_child_process():
    """It serves the child's own channels, not its parent's, at whatever point the process was forked."""
    text = (
        "import os, sys, time\n"
        "from symphony_codecs.channels.blocking._wheel import wheel\n"
        "class Heart:\n"
        "    def __init__(self): self.beats = 0\n"
        "    def beat(self): self.beats += 1\n"
        "def wait(heart):\n"
        "    while heart.beats < 3: time.sleep(0.001)\n"
        "mine, other = Heart(), Heart()\n"
        "wheel.start(0.001, mine.beat)\n"
        "wait(mine)\n"
        "with wheel._changed: child = os.fork()\n"
        "if not child:\n"
        "    mine.beats = 0\n"
        "    wheel.start(0.001, other.beat)\n"
        "    wait(other)\n"
        "    os._exit(mine.beats)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
    )
    subprocess.run([sys.executable, "-c", text], check=True, timeout=PATIENCE)


# Layers


def shaken_hands():
    """Return the two ends of a TLS connection whose handshake is done."""
    server_context, client_context = certificates()
    client, server = TlsLayer(client_context, "localhost"), TlsLayer(server_context, None)
    while not (client.opened and server.opened):
        for one, other in ((client, server), (server, client)):
            for buffers in one.wrap([]):
                assert other.receive(buffers[0]) == []
    return client, server


def wire_bytes(layer, *frames):
    return b"".join(b"".join(buffers) for buffers in layer.wrap([[frame] for frame in frames]))


def test_tls_in_pieces_of_any_size():
    """The bytes pass unchanged, and the end is reported once."""
    client, server = shaken_hands()
    data = wire_bytes(client, b"one", b"x" * 40_000, b"three")
    got = [part for n in range(len(data)) for part in server.receive(data[n : n + 1])]
    assert b"".join(got) == b"one" + b"x" * 40_000 + b"three"
    client.finish()
    client.finish()
    assert server.receive(wire_bytes(client, b"behind the end")) == [None]
    assert server.receive(None) == []
    assert server.receive(b"whatever") == []


@pytest.mark.parametrize("cut", [True, False])
def test_tls_that_breaks(cut):
    """The connection is lost, and later writes are dropped."""
    client, server = shaken_hands()
    before, data = wire_bytes(client, b"before"), wire_bytes(client, b"message")
    damaged = data[:-1] + bytes([data[-1] ^ 1])
    (*got, lost) = server.receive(None if cut else before + damaged)
    # Bytes before the damage are received.
    assert got == ([] if cut else [b"before"])
    with pytest.raises(ConnectionLostError, match="cut off" if cut else "failed"):
        raise lost
    server.wrap([[b"one"], [b"two"]])
    assert wire_bytes(server, b"three") == b""


def web_sockets(**server):
    """Return the two ends of a WebSocket whose handshake is done."""
    profile = profile_of("ws")
    endpoint = Endpoint.parse("ws://localhost:1/path?token=secret")
    one, other = WebSocketLayer(endpoint, profile), WebSocketLayer(None, profile, **server)
    assert b"GET /path?token=secret HTTP/1.1\r\n" in (request := wire_bytes(one))
    assert other.receive(request) == []
    assert one.receive(wire_bytes(other)) == []
    assert one.codec is other.codec is not None
    return one, other


def test_a_web_socket_in_pieces_of_any_size():
    """Messages stay whole, pings are answered, and the end is reported once."""
    client, server = web_sockets()
    client.ping()
    data = wire_bytes(client, b"one", b"x" * 70_000, b"")
    got = [part for n in range(len(data)) for part in server.receive(data[n : n + 1])]
    assert got == [b"one", b"x" * 70_000, b""]
    pong = wire_bytes(server)
    assert pong == b"\x8a\x00"
    assert client.receive(pong) == []
    client.finish()
    client.finish()
    assert server.receive(wire_bytes(client, b"behind the end")) == [None]
    assert server.receive(None) == []
    server.ping()
    assert client.receive(wire_bytes(server)) == [None]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        # a message of 2 MiB, a Close frame with code 1011, a continuation without a start, the end
        (b"\x82\x7f\x00\x00\x00\x00\x00\x20\x00\x00", (RemoteFrameError, "too_large")),
        (b"\x88\x02\x03\xf3", (ConnectionLostError, "1011")),
        (b"\x80\x00", (RemoteFrameError, "syntax")),
        (None, (ConnectionLostError, "without closing")),
    ],
)
def test_a_web_socket_that_breaks(data, error):
    """The error is reported once."""
    client, _ = web_sockets()
    got = client.receive(data if data is None else b"\x82\x03one" + data)
    # Messages before the error are received.
    assert got[:-1] == ([] if data is None else [b"one"])
    with pytest.raises(error[0], match=error[1]):
        raise got[-1]
    assert client.receive(b"\x82\x00") == []


def test_a_handshake_with_a_peer_that_does_not_read():
    """The handshake also times out if the peer does not read."""

    class Loud:
        opened = False
        blocks = False
        ping_interval = 0.0

        def wrap(self, frames):
            return [[bytes(1_000_000)]]

    one, other = socket.socketpair()
    stream = SocketStream(one)
    with pytest.raises(TimedOutError, match="take the handshake"):
        Wire(stream).open(Layers([Loud()]), Deadline(0.01))
    stream.close()
    other.close()


def test_a_certificate_for_a_name():
    """The client checks the certificate for the host of the URL."""
    _, client_context = certificates()
    client, server = TlsLayer(client_context, "other.example"), TlsLayer(certificates()[0], None)
    server.receive(wire_bytes(client))
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        client.receive(wire_bytes(server))


def test_a_wire_without_layers():
    """It passes the stream's bytes unchanged."""
    one, other = socket.socketpair()
    wire = Wire(SocketStream(one))
    assert (wire.blocks, wire.ping_interval, wire.is_layered) == (False, 0, False)
    wire.ping()
    wire.finish()
    assert not wire.stream.queue
    assert list(wire.unwrap(b"x")) == [b"x"]
    wire.stream.close()
    other.close()
