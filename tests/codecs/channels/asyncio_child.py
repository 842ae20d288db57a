"""
A child process for the tests: it serves its standard input and output.

Arguments: ``newline`` or ``native`` framing, then a mode: ``echo``; ``noisy``
also prints; ``crash`` exits with code 3 on the first message.
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
    print("after all", flush=True)  # noqa: T201 - the test is about printing


def make_noise() -> None:
    """Print, read, and let a child process print: none of that may get between the messages."""
    print("printed", repr(sys.stdin.read()), flush=True)  # noqa: T201 - the test is about printing
    subprocess.run([sys.executable, "-S", "-c", "print('printed by a child')"], check=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
