"""
The errors of channels.

::

    IpcError
     +-- IpcConnectionFailedError                  the connection to the peer could not be made
     |    +-- ConnectionLostError                  the connection broke (also a ConnectionError)
     +-- IpcAuthenticationFailedError              the peer's certificate or user is not trusted
     +-- IpcDeserializationFailedError
     |    +-- RefusedError                         the peer could not decode a request
     +-- IpcTransportError
          +-- ChannelClosedError                   the channel was closed in good order
          +-- UnsupportedTransportError            not on this system, or an extra is missing

Channels also raise `TimedOutError`, a `FrameError` if the peer breaks the
protocol, and the codecs' `EncodeError` and `DecodeError`.
"""

from __future__ import annotations

import copy
import ssl

from typing import TypeVar

from symphony_types.errors import (
    IpcAuthenticationFailedError,
    IpcConnectionFailedError,
    IpcDeserializationFailedError,
    IpcError,
    IpcTransportError,
    SymphonyError,
)


__all__ = [
    "ChannelClosedError",
    "ConnectionLostError",
    "InsecureTransportWarning",
    "RefusedError",
    "UnsupportedTransportError",
    "connect_error",
    "fresh",
]

E = TypeVar("E", bound=BaseException)


class ConnectionLostError(IpcConnectionFailedError, ConnectionError):
    """
    The connection broke, or the peer gave it up; also a `ConnectionError`.

    It is not known whether the peer has handled the last messages: a request
    that fails with this may have been carried out, and is not sent again.
    """

    @classmethod
    def peer_failed(cls, error: SymphonyError) -> ConnectionLostError:
        """Return the error for a peer that gave up with *error*, which becomes the cause."""
        lost = cls(reason=f"the peer gave up: {error}")
        lost.__cause__ = error
        return lost


class ChannelClosedError(IpcTransportError):
    """The channel was closed in good order, by this end's `close` or by the peer's Shutdown."""


class RefusedError(IpcDeserializationFailedError):
    """
    The peer could not decode a request, for example because the types of the two ends differ.

    The text holds the peer's errors and their paths.  The channel stays open.
    """


class UnsupportedTransportError(IpcTransportError):
    """There are no channels over this transport on this system, or a missing extra is needed for them."""


class InsecureTransportWarning(UserWarning):
    """A channel leads to or from other hosts without TLS and without a key."""


def connect_error(url: str, error: BaseException) -> IpcError:
    """Return the error for a connection to *url* that failed in the system or in TLS with *error*."""
    reason = f"expected a connection to {url}, got {error}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return IpcAuthenticationFailedError(reason=reason)
    return IpcConnectionFailedError(reason=reason)


def fresh(error: E) -> E:
    """Return a copy of *error* to raise: one object raised in many places would collect all their tracebacks."""
    new = copy.copy(error)
    new.__cause__ = error.__cause__
    new.__suppress_context__ = error.__suppress_context__
    return new
