"""`FrameConnection`: opening, agreeing, exchanging, ending, and every way to break it."""

from __future__ import annotations

import random
import struct
import zlib

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.framing import (
    ConnectionState,
    FormatOffer,
    FrameAuthenticationError,
    FrameConnection,
    FrameDecoder,
    FrameEncoder,
    FrameError,
    HelloLimits,
    LocalFrameError,
    NegotiationError,
    RawFrame,
    RemoteFrameError,
    SharedKey,
    encode_message,
    split_message,
)
from symphony_codecs.framing._error_frame import read_error
from symphony_codecs.framing.events import (
    FrameReceived,
    MessageReceived,
    Opened,
    PeerEof,
    PeerFailed,
    PeerShutdown,
)
from symphony_types import FieldError, JsonRpcRequest, MessageEnvelope, ProcessId
from symphony_types.errors import (
    IpcConnectionFailedError,
    IpcDeserializationFailedError,
    IpcTransportError,
    SymphonyError,
    TimedOutError,
)
from symphony_types.message.ipc import FrameCompression, FrameFlags, FrameHeader, FrameType, IpcFrame
from tests.codecs.framing.connection_pair import KEY, ConnectionPair, as_bytes, events, hello, pair, secure_pair
from tests.memory import takes_at_most


OTHER_KEY = SharedKey(b"another key of thirty-two bytes!")


def message(connection: FrameConnection, payload: bytes = b"{}", **header: object) -> list[IpcFrame]:
    """The frames of a message with *payload*."""
    given = FrameHeader(
        **{"frame_type": FrameType.EVENT, "format": 1, "stream_id": connection.next_stream_id(), **header}
    )
    return list(split_message(given, payload, max_payload=connection.peer_limits.max_payload))


def say(carried: ConnectionPair, role: str, *payloads: bytes) -> list[bytes]:
    """Send messages from *role*, and return the payloads that arrive."""
    for payload in payloads:
        carried.ends[role].send(message(carried.ends[role], payload))
    found = carried.carry(role)
    assert all(isinstance(event, MessageReceived) for event in found)
    return [event.message.payload for event in found]


def test_both_ends_open_with_the_same_agreement():
    """Each end hears of the other's Hello once, and both agree on the same."""
    carried = pair(hello("json", "cbor"), hello("cbor", "msgpack", "json"))
    (at_server,) = carried.carry("client")
    (at_client,) = carried.carry("server")
    assert isinstance(at_server, Opened)
    assert at_client == at_server
    assert at_server.agreement.format.name == "cbor"
    assert carried.client.state is carried.server.state is ConnectionState.OPEN


@pytest.mark.parametrize("make", [pair, secure_pair])
@pytest.mark.parametrize("role", ["client", "server"])
def test_messages_arrive_in_order(make, role):
    """What one end sends the other receives, in order and either way."""
    carried = make().shake_hands()
    assert say(carried, role, b"1", b"", b"x" * 3000) == [b"1", b"", b"x" * 3000]
    assert say(carried, role, b"2") == [b"2"]


@pytest.mark.parametrize("make", [pair, secure_pair])
def test_however_the_stream_is_cut(make):
    """A whole session, Hello included, reads the same byte by byte."""
    carried = make()
    carried.server.receive_data(carried.take("client"))
    carried.client.receive_data(carried.take("server"))
    events(carried.server)
    events(carried.client)
    carried.client.send(message(carried.client, b"x" * 100))
    carried.client.send_shutdown()
    stream = carried.take("client")
    found = []
    for byte in stream:
        carried.server.receive_data(bytes([byte]))
        found += events(carried.server)
    carried.server.receive_eof()
    found += events(carried.server)
    told = [type(event) for event in found if not isinstance(event, Opened)]
    assert told == [MessageReceived, PeerShutdown, PeerEof]
    assert found[-1].clean


@pytest.mark.parametrize("make", [lambda: pair(hello(checksum=True)), secure_pair], ids=["checksums", "tags"])
@pytest.mark.parametrize("size", [10_000, 1, 7, 32, 300])
def test_what_is_agreed_on_counts_from_the_next_frame(make, size):
    """The frames behind a Hello may be there with it: what follows from the Hello holds for them all the same."""
    carried = make()
    carried.carry("server")
    carried.client.send(message(carried.client, b"1"))
    stream = carried.take("client")
    found = []
    for place in range(0, len(stream), size):
        carried.server.receive_data(stream[place : place + size])
        found += events(carried.server)
    assert [type(event) for event in found] == [Opened, MessageReceived]


@pytest.mark.parametrize(
    ("make", "code"),
    [(lambda: pair(hello(checksum=True)), "missing_checksum"), (secure_pair, "missing_authentication")],
)
def test_what_is_agreed_on_is_missed_at_the_next_frame(make, code):
    """A frame that came with the Hello, and has not what follows from it, is refused."""
    carried = make()
    carried.server.receive_data(carried.take("client") + FrameEncoder(sequence=2).encode(IpcFrame(header=FRAME)))
    if code == "missing_checksum":
        assert isinstance(carried.server.next_event(), Opened)
    with pytest.raises(RemoteFrameError) as caught:
        carried.server.next_event()
    assert caught.value.frame_code == code


def test_agreed_checksum_is_on_every_frame_after_hello():
    """If one end wants checksums both write them, and a frame without one is refused."""
    carried = pair(hello(), hello(checksum=True)).shake_hands()
    carried.client.send(message(carried.client))
    decoder = FrameDecoder()
    decoder.feed(carried.take("client"))
    assert FrameFlags.CHECKSUM in decoder.next_frame().header.flags

    carried.server.receive_data(FrameEncoder(sequence=2).encode(message(carried.client)[0]))
    with pytest.raises(RemoteFrameError) as caught:
        events(carried.server)
    assert caught.value.frame_code == "missing_checksum"


def test_only_what_the_peer_takes_is_sent():
    """A payload beyond the peer's limit is our fault, is not sent, and harms nothing."""
    small = HelloLimits(max_payload=1024, max_message=4096)
    carried = pair(hello(), hello(limits=small)).shake_hands()
    header = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=7)
    frames = [IpcFrame(header=header, payload=b"a"), IpcFrame(header=header, payload=bytes(1025))]
    with pytest.raises(LocalFrameError) as caught:
        carried.client.send(frames)
    assert caught.value.frame_code == "too_large"
    assert carried.client.data_to_send() == []
    assert say(carried, "client", bytes(4096)) == [bytes(4096)]


def test_refused_frames_use_no_numbers():
    """Of frames of which the encoder refuses one, none goes out, and the next message has the next number."""
    carried = pair().shake_hands()
    right = message(carried.client, b"1")[0]
    wrong = IpcFrame(header=attrs.evolve(right.header, flags=FrameFlags.AUTHENTICATED))
    with pytest.raises(LocalFrameError):
        carried.client.send([right, wrong])
    assert carried.client.data_to_send() == []
    assert say(carried, "client", b"2") == [b"2"]


@pytest.mark.parametrize("make", [pair, lambda: pair(hello(checksum=True)), secure_pair])
def test_what_is_taken_back_uses_no_numbers(make):
    """A message that is not sent after all, of one frame or of several, leaves no gap."""
    carried = make().shake_hands()
    for payload in (b"1", bytes(10_000)):
        carried.client.send(message(carried.client, payload))
        assert carried.client.data_to_send()
        carried.client.take_back()
        assert say(carried, "client", b"2") == [b"2"]


def test_peer_beyond_our_limits_fails():
    """A joined message beyond this end's own limit is refused."""
    small = HelloLimits(max_payload=1024, max_message=4096)
    carried = pair(hello(), hello(limits=small)).shake_hands()
    carried.client.send(message(carried.client, bytes(4097)))
    with pytest.raises(RemoteFrameError) as caught:
        carried.carry("client")
    assert caught.value.frame_code == "too_large"


def test_half_open_streams_are_refused():
    """Of 10,000 messages that never end some are held, the first too many ends the connection, and then none is."""
    opening = pair().shake_hands()
    kind = {"frame_type": FrameType.EVENT, "format": 1, "flags": FrameFlags.MORE_FRAGMENTS}
    opening.client.send(
        IpcFrame(header=FrameHeader(**kind, stream_id=number), payload=b"x") for number in range(1, 10_001)
    )
    flood = opening.take("client")

    def refuse() -> ConnectionPair:
        carried = pair().shake_hands()
        carried.server.receive_data(flood)
        with pytest.raises(RemoteFrameError) as caught:
            carried.server.next_event()
        assert caught.value.frame_code == "too_many_streams"
        return carried

    # 1,024 streams, and not ten times as many
    carried = takes_at_most(refuse, peak=len(flood) + 2 * 2**20, kept=64 * 1024)
    assert (carried.server._assembler.open_streams, carried.server._assembler.held) == (0, 0)
    (event,) = carried.carry("server")
    assert isinstance(event, PeerFailed)
    assert "too_many_streams" in str(event.error)


@pytest.mark.parametrize(
    ("make", "code"), [(pair, "too_large"), (secure_pair, "missing_authentication")], ids=["plain", "secure"]
)
def test_announced_lengths_are_refused_unseen(make, code):
    """A header that claims 4 GiB is waited for by nobody and costs nothing, before Hello and after it."""

    def refuse(*, opened: bool) -> str:
        carried = make().shake_hands() if opened else make()
        number = carried.server._decoder.sequence
        head = struct.pack(">2s6B2HIQI", b"SY", 1, 4, FrameType.EVENT, 1, 0, 1, 0, 0, 1, number, 2**32 - 1)
        carried.server.receive_data(head + zlib.crc32(head).to_bytes(4))
        with pytest.raises(FrameError) as caught:
            events(carried.server)
        return caught.value.frame_code

    assert takes_at_most(lambda: refuse(opened=False), peak=256 * 1024) == "too_large"
    assert takes_at_most(lambda: refuse(opened=True), peak=256 * 1024) == code


def test_nothing_in_common_fails_at_both_ends():
    """Two ends that share no format both say so, with both lists, and neither waits."""
    carried = pair(hello("json"), hello("cbor"))
    hellos = carried.take("client"), carried.take("server")
    carried.server.receive_data(hellos[0])
    carried.client.receive_data(hellos[1])
    for end in (carried.client, carried.server):
        with pytest.raises(NegotiationError, match=r"json.*cbor|cbor.*json") as caught:
            events(end)
        assert caught.value.frame_code == "no_agreement"
        assert caught.value.fault == "both"
        assert end.state is ConnectionState.FAILED
        with pytest.raises(NegotiationError):
            events(end)
        with pytest.raises(NegotiationError):
            end.send([])


def test_failure_tells_the_peer():
    """Whoever is sent what is no frame answers with an Error frame, which the peer reads."""
    carried = pair().shake_hands()
    carried.server.receive_data(b"GET / HTTP/1.1\r\n")
    with pytest.raises(RemoteFrameError) as caught:
        events(carried.server)
    (event,) = carried.carry("server")
    assert isinstance(event, PeerFailed)
    assert isinstance(event.error, IpcDeserializationFailedError)
    assert event.error.reason == caught.value.reason
    # what comes after the peer has given up is of no interest
    carried.client.receive_data(b"garbage")
    assert events(carried.client) == []


def test_peer_without_hello_is_told_so():
    """Also before any Hello the peer learns why: ours comes first, then the Error."""
    connection = FrameConnection("server", hello())
    connection.receive_data(b"GET / HTTP/1.1\r\n")
    with pytest.raises(RemoteFrameError):
        events(connection)
    peer = FrameConnection("client", hello("cbor"))
    peer.receive_data(as_bytes(connection.data_to_send()))
    with pytest.raises(NegotiationError):
        events(peer)


def test_unreadable_reason_of_the_peer():
    """A peer that fails without a reason that can be read still fails."""
    carried = pair().shake_hands()
    header = FrameHeader(frame_type=FrameType.ERROR, format=1)
    carried.client.send([IpcFrame(header=header, payload=b"]")])
    (event,) = carried.carry("client")
    assert isinstance(event, PeerFailed)
    assert isinstance(event.error, IpcTransportError)


@pytest.mark.parametrize("format_id", [1, 2, 3, 4])
@pytest.mark.parametrize("text", ["\x1b[2J\r\nroot logged in", "\u202eevil\x00", "a" * 100_000, "\x07" * 100_000])
def test_what_a_peer_says_is_one_short_line(text, format_id):
    """No terminal obeys the reason that a peer gives, and no log fills with it; its kind of error stays."""
    codec = get_codec(format_id)
    for said in (IpcDeserializationFailedError(reason=text), TimedOutError(message=text)):
        header = FrameHeader(frame_type=FrameType.ERROR, format=format_id)
        error = read_error(IpcFrame(header=header, payload=codec.encode(said, SymphonyError)))
        assert type(error) is type(said)
        assert str(error).isprintable()
        assert len(str(error)) < 2100


def test_nothing_is_said_to_a_peer_that_failed():
    """Its Error ends the connection: nothing more can be sent, and it gets no Error in turn."""
    carried = pair().shake_hands()
    carried.client.fail(RemoteFrameError("bad_route", "expected another route"))
    (event,) = carried.carry("client")
    assert isinstance(event, PeerFailed)
    server = carried.server
    assert (server.state, server.error) == (ConnectionState.FAILED, None)
    server.send_heartbeat()
    server.send_shutdown()
    server.fail(RemoteFrameError("bad_route", "expected another route"))
    with pytest.raises(LocalFrameError) as caught:
        server.send([])
    assert caught.value.frame_code == "closed"
    server.receive_eof()
    assert (events(server), server.data_to_send()) == ([], [])


def test_an_error_of_the_callers_own_is_the_last():
    """Who sends an Error on stream 0 has given up: nothing follows, and nothing more is said when something fails."""
    carried = pair().shake_hands()
    own = get_codec("json").encode(IpcTransportError(reason="no room"), SymphonyError)
    carried.client.send([IpcFrame(header=FrameHeader(frame_type=FrameType.ERROR, format=1), payload=own)])
    assert carried.client.is_closing
    carried.client.send_shutdown()
    with pytest.raises(LocalFrameError) as caught:
        carried.client.send(message(carried.client))
    assert caught.value.frame_code == "closed"
    carried.client.fail(RemoteFrameError("bad_route", "expected another route"))
    assert carried.client.state is ConnectionState.FAILED
    assert [event.error for event in carried.carry("client")] == [IpcTransportError(reason="no room")]


def test_nothing_is_said_after_shutdown():
    """An end that has said Shutdown keeps what it fails with to itself."""
    carried = pair().shake_hands()
    carried.client.send_shutdown()
    carried.take("client")
    carried.client.receive_data(b"no frame")
    with pytest.raises(RemoteFrameError):
        events(carried.client)
    assert carried.client.data_to_send() == []


def test_nothing_is_held_of_a_peer_that_failed():
    """What came behind its Error is let go."""
    carried = pair().shake_hands()
    carried.client.fail(RemoteFrameError("bad_route", "expected another route"))
    carried.server.receive_data(carried.take("client") + b"garbage")
    assert [type(event) for event in events(carried.server)] == [PeerFailed]
    assert carried.server._decoder.held == 0


@pytest.mark.parametrize("text", ["x" * 5000, "\x00" * 5000, "\U0001f300" * 5000, "\ud800 half"])
def test_reasons_that_the_peer_can_take(text):
    """However long a reason is, and whatever is in it, the peer is told as much as it takes in a frame."""
    small = HelloLimits(max_payload=1024, max_message=1024)
    carried = pair(hello(), hello(limits=small)).shake_hands()
    carried.client.fail(RemoteFrameError("bad_route", text))
    (event,) = carried.carry("client")
    assert isinstance(event, PeerFailed)
    assert event.error.reason.startswith("bad_route: ")


def test_a_peer_that_wants_checksums_can_read_the_reason():
    """An end that fails before it knows of checksums says why with one."""
    carried = pair(hello(), hello(checksum=True))
    carried.carry("client")
    carried.client.receive_data(FrameEncoder().encode(IpcFrame(header=hello().to_frame().header, payload=b"{}")))
    with pytest.raises(RemoteFrameError):
        events(carried.client)
    (event,) = carried.carry("client")
    assert isinstance(event, PeerFailed)
    assert event.error.reason.startswith("bad_hello: ")


@pytest.mark.parametrize("ask", [FrameConnection.next_event, lambda end: end.send([])], ids=["next_event", "send"])
def test_an_error_does_not_grow(ask):
    """Raising it again adds nothing to its traceback."""
    connection = FrameConnection("server", hello())
    connection.receive_data(b"no frame")

    def depth():
        with pytest.raises(RemoteFrameError) as caught:
            ask(connection)
        trace, count = caught.value.__traceback__, 0
        while trace is not None:
            trace, count = trace.tb_next, count + 1
        return count

    with pytest.raises(RemoteFrameError):
        connection.next_event()
    assert depth() == depth() == depth()


def test_a_failed_connection_holds_nothing():
    """What was received is let go, and what still comes is dropped, in whatever manner."""
    carried = pair().shake_hands()
    part = message(carried.client, b"x" * 2_000_000)[:1]
    carried.server.receive_data(forged(carried, *part))
    assert events(carried.server) == []
    assert carried.server._assembler.held > 0
    carried.server.receive_block(b"no frame" * 1000)
    with pytest.raises(RemoteFrameError):
        events(carried.server)
    carried.server.receive_data(b"more")
    carried.server.receive_block(b"more")
    carried.server.receive_eof()
    assert (carried.server._assembler.held, carried.server._decoder.held) == (0, 0)
    assert not carried.server._block_ends


FRAME = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1)


def forged(carried: ConnectionPair, *frames: IpcFrame) -> bytes:
    """Frames that the client would not send, with the numbers that come next."""
    decoder = FrameDecoder()
    decoder.feed(carried.sent["client"])
    encoder = FrameEncoder(sequence=len(list(decoder)) + 1)
    return b"".join(encoder.encode(frame) for frame in frames)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (IpcFrame(header=FRAME), "unexpected_frame"),
        (IpcFrame(header=FrameHeader(frame_type=FrameType.HEARTBEAT)), "unexpected_frame"),
        (IpcFrame(header=FrameHeader(frame_type=FrameType.HELLO, format=1), payload=b"{}"), "bad_hello"),
        (IpcFrame(header=FrameHeader(frame_type=FrameType(99), stream_id=1)), "unknown_type"),
    ],
)
def test_first_frame_is_a_hello(frame, code):
    """Nothing but a right Hello opens a connection."""
    connection = FrameConnection("server", hello())
    connection.receive_data(FrameEncoder().encode(frame))
    with pytest.raises(RemoteFrameError) as caught:
        events(connection)
    assert caught.value.frame_code == code


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (IpcFrame(header=FrameHeader(frame_type=FrameType.HELLO, format=1), payload=b"{}"), "unexpected_frame"),
        (IpcFrame(header=FrameHeader(frame_type=FrameType.EVENT, format=2, stream_id=1)), "bad_format"),
        (IpcFrame(header=FrameHeader(frame_type=FrameType.EVENT, format=77, stream_id=1)), "bad_format"),
        (IpcFrame(header=attrs.evolve(FRAME, flags=FrameFlags.MORE_FRAGMENTS, format=127)), "bad_format"),
        (IpcFrame(header=attrs.evolve(FRAME, compression=FrameCompression.ZSTD)), "bad_compression"),
    ],
)
def test_frames_that_an_open_connection_refuses(frame, code):
    """A second Hello, and a format or compression that was not agreed on, at a message's first frame."""
    carried = pair(hello(compressions=("zlib",)), hello(compressions=("zlib",))).shake_hands()
    carried.server.receive_data(forged(carried, frame))
    with pytest.raises(RemoteFrameError) as caught:
        events(carried.server)
    assert caught.value.frame_code == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (FrameHeader(frame_type=FrameType.HELLO, format=1), "unexpected_frame"),
        (FrameHeader(frame_type=FrameType.HEARTBEAT), "unexpected_frame"),
        (FrameHeader(frame_type=FrameType.SHUTDOWN), "unexpected_frame"),
        (attrs.evolve(FRAME, format=2), "bad_format"),
        (attrs.evolve(FRAME, compression=FrameCompression.ZLIB), "bad_compression"),
    ],
)
def test_what_the_peer_would_refuse_is_not_sent(header, code):
    """It is our fault, costs no number, and harms nothing."""
    carried = pair().shake_hands()
    with pytest.raises(LocalFrameError) as caught:
        carried.client.send([IpcFrame(header=FRAME), IpcFrame(header=header)])
    assert caught.value.frame_code == code
    assert carried.client.data_to_send() == []
    assert say(carried, "client", b"1") == [b"1"]


def test_many_formats_are_not_all_named():
    """The text of a refusal stays short, whatever the Hellos offer."""
    offers = tuple(FormatOffer(f"{number:064}", number) for number in range(16, 80))
    carried = pair(hello(formats=offers), hello(formats=offers)).shake_hands()
    with pytest.raises(LocalFrameError, match=r"got 2$") as caught:
        carried.client.send(message(carried.client, format=2))
    assert len(str(caught.value)) < 1024


@pytest.mark.parametrize("format_id", [0, 1, 128, 255])
def test_formats_that_need_no_agreement(format_id):
    """Opaque and private payloads pass, as do those agreed on."""
    carried = pair().shake_hands()
    carried.client.send(message(carried.client, b"\xff", format=format_id))
    (event,) = carried.carry("client")
    assert event.message.header.format == format_id


def test_nothing_after_shutdown():
    """Who has said Shutdown sends no more, and who does all the same is refused; the other way goes on."""
    carried = pair().shake_hands()
    carried.client.send_shutdown()
    assert carried.client.is_closing
    with pytest.raises(LocalFrameError) as caught:
        carried.client.send(message(carried.client))
    assert caught.value.frame_code == "closed"
    carried.client.send_shutdown()
    carried.client.send_heartbeat()
    assert carried.carry("client") == [PeerShutdown()]
    assert say(carried, "server", b"late") == [b"late"]

    carried.server.receive_data(
        forged(carried, IpcFrame(header=FrameHeader(frame_type=FrameType.HEARTBEAT)), IpcFrame(header=FRAME))
    )
    with pytest.raises(RemoteFrameError) as refused:
        events(carried.server)
    assert refused.value.frame_code == "unexpected_frame"


def test_shutdown_ends_what_is_not_complete():
    """The rest of a message that was begun never comes, so that nothing is held of it."""
    carried = pair().shake_hands()
    carried.client.send(message(carried.client, b"x" * 2_000_000)[:1])
    carried.client.send_shutdown()
    assert carried.carry("client") == [PeerShutdown()]
    assert (carried.server._assembler.open_streams, carried.server._assembler.held) == (0, 0)


def test_shutdown_while_frames_are_made():
    """Frames that are made while this end says Shutdown come too late."""
    carried = pair().shake_hands()

    def late():
        carried.client.send_shutdown()
        yield from message(carried.client)

    with pytest.raises(LocalFrameError) as caught:
        carried.client.send(late())
    assert caught.value.frame_code == "closed"
    assert carried.carry("client") == [PeerShutdown()]


def test_no_data_after_the_end():
    """Feeding more is the caller's mistake, which harms nothing."""
    carried = pair().shake_hands()
    carried.client.send(message(carried.client, b"1"))
    carried.server.receive_data(carried.take("client"))
    carried.server.receive_eof()
    for receive in (carried.server.receive_data, carried.server.receive_block):
        with pytest.raises(LocalFrameError) as caught:
            receive(b"more")
        assert caught.value.frame_code == "closed"
    assert [type(event) for event in events(carried.server)] == [MessageReceived, PeerEof]


def test_sending_before_the_peers_hello():
    """Nothing can be sent as long as nothing is agreed; neither are there limits."""
    connection = FrameConnection("client", hello())
    connection.start()
    with pytest.raises(LocalFrameError):
        connection.send([])
    with pytest.raises(LocalFrameError):
        _ = connection.peer_limits
    connection.send_heartbeat()
    connection.send_shutdown()
    assert len(connection.data_to_send()) == 1
    assert not connection.is_closing


@pytest.mark.parametrize("shutdown", [False, True])
def test_end_of_stream(shutdown):
    """The end is told once, and whether it was announced."""
    carried = pair().shake_hands()
    if shutdown:
        carried.client.send_shutdown()
        carried.carry("client")
    carried.server.receive_eof()
    assert events(carried.server) == [PeerEof(clean=shutdown)]
    assert events(carried.server) == []


def test_end_within_a_frame():
    """A stream that ends within a frame is damaged, at every cut."""
    stream = FrameEncoder().encode(hello().to_frame())
    for size in range(1, len(stream)):
        connection = FrameConnection("server", hello())
        connection.receive_data(stream[:size])
        connection.receive_eof()
        with pytest.raises(RemoteFrameError) as caught:
            events(connection)
        assert caught.value.frame_code == "truncated"


def test_heartbeats_are_swallowed():
    """A heartbeat is no event, yet counts in the sequence."""
    carried = pair().shake_hands()
    for _ in range(3):
        carried.client.send_heartbeat()
    assert carried.carry("client") == []
    assert say(carried, "client", b"1") == [b"1"]


def test_stream_ids_wrap_to_one():
    """After the last of 32 bits the first comes again, never 0."""
    connection = FrameConnection("client", hello())
    connection._stream_id = 2**32 - 2
    assert [connection.next_stream_id() for _ in range(3)] == [2**32 - 1, 1, 2]


def test_skipped_sequence_is_refused():
    """A frame that went missing shows at the next, also without authentication."""
    carried = pair().shake_hands()
    carried.client.send(message(carried.client, b"1"))
    carried.take("client")
    carried.client.send(message(carried.client, b"2"))
    with pytest.raises(RemoteFrameError) as caught:
        carried.carry("client")
    assert caught.value.frame_code == "bad_sequence"


# --- blocks: transports with messages of their own


def test_blocks_hold_one_frame_each():
    """Over a transport with messages a frame is one of them, and several may wait to be read."""
    carried = pair()
    for role, other in (("client", carried.server), ("server", carried.client)):
        for frame in carried.ends[role].data_to_send():
            other.receive_block(as_bytes([frame]))
        assert len(events(other)) == 1
    carried.client.send(message(carried.client, b"1"))
    carried.client.send(message(carried.client, b"2"))
    for frame in carried.client.data_to_send():
        carried.server.receive_block(as_bytes([frame]))
    assert [event.message.payload for event in events(carried.server)] == [b"1", b"2"]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("place", [0, 1, 31, 32, 40, -1])
def test_blocks_with_a_part_of_a_frame(place, at_once):
    """A frame that begins in one message and ends in the next is refused, also if both are there already."""
    connection = FrameConnection("server", hello())
    data = FrameEncoder().encode(hello().to_frame())
    connection.receive_block(data[:place])
    if at_once:
        connection.receive_block(data[place:])
    with pytest.raises(RemoteFrameError) as caught:
        events(connection)
    assert caught.value.frame_code == "truncated"


@pytest.mark.parametrize("more", [b"", b"S"])
def test_block_with_more_than_a_frame(more):
    """Two frames in one message are refused, and so is any byte behind one."""
    carried = pair().shake_hands()
    carried.client.send(message(carried.client, b"1"))
    carried.client.send(message(carried.client, b"2"))
    frames = [as_bytes([frame]) for frame in carried.client.data_to_send()]
    carried.server.receive_block(frames[0] + more if more else b"".join(frames))
    with pytest.raises(RemoteFrameError) as caught:
        events(carried.server)
    assert caught.value.frame_code == "unexpected_frame"


def test_blocks_after_a_stream():
    """What came before the first block does not count."""
    carried = pair().shake_hands()
    carried.client.send(message(carried.client, b"1"))
    carried.server.receive_block(carried.take("client"))
    assert [event.message.payload for event in events(carried.server)] == [b"1"]


# --- authentication


def test_wrong_key_shows_at_both_ends_before_any_message():
    """Two keys that differ are found out by the first frames after the Hellos."""
    carried = secure_pair(KEY, OTHER_KEY)
    hellos = carried.take("client"), carried.take("server")
    carried.server.receive_data(hellos[0])
    carried.client.receive_data(hellos[1])
    events(carried.server)
    events(carried.client)
    for role in ("client", "server"):
        with pytest.raises(FrameAuthenticationError) as caught:
            carried.carry(role)
        assert caught.value.frame_code == "bad_tag"


def test_server_says_nothing_to_who_has_shown_no_key():
    """A server is open at the first right tag and not before; what came with it is not lost."""
    carried = secure_pair()
    carried.server.receive_data(carried.take("client"))
    assert events(carried.server) == []
    assert carried.server.state is ConnectionState.OPENING
    with pytest.raises(LocalFrameError, match="shown no key") as caught:
        carried.server.send([])
    assert caught.value.frame_code == "closed"

    carried.client.receive_data(carried.take("server"))
    (opened, *_) = events(carried.client)
    assert isinstance(opened, Opened)
    # the client's heartbeat is lost on no one: a message may as well be the first
    carried.client.send(message(carried.client, b"first"))
    found = carried.carry("client")
    assert [type(event) for event in found] == [Opened, MessageReceived]
    assert found[0] == opened
    assert carried.server.state is ConnectionState.OPEN


def test_only_one_end_authenticates():
    """An end with a key and one without do not open a connection, and both say which."""
    carried = ConnectionPair(
        FrameConnection("client", hello(authenticated=True), key=KEY), FrameConnection("server", hello())
    )
    for role in ("client", "server"):
        with pytest.raises(NegotiationError, match="authent"):
            carried.carry(role)


@pytest.mark.parametrize("role", ["Client", "", None])
def test_roles(role):
    """An end is one of two; a third would agree on something else than its peer."""
    with pytest.raises(FieldError) as caught:
        FrameConnection(role, hello())
    assert caught.value.path == ("role",)


@pytest.mark.parametrize(("key", "authenticated"), [(None, True), (KEY, False)])
def test_hello_says_whether_there_is_a_key(key, authenticated):
    """A Hello that promises what the connection does not do is our own mistake."""
    with pytest.raises(LocalFrameError):
        FrameConnection("client", hello(authenticated=authenticated), key=key)


def _reply_of(carried: ConnectionPair, data: bytes) -> FrameError:
    carried.server.receive_data(data)
    with pytest.raises(FrameError) as caught:
        events(carried.server)
    return caught.value


def _frames(carried: ConnectionPair, *payloads: bytes) -> list[bytes]:
    found = []
    for payload in payloads:
        carried.client.send(message(carried.client, payload))
        found.append(carried.take("client"))
    return found


def test_replayed_frame_is_refused():
    """A frame that comes a second time is not the next."""
    carried = secure_pair().shake_hands()
    (frame,) = _frames(carried, b"pay")
    assert _reply_of(carried, frame + frame).frame_code == "bad_sequence"


def test_reordered_frames_are_refused():
    """A frame before its turn is not the next."""
    carried = secure_pair().shake_hands()
    first, second = _frames(carried, b"1", b"2")
    assert _reply_of(carried, second + first).frame_code == "bad_sequence"


def test_reflected_frame_is_refused():
    """What this end sent itself has a tag of the other direction's key."""
    carried = secure_pair().shake_hands()
    carried.server.send(message(carried.server, b"pay"))
    frame = carried.take("server")
    assert isinstance(_reply_of(carried, frame), FrameAuthenticationError)


def test_frame_of_an_earlier_connection_is_refused():
    """Other nonces make other keys: a recorded frame fails at its tag though its number fits."""
    earlier, now = secure_pair().shake_hands(), secure_pair().shake_hands()
    (frame,) = _frames(earlier, b"pay")
    assert _reply_of(now, frame).frame_code == "bad_tag"


def test_changed_hello_fails_at_the_tag():
    """A Hello changed on the way, even in what nobody reads, makes other keys at the two ends."""
    carried = secure_pair()
    changed = carried.take("client")
    decoder = FrameDecoder()
    decoder.feed(changed)
    frame = decoder.next_frame()
    payload = frame.payload.replace(b'"heartbeat_ms":0', b'"heartbeat_ms":5')
    assert payload != frame.payload
    carried.server.receive_data(FrameEncoder().encode(IpcFrame(header=frame.header, payload=payload)))
    events(carried.server)
    carried.client.receive_data(carried.take("server"))
    with pytest.raises(FrameAuthenticationError) as caught:
        events(carried.client)
    assert caught.value.frame_code == "bad_tag"
    with pytest.raises(FrameAuthenticationError):
        carried.carry("client")


def test_dropped_flag_is_refused():
    """A right frame without tag and flag is refused where tags were agreed on."""
    carried = secure_pair().shake_hands()
    (frame,) = message(carried.client, b"pay")
    data = FrameEncoder(sequence=3).encode(frame)
    assert _reply_of(carried, data).frame_code == "missing_authentication"


def test_cut_and_flipped_tags_are_refused():
    """Every bit of an authenticated frame counts, and so does its last byte."""
    reference = secure_pair().shake_hands()
    (frame,) = _frames(reference, b"pay")
    rng = random.Random(7)
    for bit in rng.sample(range(len(frame) * 8), 80):
        carried = secure_pair().shake_hands()
        (frame,) = _frames(carried, b"pay")
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        assert isinstance(_reply_of(carried, bytes(damaged)), FrameError), bit
    carried = secure_pair().shake_hands()
    (frame,) = _frames(carried, b"pay")
    carried.server.receive_data(frame[:-1])
    carried.server.receive_eof()
    with pytest.raises(RemoteFrameError) as caught:
        events(carried.server)
    assert caught.value.frame_code == "truncated"


def test_reflected_hello_is_refused():
    """An end that hears its own Hello talks to a mirror."""
    connection = FrameConnection("client", hello(authenticated=True), key=KEY)
    connection.start()
    connection.receive_data(as_bytes(connection.data_to_send()))
    with pytest.raises(FrameError):
        events(connection)


def test_key_is_nowhere_to_be_seen():
    """Neither the connection nor its errors show the key."""
    secret = b"correct horse battery staple"
    carried = secure_pair(SharedKey(secret), OTHER_KEY)
    shown = [repr(carried.client), str(vars(carried.client))]
    carried.client.receive_data(carried.take("server"))
    events(carried.client)
    carried.server.receive_data(carried.take("client"))
    with pytest.raises(FrameError) as caught:
        events(carried.server)
    shown += [str(caught.value), repr(caught.value), str(vars(caught.value))]
    assert not any(secret.decode() in text or secret.hex() in text for text in shown)


# --- routers


@pytest.mark.parametrize("kind", [FrameType.HEARTBEAT, FrameType.SHUTDOWN, FrameType.ERROR])
def test_a_router_checks_what_ends_there(kind):
    """Payloads of messages are not a router's business, but those of the connection are."""
    carried = ConnectionPair(FrameConnection("client", hello()), FrameConnection("server", hello(), raw=True))
    carried.shake_hands()
    on_stream = attrs.evolve(FRAME, flags=FrameFlags.CHECKSUM)
    data = bytearray(forged(carried, IpcFrame(header=on_stream), IpcFrame(header=attrs.evolve(on_stream, **_of(kind)))))
    data[35] ^= 1  # the last byte of the checksum of nothing
    data[-1] ^= 1
    carried.server.receive_data(data)
    assert isinstance(carried.server.next_event(), FrameReceived)
    with pytest.raises(RemoteFrameError) as caught:
        carried.server.next_event()
    assert caught.value.frame_code == "payload_checksum"


def _of(kind: FrameType) -> dict[str, object]:
    return {"frame_type": kind, "stream_id": 0}


def test_a_router_hands_on_what_it_does_not_know():
    """A later version's frame type is not the router's business, on whatever stream."""
    carried = ConnectionPair(FrameConnection("client", hello()), FrameConnection("server", hello(), raw=True))
    carried.shake_hands()
    for stream_id in (0, 5):
        carried.client.send([IpcFrame(header=FrameHeader(frame_type=FrameType(99), format=1, stream_id=stream_id))])
    assert [event.frame.header.stream_id for event in carried.carry("client")] == [0, 5]


def test_router_forwards_what_it_cannot_read():
    """A raw connection hands frames on as they are: payload, checksum, extension, unknown types."""
    first, second = (
        ConnectionPair(FrameConnection("client", hello()), FrameConnection("server", hello(), raw=True)),
        ConnectionPair(FrameConnection("client", hello(), raw=True), FrameConnection("server", hello())),
    )
    first.shake_hands()
    second.shake_hands()
    envelope = MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="m", id=1))
    frames = encode_message(envelope, None, "json", stream_id=first.client.next_stream_id())
    first.client.send(frames)
    (event,) = first.carry("client")
    assert isinstance(event, FrameReceived)
    assert isinstance(event.frame, RawFrame)
    second.client.send([event.frame.evolve(stream_id=99)])
    (arrived,) = second.carry("client")
    assert arrived.message.header.stream_id == 99
    assert get_codec("json").decode(arrived.message.payload, MessageEnvelope[JsonRpcRequest]) == envelope


def test_router_takes_part_in_the_hop():
    """Heartbeat, Shutdown and Error of the connection itself end at a router."""
    carried = ConnectionPair(
        FrameConnection("client", hello()), FrameConnection("server", hello(), raw=True)
    ).shake_hands()
    carried.client.send_heartbeat()
    assert carried.carry("client") == []
    carried.client.send_shutdown()
    assert carried.carry("client") == [PeerShutdown()]


def test_errors_are_variants_that_travel():
    """What a connection raises is a variant of IpcError that the peer's side knows."""
    assert issubclass(NegotiationError, IpcConnectionFailedError)
    assert issubclass(RemoteFrameError, IpcDeserializationFailedError)
