"""A router's short way writes what the long one does: `StreamMap`, `translate_format`, an encoder."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs.framing import (
    NEED_DATA,
    FormatOffer,
    Forwarder,
    FrameConnection,
    FrameError,
    Hello,
    HelloLimits,
    Opened,
    RawFrame,
    SharedKey,
    StreamMap,
)
from symphony_codecs.framing.connection import Role
from symphony_types import ProcessId
from symphony_types.message.envelope import MessagePriority
from symphony_types.message.ipc import FrameCompression, FrameFlags, FrameHeader, FrameRoute, FrameType


KEY = SharedKey(b"a key that a hop has")
ROUTE = FrameRoute(ProcessId.new())
# One name, and two numbers for it; "other" is known on one side alone.
NEAR = (FormatOffer("json", 1), FormatOffer("mine", 17), FormatOffer("other", 20))
FAR = (FormatOffer("mine", 18), FormatOffer("json", 1), FormatOffer("theirs", 200))


def hello(formats: tuple[FormatOffer, ...], *, key: SharedKey | None, checksum: bool, limit: int = 2**20) -> Hello:
    """What each end says, but for its nonce."""
    return Hello(
        versions=(1,),
        formats=formats,
        compressions=("zlib",) if formats is NEAR else (),
        limits=HelloLimits(max_payload=limit, max_message=2**21),
        checksum=checksum,
        authenticated=key is not None,
    )


def said(connection: FrameConnection) -> bytes:
    """What an end has to say."""
    return b"".join(bytes(buffer) for buffers in connection.data_to_send() for buffer in buffers)


def end_of(role: Role, greeting: Hello, key: SharedKey | None = None, *, raw: bool = False) -> FrameConnection:
    """One end, with a nonce that ends of its role have."""
    return FrameConnection(role, attrs.evolve(greeting, nonce=role.encode().ljust(32)), key=key, raw=raw)


def greeted(raw: Role, greeting: Hello, key: SharedKey | None) -> tuple[FrameConnection, FrameConnection]:
    """A router's end and the end of whom it talks to, both open."""
    other: Role = "server" if raw == "client" else "client"
    ends = end_of(raw, greeting, key, raw=True), end_of(other, greeting, key)
    for end in ends:
        end.start()
    for _ in range(3):
        for one, another in (ends, ends[::-1]):
            one.receive_data(said(another))
            while one.next_event() is not NEED_DATA:
                pass
    return ends


class Router:
    """Two connections that come in, one that goes out, and what it tells."""

    def __init__(self, near: list[FrameConnection], far: FrameConnection, *, short: bool) -> None:
        self.far = far
        self.near = near
        self.streams = StreamMap(max_streams=2)
        self.forwarders = [Forwarder(each, far, self.streams) for each in near]
        if not short:
            for forwarder in self.forwarders:
                forwarder._lend = lambda: False  # type: ignore[method-assign]
        self.told: list[Any] = []

    def take(self, index: int, data: bytes) -> bytes:
        """Forward what has come on a connection; returns what goes out."""
        forwarder = self.forwarders[index]
        forwarder.receive_data(data)
        self.tell(index)
        return said(self.far)

    def tell(self, index: int) -> None:
        """Note events and errors until there are no more."""
        for _ in range(100):
            try:
                event = self.forwarders[index].next_event()
            except FrameError as error:
                self.told.append((index, type(error), error.frame_code, error.message, error.offset))
                if self.near[index].error is not None:
                    return
                continue
            if event is NEED_DATA:
                return
            self.told.append((index, event))


def frames() -> st.SearchStrategy[RawFrame]:
    """Frames of messages, and of types that nobody knows, as a peer may write them."""
    return st.builds(
        frame,
        st.sampled_from([*[FrameType(number) for number in (0, 1, 2, 5)] * 3, FrameType.ERROR, FrameType(99)]),
        st.sampled_from([1, 1, 1, 17, 17, 20, 0, 128, 200]),
        st.sampled_from([FrameCompression.NONE] * 5 + [FrameCompression.ZLIB]),
        st.sampled_from(list(MessagePriority)),
        st.booleans(),
        st.sampled_from([False, False, True]),
        st.sampled_from([1, 2, 3, 2**32 - 1]),
        st.sampled_from([b"", b"x", b"y" * 500, b"z" * 1500, b"w" * 40_000]),
        st.sampled_from([b""] * 7 + [bytes(8)]),
        st.booleans(),
    )


def frame(kind, number, compression, priority, routed, more, stream_id, payload, extension, summed) -> RawFrame:
    """One of them."""
    flags = FrameFlags.CHECKSUM if summed else FrameFlags(0)
    if routed:
        flags |= FrameFlags.ROUTED
    if more:
        flags |= FrameFlags.MORE_FRAGMENTS
    header = FrameHeader(
        frame_type=kind,
        format=number,
        compression=compression,
        priority=priority,
        flags=flags,
        stream_id=stream_id,
        route=ROUTE if routed else None,
    )
    # Checksums are end to end: a wrong one goes on as it came.
    return RawFrame(header, payload, 7 if summed and len(payload) == 1 else None, extension)


STEPS = st.lists(st.tuples(st.integers(0, 1), frames() | st.just("heartbeat")), max_size=12)


@pytest.mark.parametrize(("near_key", "far_key"), [(None, None), (None, KEY), (KEY, None), (KEY, KEY)])
@settings(max_examples=40)
@given(
    steps=STEPS,
    checksums=st.tuples(st.booleans(), st.booleans()),
    chance=st.randoms(use_true_random=False),
    damaged=st.booleans(),
    last=st.booleans(),
)
def test_nobody_can_tell(near_key, far_key, steps, checksums, chance, damaged, last):
    """The same bytes go out, and the same is told, however the bytes are cut and wherever they are damaged."""
    routers = []
    for short in (True, False):
        near = [greeted("server", hello(NEAR, key=near_key, checksum=checksums[0]), near_key) for _ in range(2)]
        far, _ = greeted("client", hello(FAR, key=far_key, checksum=checksums[1], limit=1024), far_key)
        if last:
            far._encoder.sequence = 2**64 - 3
        routers.append(Router([router for router, _ in near], far, short=short))
        if short:
            streams = [
                write(peer, [step for index, step in steps if index == mine]) for mine, (_, peer) in enumerate(near)
            ]
    if damaged and streams[0]:
        place = chance.choice([chance.randrange(len(streams[0])), min(chance.randrange(64), len(streams[0]) - 1)])
        streams[0][place] ^= 1 << chance.randrange(8)
    while any(streams):
        index = chance.randrange(2)
        count = chance.choice([1, 40, 600, 100_000])
        part, streams[index] = bytes(streams[index][:count]), streams[index][count:]
        gone = [router.take(index, part) for router in routers]
        assert gone[0] == gone[1]
    for router in routers:
        for index, forwarder in enumerate(router.forwarders):
            if router.near[index].error is None:
                forwarder.receive_eof()
            router.tell(index)
    assert routers[0].told == routers[1].told
    assert [len(router.streams) for router in routers] == [len(routers[1].streams)] * 2


def write(peer: FrameConnection, steps: list[Any]) -> bytearray:
    """What a peer says; frames are written past the checks of a connection."""
    for step in steps:
        if step == "heartbeat":
            peer.send_heartbeat()
        else:
            peer._put(step)
    return bytearray(said(peer))


def test_it_takes_over_once_all_is_open():
    """Frames that came with the Hello go the long way, then each read is one write; a block is a frame."""
    greeting = hello(FAR, key=None, checksum=False)
    far, there = greeted("client", greeting, None)
    near, here = end_of("server", greeting, raw=True), end_of("client", greeting)
    forwarder = Forwarder(near, far, StreamMap())
    near.start()
    here.start()
    here.receive_data(said(near))
    assert isinstance(here.next_event(), Opened)
    plain = frame(FrameType.EVENT, 1, FrameCompression.NONE, MessagePriority.LOW, False, False, 5, b"1", b"", False)
    here.send([plain])
    forwarder.receive_data(said(here))
    assert isinstance(forwarder.next_event(), Opened)
    assert forwarder.next_event() is NEED_DATA
    here.send([plain, plain])
    forwarder.receive_data(said(here))
    assert forwarder.next_event() is NEED_DATA
    here.send([plain])
    forwarder.receive_block(said(here))
    assert forwarder.next_event() is NEED_DATA
    there.receive_data(said(far))
    received = [there.next_event().message.header for _ in range(4)]
    assert [(header.stream_id, header.sequence) for header in received] == [(1, 2), (2, 3), (3, 4), (4, 5)]
    assert {header.priority for header in received} == {MessagePriority.LOW}
