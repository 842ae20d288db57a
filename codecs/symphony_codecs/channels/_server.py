"""`BaseServer`: what the servers of both flavours have in common."""

from __future__ import annotations

import abc
import math

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from ._admission import Admission
from ._conversation import Conversation
from ._idle import IdleWatch, idle_limit
from ._server_log import ServerLog
from ._setup import Setup
from .unix import UnixSocketFile


__all__ = ["BaseServer"]

M = TypeVar("M")
C = TypeVar("C")
H = TypeVar("H")
A = TypeVar("A")


class BaseServer(abc.ABC, Generic[M, C, H, A]):
    """
    The connections of one address.

    Args:
        setup: The endpoint and the settings of its channels.
        handler: Called with each channel; ``None`` if there is *answer*.
        answer: Called with each message; ``None`` if there is *handler*.
    """

    def __init__(self, setup: Setup[M], handler: H | None, answer: A | None) -> None:
        self._setup = setup
        self._handler = handler
        self._answer = answer
        self._admission = Admission(setup.settings)
        self._log = ServerLog(setup.endpoint)
        self._file: UnixSocketFile | None = None
        self._closing = False

    @property
    def url(self) -> str:
        """The URL of the server, with the actual port."""
        return self._setup.endpoint.url

    @property
    @abc.abstractmethod
    def channels(self) -> frozenset[C]:
        """The channels whose handlers are running."""

    @property
    def is_serving(self) -> bool:
        """Whether it has not been closed."""
        return not self._closing

    @abc.abstractmethod
    def serve_forever(self) -> Awaitable[None] | None:
        """Wait until the server is closed; over standard input and output, until its only conversation has ended."""

    @abc.abstractmethod
    def close(self, *, timeout: float = 5.0) -> Awaitable[None] | None:
        """
        Stop listening, close all channels in good order, and wait until their handlers have returned.

        Args:
            timeout: How long to wait for peers and handlers, in seconds;
                after that connections are aborted.  Handlers are cancelled
                then; threads cannot be, so a thread whose handler goes on is
                left running.
        """

    def __repr__(self) -> str:
        state = f"serving {len(self.channels)} channels" if self.is_serving else "closed"
        return f"<Server {self.url} {state}>"

    def _bound(self, port: int) -> None:
        """Note the *port* that the system has chosen."""
        self._setup = self._setup.at_port(port)
        self._log = ServerLog(self._setup.endpoint)

    def _idle_watch(self, conversation: Conversation[Any], is_answering: Callable[[], bool] | None) -> IdleWatch | None:
        """Return the watch for an idle connection; ``None`` if it may be idle for ever."""
        limit = idle_limit(self._setup.settings.max_idle, conversation, self._setup.endpoint.transport)
        return None if limit == math.inf else IdleWatch(conversation, limit, is_answering)
