"""What counts as slower: figures made up here, so that nothing depends on a machine."""

from __future__ import annotations

import importlib
import itertools
import random

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.benchmark import Row, Timing
from symphony_codecs.benchmark.compare import CompareError, _holm, _least_rounds, check_installed, compare
from tests.codecs.benchmark.test_report import REPORT


pytest.importorskip("scipy", reason="the extra report has scipy")

FORMATS = ("cbor", "json", "msgpack")
TIMES = ("encode_stream", "decode_stream", "encode_hot", "decode_hot")
ENVIRONMENT = attrs.evolve(REPORT.environment, versions={"orjson": "1", "msgspec": "2", "cbor2": "3"})


def made(seed, *, rounds=15, noise=0.03, machine=1.0, drift=0.0, slower=None, **changes):
    """
    Make a report.

    Args:
        seed: Of the noise.
        rounds: How many.
        noise: The standard deviation of a round, as a part.
        machine: How long everything takes, as a multiple.
        drift: By how much the machine gets slower from the first round to the last.
        slower: How long single codecs take, as a multiple, by format and name of the time.
        **changes: Of the report.
    """
    chance = random.Random(seed)

    def timing(times):
        batches = tuple(
            1000 * times * machine * (1 + drift * number / rounds) * chance.gauss(1, noise) for number in range(rounds)
        )
        ordered = sorted(batches)
        return Timing(median_ns=ordered[rounds // 2], min_ns=ordered[0], spread=noise, rounds=rounds, batches=batches)

    def row(format_, name, role):
        times = {what: timing((slower or {}).get((format_, what), 1.0) if role == "codec" else 1.0) for what in TIMES}
        return Row(contender=name, format=format_, role=role, size=100.0, size_p50=90, size_p99=200, **times)

    rows = tuple(
        row(format_, name, role)
        for format_ in FORMATS
        for name, role in (("symphony", "codec"), ("floor: orjson", "floor"), ("msgspec", "peer"))
    )
    return attrs.evolve(
        REPORT, **{"rows": rows, "rounds": rounds, "environment": ENVIRONMENT, "digest": "x", **changes}
    )


def verdicts(found):
    return {(change.row[0], change.what): change.verdict for change in found.changes if change.verdict != "same"}


@pytest.mark.parametrize("machine", [0.5, 1.0, 1.1, 2.0])
def test_a_slower_machine_is_no_slower_codec(machine):
    """What makes peers and floors slower as well is the machine, and times are corrected by it."""
    found = compare(made(1), made(2, machine=machine))
    assert verdicts(found) == {}
    assert not found.is_worse
    assert found.machine == pytest.approx(machine, rel=0.03)
    assert found.warnings == ()


@pytest.mark.parametrize("machine", [0.7, 1.0, 1.4])
@pytest.mark.parametrize(("times", "verdict"), [(1.2, "slower"), (0.8, "faster")])
@pytest.mark.parametrize("what", TIMES)
def test_what_has_changed_is_found(machine, times, verdict, what):
    """A codec that takes a fifth more or less is found, and no other, however fast the machine is."""
    found = compare(made(1), made(2, machine=machine, slower={("json", what): times}))
    assert verdicts(found) == {("json", what): verdict}
    assert found.is_worse is (verdict == "slower")
    (change,) = (change for change in found.changes if change.verdict == verdict)
    assert change.ratio == pytest.approx(times, rel=0.05)
    assert change.after == pytest.approx(1000 * times * machine, rel=0.05)
    assert change.p < 0.05


def test_all_codecs_may_get_slower():
    """All codecs together are not the machine."""
    slower = dict.fromkeys(itertools.product(FORMATS, TIMES), 1.3)
    found = compare(made(1), made(2, slower=slower))
    assert set(verdicts(found).values()) == {"slower"}
    assert len(verdicts(found)) == len(slower)


@pytest.mark.parametrize(("threshold", "verdict"), [(0.0, {"slower"}), (0.05, {"slower"}), (0.2, set()), (1.0, set())])
def test_threshold(threshold, verdict):
    """What is within the threshold has not changed, however sure it is."""
    after = made(2, noise=0.002, slower={("json", "encode_hot"): 1.15})
    found = compare(made(1, noise=0.002), after, threshold=threshold)
    assert {change.verdict for change in found.changes if change.row[0] == "json" and change.what == "encode_hot"} == (
        verdict or {"same"}
    )


@pytest.mark.parametrize("seed", range(40))
def test_no_false_alarms(seed):
    """The same again is not slower: with noise, with a drift inside one of the runs, and on a slower machine."""
    chance = random.Random(seed)
    before, after = (
        made(
            chance.random(), noise=chance.uniform(0, 0.2), drift=chance.uniform(0, 0.1), machine=chance.uniform(1, 1.5)
        )
        for _ in range(2)
    )
    assert verdicts(compare(before, after)) == {}


def test_noise_hides_changes():
    """A change that is smaller than the noise has no verdict."""
    found = compare(made(1, noise=0.5), made(2, noise=0.5, slower={("json", "encode_hot"): 1.2}))
    assert verdicts(found) == {}


def test_sizes_are_compared_exactly():
    """One byte is a change of size; where the values are others nothing is said of sizes."""
    before = made(1)
    rows = (
        attrs.evolve(before.rows[0], size=100.01, size_p50=89),
        *(attrs.evolve(row, size=1.0) if row.role != "codec" else row for row in before.rows[1:]),
    )
    found = compare(before, attrs.evolve(before, rows=rows))
    assert verdicts(found) == {("cbor", "size"): "larger", ("cbor", "size_p50"): "smaller"}
    assert found.is_worse
    other = compare(before, attrs.evolve(before, rows=rows, digest="y", source="elsewhere"))
    assert verdicts(other) == {}
    assert other.warnings == ("other values, so sizes are not compared: from a.json before, elsewhere now",)


def test_codecs_that_fail():
    """What fails now is worse, what works again is not, and what failed before is nothing new."""
    good = made(1)
    broken = [Row(contender="symphony", format=name, role="codec", error="no") for name in FORMATS]
    bad = attrs.evolve(good, rows=(broken[0], *good.rows[1:]))
    assert verdicts(compare(good, bad)) == {("cbor", "error"): "failed"}
    assert compare(good, bad).is_worse
    assert verdicts(compare(bad, good)) == {("cbor", "error"): "works again"}
    assert not compare(bad, good).is_worse
    assert verdicts(compare(bad, bad)) == {}


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"what": "Other"}, "another type: pkg:Type before, Other now"),
        ({"cpu": "Fast"}, "another processor: None, 2 CPUs before, Fast, 2 CPUs now"),
        ({"cpus": 4}, "another processor: None, 2 CPUs before, None, 4 CPUs now"),
        ({"system": "Plan 9"}, "another system: Linux before, Plan 9 now"),
        ({"python": "CPython 4"}, "another Python: CPython 3.11 before, CPython 4 now"),
        ({"engine": "python"}, "another engine: compiled before, python now"),
        ({"gil": True}, "another global lock: off before, on now"),
        ({"versions": {**ENVIRONMENT.versions, "orjson": "9"}}, "another orjson: 1 before, 9 now"),
        ({"versions": {"msgspec": "2", "cbor2": "3"}}, "another orjson: 1 before, not installed now"),
    ],
)
def test_warnings(changes, warning):
    """What makes two reports hard to compare is said, one thing a line."""
    before = made(1)
    if "what" in changes:
        after = attrs.evolve(before, **changes)
    else:
        after = attrs.evolve(before, environment=attrs.evolve(ENVIRONMENT, **changes))
    assert compare(before, after).warnings == (warning,)


def test_reference_of_another_version():
    """A library of another version tells nothing of the machine, and without references nothing is corrected."""
    before = made(1)
    after = made(
        2, machine=1.5, environment=attrs.evolve(ENVIRONMENT, versions={"orjson": "2", "msgspec": "2", "cbor2": "3"})
    )
    assert compare(before, after).machine == pytest.approx(1.5, rel=0.03)
    other = attrs.evolve(after, environment=attrs.evolve(ENVIRONMENT, python="CPython 4"))
    assert compare(before, other).machine is None
    alone = [attrs.evolve(one, rows=tuple(row for row in one.rows if row.role == "codec")) for one in (before, after)]
    assert compare(*alone).machine is None
    assert compare(*alone).is_worse


@pytest.mark.parametrize(("rounds", "enough"), [(1, False), (3, False), (5, False), (7, True), (15, True)])
def test_rounds(rounds, enough):
    """With too few rounds nothing can be called slower, which is said."""
    before, after = made(1, rounds=rounds), made(2, rounds=rounds, slower={("json", "encode_hot"): 3.0})
    found = compare(before, after)
    assert found.is_worse is enough
    assert bool(found.warnings) is not enough
    if not enough:
        assert found.warnings == (f"{rounds} rounds are too few to call anything slower: measure with more --rounds",)


def test_rounds_that_were_not_kept():
    """Without rounds there is no verdict."""
    before = made(1)
    bare = tuple(
        attrs.evolve(row, **{name: attrs.evolve(getattr(row, name), batches=()) for name in TIMES})
        for row in before.rows
    )
    assert verdicts(compare(attrs.evolve(before, rows=bare), made(2, slower={("json", "encode_hot"): 3.0}))) == {}


def test_nothing_in_common():
    """Reports of other codecs are refused, with the next step."""
    before = made(1)
    after = attrs.evolve(before, rows=tuple(attrs.evolve(row, contender="mine") for row in before.rows))
    with pytest.raises(CompareError, match="measure the base again"):
        compare(before, after)


def test_scipy_is_needed(monkeypatch):
    """Without scipy the message says how to install it."""
    real = importlib.import_module

    def missing(name, *rest):
        if name == "scipy.stats":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", missing)
    for call in (check_installed, lambda: compare(made(1), made(2))):
        with pytest.raises(CompareError, match=r"pip install 'symphony-types\[report\]'"):
            call()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusting(ps):
    """Holm's method makes nothing surer than it was, keeps the order, and is Bonferroni's for the surest."""
    adjusted = _holm(ps)
    assert all(p <= after <= 1 for p, after in zip(ps, adjusted, strict=True))
    assert min(adjusted) == min(min(ps) * len(ps), 1)
    order = sorted(range(len(ps)), key=ps.__getitem__)
    assert [adjusted[index] for index in order] == sorted(adjusted)


@pytest.mark.parametrize(("comparisons", "rounds"), [(0, 4), (1, 4), (12, 6), (40, 7), (1000, 9)])
def test_least_rounds(comparisons, rounds):
    """So many rounds that are all apart have a verdict, one less has none."""
    from scipy.stats import mannwhitneyu

    assert _least_rounds(comparisons) == rounds
    for count, small in ((rounds, True), (rounds - 1, False)):
        p = mannwhitneyu(range(count), range(-count, 0), alternative="greater", method="exact").pvalue
        assert bool(p * 2 * max(comparisons, 1) < 0.05) is small
