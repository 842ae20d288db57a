"""`open_engine`: opens an engine, ready for messages, over a connected stream."""

from __future__ import annotations

from typing import TypeVar

from .._setup import Setup
from ._deadline import Deadline
from ._engine import Engine
from ._streams import Stream
from ._wire import Wire


__all__ = ["open_engine"]

M = TypeVar("M")


def open_engine(stream: Stream, setup: Setup[M], deadline: Deadline) -> Engine[M]:
    """
    Do all handshakes over *stream*, which is closed if one of them fails.

    Raises:
        OSError: The connection broke, or TLS refuses the peer.
        TimedOutError: The handshakes took too long.
        IpcError: A handshake failed.
    """
    wire = Wire(stream)
    try:
        wire.open(setup.layers(), deadline)
        engine = Engine(wire, setup.conversation(wire.layers.codec))
    except BaseException:
        stream.interrupt()
        stream.close()
        raise
    try:
        engine.start(deadline)
        engine.open(deadline)
    except BaseException:
        engine.abort()
        raise
    return engine
