"""`warn_if_exposed`: a warning about channels to or from other hosts that are not protected on the network."""

from __future__ import annotations

import ipaddress
import sys
import warnings

from collections.abc import Iterable
from typing import Any, Final, Literal

from .endpoint import Endpoint
from .errors import InsecureTransportWarning


__all__ = ["warn_if_exposed"]

_PACKAGE: Final = __name__.partition(".")[0] + "."
_MAX_REMEMBERED: Final = 1024
# Roles and URLs that have been warned about: a client may connect many times.
_warned: dict[tuple[str, str], None] = {}


def warn_if_exposed(
    endpoint: Endpoint, addresses: Iterable[tuple[Any, ...]], role: Literal["client", "server"], *, secured: bool
) -> None:
    """
    Warn, once in a process for each URL, about TCP to or from other hosts without TLS and without a key.

    Args:
        endpoint: Where the channel leads, or the server listens.
        addresses: The addresses of the sockets: a server's own, or that of
            the server a client is connected to.
        role: Which end this is.
        secured: Whether there is TLS, or a key.

    Raises:
        InsecureTransportWarning: If the filters of `warnings` turn it into an error.
    """
    beyond = [address[0] for address in addresses if not _is_loopback(address[0])]
    warned = (role, endpoint.url)
    if secured or not beyond or warned in _warned:
        return
    what = "takes connections from other hosts" if role == "server" else f"leads to another host, {beyond[0]},"
    text = f"{endpoint.url} {what} without TLS and without a key: anybody on the way can read and change the messages"
    warnings.warn(text, InsecureTransportWarning, _stack_level())
    if len(_warned) >= _MAX_REMEMBERED:
        _warned.clear()
    _warned[warned] = None


def _is_loopback(host: str) -> bool:
    address = ipaddress.ip_address(host)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    # 0.0.0.0 and ::, which mean all addresses of this host, are not loopback
    return address.is_loopback


def _stack_level() -> int:
    """Return how many calls up the caller of this package is, as `warnings.warn` in the function above counts."""
    level, frame = 1, sys._getframe(1)  # noqa: SLF001 - as warnings itself
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    return level
