"""Connections without messages: servers of both flavours close them."""

from __future__ import annotations

import asyncio
import math
import time

import pytest

from symphony_codecs.channels import ConnectionLostError, blocking
from symphony_codecs.channels._idle import idle_limit
from symphony_codecs.channels._options import Settings
from symphony_codecs.framing import FrameEncoder
from symphony_codecs.framing.hello import FormatOffer, Hello, HelloLimits
from symphony_codecs.registry import get_codec
from symphony_codecs.transports import TransportProfile
from symphony_types import FrameHeader, FrameType, IpcFrame, TransportType
from symphony_types.checks import FieldError
from tests.codecs.channels.blocking_ends import answer, call, event, profile_of, threads, url_of
from tests.codecs.channels.strangers import FLAVOURS, calm, plain, read_to_end, served, until


LIMIT = 0.1
NEWLINE = TransportProfile(framing="newline", formats=("json",))


def hello(heartbeat_ms: int = 0) -> bytes:
    """Return the bytes of a client that sends a Hello and then nothing."""
    limits = HelloLimits(max_payload=1024, max_message=1024)
    said = Hello(versions=(1,), formats=(FormatOffer("json", 1),), limits=limits, heartbeat_ms=heartbeat_ms)
    return FrameEncoder().encode(said.to_frame())


def heartbeat() -> IpcFrame:
    return IpcFrame(header=FrameHeader(frame_type=FrameType.HEARTBEAT, format=0, stream_id=0), payload=b"")


def forever(channel):
    """Receive messages until the channel ends."""
    for _ in channel:
        pass


@pytest.mark.parametrize("kind", ["unix", "tcp"])
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_stranger_that_says_hello_and_nothing_else(flavour, kind, tmp_path, caplog):
    """Its place is freed, whatever heartbeats it announced or sends."""
    with (
        calm(caplog) as lines,
        served(flavour, url_of(kind, tmp_path), forever, max_idle=LIMIT, max_connections=2) as server,
        plain(server.url) as silent,
        plain(server.url) as beating,
    ):
        silent.sendall(hello())
        beating.sendall(hello(20))
        encoder = FrameEncoder(checksum=kind == "tcp")
        encoder.encode(heartbeat())
        beating.setblocking(False)
        until(lambda: server.channels)
        gone, said = False, b""
        while not gone:
            try:
                said += (more := beating.recv(65536))
                gone = not more
            except BlockingIOError:
                beating.sendall(encoder.encode(heartbeat()))
                time.sleep(0.01)
            except ConnectionError:
                gone = True
        assert b"SY" in read_to_end(silent)
        until(lambda: not server.channels)
        assert len(lines()) == 2
        assert all("no message for 0.1 s, and no request under way" in line for line in lines())
        blocking.connect(server.url).close()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_peers_without_a_hello(flavour, tmp_path):
    """With JSON lines, the server ends the stream."""
    url = url_of("unix", tmp_path)
    with served(flavour, url, forever, max_idle=LIMIT, profile=NEWLINE) as server, plain(server.url) as silent:
        assert read_to_end(silent) == b""


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_busy_connections_are_not_idle(flavour, tmp_path):
    """Messages and requests under way, in either direction, count as use, however long a request takes."""

    def slow(channel):
        for message in channel:
            if message.payload.method == "n":
                # the other way round: the client is slow to answer
                assert channel.request(call(7)).payload.result == "at last"
                continue
            time.sleep(2.5 * LIMIT)
            channel.send(answer(message, "done"))

    with served(flavour, url_of("unix", tmp_path), slow, max_idle=LIMIT) as server:
        with blocking.connect(server.url) as channel:
            assert channel.request(call(1)).payload.result == "done"
            channel.send(event(1))
            asked = channel.receive()
            time.sleep(2.5 * LIMIT)
            channel.send(answer(asked, "at last"))
            assert channel.request(call(2)).payload.result == "done"
        # then the connection is idle
        with blocking.connect(server.url) as channel:
            assert list(channel) == []

    def apart(channel):
        """Answer in another task, and receive the next message meanwhile."""
        for message in channel:
            pool.start(lambda message=message: (time.sleep(2.5 * LIMIT), channel.send(answer(message, "done"))))

    with (
        threads(2) as pool,
        served(flavour, url_of("unix", tmp_path), apart, max_idle=LIMIT) as server,
        blocking.connect(server.url) as channel,
    ):
        assert channel.request(call(1)).payload.result == "done"
        assert list(channel) == []

    def pushes(channel):
        for number in range(8):
            channel.send(event(number))
            time.sleep(LIMIT)

    # Longer than a busy machine delays a thread that sends.
    with (
        served(flavour, url_of("unix", tmp_path), pushes, max_idle=6 * LIMIT) as server,
        blocking.connect(server.url) as channel,
    ):
        assert len(list(channel)) == 8


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_one_function_that_answers(flavour, tmp_path):
    """A request counts while the function runs; one that it left unanswered does not."""

    def made(message):
        return None if message.payload.id == 1 else answer(message, "done")

    def at_leisure(message):
        time.sleep(2.5 * LIMIT)
        return made(message)

    async def meanwhile(message):
        await asyncio.sleep(2.5 * LIMIT)
        return made(message)

    url, slow = url_of("unix", tmp_path), at_leisure if flavour == "blocking" else meanwhile
    with (
        served(flavour, url, None, answer=slow, max_idle=LIMIT) as server,
        blocking.connect(server.url) as channel,
    ):
        assert channel.request(call(2)).payload.result == "done"
        with pytest.raises(ConnectionLostError):
            channel.request(call(1))


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_peer_that_never_reads(flavour, tmp_path, caplog):
    """Its connection is closed, although the handler waits for it to read a message."""
    failed = []

    def pushes(channel):
        channel.receive()
        try:
            while True:
                channel.send(event(0, 500))
        except Exception as error:
            failed.append(error)
            raise

    with served(flavour, url_of("unix", tmp_path), pushes, max_idle=LIMIT) as server, plain(server.url) as stranger:
        stranger.sendall(hello())
        header = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1)
        encoder = FrameEncoder()
        encoder.encode(heartbeat())
        stranger.sendall(encoder.encode(IpcFrame(header=header, payload=get_codec("json").encode(event(1)))))
        until(lambda: failed)
        until(lambda: not server.channels)
    assert any("hung up on" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("serve", [blocking.serve])
@pytest.mark.parametrize("wrong", [0, -1, math.nan, "1", True])
def test_invalid_limits(serve, wrong):
    """A limit is a number above 0, or infinity."""
    with pytest.raises(FieldError, match="max_idle"):
        serve("tcp://127.0.0.1:0", forever, max_idle=wrong)


@pytest.mark.parametrize(
    ("transport", "heartbeat_ms", "limit"),
    [
        (TransportType.UNIX_SOCKET, 0, 3600),
        (TransportType.TCP, 5000, math.inf),
        (TransportType.TCP, 2**32 - 1, 3600),
        (TransportType.STDIO, 0, math.inf),
    ],
)
def test_by_default(transport, heartbeat_ms, limit):
    """An hour for peers without heartbeats, except over standard input and output."""
    profile = profile_of("unix", heartbeat=0)
    conversation = Settings(as_type=None).conversation(profile, "server")
    conversation.link.start()
    conversation.receive_data(hello(heartbeat_ms))
    conversation.advance()
    conversation.watch(time.monotonic())
    assert idle_limit(None, conversation, transport) == limit
    assert idle_limit(7.0, conversation, transport) == 7.0
