"""`reconnect` of asyncio channels."""

from __future__ import annotations

import asyncio

from contextlib import suppress

import pytest

from symphony_codecs.channels import ConnectionLostError, ReconnectStrategy
from symphony_codecs.channels.asyncio import reconnect, serve
from symphony_codecs.framing import NegotiationError
from symphony_types.checks import FieldError
from symphony_types.errors import IpcConnectionFailedError
from tests.codecs.channels.asyncio_ends import call, cut, echo, event, profile_of, run, url_of


SOON = ReconnectStrategy(initial_delay=0.001, max_delay=0.01, max_attempts=50)


def test_a_lost_channel_is_replaced(tmp_path):
    """The body gets a new channel after each loss, and after the server closes one."""
    url = url_of("unix", tmp_path)

    async def handler(channel):
        async for message in channel:
            if message.payload.method == "cut":
                cut(channel)
            elif message.payload.method == "end":
                return
            else:
                await channel.send(message)

    async def main():
        seen = []
        async with serve(url, handler):
            async for channel in reconnect(url, strategy=SOON):
                with suppress(ConnectionLostError):
                    async with channel:
                        await channel.send(event(len(seen)))
                        seen.append((await channel.receive()).payload.params[0])
                        if len(seen) == 6:
                            break
                        await channel.request(call(method=["cut", "end"][len(seen) % 2]))
        assert seen == list(range(6))

    run(main())


def test_a_server_that_starts_later(tmp_path):
    """The client waits for the server, and the first successful attempt yields the channel."""
    url = url_of("unix", tmp_path)

    async def main():
        async def later():
            await asyncio.sleep(0.02)
            return await serve(url, echo)

        starting = asyncio.create_task(later())
        async for channel in reconnect(url, strategy=SOON):
            async with channel:
                assert (await channel.request(call(1, 2))).payload.result == 2
            break
        await (await starting).close()

    run(main())


@pytest.mark.parametrize("leaves", ["closed", "open"])
def test_a_closed_channel_ends_the_iteration(tmp_path, leaves):
    """A body that closes its channel, or leaves it open, ends the iteration."""
    url = url_of("unix", tmp_path)

    async def main():
        channels = []
        async with serve(url, echo) as server:
            async for channel in reconnect(url, strategy=SOON):
                channels.append(channel)
                await channel.request(call(1))
                if leaves == "closed":
                    await channel.close()
            assert not channels[0].is_open
            assert len(channels) == 1
            assert server.is_serving

    run(main())


def test_attempts_are_counted(tmp_path):
    """The error of the last attempt is raised."""
    url = url_of("unix", tmp_path)
    strategy = ReconnectStrategy(initial_delay=0.001, max_attempts=3)

    async def main():
        before = asyncio.get_running_loop().time()
        with pytest.raises(IpcConnectionFailedError) as caught:
            await anext(reconnect(url, strategy=strategy))
        assert "No such file" in caught.value.reason
        assert asyncio.get_running_loop().time() - before >= 0.001 + 0.002 + 0.004

    run(main())


def test_a_server_that_hangs_up_at_once_is_not_tried_for_ever(tmp_path):
    """Very short connections count as failed attempts."""
    url = url_of("unix", tmp_path)
    # waits longer than such a connection lasts
    strategy = ReconnectStrategy(initial_delay=0.02, max_delay=0.02, max_attempts=4)
    made = []

    async def handler(channel):
        cut(channel)

    async def main():
        async with serve(url, handler):
            with pytest.raises(ConnectionLostError):
                await connect_for_ever()
        # the first connection, whose loss does not count, and all attempts
        assert len(made) in {4, 5, 6}

    async def connect_for_ever():
        async for channel in reconnect(url, strategy=strategy):
            made.append(channel)
            # under any scheduling, this connection ends at once
            channel._engine.feed_eof()
            await channel._engine.closed()

    run(main())


def test_permanent_errors_are_raised_at_once(tmp_path):
    """Ends that do not agree are not tried again."""
    url = url_of("unix", tmp_path)

    async def main():
        async with serve(url, echo, profile=profile_of("unix", formats=("cbor",))):
            with pytest.raises(NegotiationError):
                await anext(reconnect(url, profile=profile_of("unix", formats=("json",))))

    run(main())


def test_arguments_are_checked_at_once():
    """Wrong arguments raise at once, not at the first loss."""
    with pytest.raises(FieldError):
        reconnect("unix:///none", strategy=5)
    with pytest.raises(FieldError):
        reconnect("unix:none")


def test_iteration_that_is_cancelled(tmp_path):
    """Cancelling it while it waits leaves nothing behind."""

    async def main():
        channels = reconnect(url_of("unix", tmp_path), strategy=ReconnectStrategy(initial_delay=20))
        task = asyncio.ensure_future(anext(channels))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(main())
