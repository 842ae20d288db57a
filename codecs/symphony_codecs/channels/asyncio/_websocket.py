"""
WebSockets: `WebSocketWire`, an engine's frames as binary messages of a WebSocket.

The protocol is the sans-IO half of the ``websockets`` library.
"""

from __future__ import annotations

import logging

from collections.abc import Collection
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, cast

from typing_extensions import Buffer

from symphony_types.errors import IpcConnectionFailedError, IpcError

from ...framing.errors import FrameError, NegotiationError
from ...transports.profile import TransportProfile
from ...transports.websocket import choose_subprotocol, offered_subprotocols
from ..endpoint import Endpoint
from ..errors import UnsupportedTransportError
from ._stream import Owner, StreamWire


if TYPE_CHECKING:
    from websockets.client import ClientProtocol
    from websockets.frames import Frame
    from websockets.server import ServerProtocol
    from websockets.typing import Origin, Subprotocol


__all__ = ["WebSocketWire", "client_protocol", "require_websockets", "server_protocol"]

_log: Final = logging.getLogger("symphony_codecs.channels")

# RFC 6455, section 7.4.1: a normal end.
_NORMAL: Final = 1000
# A header with its extension, a checksum and a tag, around the payload.
_FRAME_OVERHEAD: Final = 256 + 4 + 32
_MAX_BODY_SHOWN: Final = 200


def require_websockets() -> None:
    """
    See whether the library is there.

    Raises:
        UnsupportedTransportError: It is not.
    """
    if find_spec("websockets") is None:
        reason = "WebSockets need the extra websocket: pip install 'symphony-types[websocket]'"
        raise UnsupportedTransportError(reason=reason)


def client_protocol(endpoint: Endpoint, profile: TransportProfile) -> ClientProtocol:
    """Return the protocol of a client of *endpoint*, which offers a subprotocol for each format of *profile*."""
    from websockets.client import ClientProtocol
    from websockets.uri import parse_uri

    query = f"?{endpoint.query}" if endpoint.query else ""
    return ClientProtocol(
        parse_uri(endpoint.url + query),
        subprotocols=cast("list[Subprotocol]", list(offered_subprotocols(profile))),
        max_size=_max_size(profile),
        logger=_log,
    )


def server_protocol(profile: TransportProfile, origins: Collection[str]) -> ServerProtocol:
    """
    Return the protocol of a server, which chooses among the formats of *profile*.

    Args:
        profile: What the server speaks.
        origins: The web pages that may connect; who is no browser sends no
            origin, and always may.
    """
    from websockets.exceptions import NegotiationError as HandshakeError
    from websockets.server import ServerProtocol

    def select(protocol: ServerProtocol, offered: Any) -> Subprotocol:  # noqa: ARG001 - the library's signature
        try:
            return cast("Subprotocol", choose_subprotocol(offered, profile))
        except NegotiationError as exc:
            raise HandshakeError(exc.message) from exc

    return ServerProtocol(
        # Any web page may have its visitor's browser connect to any address that the browser reaches.
        origins=[None, *(cast("Origin", origin) for origin in origins)],
        select_subprotocol=select,
        max_size=_max_size(profile),
        logger=_log,
    )


def _max_size(profile: TransportProfile) -> int:
    return profile.max_payload + _FRAME_OVERHEAD


class WebSocketWire(StreamWire):
    """
    A WebSocket.

    Args:
        owner: Who is told of its beginning, once the handshake is done, and of its end.
        protocol: The library's half.
    """

    heartbeat = 20.0

    def __init__(self, owner: Owner, protocol: ClientProtocol | ServerProtocol) -> None:
        super().__init__(owner)
        self._protocol = protocol
        self._partial = bytearray()
        self._failure: Exception | None = None

    @property
    def subprotocol(self) -> str | None:
        """What both ends agreed on in the handshake."""
        return self._protocol.subprotocol

    def _begin(self) -> None:
        from websockets.client import ClientProtocol

        if isinstance(self._protocol, ClientProtocol):
            self._protocol.send_request(self._protocol.connect())
            self._send()

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        self._handle_events()
        self._send()

    def eof_received(self) -> bool:
        self._protocol.receive_eof()
        self._handle_events()
        self._send()
        return super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(self._failure or exc)

    def _handle_events(self) -> None:
        from websockets.frames import Frame
        from websockets.server import ServerProtocol

        protocol = self._protocol
        for event in protocol.events_received():
            if isinstance(event, Frame):
                self._handle_frame(event)
            elif isinstance(protocol, ServerProtocol):
                protocol.send_response(protocol.accept(cast("Any", event)))
                self._send()
                if protocol.handshake_exc is None:
                    self._shake_hands()
            elif protocol.handshake_exc is None:
                self._shake_hands()
        if protocol.handshake_exc is not None and self._failure is None:
            self._give_up(_refused(protocol.handshake_exc))

    def _shake_hands(self) -> None:
        try:
            super()._begin()
        except FrameError as error:
            # the subprotocol is not one that this end speaks
            self._give_up(error)

    def _give_up(self, failure: Exception) -> None:
        self._failure = failure
        super().close()

    def _handle_frame(self, frame: Frame) -> None:
        engine = self._engine
        if engine is None:
            return
        engine.heard()
        opcode = frame.opcode
        if opcode in {frame.opcode.CONT, frame.opcode.TEXT, frame.opcode.BINARY}:
            # Text is fed like binary, and refused: it begins no frame.
            if not frame.fin:
                self._partial += frame.data
            elif self._partial:
                block = bytes(self._partial + frame.data)
                self._partial.clear()
                engine.feed_block(block)
            else:
                engine.feed_block(frame.data)
        elif opcode is frame.opcode.CLOSE:
            engine.feed_eof()
            super().close()

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self.transport.write(data)
            elif not super().write_eof():
                super().close()

    # What the engine calls

    def write(self, frames: list[list[Buffer]]) -> int:
        total = 0
        for buffers in frames:
            block = b"".join(buffers)
            total += len(block)
            if self._is_open():
                self._protocol.send_binary(block)
        self._send()
        return total

    def write_eof(self) -> bool:
        if self._is_open():
            self._protocol.send_close(_NORMAL)
            self._send()
        return True

    def ping(self) -> None:
        if self._is_open():
            self._protocol.send_ping(b"")
            self._send()

    def close(self) -> None:
        """Say so, and end once the peer has answered; the engine's patience is limited."""
        if self._is_open():
            self.write_eof()
        else:
            super().close()

    def _is_open(self) -> bool:
        return self._protocol.state.name == "OPEN"


def _refused(error: Exception) -> IpcError:
    """Return what a failed handshake is for the caller."""
    from websockets.exceptions import InvalidStatus

    if not isinstance(error, InvalidStatus):
        failed: IpcError = IpcConnectionFailedError(reason=f"expected a WebSocket handshake, got: {error}")
    else:
        response = error.response
        body = bytes(response.body or b"").decode("utf-8", "replace").strip()[:_MAX_BODY_SHOWN]
        text = f"HTTP {response.status_code}" + (f": {body}" if body else "")
        if response.status_code == 400:
            failed = NegotiationError("no_agreement", f"expected the server to accept the handshake, got {text}")
        else:
            failed = IpcConnectionFailedError(reason=f"expected the server to accept the handshake, got {text}")
    failed.__cause__ = error
    return failed
