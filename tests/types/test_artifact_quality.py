"""Scores of artifacts, weights, thresholds and verdicts."""

from __future__ import annotations

import pickle

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types.artifact import (
    DimensionScore,
    DimensionWeight,
    QualityDimension,
    QualityScore,
    QualityThresholds,
    QualityVerdict,
    QualityWeights,
)
from symphony_types.checks import FieldError


CLARITY, UTILITY = QualityDimension.CLARITY, QualityDimension.UTILITY
CUSTOM = QualityDimension.custom("speed")
units = st.floats(0, 1)
dimensions = st.sampled_from([*QualityDimension.members(), CUSTOM])


@pytest.mark.parametrize(
    ("overall", "verdict"),
    [
        (1.0, QualityVerdict.FAST_TRACK),
        (0.81, QualityVerdict.FAST_TRACK),
        (0.8, QualityVerdict.ENHANCE),
        (0.51, QualityVerdict.ENHANCE),
        (0.5, QualityVerdict.MANUAL_REVIEW),
        (0, QualityVerdict.MANUAL_REVIEW),
    ],
)
def test_verdicts(overall, verdict):
    """A score on a threshold is not above it."""
    assert QualityScore(overall=overall).verdict() is verdict


def test_verdicts_by_other_thresholds():
    """Thresholds may be one's own."""
    strict = QualityThresholds(fast_track=0.95, enhance=0.9)
    assert QualityScore(overall=0.95).verdict(strict) is QualityVerdict.ENHANCE
    assert QualityScore(overall=0.9).verdict(strict) is QualityVerdict.MANUAL_REVIEW


@pytest.mark.parametrize(
    ("overall", "confidence", "acceptable"),
    [(0.7, 0.8, True), (0.69, 0.8, False), (0.7, 0.79, False), (1.0, None, False)],
)
def test_acceptable_scores(overall, confidence, acceptable):
    """Score and confidence reach their minimum."""
    assert QualityScore(overall=overall, confidence=confidence).is_acceptable() is acceptable


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"overall": 1.01}, ("overall",)),
        ({"overall": -0.01}, ("overall",)),
        ({"overall": float("nan")}, ("overall",)),
        ({"overall": True}, ("overall",)),
        ({"confidence": 2}, ("confidence",)),
        ({"dimensions": "Clarity"}, ("dimensions",)),
        ({"dimensions": 5}, ("dimensions",)),
        ({"dimensions": [0.5]}, ("dimensions", 0)),
        ({"dimensions": [DimensionWeight(CLARITY, 1.0)]}, ("dimensions", 0)),
        ({"dimensions": [DimensionScore(CLARITY, 0.1), DimensionScore(CLARITY, 0.2)]}, ("dimensions", 1, "dimension")),
        ({"assessed_at": None}, ("assessed_at",)),
        ({"assessor": 1}, ("assessor",)),
        ({"notes": 1}, ("notes",)),
    ],
)
def test_refused_scores(changes, path):
    """Each field is checked and named."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(QualityScore(overall=0.5), **changes)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: DimensionScore("Clarity", 0.5), "dimension"),
        (lambda: DimensionScore(CLARITY, 1.5), "score"),
        (lambda: DimensionWeight(CLARITY, -1), "weight"),
        (lambda: DimensionWeight(CLARITY, float("inf")), "weight"),
        (lambda: QualityWeights(weights=[]), "weights"),
        (lambda: QualityWeights(weights={CLARITY: 0.0}), "weights"),
        (lambda: QualityThresholds(fast_track=0.4), "fast_track"),
        (lambda: QualityThresholds(min_confidence=1.1), "min_confidence"),
        (lambda: QualityScore.from_ten_scale(10.5), "score"),
        (lambda: QualityScore.from_dimensions({}), "dimensions"),
        (lambda: QualityScore.from_dimensions("Clarity"), "dimensions"),
        (lambda: QualityScore.from_dimensions({CLARITY: 1.0}, QualityWeights.equal([UTILITY])), "dimensions"),
        (lambda: QualityDimension.custom(""), "Custom"),
    ],
)
def test_refused_values(make, path):
    """Scores, weights and thresholds have ranges."""
    with pytest.raises(FieldError) as caught:
        make()
    assert caught.value.path == (path,)


def test_a_weight_is_given_once():
    """Two weights for one dimension contradict each other."""
    with pytest.raises(FieldError) as caught:
        QualityWeights(weights=[DimensionWeight(UTILITY, 1), DimensionWeight(CLARITY, 1), DimensionWeight(CLARITY, 2)])
    assert (caught.value.code, caught.value.path) == ("duplicate_key", ("weights", 1, "dimension"))


def test_weighted_mean():
    """Dimensions without a weight, and weights without a dimension, do not count."""
    scores = {CLARITY: 1.0, UTILITY: 0.5, CUSTOM: 0.0}
    assert QualityScore.from_dimensions(scores).overall == 0.5
    weights = QualityWeights(weights={CLARITY: 3, UTILITY: 1, QualityDimension.SEMANTICS: 9})
    score = QualityScore.from_dimensions(scores, weights, confidence=0.9, assessor="me", notes="n")
    assert score.overall == 0.875
    assert (score.confidence, score.assessor, score.notes) == (0.9, "me", "n")
    assert (score.score_of(CUSTOM), score.score_of(QualityDimension.SEMANTICS)) == (0.0, None)


@given(st.dictionaries(dimensions, units, min_size=1), st.dictionaries(dimensions, st.floats(0, 1e308)))
def test_mean_stays_between_the_scores(scores, weights):
    """The mean is in range for all weights, and equal for equal weights."""
    if not any(weights.get(dimension, 0) > 0 for dimension in scores):
        weights = dict.fromkeys(scores, 1.0)
    score = QualityScore.from_dimensions(scores, QualityWeights(weights=weights))
    assert min(scores.values()) - 1e-9 <= score.overall <= max(scores.values()) + 1e-9
    equal = QualityScore.from_dimensions(scores, QualityWeights.equal(scores)).overall
    assert equal == QualityScore.from_dimensions(scores).overall


@given(st.dictionaries(dimensions, units), st.randoms())
def test_dimensions_are_sorted(scores, random):
    """A map, and its items in any order, give the same value, which hashes and pickles."""
    items = [DimensionScore(dimension, number) for dimension, number in scores.items()]
    random.shuffle(items)
    one = QualityScore(overall=0.5, dimensions=scores)
    other = attrs.evolve(one, dimensions=items)
    assert one == other == pickle.loads(pickle.dumps(one))
    assert hash(one) == hash(other)
    assert [item.dimension for item in one.dimensions] == sorted(scores)


def test_scales():
    """Ten and a hundred are the other common scales."""
    assert QualityScore.from_ten_scale(7.5).overall == 0.75
    assert QualityScore(overall=0.25).percent == 25.0
