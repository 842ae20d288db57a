"""
`WebSocketLayer`: WebSocket without I/O, the protocol of the ``websockets`` library between stream and frames.

Both flavours drive it.  The library's own connections are not used: they
receive into queues of their own, beside the inbox of a channel, and the
blocking ones take a thread for each connection and cannot send with a time-out.
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
# The interval of websockets: proxies drop connections that are silent for half a minute or more.
_PING_INTERVAL: Final = 20.0
# What a frame has beside its payload, or a document beside itself: a header, a checksum, a tag.
_OVERHEAD: Final = 1024
_MAX_BODY_READ: Final = 1000
# A normal end, a peer that goes away, an end without a code: RFC 6455, section 7.4.1.
_NORMAL: Final = 1000
# The first byte of a Pong: RFC 6455, section 5.2.
_PONG: Final = b"\x8a"
_ORDERLY: Final = frozenset({_NORMAL, 1001, 1005})


class _Quiet(logging.LoggerAdapter[logging.Logger]):
    """What the library logs, for those alone who look for faults: what a peer does wrong becomes an error here."""

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        super().log(logging.DEBUG, msg, *args, **kwargs)


class WebSocketLayer:
    """
    One end of a WebSocket.

    Args:
        endpoint: Whom a client wants to reach; ``None`` makes this end the server.
        profile: Which formats, and how long messages may be.
        origins: The web pages whose scripts a server lets in; who is no
            browser says of none, and always may.

    Attributes:
        opened: Whether its handshake is over.
        codec: What the two ends have chosen, once `opened`.
        congested: Whether the peer takes less than it is sent: then pings are
            not answered until it takes more, and only the latest is.
        blocks: What it carries comes in messages rather than as a stream.
        ping_interval: How often to `ping`, in seconds, where what is above
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
        # Any: the two kinds of protocol differ where it is known which one it is
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
        Take what came, ``None`` at the end of it, and return the messages that it completes.

        Last among them is the end of the conversation: ``None``, or the error
        that it ended with.

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
            # Without the library's own error, whose text is as the peer sent it.
            raise _no_handshake(error) from None

    def _take(self, frame: Frame) -> list[bytes | IpcError | None]:
        name = frame.opcode.name
        # Text is taken like binary: whether it may be is for the framing to say.
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
        """Return the bytes to send for *frames*, a message each, and for this layer itself."""
        protocol = self._protocol
        for buffers in frames:
            # once the peer has closed nobody reads what else there is to say
            if self.can_send:
                protocol.send_binary(b"".join(buffers))
        written: list[list[Buffer]] = []
        for data in protocol.data_to_send():
            if data.startswith(_PONG):
                # The latest alone: RFC 6455, section 5.5.3.
                self._pong = data
            elif data:
                # An empty one asks for the end of the stream, which comes anyway when the channel closes.
                written.append([data])
        if self._pong and not self.congested:
            # Before what may be the last frame.
            written.insert(0, [self._pong])
            self._pong = b""
        return written

    @property
    def can_send(self) -> bool:
        """Whether the handshake is over, and neither end has closed."""
        return bool(self._protocol.state.name == "OPEN")

    def ping(self) -> None:
        """Ask the peer for a sign of life; `wrap` has it."""
        if self.can_send:
            self._protocol.send_ping(b"")

    def finish(self) -> None:
        """Say that no more will be sent; `wrap` has it."""
        if self.can_send:
            self._protocol.send_close(_NORMAL)


def _max_size(profile: TransportProfile) -> int:
    """Return how long a message may be: even one with the shortest payloads begins with a Hello."""
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

    # Any web page may have its visitor's browser connect to any address that the browser reaches.
    known = [None, *(Origin(origin) for origin in origins)]
    return ServerProtocol(origins=known, select_subprotocol=choose, max_size=_max_size(profile), logger=_Quiet(_log))


def _no_handshake(error: Exception) -> IpcError:
    """Return what a handshake that failed is for the caller."""
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
    """Return what the failure of the library's parser is for the channel."""
    if isinstance(error, EOFError):
        return ConnectionLostError(reason="the peer hung up without closing the WebSocket")
    if type(error).__name__ == "PayloadTooBig":
        return RemoteFrameError("too_large", peer_text(error))
    return RemoteFrameError("syntax", peer_text(error))
