"""What holds for all types alike: immutable, copied, pickled, compared, shown."""

from __future__ import annotations

import copy
import enum
import math
import pickle

from typing import Any

import attrs
import pytest

from symphony_types import (
    Constraint,
    CpuRequirements,
    DimensionScore,
    DimensionWeight,
    Issue,
    LifecycleConfig,
    NetworkRequirements,
    NodeExecution,
    NodeId,
    Position,
    Progress,
    QualityDimension,
    QualityScore,
    QualityThresholds,
    SymphonyError,
    TaggedValue,
    TypedId,
)
from symphony_types.checks import FieldError, as_float, as_optional_float
from tests import samples
from tests.samples import SAMPLES


VALUES = [pytest.param(value, id=name) for name, (_, value) in SAMPLES.items()]
ATTRS = [param for param in VALUES if attrs.has(type(param.values[0]))]


@pytest.mark.parametrize("value", VALUES)
def test_values_pickle_and_copy(value: Any) -> None:
    """Every protocol of pickle, `copy` and `deepcopy` give an equal value of the same type."""
    protocols = range(pickle.HIGHEST_PROTOCOL + 1)
    pickled = [pickle.loads(pickle.dumps(value, protocol)) for protocol in protocols]
    for again in (*pickled, copy.copy(value), copy.deepcopy(value)):
        assert type(again) is type(value)
        assert again == value
        assert repr(again) == repr(value)


@pytest.mark.parametrize("value", ATTRS)
def test_values_are_immutable_and_slotted(value: Any) -> None:
    """No field can be set or deleted, and there is no place for others."""
    assert not hasattr(value, "__dict__")
    for field in attrs.fields(type(value)):
        with pytest.raises(AttributeError):
            setattr(value, field.name, None)
        with pytest.raises(AttributeError):
            delattr(value, field.name)
    with pytest.raises(AttributeError):
        value.another = 1


@pytest.mark.parametrize("value", [param for param in ATTRS if not isinstance(param.values[0], TypedId)])
def test_values_evolve(value: Any) -> None:
    """`attrs.evolve` without changes gives an equal value, through the same checks."""
    assert attrs.evolve(value) == value


@pytest.mark.parametrize("value", VALUES)
def test_hashes_are_honest(value: Any) -> None:
    """Equal values have equal hashes; what holds maps or untyped values has none, rather than that of its identity."""
    again = pickle.loads(pickle.dumps(value))
    try:
        expected = hash(value)
    except TypeError:
        with pytest.raises(TypeError):
            hash(again)
    else:
        assert hash(again) == expected


@pytest.mark.parametrize("value", VALUES)
def test_order_is_among_equals_only(value: Any) -> None:
    """Nothing has an order with values of another type, except numbers with numbers."""
    if isinstance(value, enum.Enum) and isinstance(value, int):
        return
    with pytest.raises(TypeError):
        assert value < object()


@pytest.mark.parametrize(
    "value",
    [param for param in VALUES if isinstance(param.values[0], TypedId | TaggedValue | SymphonyError)],
)
def test_small_values_show_how_to_make_them(value: Any) -> None:
    """The ``repr`` of an id, a variant or an error is an expression that gives it."""
    if "ConfigProperty" in repr(value):
        return  # its own ``repr`` is an extract, since it may hold secrets
    import symphony_types

    assert eval(repr(value), dict(vars(symphony_types), **{type(value).__name__: type(value)})) == value


def test_large_values_show_sizes() -> None:
    """A graph or an execution of thousands of nodes does not flood a log."""
    graph, run = samples.workflow(), samples.execution()
    assert "nodes=<6 nodes>, edges=<5 edges>" in repr(graph)
    assert "node_executions=<6 nodes>" in repr(run)


BEYOND = 2**53 + 1
FLOATS = [
    (Position(BEYOND, 0).x, float(2**53)),
    (Position(0, 1).y, 1.0),
    (QualityScore(overall=1).overall, 1.0),
    (QualityScore(overall=1, confidence=0).confidence, 0.0),
    (QualityThresholds(fast_track=1).fast_track, 1.0),
    (QualityThresholds(enhance=0).enhance, 0.0),
    (QualityThresholds(min_output_quality=1).min_output_quality, 1.0),
    (QualityThresholds(min_confidence=1).min_confidence, 1.0),
    (DimensionScore(QualityDimension.CLARITY, 1).score, 1.0),
    (DimensionWeight(QualityDimension.CLARITY, BEYOND).weight, float(2**53)),
    (Progress(percentage=50).percentage, 50.0),
    (NodeExecution(node_id=NodeId.new(), progress_percentage=50).progress_percentage, 50.0),
    (LifecycleConfig(memory_threshold=1).memory_threshold, 1.0),
    (CpuRequirements(minimum_cores=BEYOND).recommended_cores, float(2**53)),
    (NetworkRequirements(bandwidth_mbps=BEYOND).bandwidth_mbps, float(2**53)),
    (Constraint.min_value(BEYOND).value, float(2**53)),
    (Constraint.max_value(1).value, 1.0),
]


@pytest.mark.parametrize(("held", "expected"), FLOATS)
def test_numbers_are_held_as_the_wire_carries_them(held: object, expected: float) -> None:
    """An `int` given for a float becomes one at once, not on its way to another process."""
    assert type(held) is float
    assert held == expected


def test_what_is_no_number_is_left_to_the_check() -> None:
    """The converters change ints only."""
    huge: Any = 10**400
    assert as_float(huge) is huge
    flag: Any = True
    assert as_float(flag) is flag
    assert math.isnan(as_float(math.nan))
    assert as_optional_float(None) is None
    assert type(as_optional_float(3)) is float
    bad: Any
    for bad in (huge, True, math.nan, "1"):
        with pytest.raises(FieldError):
            Position(bad)


def test_paths_of_issues_are_tuples() -> None:
    """A list is copied, so that the issue stays what it is and hashes."""
    path: list[str | int] = ["a", 1]
    issue = Issue(path, "cycle")
    path.append("b")
    assert issue == Issue(("a", 1), "cycle")
    assert hash(issue) == hash(Issue(("a", 1), "cycle"))
