"""
TLS contexts of servers on loopback and of their clients, with certificates of the tests' own authority.

``trustme`` made the files, each with a private key and its certificates: valid for loopback, until 2125.
"""

from __future__ import annotations

import ssl

from functools import cache
from pathlib import Path


_FOLDER = Path(__file__).parents[2] / "data" / "certificates"


def show(context: ssl.SSLContext, name: str) -> None:
    """Load a certificate into an end's context: ``server``, ``client``, or ``forged`` by another authority."""
    context.load_cert_chain(_FOLDER / f"{name}.pem")


def trust(context: ssl.SSLContext) -> None:
    """Make an end's context trust the tests' authority."""
    context.load_verify_locations(_FOLDER / "authority.pem")


@cache
def certificates() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server on loopback and of a client that trusts it."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    show(server, "server")
    trust(client)
    return server, client


@cache
def mutual() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server that requires certificates, and of a client that has one."""
    server, client = certificates.__wrapped__()
    trust(server)
    server.verify_mode = ssl.CERT_REQUIRED
    show(client, "client")
    return server, client
