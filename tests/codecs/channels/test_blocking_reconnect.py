"""`reconnect` of blocking channels."""

from __future__ import annotations

import time

from contextlib import suppress

import pytest

from symphony_codecs.channels import ReconnectStrategy
from symphony_codecs.channels.blocking import reconnect
from symphony_codecs.channels.errors import ChannelClosedError, ConnectionLostError
from symphony_codecs.framing.auth import SharedKey
from symphony_codecs.framing.errors import NegotiationError
from symphony_types.checks import FieldTypeError
from symphony_types.errors import IpcConnectionFailedError
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    PATIENCE,
    bare_server,
    call,
    cut,
    echo,
    event,
    serving,
    tidy,
)


pytestmark = pytest.mark.usefixtures("tidy")

FAST = ReconnectStrategy(initial_delay=0.001, max_delay=0.002, max_attempts=3, jitter=0.0)


@pytest.fixture(name="waits")
def _waits(monkeypatch):
    """Record the waits between attempts in a list, instead of waiting."""
    waits = []
    monkeypatch.setattr(time, "sleep", lambda seconds: waits.append(seconds) if seconds else None)
    return waits


def test_a_lost_channel_is_replaced(tmp_path):
    """There is a new channel each time one is lost, or closed by the peer; a body that closes it ends the iteration."""
    seen = []

    def handler(channel):
        number = len(seen)
        seen.append(channel)
        if number == 0:
            cut(channel)
        elif number > 1:
            echo(channel)

    with serving("unix", tmp_path, handler) as (server, _):
        results = []
        for channel in reconnect(server.url, strategy=FAST):
            with suppress(ConnectionLostError, ChannelClosedError), channel:
                results.append(channel.request(call(1, 5), timeout=PATIENCE).payload.result)
        assert results == [5]
        assert len(seen) == 3


def test_leaving_the_body_ends_it(tmp_path):
    """A channel that is still open is closed."""
    with serving("unix", tmp_path, echo) as (server, _):
        channels = list(reconnect(server.url, strategy=FAST))
        assert [channel.is_open for channel in channels] == [False]
        for channel in reconnect(server.url, strategy=FAST):
            with channel:
                channel.send(event(1))
                break
        assert not channel.is_open


def test_the_last_error_is_raised(tmp_path, waits):
    """It is raised after the last attempt; each wait is longer than the one before."""
    strategy = ReconnectStrategy(initial_delay=0.1, max_delay=0.4, max_attempts=4, jitter=0.0)
    with pytest.raises(IpcConnectionFailedError, match="expected a connection to"):
        next(reconnect(f"unix://{tmp_path}/none", strategy=strategy))
    assert waits == pytest.approx([0.1, 0.2, 0.4, 0.4])


def test_a_server_that_hangs_up_at_once(tmp_path, waits):
    """Such a connection counts as a failed attempt, so there is no tight loop."""
    with serving("unix", tmp_path, cut) as (server, _):
        strategy = ReconnectStrategy(initial_delay=60.0, max_delay=60.0, max_attempts=3, jitter=0.0)
        channels = reconnect(server.url, strategy=strategy)

        def use_all():
            for channel in channels:
                with suppress(ConnectionLostError), channel:
                    channel.receive(timeout=PATIENCE)

        with pytest.raises(ConnectionLostError):
            use_all()
    assert len(waits) >= 3


def test_permanent_errors_are_raised_at_once(tmp_path, waits):
    """Neither ends that do not agree nor wrong arguments are tried again."""
    with serving("unix", tmp_path, echo) as (server, _), pytest.raises(NegotiationError):
        next(reconnect(server.url, strategy=FAST, key=SharedKey(b"k" * 31 + b".")))
    with pytest.raises(FieldTypeError):
        reconnect(f"unix://{tmp_path}/s", strategy=None)
    assert waits == []


def test_a_server_that_says_nothing_is_tried_again(tmp_path, waits):
    """Each attempt has its own time-out."""
    with bare_server(tmp_path) as (url, _), pytest.raises(TimeoutError):
        next(reconnect(url, timeout=0.02, strategy=FAST))
    assert len(waits) == 3
