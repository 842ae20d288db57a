"""
A child process for the tests: it sends documents over its standard output, and compares the ones that come back.

Arguments: a file with a list of documents, the framing, the format.
"""

from __future__ import annotations

import asyncio
import sys

from pathlib import Path
from typing import Any

from symphony_codecs import get_codec
from symphony_codecs.channels.asyncio import Channel, serve
from symphony_codecs.transports import FormatPolicy
from symphony_types import TransportType


async def main(documents: list[Any], framing: Any, name: str) -> None:
    """Send all documents while receiving what comes back."""

    async def compare(channel: Channel[Any]) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(_send(channel, documents))
            for document in documents:
                got = await channel.receive(timeout=60)
                assert got == document, (got, document)
        print("compared", len(documents), file=sys.stderr)  # noqa: T201 - the test looks for this line

    policy = FormatPolicy.default().with_profile(TransportType.STDIO, framing=framing, formats=(name,))
    async with serve("stdio:", compare, Any, policy=policy) as server:
        await server.serve_forever()


async def _send(channel: Channel[Any], documents: list[Any]) -> None:
    for document in documents:
        await channel.send(document)


if __name__ == "__main__":
    path, framing, name = sys.argv[1:]
    asyncio.run(main(get_codec(name).decode(Path(path).read_bytes(), list[Any]), framing, name))
