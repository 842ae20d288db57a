"""How asyncio channels end, over every transport."""

from __future__ import annotations

import asyncio
import gc
import socket
import time

import pytest

from symphony_codecs.channels import ChannelClosedError, ConnectionLostError
from symphony_codecs.framing.errors import RemoteFrameError
from symphony_types.errors import SymphonyError
from tests.codecs.channels.asyncio_ends import ALL, answer, call, cut, drained, ends, event, profile_of, run, until


every = pytest.mark.parametrize("kind", ALL)
FAST = {"heartbeat": 0.1}


@every
@pytest.mark.parametrize("who", [0, 1])
def test_either_end_may_close(tmp_path, kind, who):
    """The other end is closed after the last message; requests under way fail at both ends."""

    async def main():
        async with ends(kind, tmp_path) as both:
            closer, other = both[who], both[1 - who]
            asking = asyncio.create_task(closer.request(call(1)))
            asked = asyncio.create_task(other.request(call(2)))
            await other.receive()
            await closer.send(event(3))
            await closer.close()
            assert (await other.receive()).payload.params[0] == 3
            for _ in range(2):
                with pytest.raises(ChannelClosedError) as caught:
                    await other.receive()
                assert caught.value.reason == "the peer has closed the channel"
            with pytest.raises(ChannelClosedError):
                await other.send(event(4))
            with pytest.raises(ChannelClosedError) as caught:
                await asking
            assert caught.value.reason == "this end has closed the channel"
            with pytest.raises(ConnectionLostError) as caught:
                await asked
            assert caught.value.reason == "the peer closed the channel before it answered"
            for method in (closer.send(event(5)), closer.request(call(6))):
                with pytest.raises(ChannelClosedError):
                    await method
            # the other end's request had arrived before
            assert (await closer.receive()).payload.id == 2
            with pytest.raises(ChannelClosedError):
                await closer.receive()
            assert [m async for m in other] == [m async for m in closer] == []
            assert not closer.is_open
            assert not other.is_open
            assert closer.ending is None
            assert isinstance(other.ending, ChannelClosedError)

    run(main())


@every
def test_both_ends_may_close_at_once_and_again(tmp_path, kind):
    """Both calls return soon, and closing a closed channel does nothing."""

    async def main():
        async with ends(kind, tmp_path) as (client, server):
            async with asyncio.timeout(20):
                await asyncio.gather(client.close(), server.close(), client.close())
                await client.close()

    run(main())


def test_answers_that_arrive_while_closing_count(tmp_path):
    """A closing end still receives answers, but drops other messages."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            asking = asyncio.create_task(client.request(call(1)))
            question = await server.receive()
            closing = asyncio.create_task(client.close())
            await asyncio.sleep(0)
            with pytest.raises(ChannelClosedError):
                await client.send(event(4))
            # the Shutdown is under way, but has not been read
            await server.send(event(5))
            await server.send(answer(question, 7))
            assert (await asking).payload.result == 7
            await closing
            with pytest.raises(ChannelClosedError):
                await client.receive()

    run(main())


@every
def test_closing_with_a_full_inbox(tmp_path, kind):
    """The peer's Shutdown behind unread messages does not block closing; queued messages can be received."""

    async def main():
        async with ends(kind, tmp_path, max_queue=2) as (client, server):
            for number in range(10):
                await server.send(event(number))
            await until(lambda: client._engine._paused)
            async with asyncio.timeout(20):
                await client.close()
            assert [m.payload.params[0] async for m in client] == [0, 1]

    run(main())


@every
def test_a_connection_that_breaks(tmp_path, kind):
    """`receive` and all requests under way raise `ConnectionLostError`, after the messages that had arrived."""

    async def main():
        async with ends(kind, tmp_path) as (client, server):
            await server.send(event(1))
            asking = [asyncio.create_task(client.request(call(n))) for n in range(3)]
            for _ in asking:
                await server.receive()
            cut(server)
            for request in asking:
                with pytest.raises(ConnectionLostError):
                    await request
            assert (await client.receive()).payload.params[0] == 1
            for _ in range(2):
                with pytest.raises(ConnectionLostError) as caught:
                    await client.receive()
            assert isinstance(caught.value, ConnectionError)
            with pytest.raises(ConnectionLostError):
                await drained(client)
            with pytest.raises(ConnectionLostError):
                await client.send(event(2))
            assert client.pending == 0
            assert not client.is_open
            assert isinstance(client.ending, ConnectionLostError)

    run(main())


def test_a_connection_that_breaks_with_a_full_inbox(tmp_path):
    """Requests fail at once, though nobody reads the messages."""

    async def main():
        async with ends("unix", tmp_path, max_queue=2) as (client, server):
            asking = asyncio.create_task(client.request(call(1)))
            await server.receive()
            for number in range(5):
                await server.send(event(number))
            await until(lambda: client._engine._paused)
            client._engine._wire.transport._force_close(ConnectionResetError(104, "gone"))
            with pytest.raises(ConnectionLostError) as caught:
                await asking
            assert "gone" in caught.value.reason
            assert isinstance(caught.value.__cause__, ConnectionResetError)
            assert [(await client.receive()).payload.params[0] for _ in range(5)] == list(range(5))
            with pytest.raises(ConnectionLostError):
                await client.receive()

    run(main())


def test_senders_that_wait_learn_of_the_end(tmp_path):
    """Senders do not wait for a peer that has disconnected."""

    async def main():
        async with ends("unix", tmp_path, max_queue=1) as (client, server):
            sending = [asyncio.create_task(client.send(event(n, 100_000))) for n in range(50)]
            await until(lambda: client._engine._senders)
            cut(server)
            results = await asyncio.gather(*sending, return_exceptions=True)
            assert isinstance(results[-1], ConnectionLostError)
            assert all(r is None or isinstance(r, ConnectionLostError) for r in results)

    run(main())


@pytest.mark.parametrize("kind", ["unix", "tls", "ws"])
def test_a_peer_that_gives_up_says_why(tmp_path, kind):
    """A peer that breaks the protocol gets an Error frame; both ends raise the reason."""

    async def main():
        async with ends(kind, tmp_path) as (client, server):
            asking = asyncio.create_task(client.request(call(1)))
            await server.receive()
            client._engine._wire.write([[b"enough bytes for a frame, but without a frame's magic"]])
            with pytest.raises(RemoteFrameError) as broken:
                await server.receive()
            assert broken.value.frame_code == "bad_magic"
            with pytest.raises(RemoteFrameError):
                await server.send(event(1))
            for method in (client.receive(), asking):
                with pytest.raises(ConnectionLostError) as caught:
                    await method
                assert "the peer gave up: " in caught.value.reason
                assert "bad_magic" in caught.value.reason
                assert isinstance(caught.value.__cause__, SymphonyError)
            assert isinstance(server.ending, RemoteFrameError)

    run(main())


# asyncio's TLS does not report the end of the socket below it.
@pytest.mark.parametrize("kind", ["unix", "tcp", "ws"])
@pytest.mark.parametrize("size", [10, 500_000])
def test_sending_too_late_is_not_logged(tmp_path, kind, size, caplog):
    """An end that sends before it notices that the peer has disconnected causes no log lines."""

    async def main():
        async with ends(kind, tmp_path) as (client, server):
            server._engine._wire.info("socket").shutdown(socket.SHUT_RDWR)
            late = [asyncio.create_task(client.send(event(number, size))) for number in range(30)]
            await asyncio.gather(*late, return_exceptions=True)
            with pytest.raises(ConnectionLostError):
                await client.send(event(30))
            with pytest.raises((ConnectionLostError, ChannelClosedError)):
                await server.receive()

    run(main())
    assert not [record for record in caplog.records if record.name == "asyncio" and record.levelname != "DEBUG"]


@pytest.mark.parametrize("kind", ["unix", "tls", "ws"])
def test_heartbeats_keep_an_idle_connection(tmp_path, kind):
    """A channel without messages stays open."""

    async def main():
        async with ends(kind, tmp_path, profile=profile_of(kind, **FAST)) as (client, server):
            before = client.bytes_received
            # more than twice the time after which a silent peer is lost
            await asyncio.sleep(0.7)
            assert client.bytes_received > before
            await client.send(event(1))
            assert (await server.receive()).payload.params[0] == 1

    run(main())


@pytest.mark.parametrize("kind", ["unix", "tls", "ws"])
def test_a_peer_that_falls_silent_is_lost(tmp_path, kind):
    """The peer is lost after three missed heartbeats."""

    async def main():
        async with ends(kind, tmp_path, profile=profile_of(kind, **FAST)) as (client, server):
            server._engine._beat.stop()
            async with asyncio.timeout(20):
                with pytest.raises(ConnectionLostError) as caught:
                    await client.receive()
            assert caught.value.reason == "expected a sign of life of the peer every 0.3 s, got none"

    run(main())


def test_a_suspended_end_does_not_give_up_the_peer(tmp_path):
    """After a long callback, or a machine's sleep, the peer gets time to send a heartbeat."""

    async def main():
        async with ends("unix", tmp_path, profile=profile_of("unix", **FAST)) as (client, server):
            # longer than the peer may be silent
            time.sleep(0.5)  # noqa: ASYNC251 - blocking is the point
            await asyncio.sleep(0.2)
            await client.send(event(1))
            assert (await server.receive()).payload.params[0] == 1

    run(main())


def test_an_end_that_does_not_read_keeps_the_connection(tmp_path):
    """With a full inbox, an end neither loses the peer nor is lost to it."""

    async def main():
        async with ends("unix", tmp_path, profile=profile_of("unix", **FAST), max_queue=2) as (client, server):
            for number in range(10):
                await server.send(event(number))
            await asyncio.sleep(0.7)
            assert client._engine._paused
            for number in range(10):
                assert (await client.receive()).payload.params[0] == number
            await client.send(event(5))
            assert (await server.receive()).payload.params[0] == 5

    run(main())


def test_a_sender_that_waits_sends_no_heartbeats(tmp_path):
    """A heartbeat would only queue behind the waiting message, and the peer has bytes to read."""

    async def main():
        async with ends("unix", tmp_path, profile=profile_of("unix", **FAST), max_queue=1) as (client, server):
            sending = [asyncio.create_task(client.send(event(n, 100_000))) for n in range(20)]
            before = -1
            while before != client.bytes_sent:
                before = client.bytes_sent
                # more than twice the interval
                await asyncio.sleep(0.25)
            assert client._engine._senders
            for number in range(20):
                assert (await server.receive()).payload.params[0] == number
            await asyncio.gather(*sending)

    run(main())


def test_websockets_ping_where_frames_have_no_heartbeats(tmp_path, monkeypatch):
    """A peer that answers pings stays connected; one that does not is lost."""
    monkeypatch.setattr("symphony_codecs.channels._websocket.WebSocketLayer.ping_interval", 0.1)

    async def main():
        async with ends("ws", tmp_path) as (client, server):
            assert client.agreement.server_heartbeat_ms == 0
            await asyncio.sleep(0.7)
            await client.send(event(1))
            assert (await server.receive()).payload.params[0] == 1
            server._engine._beat.stop()
            server._engine._wire.data_received = lambda data: None
            server._engine._wire.transport.pause_reading()
            async with asyncio.timeout(20):
                with pytest.raises(ConnectionLostError) as caught:
                    await client.receive()
            assert "sign of life" in caught.value.reason
            cut(server)

    run(main())


def test_a_peer_that_never_sends_a_shutdown(tmp_path):
    """Closing waits for its time-out, then aborts the connection."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            server._engine._wire.transport.pause_reading()
            loop = asyncio.get_running_loop()
            before = loop.time()
            await client.close(timeout=0.05)
            assert 0.04 < loop.time() - before < 5
            server._engine._wire.transport.resume_reading()
            with pytest.raises(ChannelClosedError):
                await client.receive()

    run(main())


def test_cancelling_close_aborts(tmp_path):
    """The connection is closed completely, and the peer notices."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            server._engine._wire.transport.pause_reading()
            closing = asyncio.create_task(client.close())
            await asyncio.sleep(0.01)
            closing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await closing
            assert client._engine._wire is None
            server._engine._wire.transport.resume_reading()
            with pytest.raises((ConnectionLostError, ChannelClosedError)):
                await server.receive()

    run(main())


def test_a_peer_that_does_not_read_the_last_frame_is_aborted(tmp_path, monkeypatch):
    """An end that reports an error does not wait for ever until the peer reads it."""
    monkeypatch.setattr("symphony_codecs.channels.asyncio._stream.StreamWire.linger", 0.05)

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            client._engine._wire.write([[b"enough bytes for a frame, but without a frame's magic"]])
            client._engine._wire.transport.pause_reading()
            with pytest.raises(RemoteFrameError):
                await server.receive()
            async with asyncio.timeout(20):
                await server._engine.closed()
            client._engine._wire.transport.resume_reading()

    run(main())


@every
def test_nothing_is_left_of_a_channel(tmp_path, kind):
    """No timer and no task refers to a closed channel."""

    async def main():
        async with ends(kind, tmp_path, profile=profile_of(kind, heartbeat=5.0)) as (client, _):
            engine = client._engine
        assert engine._wire is None
        assert engine._beat is None or engine._beat.living is None
        assert engine._patience is None or engine._patience.cancelled()
        gc.collect()

    run(main())
