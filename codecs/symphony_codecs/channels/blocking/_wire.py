"""`Wire`: a stream and the layers between it and the frames: TLS, WebSocket, both or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from typing_extensions import Buffer

from symphony_types.errors import TimedOutError

from .._layers import Layers, Part
from ._deadline import Deadline
from ._streams import READ, WRITE, Stream


__all__ = ["Wire"]


# With more buffers than this waiting to be written, pings are not answered.
_CONGESTED: Final = 256


class Wire:
    """
    A stream under any number of layers.

    Args:
        stream: The stream, which this wire takes over.

    Attributes:
        stream: The stream; callers wait, read and flush there.
        early: The channel's bytes that arrived together with the end of the
            last handshake.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.early: list[Part] = []
        self._layers = Layers()

    @property
    def layers(self) -> Layers:
        """The layers over the stream."""
        return self._layers

    @property
    def blocks(self) -> bool:
        """Whether the layers deliver messages rather than a stream."""
        return self._layers.blocks

    @property
    def ping_interval(self) -> float:
        """How often to `ping`, in seconds; 0 is never."""
        return self._layers.ping_interval

    def put(self, frames: Sequence[list[Buffer]]) -> None:
        """Queue *frames*, and the bytes of the layers themselves."""
        layers, stream = self._layers, self.stream
        if layers:
            layers.congest(on=len(stream.queue) > _CONGESTED)
        stream.put(layers.wrap(frames))

    def unwrap(self, data: bytes | None) -> list[Part]:
        """Return what the layers unwrap from *data*, read from the stream; ``None`` is the end of the stream."""
        return self._layers.receive(data)

    def ping(self) -> None:
        """Queue a ping, which asks the peer for a sign of life."""
        self._layers.ping()
        self.put([])

    def finish(self) -> None:
        """Queue the announcement that no more will be sent."""
        self.stream.put(self._layers.finish())

    @property
    def is_layered(self) -> bool:
        """Whether there are layers, which announce the end themselves; otherwise the end of the stream announces it."""
        return bool(self._layers)

    def open(self, layers: Layers, deadline: Deadline) -> None:
        """
        Put *layers* over the stream, and do their handshakes.

        Raises:
            TimedOutError: They were not done in time.
            ConnectionLostError: The peer ended the connection.
            OSError: The connection broke, or TLS refuses the peer.
            IpcError: A layer's handshake failed.
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
        """Send the reason why the handshake failed, if the layer has a message for it."""
        try:
            self.put([])
            self.stream.flush()
        except Exception:  # noqa: BLE001, S110 - the first failure is the one that counts
            pass
