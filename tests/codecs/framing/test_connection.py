"""`FrameConnection`: opening, agreeing, exchanging, ending, and every way to break it."""

from __future__ import annotations

import random

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.framing import (
    ConnectionState,
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
from symphony_codecs.framing.events import (
    FrameReceived,
    MessageReceived,
    Opened,
    PeerEof,
    PeerFailed,
    PeerShutdown,
)
from symphony_types import JsonRpcRequest, MessageEnvelope, ProcessId
from symphony_types.errors import IpcConnectionFailedError, IpcDeserializationFailedError, IpcTransportError
from symphony_types.message.ipc import FrameFlags, FrameHeader, FrameType, IpcFrame
from tests.codecs.framing.connection_pair import KEY, ConnectionPair, as_bytes, events, hello, pair, secure_pair


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
    assert [type(event) for event in found] == [MessageReceived, PeerShutdown, PeerEof]
    assert found[-1].clean


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
    assert say(carried, "client", b"2") == [b"2"]


def test_peer_beyond_our_limits_fails():
    """A joined message beyond this end's own limit is refused."""
    small = HelloLimits(max_payload=1024, max_message=4096)
    carried = pair(hello(), hello(limits=small)).shake_hands()
    carried.client.send(message(carried.client, bytes(4097)))
    with pytest.raises(RemoteFrameError) as caught:
        carried.carry("client")
    assert caught.value.frame_code == "too_large"


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


FRAME = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1)


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
    ],
)
def test_frames_that_an_open_connection_refuses(frame, code):
    """A second Hello, and a format that was not agreed on."""
    carried = pair().shake_hands()
    carried.client.send([frame])
    with pytest.raises(RemoteFrameError) as caught:
        carried.carry("client")
    assert caught.value.frame_code == code


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

    sequence = FrameDecoder()
    sequence.feed(carried.sent["client"])
    following = len(list(sequence)) + 1
    carried.server.receive_data(FrameEncoder(sequence=following).encode(IpcFrame(header=FRAME)))
    with pytest.raises(RemoteFrameError) as refused:
        events(carried.server)
    assert refused.value.frame_code == "unexpected_frame"


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


@pytest.mark.parametrize(("cut", "code"), [(slice(None, -1), "truncated"), (slice(0), "truncated")])
def test_block_with_a_part_of_a_frame(cut, code):
    """A part of a frame is refused, however little is missing."""
    connection = FrameConnection("server", hello())
    connection.receive_block(FrameEncoder().encode(hello().to_frame())[cut])
    with pytest.raises(RemoteFrameError) as caught:
        events(connection)
    assert caught.value.frame_code == code


def test_block_with_two_frames():
    """Two frames in one message are refused."""
    carried = pair().shake_hands()
    carried.client.send(message(carried.client, b"1"))
    carried.client.send(message(carried.client, b"2"))
    carried.server.receive_block(carried.take("client"))
    with pytest.raises(RemoteFrameError) as caught:
        events(carried.server)
    assert caught.value.frame_code == "unexpected_frame"


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


def test_only_one_end_authenticates():
    """An end with a key and one without do not open a connection, and both say which."""
    carried = ConnectionPair(
        FrameConnection("client", hello(authenticated=True), key=KEY), FrameConnection("server", hello())
    )
    for role in ("client", "server"):
        with pytest.raises(NegotiationError, match="authent"):
            carried.carry(role)


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


def test_router_forwards_what_it_cannot_read():
    """A raw connection hands frames on as they are: payload, checksum, extension, unknown types."""
    first, second = (
        ConnectionPair(FrameConnection("client", hello()), FrameConnection("server", hello(), raw=True)),
        ConnectionPair(FrameConnection("client", hello(), raw=True), FrameConnection("server", hello())),
    )
    first.shake_hands()
    second.shake_hands()
    envelope = MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="m", id=1))
    frames = encode_message(envelope, "json", stream_id=first.client.next_stream_id())
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
