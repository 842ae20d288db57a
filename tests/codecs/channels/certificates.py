"""
TLS contexts of servers on loopback and of their clients, with certificates of an authority of the tests' own.

What ``trustme`` made, each file a private key and its certificates: good for loopback, until 2125.
"""

from __future__ import annotations

import ssl

from functools import cache
from pathlib import Path


_FOLDER = Path(__file__).parents[2] / "data" / "certificates"


def show(context: ssl.SSLContext, name: str) -> None:
    """Give an end a certificate: that of the ``server``, of a ``client``, or one ``forged`` by another authority."""
    context.load_cert_chain(_FOLDER / f"{name}.pem")


def trust(context: ssl.SSLContext) -> None:
    """Let an end trust the authority."""
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
    """Return the contexts of a server that asks for certificates, and of a client that has one."""
    server, client = certificates.__wrapped__()
    trust(server)
    server.verify_mode = ssl.CERT_REQUIRED
    show(client, "client")
    return server, client
