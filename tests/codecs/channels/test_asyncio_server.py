"""asyncio servers: handlers, limits, and closing."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import stat

import pytest

from symphony_codecs.channels import ChannelClosedError, ConnectionLostError
from symphony_codecs.channels.asyncio import connect, serve
from symphony_types.checks import FieldError
from symphony_types.errors import IpcConnectionFailedError, IpcTransportError
from tests.codecs.channels.asyncio_ends import SOCKETS, call, echo, event, run, serving, until, url_of


LOG = "symphony_codecs.channels"


@pytest.mark.parametrize("kind", SOCKETS)
def test_many_clients_at_once(tmp_path, kind):
    """Each client has its own channel and handler."""

    async def main():
        async with serving(kind, tmp_path, echo) as (server, dial):
            clients = await asyncio.gather(*(dial() for _ in range(10)))
            answers = await asyncio.gather(*(c.request(call(n, n)) for n, c in enumerate(clients)))
            assert [a.payload.result for a in answers] == list(range(10))
            assert len(server.channels) == 10
            assert all(channel.url == server.url for channel in server.channels)
            await asyncio.gather(*(client.close() for client in clients))

    run(main())


def test_a_handler_that_raises_ends_its_channel_alone(tmp_path, caplog):
    """The error is logged; other channels and the server go on."""

    async def handler(channel):
        async for message in channel:
            if message.payload.method == "fail":
                raise RuntimeError("the handler's own")
            await echo_one(channel, message)

    async def echo_one(channel, message):
        from tests.codecs.channels.asyncio_ends import answer

        await channel.send(answer(message, "fine"))

    async def main():
        async with serving("unix", tmp_path, handler) as (_, dial), dial() as one, dial() as other:
            with pytest.raises(ConnectionLostError):
                await one.request(call(1, method="fail"))
            assert (await other.request(call(2))).payload.result == "fine"
            async with dial() as third:
                assert (await third.request(call(3))).payload.result == "fine"

    with caplog.at_level(logging.ERROR, LOG):
        run(main())
    (record,) = caplog.records
    assert "the handler of a channel with the peer (process" in record.getMessage()
    assert "the handler's own" in str(record.exc_info[1])


def test_disconnected_peers_are_not_failures(tmp_path, caplog):
    """A handler need not catch the end of its channel: a good end is not logged, another end is one line."""
    gone = []

    async def handler(channel):
        await channel.send(event(1))
        try:
            while True:
                await channel.receive()
        except Exception as exc:
            gone.append(type(exc))
            raise

    async def main():
        async with serving("unix", tmp_path, handler) as (_, dial):
            async with dial() as client:
                await client.receive()
            client = await dial()
            await client.receive()
            client._engine.abort()
            await client.close()

    with caplog.at_level(logging.INFO, LOG):
        run(main())
    assert gone == [ChannelClosedError, ConnectionLostError]
    (record,) = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert record.getMessage().endswith(f"user {os.geteuid()}) was lost: the peer hung up")


def test_a_handler_that_returns_closes_its_channel(tmp_path):
    """The channel is closed in good order."""

    async def handler(channel):
        await channel.send(event(1))

    async def main():
        async with serving("unix", tmp_path, handler) as (server, dial):
            async with dial() as client:
                assert [m.payload.params[0] async for m in client] == [1]
            await until(lambda: not server.channels)

    run(main())


@pytest.mark.parametrize("kind", SOCKETS)
def test_a_server_closes_with_channels_open(tmp_path, kind):
    """Clients are closed in good order, handlers end, and new connections fail."""
    came, ended = [], []

    async def handler(channel):
        async for message in channel:
            came.append(message)  # noqa: PERF401 - messages are counted as they arrive
        ended.append(channel)

    async def main():
        async with serving(kind, tmp_path, handler) as (server, dial):
            clients = await asyncio.gather(dial(), dial(), dial())
            for client in clients:
                await client.send(event(5))
            await until(lambda: len(came) == 3)
            async with asyncio.timeout(20):
                await server.close()
            assert len(ended) == 3
            assert not server.is_serving
            assert repr(server) == f"<Server {server.url} closed>"
            for client in clients:
                with pytest.raises(ChannelClosedError):
                    await client.receive()
                await client.close()
            with pytest.raises(IpcConnectionFailedError):
                await dial()
            async with asyncio.timeout(20):
                await server.serve_forever()
                await server.close()

    run(main())


def test_a_handler_that_does_not_end_is_cancelled(tmp_path):
    """It is cancelled after the time-out of `close`."""
    cancelled = []

    async def handler(channel):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(channel)
            raise

    async def main():
        async with serving("unix", tmp_path, handler) as (server, dial), dial() as client:
            await until(lambda: server.channels)
            await server.close(timeout=0.05)
            assert len(cancelled) == 1
            with pytest.raises(ChannelClosedError):
                await client.receive()

    run(main())


def test_a_handler_may_close_its_server(tmp_path):
    """`close` does not wait for the handler that calls it."""

    async def main():
        async def handler(channel):
            await channel.receive()
            await server.close()

        async with serving("unix", tmp_path, handler) as (server, dial), dial() as client, asyncio.timeout(20):
            await client.send(event(1))
            await server.serve_forever()

    run(main())


def test_closing_that_is_cancelled_still_ends_all(tmp_path):
    """Handlers are cancelled, connections are aborted."""

    async def handler(channel):
        await asyncio.Event().wait()

    async def main():
        async with serving("unix", tmp_path, handler) as (server, dial):
            client = await dial()
            await until(lambda: server.channels)
            closing = asyncio.create_task(server.close())
            await asyncio.sleep(0.01)
            closing.cancel()
            await asyncio.gather(closing, return_exceptions=True)
            assert not server.channels
            await client.close()

    run(main())


@pytest.mark.parametrize("kind", ["unix", "tls", "ws"])
def test_the_number_of_connections_is_limited(tmp_path, kind, caplog):
    """The server hangs up on further ones; when one ends there is room again."""

    async def main():
        async with serving(kind, tmp_path, echo, max_connections=2) as (server, dial), dial() as one:
            async with dial() as two:
                for client in (one, two):
                    await client.request(call(1))
                with pytest.raises(IpcConnectionFailedError):
                    await dial()
            await until(lambda: len(server.channels) <= 1)
            async with dial() as three:
                await three.request(call(1))

    with caplog.at_level(logging.WARNING, LOG):
        run(main())
    assert "there are 2 connections" in caplog.records[0].getMessage()


def test_only_allowed_users_may_connect(tmp_path, caplog):
    """The server hangs up on other users; the channel of an allowed user has its credentials."""
    mine = os.geteuid()
    seen = []

    async def handler(channel):
        seen.append(channel.peer_credentials)

    async def main():
        async with serving("unix", tmp_path, handler, allowed_uids={mine + 1}) as (_, dial):
            with pytest.raises(ConnectionLostError):
                await dial()
        assert seen == []
        async with serving("unix", tmp_path, handler, allowed_uids={mine}) as (_, dial), dial() as client:
            assert [m async for m in client] == []
        assert seen[0].uid == mine
        assert seen[0].pid == os.getpid()

    with caplog.at_level(logging.WARNING, LOG):
        run(main())
    assert f"expected a peer of user {mine + 1}, got {mine}" in caplog.records[0].getMessage()


def test_the_file_of_a_unix_socket(tmp_path):
    """Only its owner may open it, and the server removes it; a stale file is replaced, a live one is not."""
    url, path = url_of("unix", tmp_path), tmp_path / "s"

    async def main():
        async with serve(url, echo):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            with pytest.raises(IpcTransportError):
                await serve(url, echo)
            async with connect(url) as client:
                await client.request(call(1))
        assert not path.exists()

    run(main())
    # once more, in another loop, with the stale file of a killed server
    import socket

    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    run(main())


def test_an_address_in_use(tmp_path):
    """The `IpcTransportError` holds the URL and the system's reason."""

    async def main():
        async with serve("tcp://127.0.0.1:0", echo) as server:
            assert server.url != "tcp://127.0.0.1:0"
            assert repr(server) == f"<Server {server.url} serving 0 channels>"
            with pytest.raises(IpcTransportError) as caught:
                await serve(server.url, echo)
            assert server.url in caught.value.reason
            assert "address already in use" in caught.value.reason

    run(main())


def test_an_invalid_number_of_connections(tmp_path):
    """The limit has to be at least 1."""

    async def main():
        with pytest.raises(FieldError):
            await serve(url_of("unix", tmp_path), echo, max_connections=0)

    run(main())
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_no_descriptors_left(tmp_path, kind, monkeypatch):
    """The loop logs it once a second, not once for each waiting connection; these are served afterwards."""
    told = []

    def refuse(self):
        raise OSError(errno.EMFILE, "Too many open files")

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
        async with serving(kind, tmp_path, echo) as (_, dial):
            with monkeypatch.context() as patch:
                patch.setattr(socket.socket, "accept", refuse)
                waiting = [asyncio.create_task(connected(dial)) for _ in range(5)]
                await until(lambda: told)
                await asyncio.sleep(0.05)
            assert len(told) == 1
            for channel in await asyncio.gather(*waiting):
                await channel.close()

    async def connected(dial):
        return await dial()

    run(main())
