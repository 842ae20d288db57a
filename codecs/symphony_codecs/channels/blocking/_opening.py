"""`open_engine`: from a connected stream to an engine on which messages can be sent."""

from __future__ import annotations

import ssl

from collections.abc import Collection
from typing import TypeVar

from ...framing.connection import Role
from ...transports.profile import TransportProfile
from .._layers import make_layers
from .._options import ChannelOptions
from ..endpoint import Endpoint
from ._deadline import Deadline
from ._engine import Engine
from ._streams import Stream
from ._wire import Wire


__all__ = ["open_engine"]

M = TypeVar("M")


def open_engine(
    stream: Stream,
    endpoint: Endpoint,
    role: Role,
    deadline: Deadline,
    *,
    options: ChannelOptions[M],
    profile: TransportProfile,
    tls: ssl.SSLContext | None = None,
    origins: Collection[str] = (),
) -> Engine[M]:
    """
    Do all handshakes over *stream*, which is closed if one of them fails.

    Raises:
        OSError: The connection broke, or TLS refuses the peer.
        TimedOutError: It took too long.
        IpcError: The two ends do not come together.
    """
    wire = Wire(stream)
    try:
        wire.open(make_layers(endpoint, role, profile, tls=tls, origins=origins), deadline)
        engine = Engine(wire, options.conversation(profile, role, codec=wire.layers.codec))
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
