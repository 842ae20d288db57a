"""How good an artifact is: scores from 0 to 1, by dimension and overall, and what follows from them."""

from __future__ import annotations

import math

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, ClassVar, Final, cast

import attrs

from symphony_types._tagged import TaggedValue
from symphony_types.checks import (
    NON_EMPTY,
    TEXT,
    Each,
    FieldError,
    FloatRange,
    InstanceOf,
    as_float,
    as_optional_float,
    as_tuple,
    optional,
)
from symphony_types.time import Timestamp


__all__ = [
    "DimensionScore",
    "DimensionWeight",
    "QualityDimension",
    "QualityScore",
    "QualityThresholds",
    "QualityVerdict",
    "QualityWeights",
]

_UNIT: Final = FloatRange(0.0, 1.0)


class QualityDimension(
    TaggedValue,
    variants={
        "Completeness": None,
        "Correctness": None,
        "Consistency": None,
        "Clarity": None,
        "Structure": None,
        "Semantics": None,
        "Utility": None,
        "Custom": str,
    },
):
    """The aspect of an artifact that is judged; ``Custom`` holds a name of the assessor's own."""

    __slots__ = ()

    COMPLETENESS: ClassVar[QualityDimension]
    CORRECTNESS: ClassVar[QualityDimension]
    CONSISTENCY: ClassVar[QualityDimension]
    CLARITY: ClassVar[QualityDimension]
    STRUCTURE: ClassVar[QualityDimension]
    SEMANTICS: ClassVar[QualityDimension]
    UTILITY: ClassVar[QualityDimension]

    @classmethod
    def custom(cls, name: str) -> QualityDimension:
        """Return the dimension called *name* (not empty)."""
        return cls.from_variant("Custom", name)

    @classmethod
    def _check_value(cls, variant: str, value: object) -> None:
        NON_EMPTY.check(value, (variant,))


_DIMENSION: Final = InstanceOf((QualityDimension,), "a QualityDimension")


@attrs.frozen(order=True)
class DimensionScore:
    """One dimension's *score*, from 0 to 1."""

    dimension: QualityDimension = attrs.field(validator=_DIMENSION)
    score: float = attrs.field(converter=as_float, validator=_UNIT)


@attrs.frozen(order=True)
class DimensionWeight:
    """How much a dimension counts: *weight*, 0 or more, relative to the others."""

    dimension: QualityDimension = attrs.field(validator=_DIMENSION)
    weight: float = attrs.field(converter=as_float, validator=FloatRange(minimum=0.0))


_SCORES: Final = Each(InstanceOf((DimensionScore,), "a DimensionScore"))
_WEIGHTS: Final = Each(InstanceOf((DimensionWeight,), "a DimensionWeight"))


def _sorted_items(kind: type[Any], value: Any) -> tuple[Any, ...]:
    # A map by dimension, which serde cannot write: a custom dimension is no JSON key.
    if isinstance(value, Mapping):
        mapping = cast("Mapping[QualityDimension, float]", value)
        value = [kind(dimension, number) for dimension, number in mapping.items()]
    items = as_tuple(value)
    if not isinstance(cast("object", items), tuple) or not all(isinstance(item, kind) for item in items):
        return items  # refused by the check of the field
    return tuple(sorted(items))


def _as_scores(value: Mapping[QualityDimension, float] | Iterable[DimensionScore]) -> tuple[DimensionScore, ...]:
    return _sorted_items(DimensionScore, value)


def _as_weights(value: Mapping[QualityDimension, float] | Iterable[DimensionWeight]) -> tuple[DimensionWeight, ...]:
    return _sorted_items(DimensionWeight, value)


def _check_unique(field: str, dimensions: Iterable[QualityDimension]) -> None:
    seen: set[QualityDimension] = set()
    for index, dimension in enumerate(dimensions):
        if dimension in seen:
            raise FieldError(
                "duplicate_key", (field, index, "dimension"), "each dimension once", f"{dimension!r} again"
            )
        seen.add(dimension)


class QualityVerdict(Enum):
    """The next step for an artifact."""

    FAST_TRACK = "FastTrack"
    ENHANCE = "Enhance"
    MANUAL_REVIEW = "ManualReview"


@attrs.frozen(kw_only=True)
class QualityThresholds:
    """
    Where verdicts begin; each from 0 to 1.

    Args:
        fast_track: Scores above it need nothing more; at least *enhance*.
        enhance: Scores above it are worth improving, others need a person.
        min_output_quality: The least score that may leave a workflow.
        min_confidence: The least confidence in such a score.

    Raises:
        FieldError: *fast_track* is below *enhance*.
    """

    fast_track: float = attrs.field(default=0.8, converter=as_float, validator=_UNIT)
    enhance: float = attrs.field(default=0.5, converter=as_float, validator=_UNIT)
    min_output_quality: float = attrs.field(default=0.7, converter=as_float, validator=_UNIT)
    min_confidence: float = attrs.field(default=0.8, converter=as_float, validator=_UNIT)

    def __attrs_post_init__(self) -> None:
        if self.fast_track < self.enhance:
            expected = f"at least enhance, {self.enhance}"
            raise FieldError("invalid_value", ("fast_track",), expected, str(self.fast_track))


@attrs.frozen(kw_only=True)
class QualityWeights:
    """
    How much each dimension counts; one that is not named counts nothing.

    Args:
        weights: Sorted by dimension; a map from dimension to weight is taken too.

    Raises:
        FieldError: A dimension comes twice, or no weight is above 0.
    """

    weights: tuple[DimensionWeight, ...] = attrs.field(converter=_as_weights, validator=_WEIGHTS)

    def __attrs_post_init__(self) -> None:
        _check_unique("weights", (item.dimension for item in self.weights))
        if not any(item.weight > 0 for item in self.weights):
            raise FieldError("invalid_value", ("weights",), "a weight above 0", "none")

    @classmethod
    def equal(cls, dimensions: Iterable[QualityDimension]) -> QualityWeights:
        """Return weights by which all of *dimensions* count the same."""
        return cls(weights=[DimensionWeight(dimension, 1.0) for dimension in dimensions])

    def weight_of(self, dimension: QualityDimension) -> float:
        """Return how much *dimension* counts."""
        return next((item.weight for item in self.weights if item.dimension == dimension), 0.0)


@attrs.frozen(kw_only=True)
class QualityScore:
    """
    An assessment of an artifact.  An artifact without one is not assessed, which is not a score of 0.

    Args:
        overall: From 0 to 1.
        dimensions: Sorted by dimension; a map from dimension to score is taken too.
        confidence: Of the assessor in *overall*, from 0 to 1.
        assessed_at: Now if not given.
        assessor: The person or program that judged.
        notes: For people.

    Raises:
        FieldError: A dimension comes twice.
    """

    overall: float = attrs.field(converter=as_float, validator=_UNIT)
    dimensions: tuple[DimensionScore, ...] = attrs.field(default=(), converter=_as_scores, validator=_SCORES)
    confidence: float | None = attrs.field(default=None, converter=as_optional_float, validator=optional(_UNIT))
    assessed_at: Timestamp = attrs.field(factory=Timestamp.now, validator=InstanceOf((Timestamp,), "a Timestamp"))
    assessor: str | None = attrs.field(default=None, validator=optional(TEXT))
    notes: str | None = attrs.field(default=None, validator=optional(TEXT))

    def __attrs_post_init__(self) -> None:
        _check_unique("dimensions", (item.dimension for item in self.dimensions))

    @classmethod
    def from_dimensions(
        cls,
        dimensions: Mapping[QualityDimension, float] | Iterable[DimensionScore],
        weights: QualityWeights | None = None,
        *,
        confidence: float | None = None,
        assessor: str | None = None,
        notes: str | None = None,
    ) -> QualityScore:
        """
        Return the score whose *overall* is the weighted mean of *dimensions*.

        Args:
            dimensions: The scores, each from 0 to 1.
            weights: All count the same if not given.
            confidence: From 0 to 1.
            assessor: The person or program that judged.
            notes: For people.

        Raises:
            FieldError: No dimension that counts is given.
        """
        scores = _as_scores(dimensions)
        _SCORES.check(scores, ("dimensions",))
        known = None if weights is None else {item.dimension: item.weight for item in weights.weights}
        counts = [1.0 if known is None else known.get(item.dimension, 0.0) for item in scores]
        greatest = max(counts, default=0.0)
        if greatest == 0:
            raise FieldError("invalid_value", ("dimensions",), "a dimension with a weight above 0", "none")
        # Scaled by a power of two, which is exact, so that the sum of great weights stays finite.
        exponent = math.frexp(greatest)[1]
        shares = [math.ldexp(count, -exponent) for count in counts]
        mean = math.fsum(share * item.score for share, item in zip(shares, scores, strict=True)) / math.fsum(shares)
        overall = min(1.0, max(0.0, mean))
        return cls(overall=overall, dimensions=scores, confidence=confidence, assessor=assessor, notes=notes)

    @classmethod
    def from_ten_scale(cls, score: float) -> QualityScore:
        """Return the score that is *score* on a scale from 0 to 10."""
        FloatRange(0.0, 10.0).check(score, ("score",))
        return cls(overall=score / 10)

    @property
    def percent(self) -> float:
        """The overall score on a scale from 0 to 100."""
        return self.overall * 100

    def score_of(self, dimension: QualityDimension) -> float | None:
        """Return the score of *dimension*, ``None`` if it was not judged."""
        return next((item.score for item in self.dimensions if item.dimension == dimension), None)

    def verdict(self, thresholds: QualityThresholds | None = None) -> QualityVerdict:
        """Return the next step; a score equal to a threshold is not above it."""
        limits = thresholds or QualityThresholds()
        if self.overall > limits.fast_track:
            return QualityVerdict.FAST_TRACK
        return QualityVerdict.ENHANCE if self.overall > limits.enhance else QualityVerdict.MANUAL_REVIEW

    def is_acceptable(self, thresholds: QualityThresholds | None = None) -> bool:
        """Whether overall score and confidence are enough to leave a workflow; an unknown confidence is not."""
        limits = thresholds or QualityThresholds()
        confident = self.confidence is not None and self.confidence >= limits.min_confidence
        return confident and self.overall >= limits.min_output_quality
