"""
`TlsLayer`: TLS without I/O: OpenSSL works on memory, never on the socket.

Two threads must not use an OpenSSL connection at once, and up to Python 3.12
`ssl.SSLSocket` lets them (https://github.com/python/cpython/issues/124984).
"""

from __future__ import annotations

import ssl

from collections.abc import Sequence
from typing import Any

from typing_extensions import Buffer

from symphony_types.errors import IpcError

from .errors import ConnectionLostError


__all__ = ["TlsLayer"]

_READ_SIZE = 64 * 1024


class TlsLayer:
    """
    One end of a TLS connection.

    Args:
        context: The trusted certificates, and this end's certificate.
        server_hostname: The server's host name, for a client; ``None`` makes
            this end the server.
    """

    awaits_answer = False
    blocks = False
    codec = None
    congested = False
    ping_interval = 0.0

    def __init__(self, context: ssl.SSLContext, server_hostname: str | None) -> None:
        self.opened = False
        self.peer_certificate: dict[str, Any] | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming,
            self._outgoing,
            server_side=server_hostname is None,
            server_hostname=server_hostname,
        )
        self._ended = False
        self._finished = False
        self._shake()

    def _shake(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return
        self.opened = True
        self.peer_certificate = self._tls.getpeercert()

    def receive(self, data: Buffer | None) -> list[bytes | IpcError | None]:
        if self._ended:
            return []
        if data is None:
            self._incoming.write_eof()
        else:
            self._incoming.write(data)
        if not self.opened:
            # Its errors go to the caller, who reports why there is no connection.
            self._shake()
        return self._read() if self.opened else []

    def _read(self) -> list[bytes | IpcError | None]:
        parts: list[bytes | IpcError | None] = []
        try:
            while part := self._tls.read(_READ_SIZE):
                parts.append(part)
        except ssl.SSLWantReadError:
            return parts
        except ssl.SSLZeroReturnError:
            pass
        except ssl.SSLError as error:
            self._ended = True
            what = "its TLS was cut off" if isinstance(error, ssl.SSLEOFError) else f"its TLS failed: {error.reason}"
            lost = ConnectionLostError(reason=f"the peer hung up, or {what}")
            lost.__cause__ = error
            return [*parts, lost]
        self._ended = True
        return [*parts, None]

    def wrap(self, frames: Sequence[list[Buffer]]) -> list[list[Buffer]]:
        for buffers in frames:
            self._write(buffers)
        written = self._outgoing.read()
        return [[written]] if written else []

    def _write(self, buffers: list[Buffer]) -> None:
        # The peer reads nothing after the end.
        if self._finished:
            return
        try:
            # One record for a small frame, as few as possible for a large one.
            self._tls.write(buffers[0] if len(buffers) == 1 else b"".join(buffers))
        except ssl.SSLError:
            # Reading has found and reported the failure.
            self._finished = True

    def ping(self) -> None:
        """Do nothing: TLS has no pings."""

    def finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        try:
            self._tls.unwrap()
        except ssl.SSLError:
            # Raised until the peer has answered; there is no need to wait for that.
            return
