"""
`Wire`: a stream and what lies over it before there are frames: TLS, WebSocket, both or nothing.

A `Layer` is a protocol without I/O, so that time-outs, waking and threads are
the same for all of them, and a TLS connection, which no two threads may use at
once, is used under the channel's lock like everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from typing_extensions import Buffer

from symphony_types.errors import IpcError, TimedOutError

from ..errors import ConnectionLostError
from ._deadline import Deadline
from ._streams import READ, WRITE, Stream


__all__ = ["Layer", "Wire"]


class Layer(Protocol):
    """
    A protocol between the stream and the frames, without I/O.

    Attributes:
        opened: Whether its handshake is over.
        blocks: Whether what it carries comes in messages rather than as a stream.
        ping_interval: How often to `ping`, in seconds, where what is above
            has no heartbeats; 0 is never.
    """

    @property
    def opened(self) -> bool: ...
    @property
    def blocks(self) -> bool: ...
    @property
    def ping_interval(self) -> float: ...

    def receive(self, data: bytes | None) -> list[bytes | IpcError | None]:
        """
        Take what the layer below received, and return what that says.

        ``None`` is the end, of what goes in and of what comes out; an end that
        is no good one is the error to tell.

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


class Wire:
    """
    A stream under any number of layers.

    Args:
        stream: The stream; it becomes this wire's own.

    Attributes:
        stream: The stream: waiting, reading and flushing are done there.
        early: What came behind the last handshake, and is the channel's.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.early: list[bytes | IpcError | None] = []
        self._layers: list[Layer] = []

    @property
    def blocks(self) -> bool:
        """Whether what comes is messages rather than a stream."""
        return any(layer.blocks for layer in self._layers)

    @property
    def ping_interval(self) -> float:
        """How often to `ping`, in seconds; 0 is never."""
        return max((layer.ping_interval for layer in self._layers), default=0.0)

    def put(self, frames: Sequence[list[Buffer]]) -> None:
        """Queue *frames*, and what the layers themselves have to say."""
        for layer in reversed(self._layers):
            frames = layer.wrap(frames)
        self.stream.put(frames)

    def unwrap(self, data: bytes | None) -> list[bytes | IpcError | None]:
        """Return what *data*, read from the stream, says; ``None`` is the end, and so is an error."""
        parts: list[bytes | IpcError | None] = [data]
        for layer in self._layers:
            parts = _through(layer, parts)
        return parts

    def ping(self) -> None:
        """Queue what asks the peer for a sign of life."""
        for layer in self._layers:
            layer.ping()
        self.put([])

    def finish(self) -> None:
        """Queue what says that no more will be sent."""
        for layer in reversed(self._layers):
            layer.finish()
            self.put([])

    @property
    def is_layered(self) -> bool:
        """Whether there are layers, which have words of their own for the end; else the end of the stream says it."""
        return bool(self._layers)

    def add(self, layer: Layer, deadline: Deadline) -> None:
        """
        Put *layer* on top, its handshake done.

        Raises:
            TimedOutError: It was not over in time.
            ConnectionLostError: The peer ended the connection.
            OSError: The connection broke.
            IpcError: What the layer refuses.
        """
        self._layers.append(layer)
        try:
            self._shake_hands(layer, deadline)
        except Exception:
            self._last_words()
            raise

    def _shake_hands(self, layer: Layer, deadline: Deadline) -> None:
        # The peer may have gone on with this layer in the same breath as it finished with the one below.
        self.early = _through(layer, self.early)
        self.put([])
        self._flush(deadline)
        while not layer.opened:
            # the layer below may have come to no good end in the same breath
            for part in self.early:
                if isinstance(part, IpcError):
                    raise part
            data = self._read(deadline)
            self.early += self.unwrap(data)
            self.put([])
            self._flush(deadline)
            if data is None and not layer.opened:
                raise ConnectionLostError(reason="the peer hung up before the connection was open")

    def _read(self, deadline: Deadline) -> bytes | None:
        while True:
            if not self.stream.wait(READ, deadline.remaining()) and deadline.expired:
                raise TimedOutError("expected the peer's part of the handshake in time, got none")
            try:
                return self.stream.read()
            except BlockingIOError:
                continue

    def _flush(self, deadline: Deadline) -> None:
        while not self.stream.flush():
            if not self.stream.wait(WRITE, deadline.remaining()) and deadline.expired:
                raise TimedOutError("expected the peer to take the handshake in time")

    def _last_words(self) -> None:
        """Send why the handshake failed, where the layer has words for it."""
        try:
            self.put([])
            self.stream.flush()
        except Exception:  # noqa: BLE001, S110 - the first failure is the one that counts
            pass


def _through(layer: Layer, parts: list[bytes | IpcError | None]) -> list[bytes | IpcError | None]:
    """Return what *layer* makes of *parts*; the layer below it that failed leaves it nothing to say."""
    made: list[bytes | IpcError | None] = []
    for part in parts:
        if isinstance(part, IpcError):
            made.append(part)
        else:
            made += layer.receive(part)
    return made
