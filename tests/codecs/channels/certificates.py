"""TLS contexts of servers on loopback and of their clients, with certificates of an authority of the tests' own."""

from __future__ import annotations

import ssl

from functools import cache

import trustme


def _issued() -> tuple[trustme.CA, ssl.SSLContext, ssl.SSLContext]:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(server)
    authority.configure_trust(client)
    return authority, server, client


@cache
def certificates() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server on loopback and of a client that trusts it."""
    _, server, client = _issued()
    return server, client


@cache
def mutual() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server that asks for certificates, and of a client that has one."""
    authority, server, client = _issued()
    authority.configure_trust(server)
    server.verify_mode = ssl.CERT_REQUIRED
    authority.issue_cert("conductor.example").configure_cert(client)
    return server, client
