"""
`Gate`: whom a server lets in, and what it says in the log of those who came.

Peers come, go and misbehave; that is their doing, and one line.  What a
handler does wrong is the program's, and needs a traceback to be found.
"""

from __future__ import annotations

import logging
import socket

from collections.abc import Collection, Iterator
from typing import Any, Final

import attrs

from symphony_types.checks import IntRange
from symphony_types.errors import IpcAuthenticationFailedError, IpcError

from ..errors import DecodeError
from ..framing.errors import FrameError, LocalFrameError
from .credentials import PeerCredentials, check_peer, peer_credentials
from .endpoint import Endpoint
from .errors import ChannelClosedError, ConnectionLostError


__all__ = ["Gate", "Peer"]

_log: Final = logging.getLogger("symphony_codecs.channels")


@attrs.frozen
class Peer:
    """
    Who connected.

    Args:
        credentials: Which process it is, where the system tells.
        address: Its address, for the log; empty where it has none.
    """

    credentials: PeerCredentials | None = None
    address: str = ""

    @classmethod
    def of(cls, sock: Any) -> Peer:
        """Return who is at the other end of *sock*, a socket or what asyncio shows of one."""
        return cls(peer_credentials(sock), _address(sock))

    def __str__(self) -> str:
        known = self.credentials
        if known is None:
            return f"the peer {self.address}" if self.address else "the peer"
        process = "" if known.pid is None else f"process {known.pid}, "
        return f"the peer ({process}user {known.uid})"


def _address(sock: Any) -> str:
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return ""
    try:
        host, port, *_ = sock.getpeername()
    except OSError:
        # it has gone already
        return ""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Gate:
    """
    Whom one server lets in.

    Args:
        endpoint: Where it listens.
        mode: Who may open a Unix socket's file.
        allowed_uids: Which users may connect to a Unix socket; ``None`` is
            this process's and root.
        max_connections: How many connections there may be at once.

    Attributes:
        endpoint: Where it listens; with its port, once that is known.
        mode: As given.

    Raises:
        FieldError: *mode* is none, or *max_connections* less than 1.
    """

    def __init__(
        self, endpoint: Endpoint, *, mode: int, allowed_uids: Collection[int] | None, max_connections: int
    ) -> None:
        IntRange(0, 0o777).check(mode, ("mode",))
        IntRange(1, 2**31 - 1).check(max_connections, ("max_connections",))
        self.endpoint = endpoint
        self.mode = mode
        self._allowed_uids = allowed_uids
        self._max_connections = max_connections

    def admits(self, peer: Peer, others: int) -> bool:
        """Whether *peer* may go on, with as many *others* connected; if not, that is logged."""
        if others >= self._max_connections:
            refusal = f"there are {self._max_connections} connections"
        else:
            try:
                check_peer(peer.credentials, self._allowed_uids)
            except IpcAuthenticationFailedError as error:
                refusal = _in_one_line(error)
            else:
                return True
        self._warn("hung up on %s: %s", peer, refusal)
        return False

    def tell_no_connection(self, peer: Peer, error: BaseException) -> None:
        """Log that nothing came of a connection."""
        self._warn("no connection with %s: %s", peer, _in_one_line(error))

    def tell_no_connections(self, error: OSError) -> None:
        """Log that the system lets nobody in."""
        self._warn("cannot take a connection: %s", error)

    def tell_handler_goes_on(self) -> None:
        """Log that a handler outlives the server."""
        self._warn("a handler goes on without its channel")

    def tell_handler_failed(self, peer: Peer, error: Exception) -> None:
        """Log what a handler raised: at length, unless that is the peer's doing."""
        causes = list(_leaves(error))
        if all(isinstance(cause, ChannelClosedError) for cause in causes):
            # in good order, as every conversation ends
            _log.debug("%s: %s has gone: %s", self._name, peer, _in_one_line(causes[0]))
        elif all(_is_peers_doing(cause) for cause in causes):
            told = "; ".join(dict.fromkeys(f"{_doing(cause)}: {_in_one_line(cause)}" for cause in causes))
            self._warn("%s %s", peer, told)
        else:
            _log.error("%s: the handler of a channel with %s failed", self._name, peer, exc_info=error)

    @property
    def _name(self) -> str:
        # stdio's URL ends as what names a line in a log does
        return self.endpoint.url.removesuffix(":")

    def _warn(self, text: str, *args: object) -> None:
        _log.warning("%s: " + text, self._name, *args)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _is_peers_doing(error: BaseException) -> bool:
    # a message that is larger than the peer takes, say, is this end's
    doing = isinstance(error, (ChannelClosedError, ConnectionLostError, DecodeError, FrameError))
    return doing and not isinstance(error, LocalFrameError)


def _doing(error: BaseException) -> str:
    if isinstance(error, FrameError):
        return "broke the protocol"
    if isinstance(error, DecodeError):
        return "sent a message that cannot be read"
    return "closed the channel" if isinstance(error, ChannelClosedError) else "was lost"


def _in_one_line(error: BaseException) -> str:
    """Return what *error* says, without what a peer's words could do to a log or a terminal."""
    # the reason alone: what kind of error it is has been said
    reason = getattr(error, "reason", None) if isinstance(error, IpcError) else None
    text = " ".join((reason or str(error)).split())
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
