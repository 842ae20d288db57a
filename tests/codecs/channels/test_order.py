"""Messages of many tasks are sent in the order of the calls, however long each waits."""

from __future__ import annotations

import asyncio

from pathlib import Path

from symphony_codecs.channels.asyncio import connect, serve
from symphony_types import JsonRpcNotification, MessageEnvelope, ProcessId


ME = ProcessId.new()


def test_tasks_that_send_at_once_keep_their_order(tmp_path: Path):
    """A peer that stalls makes senders wait; no message overtakes another, small or large."""
    count = 600
    got: list[int] = []

    async def main() -> None:
        done = asyncio.Event()

        async def handle(channel):
            async for message in channel:
                got.append(message.payload.params["n"])
                if len(got) % 97 == 0:
                    await asyncio.sleep(0.01)
            done.set()

        async def send(channel, number):
            # every third message is large enough for a few of them to fill the socket's buffer
            filling = "x" * (100_000 if number % 3 == 0 else 10)
            payload = JsonRpcNotification(method="n", params={"n": number, "filling": filling})
            await channel.send(MessageEnvelope(sender=ME, payload=payload), timeout=30)

        url = f"unix://{tmp_path}/order.sock"
        async with serve(url, handle, max_queue=4), connect(url) as channel:
            first = [asyncio.create_task(send(channel, number)) for number in range(count // 2)]
            for task in first[::50]:
                await task
            # these start while others wait, and while the next one wakes up
            rest = [asyncio.create_task(send(channel, number)) for number in range(count // 2, count)]
            await asyncio.gather(*first, *rest)
            await channel.close(timeout=30)
            await asyncio.wait_for(done.wait(), 30)

    asyncio.run(main())
    assert got == list(range(count))
