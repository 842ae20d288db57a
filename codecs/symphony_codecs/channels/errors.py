"""
The errors of channels.

::

    IpcError
     +-- IpcConnectionFailedError                  no connection to the peer could be made
     |    +-- ConnectionLostError                  there was one, and it broke (also a ConnectionError)
     +-- IpcAuthenticationFailedError              the peer's certificate or user is not one that is trusted
     +-- IpcDeserializationFailedError
     |    +-- RefusedError                         the peer could not read a request
     +-- IpcTransportError
          +-- ChannelClosedError                   the channel has ended in good order
          +-- UnsupportedTransportError            not on this system, or an extra is missing

Besides, channels raise `TimedOutError`, the `FrameError` of a peer that breaks
the protocol, and the codecs' `EncodeError` and `DecodeError`.
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

    Whether the peer has handled what was sent last is not known: a request
    that fails with this may have been carried out, and is not sent again.
    """

    @classmethod
    def peer_failed(cls, error: SymphonyError) -> ConnectionLostError:
        """Return what follows from the peer's having given up with *error*, which is the cause."""
        lost = cls(reason=f"the peer gave up: {error}")
        lost.__cause__ = error
        return lost


class ChannelClosedError(IpcTransportError):
    """The channel has ended in good order, by this end's `close` or by the peer's Shutdown."""


class RefusedError(IpcDeserializationFailedError):
    """
    The peer could not read a request: the types of both ends differ, say.

    The text says what the peer found, and where.  The channel goes on.
    """


class UnsupportedTransportError(IpcTransportError):
    """There are no channels over this transport: not on this system, or not without an extra."""


class InsecureTransportWarning(UserWarning):
    """A channel leads to or from other hosts without TLS and without a key."""


def connect_error(url: str, error: BaseException) -> IpcError:
    """Return what to raise, from *error*, where the system or TLS does not make a connection to *url*."""
    reason = f"expected a connection to {url}, got {error}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return IpcAuthenticationFailedError(reason=reason)
    return IpcConnectionFailedError(reason=reason)


def fresh(error: E) -> E:
    """Return a copy of *error* to raise: one that is raised in many places would gather all their tracebacks."""
    new = copy.copy(error)
    new.__cause__ = error.__cause__
    new.__suppress_context__ = error.__suppress_context__
    return new
