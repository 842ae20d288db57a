"""Which connections servers accept, which servers clients trust, and what servers log, for both flavours."""

from __future__ import annotations

import asyncio
import logging
import os
import socket

import pytest

from symphony_codecs.channels import ChannelClosedError, ConnectionLostError, blocking
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels._admission import Admission, Peer, _counted
from symphony_codecs.channels._options import Settings
from symphony_codecs.channels._server_log import ServerLog
from symphony_codecs.channels.credentials import PeerCredentials
from symphony_codecs.channels.endpoint import Endpoint
from symphony_codecs.errors import DecodeError
from symphony_codecs.framing.errors import FrameAuthenticationError, LocalFrameError, NegotiationError, RemoteFrameError
from symphony_codecs.registry import get_codec
from symphony_types.checks import FieldError
from symphony_types.errors import (
    IpcAuthenticationFailedError,
    IpcConnectionFailedError,
    IpcTransportError,
    SymphonyError,
)
from tests.codecs.channels.asyncio_ends import until as aio_until
from tests.codecs.channels.blocking_ends import until


LOG = "symphony_codecs.channels"
PEER = Peer(PeerCredentials(12, 1000, 100))
LOST = ConnectionLostError(reason="the peer hung up")
CLOSED = ChannelClosedError(reason="the peer has closed the channel")
BROKEN = RemoteFrameError("bad_magic", "expected SY,\ngot \x1b[2J")


def unreadable() -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        get_codec("json").decode(b"[", int)
    return caught.value


def log(url: str = "unix:///s") -> ServerLog:
    return ServerLog(Endpoint.parse(url))


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (BROKEN, "broke the protocol: bad_magic: expected SY, got \\x1b[2J"),
        (FrameAuthenticationError("bad_tag", "x"), "broke the protocol: bad_tag: x"),
        (NegotiationError("no_agreement", "x"), "broke the protocol: no_agreement: x"),
        (unreadable(), "sent a message that cannot be decoded: "),
        (LOST, "was lost: the peer hung up"),
        (ExceptionGroup("two", [LOST, ExceptionGroup("one", [LOST])]), "was lost: the peer hung up"),
        (ExceptionGroup("two", [CLOSED, LOST]), "closed the channel: the peer has closed the channel; was lost: "),
    ],
)
def test_a_peers_fault_is_one_line(error, line, caplog):
    """The log has a warning without traceback that names the server, the peer and the fault."""
    log("stdio:").handler_failed(PEER, error)
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
    """A handler's own error is logged with its traceback, also if the peer is at fault, too."""
    log().handler_failed(PEER, error)
    (record,) = caplog.records
    assert (record.levelno, record.exc_info[1]) == (logging.ERROR, error)
    assert "unix:///s: the handler of a channel with the peer (process 12, user 1000) failed" in record.getMessage()


@pytest.mark.parametrize("error", [CLOSED, ExceptionGroup("one", [CLOSED])])
def test_a_good_end_is_nothing_to_report(error, caplog):
    """A channel closed in good order is logged only at level DEBUG."""
    with caplog.at_level(logging.DEBUG, LOG):
        log().handler_failed(PEER, error)
    assert [record.levelname for record in caplog.records] == ["DEBUG"]


def test_a_stranger_does_not_fill_the_log(caplog):
    """Lines are short, and their number is bounded; the next line says how many were left out."""
    lines = log()
    for _ in range(1000):
        lines.no_connection(PEER, RemoteFrameError("syntax", "x" * 100_000))
        lines.handler_failed(PEER, ExceptionGroup("many", [ConnectionLostError(reason=str(n) * 99) for n in range(50)]))
    assert 100 <= len(caplog.records) < 110
    assert max(len(record.getMessage()) for record in caplog.records) < 1200
    caplog.clear()
    lines._warnings._since -= 1.5
    lines.hung_up(PEER, "x")
    (record,) = caplog.records
    assert record.getMessage().endswith(" more before this were not logged)")
    # a handler's fault is still logged
    lines.handler_failed(PEER, ZeroDivisionError("mine"))
    assert caplog.records[-1].levelno == logging.ERROR


def test_places():
    """A peer gets a place if its user is allowed, there is room, and its host does not have too many."""
    other = Peer(PeerCredentials(3, 7, 7), host="user 7")
    mine = Peer(PeerCredentials(12, 1000, 100), host="user 1000")
    unknown = Peer()
    places = Admission(Settings(allowed_uids=(1000,), max_connections=3, max_connections_per_host=2))
    assert places.refusal(other) == "expected a peer of user 1000, got 7"
    assert places.refusal(mine) is None
    assert places.refusal(mine) is None
    assert places.refusal(mine) == "there are 2 connections of user 1000"
    # credentials not known: the mode of the file still protects
    assert places.refusal(unknown) is None
    assert places.refusal(unknown) == "there are 3 connections"
    places.leave(mine)
    assert places.refusal(mine) is None
    for peer in (mine, mine, unknown):
        places.leave(peer)
    assert not places._by_host


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_what_counts_as_a_host(host, counted):
    """All addresses of one IPv6 network together have as many places as a single IPv4 address."""
    assert _counted(host) == counted


def test_peers_in_the_log():
    """A peer is named by its process, its address, or as "the peer"."""
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
    "wrong",
    [
        {"mode": -1},
        {"mode": 0o1000},
        {"mode": "0600"},
        {"max_connections": 0},
        {"max_connections": True},
        {"max_connections_per_host": 0},
        {"allowed_uids": 0},
        {"allowed_uids": ["root"]},
        {"allowed_uids": [-1]},
    ],
)
def test_invalid_settings_are_refused(serve, wrong):
    """`serve` raises at once, for every transport."""
    with pytest.raises(FieldError, match=next(iter(wrong))):
        serve("tcp://127.0.0.1:0", print, **wrong)


@pytest.mark.parametrize("mode", [0o600, 0o660, 0o666])
def test_the_mode_of_a_servers_file(tmp_path, mode):
    """The file has the given mode, whatever the umask."""
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
    """Each time the result of `serve` is opened, it is another server."""

    async def main():
        opening = aio.serve("tcp://127.0.0.1:0", print)
        one, other = await opening, await opening
        async with one, other:
            assert one.url != other.url

    asyncio.run(main())


def test_connections_of_one_host_are_limited(tmp_path, caplog):
    """The server hangs up on further ones, and logs that; when one ends there is room again."""
    for url in (f"unix://{tmp_path}/s", "tcp://127.0.0.1:0"):
        with blocking.serve(url, list, max_connections_per_host=1) as server:
            with blocking.connect(server.url), pytest.raises(SymphonyError):
                blocking.connect(server.url)
            until(lambda server=server: not server.channels)
            blocking.connect(server.url).close()

        async def main(url=url):
            async with aio.serve(url, drain, max_connections_per_host=1) as server:
                async with aio.connect(server.url):
                    with pytest.raises(SymphonyError):
                        await aio.connect(server.url)
                await aio_until(lambda: not server.channels)
                await (await aio.connect(server.url)).close()

        asyncio.run(main())
    who = ["user ", "user ", "127.0.0.1", "127.0.0.1"]
    refused = [record.getMessage() for record in caplog.records if "hung up on" in record.getMessage()]
    assert len(refused) == 4
    assert all(f"there are 1 connections of {host}" in line for host, line in zip(who, refused, strict=True))


async def drain(channel):
    async for _ in channel:
        pass


def test_a_server_of_another_user_is_not_trusted(tmp_path):
    """A client sends it nothing, not even a Hello; by default only this user and root are trusted."""
    url, stranger = f"unix://{tmp_path}/s", os.geteuid() + 1
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{tmp_path}/s")
        listener.listen()
        expected = f"expected a server of user {stranger}, got {os.geteuid()}"
        with pytest.raises(IpcAuthenticationFailedError, match=expected):
            blocking.connect(url, allowed_uids={stranger})
        with listener.accept()[0] as seen:
            assert seen.recv(1) == b""

        async def main():
            with pytest.raises(IpcAuthenticationFailedError, match=expected):
                await aio.connect(url, allowed_uids={stranger})

        asyncio.run(main())
        with listener.accept()[0] as seen:
            assert seen.recv(1) == b""
        for connect in (blocking.connect, aio.connect):
            with pytest.raises(FieldError, match="allowed_uids"):
                connect(url, allowed_uids="me")
    with blocking.serve(f"unix://{tmp_path}/t", list) as server:
        for trusted in (None, {os.geteuid()}):
            blocking.connect(server.url, allowed_uids=trusted).close()
        for channel in blocking.reconnect(server.url, allowed_uids={os.geteuid()}):
            channel.close()


HOST = "a" * 70


def test_an_invalid_host_name():
    """The error is a channel's, not a UnicodeError of the codec for host names."""
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
