"""`pair`: two channels that lead to each other, in one process."""

from __future__ import annotations

import socket

from types import TracebackType
from typing import Generic, NamedTuple, Self, Unpack

from typing_extensions import TypeForm, TypeVar

from symphony_types.message.ipc import TransportType

from .._options import DEFAULT_MESSAGE, Message, Settings, takes
from .._setup import Setup
from ..endpoint import Endpoint
from ..options import PairOptions
from ._deadline import Deadline
from ._engine import Engine
from ._streams import SocketStream
from ._wire import Wire
from .channel import Channel


__all__ = ["pair"]

M = TypeVar("M", default=Message)

_SECONDS = 10.0


class Pair(NamedTuple, Generic[M]):
    """Two channels that lead to each other; a context manager, which closes both."""

    one: Channel[M]
    other: Channel[M]

    def close(self) -> None:
        """Close both at the same time, since each waits for the other."""
        for channel in self:
            channel._engine.begin_close()  # noqa: SLF001 - of this package
        for channel in self:
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


@takes(PairOptions)
def pair(as_type: TypeForm[M] = DEFAULT_MESSAGE, **options: Unpack[PairOptions]) -> Pair[M]:
    """
    Return two channels that lead to each other: for tests, and for parts of one process.

    They work like other channels, over a pair of sockets.  Close each, or both
    by a ``with`` statement::

        with pair() as (one, other):
            ...

    Args:
        as_type: The type of messages.
        **options: See `PairOptions`; they are for both ends.

    Raises:
        FieldError: An argument has a wrong type or value.
        ConfigError: The profile does not support these arguments.
    """
    settings: Settings[M] = Settings(as_type=as_type, **options)
    memory = Endpoint(transport=TransportType.IN_PROCESS)
    setups = [Setup.of(memory, "client", settings), Setup.of(memory, "server", settings)]
    deadline = Deadline(_SECONDS)
    engines = [
        Engine(Wire(SocketStream(sock)), setup.conversation())
        for sock, setup in zip(socket.socketpair(), setups, strict=True)
    ]
    try:
        # Both ends send their Hello first: the two Hellos fit into the sockets' buffers, so nobody has to read yet.
        for engine in engines:
            engine.start(deadline)
        for engine in engines:
            engine.open(deadline)
    except BaseException:
        for engine in engines:
            engine.abort()
        raise
    one, other = map(Channel, engines, setups)
    return Pair(one, other)
