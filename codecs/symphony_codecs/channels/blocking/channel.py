"""`Channel`: messages to and from one peer."""

from __future__ import annotations

import subprocess

from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self

from typing_extensions import TypeVar

from .._channel import BaseChannel
from .._options import Message
from ..errors import ChannelClosedError
from ._child import end_process
from ._deadline import Deadline
from ._engine import Engine
from .pending_answer import PendingAnswer


__all__ = ["Channel"]

M = TypeVar("M", default=Message)


class Channel(BaseChannel[M, subprocess.Popen[bytes], Engine[M]], Generic[M]):
    """
    Messages to and from one peer.

    `connect`, `spawn` and `pair` make channels, and servers pass them to their
    handlers.  Any number of threads may use a channel at once.  It is a
    context manager, which closes it, and an iterable of the received
    messages.  The iteration ends when either end closes the channel in good
    order, and otherwise raises the errors of `receive`.

    A channel has no thread of its own that reads: the threads that wait in
    `receive` or `request`, or that wait to `send`, read the bytes.  While no
    thread waits, the channel does not notice that the peer has disconnected.
    """

    def send(self, message: M, *, timeout: float | None = None) -> None:
        self._engine.send(message, timeout)

    def receive(self, *, timeout: float | None = None) -> M:
        return self._engine.receive(timeout)

    def request(self, message: M, *, timeout: float | None = 30.0) -> M:
        return self._engine.request(message, timeout)

    def submit(self, message: M, *, timeout: float | None = 30.0) -> PendingAnswer[M]:
        """
        Send *message* and return at once; wait for its answer later.

        One thread can keep many requests under way::

            answers = [channel.submit(message) for message in messages]
            for answer in answers:
                handle(answer.result())

        Like `send`, it waits while the peer reads more slowly than this end
        sends, and reads meanwhile, including answers.

        Args:
            message: The request.
            timeout: How long the peer may take to read and answer it, in
                seconds, from now on, whether or not a thread waits; ``None``
                is for ever.

        Raises:
            TimedOutError: The peer did not read it in time; see `send`.
            Exception: All other errors as in `request`; an error that occurs
                later is raised by `PendingAnswer.result`.
        """
        return PendingAnswer(self._engine, self._engine.submit(message, timeout), timeout)

    def close(self, *, timeout: float = 5.0) -> None:
        deadline = Deadline(timeout)
        self._engine.close(timeout)
        if self._process is not None:
            end_process(self._process, deadline)

    @property
    def pending(self) -> int:
        return self._engine.pending

    def __iter__(self) -> Iterator[M]:
        while True:
            try:
                message = self._engine.receive(None)
            except ChannelClosedError:
                return
            yield message

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
