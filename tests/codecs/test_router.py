"""A router on raw channels: what it passes on, that it passes on nothing else, and what it says where it cannot."""

from __future__ import annotations

import socket
import sys

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from symphony_codecs.channels import ChannelClosedError, ConnectionLostError
from symphony_codecs.channels.asyncio import Channel, connect, serve
from symphony_codecs.framing import RawFrame
from symphony_types import FrameFlags, FrameHeader, FrameRoute, FrameType, MessagePriority, ProcessId
from tests.codecs.channels.asyncio_ends import run
from tests.codecs.router import Forwarded, Router, hop_profile


pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")

ALL = hop_profile(["json", "msgpack", "cbor", "msgpack-compact"])

# Says what was agreed on and which process it is, then sends every frame back as it came.
ECHO = """
import asyncio, os
from symphony_codecs.channels.asyncio import serve
from symphony_codecs.transports import TransportProfile
from symphony_codecs.framing import RawFrame
from symphony_types import FrameHeader, FrameType
async def echo(channel):
    names = [offer.name for offer in channel.agreement.formats]
    header = FrameHeader(frame_type=FrameType.EVENT, format=0, stream_id=1)
    await channel.send(RawFrame(header, f"{names} {os.getpid()}".encode()))
    async for frame in channel:
        await channel.send(frame)
async def main():
    formats = ("json", "msgpack", "cbor", "msgpack-compact")
    profile = TransportProfile(framing="native", formats=formats, max_payload=65536, checksum=True, routed=True)
    async with serve("stdio:", echo, profile=profile, raw=True) as server:
        await server.serve_forever()
asyncio.run(main())
"""


def python(script: str) -> Sequence[str]:
    return (sys.executable, "-P", "-c", script)


@asynccontextmanager
async def routing(folder: Path, command: Sequence[str]) -> AsyncIterator[tuple[Router, Any]]:
    """Run a router in this process; yields it, and what makes a raw channel to it."""
    router = Router(command)
    async with serve(f"unix://{folder}/s", router.attend, profile=ALL, raw=True) as server:

        def dial(*formats: str) -> Any:
            profile = hop_profile(formats) if formats else ALL
            return connect(server.url, profile=profile, raw=True, timeout=20)

        yield router, dial


def frame(payload: bytes = b"{", stream_id: int = 1, **fields: Any) -> RawFrame:
    values = {"frame_type": FrameType.REQUEST, "format": 1, **fields}
    return RawFrame(FrameHeader(stream_id=stream_id, **values), payload)


def test_frames_pass_untouched(tmp_path: Path) -> None:
    """Payloads that are no documents, wrong checksums, unknown types and later headers: all of it comes back."""
    checked = FrameFlags.CHECKSUM
    route = FrameRoute(ProcessId.new(), ProcessId.new())
    frames = [
        frame(b"\xff no document", flags=checked),
        attrs.evolve(frame(b"wrong", flags=checked), checksum=0xDEADBEEF),
        frame(b"", frame_type=FrameType(99), format=200, flags=checked),
        frame(b"later", flags=checked | FrameFlags.ROUTED, route=route, priority=MessagePriority.CRITICAL),
        attrs.evolve(frame(b"longer header", flags=checked), extension=bytes(range(16))),
        frame(bytes(ALL.max_payload), flags=checked),
        frame(b"says no", frame_type=FrameType.ERROR, flags=checked),
    ]

    def told(one: RawFrame) -> Any:
        return attrs.evolve(one.header, stream_id=1, sequence=1), bytes(one.payload), one.extension

    async def main() -> None:
        async with routing(tmp_path, python(ECHO)) as (router, dial), dial() as channel:
            await channel.receive(timeout=20)
            for one in frames:
                await channel.send(one)
            back = [await channel.receive(timeout=20) for _ in frames]
            assert [told(one) for one in back] == [told(one) for one in frames]
            assert back[1].checksum == 0xDEADBEEF
            assert back[0].to_frame().payload == b"\xff no document"
            assert router.forwarded.frames == 1 + 2 * len(frames)
            assert router.forwarded.bytes > 2 * ALL.max_payload

    run(main())


def test_each_connection_has_a_process_and_its_formats(tmp_path: Path) -> None:
    """What was agreed on with the driver is what the process is offered; two drivers do not share one."""

    async def main() -> None:
        async with routing(tmp_path, python(ECHO)) as (router, dial), dial("cbor") as one, dial("json", "cbor") as two:
            first = bytes((await one.receive(timeout=20)).payload).decode().rsplit(maxsplit=1)
            second = bytes((await two.receive(timeout=20)).payload).decode().rsplit(maxsplit=1)
            assert (first[0], second[0]) == ("['cbor']", "['json', 'cbor']")
            assert first[1] != second[1]
            assert router.forwarded == Forwarded(connections=2, frames=2, bytes=sum(map(len, [*first, *second])) + 2)

    run(main())


def test_fragments_stay_together(tmp_path: Path) -> None:
    """Interleaved messages in fragments keep apart: a stream has one id until its last frame, and then another."""
    more = FrameFlags.MORE_FRAGMENTS
    sent = [(7, more), (9, more), (7, more), (8, FrameFlags(0)), (9, FrameFlags(0)), (7, FrameFlags(0)), (7, more)]

    async def main() -> None:
        async with routing(tmp_path, python(ECHO)) as (_, dial), dial() as channel:
            await channel.receive(timeout=20)
            for number, (stream_id, flags) in enumerate(sent):
                await channel.send(frame(bytes([number]), stream_id, flags=flags))
            back = [await channel.receive(timeout=20) for _ in sent]
            assert [bytes(one.payload) for one in back] == [bytes([number]) for number in range(len(sent))]
            seven, nine, again, eight, ninth, seventh, new = (one.header.stream_id for one in back)
            assert seven == again == seventh
            assert nine == ninth
            assert len({seven, nine, eight, new}) == 4

    run(main())


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("/no/such/program",), "expected a process, got .*no/such/program"),
        (python("raise SystemExit(7)"), "the process exited with 7"),
        (python("import sys; sys.stdin.buffer.read(40); raise SystemExit(8)"), "the process exited with 8"),
        (python("print('hello'); input()"), "bad_magic"),
        (python(ECHO.replace('"json", "msgpack", "cbor", "msgpack-compact"', '"json",')), "no_agreement: .*cbor"),
        (python(ECHO.replace("os.getpid()", "os._exit(9)")), "the process exited with 9"),
    ],
)
def test_the_driver_is_told_why(tmp_path: Path, command: Sequence[str], says: str) -> None:
    """A process that does not start, dies or speaks otherwise: the driver gets the reason, as the router's error."""

    async def main() -> None:
        async with routing(tmp_path, command) as (_, dial), dial("cbor") as channel:
            with pytest.raises(ConnectionLostError, match=rf"the peer gave up: .*{says}"):
                await channel.receive(timeout=20)

    run(main())


def test_a_process_that_ends_in_order(tmp_path: Path) -> None:
    """What it sent before arrives, and then the channel is closed in order."""
    command = python(ECHO.replace("async for frame in channel:", "for frame in []:"))

    async def main() -> None:
        async with routing(tmp_path, command) as (router, dial), dial() as channel:
            await channel.receive(timeout=20)
            with pytest.raises(ChannelClosedError):
                await channel.receive(timeout=20)
            assert router.forwarded.frames == 1

    run(main())


def test_a_driver_that_is_gone_takes_its_process_along(tmp_path: Path) -> None:
    """Without a goodbye: the process ends, by itself, and so does the handler."""

    async def main() -> None:
        ended = tmp_path / "ended"
        command = python(f"{ECHO}\nopen({str(ended)!r}, 'w').close()")
        async with routing(tmp_path, command) as (_, dial):
            channel: Channel[RawFrame] = await dial()
            await channel.receive(timeout=20)
            await channel.close(timeout=0)
        assert ended.exists()

    run(main())
