"""A peer's text in an exception is short, one line, and harmless to a terminal."""

from __future__ import annotations

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs._peer_text import peer_text
from symphony_codecs.channels._websocket import WebSocketLayer
from symphony_codecs.channels.endpoint import Endpoint
from symphony_codecs.transports import FormatPolicy
from symphony_types.errors import IpcError
from symphony_types.message.ipc import TransportType


EVIL = "\x1b[2J\nroot: all is well \u202e" + "x" * 10_000
PROFILE = FormatPolicy.default().profile(TransportType.WEBSOCKET)


@given(st.text(max_size=300), st.integers(1, 100))
def test_any_text(text: str, longest: int):
    """It is printable and short, and unchanged where it was harmless."""
    shown = peer_text(text, longest)
    assert shown.isprintable()
    assert len(shown) <= longest + 3
    if text.isprintable() and text == " ".join(text.split()) and len(text) <= longest:
        assert shown == text


def test_surrogates_and_long_texts():
    assert peer_text("\ud800") == "\\ud800"
    assert peer_text("x" * 10**6) == "x" * 200 + "..."
    assert peer_text(ValueError("a\tb\r\n c")) == "a b c"


def client() -> WebSocketLayer:
    """Make a client that has sent its request."""
    layer = WebSocketLayer(Endpoint.parse("ws://127.0.0.1:1/"), PROFILE)
    layer.wrap([])
    return layer


def pair() -> tuple[WebSocketLayer, WebSocketLayer]:
    """Make two ends whose handshake is done."""
    server = WebSocketLayer(None, PROFILE)
    here = WebSocketLayer(Endpoint.parse("ws://127.0.0.1:1/"), PROFILE)
    server.receive(b"".join(bytes(part) for buffers in here.wrap([]) for part in buffers))
    here.receive(b"".join(bytes(part) for buffers in server.wrap([]) for part in buffers))
    assert here.opened
    return here, server


def check(error: IpcError) -> None:
    text = str(error)
    assert text.isprintable()
    assert len(text) < 500
    assert "\\x1b" in text


@pytest.mark.parametrize("status", [400, 403, 500])
def test_the_body_of_a_refused_handshake(status: int):
    body = EVIL.encode()
    head = f"HTTP/1.1 {status} No\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with pytest.raises(IpcError) as caught:
        client().receive(head + body)
    check(caught.value)


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 {}",
        "HTTP/1.1 {} No",
        "HTTP/1.1 302 Found\r\nLocation: http://{}/",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: {}",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}",
        "{}",
    ],
)
def test_the_head_of_a_handshake(head: str):
    """The peer's raw text is neither in the error nor in its causes."""
    with pytest.raises(IpcError) as caught:
        client().receive(head.format(EVIL.replace("\n", "")).encode() + b"\r\n\r\n")
    error: BaseException | None = caught.value
    while error is not None:
        assert str(error).isprintable()
        assert len(str(error)) < 500
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_the_reason_of_a_close():
    here, server = pair()
    server._protocol.send_close(1011, EVIL[:60])
    parts = here.receive(b"".join(server._protocol.data_to_send()))
    assert isinstance(parts[-1], IpcError)
    check(parts[-1])
