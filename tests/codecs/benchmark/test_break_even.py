"""Which line is the lowest at which speed."""

from __future__ import annotations

import itertools
import math

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.benchmark.break_even import NEAR, Line, envelope, worthwhile


times = st.floats(1e-9, 1.0)
sizes = st.floats(1.0, 1e9)


@st.composite
def fans(draw):
    """Lines that all overlap, or of which none does."""
    overlaps = draw(st.booleans())
    pairs = draw(st.lists(st.tuples(times, sizes), min_size=1, max_size=8))
    return [Line(str(number), seconds, size, overlaps) for number, (seconds, size) in enumerate(pairs)]


@given(fans(), st.lists(st.floats(1.0, 1e15), min_size=1, max_size=5))
def test_envelope_is_the_least(lines, speeds):
    """At any speed no line is below that of the stretch which the speed lies in."""
    stretches = envelope(lines)
    for speed in speeds:
        (within,) = (one for one in stretches if one.slowest < speed <= one.fastest)
        assert within.line.at(speed) <= min(line.at(speed) for line in lines) * (1 + 1e-9)


@given(fans())
def test_stretches_cover_all_speeds_once(lines):
    """They follow one another from 0 to infinity, and two neighbours differ but are equal where they meet."""
    stretches = envelope(lines)
    assert (stretches[0].slowest, stretches[-1].fastest) == (0.0, math.inf)
    for slow, fast in itertools.pairwise(stretches):
        assert slow.line is not fast.line
        assert slow.fastest == fast.slowest
        assert slow.line.at(slow.fastest) == pytest.approx(fast.line.at(slow.fastest))


@given(fans(), st.lists(st.floats(1e4, 1e11), min_size=1, max_size=5))
def test_worthwhile_lines_suffice_and_each_is_needed(lines, speeds):
    """At each speed one that is kept is as good as the fastest, and without any of them that is no longer so."""
    kept = worthwhile(lines, 1e4, 1e11)
    best = envelope([stretch.line for stretch in kept])
    for speed in speeds:
        assert min(one.line.at(speed) for one in best) <= NEAR * (1 + 1e-9) * min(line.at(speed) for line in lines)
    ends = [one.fastest for one in envelope(lines) if 1e4 < one.fastest < 1e11]
    for name in {one.line.name for one in kept} if len(kept) > 1 else ():
        others = [one.line for one in kept if one.line.name != name]
        every = [1e4, *ends, *(one.fastest for one in envelope(others) if 1e4 < one.fastest < 1e11), 1e11]
        ratios = [min(line.at(s) for line in others) / min(line.at(s) for line in lines) for s in every]
        assert max(ratios) > NEAR * (1 - 1e-9)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([(10e-6, 100), (11e-6, 99.9)], ["0"]),
        ([(10e-6, 100), (9.9e-6, 110)], ["0"]),
        ([(10e-6, 100), (9e-6, 110)], ["0", "1"]),
        # Each is within 5 % of its neighbours, the first is not of the last.
        ([(10e-6, 100), (9.6e-6, 103), (9.4e-6, 108)], ["1"]),
        # Smaller at last, but only where sending takes minutes.
        ([(1.0, 100), (1e-6, 110)], ["1"]),
    ],
    ids=["hardly smaller", "hardly faster", "both by a tenth", "a chain", "too slow to count"],
)
def test_lines_that_are_hardly_better_are_left_out(lines, names):
    kept = worthwhile([Line(str(place), *line) for place, line in enumerate(lines)], 1e4, 1e11)
    assert [stretch.line.name for stretch in kept] == names


def test_small_and_fast():
    """The smaller message is the better on slow lines, the one that takes less work on fast lines."""
    small, quick = Line("small", 10e-6, 1000), Line("quick", 2e-6, 2000)
    slow, fast = envelope([small, quick])
    assert (slow.line, fast.line) == (small, quick)
    assert slow.fastest == pytest.approx(1000 * 8 / 8e-6)  # 1000 bytes more for 8 us less: 1 Gbit/s


def test_overlapping():
    """Where processing and sending overlap the line matters only while it is the slower of the two."""
    small, quick = Line("small", 10e-6, 1000, overlaps=True), Line("quick", 2e-6, 2000, overlaps=True)
    slow, fast = envelope([small, quick])
    assert slow.fastest == pytest.approx(2000 * 8 / 10e-6)
    assert (slow.line, fast.line, quick.at(1e15)) == (small, quick, 2e-6)


def test_no_lines():
    """Nothing has no fastest."""
    with pytest.raises(ValueError, match="at least one line"):
        envelope([])
    with pytest.raises(ValueError, match="at least one line"):
        worthwhile([], 1, 2)
