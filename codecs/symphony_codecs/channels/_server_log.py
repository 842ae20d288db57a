"""
The log of servers and channels about their peers.

A peer's fault is one line.  A fault of a handler is the program's, and is
logged with its traceback.

An unknown peer can cause any number of faults and send any text, so lines are
short and their number is bounded: `_BURST` at once, then one each second.  The
next line says how many were left out.
"""

from __future__ import annotations

import logging
import threading
import time

from collections.abc import Iterator
from typing import Any, Final

from symphony_types.checks import cut
from symphony_types.errors import IpcError

from .._peer_text import peer_text
from ..errors import DecodeError
from ..framing.errors import FrameError, LocalFrameError
from .endpoint import Endpoint
from .errors import ChannelClosedError, ConnectionLostError


__all__ = ["ServerLog", "warn"]

_log: Final = logging.getLogger("symphony_codecs.channels")
# Characters of one error's text.
_MAX_TEXT: Final = 500
# Lines at once, and lines a second from then on.
_BURST: Final = 100
_RATE: Final = 1.0


class Throttle:
    """Lets through `_BURST` lines at once and `_RATE` each second after that; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed = float(_BURST)
        self._since = time.monotonic()
        self._left_out = 0

    def log(self, level: int, text: str, *args: object, exc_info: BaseException | None = None) -> None:
        """Log a line, and how many before it were left out; leave it out if there were too many."""
        with self._lock:
            now = time.monotonic()
            self._allowed = min(_BURST, self._allowed + (now - self._since) * _RATE)
            self._since = now
            if self._allowed < 1:
                self._left_out += 1
                return
            self._allowed -= 1
            left_out, self._left_out = self._left_out, 0
        if left_out:
            text += f" ({left_out} more before this were not logged)"
        _log.log(level, text, *args, exc_info=exc_info)


_THROTTLE: Final = Throttle()


def warn(text: str, *args: object) -> None:
    """Log a warning about a peer of any channel; all channels of the process share one bound on such lines."""
    _THROTTLE.log(logging.WARNING, text, *args)


class ServerLog:
    """
    The log of one server.

    Args:
        endpoint: Where it listens; each line begins with it.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        # the URL "stdio:" has the colon that the log line adds
        self._name = endpoint.url.removesuffix(":")
        self._warnings = Throttle()
        self._errors = Throttle()

    def hung_up(self, peer: object, why: str) -> None:
        """Log that the server has ended a connection by itself."""
        self._warn("hung up on %s: %s", peer, why)

    def no_connection(self, peer: object, error: BaseException) -> None:
        """Log that a connection ended before messages could be sent."""
        self._warn("no connection with %s: %s", peer, _in_one_line(error))

    def cannot_accept(self, error: Exception) -> None:
        """Log that the system could not accept a connection."""
        self._warn("cannot accept a connection: %s", error)

    def handler_goes_on(self) -> None:
        """Log that a handler outlives the server."""
        self._warn("a handler goes on without its channel")

    def handler_failed(self, peer: object, error: Exception) -> None:
        """Log the error of a handler: with its traceback, unless the peer caused it."""
        causes = list(_leaves(error))
        if all(isinstance(cause, ChannelClosedError) for cause in causes):
            # the usual end of a conversation
            _log.debug("%s: %s has gone: %s", self._name, peer, _in_one_line(causes[0]))
        elif all(_is_peers_doing(cause) for cause in causes):
            text = "; ".join(dict.fromkeys(f"{_doing(cause)}: {_in_one_line(cause)}" for cause in causes))
            self._warn("%s %s", peer, cut(text, 2 * _MAX_TEXT))
        else:
            text = "%s: the handler of a channel with %s failed"
            self._errors.log(logging.ERROR, text, self._name, peer, exc_info=error)

    def _warn(self, text: str, *args: object) -> None:
        self._warnings.log(logging.WARNING, "%s: " + text, self._name, *args)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _is_peers_doing(error: BaseException) -> bool:
    # a LocalFrameError is this end's fault, such as a message larger than the peer accepts
    doing = isinstance(error, (ChannelClosedError, ConnectionLostError, DecodeError, FrameError))
    return doing and not isinstance(error, LocalFrameError)


def _doing(error: BaseException) -> str:
    if isinstance(error, FrameError):
        return "broke the protocol"
    if isinstance(error, DecodeError):
        return "sent a message that cannot be decoded"
    return "closed the channel" if isinstance(error, ChannelClosedError) else "was lost"


def _in_one_line(error: BaseException) -> str:
    # the reason alone: the line already says which kind of error it is
    reason: Any = getattr(error, "reason", None) if isinstance(error, IpcError) else None
    return peer_text(reason or error, _MAX_TEXT)
