"""
`Admission`: which connections a server takes, and how many at once.

A connection takes a place when it is accepted, before its handshakes, and
gives it back when it has ended.  So peers that never finish TLS or never send
a Hello count, too.
"""

from __future__ import annotations

import ipaddress
import socket
import threading

from collections import Counter
from typing import Any, Final

import attrs

from symphony_types.errors import IpcAuthenticationFailedError

from ._options import Settings
from .credentials import PeerCredentials, check_user, peer_credentials


__all__ = ["Admission", "Peer"]

# A site gets a /64 of IPv6 addresses, and each of its hosts may use any number of them: RFC 6177, RFC 8981.
_IPV6_SITE: Final = 64


@attrs.frozen
class Peer:
    """
    The other end of a connection.

    Args:
        credentials: Its process, where the system reports it.
        address: Its address, for the log; empty where it has none.
        host: The key that its connections are counted by: its user, its IPv4
            address or the first 64 bits of its IPv6 address; empty if unknown.
    """

    credentials: PeerCredentials | None = None
    address: str = ""
    host: str = ""

    @classmethod
    def of(cls, sock: Any) -> Peer:
        """Return the peer at the other end of *sock*, a socket or asyncio's wrapper of one."""
        if sock.family not in {socket.AF_INET, socket.AF_INET6}:
            known = peer_credentials(sock)
            return cls(known, host="" if known is None else f"user {known.uid}")
        try:
            host, port, *_ = sock.getpeername()
        except OSError:
            # the peer has disconnected already
            return cls()
        return cls(None, f"[{host}]:{port}" if ":" in host else f"{host}:{port}", _counted(host))

    def __str__(self) -> str:
        known = self.credentials
        if known is None:
            return f"the peer {self.address}" if self.address else "the peer"
        process = "" if known.pid is None else f"process {known.pid}, "
        return f"the peer ({process}user {known.uid})"


def _counted(host: str) -> str:
    address = ipaddress.ip_address(host)
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _IPV6_SITE), strict=False))


class Admission:
    """
    The places for connections of one server; safe to use from any thread.

    Args:
        settings: The server's settings: its limits and the allowed users.
    """

    def __init__(self, settings: Settings[Any]) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._taken = 0
        self._by_host: Counter[str] = Counter()

    def refusal(self, peer: Peer) -> str | None:
        """Take a place for *peer* and return ``None``, or return why it gets none."""
        settings = self._settings
        try:
            check_user(peer.credentials, settings.allowed_uids, what="peer")
        except IpcAuthenticationFailedError as error:
            return error.reason
        with self._lock:
            if self._taken >= settings.max_connections:
                return f"there are {self._taken} connections"
            most = settings.max_connections_per_host
            if most is not None and self._by_host[peer.host] >= most:
                return f"there are {most} connections of {peer.host or 'unknown hosts'}"
            self._taken += 1
            self._by_host[peer.host] += 1
        return None

    def leave(self, peer: Peer) -> None:
        """Give back the place that *peer* has taken."""
        with self._lock:
            self._taken -= 1
            self._by_host[peer.host] -= 1
            if not self._by_host[peer.host]:
                # otherwise the counter would keep every host that ever connected
                del self._by_host[peer.host]
