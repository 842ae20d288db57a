"""
The process in the middle of the demo: it forwards frames, and reads no payload.

``python -m symphony_codecs.cli.demo.router SOCKET [COMMAND...]`` listens at a
Unix socket.  For each connection it starts the command, by default the process
that answers, and offers it the formats that were agreed on there.  It says on
standard output where it listens and, after the end of its standard input, how
much went through.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

from collections.abc import Sequence
from typing import Any, Final

from symphony_types.errors import SymphonyError
from symphony_types.message.ipc import TransportType

from ...channels.asyncio import Channel, serve, spawn
from ...channels.endpoint import Endpoint
from ...framing.messages import encode_message
from ...framing.raw import RawFrame, StreamMap, translate_format
from ...registry import get_codec
from .wire import PEER, Forwarded, frame_codecs, hop_profile


__all__ = ["Router", "main"]

# How long a process that was started may take to say Hello, and a driver to hear why it is given up, in seconds.
_START_SECONDS: Final = 30.0
_FAREWELL_SECONDS: Final = 1.0
_END_SECONDS: Final = 2.0


class Router:
    """
    Joins each connection to a process of its own.

    Args:
        command: What to start.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._connections = self._frames = self._bytes = 0

    @property
    def forwarded(self) -> Forwarded:
        """What has gone through until now."""
        return Forwarded(connections=self._connections, frames=self._frames, bytes=self._bytes)

    async def attend(self, near: Channel[RawFrame]) -> None:
        """Forward what comes on *near*, and what answers it, until an end has gone; *near* is told why."""
        self._connections += 1
        assert near.agreement is not None
        profile = hop_profile(offer.name for offer in near.agreement.formats)
        try:
            far: Channel[RawFrame] = await spawn(self._command, profile=profile, raw=True, timeout=_START_SECONDS)
        except SymphonyError as error:
            await _give_up(near, error)
            return
        async with far:
            try:
                await self._join(near, far)
            except SymphonyError as error:
                await _give_up(near, error)

    async def _join(self, near: Channel[RawFrame], far: Channel[RawFrame]) -> None:
        ways = [asyncio.create_task(self._forward(*way)) for way in ((near, far), (far, near))]
        try:
            # Whichever end goes first, nobody is left to talk to the other.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            ended = await asyncio.gather(*ways, return_exceptions=True)
        for failure in ended:
            if isinstance(failure, Exception):
                raise failure

    async def _forward(self, source: Channel[RawFrame], target: Channel[RawFrame]) -> None:
        streams = StreamMap()
        assert source.agreement is not None
        assert target.agreement is not None
        async for frame in source:
            known_there = translate_format(frame, source.agreement, target.agreement)
            await target.send(streams.rewrite(source, known_there))
            self._frames += 1
            self._bytes += len(frame.payload)


async def _give_up(channel: Channel[RawFrame], error: SymphonyError) -> None:
    """Tell a peer, which may have gone itself, why there is nothing more for it."""
    with contextlib.suppress(SymphonyError):
        for frame in encode_message(error, SymphonyError, "json", stream_id=0):
            await channel.send(RawFrame(frame.header, frame.payload), timeout=_FAREWELL_SECONDS)


async def _end_of_input() -> None:
    reader = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    try:
        await reader.read()
    finally:
        pipe.close()


def _say(value: Any) -> None:
    sys.stdout.buffer.write(get_codec("json").encode(value) + b"\n")
    sys.stdout.buffer.flush()


async def main(socket: str, *command: str) -> None:
    """
    Route until standard input ends, which has to be a pipe, a socket or a terminal.

    Args:
        socket: The path to listen at.
        command: What to start for each connection; by default the process
            that answers.

    Raises:
        IpcError: It cannot listen there.
    """
    router = Router(command or PEER)
    url = Endpoint(transport=TransportType.UNIX_SOCKET, path=socket).url
    profile = hop_profile(codec.name for codec in frame_codecs())
    server = await serve(url, router.attend, profile=profile, raw=True)
    try:
        _say({"listening": server.url})
        await _end_of_input()
    finally:
        # Drivers are done by now, or dead; the processes that were started for them may still be about to end.
        await server.close(timeout=_END_SECONDS)
    _say(router.forwarded)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
