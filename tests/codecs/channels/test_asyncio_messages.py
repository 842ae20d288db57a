"""Messages and requests over asyncio channels, over every transport."""

from __future__ import annotations

import asyncio
import random

import pytest

from symphony_codecs.channels.asyncio import Channel
from symphony_codecs.errors import DecodeError, EncodeError
from symphony_codecs.framing.errors import LocalFrameError
from symphony_codecs.framing.raw import RawFrame
from symphony_types.checks import FieldError
from symphony_types.errors import TimedOutError
from symphony_types.message.ipc import FrameType, TransportType
from symphony_types.message.jsonrpc import JsonRpcRequest, JsonRpcResponse
from tests.codecs.channels.asyncio_ends import (
    ALL,
    SOCKETS,
    answer,
    call,
    drained,
    echo,
    ends,
    event,
    profile_of,
    run,
    serving,
    until,
)


every = pytest.mark.parametrize("kind", ALL)


@every
def test_messages_go_both_ways(tmp_path, kind):
    """Small and large messages arrive equal and in order."""

    async def main():
        async with ends(kind, tmp_path) as (client, server):
            for one, other in ((client, server), (server, client)):
                sent = [call(1), event(2), event(3, 3_000_000), call(4, {"a": [None, 1.5, "ä"]})]
                sending = asyncio.gather(*(one.send(message) for message in sent))
                assert [await other.receive(timeout=20) for _ in sent] == sent
                await sending

    run(main())


@every
def test_iteration_ends_when_the_peer_closes(tmp_path, kind):
    """The iteration first yields all messages sent before."""

    async def main():
        async with ends(kind, tmp_path) as (client, server):
            for number in range(10):
                await server.send(event(number))
            await asyncio.gather(server.close(), consume(client, range(10)))
            assert not client.is_open

    async def consume(channel, expected):
        assert [m.payload.params[0] async for m in channel] == list(expected)

    run(main())


@every
def test_a_hundred_requests_answered_in_any_order(tmp_path, kind):
    """Each request gets its own answer."""

    async def main():
        async with ends(kind, tmp_path) as (client, server):
            requests = [asyncio.create_task(client.request(call(number, number))) for number in range(100)]
            got = [await server.receive() for _ in requests]
            assert client.pending == 100
            random.Random(5).shuffle(got)
            for message in got:
                await server.send(answer(message, message.payload.params))
            answers = await asyncio.gather(*requests)
            assert [a.payload.result for a in answers] == list(range(100))
            assert client.pending == 0

    run(main())


def test_both_ends_may_ask_at_once(tmp_path):
    """Requests cross, and answers are not mistaken for requests."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            serving_both = [asyncio.create_task(echo(end)) for end in (client, server)]
            results = await asyncio.gather(*(end.request(call(n, n)) for n in range(20) for end in (client, server)))
            assert [r.payload.result for r in results] == [n for n in range(20) for _ in "ab"]
            await client.close()
            await asyncio.gather(*serving_both)

    run(main())


def test_bare_json_rpc_is_paired_by_its_id(tmp_path):
    """Bare requests without envelopes work, too; an id that is under way is refused."""
    either = JsonRpcRequest | JsonRpcResponse

    async def main():
        async with ends("unix", tmp_path, as_type=either) as (client, server):
            request = JsonRpcRequest(method="m", id="a")
            asking = asyncio.create_task(client.request(request))
            assert await server.receive() == request
            with pytest.raises(FieldError):
                await client.request(request)
            assert client.pending == 1
            await server.send(JsonRpcResponse.success(5, "a"))
            assert (await asking).result == 5

    run(main())


def test_a_late_answer_is_dropped(tmp_path):
    """After the request's time-out the channel stays open, and `receive` does not return the answer."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            with pytest.raises(TimedOutError) as caught:
                await client.request(call(1), timeout=0.01)
            assert caught.value.message == "expected an answer within 0.01 s, got none"
            assert client.pending == 0
            await server.send(answer(await server.receive()))
            await server.send(event(2))
            assert (await client.receive()).payload.params[0] == 2

    run(main())


def test_an_answer_without_a_request_is_a_message(tmp_path):
    """`receive` returns an answer that this end did not ask for."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            stray = answer(call(1))
            await server.send(stray)
            assert await client.receive() == stray

    run(main())


@pytest.mark.parametrize("timeout", [float("nan"), "soon"])
def test_a_time_out_that_is_not_a_number(tmp_path, timeout):
    """Nothing is sent, no request stays under way, no message is lost, and other time-outs still work."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            before = client.bytes_sent
            with pytest.raises((FieldError, TypeError)):
                await client.request(call(1), timeout=timeout)
            with pytest.raises((FieldError, TypeError)):
                await client.receive(timeout=timeout)
            assert (client.bytes_sent, client.pending) == (before, 0)
            with pytest.raises(TimedOutError):
                await client.request(call(1), timeout=0.01)
            await server.send(event(2))
            assert (await client.receive(timeout=5)).payload.params[0] == 2

    run(main())


def test_receive_times_out(tmp_path):
    """The channel stays open."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            with pytest.raises(TimedOutError) as caught:
                await client.receive(timeout=0.01)
            assert caught.value.message == "expected a message within 0.01 s, got none"
            await server.send(event(1))
            assert (await client.receive(timeout=5)).payload.params[0] == 1

    run(main())


@pytest.mark.parametrize("kind", ["unix", "tls", "ws"])
def test_a_receiver_that_stalls_stops_the_sender(tmp_path, kind):
    """The amount under way is bounded; when the receiver goes on, all messages arrive in order."""
    size, total = 40_000, 400

    async def main():
        # small enough that the system's buffers cannot hold all messages
        async with ends(kind, tmp_path, max_queue=4) as (client, server):
            sent = 0

            async def send_all():
                nonlocal sent
                for number in range(total):
                    await client.send(event(number, size))
                    sent += 1

            sending = asyncio.create_task(send_all())
            still = 0
            while still < 2:
                before = sent
                # no more is sent, although there is time for it
                await asyncio.sleep(0.05)
                still = still + 1 if before == sent > 0 else 0
            assert sent < total
            # mostly the system's buffers, up to 6 MiB with TCP
            assert client.bytes_sent - server.bytes_received < 10_000_000
            assert server.bytes_received < 4 * size + 2_000_000
            assert len(server._engine.conversation.inbox) == 4
            with pytest.raises(TimedOutError) as caught:
                await client.send(event(0), timeout=0)
            assert caught.value.message == "expected the peer to accept a message within 0 s"
            for number in range(total):
                assert (await server.receive()).payload.params[0] == number
            await sending

    run(main())


def test_a_message_of_another_type_is_one_error(tmp_path):
    """`receive` raises `DecodeError` once; the messages before and after it arrive."""

    async def main():
        async def handler(channel):
            for message in ({"a": 1}, 5, {"b": 2}):
                await channel.send(message)

        serve_all = serving("unix", tmp_path, handler, as_type=dict | int)
        async with serve_all as (_, dial), dial(as_type=dict) as client:
            assert await client.receive() == {"a": 1}
            with pytest.raises(DecodeError) as caught:
                await client.receive()
            assert "expected a map, got 5" in caught.value.reason
            assert await drained(client) == [{"b": 2}]

    run(main())


@every
def test_a_message_that_cannot_be_sent_leaves_the_channel_as_it_was(tmp_path, kind):
    """Nothing of an unencodable or too large message is sent, and no request waits for its answer."""

    async def main():
        profile = profile_of(kind, max_message=100_000, max_payload=50_000)
        async with ends(kind, tmp_path, profile=profile) as (client, server):
            with pytest.raises(EncodeError):
                await client.request(call(1, {"a": object()}))
            with pytest.raises(LocalFrameError) as caught:
                await client.request(event(1, 100_000))
            assert caught.value.frame_code == "too_large"
            assert client.pending == 0
            await client.send(event(7, 60_000))
            assert (await server.receive()).payload.params[0] == 7

    run(main())


def test_a_receiver_that_is_cancelled_loses_nothing(tmp_path):
    """It may be cancelled before a message arrives, while it arrives, or while another receiver waits."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            for turns in range(8):
                first = asyncio.create_task(client.receive())
                second = asyncio.create_task(client.receive())
                await asyncio.sleep(0)
                await server.send(event(turns))
                for _ in range(turns):
                    await asyncio.sleep(0)
                first.cancel()
                got = await asyncio.gather(first, return_exceptions=True)
                if isinstance(got[0], asyncio.CancelledError):
                    got = [await second]
                else:
                    second.cancel()
                    await asyncio.gather(second, return_exceptions=True)
                assert got[0].payload.params[0] == turns
                assert not client._engine.conversation._receivers

    run(main())


def test_a_receiver_woken_and_cancelled_at_once_wakes_the_next(tmp_path):
    """The remaining receiver gets the message."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            first = asyncio.create_task(client.receive())
            second = asyncio.create_task(client.receive())
            await asyncio.sleep(0)
            engine = client._engine
            feed = engine.feed
            engine.feed = lambda data: (feed(data), first.cancel())
            await server.send(event(1))
            assert (await second).payload.params[0] == 1
            with pytest.raises(asyncio.CancelledError):
                await first

    run(main())


def test_a_sender_that_is_cancelled_has_not_sent(tmp_path):
    """A cancelled message is not sent, and later messages arrive whole."""

    async def main():
        async with ends("unix", tmp_path, max_queue=1) as (client, server):
            sent = 0
            while True:
                try:
                    await client.send(event(sent, 50_000), timeout=0.05)
                except TimedOutError:
                    break
                sent += 1
            waiting = [asyncio.create_task(client.send(event(1000 + n))) for n in range(3)]
            asking = asyncio.create_task(client.request(call(9)))
            await asyncio.sleep(0)
            waiting[0].cancel()
            asking.cancel()
            await asyncio.gather(waiting[0], asking, return_exceptions=True)
            assert client.pending == 0
            got = [(await server.receive()).payload.params[0] for _ in range(sent + 2)]
            assert got == [*range(sent), 1001, 1002]
            await asyncio.gather(*waiting[1:])
            await client.send(event(7))
            assert (await server.receive()).payload.params[0] == 7

    run(main())


def test_a_request_that_is_cancelled_drops_its_answer(tmp_path):
    """The answer is dropped, as after a time-out."""

    async def main():
        async with ends("unix", tmp_path) as (client, server):
            asking = asyncio.create_task(client.request(call(1)))
            question = await server.receive()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert client.pending == 0
            await server.send(answer(question))
            await server.send(event(5))
            assert (await client.receive()).payload.params[0] == 5

    run(main())


def test_a_sender_that_never_blocks_lets_others_run(tmp_path):
    """Other tasks run even if the peer reads everything at once."""

    async def main():
        async with ends("unix", tmp_path, max_queue=10_000) as (client, _):
            turns = 0

            async def other():
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            running = asyncio.create_task(other())
            for number in range(1000):
                client._engine._writable = True
                await client.send(event(number))
            assert turns > 5
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    run(main())


@every
def test_properties_of_a_channel(tmp_path, kind):
    """A channel reports its endpoint, its agreement and the number of bytes."""
    transport, format_name = {
        "unix": (TransportType.UNIX_SOCKET, "msgpack-compact"),
        "tcp": (TransportType.TCP, "msgpack"),
        "tls": (TransportType.TCP, "msgpack"),
        "ws": (TransportType.WEBSOCKET, "msgpack"),
        "wss": (TransportType.WEBSOCKET, "msgpack"),
        "pair": (TransportType.IN_PROCESS, "msgpack-compact"),
    }[kind]

    async def main():
        async with ends(kind, tmp_path) as (client, server):
            assert client.transport is server.transport is transport
            assert client.url == server.url
            assert client.url.startswith({"tls": "tcp", "pair": "memory"}.get(kind, kind) + ":")
            assert client.agreement == server.agreement
            assert client.agreement.format.name == client.codec.name == format_name
            assert client.profile == profile_of(kind)
            assert (client.peer_credentials is not None) is (kind == "unix")
            assert client.is_open
            assert client.process is None
            before = client.bytes_sent, server.bytes_received
            await client.send(event(1, 1000))
            await server.receive()
            grown = client.bytes_sent - before[0]
            assert 1000 < grown < 1500
            assert server.bytes_received - before[1] == grown
            assert repr(client) == f"<Channel {client.url} open>"
        assert repr(client) == f"<Channel {client.url} closed>"

    run(main())


@pytest.mark.parametrize("kind", SOCKETS)
def test_a_router_sees_frames(tmp_path, kind):
    """`raw` channels pass frames undecoded; the router keeps track of the answers' destinations."""

    async def main():
        async with serving(kind, tmp_path, forward, raw=True) as (_, dial), dial() as client:
            message = event(1)
            await client.send(message)
            assert await client.receive() == message

    async def forward(channel: Channel[RawFrame]):
        async for frame in channel:
            assert isinstance(frame, RawFrame)
            assert frame.header.frame_type is FrameType.EVENT
            assert channel.codec is None
            await channel.send(frame)

    run(main())


@pytest.mark.parametrize("kind", ["unix", "ws", "pair"])
def test_large_messages_wait_by_their_bytes(tmp_path, kind):
    """Only few are decoded before they are received, whatever *max_queue* is; all arrive in order."""
    size, total = 1_000_000, 20

    async def main():
        async with ends(kind, tmp_path) as (client, server):

            async def send_all():
                for number in range(total):
                    await client.send(event(number, size))

            sending = asyncio.create_task(send_all())
            await until(lambda: server._engine._paused)
            assert 3 <= len(server._engine.conversation.inbox) <= 5
            for number in range(total):
                assert (await server.receive()).payload.params[0] == number
            await sending

    run(main())
