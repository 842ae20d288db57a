"""`Setup`: one end of a channel before it is open: its endpoint, role, settings, profile and TLS."""

from __future__ import annotations

import contextlib
import ssl

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

import attrs

from symphony_types.errors import IpcTransportError, SymphonyError
from symphony_types.message.ipc import TransportType

from ..codec import Codec
from ..framing.connection import Role
from ..transports.profile import TransportProfile
from ._conversation import Conversation
from ._exposure import warn_if_exposed
from ._layers import Layers, make_layers
from ._options import Settings
from .endpoint import Endpoint, tls_context
from .errors import connect_error


__all__ = ["Setup"]

M = TypeVar("M")


@attrs.frozen
class Setup(Generic[M]):
    """
    One end of a channel before it is open; the same for both flavours.

    Args:
        endpoint: The server's endpoint.
        role: This end's role.
        settings: The options that the caller gave.
        profile: The profile that follows from them for the transport.
        tls: The context for TLS; ``None`` is without TLS.
    """

    endpoint: Endpoint
    role: Role
    settings: Settings[M]
    profile: TransportProfile
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, endpoint: Endpoint, role: Role, settings: Settings[M]) -> Setup[M]:
        """
        Combine *endpoint* and *settings*; refuse settings that conflict before a connection is opened.

        Raises:
            FieldError: The transport does not support TLS, or the codec.
            ConfigError: The profile does not support the settings.
            UnknownCodecError: The profile names a format that is not registered.
        """
        profile = settings.profile_for(endpoint.transport)
        setup = cls(endpoint, role, settings, profile, tls_context(endpoint, settings.tls, role=role))
        settings.link(profile, role)
        return setup

    def conversation(self, codec: Codec | None = None) -> Conversation[M]:
        """Make the conversation of a new connection; its layers may have agreed on *codec*."""
        return self.settings.conversation(self.profile, self.role, codec=codec)

    def layers(self) -> Layers:
        """Make the layers of a new connection; see `make_layers`."""
        return make_layers(self.endpoint, self.role, self.profile, tls=self.tls, origins=self.settings.origins)

    def warn_if_exposed(self, addresses: Iterable[tuple[Any, ...]]) -> None:
        """Warn if sockets with these *addresses* are exposed to other hosts; see `_exposure.warn_if_exposed`."""
        secured = self.tls is not None or self.settings.key is not None
        warn_if_exposed(self.endpoint, addresses, self.role, secured=secured)

    def at_port(self, port: int) -> Setup[M]:
        """Return a copy with *port*: the actual port of a server that asked for any."""
        return attrs.evolve(self, endpoint=self.endpoint.with_port(port))

    @contextlib.contextmanager
    def connecting(self) -> Iterator[None]:
        """Turn errors of the system and of TLS while connecting into an `IpcError`."""
        try:
            yield
        except SymphonyError:
            # some SymphonyErrors are an OSError as well
            raise
        except (OSError, UnicodeError) as error:
            # a host that is not a valid DNS name raises UnicodeError
            raise connect_error(self.endpoint.url, error) from error

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Turn errors of the system while a server starts to listen into an `IpcTransportError`."""
        try:
            yield
        except SymphonyError:
            raise
        except (OSError, RuntimeError, UnicodeError) as error:
            is_stdio = self.endpoint.transport is TransportType.STDIO
            expected = "standard input and output" if is_stdio else f"to listen at {self.endpoint.url}"
            raise IpcTransportError(reason=f"expected {expected}, got {error}") from error
