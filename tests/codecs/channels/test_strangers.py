"""Unknown peers at servers of both flavours, in every framing: each is one log line, and does not disturb others."""

from __future__ import annotations

import time

from contextlib import suppress

import pytest

from websockets.frames import Frame, Opcode

from symphony_codecs.channels import blocking
from symphony_codecs.channels._websocket import WebSocketLayer
from symphony_codecs.channels.endpoint import Endpoint
from symphony_codecs.framing import FrameEncoder
from symphony_codecs.framing.hello import FormatOffer, Hello, HelloLimits
from symphony_codecs.transports import TransportProfile
from symphony_types import FrameFlags, FrameHeader, FrameType, IpcFrame
from tests.codecs.channels.blocking_ends import call, echo, profile_of, url_of
from tests.codecs.channels.strangers import FLAVOURS, calm, plain, read_to_end, served, until
from tests.codecs.framing.formats import format_of


LIMITS = HelloLimits(max_payload=1 << 20, max_message=1 << 24)
HELLO = Hello(versions=(1,), formats=(FormatOffer("json", 1),), limits=LIMITS).to_frame()


def frame(kind: FrameType, payload: bytes = b"", *, stream: int = 0, fmt: int = 1, more: bool = False) -> IpcFrame:
    flags = FrameFlags.MORE_FRAGMENTS if more else FrameFlags(0)
    return IpcFrame(header=FrameHeader(frame_type=kind, format=fmt, stream_id=stream, flags=flags), payload=payload)


def said(*frames: IpcFrame) -> bytes:
    encoder = FrameEncoder()
    return b"".join(bytes(encoder.encode(one)) for one in frames)


def a_hello(payload: bytes) -> bytes:
    return said(frame(FrameType.HELLO, payload))


# Bytes that end the connection at once.
NATIVE = {
    "HTTP": b"POST / HTTP/1.1\r\nHost: x\r\n\r\n{}",
    "text": b"hello\n" * 20,
    "zeros": bytes(1000),
    "a Hello that is nested": a_hello(b"[" * 60_000),
    "a Hello of one long number": a_hello(b'{"versions":[' + b"9" * 60_000 + b"]}"),
    "a Hello with control characters": a_hello(b'{"versions":"\\u001b[2J\\n' + b"x" * 5000 + b'"}'),
    "a Hello without anything": a_hello(b"{}"),
    "a second Hello": said(HELLO, HELLO),
    "no Hello": said(frame(FrameType.HEARTBEAT, fmt=0)),
    "a frame that is too large": said(HELLO, frame(FrameType.EVENT, b"x", stream=1))[:-9] + b"\xff" * 60,
    "too many messages": said(HELLO, *(frame(FrameType.EVENT, stream=n, more=True) for n in range(1, 1100))),
    "an Error": said(HELLO, frame(FrameType.ERROR, b'{"\\u001b[2J":"' + b"y" * 5000 + b'"}')),
}
OTHERS = {
    "json-sequence": {"HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "no RS": b'{"a":1}\n'},
    "msgpack-sequence": {
        "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "the reserved byte": b"\xc1",
        "a length": b"\xdd" + b"\xff" * 8,
    },
    "cbor-sequence": {
        "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "a break": b"\xff",
        "a length": b"\x5b" + b"\xff" * 8,
        "depth": b"\x82" * 5000,
    },
    "newline": {"HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
    "length-prefixed": {"HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "a length": b"\xff" * 8},
    "content-length": {
        "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "headers": b"X: y\r\n" * 2000,
        "one header": b"X: " + b"y" * 10_000,
        "a length": b"Content-Length: " + b"9" * 100 + b"\r\n\r\n",
        "a line of control characters": b"\x1b[2J" * 200 + b"\r\n\r\n",
    },
}
WEB = {
    "no HTTP": b"\x16\x03\x01" + bytes(100) + b"\r\n\r\n",
    "a post": b"POST /ipc HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
    "no upgrade": b"GET /ipc HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long line": b"G" * 100_000,
    "headers": b"GET /ipc HTTP/1.1\r\n" + b"X: y\r\n" * 2000,
    "one header": b"GET /ipc HTTP/1.1\r\nX: " + b"\x1b[2J" * 20_000,
}
CASES = [
    *(pytest.param("native", "unix", data, id=f"native: {name}") for name, data in NATIVE.items()),
    *(pytest.param(f, "unix", data, id=f"{f}: {name}") for f, cases in OTHERS.items() for name, data in cases.items()),
    *(pytest.param("native", "ws", data, id=f"ws: {name}") for name, data in WEB.items()),
]


@pytest.mark.parametrize(("framing", "kind", "data"), CASES)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_bytes_that_end_a_connection(flavour, framing, kind, data, tmp_path, caplog):
    """The log line is short and printable; others are served meanwhile and afterwards."""
    profile = profile_of(kind)
    if framing != "native":
        profile = TransportProfile(framing=framing, formats=(format_of(framing),))
    with (
        calm(caplog) as lines,
        served(flavour, url_of(kind, tmp_path), echo, profile=profile) as server,
        blocking.connect(server.url, profile=profile) as other,
        plain(server.url) as stranger,
    ):
        with suppress(ConnectionError):
            stranger.sendall(data)
        assert other.request(call(1, 5)).payload.result == 5
        read_to_end(stranger)
        stranger.close()
        until(lines)
        assert other.request(call(2, 6)).payload.result == 6
        assert len(lines()) == 1
        assert lines()[0].isprintable()


@pytest.mark.parametrize("kind", ["unix", "ws"])
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_hello_that_comes_byte_by_byte(flavour, kind, tmp_path, caplog):
    """The time-out covers all its bytes."""
    data = said(HELLO) if kind == "unix" else b"GET /ipc HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    with (
        calm(caplog) as lines,
        served(flavour, url_of(kind, tmp_path), echo, timeout=0.2) as server,
        plain(server.url) as stranger,
    ):
        began = time.monotonic()
        with suppress(ConnectionError):
            for byte in data:
                stranger.send(bytes([byte]))
                time.sleep(0.02)
                if lines():
                    break
        assert time.monotonic() - began < 0.02 * len(data)
        read_to_end(stranger)
        until(lambda: len(lines()) == 1)
        until(lambda: not server.channels)


def layers() -> tuple[WebSocketLayer, WebSocketLayer]:
    """Return a client's and a server's layer, whose handshake is done."""
    endpoint = Endpoint.parse("ws://h/ipc")
    client, server = WebSocketLayer(endpoint, profile_of("ws")), WebSocketLayer(None, profile_of("ws"))
    for one, other in ((client, server), (server, client)):
        other.receive(b"".join(bytes(data) for (data,) in one.wrap([])))
    return client, server


def test_pings_are_answered_once_the_peer_reads():
    """A peer that pings and does not read costs the memory of one answer, to its last ping."""
    _, server = layers()
    pings = b"".join(Frame(Opcode.PING, b"%d" % n).serialize(mask=True) for n in range(1000))
    pong = Frame(Opcode.PONG, b"999").serialize(mask=False)
    server.receive(pings)
    assert server.wrap([]) == [[pong]]
    server.congested = True
    for _ in range(3):
        server.receive(pings)
        assert server.wrap([]) == []
    # this end's own bytes are not held back
    assert server.wrap([[b"frame"]]) == [[Frame(Opcode.BINARY, b"frame").serialize(mask=False)]]
    server.congested = False
    server.finish()
    first, close = server.wrap([])
    assert first == [pong]
    assert close[0].startswith(b"\x88")
    assert server.wrap([]) == []
