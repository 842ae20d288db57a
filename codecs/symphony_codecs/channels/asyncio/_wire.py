"""`Wire`: what an engine needs of the thing that carries its bytes."""

from __future__ import annotations

from typing import Protocol

from typing_extensions import Buffer


__all__ = ["Wire"]


class Wire(Protocol):
    """
    What carries an engine's bytes.

    Attributes:
        linger: How long it may take to end in good order, in seconds, before
            it is cut off.
        heartbeat: How often to `ping`, in seconds, where the link has no
            heartbeats; 0 is never.
    """

    linger: float
    heartbeat: float

    def write(self, frames: list[list[Buffer]]) -> None:
        """Send *frames*, each a list of buffers."""

    def write_eof(self) -> bool:
        """Say that no more will be sent, and go on reading; false where that cannot be said."""
        ...

    def ping(self) -> None:
        """Ask the peer for a sign of life."""

    def pause_reading(self) -> None:
        """Take no more from the peer for now."""

    def resume_reading(self) -> None:
        """Take more from the peer again."""

    def close(self) -> None:
        """Send what is still to be sent, then end; `lost` then notifies the engine."""

    def abort(self) -> None:
        """End at once; `lost` then notifies the engine."""
