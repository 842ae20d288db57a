"""How calls are timed: batches in turn, medians, spread; with a clock that tests move."""

from __future__ import annotations

import itertools
import statistics

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.benchmark.timing import BATCH_NS, Task, rotated, run_batches, summary
from tests.codecs.benchmark.fakes import Clock


@pytest.mark.parametrize(
    ("times", "median", "least", "spread"),
    [
        ([5.0], 5.0, 5.0, None),
        ([1.0, 3.0], 2.0, 1.0, 0.5),
        ([4.0, 1.0, 2.0, 3.0, 5.0], 3.0, 1.0, 2 / 3),
        ([10.0, 10.0, 10.0, 1000.0], 10.0, 10.0, 24.75),
        ([0.0, 0.0], 0.0, 0.0, None),
    ],
)
def test_summary(times, median, least, spread):
    """A summary is the median, the least and the interquartile range as a part of the median."""
    found = summary(times)
    assert (found.median_ns, found.min_ns, found.rounds) == (median, least, len(times))
    assert found.spread == (None if spread is None else pytest.approx(spread))


@pytest.mark.parametrize(
    ("times", "noisy"),
    [([100.0], True), ([100.0] * 4, False), ([95.0, 100.0, 105.0], False), ([80.0, 100.0, 120.0], True)],
)
def test_noisy(times, noisy):
    """A cell is noisy where the middle half of the batches is wider than a tenth of the median, or unknown."""
    assert summary(times).noisy is noisy


@given(st.lists(st.floats(1, 1e9), min_size=1, max_size=30))
def test_summary_is_within(times):
    """The median is that of the standard library, and neither it nor the least is ever outside of what was taken."""
    found = summary(times)
    assert found.median_ns == statistics.median(times)
    assert min(times) == found.min_ns <= found.median_ns <= max(times)


def test_rotated():
    """Each round has everybody once, and begins with another."""
    assert [rotated("abc", turn) for turn in range(4)] == [list("abc"), list("bca"), list("cab"), list("abc")]
    assert rotated([], 3) == []


def calls_of(log):
    """Return the log without repeats that follow one another."""
    return [key for key, _ in itertools.groupby(log)]


def test_batches_take_turns():
    """Every round has one batch of each, in an order that rotates, after each was tried out once."""
    clock, log = Clock(), []

    def task(key):
        def call(_):
            log.append(key)
            clock.now += BATCH_NS

        return Task(call, ["item"])

    found = run_batches({key: task(key) for key in "abc"}, 3, clock=clock)
    assert log == [*"abc", *"abc", *"bca", *"cab"]
    assert {key: timing.median_ns for key, timing in found.timings.items()} == dict.fromkeys("abc", BATCH_NS)
    assert not found.errors


def test_median_of_a_call():
    """What counts is one call: a batch is divided by its calls, and the median of the batches is taken."""
    clock = Clock()
    slow = {"now": 1}

    def call(item):
        clock.now += item * slow["now"]

    def on_round():
        # 1, 1, 7: one slow round does not move the median.
        slow["now"] = 7

    timing = run_batches({"only": Task(call, [1000, 3000])}, 1, clock=clock).timings["only"]
    assert timing.median_ns == 2000
    timing = run_batches({"only": Task(call, [1000, 3000])}, 2, clock=clock, on_round=on_round).timings["only"]
    assert (timing.median_ns, timing.min_ns) == (8000, 2000)


@pytest.mark.parametrize("cost", [1_000, 30_000, 1_999_999, 2_000_000, 50_000_000])
def test_batches_are_long_enough(cost):
    """A batch is a whole number of passes that fill the time of a batch, and one pass where that is longer."""
    clock, counted = Clock(), []

    def call(_):
        counted.append(clock.now)
        clock.now += cost

    batches = []
    run_batches({"only": Task(call, ["a", "b"])}, 1, clock=clock, on_round=lambda: batches.append(len(counted)))
    started = len(counted)
    run_batches({"only": Task(call, ["a", "b"])}, 2, clock=clock, on_round=lambda: batches.append(len(counted)))
    batch = batches[2] - batches[1]
    assert len(batches) == 3
    assert batches[0] == started
    assert batch % 2 == 0
    assert batch == 2 or BATCH_NS / 2 <= batch * cost <= BATCH_NS * 1.5


def test_stopped_clock():
    """A clock that sees no time pass ends the search for the length of a batch."""
    timing = run_batches({"only": Task(lambda _: None, range(500_000))}, 1, clock=lambda: 0).timings["only"]
    assert timing.median_ns == 0
    assert timing.noisy


@pytest.mark.parametrize(("count", "passes", "readings"), [(1, 1, 2), (2, 400, 4), (500, 3, 6), (600, 2, 4)])
def test_results_of_a_stream_are_kept(count, passes, readings):
    """Results are alive until their pass is over, some hundreds together; the clock is read around these alone."""
    read, alive, most = [], set(), []

    class Result:
        def __init__(self, item):
            self.item = item
            alive.add(id(self))

        def __del__(self):
            alive.discard(id(self))

    def call(item):
        result = Result(item)
        most.append(len(alive))
        return result

    def clock():
        read.append(len(read))
        return len(read)

    assert Task(call, range(count), keep=True).run(passes, clock) == readings // 2
    assert len(read) == readings
    assert len(most) == count * passes
    assert max(most) == min(count * passes, max(count, 500))
    assert not alive
    Task(call, range(3)).run(2, clock)
    assert most[-1] <= 2


def test_who_raises_is_left_out():
    """A task that raises, at once or later, has an error and no figures; the others go on."""
    clock, calls = Clock(), itertools.count()

    def fine(_):
        clock.now += BATCH_NS

    def later(_):
        clock.now += BATCH_NS
        if next(calls) == 2:
            raise ValueError("enough")

    def never(_):
        raise KeyError("no")

    rounds = []
    tasks = {"fine": Task(fine, [1]), "later": Task(later, [1]), "never": Task(never, [1])}
    found = run_batches(tasks, 4, clock=clock, on_round=lambda: rounds.append(1))
    assert list(found.timings) == ["fine"]
    assert found.timings["fine"].rounds == len(rounds) == 4
    assert {key: type(exc) for key, exc in found.errors.items()} == {"later": ValueError, "never": KeyError}
