"""`RawFrame`, `StreamMap`, `translate_format`: what a router passes on untouched, and the numbers that it gives."""

from __future__ import annotations

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing.auth import FrameKey
from symphony_codecs.framing.decoder import FrameDecoder
from symphony_codecs.framing.encoder import FrameEncoder
from symphony_codecs.framing.errors import LocalFrameError, RemoteFrameError
from symphony_codecs.framing.hello import FormatOffer
from symphony_codecs.framing.negotiation import Agreement
from symphony_codecs.framing.raw import RawFrame, StreamMap, translate_format
from symphony_types import FieldError, FrameFlags, FrameHeader, FrameRoute, FrameType, IpcFrame
from tests.codecs.framing.frame_cases import CASES, RECEIVER, SECRET, SENDER, UNKNOWN, frame, outcome


KEY = FrameKey(SECRET)
LAST = 2**32 - 1
PLAIN = CASES[3].raw
CHECKED = CASES[4].raw
EXTENDED = CASES[9].raw
each_case = pytest.mark.parametrize("case", [*CASES, UNKNOWN], ids=lambda case: case.name)


def forwarded(data, decoder, encoder):
    """Pass the one frame of *data* on as a router does."""
    (raw,), error = outcome(decoder, [data], raw=True)
    assert error is None
    return encoder.encode(raw)


# Forwarding


@each_case
def test_forwarding_changes_the_number_alone(case):
    """On the way through a router all bytes stay but number and header CRC; a tag is of one connection."""
    data = case.data[:-32] if case.is_authenticated else case.data
    sent = forwarded(case.data, case.decoder(), FrameEncoder(sequence=77))

    assert sent[16:24] == b"\0\0\0\0\0\0\0\x4d"
    assert len(sent) == len(data)
    assert {place for place in range(len(data)) if sent[place] != data[place]} <= {9, *range(16, 24), *range(28, 32)}
    assert sent[9] == data[9] & ~4


@each_case
def test_a_forwarded_frame_is_read_at_its_end(case):
    """The endpoint behind an authenticated hop takes the frame, and a second router all that the first one got."""
    sent = forwarded(case.data, case.decoder(), FrameEncoder(key=KEY))
    key = None if case.frame.header.frame_type is FrameType.HELLO else KEY

    (raw,), error = outcome(FrameDecoder(key=key), [sent], raw=True)
    assert error is None
    assert raw == case.raw.evolve(sequence=1)


def test_wrong_checksums_are_passed_on():
    """A router does not read payloads; the endpoint refuses what was damaged on any hop."""
    data = CASES[4].data[:-1] + b"\0"
    sent = forwarded(data, CASES[4].decoder(), FrameEncoder(checksum=True, key=KEY))

    assert sent[32:38] == data[32:38]
    _, error = outcome(FrameDecoder(key=KEY), [sent])
    assert error.frame_code == "payload_checksum"


def test_endpoints_refuse_unknown_types():
    """Only a router passes them on."""
    assert outcome(UNKNOWN.decoder(), [UNKNOWN.data])[1].frame_code == "unknown_type"


def test_a_router_may_change_header_fields():
    """Payload, checksum and extension stay."""
    changed = EXTENDED.evolve(stream_id=900, route=FrameRoute(RECEIVER, SENDER))
    (raw,), _ = outcome(FrameDecoder(), [FrameEncoder().encode(changed)], raw=True)

    assert (raw.header.stream_id, raw.header.route) == (900, FrameRoute(RECEIVER, SENDER))
    assert (raw.payload, raw.checksum, raw.extension) == (b"", 0, b"eight by")


# RawFrame


def test_the_checksum_goes_with_its_flag():
    """A frame that loses the flag loses the checksum, and one without either has none."""
    assert CHECKED.evolve(stream_id=3).checksum == 0xA3A6BF43
    assert CHECKED.evolve(flags=FrameFlags(0)).checksum is None
    assert PLAIN.evolve(flags=FrameFlags.CHECKSUM).checksum is None


@each_case
def test_to_frame(case):
    """An endpoint's view of a raw frame, without what it does not know."""
    header = attrs.evolve(case.frame.header, flags=case.frame.header.flags & ~FrameFlags.AUTHENTICATED)

    assert case.raw.to_frame() == IpcFrame(header=header, payload=case.frame.payload)


def test_to_frame_checks():
    """A wrong checksum is found there, and a view becomes bytes."""
    with pytest.raises(RemoteFrameError) as caught:
        attrs.evolve(CHECKED, checksum=1).to_frame()

    assert caught.value.frame_code == "payload_checksum"
    assert type(RawFrame(PLAIN.header, memoryview(b"abc")).to_frame().payload) is bytes


def test_payloads_are_not_shown():
    """The repr tells lengths only."""
    text = repr(RawFrame(EXTENDED.header, b"secret", 1, b"8 secret"))

    assert "secret" not in text
    assert "<6 bytes>" in text


HELLO = FrameHeader(frame_type=FrameType.HELLO, format=1)


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ((None, b""), "header"),
        ((PLAIN.header, "text"), "payload"),
        ((PLAIN.header, bytearray(3)), "payload"),
        ((PLAIN.header, memoryview(b"abcd").cast("I")), "payload"),
        ((PLAIN.header, memoryview(b"abcd")[::2]), "payload"),
        ((PLAIN.header, memoryview(b"abcd").cast("B", (2, 2))), "payload"),
        ((HELLO, bytes(65_537)), "payload"),
        ((CHECKED.header, b"", -1), "checksum"),
        ((CHECKED.header, b"", 2**32), "checksum"),
        ((PLAIN.header, b"", 0), "checksum"),
        ((PLAIN.header, b"", None, "text"), "extension"),
        ((PLAIN.header, b"", None, bytes(7)), "extension"),
        ((PLAIN.header, b"", None, bytes(232)), "extension"),
        ((EXTENDED.header, b"", None, bytes(200)), "extension"),
    ],
)
def test_what_no_frame_can_say(arguments, path):
    """Each field is checked, since what is wrong here would be wrong on the wire."""
    with pytest.raises(FieldError) as caught:
        RawFrame(*arguments)
    assert caught.value.path == (path,)


@pytest.mark.parametrize(("header", "room"), [(PLAIN.header, 224), (EXTENDED.header, 192)], ids=["plain", "routed"])
def test_the_longest_header(header, room):
    """A header of 256 bytes goes out and comes back."""
    raw = RawFrame(attrs.evolve(header, sequence=1), b"x", None, bytes(range(room)))
    data = FrameEncoder().encode(raw)

    assert data[3] == 32
    (again,), _ = outcome(FrameDecoder(), [data], raw=True)
    assert (again.extension, again.payload) == (raw.extension, b"x")


def test_the_longest_hello():
    """A Hello of 64 KiB is one."""
    assert len(RawFrame(HELLO, bytes(65_536)).to_frame().payload) == 65_536


# Formats


def agreement(**formats):
    """What two ends agreed on who have *formats*, names and numbers."""
    return Agreement(version=1, formats=[FormatOffer(name, number) for name, number in formats.items()])


HERE = agreement(json=1, ours=16, theirs=17, high=130)
THERE = agreement(theirs=16, ours=99, high=131, json=1)


@pytest.mark.parametrize(
    ("number", "expected"), [(16, 99), (17, 16), (130, 131), (1, 1), (0, 0), (129, 129), (255, 255)]
)
def test_formats_go_by_their_names(number, expected):
    """A name has another number on another connection; what has no name keeps its own."""
    raw = EXTENDED.evolve(format=number)
    translated = translate_format(raw, HERE, THERE)

    assert translated == EXTENDED.evolve(format=expected)
    assert translated.payload is raw.payload
    assert (translated is raw) == (number == expected)


@pytest.mark.parametrize(
    ("number", "name"),
    [(17, "'theirs'"), (1, "'json'"), (130, "'high'"), (200, "other")],
)
def test_formats_that_the_next_connection_has_not(number, name):
    """The frame is not forwarded: nobody there could read it, or would read it as something else."""
    with pytest.raises(LocalFrameError, match=name) as caught:
        translate_format(PLAIN.evolve(format=number), HERE, agreement(ours=16, other=200))
    assert caught.value.frame_code == "bad_format"


@pytest.mark.parametrize("number", [2, 5, 15, 18, 127])
def test_formats_that_were_not_agreed_on(number):
    """Whoever sent the frame broke the protocol, whatever the next connection calls the number."""
    with pytest.raises(RemoteFrameError) as caught:
        translate_format(PLAIN.evolve(format=number), HERE, agreement(msgpack=2, other=18, last=127))
    assert caught.value.frame_code == "bad_format"


# StreamMap


def part(stream_id, *, more=True, kind=FrameType.STREAM):
    flags = FrameFlags.MORE_FRAGMENTS if more else FrameFlags(0)
    header = frame(frame_type=kind, stream_id=stream_id, flags=flags).header
    return RawFrame(header, b"part")


def ids(streams, *frames):
    """Return the ids that *frames*, pairs of origin and frame, get."""
    return [streams.rewrite(origin, raw).header.stream_id for origin, raw in frames]


def test_fragments_keep_their_stream_and_origins_never_share_one():
    """The same id of two origins becomes two, for all fragments of a message and not beyond."""
    streams = StreamMap()

    assert ids(streams, ("a", part(5)), ("b", part(5)), ("a", part(5)), ("b", part(6))) == [1, 2, 1, 3]
    assert len(streams) == 3
    assert ids(streams, ("a", part(5, more=False)), ("a", part(5)), ("b", part(5, more=False))) == [1, 4, 2]
    assert len(streams) == 2


def test_an_error_ends_a_stream():
    """An Error frame has the id of the message that it ends; if fragmented, its last fragment ends it."""
    streams = StreamMap()
    ids(streams, ("a", part(5)), ("b", part(5)))

    assert ids(streams, ("a", part(5, more=False, kind=FrameType.ERROR)), ("a", part(5, more=False))) == [1, 3]
    error = part(5, kind=FrameType.ERROR)
    assert ids(streams, ("b", error), ("b", error), ("b", part(5, more=False, kind=FrameType.ERROR))) == [2, 2, 2]
    assert len(streams) == 0


def test_only_the_id_changes():
    """All else of the frame is the same, and payloads are the same object."""
    raw = EXTENDED.evolve(sequence=12)
    renamed = StreamMap(first=9).rewrite("a", raw)

    assert renamed == raw.evolve(stream_id=9)
    assert renamed.payload is raw.payload
    assert hash(renamed) == hash(raw.evolve(stream_id=9))


@pytest.mark.parametrize("case", [CASES[0], CASES[5]], ids=lambda case: case.name)
def test_stream_0_is_the_connection(case):
    """What is on stream 0 stays there."""
    raw = case.raw

    assert StreamMap().rewrite("a", raw) is raw


def test_streams_are_bounded():
    """One more than the limit is refused; the others go on, and messages in one frame never count."""
    streams = StreamMap(max_streams=2)
    ids(streams, ("a", part(1)), ("b", part(1)))
    for _ in range(2):
        with pytest.raises(RemoteFrameError) as caught:
            streams.rewrite("a", part(2))
        assert caught.value.frame_code == "too_many_streams"
        assert len(streams) == 2

    assert ids(streams, ("a", part(1)), ("c", part(1, more=False)), ("a", part(1, more=False))) == [1, 3, 1]
    assert ids(streams, ("a", part(2))) == [4]


def test_forgetting_an_origin():
    """Its streams are gone, and what ids they had is told; those of others stay."""
    streams = StreamMap(max_streams=3)
    ids(streams, ("a", part(1)), ("b", part(1)), ("a", part(2)))

    assert streams.forget("a") == (1, 3)
    assert streams.forget("a") == ()
    assert len(streams) == 1
    assert ids(streams, ("b", part(1)), ("a", part(1))) == [2, 4]


def test_ids_start_again_at_the_first():
    """After 2^32 - 1 come the free ones; those below the first stay the caller's own."""
    streams = StreamMap(first=LAST - 2, max_streams=2)

    assert ids(streams, ("a", part(1)), *[("b", part(1, more=False))] * 4) == [
        LAST - 2,
        LAST - 1,
        LAST,
        LAST - 1,
        LAST,
    ]
    assert ids(streams, ("b", part(2)), *[("c", part(1, more=False))] * 2) == [LAST - 1, LAST, LAST]


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"first": 0}, "first"),
        ({"first": LAST}, "first"),
        ({"max_streams": 0}, "max_streams"),
        ({"first": LAST - 1, "max_streams": 2}, "max_streams"),
    ],
)
def test_maps_that_could_run_out(arguments, path):
    """There is always an id left."""
    with pytest.raises(FieldError) as caught:
        StreamMap(**{"max_streams": 1, **arguments})
    assert caught.value.path == (path,)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.booleans(), st.integers(0, 6)), max_size=60),
    st.sampled_from([1, LAST - 13]),
)
def test_ids_of_streams_under_way_are_unique(steps, first):
    """Whatever comes in whatever order: one id for each stream, never one for two."""
    streams = StreamMap(first=first, max_streams=12)
    expected: dict[tuple[str, int], int] = {}
    for origin, stream_id, more, step in steps:
        if step == 0:
            gone = {stream: given for stream, given in expected.items() if stream[0] == origin}
            assert sorted(streams.forget(origin)) == sorted(gone.values())
            expected = {stream: given for stream, given in expected.items() if stream not in gone}
            continue
        given_id = streams.rewrite(origin, part(stream_id, more=more)).header.stream_id

        assert given_id == expected.get((origin, stream_id), given_id)
        others = {given for stream, given in expected.items() if stream != (origin, stream_id)}
        assert given_id not in others
        assert given_id >= first
        if more:
            expected[origin, stream_id] = given_id
        else:
            expected.pop((origin, stream_id), None)
        assert len(streams) == len(expected)
