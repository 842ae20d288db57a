"""`WebSocketWire`: an engine's frames as binary messages of a WebSocket."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import Buffer

from symphony_types.errors import IpcError

from ...codec import Codec
from .._websocket import WebSocketLayer
from ._stream import Owner, StreamWire, write_frames


__all__ = ["WebSocketWire"]


class WebSocketWire(StreamWire):
    """
    A WebSocket.

    Args:
        owner: Who is told of its beginning, once the handshake is done, and of its end.
        layer: What is said over the socket.
    """

    def __init__(self, owner: Owner, layer: WebSocketLayer) -> None:
        super().__init__(owner)
        self._layer = layer
        self._failure: IpcError | None = None
        self.heartbeat = layer.ping_interval

    @property
    def codec(self) -> Codec | None:
        """What both ends agreed on in the handshake."""
        return self._layer.codec

    # What asyncio calls

    def _begin(self) -> None:
        # a client's request; a server has nothing to say yet
        self._send([])

    def data_received(self, data: bytes) -> None:
        self._receive(data)

    def eof_received(self) -> bool:
        self._receive(None)
        return super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(self._failure or exc)

    def _receive(self, data: bytes | None) -> None:
        if self._failure is not None:
            return
        try:
            parts = self._layer.receive(data)
        except IpcError as error:
            self._failure = error
            self._send([])
            super().close()
            return
        self._send([])
        if self._engine is None and self._layer.opened:
            super()._begin()
        engine = self._engine
        if engine is None:
            return
        if data is not None:
            # whatever it is: a pong completes no message
            engine.heard()
        for part in parts:
            if isinstance(part, bytes):
                engine.feed_block(part)
            elif part is None:
                engine.feed_eof()
                super().close()
            else:
                engine.fail(part)

    def _send(self, frames: Sequence[list[Buffer]]) -> None:
        write_frames(self.transport, self._layer.wrap(frames))

    # What the engine calls

    def write(self, frames: list[list[Buffer]]) -> int:
        total = sum(memoryview(buffer).nbytes for buffers in frames for buffer in buffers)
        self._send(frames)
        return total

    def write_eof(self) -> bool:
        if not self._layer.can_send:
            return super().write_eof()
        self._layer.finish()
        self._send([])
        return True

    def ping(self) -> None:
        self._layer.ping()
        self._send([])

    def close(self) -> None:
        """Say so, and end once the peer has answered; the engine's patience is limited."""
        if self._layer.can_send:
            self.write_eof()
        else:
            super().close()
