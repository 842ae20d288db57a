"""A WebSocket peer that pings and does not read costs a bounded amount; one that reads gets its pongs."""

from __future__ import annotations

import contextlib
import socket
import time
import tracemalloc

import pytest

from symphony_codecs.channels._websocket import WebSocketLayer
from symphony_codecs.channels.endpoint import Endpoint
from symphony_codecs.transports import FormatPolicy
from symphony_types.message.ipc import TransportType
from tests.codecs.channels.strangers import FLAVOURS, served


PROFILE = FormatPolicy.default().profile(TransportType.WEBSOCKET)
ROUNDS = 60
# As many pings as fit into one read, each with the longest payload.
PINGS = 500
PAYLOAD = b"p" * 125
MOST = 1_000_000
PATIENCE = 15.0


def opened(port: int) -> tuple[socket.socket, WebSocketLayer]:
    """Return a client's socket and layer, whose handshake is done."""
    layer = WebSocketLayer(Endpoint.parse(f"ws://127.0.0.1:{port}/"), PROFILE)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", port))
    sock.sendall(b"".join(b"".join(map(bytes, part)) for part in layer.wrap([])))
    while not layer.opened:
        layer.receive(sock.recv(65536))
    return sock, layer


def pings(layer: WebSocketLayer, count: int, payload: bytes) -> bytes:
    for _ in range(count):
        layer._protocol.send_ping(payload)
    return b"".join(layer._protocol.data_to_send())


def flood(port: int) -> None:
    """Ping without reading a byte, until the server reads no more or has read all."""
    sock, layer = opened(port)
    data = pings(layer, PINGS, PAYLOAD)
    sock.settimeout(0.5)
    with sock:
        sock.sendall(data)
        time.sleep(0.2)
        before = tracemalloc.get_traced_memory()[0]
        with contextlib.suppress(TimeoutError):
            for _ in range(ROUNDS):
                sock.sendall(data)
        # the server is still busy with the bytes it has read
        until = time.monotonic() + PATIENCE
        while tracemalloc.get_traced_memory()[0] - before >= MOST and time.monotonic() < until:
            time.sleep(0.05)
        grown.append(tracemalloc.get_traced_memory()[0] - before)


grown: list[int] = []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_peer_that_pings_and_does_not_read(flavour: str):
    """60 times about 500 pings of 125 bytes are 4 MB; their pongs would be as much."""
    grown.clear()
    tracemalloc.start()
    try:
        with served(flavour, "ws://127.0.0.1:0", list) as server:
            flood(Endpoint.parse(server.url).port)
    finally:
        tracemalloc.stop()
    assert grown[0] < MOST


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_peer_that_reads_gets_the_latest_pong(flavour: str):
    """Each single ping is answered; of many that arrive together, at least the last one."""
    with served(flavour, "ws://127.0.0.1:0", list) as server:
        sock, layer = opened(Endpoint.parse(server.url).port)
        with sock:
            sock.settimeout(10)
            got = b""
            for payload in (b"one", b"two"):
                sock.sendall(pings(layer, 1, payload))
                while not got.endswith(payload):
                    got += sock.recv(1000)
            sock.sendall(pings(layer, 50, b"old") + pings(layer, 1, b"new"))
            while not got.endswith(b"new"):
                got += sock.recv(1000)
            assert got.count(b"old") < 50
