"""Messages and requests over blocking channels, over every transport."""

from __future__ import annotations

import os
import random
import threading

import pytest

from symphony_codecs.channels.blocking import pair
from symphony_codecs.errors import DecodeError, EncodeError
from symphony_codecs.framing import framing_names
from symphony_codecs.framing.errors import LocalFrameError
from symphony_codecs.framing.raw import RawFrame
from symphony_types.checks import FieldError
from symphony_types.errors import TimedOutError
from symphony_types.message.ipc import FrameHeader, FrameType, TransportType
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    ALL,
    PATIENCE,
    SOCKETS,
    answer,
    call,
    close_all,
    echo,
    ends,
    event,
    profile_of,
    serving,
    threads,
    tidy,
    until,
)
from tests.codecs.framing.formats import format_of


pytestmark = pytest.mark.usefixtures("tidy")
every = pytest.mark.parametrize("kind", ALL)


@every
def test_messages_go_both_ways(tmp_path, kind):
    """Messages arrive equal and in order, small ones and ones larger than any buffer."""
    sent = [call(1), event(2), event(3, 3_000_000), call(4, {"a": [None, 1.5, "ä"]})]
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        for one, other in ((client, server), (server, client)):
            sending = pool.start(lambda one=one: [one.send(message) for message in sent])
            assert [other.receive(timeout=PATIENCE) for _ in sent] == sent
            sending.result(PATIENCE)


@every
def test_iteration_ends_when_the_peer_closes(tmp_path, kind):
    """The iteration first yields all messages sent before."""
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        for number in range(10):
            server.send(event(number))
        closing = pool.start(server.close)
        assert [message.payload.params[0] for message in client] == list(range(10))
        closing.result(PATIENCE)
        assert not client.is_open
        assert "the peer has closed the channel" in str(client.ending)


@every
def test_many_threads_ask_on_one_channel(tmp_path, kind):
    """Each thread gets its own answers, in whatever order they arrive."""
    shuffle = random.Random(5).shuffle
    rounds, askers = 50 if kind == "unix" else 10, 8

    def serve_shuffled(channel):
        for _ in range(rounds):
            # Each thread has one request under way, so these belong to one round.
            held = [channel.receive(timeout=PATIENCE) for _ in range(askers)]
            shuffle(held)
            for one in held:
                channel.send(answer(one, one.payload.params))

    def ask(client, asker):
        return [client.request(call(n, [asker, n]), timeout=PATIENCE).payload.result for n in range(rounds)]

    with threads() as pool, ends(kind, tmp_path) as (client, server):
        pool.start(serve_shuffled, server)
        asking = [pool.start(ask, client, asker) for asker in range(askers)]
        assert [a.result(PATIENCE) for a in asking] == [[[a, n] for n in range(rounds)] for a in range(askers)]
        assert client.pending == 0


def test_both_ends_may_ask_at_once(tmp_path):
    """Requests cross, and answers are not mistaken for requests."""

    def ask(end):
        return [end.request(call(n, n), timeout=PATIENCE).payload.result for n in range(50)]

    with threads() as pool, ends("unix", tmp_path) as (client, server):
        echoing = [pool.start(echo, end) for end in (client, server)]
        asking = [pool.start(ask, end) for end in (client, server)]
        assert [result.result(PATIENCE) for result in asking] == [list(range(50))] * 2
        client.close()
        for one in echoing:
            one.result(PATIENCE)


def test_a_message_and_an_answer_wake_their_threads(tmp_path):
    """While one thread reads for all, each of the others gets its own message."""
    with threads() as pool, ends("unix", tmp_path) as (client, server):
        receiving = [pool.start(client.receive, timeout=PATIENCE) for _ in range(3)]
        until(lambda: client._engine._leader)
        asking = [pool.start(client.request, call(n), timeout=PATIENCE) for n in range(3)]
        requests = [server.receive(timeout=PATIENCE) for _ in asking]
        until(lambda: len(client._engine._followers) == 5)
        for n in range(3):
            server.send(event(n))
        assert sorted(r.result(PATIENCE).payload.params[0] for r in receiving) == [0, 1, 2]
        for request in reversed(requests):
            server.send(answer(request, request.payload.id))
        assert [a.result(PATIENCE).payload.result for a in asking] == [0, 1, 2]


def test_the_reading_thread_hands_over_when_its_time_is_up(tmp_path):
    """Another waiting thread goes on reading."""
    with threads() as pool, ends("unix", tmp_path) as (client, server):
        first = pool.start(client.receive, timeout=0.5)
        until(lambda: client._engine._leader)
        asking = pool.start(client.request, call(1), timeout=PATIENCE)
        request = server.receive(timeout=PATIENCE)
        with pytest.raises(TimedOutError):
            first.result(PATIENCE)
        server.send(answer(request, 7))
        assert asking.result(PATIENCE).payload.result == 7


def test_bare_json_rpc_is_paired_by_its_id(tmp_path):
    """Bare requests without envelopes work, too; an id that is under way is refused."""
    either = JsonRpcRequest | JsonRpcResponse
    with threads() as pool, ends("unix", tmp_path, as_type=either) as (client, server):
        request = JsonRpcRequest(method="m", id="a")
        asking = pool.start(client.request, request, timeout=PATIENCE)
        assert server.receive(timeout=PATIENCE) == request
        with pytest.raises(FieldError):
            client.request(request)
        assert client.pending == 1
        server.send(JsonRpcResponse.success(5, "a"))
        assert asking.result(PATIENCE).result == 5


def test_a_message_that_cannot_be_answered_is_not_a_request(tmp_path):
    """It is refused before it is sent."""
    with ends("unix", tmp_path, as_type=JsonRpcNotification) as (client, _):
        before = client.bytes_sent
        with pytest.raises(FieldError):
            client.request(JsonRpcNotification(method="m"))
        assert (client.bytes_sent, client.pending) == (before, 0)


def test_a_late_answer_is_dropped(tmp_path):
    """After the request's time-out the channel stays open, and `receive` does not return the answer."""
    with ends("unix", tmp_path) as (client, server):
        with pytest.raises(TimedOutError) as caught:
            client.request(call(1), timeout=0.01)
        assert caught.value.message == "expected an answer within 0.01 s, got none"
        assert client.pending == 0
        server.send(answer(server.receive(timeout=PATIENCE)))
        server.send(event(2))
        assert client.receive(timeout=PATIENCE).payload.params[0] == 2


@pytest.mark.parametrize("timeout", [0, 0.01])
def test_receive_with_a_timeout(tmp_path, timeout):
    """It raises when nothing arrives, and the channel stays open; 0 returns only a message that has arrived."""
    with ends("unix", tmp_path) as (client, server):
        with pytest.raises(TimedOutError):
            client.receive(timeout=timeout)
        server.send(event(1))
        assert client.receive(timeout=0).payload.params[0] == 1


def test_a_time_out_that_is_not_a_number(tmp_path):
    """NaN expires at once; no request stays under way, and the channel stays open."""
    never = float("nan")
    with ends("unix", tmp_path) as (client, server):
        for wait in (client.request, client.submit):
            with pytest.raises(TypeError):
                wait(call(1), timeout="soon")
        for wait in (
            lambda: client.request(call(1), timeout=never),
            lambda: client.submit(call(2), timeout=never).result(),
            lambda: client.receive(timeout=never),
        ):
            with pytest.raises(TimedOutError):
                wait()
        assert client.pending == 0
        server.send(event(3))
        assert client.receive(timeout=PATIENCE).payload.params[0] == 3


def test_a_message_of_another_type_is_an_error_of_its_own(tmp_path):
    """The messages before and after it arrive."""
    wider = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse

    def handler(channel):
        channel.send(JsonRpcNotification(method="n"))
        channel.send(JsonRpcRequest(method="m", id=1))
        channel.receive()

    narrower = JsonRpcRequest | JsonRpcResponse
    with serving("unix", tmp_path, handler, as_type=wider) as (_, dial), dial(narrower) as client:
        with pytest.raises(DecodeError):
            client.receive(timeout=PATIENCE)
        assert client.receive(timeout=PATIENCE).id == 1
        assert client.is_open


@pytest.mark.parametrize("kind", ["unix", "ws"])
def test_a_message_that_cannot_be_sent(tmp_path, kind):
    """The channel stays open, and nothing is sent."""
    small = profile_of(kind, max_payload=65_536, max_message=100_000)
    with ends(kind, tmp_path, profile=small) as (client, server):
        for thing in (object(), None):
            with pytest.raises(EncodeError):
                client.send(thing)
            with pytest.raises(FieldError):
                client.request(thing)
            with pytest.raises(FieldError):
                client.submit(thing)
        with pytest.raises(EncodeError):
            client.request(event(1).with_payload(object()))
        with pytest.raises(LocalFrameError):
            client.send(event(1, 200_000))
        assert client.pending == 0
        client.send(event(2))
        assert server.receive(timeout=PATIENCE).payload.params[0] == 2


@every
def test_the_inbox_is_bounded(tmp_path, kind):
    """A receiver that stalls keeps a bounded number of messages; the sender waits, and all arrive in the end."""
    with threads() as pool, ends(kind, tmp_path, max_queue=3) as (client, server):
        sending = pool.start(lambda: [server.send(event(n, 50_000)) for n in range(100)])
        until(lambda: server._engine._leader)
        # An answer is queued behind messages that nobody receives.
        with pytest.raises(TimedOutError):
            client.request(call(1), timeout=0.05)
        assert len(client._engine.conversation.inbox) <= 3
        assert not sending.done()
        assert [client.receive(timeout=PATIENCE).payload.params[0] for _ in range(100)] == list(range(100))
        sending.result(PATIENCE)


@every
def test_two_ends_that_both_only_send(tmp_path, kind):
    """They do not wait for each other: a sender that waits also reads."""
    count, size = 20, 200_000

    def send_all_then_receive(end):
        for n in range(count):
            end.send(event(n, size), timeout=PATIENCE)
        return [end.receive(timeout=PATIENCE).payload.params[0] for _ in range(count)]

    with threads() as pool, ends(kind, tmp_path) as both:
        talking = [pool.start(send_all_then_receive, end) for end in both]
        assert [one.result(PATIENCE) for one in talking] == [list(range(count))] * 2


def test_a_receiver_that_waits_takes_over_from_a_sender_that_read(tmp_path):
    """A sender reads only while it waits to send; a waiting receiver then goes on reading."""
    with threads() as pool, ends("unix", tmp_path) as (client, server):
        sending = pool.start(client.send, event(1, 3_000_000))
        until(lambda: client._engine._leader)
        receiving = pool.start(client.receive, timeout=PATIENCE)
        until(lambda: client._engine._followers)
        assert server.receive(timeout=PATIENCE).payload.params[0] == 1
        sending.result(PATIENCE)
        server.send(event(2))
        assert receiving.result(PATIENCE).payload.params[0] == 2


@pytest.mark.parametrize("kind", SOCKETS)
def test_raw_channels_forward_frames(tmp_path, kind):
    """A router's channel forwards frames unchanged, also frames of unknown types."""
    with ends(kind, tmp_path, raw=True) as (router, peer):
        assert router.codec is None
        payload = b"opaque"
        frame = RawFrame(FrameHeader(frame_type=FrameType(200), stream_id=7), payload)
        peer.send(frame)
        got = router.receive(timeout=PATIENCE)
        assert (got.header.frame_type, got.header.stream_id, bytes(got.payload)) == (200, 7, payload)
        with pytest.raises(FieldError):
            router.request(frame)


@pytest.mark.parametrize("framing", framing_names())
@pytest.mark.parametrize("kind", ["unix", "tls"])
def test_documents_of_other_framings(tmp_path, kind, framing):
    """There is no negotiation, and the end of the stream ends the channel."""
    name = format_of(framing)
    changes = {"framing": framing, "formats": (name,), "heartbeat": 0.0, "checksum": False}
    profile = profile_of(kind, **changes)
    with threads() as pool, ends(kind, tmp_path, profile=profile) as (client, server):
        echoing = pool.start(echo, server)
        assert client.request(call(1, ["ä"]), timeout=PATIENCE).payload.result == ["ä"]
        assert (client.agreement, client.codec.name) == (None, name)
        client.close()
        echoing.result(PATIENCE)
        assert "the peer has ended the stream" in str(server.ending)


@every
def test_properties_of_a_channel(tmp_path, kind):
    """A channel reports its URL, transport, profile, agreement, codec, credentials and the number of bytes."""
    with ends(kind, tmp_path) as (client, server):
        assert client.url == server.url == ("memory:" if kind == "pair" else client.url)
        assert client.url.startswith({"tls": "tcp", "pair": "memory"}.get(kind, kind) + ":")
        expected = {"unix": "UnixSocket", "tcp": "Tcp", "tls": "Tcp", "pair": "InProcess"}.get(kind, "WebSocket")
        assert client.transport is TransportType(expected)
        assert client.profile == profile_of(kind)
        assert client.agreement == server.agreement
        assert client.codec.name == client.agreement.format.name
        assert client.is_open
        assert client.ending is None
        assert repr(client) == f"<Channel {client.url} open>"
        for end in (client, server):
            known = end.peer_credentials
            assert known is None if kind != "unix" else known.pid == os.getpid()
        before = server.bytes_received
        client.send(event(1, 100))
        server.receive(timeout=PATIENCE)
        assert server.bytes_received - before > 100
        assert server.bytes_received == client.bytes_sent
        client_thread = threading.Thread(target=client.close)
        client_thread.start()
        server.close()
        client_thread.join()
        assert repr(client) == f"<Channel {client.url} closed>"
        assert not client.is_open


@pytest.mark.parametrize("compression", ["zlib", "zstd"])
def test_compressed_messages(tmp_path, compression):
    """Large payloads are compressed if both ends support that."""
    profile = profile_of("unix", compressions=(compression,), compress_over=100)
    with ends("unix", tmp_path, profile=profile) as (client, server):
        before = client.bytes_sent
        client.send(event(1, 100_000))
        assert server.receive(timeout=PATIENCE).payload.params == [1, "x" * 100_000]
        assert client.bytes_sent - before < 5_000


def test_a_pair_of_lines(tmp_path):
    """A profile also sets the framing within one process."""
    one, other = pair(profile=profile_of("stdio"))
    one.send(event(1))
    assert other.receive(timeout=PATIENCE).payload.params[0] == 1
    close_all(one, other)


@every
def test_large_messages_wait_by_their_bytes(tmp_path, kind):
    """Only few are decoded before they are received, whatever *max_queue* is; all arrive in order."""
    size, total = 1_000_000, 16
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        # It reads while the inbox has room, and then waits for an answer that does not arrive.
        waiting = pool.start(server.request, call(0), timeout=None)
        sending = pool.start(lambda: [client.send(event(number, size)) for number in range(total)])
        inbox = server._engine.conversation.inbox
        until(lambda: not server._engine.conversation.wants_data)
        assert 3 <= len(inbox) <= 5
        for number in range(total):
            assert server.receive(timeout=PATIENCE).payload.params[0] == number
            assert len(inbox) <= 5
        sending.result(PATIENCE)
        client.send(answer(client.receive(timeout=PATIENCE)))
        assert waiting.result(PATIENCE).payload.id == 0
