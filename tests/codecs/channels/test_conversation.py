"""`Conversation`: how it reacts to events of a link, without I/O."""

from __future__ import annotations

import math

from collections import deque
from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.channels._conversation import NOTHING, Conversation, Failure, lost, result_of
from symphony_codecs.channels._links import Ready, Undecodable
from symphony_codecs.channels.errors import ChannelClosedError, ConnectionLostError
from symphony_codecs.errors import DecodeError
from symphony_codecs.framing.errors import NEED_DATA, RemoteFrameError
from symphony_codecs.framing.events import PeerEof, PeerFailed, PeerShutdown
from symphony_types import JsonRpcRequest, JsonRpcResponse
from symphony_types.checks import FieldError
from symphony_types.errors import InternalError, TimedOutError


class ScriptedLink:
    """A link that returns the events of a list; a message's size is its number of characters, or 1."""

    def __init__(self, *events: Any, heartbeat: float = 0.0, silence: float = 0.0) -> None:
        self.events = deque(events)
        self.heartbeat_interval = heartbeat
        self.peer_timeout = silence
        self.agreement = self.codec = None
        self.opened = True
        self.closing = self.drained = False
        self.outbox: list[list[Any]] = []
        self.last_size = 0

    def next_event(self) -> Any:
        if not self.events:
            return NEED_DATA
        event = self.events.popleft()
        if isinstance(event, RemoteFrameError):
            raise event
        self.last_size = len(event) if isinstance(event, str) else 1
        return event

    def receive_data(self, data: Any) -> None:
        self.events.append(bytes(data).decode())

    receive_block = receive_data

    def receive_eof(self) -> None:
        self.events.append(PeerEof(clean=False))

    def received(self, size: int) -> None:
        self.events.append("x" * size)

    def send(self, message: Any) -> None:
        self._say(message)

    def take_back(self) -> None:
        self.outbox.pop()

    def send_heartbeat(self) -> None:
        self._say("heartbeat")

    def send_shutdown(self) -> None:
        self.closing = True
        self._say("shutdown")

    def _say(self, what: object) -> None:
        self.outbox.append([str(what).encode(), memoryview(b"!")])


class Note:
    """A waiter that keeps its outcome; one that is `gone` refuses it."""

    def __init__(self) -> None:
        self.gone = False
        self.outcomes: list[Any] = []

    def resolve(self, outcome: Any, /) -> bool:
        if self.gone:
            return False
        self.outcomes.append(outcome)
        return True

    @property
    def result(self) -> Any:
        assert len(self.outcomes) == 1
        return result_of(self.outcomes[0])


def talk(*events: Any, max_queue: int = 64, max_queue_bytes: int = 1000, **options: float) -> Conversation[Any]:
    """Make a conversation whose link returns *events*, and take those that there is room for."""
    conversation: Conversation[Any] = Conversation(
        ScriptedLink(*events, **options),  # type: ignore[arg-type]
        max_queue=max_queue,
        max_queue_bytes=max_queue_bytes,
    )
    conversation.advance()
    return conversation


def say(conversation: Conversation[Any], *events: Any) -> None:
    conversation.link.events.extend(events)  # type: ignore[attr-defined]
    conversation.advance()


def waiting(conversation: Conversation[Any]) -> Note:
    note = Note()
    assert conversation.take() is NOTHING
    conversation.wait(note)
    return note


def call(number: int) -> JsonRpcRequest:
    return JsonRpcRequest(method="m", id=number)


def answer(number: int) -> JsonRpcResponse:
    return JsonRpcResponse.success(None, number)


def asking(conversation: Conversation[Any], number: int) -> tuple[Note, Any]:
    note = Note()
    key = conversation.ask(call(number), note)
    conversation.send(call(number))
    return note, key


def bad() -> DecodeError:
    return DecodeError(format="json", as_type=int, issues=())


# Messages


def test_receivers_are_served_in_turn_and_the_rest_is_kept():
    conversation = talk(Ready())
    first, second = waiting(conversation), waiting(conversation)
    say(conversation, "a", "b", "c", "d")
    assert (first.result, second.result) == ("a", "b")
    assert [conversation.take() for _ in range(3)] == ["c", "d", NOTHING]


def test_a_receiver_that_is_gone_leaves_its_message_to_the_next():
    conversation = talk(Ready())
    gone, second, third = (waiting(conversation) for _ in range(3))
    gone.gone = True
    conversation.withdraw(second)
    say(conversation, "a")
    assert third.result == "a"
    assert not second.outcomes


def test_what_is_put_back_comes_first():
    conversation = talk(Ready())
    interrupted = waiting(conversation)
    say(conversation, "a", "b")
    conversation.put_back(interrupted.result)
    assert [conversation.take() for _ in range(2)] == ["a", "b"]
    interrupted, other = waiting(conversation), waiting(conversation)
    say(conversation, "c")
    conversation.put_back(interrupted.result)
    assert other.result == "c"


def test_the_end_is_not_put_back():
    """`take` returns it again anyway."""
    conversation = talk(Ready())
    receiver = waiting(conversation)
    say(conversation, PeerEof(clean=True))
    conversation.put_back(receiver.outcomes[0])
    assert not conversation.inbox


@given(st.lists(st.integers(0, 40), max_size=40), st.integers(1, 5), st.integers(1, 60))
def test_the_inbox_is_bounded_in_messages_and_in_bytes(sizes: list[int], max_queue: int, max_queue_bytes: int):
    """The inbox holds at most both bounds and one message; nothing is lost, and the order is kept."""
    texts = ["x" * size for size in sizes]
    conversation = talk(Ready(), *texts, max_queue=max_queue, max_queue_bytes=max_queue_bytes)
    got = []
    while True:
        kept = [size for _, size in conversation.inbox]
        assert len(kept) <= max_queue
        assert sum(kept[:-1]) < max_queue_bytes
        outcome = conversation.take()
        if outcome is NOTHING:
            break
        got.append(outcome)
        conversation.advance()
    assert got == texts


def test_an_inbox_that_is_full_stops_and_goes_on():
    conversation = talk(Ready(), "a", "b", "c", max_queue=2)
    assert not conversation.wants_data
    assert not conversation.dry
    assert conversation.take() == "a"
    assert conversation.wants_data
    conversation.advance()
    assert [conversation.take() for _ in range(3)] == ["b", "c", NOTHING]
    conversation.advance()
    assert conversation.dry


@pytest.mark.parametrize("events", [[PeerShutdown()], [PeerEof(clean=True)], [RemoteFrameError("bad_magic", "no")]])
def test_a_full_inbox_hides_no_end_once_the_bytes_have_ended(events: list[Any]):
    """Requests under way have to fail; messages that arrived are kept."""
    conversation = talk(Ready(), "a", "b", max_queue=1)
    note, _ = asking(conversation, 1)
    conversation.receive_eof()
    conversation.link.events.pop()  # type: ignore[attr-defined]
    say(conversation, *events)
    assert conversation.end is not None
    with pytest.raises((ConnectionLostError, RemoteFrameError)):
        _ = note.result
    assert [conversation.take() for _ in range(2)] == ["a", "b"]


def test_noise_takes_no_room_from_messages(caplog: pytest.LogCaptureFixture):
    """It is logged once, is quoted by a time-out, and is received at most as often as messages."""
    noise = Undecodable(bad(), text="Trace\x1b[0mback " + "y" * 1000)
    conversation = talk(Ready(), *[noise] * 100, "a", "b", max_queue=2)
    assert not conversation.wants_data
    outcomes = [conversation.take() for _ in range(5)]
    assert [type(outcome) for outcome in outcomes] == [Failure, Failure, str, str, type(NOTHING)]
    assert [record.getMessage()[:61] for record in caplog.records] == [
        "the peer sent something other than a message: Trace\\x1b[0mbac"
    ]
    text = conversation.overdue("an answer", 5.0).message
    assert "expected an answer within 5.0 s, got none" in text
    assert "Trace\\x1b[0mback y" in text
    assert len(text) < 400


def test_broken_answers_that_nobody_asked_for_take_no_room_from_messages(caplog: pytest.LogCaptureFixture):
    """Messages and answers behind any number of them arrive; the first ones are received."""
    conversation = talk(Ready(), *[Undecodable(bad(), answers=number) for number in range(100)], "a", max_queue=2)
    assert conversation.wants_data
    assert [type(conversation.take()) for _ in range(4)] == [Failure, Failure, str, type(NOTHING)]
    assert not caplog.records


def test_a_time_out_without_noise_is_plain():
    assert talk(Ready()).overdue("a message", 1).message == "expected a message within 1 s, got none"


def test_a_sink_takes_messages_and_faults_and_can_be_held():
    conversation = talk(Ready(), max_queue=1)
    taken: list[Any] = []
    conversation.sink = taken.append
    note, _ = asking(conversation, 1)
    fault = bad()
    say(conversation, "a", answer(1), Undecodable(fault), "b")
    assert [taken[0], taken[2]] == ["a", "b"]
    assert taken[1].error is fault
    assert note.result == answer(1)
    conversation.hold(on=True)
    say(conversation, "c")
    assert len(taken) == 3
    conversation.hold(on=False)
    conversation.advance()
    assert taken[3] == "c"


# Requests


def test_answers_find_their_requests():
    conversation = talk(Ready())
    one, _ = asking(conversation, 1)
    two, _ = asking(conversation, 2)
    say(conversation, answer(2), "other", Undecodable(bad(), 1))
    assert two.result == answer(2)
    with pytest.raises(DecodeError):
        _ = one.result
    assert conversation.take() == "other"
    assert len(conversation.pending) == 0


def test_late_answers_are_dropped():
    conversation = talk(Ready())
    for number, late in enumerate((answer(0), Undecodable(bad(), 1))):
        note, key = asking(conversation, number)
        conversation.pending.abandon(key)
        say(conversation, late)
        assert not note.outcomes
    assert conversation.take() is NOTHING


def test_what_was_not_sent_can_be_asked_again():
    conversation = talk(Ready())
    _, key = asking(conversation, 1)
    with pytest.raises(FieldError):
        conversation.ask(call(1), Note())
    conversation.take_back(key)
    assert conversation.data_to_send() == []
    note, _ = asking(conversation, 1)
    say(conversation, answer(1))
    assert note.result == answer(1)


# Endings


LOST = "the peer hung up"
ENDINGS = [
    ([Ready(), PeerShutdown()], ChannelClosedError, "the peer has closed the channel"),
    ([Ready(), PeerEof(clean=True)], ChannelClosedError, "the peer has ended the stream"),
    ([Ready(), PeerEof(clean=False)], ConnectionLostError, LOST),
    ([PeerEof(clean=False)], ConnectionLostError, f"{LOST} before the connection was open"),
    ([Ready(), PeerFailed(InternalError("oh"))], ConnectionLostError, "the peer gave up: .*oh"),
    ([Ready(), RemoteFrameError("bad_magic", "no")], RemoteFrameError, "bad_magic"),
    ([RemoteFrameError("bad_magic", "no")], RemoteFrameError, "bad_magic"),
]


@pytest.mark.parametrize(("events", "error", "text"), ENDINGS)
def test_all_who_wait_learn_of_the_end(events: list[Any], error: type[Exception], text: str):
    conversation = talk()
    conversation.link.opened = isinstance(events[0], Ready)  # type: ignore[misc]
    opening, over, receiver = Note(), Note(), waiting(conversation)
    conversation.when_open(opening)
    conversation.when_over(over)
    request, _ = asking(conversation, 1)
    say(conversation, *events)
    assert not conversation.is_open
    assert not conversation.ended_here
    assert conversation.ending is conversation.end
    assert over.result is None
    for attempt in (
        lambda: receiver.result,
        conversation.check,
        lambda: conversation.send("x"),
        lambda: conversation.ask(call(2), Note()),
        lambda: result_of(conversation.take()),
    ):
        with pytest.raises(error, match=text):
            attempt()
    unanswered = ConnectionLostError if error is ChannelClosedError else error
    with pytest.raises(unanswered):
        _ = request.result
    if isinstance(events[0], Ready):
        assert opening.result is None
    else:
        with pytest.raises(error, match=text):
            _ = opening.result
    later = Note()
    conversation.when_open(later)
    conversation.when_over(later)
    assert len(later.outcomes) == 2
    assert conversation.has_last_words is (error is RemoteFrameError)
    assert conversation.lost is (LOST in text)
    # Later events do not count.
    conversation.receive_data(b"late")
    conversation.receive_block(b"late")
    conversation.received(4)
    conversation.fail(ConnectionLostError(reason="later"))
    assert isinstance(conversation.end, error)
    assert conversation.bytes_received == 12


def test_the_peers_goodbye_is_answered():
    conversation = talk(Ready(), "a", PeerShutdown(), max_queue=10)
    assert [bytes(frame[0]) for frame in conversation.data_to_send()] == [b"shutdown"]
    assert conversation.bytes_sent == len("shutdown!")
    assert conversation.take() == "a"


def test_a_cause_is_told_and_a_cut_message_too():
    cause = OSError("broken pipe")
    conversation = talk(Ready())
    conversation.receive_eof(cause)
    conversation.advance()
    assert "the peer hung up: broken pipe" in str(conversation.end)
    conversation = talk(Ready())
    conversation.receive_eof()
    conversation.link.events.clear()  # type: ignore[attr-defined]
    say(conversation, RemoteFrameError("truncated", "half"))
    assert isinstance(conversation.end, ConnectionLostError)
    assert "in the middle of a message" in conversation.end.reason


def test_the_error_of_a_layer_counts_after_what_came_before_it():
    conversation = talk(Ready(), "a", "b", max_queue=1)
    conversation.fail(lost("the layer broke", None))
    assert [conversation.take() for _ in range(2)] == ["a", "b"]
    with pytest.raises(ConnectionLostError, match="the layer broke"):
        result_of(conversation.take())


def test_closing_fails_receivers_and_awaits_answers():
    """Messages are dropped meanwhile, queued ones are kept; the end counts as this end's, whatever the peer sends."""
    conversation = talk(Ready(), "kept", "behind", max_queue=1)
    one, _ = asking(conversation, 1)
    two, _ = asking(conversation, 2)
    conversation.close()
    conversation.close()
    say(conversation, "dropped", answer(1), RemoteFrameError("bad_magic", "no"))
    assert one.result == answer(1)
    with pytest.raises(ChannelClosedError, match="this end has closed"):
        _ = two.result
    assert conversation.ended_here
    assert conversation.ending is None
    assert conversation.take() == "kept"
    with pytest.raises(ChannelClosedError, match="this end has closed"):
        result_of(conversation.take())
    with pytest.raises(ChannelClosedError, match="this end has closed"):
        conversation.send("x")
    assert [bytes(frame[0]) for frame in conversation.data_to_send()][-1] == b"shutdown"


def test_closing_wakes_receivers_before_the_peer_says_goodbye():
    conversation = talk(Ready())
    receiver = waiting(conversation)
    conversation.close()
    with pytest.raises(ChannelClosedError):
        _ = receiver.result
    assert conversation.end is None
    with pytest.raises(ChannelClosedError):
        result_of(conversation.take())


# Signs of life


def test_heartbeats_are_due_and_may_come_a_little_early():
    conversation = talk(Ready(), heartbeat=10.0)
    assert conversation.deadline() == math.inf
    conversation.watch(100.0)
    assert conversation.deadline() == 110.0
    assert not conversation.tick(108.0)
    assert conversation.data_to_send() == []
    assert not conversation.tick(109.5)
    assert [bytes(frame[0]) for frame in conversation.data_to_send()] == [b"heartbeat"]
    assert conversation.deadline() == 119.5
    assert not conversation.tick(120.0, may_beat=False)
    assert conversation.data_to_send() == []
    assert conversation.deadline() == 130.0


def test_a_transport_pings_where_frames_have_no_heartbeats():
    conversation = talk(Ready())
    conversation.watch(0.0, ping_interval=10.0)
    assert conversation.tick(10.0)
    assert conversation.data_to_send() == []
    assert conversation.deadline() == 20.0
    conversation.check_silence(30.0)
    assert isinstance(conversation.end, ConnectionLostError)
    assert conversation.deadline() == math.inf
    assert not conversation.tick(50.0)


@pytest.mark.parametrize(
    ("heard", "now", "due", "is_lost"),
    [
        (0.0, 29.0, 30.0, False),
        (0.0, 30.0, math.inf, True),
        (0.0, 39.0, math.inf, True),
        # this end was suspended
        (0.0, 41.0, 51.0, False),
        (20.0, 30.0, 50.0, False),
    ],
)
def test_silence(heard: float, now: float, due: float, is_lost: bool):
    conversation = talk(Ready(), silence=30.0)
    conversation.watch(0.0)
    conversation.last_heard = heard
    conversation.check_silence(now)
    assert conversation.deadline() == due
    assert (conversation.end is not None) is is_lost


def test_while_nothing_is_read_the_peer_is_taken_to_be_alive():
    conversation = talk(Ready(), silence=30.0)
    conversation.watch(0.0)
    conversation.listen(10.0, on=False)
    conversation.check_silence(31.0)
    assert conversation.deadline() == 61.0
    conversation.listen(60.0, on=True)
    conversation.check_silence(61.0)
    assert conversation.deadline() == 90.0
    conversation.check_silence(90.0)
    assert conversation.end is not None


def test_result_of_raises_a_new_error_each_time():
    error = TimedOutError("late")
    with pytest.raises(TimedOutError) as caught:
        result_of(Failure(error))
    assert caught.value is not error
