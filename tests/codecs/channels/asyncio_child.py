"""
A child process for the tests: it serves its standard input and output.

Arguments: ``newline`` or ``native`` framing, then what it does: ``echo``;
``noisy`` prints besides; ``crash`` exits with code 3 upon the first message.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

from symphony_codecs.channels.asyncio import serve
from tests.codecs.channels.asyncio_ends import NATIVE_STDIO, answer


async def main(framing: str, way: str) -> None:
    async def handler(channel) -> None:
        async for message in channel:
            if way == "crash":
                os._exit(3)
            if way == "noisy":
                make_noise()
            await channel.send(answer(message, message.payload.params))

    profile = NATIVE_STDIO if framing == "native" else None
    async with serve("stdio:", handler, profile=profile) as server:
        await server.serve_forever()
    print("after all", flush=True)  # noqa: T201 - what the test is about


def make_noise() -> None:
    """Print, read, and let a child print: none of it may come between the messages."""
    print("printed", repr(sys.stdin.read()), flush=True)  # noqa: T201 - what the test is about
    subprocess.run([sys.executable, "-S", "-c", "print('printed by a child')"], check=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
