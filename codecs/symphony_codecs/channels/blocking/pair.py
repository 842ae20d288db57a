"""`pair`: two channels that lead to each other, in one process."""

from __future__ import annotations

import socket

from types import TracebackType
from typing import Generic, NamedTuple, Self

from typing_extensions import TypeForm, TypeVar

from symphony_types.message.ipc import TransportType

from ...codec import Codec
from ...framing.auth import SharedKey
from ...framing.connection import Role
from ...transports.profile import TransportProfile
from .._options import DEFAULT_MESSAGE, ChannelOptions, Message
from ._deadline import Deadline
from ._engine import Engine
from ._streams import SocketStream
from ._wire import Wire
from .channel import Channel


__all__ = ["pair"]

M = TypeVar("M", default=Message)

_URL = "memory:"
_SECONDS = 10.0


class Pair(NamedTuple, Generic[M]):
    """Two channels that lead to each other; a context manager, which closes both."""

    one: Channel[M]
    other: Channel[M]

    def close(self) -> None:
        """Close both, at once: each waits for the other."""
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


def pair(
    as_type: TypeForm[M] = DEFAULT_MESSAGE,
    *,
    profile: TransportProfile | None = None,
    codec: Codec | None = None,
    key: SharedKey | None = None,
    max_queue: int = 64,
) -> Pair[M]:
    """
    Return two channels that lead to each other: for tests, and for parts of one process.

    They do all that others do, over a pair of sockets.  Close each, or both
    by a ``with`` statement::

        with pair() as (one, other):
            ...

    Args:
        as_type: The type of messages.
        profile: What both use; by default the one for in-process transport.
        codec: As in `connect`, for both.
        key: The key that both share, to authenticate each frame.
        max_queue: How many messages wait to be received, at each end.

    Raises:
        FieldError: An argument is not what it should be.
        ConfigError: The profile cannot do what is asked for.
    """
    options: ChannelOptions[M] = ChannelOptions(
        as_type=as_type, profile=profile, codec=codec, key=key, max_queue=max_queue
    )
    chosen = options.profile_for(TransportType.IN_PROCESS)
    roles: tuple[Role, Role] = ("client", "server")
    conversations = [options.conversation(chosen, role) for role in roles]
    deadline = Deadline(_SECONDS)
    engines = [
        Engine(Wire(SocketStream(sock)), conversation)
        for sock, conversation in zip(socket.socketpair(), conversations, strict=True)
    ]
    try:
        # Both first say Hello: the two Hellos fit into the sockets, whoever reads.
        for engine in engines:
            engine.start(deadline)
        for engine in engines:
            engine.open(deadline)
    except BaseException:
        for engine in engines:
            engine.abort()
        raise
    one, other = (Channel(engine, url=_URL, transport=TransportType.IN_PROCESS, profile=chosen) for engine in engines)
    return Pair(one, other)
