"""What a `FrameConnection` is: which end, and how far."""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias


__all__ = ["ConnectionState", "Role"]

Role: TypeAlias = Literal["client", "server"]
"""Who connected, and who was connected to; the server's preferences count."""


class ConnectionState(Enum):
    """
    Where a `FrameConnection` is.

    ``NEW``: nothing is said.  ``OPENING``: our Hello is; the peer's, or its
    proof that it has the key, is not there.  ``OPEN``: messages may go, until each end has said Shutdown.
    ``FAILED``: an end has given up, this one for `FrameConnection.error` or,
    where that is ``None``, the peer.
    """

    NEW = "new"
    OPENING = "opening"
    OPEN = "open"
    FAILED = "failed"
