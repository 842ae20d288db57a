"""What both flavours of servers say of their peers, and whom they let in."""

from __future__ import annotations

import asyncio
import logging
import os
import socket

import pytest

from symphony_codecs.channels import ChannelClosedError, ConnectionLostError, blocking
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels._gate import Gate, Peer
from symphony_codecs.channels.credentials import PeerCredentials
from symphony_codecs.channels.endpoint import Endpoint
from symphony_codecs.errors import DecodeError
from symphony_codecs.framing.errors import FrameAuthenticationError, LocalFrameError, NegotiationError, RemoteFrameError
from symphony_codecs.registry import get_codec
from symphony_types.checks import FieldError
from symphony_types.errors import IpcConnectionFailedError, IpcTransportError


LOG = "symphony_codecs.channels"
PEER = Peer(PeerCredentials(12, 1000, 100))
LOST = ConnectionLostError(reason="the peer hung up")
CLOSED = ChannelClosedError(reason="the peer has closed the channel")
BROKEN = RemoteFrameError("bad_magic", "expected SY,\ngot \x1b[2J")


def unreadable() -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        get_codec("json").decode(b"[", int)
    return caught.value


def gate(url: str = "unix:///s", **changes) -> Gate:
    arguments = {"mode": 0o600, "allowed_uids": None, "max_connections": 2} | changes
    return Gate(Endpoint.parse(url), **arguments)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (BROKEN, "broke the protocol: bad_magic: expected SY, got \ufffd[2J"),
        (FrameAuthenticationError("bad_tag", "x"), "broke the protocol: bad_tag: x"),
        (NegotiationError("no_agreement", "x"), "broke the protocol: no_agreement: x"),
        (unreadable(), "sent a message that cannot be read: "),
        (LOST, "was lost: the peer hung up"),
        (ExceptionGroup("two", [LOST, ExceptionGroup("one", [LOST])]), "was lost: the peer hung up"),
        (ExceptionGroup("two", [CLOSED, LOST]), "closed the channel: the peer has closed the channel; was lost: "),
    ],
)
def test_a_peers_fault_is_one_line(error, line, caplog):
    """A warning without a traceback, that says who, what, and of which server."""
    gate("stdio:").tell_handler_failed(PEER, error)
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    text = record.getMessage()
    assert text.startswith(f"stdio: the peer (process 12, user 1000) {line}")
    assert "\n" not in text


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("mine"),
        LocalFrameError("too_large", "mine"),
        ExceptionGroup("two", [LOST, ZeroDivisionError("mine")]),
    ],
)
def test_a_handlers_fault_has_its_traceback(error, caplog):
    """Also where a peer is at fault besides."""
    gate().tell_handler_failed(PEER, error)
    (record,) = caplog.records
    assert (record.levelno, record.exc_info[1]) == (logging.ERROR, error)
    assert "unix:///s: the handler of a channel with the peer (process 12, user 1000) failed" in record.getMessage()


@pytest.mark.parametrize("error", [CLOSED, ExceptionGroup("one", [CLOSED])])
def test_a_good_end_is_nothing_to_report(error, caplog):
    """Unless somebody wants to know it all."""
    with caplog.at_level(logging.DEBUG, LOG):
        gate().tell_handler_failed(PEER, error)
    assert [record.levelname for record in caplog.records] == ["DEBUG"]


def test_who_is_let_in(caplog):
    """While there is room, and by the user."""
    only = gate(allowed_uids={1000})
    assert only.admits(PEER, 0)
    assert only.admits(PEER, 1)
    # not known: the mode of the file still holds
    assert only.admits(Peer(), 0)
    assert not caplog.records
    assert not only.admits(PEER, 2)
    assert not only.admits(Peer(PeerCredentials(None, 7, 7)), 0)
    assert [record.getMessage() for record in caplog.records] == [
        "unix:///s: hung up on the peer (process 12, user 1000): there are 2 connections",
        "unix:///s: hung up on the peer (user 7): expected a peer of user 1000, got 7",
    ]


def test_who_came():
    """A process, an address, or nobody in particular."""
    assert str(Peer()) == "the peer"
    one, other = socket.socketpair()
    with one, other:
        assert str(Peer.of(one)) == f"the peer (process {os.getpid()}, user {os.geteuid()})"
    for host, shown in (("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listener = socket.create_server((host, 0), family=family)
        except OSError:
            continue
        with listener, socket.create_connection(listener.getsockname()[:2]) as client:
            assert str(Peer.of(client)) == f"the peer {shown}:{listener.getsockname()[1]}"
    with socket.socket() as alone:
        assert str(Peer.of(alone)) == "the peer"


@pytest.mark.parametrize("serve", [aio.serve, blocking.serve])
@pytest.mark.parametrize(
    "wrong", [{"mode": -1}, {"mode": 0o1000}, {"mode": "0600"}, {"max_connections": 0}, {"max_connections": True}]
)
def test_what_cannot_be_is_refused(serve, wrong):
    """At once, whatever the transport."""
    with pytest.raises(FieldError, match=next(iter(wrong))):
        serve("tcp://127.0.0.1:0", print, **wrong)


@pytest.mark.parametrize("mode", [0o600, 0o660, 0o666])
def test_the_mode_of_a_servers_file(tmp_path, mode):
    """It is as asked for, whatever the umask."""
    url = f"unix://{tmp_path}/s"
    before = os.umask(0o077)
    try:
        with blocking.serve(url, print, mode=mode):
            assert (tmp_path / "s").stat().st_mode & 0o777 == mode

        async def main():
            async with aio.serve(url, print, mode=mode):
                assert (tmp_path / "s").stat().st_mode & 0o777 == mode

        asyncio.run(main())
    finally:
        os.umask(before)


def test_a_server_opened_twice_listens_at_a_port_of_its_own():
    """Each opening of what `serve` returns is a server of its own."""

    async def main():
        opening = aio.serve("tcp://127.0.0.1:0", print)
        one, other = await opening, await opening
        async with one, other:
            assert one.url != other.url

    asyncio.run(main())


HOST = "a" * 70


def test_a_host_that_is_no_name():
    """It is an error of the channel, not of the codec for names."""
    with pytest.raises(IpcConnectionFailedError, match="expected a connection to tcp://aaa"):
        blocking.connect(f"tcp://{HOST}:1")
    with pytest.raises(IpcTransportError, match="expected to listen at tcp://aaa"):
        blocking.serve(f"tcp://{HOST}:1", print)

    async def main():
        with pytest.raises(IpcConnectionFailedError, match="expected a connection to tcp://aaa"):
            await aio.connect(f"tcp://{HOST}:1")
        with pytest.raises(IpcTransportError, match="expected to listen at tcp://aaa"):
            await aio.serve(f"tcp://{HOST}:1", print)

    asyncio.run(main())
