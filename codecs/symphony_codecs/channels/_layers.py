"""
`Layers`: the protocols between a stream and the frames: TLS, WebSocket, both or none; without I/O.

Both flavours of channels drive the same layers, so they treat handshakes,
certificates and ends alike.  A TLS connection, which two threads must not use
at once, is used under the channel's lock like everything else.
"""

from __future__ import annotations

import ssl

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from typing_extensions import Buffer

from symphony_types.errors import IpcError
from symphony_types.message.ipc import TransportType

from ..codec import Codec
from ..framing.connection import Role
from ..transports.profile import TransportProfile
from ._tls import TlsLayer
from ._websocket import WebSocketLayer
from .endpoint import Endpoint
from .errors import ConnectionLostError


__all__ = ["Layer", "Layers", "Part", "make_layers"]

Part: TypeAlias = bytes | IpcError | None
"""Some bytes, the end (``None``), or the error that the stream ends with."""


class Layer(Protocol):
    """
    A protocol between the stream and the frames, without I/O.

    Attributes:
        opened: Whether its handshake is done.
        blocks: Whether it delivers messages rather than a stream.
        ping_interval: How often to `ping`, in seconds, where the link above
            has no heartbeats; 0 is never.
        codec: The codec that the handshake has chosen; ``None`` where it
            chooses none.
        peer_certificate: The result of `ssl.SSLSocket.getpeercert`; ``None``
            without a certificate.
        awaits_answer: Whether the peer answers `finish`, and then ends the stream.
        congested: The driver sets it while the peer reads more slowly than
            this end sends.
    """

    congested: bool

    @property
    def opened(self) -> bool: ...
    @property
    def blocks(self) -> bool: ...
    @property
    def ping_interval(self) -> float: ...
    @property
    def codec(self) -> Codec | None: ...
    @property
    def peer_certificate(self) -> dict[str, Any] | None: ...
    @property
    def awaits_answer(self) -> bool: ...

    def receive(self, data: Buffer | None) -> list[Part]:
        """
        Take the bytes that the layer below received, ``None`` at its end, and return what this layer unwraps.

        Raises:
            Exception: The handshake failed.
        """
        ...

    def wrap(self, frames: Sequence[list[Buffer]]) -> list[list[Buffer]]:
        """Return the buffers that the layer below has to send for *frames*, and for this layer itself."""
        ...

    def ping(self) -> None:
        """Ask the peer for a sign of life; `wrap` returns the bytes."""

    def finish(self) -> None:
        """Announce that no more will be sent; `wrap` returns the bytes."""


class Layers:
    """
    A stack of layers; each begins when the handshake of the one below is done.

    Args:
        layers: From the lowest to the highest.
    """

    def __init__(self, layers: Iterable[Layer] = ()) -> None:
        self._waiting = deque(layers)
        self._active: list[Layer] = []
        if self._waiting:
            self._begin_next()

    def __bool__(self) -> bool:
        return bool(self._active)

    @property
    def opened(self) -> bool:
        """Whether all handshakes are done."""
        return not self._waiting and all(layer.opened for layer in self._active)

    @property
    def blocks(self) -> bool:
        """Whether the layers deliver messages rather than a stream."""
        return any(layer.blocks for layer in self._active)

    @property
    def ping_interval(self) -> float:
        """How often to `ping`, in seconds; 0 is never."""
        return max((layer.ping_interval for layer in self._active), default=0.0)

    @property
    def codec(self) -> Codec | None:
        """The codec that the handshakes have chosen; ``None`` where they choose none."""
        return next((layer.codec for layer in self._active if layer.codec is not None), None)

    @property
    def peer_certificate(self) -> dict[str, Any] | None:
        """The result of `ssl.SSLSocket.getpeercert`; ``None`` without a certificate."""
        return next((layer.peer_certificate for layer in self._active if layer.peer_certificate is not None), None)

    @property
    def awaits_answer(self) -> bool:
        """Whether the peer answers `finish`, and then ends the stream."""
        return any(layer.awaits_answer for layer in self._active)

    def congest(self, *, on: bool) -> None:
        """Note whether the peer reads too slowly; if so, layers hold back answers that nothing else bounds."""
        for layer in self._active:
            layer.congested = on

    def receive(self, data: Buffer | None) -> list[Part]:
        """
        Take the bytes that were read from the stream, ``None`` at its end, and return what the layers unwrap.

        Raises:
            IpcError: A handshake failed.
            OSError: TLS refuses the peer, or the peer refuses TLS.
        """
        parts: list[Any] = [data]
        for layer in self._active:
            parts = _through(layer, parts)
        while self._waiting and self._active[-1].opened:
            # the same bytes may continue with the next layer
            parts = _through(self._begin_next(), parts)
        if not self.opened:
            for part in parts:
                if isinstance(part, IpcError):
                    raise part
            if data is None:
                raise ConnectionLostError(reason="the peer hung up before the connection was open")
        return parts

    def _begin_next(self) -> Layer:
        self._active.append(self._waiting.popleft())
        return self._active[-1]

    def wrap(self, frames: Sequence[list[Buffer]]) -> Sequence[list[Buffer]]:
        """Return the buffers to send for *frames*, and for the layers themselves."""
        for layer in reversed(self._active):
            frames = layer.wrap(frames)
        return frames

    def ping(self) -> None:
        """Ask the peer for a sign of life; `wrap` returns the bytes."""
        for layer in self._active:
            layer.ping()

    def finish(self) -> list[list[Buffer]]:
        """Announce that no more will be sent, and return the buffers to send for that."""
        sent: list[list[Buffer]] = []
        for layer in reversed(self._active):
            layer.finish()
            sent += self.wrap([])
        return sent


def _through(layer: Layer, parts: list[Any]) -> list[Part]:
    """Return what *layer* unwraps from *parts*; errors of the layer below pass through."""
    made: list[Part] = []
    for part in parts:
        if isinstance(part, IpcError):
            made.append(part)
        else:
            made += layer.receive(part)
    return made


def make_layers(
    endpoint: Endpoint,
    role: Role,
    profile: TransportProfile,
    *,
    tls: ssl.SSLContext | None = None,
    origins: Collection[str] = (),
) -> Layers:
    """
    Return the layers of a new connection to or at *endpoint*.

    Args:
        endpoint: The server's endpoint.
        role: This end's role.
        profile: The formats and the limits of messages.
        tls: The context for TLS; ``None`` is without TLS.
        origins: The web pages whose scripts may connect to a server.

    Raises:
        UnsupportedTransportError: The extra ``websocket`` is missing.
        ValueError: The host is not a name that a certificate could have.
    """
    layers: list[Layer] = []
    if tls is not None:
        layers.append(TlsLayer(tls, endpoint.host if role == "client" else None))
    if endpoint.transport is TransportType.WEBSOCKET:
        layers.append(WebSocketLayer(endpoint if role == "client" else None, profile, origins=origins))
    return Layers(layers)
