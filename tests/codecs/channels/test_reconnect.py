"""`ReconnectStrategy`: how long to wait before connecting again."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.channels import ChannelClosedError, ConnectionLostError, ReconnectStrategy
from symphony_codecs.channels.reconnect import Backoff, is_transient
from symphony_codecs.framing.errors import FrameAuthenticationError, NegotiationError, RemoteFrameError
from symphony_types.checks import FieldError
from symphony_types.errors import IpcAuthenticationFailedError, IpcConnectionFailedError, TimedOutError


LOST = ConnectionLostError(reason="x")


def test_the_waits_double_up_to_the_longest():
    """Without jitter, these are the exact waits, one for each attempt."""
    assert list(ReconnectStrategy(jitter=0).delays()) == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0]


def test_jitter_only_lengthens():
    """A wait is longer by at most the given share."""
    strategy = ReconnectStrategy(jitter=0.5, max_attempts=3)
    assert list(strategy.delays(lambda: 0.0)) == [0.1, 0.2, 0.4]
    assert list(strategy.delays(lambda: 1.0)) == pytest.approx([0.15, 0.3, 0.6])


def test_attempts_without_end():
    """``None`` allows any number of attempts, and the waits do not overflow."""
    delays = list(islice(ReconnectStrategy(max_attempts=None, jitter=0, multiplier=10.0).delays(), 5000))
    assert delays[-1] == 30.0


@given(
    st.floats(0, 10),
    st.floats(10, 100),
    st.floats(1, 5),
    st.integers(1, 30),
    st.floats(0, 1),
)
def test_the_waits_are_bounded(initial, longest, multiplier, attempts, jitter):
    """There are as many waits as attempts, none is too long, and without jitter none is shorter than the one before."""
    strategy = ReconnectStrategy(
        initial_delay=initial, max_delay=longest, multiplier=multiplier, max_attempts=attempts, jitter=jitter
    )
    delays = list(strategy.delays())
    assert len(delays) == attempts
    assert all(initial <= delay <= longest * (1 + jitter) for delay in delays)
    plain = list(strategy.delays(lambda: 0.0))
    assert all(one <= two for one, two in pairwise(plain))


@pytest.mark.parametrize(
    "wrong",
    [
        {"initial_delay": -0.1},
        {"initial_delay": 31.0},
        {"initial_delay": float("nan")},
        {"max_delay": float("inf")},
        {"multiplier": 0.9},
        {"max_attempts": 0},
        {"max_attempts": 1.5},
        {"jitter": -0.1},
        {"jitter": 1.1},
        {"jitter": "0"},
    ],
)
def test_numbers_out_of_range_are_refused(wrong):
    """The error names the field."""
    with pytest.raises(FieldError) as caught:
        ReconnectStrategy(**wrong)
    assert caught.value.path == tuple(wrong)


def test_attempts_that_fail_use_the_waits_up():
    """The error of the last attempt is raised."""
    backoff = Backoff(ReconnectStrategy(max_attempts=2, jitter=0))
    assert backoff.wait_after(LOST) == 0.1
    assert backoff.wait_after(LOST) == 0.2
    last = ConnectionLostError(reason="last")
    with pytest.raises(ConnectionLostError) as caught:
        backoff.wait_after(last)
    assert caught.value is last


def test_a_lasting_connection_resets_the_waits():
    """A connection lost sooner than the wait before it counts as a failed attempt."""
    backoff = Backoff(ReconnectStrategy(jitter=0))
    assert [backoff.wait_after(LOST, lasted=0.01) for _ in range(3)] == [0.1, 0.2, 0.4]
    assert backoff.wait_after(LOST, lasted=0.4) == 0.1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (LOST, True),
        (IpcConnectionFailedError(reason="x"), True),
        (TimedOutError("x"), True),
        (ChannelClosedError(reason="x"), True),
        (NegotiationError("no_agreement", "x"), False),
        (FrameAuthenticationError("bad_tag", "x"), False),
        (RemoteFrameError("bad_magic", "x"), False),
        (IpcAuthenticationFailedError(reason="x"), False),
        (ValueError("x"), False),
    ],
)
def test_only_transient_errors_are_tried_again(error, expected):
    """Where two ends do not agree, or do not trust each other, trying again cannot help."""
    assert is_transient(error) is expected
    if not expected:
        with pytest.raises(type(error)) as caught:
            Backoff(ReconnectStrategy()).wait_after(error)
        assert caught.value is error
