"""`Wire`: the interface of an engine to the transport that carries its bytes."""

from __future__ import annotations

from typing import Protocol

from typing_extensions import Buffer


__all__ = ["Wire"]


class Wire(Protocol):
    """
    The transport that carries an engine's bytes.

    Attributes:
        linger: How long closing in good order may take, in seconds, before
            the wire is aborted.
        heartbeat: How often to `ping`, in seconds, where the link has no
            heartbeats; 0 is never.
    """

    linger: float
    heartbeat: float

    def write(self, frames: list[list[Buffer]]) -> None:
        """Send *frames*, each a list of buffers."""

    def write_eof(self) -> bool:
        """Announce that no more will be sent, and go on reading; return false if the transport cannot announce it."""
        ...

    def ping(self) -> None:
        """Ask the peer for a sign of life."""

    def pause_reading(self) -> None:
        """Stop reading."""

    def resume_reading(self) -> None:
        """Read again."""

    def close(self) -> None:
        """Send the queued frames, then end; notify the engine by `lost`."""

    def abort(self) -> None:
        """End at once; notify the engine by `lost`."""
