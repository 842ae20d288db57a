"""`TaggedValue`: variants of which some hold a value."""

from __future__ import annotations

import copy
import operator
import pickle

from typing import Any, ClassVar

import attrs
import pytest

from symphony_types import NodeState, TaggedValue
from symphony_types.checks import FieldTypeError


class Shape(TaggedValue, variants={"Point": None, "Circle": int, "Named": str, "UnitSquare": None}):
    """Two units and two that hold."""

    __slots__ = ()

    POINT: ClassVar[Shape]
    UNIT_SQUARE: ClassVar[Shape]

    @classmethod
    def circle(cls, radius: int) -> Shape:
        return cls.from_variant("Circle", radius)

    @classmethod
    def named(cls, name: str) -> Shape:
        return cls.from_variant("Named", name)


class Other(TaggedValue, variants={"Point": None}):
    """Another enum with a variant of the same name."""

    __slots__ = ()

    POINT: ClassVar[Other]


ORDERED = [Shape.POINT, Shape.circle(1), Shape.circle(2), Shape.named("a"), Shape.UNIT_SQUARE]


def test_order_is_of_declaration_then_of_value() -> None:
    """All four comparisons agree with the place in the declaration, then with what is held."""
    for left, first in enumerate(ORDERED):
        for right, second in enumerate(ORDERED):
            assert (first < second) is (left < right)
            assert (first <= second) is (left <= right)
            assert (first > second) is (left > right)
            assert (first >= second) is (left >= right)
            assert (first == second) is (left == right)
    assert sorted(ORDERED[place] for place in (3, 0, 4, 2, 1)) == ORDERED


def test_enums_do_not_mix() -> None:
    """Variants of different enums are not equal and have no order."""
    other: Any = Other.POINT
    assert other != Shape.POINT
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(TypeError):
            compare(other, Shape.POINT)


def test_members_are_the_units() -> None:
    """Iteration gives the constants, in declaration order."""
    assert list(Shape.members()) == [Shape.POINT, Shape.UNIT_SQUARE]
    assert [shape.is_unit for shape in ORDERED] == [True, False, False, False, True]


@pytest.mark.parametrize("shape", ORDERED, ids=repr)
def test_shapes_are_values(shape: Shape) -> None:
    """They show how to make them, hash, copy as themselves and pickle; units stay singletons."""
    assert eval(repr(shape)) == shape
    assert copy.copy(shape) is copy.deepcopy(shape) is shape
    again = pickle.loads(pickle.dumps(shape))
    assert again == shape
    assert hash(again) == hash(shape)
    assert (again is shape) is shape.is_unit
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        shape.variant = "Point"  # type: ignore[misc]


def test_calling_a_class_is_from_variant() -> None:
    """There is no value without a variant, and attrs' own functions work."""
    assert Shape("Circle", 1) == Shape.circle(1)
    assert Shape("Point") is Shape.POINT
    assert attrs.evolve(Shape.circle(1), value=2) == Shape.circle(2)
    make: Any = Shape
    with pytest.raises(TypeError, match="variant"):
        make()
    with pytest.raises(FieldTypeError):
        Shape("Circle", "1")


def test_deep_copies_are_deep() -> None:
    """What a variant holds may be changeable, and then a deep copy has its own."""
    output = {"scores": [1]}
    state = NodeState.completed(output)
    again = copy.deepcopy(state)
    output["scores"].append(2)
    assert again == NodeState.completed({"scores": [1]})
    assert copy.copy(state) is state


@pytest.mark.parametrize(
    ("variant", "value", "message"),
    [
        ("Line", None, "unknown Shape variant 'Line', expected one of Point, Circle, Named, UnitSquare"),
        ("Point", 1, "Shape variant 'Point' holds no value"),
        ("Circle", "1", "expected int, got str '1' at Circle"),
        ("Named", None, "expected str, got None at Named"),
    ],
)
def test_refused(variant: str, value: object, message: str) -> None:
    """An unknown variant, a unit with a value, and a value of another type are refused."""
    with pytest.raises(ValueError) as caught:
        Shape.from_variant(variant, value)
    assert str(caught.value) == message
    assert isinstance(caught.value, FieldTypeError) is message.startswith("expected")
