"""`Wire`: a stream and what lies over it before there are frames: TLS, WebSocket, both or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from typing_extensions import Buffer

from symphony_types.errors import TimedOutError

from .._layers import Layers, Part
from ._deadline import Deadline
from ._streams import READ, WRITE, Stream


__all__ = ["Wire"]


# So many buffers wait to be written before pings are left unanswered.
_CONGESTED: Final = 256


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
        self.early: list[Part] = []
        self._layers = Layers()

    @property
    def layers(self) -> Layers:
        """What lies over the stream."""
        return self._layers

    @property
    def blocks(self) -> bool:
        """Whether what comes is messages rather than a stream."""
        return self._layers.blocks

    @property
    def ping_interval(self) -> float:
        """How often to `ping`, in seconds; 0 is never."""
        return self._layers.ping_interval

    def put(self, frames: Sequence[list[Buffer]]) -> None:
        """Queue *frames*, and what the layers themselves have to say."""
        layers, stream = self._layers, self.stream
        if layers:
            layers.congest(on=len(stream.queue) > _CONGESTED)
        stream.put(layers.wrap(frames))

    def unwrap(self, data: bytes | None) -> list[Part]:
        """Return what *data*, read from the stream, says; ``None`` is the end, and so is an error."""
        return self._layers.receive(data)

    def ping(self) -> None:
        """Queue what asks the peer for a sign of life."""
        self._layers.ping()
        self.put([])

    def finish(self) -> None:
        """Queue what says that no more will be sent."""
        self.stream.put(self._layers.finish())

    @property
    def is_layered(self) -> bool:
        """Whether there are layers, which have words of their own for the end; else the end of the stream says it."""
        return bool(self._layers)

    def open(self, layers: Layers, deadline: Deadline) -> None:
        """
        Put *layers* over the stream, and do their handshakes.

        Raises:
            TimedOutError: They were not over in time.
            ConnectionLostError: The peer ended the connection.
            OSError: The connection broke, or TLS refuses the peer.
            IpcError: What a layer refuses.
        """
        self._layers = layers
        try:
            self._shake_hands(deadline)
        except Exception:
            self._last_words()
            raise

    def _shake_hands(self, deadline: Deadline) -> None:
        self.put([])
        self._flush(deadline)
        while not self._layers.opened:
            self.early += self.unwrap(self._read(deadline))
            self.put([])
            self._flush(deadline)

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
