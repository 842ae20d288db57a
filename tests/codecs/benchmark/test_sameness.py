"""What counts as the same value."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid

from typing import Any

import attrs
import pytest

from hypothesis import given

from symphony_codecs.benchmark.sameness import difference
from symphony_codecs.testing import strategies


@attrs.define(eq=False)
class Item:
    """Without an equality of its own."""

    price: Any = 1
    cache: Any = attrs.field(default=None, eq=False)


@dataclasses.dataclass(eq=False)
class Order:
    """The same, of a dataclass."""

    items: Any = ()
    cache: Any = dataclasses.field(default=None, compare=False)


class Colour(enum.StrEnum):
    """Equal to its text."""

    RED = "red"


NAN = float("nan")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1),
        (NAN, -NAN),
        ([1, (2, {"a": NAN})], [1, (2, {"a": NAN})]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, {2, 1}),
        (Item([NAN], cache=1), Item([NAN], cache=2)),
        (Order([Item()], cache=1), Order([Item()], cache=2)),
        (uuid.UUID(int=1), uuid.UUID(int=1)),
        (Colour.RED, Colour.RED),
    ],
)
def test_same(left, right):
    """Values are the same that are equal down to types; NaN too, and fields that do not take part in equality."""
    assert difference(left, right) is None


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        (1, True, ""),
        (1, 1.0, ""),
        (0.0, -0.0, ""),
        (1.0, NAN, ""),
        (NAN, 1.0, ""),
        ("red", Colour.RED, ""),
        ([1], (1,), ""),
        ([1, 2], [1], ""),
        ([1, [2, 3]], [1, [2, 4]], "[1][1]"),
        ({"a": {"b": 1}}, {"a": {"b": True}}, "['a']['b']"),
        ({"a": 1}, {"b": 1}, ""),
        ({"a": 1}, {"a": 1, "b": 1}, ""),
        ({1}, {2}, ""),
        (Order([Item(), Item(2)]), Order([Item(), Item(3)]), ".items[1].price"),
        (Order(), Item(), ""),
        (dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 2), ""),
    ],
)
def test_different(left, right, where):
    """The path leads to the first difference, in value or in type."""
    assert difference(left, right) == where
    assert difference(right, left) == where


@given(strategies.json_values())
def test_json_values_are_themselves(value):
    """Every value is the same as itself, and not the same as a list of it."""
    assert difference(value, value) is None
    assert difference(value, [value]) is not None
