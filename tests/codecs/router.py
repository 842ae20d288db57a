"""A router: it starts a process for each connection, forwards frames both ways, and decodes no payload."""

from __future__ import annotations

import asyncio
import contextlib

from collections.abc import Iterable, Sequence

import attrs

from symphony_codecs.channels.asyncio import Channel, spawn
from symphony_codecs.framing.messages import encode_message
from symphony_codecs.framing.raw import RawFrame, StreamMap, translate_format
from symphony_codecs.transports import TransportProfile
from symphony_types import SymphonyError


__all__ = ["Forwarded", "Router", "hop_profile"]

# How long a started process may take to say Hello, and a driver to receive the reason for the end, in seconds.
_START_SECONDS = 30.0
_FAREWELL_SECONDS = 1.0


@attrs.frozen(kw_only=True)
class Forwarded:
    """Counts of forwarded connections, frames in both directions, and bytes of their payloads."""

    connections: int
    frames: int
    bytes: int


def hop_profile(formats: Iterable[str]) -> TransportProfile:
    """Return the profile between processes, with these formats in order of preference."""
    return TransportProfile(
        framing="native", formats=tuple(formats), max_payload=64 * 1024, checksum=True, routed=True, reason="a test"
    )


class Router:
    """
    Connects each driver to a process of its own.

    Args:
        command: The command that starts the process.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._connections = self._frames = self._bytes = 0

    @property
    def forwarded(self) -> Forwarded:
        """The counts so far."""
        return Forwarded(connections=self._connections, frames=self._frames, bytes=self._bytes)

    async def attend(self, near: Channel[RawFrame]) -> None:
        """Forward frames both ways until one end closes; if it closes with an error, send *near* the reason."""
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
            # Once one end has closed, the other has no peer left.
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
    """Send a peer the reason why its connection ends; the peer may be gone already."""
    with contextlib.suppress(SymphonyError):
        for frame in encode_message(error, SymphonyError, "json", stream_id=0):
            await channel.send(RawFrame(frame.header, frame.payload), timeout=_FAREWELL_SECONDS)
