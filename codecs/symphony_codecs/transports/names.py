"""Names of transports as people write them: ``unix_socket``, ``unix-socket``, ``UnixSocket``."""

from __future__ import annotations

from typing import Final

from symphony_types.checks import describe
from symphony_types.message.ipc import TransportType


__all__ = ["find_transport", "transport_name"]


def transport_name(transport: TransportType) -> str:
    """Return the name that settings have: snake case, ``unix_socket``."""
    return transport.name.lower()


def find_transport(name: str) -> TransportType:
    """
    Return the transport of a name; case, hyphens, underscores and spaces do not count.

    Raises:
        LookupError: No transport has that name; the text lists the names.
    """
    found = _BY_LETTERS.get(_letters(name))
    if found is None:
        names = ", ".join(map(transport_name, TransportType))
        raise LookupError(f"expected a transport of {names}, got {describe(name)}")
    return found


def _letters(name: str) -> str:
    return name.translate(_SEPARATORS).lower()


_SEPARATORS: Final = str.maketrans("", "", "-_ ")
_BY_LETTERS: Final = {_letters(transport.name): transport for transport in TransportType}
