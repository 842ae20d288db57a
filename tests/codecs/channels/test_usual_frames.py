"""Usual frames take a fast path in C, which differs only in speed."""

from __future__ import annotations

import itertools

from typing import Any

import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs.channels._native_links import FramedLink
from symphony_codecs.framing._usual import FRAMES
from symphony_codecs.framing.auth import SharedKey
from symphony_codecs.framing.errors import FrameError
from symphony_codecs.framing.messages import encode_message
from symphony_codecs.registry import get_codec
from symphony_types import JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId
from symphony_types.message.envelope import MessageMetadata, MessagePriority
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame
from tests.codecs.channels.both_ways import TYPE, drain, feed, jump, opened, said


pytestmark = pytest.mark.skipif(FRAMES is None, reason="there is no engine")

ME, YOU = ProcessId.new(), ProcessId.new()
KEY = SharedKey(b"one key for both ends")
OPTIONS = st.fixed_dictionaries(
    {
        "checksum": st.booleans(),
        "routed": st.booleans(),
        "compressions": st.sampled_from([(), ("zlib",)]),
        "compress_over": st.sampled_from([0, 300]),
        "formats": st.sampled_from([("json",), ("msgpack-compact", "json")]),
        "max_payload": st.sampled_from([1024, 100_000]),
    }
)


def envelope(size: int, priority: MessagePriority = MessagePriority.NORMAL) -> MessageEnvelope[Any]:
    """Return an envelope whose document is some bytes longer than *size*."""
    return MessageEnvelope(sender=ME, receiver=YOU, payload="x" * size, metadata=MessageMetadata(priority=priority))


SHORT, SPLIT = envelope(20), envelope(1000)


def messages() -> st.SearchStrategy[Any]:
    """Messages of all kinds and sizes."""
    sizes = st.sampled_from([0, 1, 500, 1000, 20_000, 40_000, 90_000, 150_000])
    envelopes = st.builds(envelope, sizes, st.sampled_from(list(MessagePriority)))
    bare = st.sampled_from([JsonRpcRequest(method="m", id=1), JsonRpcResponse.success("r", 2)])
    return envelopes | bare


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), messages(), st.sampled_from([None, FrameType.STREAM, FrameType.ERROR])),
        st.tuples(st.sampled_from(["heartbeat", "nonsense", "interleaved", "other format"])),
    ),
    max_size=8,
)


def act(link: FramedLink[Any], steps: list[Any]) -> list[str]:
    """Make an end send something; return its error, if there is one."""
    refused = []
    connection = link._connection
    for step in steps:
        try:
            if step[0] == "send":
                link.send(step[1], frame_type=step[2])
            elif step[0] == "heartbeat":
                link.send_heartbeat()
            elif step[0] == "nonsense":
                header = FrameHeader(frame_type=FrameType.EVENT, format=link._format_id, stream_id=9)
                connection.send([IpcFrame(header=header, payload=b"\xc1{")])
            elif step[0] == "other format":
                number = connection.agreed().formats[-1].id
                stream_id = connection.next_stream_id()
                connection.send(encode_message(SHORT, TYPE, get_codec(number), stream_id=stream_id))
            else:
                codec = get_codec(link._format_id)
                limit = link._connection.peer_limits.max_payload // 3
                parts = [encode_message(SPLIT, TYPE, codec, stream_id=number, max_payload=limit) for number in (7, 8)]
                for pair in zip(*parts, strict=True):
                    connection.send(pair)
        except FrameError as error:
            refused.append(str(error))
    return refused


@settings(max_examples=80)
@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "key"])
@given(
    options=OPTIONS,
    steps=STEPS,
    near_the_end=st.booleans(),
    chance=st.randoms(use_true_random=False),
    damaged=st.booleans(),
)
def test_both_paths_agree(key, options, steps, near_the_end, chance, damaged):
    """They write the same bytes, and read the same messages and errors from any bytes, split or damaged anywhere."""
    *clients, usual, general = opened(options, key)
    if near_the_end:
        for one in (*clients, usual, general):
            jump(one, 2**64 - 3)
    assert act(clients[0], steps) == act(clients[1], steps)
    data = said(clients[0])
    assert data == said(clients[1])
    if damaged and data:
        place = chance.choice([chance.randrange(len(data)), min(chance.randrange(64), len(data) - 1)])
        data = data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(8)))
    told: tuple[list[Any], list[Any]] = ([], [])
    for start, end in itertools.pairwise((0, *cuts, len(data))):
        for one, events in zip((usual, general), told, strict=True):
            feed(one, data[start:end])
            drain(one, events)
    for one, events in zip((usual, general), told, strict=True):
        one.receive_eof()
        drain(one, events)
        events.append(said(one))
    assert told[0] == told[1]


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "key"])
@pytest.mark.parametrize(
    "options", [{}, {"checksum": True}, {"routed": True}, {"compressions": ("zlib",), "compress_over": 1500}]
)
def test_usual_messages_take_the_fast_path(key, options):
    """Whole messages do, also after a heartbeat, and again after any other frame."""
    client, _, server, _ = opened({"max_payload": 2048, **options}, key)
    assert server._reads_usual

    def takes(data: bytes, count: int) -> bool:
        feed(server, data)
        events: list[Any] = []
        drain(server, events)
        assert len(events) == count
        return bool(server._reads_usual)

    for message in (SHORT, SPLIT, JsonRpcRequest(method="m", id=1), JsonRpcResponse.success("r", 2)):
        client.send(message)
        client.send_heartbeat()
    general = server._connection._decoder
    before = general.sequence
    assert takes(said(client), 4)
    assert general.sequence == before
    act(client, [("interleaved",)])
    data = said(client)
    assert not takes(data[: len(data) // 2], 0)
    assert takes(data[len(data) // 2 :], 2)
    assert general.sequence > before
