"""
`Endpoint`: the address of a channel or server, parsed from its URL.

- ``unix:///path``: a Unix socket
- ``tcp://host:port``: TCP; with a TLS context, TLS over it
- ``ws://host:port/path``: a WebSocket
- ``wss://host:port/path``: a WebSocket over TLS
- ``stdio:``: the standard input and output of this process
"""

from __future__ import annotations

import ssl

from typing import Final, Literal
from urllib.parse import SplitResult, quote, unquote, urlsplit

import attrs

from symphony_types.checks import FieldError, FieldTypeError, describe
from symphony_types.message.ipc import TransportType

from .errors import UnsupportedTransportError


__all__ = ["Endpoint", "tls_context"]

_EXPECTED: Final = "a URL of unix:///path, tcp://host:port, ws://host:port/path, wss://host:port/path or stdio:"

# Known schemes that have no channels, and the text that names the alternative.
_ELSEWHERE: Final = {
    "npipe": "named pipes are not supported on this system: use unix:///path or tcp://host:port",
    "memory": "memory has no address: use pair()",
    "http": "HTTP has no channels: use ws://host:port/path, or the content types of symphony_codecs.transports",
    "https": "HTTP has no channels: use wss://host:port/path, or the content types of symphony_codecs.transports",
}
_WITHOUT_ADDRESS: Final = {TransportType.STDIO: "stdio:", TransportType.IN_PROCESS: "memory:"}
_WEB_PORTS: Final = {"ws": 80, "wss": 443}


@attrs.frozen(kw_only=True)
class Endpoint:
    """
    The address of a channel or server.

    Args:
        transport: The transport.
        path: The socket's file, or the WebSocket's path; otherwise empty.
        host: The host's name or address, without brackets; otherwise empty.
        port: The port, 0 to 65535; for a server, 0 is any free port.
        secure: Whether the scheme itself requires TLS (``wss``).
        query: The query of a WebSocket's URL, after ``?``; it may hold a
            token, so it is not shown.
    """

    transport: TransportType
    path: str = ""
    host: str = ""
    port: int = 0
    secure: bool = False
    query: str = attrs.field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        r"""
        Parse *url*.

        Raises:
            FieldError: It is not one of the URLs above (a `ValueError`).
            UnsupportedTransportError: Its transport has no channels:
                ``npipe:``, ``\\.\pipe\``, ``http:``, ``memory:``.
        """
        if not isinstance(url, str):
            raise FieldTypeError("wrong_type", ("url",), _EXPECTED, describe(url))
        if url.startswith("\\\\"):
            raise UnsupportedTransportError(reason=_ELSEWHERE["npipe"])
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise FieldError("invalid_value", ("url",), _EXPECTED, "one that cannot be read") from None
        if parts.username is not None:
            # the URL is not shown: it holds a password
            raise FieldError("invalid_value", ("url",), "a URL without user and password", "one with them")
        elsewhere = _ELSEWHERE.get(parts.scheme)
        if elsewhere is not None:
            raise UnsupportedTransportError(reason=elsewhere)
        if parts.scheme == "unix":
            return cls._unix(parts, url)
        if parts.scheme == "tcp":
            return cls._tcp(parts, port, url)
        if parts.scheme in _WEB_PORTS:
            return cls._websocket(parts, port)
        if parts.scheme == "stdio":
            if parts.netloc or parts.path or parts.query or parts.fragment:
                raise FieldError("invalid_value", ("url",), "stdio:", describe(url))
            return cls(transport=TransportType.STDIO)
        actual = f"the scheme {describe(parts.scheme)}" if parts.scheme else "one without a scheme"
        raise FieldError("invalid_value", ("url",), _EXPECTED, actual)

    @classmethod
    def _unix(cls, parts: SplitResult, url: str) -> Endpoint:
        # In unix://run/x.sock, run is meant as a folder, but is parsed as a host.
        if parts.netloc or not parts.path.startswith("/") or parts.query or parts.fragment:
            expected = "unix:///path, absolute, with ? and # as %3F and %23"
            raise FieldError("invalid_value", ("url",), expected, describe(url))
        path = unquote(parts.path)
        if "\0" in path:
            raise FieldError("invalid_value", ("url",), "a path without null characters", describe(url))
        return cls(transport=TransportType.UNIX_SOCKET, path=path)

    @classmethod
    def _tcp(cls, parts: SplitResult, port: int | None, url: str) -> Endpoint:
        if not parts.hostname or port is None or parts.path or parts.query or parts.fragment:
            raise FieldError("invalid_value", ("url",), "tcp://host:port", describe(url))
        return cls(transport=TransportType.TCP, host=parts.hostname, port=port)

    @classmethod
    def _websocket(cls, parts: SplitResult, port: int | None) -> Endpoint:
        if not parts.hostname or parts.fragment:
            actual = "one with a fragment" if parts.fragment else "one without a host"
            raise FieldError("invalid_value", ("url",), f"{parts.scheme}://host:port/path", actual)
        return cls(
            transport=TransportType.WEBSOCKET,
            path=parts.path or "/",
            host=parts.hostname,
            port=_WEB_PORTS[parts.scheme] if port is None else port,
            secure=parts.scheme == "wss",
            query=parts.query,
        )

    @property
    def url(self) -> str:
        """The URL, as `parse` reads it; without the query, so that it may be logged."""
        if self.transport is TransportType.UNIX_SOCKET:
            return "unix://" + quote(self.path)
        if self.transport in _WITHOUT_ADDRESS:
            return _WITHOUT_ADDRESS[self.transport]
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.transport is TransportType.TCP:
            return f"tcp://{host}:{self.port}"
        return f"{'wss' if self.secure else 'ws'}://{host}:{self.port}{self.path}"

    def with_port(self, port: int) -> Endpoint:
        """Return a copy with *port*: the actual port of a server that asked for any."""
        return attrs.evolve(self, port=port)

    def __str__(self) -> str:
        return self.url


def tls_context(
    endpoint: Endpoint, tls: ssl.SSLContext | None, *, role: Literal["client", "server"]
) -> ssl.SSLContext | None:
    """
    Return the context for TLS to or at *endpoint*; ``None`` is without TLS.

    A client of ``wss:`` without a context gets the system's default.

    Raises:
        FieldError: There is a context, but the transport has no TLS; or a
            server of ``wss:`` has none.
    """
    if tls is not None and not isinstance(tls, ssl.SSLContext):
        raise FieldTypeError("wrong_type", ("tls",), "an ssl.SSLContext", describe(tls))
    if endpoint.secure:
        if tls is not None:
            return tls
        if role == "server":
            raise FieldError("missing_field", ("tls",), "an ssl.SSLContext with the server's certificate", "None")
        return ssl.create_default_context()
    if tls is not None and endpoint.transport is not TransportType.TCP:
        expected = "wss: for TLS" if endpoint.transport is TransportType.WEBSOCKET else "tcp: or wss: for TLS"
        raise FieldError("invalid_value", ("url",), expected, repr(endpoint.url))
    return tls
