"""URLs of channels."""

from __future__ import annotations

import ssl

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.channels import Endpoint, UnsupportedTransportError
from symphony_codecs.channels.endpoint import tls_context
from symphony_types.checks import FieldError
from symphony_types.message.ipc import TransportType


UNIX, TCP, WS, STDIO = (
    TransportType.UNIX_SOCKET,
    TransportType.TCP,
    TransportType.WEBSOCKET,
    TransportType.STDIO,
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix:///run/a.sock", Endpoint(transport=UNIX, path="/run/a.sock")),
        ("unix:/run/a.sock", Endpoint(transport=UNIX, path="/run/a.sock")),
        ("unix:///run/a%20b%3F", Endpoint(transport=UNIX, path="/run/a b?")),
        ("tcp://example.org:80", Endpoint(transport=TCP, host="example.org", port=80)),
        ("TCP://EXAMPLE.org:0", Endpoint(transport=TCP, host="example.org", port=0)),
        ("tcp://[::1]:65535", Endpoint(transport=TCP, host="::1", port=65535)),
        ("ws://h", Endpoint(transport=WS, host="h", port=80, path="/")),
        ("ws://h:8080/a/b?t=1", Endpoint(transport=WS, host="h", port=8080, path="/a/b", query="t=1")),
        ("wss://h/x", Endpoint(transport=WS, host="h", port=443, path="/x", secure=True)),
        ("stdio:", Endpoint(transport=STDIO)),
    ],
)
def test_each_kind_of_url_is_read(url, expected):
    """A URL sets the transport and the address."""
    assert Endpoint.parse(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "unix:///run/a%20b%3Fc",
        "tcp://h:1",
        "tcp://[::1]:1",
        "ws://h:80/",
        "wss://[::1]:444/x",
        "stdio:",
    ],
)
def test_an_endpoint_shows_its_url(url):
    """`parse` reads the text of `url`."""
    assert Endpoint.parse(url).url == str(Endpoint.parse(url)) == url


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", "without a scheme"),
        ("/run/a.sock", "without a scheme"),
        ("ftp://h:1", "scheme str 'ftp'"),
        ("unix://run/a.sock", "unix:///path, absolute"),
        ("unix:a.sock", "unix:///path, absolute"),
        ("unix://", "unix:///path, absolute"),
        ("unix:///a?b", "unix:///path, absolute"),
        ("unix:///a%00b", "without null characters"),
        ("tcp://h", "expected tcp://host:port"),
        ("tcp://:1", "expected tcp://host:port"),
        ("tcp://h:1/x", "expected tcp://host:port"),
        ("tcp://h:65536", "cannot be read"),
        ("tcp://h:-1", "cannot be read"),
        ("tcp://h:x", "cannot be read"),
        ("tcp://[::1:1", "cannot be read"),
        ("ws:///x", "without a host"),
        ("ws://h/x#y", "with a fragment"),
        ("stdio://x", "expected stdio:"),
        (b"tcp://h:1", "expected a URL"),
    ],
)
def test_urls_that_lead_to_no_channel_are_refused(url, text):
    """The error says what was expected."""
    with pytest.raises(FieldError) as caught:
        Endpoint.parse(url)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("npipe:////./pipe/x", "named pipes are not supported"),
        (r"\\.\pipe\x", "named pipes are not supported"),
        ("memory:", "use pair()"),
        ("http://h/", "HTTP has no channels"),
        ("https://h/", "HTTP has no channels"),
    ],
)
def test_transports_without_channels_say_what_to_use(url, text):
    """They are known, and refused."""
    with pytest.raises(UnsupportedTransportError) as caught:
        Endpoint.parse(url)
    assert text in str(caught.value)


def test_secrets_of_a_url_are_not_shown():
    """A password is refused and not repeated; a query is in no text of the endpoint."""
    with pytest.raises(FieldError) as caught:
        Endpoint.parse("ws://user:geheim@h/")
    assert "geheim" not in str(caught.value)
    endpoint = Endpoint.parse("ws://h/?token=geheim")
    assert endpoint.query == "token=geheim"
    assert "geheim" not in f"{endpoint!r} {endpoint} {endpoint.url}"


@given(st.text(max_size=60))
def test_any_text_is_an_endpoint_or_refused(text):
    """`parse` raises no other error."""
    for url in (text, "unix://" + text, "tcp://" + text, "ws://" + text):
        try:
            endpoint = Endpoint.parse(url)
        except (FieldError, UnsupportedTransportError):
            continue
        assert endpoint.transport in {UNIX, TCP, WS, STDIO}


def test_a_port_can_be_replaced():
    """A server that asked for any port reports the actual one."""
    assert Endpoint.parse("tcp://h:0").with_port(7).url == "tcp://h:7"


def test_a_tls_context_is_used_where_there_is_tls():
    """`wss` always has one, `tcp` only if it is given, others never."""
    context = ssl.create_default_context()
    for url, role in (("tcp://h:1", "client"), ("tcp://h:1", "server"), ("wss://h", "client"), ("wss://h", "server")):
        assert tls_context(Endpoint.parse(url), context, role=role) is context
    assert tls_context(Endpoint.parse("tcp://h:1"), None, role="client") is None
    default = tls_context(Endpoint.parse("wss://h"), None, role="client")
    assert default is not None
    assert default.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize(
    ("url", "tls", "text"),
    [
        ("wss://h", None, "the server's certificate, got None"),
        ("ws://h", True, "expected wss: for TLS"),
        ("unix:///a", True, "expected tcp: or wss: for TLS"),
        ("tcp://h:1", "yes", "expected an ssl.SSLContext"),
    ],
)
def test_a_tls_context_that_does_not_fit_is_refused(url, tls, text):
    """The caller gets TLS or an error, never a plain connection."""
    context = ssl.create_default_context() if tls is True else tls
    with pytest.raises(FieldError) as caught:
        tls_context(Endpoint.parse(url), context, role="server")
    assert text in str(caught.value)
