"""Channels to other hosts without TLS and without a key: both flavours warn once, and ``symphony serve`` refuses."""

from __future__ import annotations

import asyncio
import warnings

from contextlib import contextmanager

import pytest

from symphony_codecs.__main__ import main
from symphony_codecs.channels import InsecureTransportWarning, _exposure, blocking
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels.endpoint import Endpoint
from symphony_codecs.framing import SharedKey
from tests.codecs.channels.certificates import certificates


ALL, KEY = "tcp://0.0.0.0:0", SharedKey(bytes(range(32)))


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch):
    monkeypatch.setattr(_exposure, "_warned", {})


async def nothing(channel):
    pass


@contextmanager
def as_errors():
    """Turn warnings into errors, whatever options the tests run with."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def listen(flavour, url, **options):
    """Serve *url*, and close."""
    if flavour == "blocking":
        blocking.serve(url, print, **options).close()
        return

    async def serve():
        async with aio.serve(url, nothing, **options):
            pass

    asyncio.run(serve())


@pytest.mark.parametrize("flavour", ["asyncio", "blocking"])
@pytest.mark.parametrize("url", [ALL, "ws://0.0.0.0:0/ipc"])
def test_servers(flavour, url):
    """They warn at any address, by TCP and by WebSocket; the warning names the caller's line, and may be an error."""
    with pytest.warns(InsecureTransportWarning, match=r":[1-9]\d*(/ipc)? takes connections from other") as caught:
        listen(flavour, url)
    assert [warning.filename for warning in caught] == [__file__]
    with pytest.raises(InsecureTransportWarning), as_errors():
        listen(flavour, url)


@pytest.mark.parametrize("flavour", ["asyncio", "blocking"])
@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("tcp://127.0.0.1:0", {}),
        ("tcp://localhost:0", {}),
        ("ws://127.0.0.1:0", {}),
        (ALL, {"key": KEY}),
        (ALL, {"tls": certificates()[0]}),
        ("wss://0.0.0.0:0", {"tls": certificates()[0]}),
    ],
)
def test_servers_that_are_safe(flavour, url, options):
    """They listen on this host only, with a key, or with TLS."""
    listen(flavour, url, **options)


@pytest.mark.parametrize(
    ("host", "beyond"),
    [
        ("127.0.0.1", False),
        ("127.8.9.10", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:192.0.2.1", True),
        ("192.0.2.1", True),
        ("0.0.0.0", True),
        ("::", True),
        ("fe80::1%eth0", True),
        ("10.0.0.1", True),
    ],
)
def test_addresses(host, beyond):
    """The socket's actual address decides, not the given name."""
    endpoint = Endpoint.parse("tcp://name.example:7")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            _exposure.warn_if_exposed(endpoint, [("127.0.0.1", 7), (host, 7)], "client", secured=False)
            _exposure.warn_if_exposed(endpoint, [(host, 7)], "client", secured=True)
    # once, however often a client connects
    assert len(caught) == beyond
    if beyond:
        assert str(caught[0].message).startswith(f"tcp://name.example:7 leads to another host, {host}, without TLS")


def test_what_is_remembered_is_bounded():
    """A client of a million servers does not remember a million URLs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for port in range(3000):
            _exposure.warn_if_exposed(Endpoint.parse(f"tcp://h:{port}"), [("192.0.2.1", port)], "client", secured=False)
    assert len(_exposure._warned) <= 1024


@pytest.mark.parametrize("flavour", ["asyncio", "blocking"])
def test_clients(flavour, monkeypatch):
    """They warn before they send anything, once for each URL; with a key they do not."""
    monkeypatch.setattr(_exposure, "_is_loopback", lambda host: host != "127.0.0.1")

    def dial(**options):
        if flavour == "blocking":
            blocking.connect(server.url, **options).close()
            return

        async def connect():
            async with aio.connect(server.url, **options):
                pass

        asyncio.run(connect())

    with pytest.warns(InsecureTransportWarning, match="takes connections"):
        server = blocking.serve("tcp://127.0.0.1:0", list)
    with server:
        with pytest.raises(InsecureTransportWarning), as_errors():
            dial()
        with pytest.warns(InsecureTransportWarning, match="leads to another host") as caught:
            dial()
        assert [warning.filename for warning in caught] == [__file__]
        dial()
    with blocking.serve("tcp://127.0.0.1:0", list, key=KEY) as server:
        dial(key=KEY)


def test_the_commands(capsys, monkeypatch):
    """``serve`` refuses unless an option allows it, ``send`` warns."""
    assert main(["serve", ALL]) == 2
    err = capsys.readouterr().err
    assert "0.0.0.0" in err
    assert "use --key-file, or --insecure" in err
    monkeypatch.setattr(_exposure, "_is_loopback", lambda host: False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureTransportWarning)
        server = blocking.serve("tcp://127.0.0.1:0", list)
    with server:
        assert main(["send", server.url, "tick", "--notify"]) == 0
    assert f"symphony: warning: {server.url} leads to another host, 127.0.0.1" in capsys.readouterr().err
