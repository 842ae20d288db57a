"""`Channel.submit`: one thread keeps several requests under way."""

from __future__ import annotations

import gc
import time

import pytest

from symphony_codecs.channels.errors import ChannelClosedError, ConnectionLostError
from symphony_codecs.errors import EncodeError
from symphony_types.checks import FieldError
from symphony_types.errors import TimedOutError
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    ALL,
    PATIENCE,
    answer,
    call,
    close_all,
    cut,
    echo,
    ends,
    event,
    serving,
    threads,
    tidy,
    until,
)


pytestmark = pytest.mark.usefixtures("tidy")
every = pytest.mark.parametrize("kind", ALL)


def answer_all(channel, count, order=1):
    """Answer *count* requests, the last first if *order* is -1."""
    for message in [channel.receive(timeout=PATIENCE) for _ in range(count)][::order]:
        channel.send(answer(message, message.payload.params))


@every
@pytest.mark.parametrize("order", [1, -1])
def test_one_thread_has_many_requests_under_way(tmp_path, kind, order):
    """Answers may arrive in any order, and a result can be asked for repeatedly."""
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        answering = pool.start(answer_all, server, 50, order)
        asked = [client.submit(call(n, n)) for n in range(50)]
        for _ in range(2):
            assert [one.result().payload.result for one in asked] == list(range(50))
        assert all(one.done() for one in asked)
        assert client.pending == 0
        answering.result(PATIENCE)


@every
def test_more_requests_than_buffers_hold(tmp_path, kind):
    """The submitting thread reads the answers meanwhile, so the two ends do not wait for each other."""
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        answering = pool.start(echo, server)
        asked = [client.submit(call(n, "x" * 100_000), timeout=PATIENCE) for n in range(60)]
        assert {len(one.result().payload.result) for one in asked} == {100_000}
        client.close()
        answering.result(PATIENCE)


def test_the_time_counts_from_submit_on(tmp_path):
    """The time passes whether or not a thread waits; a later answer is dropped."""
    with ends("unix", tmp_path) as (client, server):
        before = time.monotonic()
        asked = client.submit(call(1), timeout=0.2)
        forever = client.submit(call(2), timeout=None)
        time.sleep(0.1)
        for _ in range(2):
            with pytest.raises(TimedOutError, match="an answer"):
                asked.result()
        assert 0.19 < time.monotonic() - before < PATIENCE / 2
        assert asked.done()
        assert client.pending == 1
        answer_all(server, 2)
        server.send(event(3))
        assert client.receive(timeout=PATIENCE).payload.params[0] == 3
        assert forever.result(0).payload.id == 2
        with pytest.raises(TimedOutError):
            asked.result()


@pytest.mark.parametrize("in_time", [True, False])
def test_an_answer_counts_when_it_is_read(tmp_path, in_time):
    """Any thread may read it, in any method, before the time is up."""
    with ends("unix", tmp_path) as (client, server):
        asked = client.submit(call(1), timeout=0.15 if not in_time else PATIENCE)
        answer_all(server, 1)
        server.send(event(2))
        if not in_time:
            time.sleep(0.2)
        assert client.receive(timeout=PATIENCE).payload.params[0] == 2
        if in_time:
            assert asked.result(0).payload.id == 1
        else:
            with pytest.raises(TimedOutError, match="late"):
                asked.result(0)
        assert client.pending == 0


def test_a_shorter_wait_may_be_repeated(tmp_path):
    """The request stays under way; `done` reads what has arrived, and does not wait."""
    with ends("unix", tmp_path) as (client, server):
        asked = client.submit(call(1))
        assert not asked.done()
        for timeout in (0, 0.02):
            with pytest.raises(TimedOutError, match="none yet"):
                asked.result(timeout)
        assert (repr(asked), client.pending) == ("<PendingAnswer pending>", 1)
        answer_all(server, 1)
        until(asked.done)
        assert asked.result(0).payload.id == 1
        assert repr(asked) == "<PendingAnswer done>"


@pytest.mark.parametrize("how", ["abandon", "drop", "time"])
def test_an_answer_that_nobody_waits_for_is_dropped(tmp_path, how):
    """`receive` does not return it; the same id may be used again, and gets its own answer."""
    with ends("unix", tmp_path) as (client, server):
        message = call(1)
        asked = client.submit(message, timeout=0.001 if how == "time" else PATIENCE)
        if how == "abandon":
            asked.abandon()
            asked.abandon()
            with pytest.raises(TimedOutError, match="abandoned"):
                asked.result()
        elif how == "time":
            with pytest.raises(TimedOutError):
                asked.result()
        else:
            del asked
            gc.collect()
        assert client.pending == 0
        answer_all(server, 1)
        server.send(event(2))
        assert client.receive(timeout=PATIENCE).payload.params[0] == 2
        again = client.submit(message)
        if how == "abandon":
            asked.abandon()
        answer_all(server, 1)
        assert again.result().payload.id == 1


def test_an_id_that_is_under_way(tmp_path):
    """It is refused as by `request`, and so are messages that cannot be answered or encoded."""
    with ends("unix", tmp_path) as (client, server):
        message = call(1)
        asked = client.submit(message)
        for wrong, error in ((message, FieldError), ("text", FieldError), (call(2, object()), EncodeError)):
            with pytest.raises(error):
                client.submit(wrong)
        assert client.pending == 1
        answer_all(server, 1)
        assert asked.result().payload.id == 1


@every
@pytest.mark.parametrize(("end", "error"), [(cut, ConnectionLostError), ("close", ConnectionLostError)])
def test_requests_under_way_fail_with_the_connection(tmp_path, kind, end, error):
    """All of them fail, and so do later ones."""
    with threads() as pool, ends(kind, tmp_path) as (client, server):
        asked = [client.submit(call(n), timeout=None) for n in range(3)]
        for _ in asked:
            server.receive(timeout=PATIENCE)
        waiting = pool.start(asked[0].result)
        pool.start(server.close if end == "close" else lambda: end(server))
        with pytest.raises(error):
            waiting.result(PATIENCE)
        for one in asked:
            with pytest.raises(error):
                one.result()
        with pytest.raises((ConnectionLostError, ChannelClosedError)):
            client.submit(call(9))


def test_a_request_that_the_peer_does_not_read(tmp_path):
    """It times out, no request stays under way, and the channel stays open."""
    with ends("unix", tmp_path, max_queue=1) as (client, server):
        asked = []

        def submit_all():
            while True:
                asked.append(client.submit(call(len(asked), "x" * 10_000), timeout=0.05))

        with pytest.raises(TimedOutError, match="no part of it was sent"):
            submit_all()
        assert client.is_open
        assert client.pending == len(asked)
        asked.clear()
        assert client.pending == 0
        with threads() as pool:
            answering = pool.start(echo_until, server, -1)
            assert client.submit(call(-1), timeout=None).result(PATIENCE).payload.id == -1
            answering.result(PATIENCE)


def echo_until(channel, last):
    while True:
        message = channel.receive(timeout=PATIENCE)
        channel.send(answer(message, None))
        if message.payload.id == last:
            return


def test_threads_share_a_channel_and_an_answer(tmp_path):
    """Each thread gets its own answers."""
    with serving("unix", tmp_path, echo) as (_, dial), dial() as client, threads() as pool:

        def ask(first):
            asked = [client.submit(call(n, n)) for n in range(first, first + 30)]
            return [one.result().payload.result for one in asked]

        running = [pool.start(ask, 100 * n) for n in range(5)]
        running.append(pool.start(lambda: [client.request(call(n, n)).payload.result for n in range(1000, 1030)]))
        for n, one in enumerate(running):
            first = 1000 if n == 5 else 100 * n
            assert one.result(PATIENCE) == list(range(first, first + 30))
    with threads() as pool, ends("unix", tmp_path) as (client, server):
        asked = client.submit(call(1))
        waiting = [pool.start(asked.result) for _ in range(3)]
        with pytest.raises(TimedOutError):
            asked.result(0.01)
        answer_all(server, 1)
        assert [one.result(PATIENCE).payload.id for one in waiting] == [1, 1, 1]
        close_all(client, server)
