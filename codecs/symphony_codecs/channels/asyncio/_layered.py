"""`LayeredWire`: a socket under TLS, a WebSocket, or both."""

from __future__ import annotations

import ssl

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from typing_extensions import Buffer

from symphony_types.errors import IpcError

from ...codec import Codec
from .._layers import Layers
from .._setup import Setup
from ._stream import Owner, StreamWire, write_frames


__all__ = ["LayeredWire", "wire_factory"]


class LayeredWire(StreamWire):
    """
    A socket, and the protocols between it and the frames.

    asyncio's own TLS is not used: handshakes under way cannot be counted with
    it, and it logs faults of unknown peers as errors of the program.

    Args:
        owner: Notified when the connection is made, when its handshakes are
            done, and when it ends.
        make_layers: Makes the layers, once the owner has admitted the wire.
    """

    layered = True

    def __init__(self, owner: Owner, make_layers: Callable[[], Layers]) -> None:
        super().__init__(owner)
        self._make_layers = make_layers
        self._layers = Layers()
        self._failure: Exception | None = None

    @property
    def codec(self) -> Codec | None:
        """The codec that both ends agreed on in the handshake."""
        return self._layers.codec

    @property
    def peer_certificate(self) -> dict[str, Any] | None:
        """The contents of the peer's certificate."""
        return self._layers.peer_certificate

    # Called by asyncio

    def _begin(self) -> None:
        try:
            self._layers = self._make_layers()
        except (IpcError, OSError, ValueError) as error:
            # ValueError: the host is not a name that a certificate could have
            self._fail(error)
        else:
            # a client's first bytes; a server has none yet
            self._send([])

    def data_received(self, data: memoryview) -> None:
        self._receive(bytes(data))

    def eof_received(self) -> bool:
        self._receive(None)
        return super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(self._failure or exc)

    def pause_writing(self) -> None:
        self._layers.congest(on=True)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._layers.congest(on=False)
        self._send([])
        super().resume_writing()

    def _receive(self, data: bytes | None) -> None:
        if self._failure is not None:
            return
        try:
            parts = self._layers.receive(data)
        except (IpcError, ssl.SSLError) as error:
            self._fail(error)
            return
        self._send([])
        if self._engine is None and self._layers.opened:
            self.heartbeat = self._layers.ping_interval
            super()._begin()
        engine = self._engine
        if engine is None:
            return
        if data is not None:
            # any bytes count: a pong is a sign of life, but not a message
            engine.heard()
        feed = engine.feed_block if self._layers.blocks else engine.feed
        for part in parts:
            if isinstance(part, bytes):
                feed(part)
            elif part is None:
                engine.feed_eof()
                self._end()
            else:
                engine.fail(part)

    def _fail(self, error: Exception) -> None:
        """Close before the connection is open; the peer learns why if a layer can report it."""
        self._failure = error
        self._send([])
        super().close()

    def _send(self, frames: Sequence[list[Buffer]]) -> None:
        write_frames(self.transport, list(self._layers.wrap(frames)))

    # Called by the engine

    def write(self, frames: list[list[Buffer]]) -> None:
        self._send(frames)

    def write_eof(self) -> bool:
        write_frames(self.transport, self._layers.finish())
        return True

    def ping(self) -> None:
        self._layers.ping()
        self._send([])

    def close(self) -> None:
        """Announce the end; close once the peer has answered, if the layer has an answer.  The engine bounds this."""
        if self._layers.awaits_answer:
            self.write_eof()
        else:
            self._end()

    def _end(self) -> None:
        self.write_eof()
        super().close()


def wire_factory(owner: Owner, setup: Setup[Any]) -> Callable[[], StreamWire]:
    """
    Return a factory for the wires of *owner*.

    Raises:
        UnsupportedTransportError: The extra ``websocket`` is missing.
        ValueError: The host is not a name that a certificate could have.
    """
    return partial(LayeredWire, owner, setup.layers) if setup.layers() else partial(StreamWire, owner)
