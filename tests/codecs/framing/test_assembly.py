"""Messages out of frames: joined however they are split and interleaved, and bounded whatever a peer sends."""

from __future__ import annotations

import itertools
import random
import zlib

from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing.assembly import MessageAssembler
from symphony_codecs.framing.errors import RemoteFrameError
from symphony_codecs.framing.messages import IpcMessage
from symphony_types import (
    FrameCompression,
    FrameFlags,
    FrameHeader,
    FrameRoute,
    FrameType,
    IpcFrame,
    MessagePriority,
    ProcessId,
)
from tests.memory import takes_at_most
from tests.samples import id_of


MORE = FrameFlags.MORE_FRAGMENTS
ROUTE = FrameRoute(id_of(ProcessId, "ada"), id_of(ProcessId, "bob"))
MIB = 1024 * 1024


def frame(payload: bytes = b"", *, stream: int = 1, more: bool = False, **fields: Any) -> IpcFrame:
    flags = fields.pop("flags", FrameFlags(0)) | (MORE if more else FrameFlags(0))
    fields = {"frame_type": FrameType.REQUEST, "format": 1, **fields}
    return IpcFrame(header=FrameHeader(stream_id=stream, flags=flags, **fields), payload=payload)


def code_of(assembler: MessageAssembler, added: IpcFrame) -> str:
    with pytest.raises(RemoteFrameError, match=r"expected .*, got ") as caught:
        assembler.add(added)
    return caught.value.frame_code


# Joining


def test_a_whole_frame_is_a_message() -> None:
    """What is in one frame is a message at once: the very header, the very bytes."""
    whole = frame(b"hello")
    message = MessageAssembler().add(whole)
    assert message is not None
    assert message.header is whole.header
    assert message.payload is whole.payload


def test_fragments_are_joined() -> None:
    """Fragments are held until the last; the message has the first one's header, without the flag."""
    assembler = MessageAssembler()
    flags = FrameFlags.CHECKSUM
    assert assembler.add(frame(b"he", more=True, sequence=5, flags=flags)) is None
    assert (assembler.held, assembler.open_streams) == (2, 1)
    assert assembler.add(frame(b"", more=True, sequence=6)) is None
    assert assembler.add(frame(b"ll", more=True, sequence=7)) is None
    assert (assembler.held, assembler.open_streams) == (4, 1)
    assert assembler.add(frame(b"o", sequence=8)) == IpcMessage(
        header=frame(sequence=5, flags=flags).header, payload=b"hello"
    )
    assert (assembler.held, assembler.open_streams) == (0, 0)


def test_a_stream_id_is_free_again() -> None:
    """Once a message is there, its stream may carry another, of any kind."""
    assembler = MessageAssembler()
    for kind, payload in ((FrameType.REQUEST, b"one"), (FrameType.EVENT, b"two")):
        assert assembler.add(frame(payload[:1], more=True, frame_type=kind)) is None
        message = assembler.add(frame(payload[1:], frame_type=kind))
        assert message is not None
        assert (message.header.frame_type, message.payload) == (kind, payload)


def test_empty_messages() -> None:
    """A message may be empty, in one frame or in many."""
    assembler = MessageAssembler()
    assert assembler.add(frame()) == IpcMessage(header=frame().header, payload=b"")
    assert assembler.add(frame(more=True)) is None
    assert assembler.add(frame()) == IpcMessage(header=frame().header, payload=b"")


def _cut(payload: bytes, cuts: list[int]) -> list[bytes]:
    ends = [0, *sorted(cut % (len(payload) + 1) for cut in cuts), len(payload)]
    return [payload[start:end] for start, end in itertools.pairwise(ends)]


@given(st.data())
def test_interleaved_streams(data: st.DataObject) -> None:
    """Messages cut anywhere and interleaved in any way come out whole, each when its last fragment does."""
    priorities, compressions = list(MessagePriority), [FrameCompression.NONE, FrameCompression.ZLIB]
    queues: list[tuple[bytes, list[IpcFrame]]] = []
    for stream in range(1, data.draw(st.integers(1, 8)) + 1):
        payload = data.draw(st.binary(max_size=40))
        compression = data.draw(st.sampled_from(compressions))
        sent = zlib.compress(payload) if compression is FrameCompression.ZLIB else payload
        fields = {"stream": stream, "compression": compression, "priority": data.draw(st.sampled_from(priorities))}
        pieces = _cut(sent, data.draw(st.lists(st.integers(0, 50), max_size=6)))
        last = len(pieces) - 1
        queues.append((payload, [frame(piece, more=i < last, **fields) for i, piece in enumerate(pieces)]))
    # The model: all bytes of a stream so far, and a message when a frame is the last one.
    so_far: dict[int, int] = {}
    assembler = MessageAssembler()
    while queues:
        payload, frames = queues[data.draw(st.integers(0, len(queues) - 1))]
        added = frames.pop(0)
        message = assembler.add(added)
        stream = added.header.stream_id
        so_far[stream] = so_far.get(stream, 0) + len(added.payload)
        if frames:
            assert message is None
        else:
            assert message is not None
            assert message.payload == payload
            assert message.header == attrs.evolve(added.header, flags=FrameFlags(0))
            del so_far[stream]
            queues.remove((payload, frames))
        assert assembler.held == sum(so_far.values())
        assert assembler.open_streams == len(so_far)


# Continuations


FIRST = frame(b"he", more=True, route=ROUTE, flags=FrameFlags.ROUTED)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("frame_type", FrameType.EVENT),
        ("frame_type", FrameType.STREAM),
        ("format", 2),
        ("compression", FrameCompression.ZLIB),
        ("priority", MessagePriority.HIGH),
        ("route", FrameRoute(ROUTE.sender)),
        ("route", FrameRoute(id_of(ProcessId, "eve"), ROUTE.receiver)),
    ],
)
@pytest.mark.parametrize("more", [False, True])
def test_fragments_repeat_what_the_first_says(field: str, value: object, more: bool) -> None:
    """A fragment of another type, format, compression, priority or route belongs to no message."""
    assembler = MessageAssembler()
    assembler.add(FIRST)
    flags = FrameFlags.ROUTED | (MORE if more else FrameFlags(0))
    header = attrs.evolve(FIRST.header, flags=flags, **{field: value})
    with pytest.raises(RemoteFrameError, match=f"expected {field} .* on stream 1, got ") as caught:
        assembler.add(IpcFrame(header=header, payload=b"llo"))
    assert caught.value.frame_code == "bad_fragment"


def test_fragments_have_a_route_or_none() -> None:
    """A fragment without the route of those before it is refused, and so is one with a route that they lack."""
    bare = frame(b"llo")
    assembler = MessageAssembler()
    assembler.add(FIRST)
    assert code_of(assembler, bare) == "bad_fragment"
    assembler = MessageAssembler()
    assembler.add(frame(b"he", more=True))
    assert code_of(assembler, frame(b"llo", route=ROUTE, flags=FrameFlags.ROUTED)) == "bad_fragment"


def test_fragments_may_differ_in_the_rest() -> None:
    """Number and checksum are each frame's own."""
    assembler = MessageAssembler()
    assembler.add(FIRST)
    header = attrs.evolve(FIRST.header, flags=FrameFlags.ROUTED | FrameFlags.CHECKSUM, sequence=99)
    message = assembler.add(IpcFrame(header=header, payload=b"llo"))
    assert message == IpcMessage(header=attrs.evolve(FIRST.header, flags=FrameFlags.ROUTED), payload=b"hello")


# Errors and control frames


def test_an_error_drops_what_is_held() -> None:
    """An Error on a stream stands for the message that was under way there, and leaves the others alone."""
    assembler = MessageAssembler()
    assembler.add(frame(b"abc", stream=1, more=True))
    assembler.add(frame(b"de", stream=2, more=True))
    error = frame(b"oops", stream=1, frame_type=FrameType.ERROR, format=2)
    assert assembler.add(error) == IpcMessage(header=error.header, payload=b"oops")
    assert (assembler.held, assembler.open_streams) == (2, 1)
    other = assembler.add(frame(b"f", stream=2))
    assert other is not None
    assert other.payload == b"def"


def test_an_error_may_be_fragmented() -> None:
    """The first fragment of an Error drops the message, those that follow are joined to it."""
    assembler = MessageAssembler()
    assembler.add(frame(b"abc", more=True))
    assert assembler.add(frame(b"oo", more=True, frame_type=FrameType.ERROR)) is None
    assert assembler.held == 2
    message = assembler.add(frame(b"ps", frame_type=FrameType.ERROR))
    assert message is not None
    assert message.payload == b"oops"
    assert assembler.held == 0


def test_an_error_makes_room_for_itself() -> None:
    """At the limits an Error still gets through, since what it drops is gone first."""
    assembler = MessageAssembler(max_streams=1, max_held=3)
    assembler.add(frame(b"abc", more=True))
    assert assembler.add(frame(b"oo", more=True, frame_type=FrameType.ERROR)) is None
    assert (assembler.held, assembler.open_streams) == (2, 1)


def test_fragments_of_an_error_repeat_its_header() -> None:
    """Within an Error another is no new one but a fragment, and has to go with it."""
    assembler = MessageAssembler()
    assembler.add(frame(b"oo", more=True, frame_type=FrameType.ERROR))
    assert code_of(assembler, frame(b"ps", frame_type=FrameType.ERROR, format=3)) == "bad_fragment"


@pytest.mark.parametrize("kind", [FrameType.HELLO, FrameType.HEARTBEAT, FrameType.SHUTDOWN])
def test_control_frames_pass_through(kind: FrameType) -> None:
    """A frame of the connection comes back at once, between the fragments of messages."""
    assembler = MessageAssembler()
    assembler.add(frame(b"he", more=True))
    control = frame(b"{}", stream=0, frame_type=kind)
    assert assembler.add(control) == IpcMessage(header=control.header, payload=b"{}")
    message = assembler.add(frame(b"llo"))
    assert message is not None
    assert message.payload == b"hello"


# Discarding


def test_discarded_messages_never_arrive() -> None:
    """What is held goes at once, the rest is skipped, and then the stream is free."""
    assembler = MessageAssembler(max_message=10)
    assembler.add(frame(b"abc", more=True))
    assembler.add(frame(b"de", stream=2, more=True))
    assembler.discard(1)
    assembler.discard(1)
    assembler.discard(3)
    assert (assembler.held, assembler.open_streams) == (2, 2)
    for _ in range(5):
        assert assembler.add(frame(b"1234567890", more=True)) is None
    assert assembler.add(frame(b"end")) is None
    assert (assembler.held, assembler.open_streams) == (2, 1)
    assert assembler.add(frame(b"new")) == IpcMessage(header=frame().header, payload=b"new")


def test_fragments_of_a_discarded_message_are_still_its_own() -> None:
    """What is skipped has to go with what was discarded; an Error ends it."""
    assembler = MessageAssembler()
    assembler.add(frame(b"abc", more=True))
    assembler.discard(1)
    error = frame(b"oops", frame_type=FrameType.ERROR)
    assert assembler.add(error) == IpcMessage(header=error.header, payload=b"oops")
    assert (assembler.held, assembler.open_streams) == (0, 0)

    assembler.add(frame(b"abc", more=True))
    assembler.discard(1)
    assert code_of(assembler, frame(b"abc", format=2)) == "bad_fragment"


# Limits


@pytest.mark.parametrize("cuts", [(5,), (2, 3), (5, 0), (0, 5), (1, 1, 1, 1, 1)])
def test_a_message_of_the_limit_passes(cuts: tuple[int, ...]) -> None:
    """Exactly so many bytes pass, however they are cut; one more is refused by the frame that has it."""
    assembler = MessageAssembler(max_message=5)
    for size in cuts[:-1]:
        assert assembler.add(frame(b"x" * size, more=True)) is None
    message = assembler.add(frame(b"x" * cuts[-1]))
    assert message is not None
    assert message.payload == b"xxxxx"

    for size in cuts[:-1]:
        assembler.add(frame(b"x" * size, more=True))
    assert code_of(assembler, frame(b"x" * (cuts[-1] + 1))) == "too_large"


def test_a_message_too_large_is_refused_before_its_end() -> None:
    """The fragment that exceeds the limit is refused, whatever would follow."""
    assembler = MessageAssembler(max_message=5)
    assembler.add(frame(b"xxxxx", more=True))
    assert code_of(assembler, frame(b"x", more=True)) == "too_large"


@pytest.mark.parametrize("kind", [FrameType.REQUEST, FrameType.HEARTBEAT])
def test_whole_frames_have_the_limit_too(kind: FrameType) -> None:
    """A message in one frame is no exception."""
    stream = int(kind is FrameType.REQUEST)
    assembler = MessageAssembler(max_message=5)
    assert assembler.add(frame(b"xxxxx", stream=stream, frame_type=kind)) is not None
    assert code_of(assembler, frame(b"xxxxxx", stream=stream, frame_type=kind)) == "too_large"


def test_the_limit_counts_again_once_inflated() -> None:
    """What inflates to the limit passes, what goes one byte beyond does not, and neither does a bomb."""
    packed = frame(zlib.compress(bytes(1000)), compression=FrameCompression.ZLIB)
    message = MessageAssembler(max_message=1000).add(packed)
    assert message is not None
    assert (message.payload, message.header.compression) == (bytes(1000), FrameCompression.ZLIB)
    assert code_of(MessageAssembler(max_message=999), packed) == "too_large"

    bomb = frame(zlib.compress(bytes(16 * MIB)), compression=FrameCompression.ZLIB)
    assert takes_at_most(lambda: code_of(MessageAssembler(max_message=100_000), bomb), peak=MIB) == "too_large"


def test_the_limit_counts_as_sent_too() -> None:
    """A message that is larger compressed than it may be plain is refused for that."""
    payload = random.Random(1).randbytes(50)
    packed = zlib.compress(payload)
    assert len(packed) > 50
    assembler = MessageAssembler(max_message=50)
    assert code_of(assembler, frame(packed, compression=FrameCompression.ZLIB)) == "too_large"
    assembler = MessageAssembler(max_message=50)
    assembler.add(frame(packed[:20], more=True, compression=FrameCompression.ZLIB))
    assert code_of(assembler, frame(packed[20:], compression=FrameCompression.ZLIB)) == "too_large"


def test_damaged_compression() -> None:
    """A payload that does not inflate is refused when it is whole."""
    assembler = MessageAssembler()
    assembler.add(frame(b"no", more=True, compression=FrameCompression.ZLIB))
    assert code_of(assembler, frame(b"thing", compression=FrameCompression.ZLIB)) == "bad_compression"


def test_half_open_streams() -> None:
    """10,000 messages that never end are refused at the first beyond the limit, and those within it still can end."""
    assembler = MessageAssembler(max_streams=100)
    for stream in range(1, 101):
        assembler.add(frame(b"x", stream=stream, more=True))
    assert assembler.add(frame(b"whole", stream=101)) is not None
    assert assembler.add(frame(b"y", stream=50)) is not None
    assembler.add(frame(b"x", stream=10_000, more=True))
    assert assembler.open_streams == 100
    assert code_of(assembler, frame(b"x", stream=10_001, more=True)) == "too_many_streams"

    assembler = MessageAssembler()
    for stream in range(1, 1025):
        assert assembler.add(frame(b"x", stream=stream, more=True)) is None
    for stream in range(1025, 10_001, 25):
        assert code_of(assembler, frame(b"x", stream=stream, more=True)) == "too_many_streams"


def test_discarded_streams_count() -> None:
    """A message whose rest is skipped still takes its place."""
    assembler = MessageAssembler(max_streams=1)
    assembler.add(frame(b"x", more=True))
    assembler.discard(1)
    assert code_of(assembler, frame(b"x", stream=2, more=True)) == "too_many_streams"


def test_all_that_is_held_is_bounded() -> None:
    """Together the messages under way hold exactly the limit at most; the frame that ends one holds nothing."""
    assembler = MessageAssembler(max_message=10, max_held=25)
    for stream, size in ((1, 10), (2, 10), (3, 5)):
        assert assembler.add(frame(bytes(size), stream=stream, more=True)) is None
    assert assembler.held == 25
    message = assembler.add(frame(bytes(5), stream=3))
    assert message is not None
    assert message.payload == bytes(10)
    assert assembler.held == 20
    assembler.add(frame(bytes(5), stream=3, more=True))
    assert code_of(assembler, frame(b"x", stream=4, more=True)) == "held_too_much"


def test_four_messages_are_held_by_default() -> None:
    """Without a word, four of the largest messages may be under way."""
    assembler = MessageAssembler(max_message=10)
    assert assembler.max_held == 40
    for stream in range(1, 5):
        assembler.add(frame(bytes(10), stream=stream, more=True))
    assert code_of(assembler, frame(b"x", stream=5, more=True)) == "held_too_much"


@pytest.mark.parametrize("discarded", [False, True])
def test_empty_fragments_take_no_memory(discarded: bool) -> None:
    """A peer that says for ever that more is to come makes nothing grow, nor does one that nobody listens to."""
    fragment, count = frame(b"x" if discarded else b"", more=True), 20_000

    def add_all() -> MessageAssembler:
        assembler = MessageAssembler()
        assembler.add(fragment)
        if discarded:
            assembler.discard(1)
        for _ in range(count):
            assembler.add(fragment)
        return assembler

    # Not so much as a byte for each.
    assembler = takes_at_most(add_all, peak=count)
    assert (assembler.held, assembler.open_streams) == (0, 1)


def test_small_fragments_take_what_they_hold() -> None:
    """Many fragments of two bytes are held in little more than their bytes, and joining them takes little more."""
    fragment, last = frame(b"xy", more=True), frame(b"xy")

    def join_all() -> IpcMessage | None:
        assembler = MessageAssembler()
        for _ in range(20_000):
            assembler.add(fragment)
        assert assembler.held == 40_000
        return assembler.add(last)

    message = takes_at_most(join_all, peak=100_000)
    assert message is not None
    assert message.payload == b"xy" * 20_001


# All of it


class Model:
    """The rules, naively: what is held of each stream, ``None`` if nobody wants it."""

    def __init__(self, max_message: int, max_streams: int, max_held: int) -> None:
        self.limits = max_message, max_streams, max_held
        self.streams: dict[int, tuple[FrameType, bytes | None]] = {}

    def add(self, stream: int, kind: FrameType, payload: bytes, more: bool) -> bytes | str | None:
        """Return the message that is complete, what is wrong, or ``None``."""
        max_message, max_streams, max_held = self.limits
        first, before = self.streams.pop(stream, (None, b""))
        if first not in {None, kind} and kind is not FrameType.ERROR:
            return "bad_fragment"
        if first not in {None, kind}:
            first, before = None, b""
        if first is None and more and len(self.streams) == max_streams:
            return "too_many_streams"
        whole = None if before is None else before + payload
        if whole is not None and len(whole) > max_message:
            return "too_large"
        if not more:
            return whole
        self.streams[stream] = kind, whole
        return "held_too_much" if self.held > max_held else None

    @property
    def held(self) -> int:
        return sum(len(payload or b"") for _, payload in self.streams.values())


_FRAMES = st.tuples(
    st.integers(1, 4),
    st.sampled_from([FrameType.REQUEST, FrameType.REQUEST, FrameType.REQUEST, FrameType.EVENT, FrameType.ERROR]),
    st.binary(max_size=4),
    st.booleans(),
)


@given(st.lists(st.one_of(_FRAMES, _FRAMES, _FRAMES, st.integers(1, 4)), max_size=30))
def test_any_frames(steps: list[Any]) -> None:
    """Whatever is added and discarded, messages, errors and what is held are those of the rules."""
    limits = {"max_message": 6, "max_streams": 3, "max_held": 9}
    assembler, model = MessageAssembler(**limits), Model(**limits)
    for step in steps:
        if isinstance(step, int):
            assembler.discard(step)
            if step in model.streams:
                model.streams[step] = model.streams[step][0], None
        else:
            stream, kind, payload, more = step
            added = frame(payload, stream=stream, frame_type=kind, more=more)
            expected = model.add(stream, kind, payload, more)
            if isinstance(expected, str):
                assert code_of(assembler, added) == expected
                return
            message = assembler.add(added)
            assert (None if message is None else message.payload) == expected
        assert (assembler.held, assembler.open_streams) == (model.held, len(model.streams))


# Failure


def test_failed_stays_failed() -> None:
    """After an error all that was held is dropped, and every frame meets the same error."""
    assembler = MessageAssembler(max_message=5)
    assembler.add(frame(b"abc", stream=2, more=True))
    with pytest.raises(RemoteFrameError) as first:
        assembler.add(frame(b"123456"))
    assert (assembler.held, assembler.open_streams) == (0, 0)
    assembler.discard(2)
    for harmless in (frame(b"ok"), frame(stream=0, frame_type=FrameType.HEARTBEAT)):
        with pytest.raises(RemoteFrameError) as again:
            assembler.add(harmless)
        assert again.value is first.value
