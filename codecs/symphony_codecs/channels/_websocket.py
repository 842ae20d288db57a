"""
`WebSocketLayer`: WebSocket without I/O, by the protocol classes of the ``websockets`` library.

Both flavours drive it.  The library's own connections are not used: they
receive into queues of their own, in addition to a channel's inbox, and the
blocking ones need a thread for each connection and cannot send with a time-out.
"""

from __future__ import annotations

import logging

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import Buffer

from symphony_types.errors import IpcConnectionFailedError, IpcError

from .._peer_text import peer_text
from ..framing._limits import MAX_HELLO
from ..framing.errors import NegotiationError, RemoteFrameError
from ..transports.profile import TransportProfile
from ..transports.websocket import choose_subprotocol, codec_of_subprotocol, offered_subprotocols
from .endpoint import Endpoint
from .errors import ConnectionLostError, UnsupportedTransportError


if TYPE_CHECKING:
    from websockets.client import ClientProtocol
    from websockets.frames import Frame
    from websockets.server import ServerProtocol

    from ..codec import Codec

__all__ = ["WebSocketLayer"]

_log: Final = logging.getLogger("symphony_codecs.channels.websocket")
# The interval that websockets uses: proxies drop connections that are silent for half a minute or more.
_PING_INTERVAL: Final = 20.0
# Room for a frame's header, checksum and tag, or for a document's framing.
_OVERHEAD: Final = 1024
_MAX_BODY_READ: Final = 1000
# "Normal closure", "going away", and no status code: RFC 6455, section 7.4.1.
_NORMAL: Final = 1000
# The first byte of a Pong: RFC 6455, section 5.2.
_PONG: Final = b"\x8a"
_ORDERLY: Final = frozenset({_NORMAL, 1001, 1005})


class _Quiet(logging.LoggerAdapter[logging.Logger]):
    """Logs all of the library's lines at level DEBUG: faults of a peer become errors of the channel anyway."""

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        super().log(logging.DEBUG, msg, *args, **kwargs)


class WebSocketLayer:
    """
    One end of a WebSocket.

    Args:
        endpoint: The server, for a client; ``None`` makes this end the server.
        profile: The formats and the limits of messages.
        origins: The web pages whose scripts may connect to a server; programs
            other than browsers send no origin, and always may.

    Attributes:
        opened: Whether its handshake is done.
        codec: The codec that the two ends have chosen, once `opened`.
        congested: Whether the peer reads more slowly than this end sends:
            pings are not answered then; later the last one is.
        blocks: True: it delivers messages rather than a stream.
        ping_interval: How often to `ping`, in seconds, where the link above
            has no heartbeats.

    Raises:
        UnsupportedTransportError: The extra ``websocket`` is missing.
    """

    blocks = True
    peer_certificate = None
    ping_interval = _PING_INTERVAL

    def __init__(self, endpoint: Endpoint | None, profile: TransportProfile, *, origins: Collection[str] = ()) -> None:
        self.opened = False
        self.codec: Codec | None = None
        self.congested = False
        self._pong = b""
        self._message: bytearray | None = None
        self._ended = False
        # Any: client and server protocols differ, and each is used only where the role is known
        self._protocol: Any
        try:
            self._protocol = _server(profile, origins) if endpoint is None else _client(endpoint, profile)
        except ImportError as error:
            reason = "WebSockets need the extra websocket: pip install 'symphony-types[websocket]'"
            raise UnsupportedTransportError(reason=reason) from error

    @property
    def awaits_answer(self) -> bool:
        """Whether the peer answers `finish`, and then ends the stream."""
        return self.can_send

    def receive(self, data: Buffer | None) -> list[bytes | IpcError | None]:
        """
        Take bytes of the stream, ``None`` at its end, and return the messages that they complete.

        The last item may be the end of the conversation: ``None``, or the
        error that it ended with.

        Raises:
            IpcError: The handshake failed.
        """
        protocol = self._protocol
        if self._ended:
            return []
        if data is None:
            protocol.receive_eof()
        else:
            protocol.receive_data(bytes(data))
        parts: list[bytes | IpcError | None] = []
        for event in protocol.events_received():
            if self.opened:
                parts += self._take(event)
            else:
                self._shake(event)
        if not self.opened:
            self._check()
        elif protocol.parser_exc is not None and not self._ended:
            self._ended = True
            parts.append(_broken(protocol.parser_exc))
        return parts

    def _shake(self, event: Any) -> None:
        if self._protocol.side.name == "SERVER":
            self._protocol.send_response(self._protocol.accept(event))
        self._check()
        self.codec = codec_of_subprotocol(self._protocol.subprotocol)
        self.opened = True

    def _check(self) -> None:
        error = self._protocol.handshake_exc
        if error is not None:
            # Without the library's own error, which quotes the peer's text unescaped.
            raise _no_handshake(error) from None

    def _take(self, frame: Frame) -> list[bytes | IpcError | None]:
        name = frame.opcode.name
        # Text is treated like binary: the framing decides whether it is allowed.
        if name in {"TEXT", "BINARY"} and frame.fin:
            return [bytes(frame.data)]
        if name in {"TEXT", "BINARY"}:
            self._message = bytearray(frame.data)
        elif name == "CONT":
            assert self._message is not None
            self._message += frame.data
            if frame.fin:
                whole, self._message = bytes(self._message), None
                return [whole]
        elif name == "CLOSE":
            self._ended = True
            close = self._protocol.close_rcvd
            if close.code not in _ORDERLY:
                return [ConnectionLostError(reason=f"the peer closed the WebSocket: {peer_text(close)}")]
            return [None]
        return []

    def wrap(self, frames: Sequence[list[Buffer]]) -> list[list[Buffer]]:
        """Return the buffers to send for *frames*, each one message, and for this layer itself."""
        protocol = self._protocol
        for buffers in frames:
            # once the peer has closed, it reads no more messages
            if self.can_send:
                protocol.send_binary(b"".join(buffers))
        written: list[list[Buffer]] = []
        for data in protocol.data_to_send():
            if data.startswith(_PONG):
                # Only the last Pong is sent: RFC 6455, section 5.5.3.
                self._pong = data
            elif data:
                # Empty data asks to end the stream, which the channel does anyway when it closes.
                written.append([data])
        if self._pong and not self.congested:
            # First, since another of them may be the Close frame.
            written.insert(0, [self._pong])
            self._pong = b""
        return written

    @property
    def can_send(self) -> bool:
        """Whether the handshake is over, and neither end has closed."""
        return bool(self._protocol.state.name == "OPEN")

    def ping(self) -> None:
        """Ask the peer for a sign of life; `wrap` returns the bytes."""
        if self.can_send:
            self._protocol.send_ping(b"")

    def finish(self) -> None:
        """Announce that no more will be sent; `wrap` returns the bytes."""
        if self.can_send:
            self._protocol.send_close(_NORMAL)


def _max_size(profile: TransportProfile) -> int:
    """Return the size limit of messages, which a Hello has to fit into even if payloads are limited to less."""
    largest = max(profile.max_payload, MAX_HELLO) if profile.framing == "native" else profile.max_message
    return largest + _OVERHEAD


def _client(endpoint: Endpoint, profile: TransportProfile) -> ClientProtocol:
    from websockets.client import ClientProtocol
    from websockets.typing import Subprotocol
    from websockets.uri import parse_uri

    url = f"{endpoint.url}?{endpoint.query}" if endpoint.query else endpoint.url
    offered = [Subprotocol(name) for name in offered_subprotocols(profile)]
    protocol = ClientProtocol(parse_uri(url), subprotocols=offered, max_size=_max_size(profile), logger=_Quiet(_log))
    protocol.send_request(protocol.connect())
    return protocol


def _server(profile: TransportProfile, origins: Collection[str]) -> ServerProtocol:
    from websockets.exceptions import NegotiationError as Refusal
    from websockets.server import ServerProtocol
    from websockets.typing import Origin, Subprotocol

    def choose(_: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol:
        try:
            return Subprotocol(choose_subprotocol(offered, profile))
        except NegotiationError as error:
            raise Refusal(error.message) from error

    # Any web page can make its visitor's browser connect to any address that the browser reaches.
    known = [None, *(Origin(origin) for origin in origins)]
    return ServerProtocol(origins=known, select_subprotocol=choose, max_size=_max_size(profile), logger=_Quiet(_log))


def _no_handshake(error: Exception) -> IpcError:
    """Return the error to raise for a failed handshake."""
    if isinstance(error.__cause__, NegotiationError):
        return error.__cause__
    response = getattr(error, "response", None)
    if response is None:
        return IpcConnectionFailedError(reason=f"expected a WebSocket handshake, got: {peer_text(error)}")
    body = peer_text(bytes(response.body or b"")[:_MAX_BODY_READ].decode("utf-8", "replace"))
    said = f"HTTP {response.status_code}" + (f": {body}" if body else "")
    if response.status_code == 400:
        return NegotiationError("no_agreement", f"expected the server to accept the handshake, got {said}")
    return IpcConnectionFailedError(reason=f"expected the server to accept the handshake, got {said}")


def _broken(error: Exception) -> IpcError:
    """Return the channel's error for an error of the library's parser."""
    if isinstance(error, EOFError):
        return ConnectionLostError(reason="the peer hung up without closing the WebSocket")
    if type(error).__name__ == "PayloadTooBig":
        return RemoteFrameError("too_large", peer_text(error))
    return RemoteFrameError("syntax", peer_text(error))
