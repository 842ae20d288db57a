"""
`ReconnectStrategy`: how long to wait before connecting again, and how often to try.

Exponential back-off with jitter, so that the clients of a restarted server do
not all reconnect at the same moment.
"""

from __future__ import annotations

import random as random_module

from collections.abc import Callable, Iterator
from typing import Final

import attrs

from symphony_types.checks import FieldError, FloatRange, InstanceOf, IntRange, as_float, optional
from symphony_types.errors import IpcConnectionFailedError, TimedOutError

from ..framing.errors import FrameError
from .errors import ChannelClosedError


__all__ = ["Backoff", "ReconnectStrategy", "is_transient"]

_SECONDS: Final = FloatRange(minimum=0.0)


@attrs.frozen(kw_only=True)
class ReconnectStrategy:
    """
    How to connect again after a connection could not be made, or was lost.

    Args:
        initial_delay: How long to wait before the first attempt to connect
            *again*, in seconds; the very first is made at once.
        max_delay: How long to wait at most, in seconds, before jitter.
        multiplier: How many times longer each wait is than the one before it;
            at least 1.
        max_attempts: How many attempts to connect *again*, in a row, may fail
            before the error is raised; ``None`` is unlimited.  The very first
            attempt does not count: without a server, *n* means n + 1 attempts
            in all.
        jitter: How much longer a wait may be at random, as a share of it; 0 to 1.

    Raises:
        FieldError: A number is out of its range, or *initial_delay* is more
            than *max_delay*.
    """

    initial_delay: float = attrs.field(default=0.1, converter=as_float, validator=_SECONDS)
    max_delay: float = attrs.field(default=30.0, converter=as_float, validator=_SECONDS)
    multiplier: float = attrs.field(default=2.0, converter=as_float, validator=FloatRange(minimum=1.0))
    max_attempts: int | None = attrs.field(default=10, validator=optional(IntRange(1, 2**31 - 1)))
    jitter: float = attrs.field(default=0.1, converter=as_float, validator=FloatRange(minimum=0.0, maximum=1.0))

    def __attrs_post_init__(self) -> None:
        if self.initial_delay > self.max_delay:
            expected = f"at most max_delay, {self.max_delay:g}"
            raise FieldError("out_of_range", ("initial_delay",), expected, f"{self.initial_delay:g}")

    def delays(self, random: Callable[[], float] = random_module.random) -> Iterator[float]:
        """
        Return the waits in seconds, one before each attempt to connect again.

        Args:
            random: Returns random numbers from 0 to 1.
        """
        delay = self.initial_delay
        made = 0
        while self.max_attempts is None or made < self.max_attempts:
            yield delay * (1.0 + self.jitter * random())
            # step by step: a power would overflow after a thousand attempts
            delay = min(delay * self.multiplier, self.max_delay)
            made += 1


_STRATEGY: Final = InstanceOf((ReconnectStrategy,), "a ReconnectStrategy")


class Backoff:
    """
    The waits of one `reconnect`: the bookkeeping that both flavours share.

    After a connection that lasted at least as long as the wait before it, the
    waits start from the beginning.  A shorter one counts as a failed attempt,
    so that a client does not connect in a tight loop to a server that accepts
    and hangs up at once.
    """

    def __init__(self, strategy: ReconnectStrategy, random: Callable[[], float] = random_module.random) -> None:
        _STRATEGY.check(strategy, ("strategy",))
        self._strategy = strategy
        self._random = random
        self._delays = strategy.delays(random)
        self._last = 0.0

    def wait_after(self, error: BaseException, *, lasted: float | None = None) -> float:
        """
        Return how long to wait before the next attempt, in seconds.

        Args:
            error: The error of the attempt or of the connection.
            lasted: How long the connection lasted, in seconds; ``None`` if
                the attempt failed.

        Raises:
            BaseException: *error* itself, if it is not transient, or all
                attempts were made.
        """
        if not is_transient(error):
            raise error
        if lasted is not None and lasted >= self._last:
            self._delays = self._strategy.delays(self._random)
        delay = next(self._delays, None)
        if delay is None:
            raise error
        self._last = delay
        return delay


def is_transient(error: BaseException) -> bool:
    """
    Whether connecting again may help after *error*.

    It may if the connection was refused, took too long, was lost, or was
    closed by the peer, which may be a restarting server.  It cannot if the two
    ends do not agree, or do not trust each other.
    """
    passing = (IpcConnectionFailedError, TimedOutError, ChannelClosedError)
    return isinstance(error, passing) and not isinstance(error, FrameError)
