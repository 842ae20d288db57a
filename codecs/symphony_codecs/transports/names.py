"""The transports that have profiles, and their names in any common spelling: ``unix_socket``, ``UnixSocket``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from symphony_types.checks import FieldError, InstanceOf, describe
from symphony_types.message.ipc import TransportType


__all__ = ["PROFILED", "TRANSPORTS", "find_transport", "transport_name"]

_INSTEAD: Final[Mapping[TransportType, str]] = {
    TransportType.NAMED_PIPE: "unix_socket or tcp",
    TransportType.SHARED_MEMORY: "unix_socket, or in_process within one process",
}

TRANSPORTS: Final = tuple(transport for transport in TransportType if transport not in _INSTEAD)
"""The transports that messages can travel over; `TransportType` has others, too."""


def transport_name(transport: TransportType) -> str:
    """Return the name of *transport* in settings: snake case, ``unix_socket``."""
    return transport.name.lower()


@attrs.frozen
class _OfProfile(InstanceOf):
    """A transport that has a profile."""

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        super().check(value, path)
        if value in _INSTEAD:
            assert isinstance(value, TransportType)
            raise FieldError("invalid_value", path, f"{_INSTEAD[value]} in its place", transport_name(value))


PROFILED: Final = _OfProfile((TransportType,), "a TransportType")
"""Checks a transport: it refuses a named pipe and shared memory, with an error that names what to use instead."""


def find_transport(name: str) -> TransportType:
    """
    Return the transport with a name; case, hyphens, underscores and spaces are ignored.

    Raises:
        LookupError: No transport has that name; the text lists the names.  Or it has no profile; the text says what
            to use instead.
    """
    found = _BY_LETTERS.get(_letters(name))
    if found is None:
        names = ", ".join(map(transport_name, TRANSPORTS))
        raise LookupError(f"expected a transport of {names}, got {describe(name)}")
    try:
        PROFILED.check(found)
    except FieldError as error:
        raise LookupError(str(error)) from error
    return found


def _letters(name: str) -> str:
    return name.translate(_SEPARATORS).lower()


_SEPARATORS: Final = str.maketrans("", "", "-_ ")
_BY_LETTERS: Final = {_letters(transport.name): transport for transport in TransportType}
