"""
`Layers`: the protocols between a stream and the frames: TLS, WebSocket, both or none; without I/O.

Both flavours of channels drive the same layers, so handshakes, certificates
and ends are alike, and a TLS connection, which no two threads may use at once,
is used under a channel's lock like everything else.
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
"""Some bytes; the end; or the error that the stream ends with."""


class Layer(Protocol):
    """
    A protocol between the stream and the frames, without I/O.

    Attributes:
        opened: Whether its handshake is over.
        blocks: Whether what it carries comes in messages rather than as a stream.
        ping_interval: How often to `ping`, in seconds, where what is above
            has no heartbeats; 0 is never.
        codec: What the handshake has chosen; ``None`` where it chooses none.
        peer_certificate: What `ssl.SSLSocket.getpeercert` gives; ``None``
            without a certificate.
        awaits_answer: Whether the peer answers `finish`, and then ends the stream.
        congested: Whether the peer takes less than it is sent; to be set.
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
        Take what the layer below received, ``None`` at its end, and return what that says.

        Raises:
            Exception: The handshake failed.
        """
        ...

    def wrap(self, frames: Sequence[list[Buffer]]) -> list[list[Buffer]]:
        """Return what the layer below has to send for *frames*, and for this layer itself."""
        ...

    def ping(self) -> None:
        """Ask the peer for a sign of life; `wrap` has it."""

    def finish(self) -> None:
        """Say that no more will be sent; `wrap` has it."""


class Layers:
    """
    Layers, one on top of the other; each begins when the handshake of the one below is done.

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
        """Whether all handshakes are over."""
        return not self._waiting and all(layer.opened for layer in self._active)

    @property
    def blocks(self) -> bool:
        """Whether what comes is messages rather than a stream."""
        return any(layer.blocks for layer in self._active)

    @property
    def ping_interval(self) -> float:
        """How often to `ping`, in seconds; 0 is never."""
        return max((layer.ping_interval for layer in self._active), default=0.0)

    @property
    def codec(self) -> Codec | None:
        """What the handshakes have chosen; ``None`` where they choose none."""
        return next((layer.codec for layer in self._active if layer.codec is not None), None)

    @property
    def peer_certificate(self) -> dict[str, Any] | None:
        """What `ssl.SSLSocket.getpeercert` gives; ``None`` without a certificate."""
        return next((layer.peer_certificate for layer in self._active if layer.peer_certificate is not None), None)

    @property
    def awaits_answer(self) -> bool:
        """Whether the peer answers `finish`, and then ends the stream."""
        return any(layer.awaits_answer for layer in self._active)

    def congest(self, *, on: bool) -> None:
        """Note whether the peer takes less than it is sent: it gets no answers then that nothing else bounds."""
        for layer in self._active:
            layer.congested = on

    def receive(self, data: Buffer | None) -> list[Part]:
        """
        Take what was read from the stream, ``None`` at its end, and return what that says.

        Raises:
            IpcError: A handshake failed.
            OSError: TLS refuses the peer, or is refused.
        """
        parts: list[Any] = [data]
        for layer in self._active:
            parts = _through(layer, parts)
        while self._waiting and self._active[-1].opened:
            # the peer may have gone on with the next layer in the same breath
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
        """Return what is to be sent for *frames*, and for the layers themselves."""
        for layer in reversed(self._active):
            frames = layer.wrap(frames)
        return frames

    def ping(self) -> None:
        """Ask the peer for a sign of life; `wrap` has it."""
        for layer in self._active:
            layer.ping()

    def finish(self) -> list[list[Buffer]]:
        """Say that no more will be sent, and return what is to be sent for it."""
        sent: list[list[Buffer]] = []
        for layer in reversed(self._active):
            layer.finish()
            sent += self.wrap([])
        return sent


def _through(layer: Layer, parts: list[Any]) -> list[Part]:
    """Return what *layer* makes of *parts*; the layer below it that failed leaves it nothing to say."""
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
        endpoint: Where the connection leads.
        role: Which end this is.
        profile: Which formats, and how long messages may be.
        tls: The context for TLS; ``None`` is without.
        origins: The web pages whose scripts a server lets in.

    Raises:
        UnsupportedTransportError: The extra ``websocket`` is missing.
        ValueError: The host is no name that TLS could look for.
    """
    layers: list[Layer] = []
    if tls is not None:
        layers.append(TlsLayer(tls, endpoint.host if role == "client" else None))
    if endpoint.transport is TransportType.WEBSOCKET:
        layers.append(WebSocketLayer(endpoint if role == "client" else None, profile, origins=origins))
    return Layers(layers)
