"""A user's hooks anywhere in a document: each is called once for each value, and the rest does not change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_codecs.python import decoder as reference_decoder
from symphony_codecs.python import encoder as reference_encoder


@attrs.frozen
class Point:
    x: int
    y: int = 0


@attrs.frozen
class Line:
    length: float
    ends: list[Point] = attrs.field(factory=list)


@attrs.frozen
class Cat:
    kind: Literal["cat"] = "cat"
    lives: int = 9


@attrs.frozen
class Dog:
    kind: Literal["dog"] = "dog"
    age: int = 1


@attrs.frozen
class Id:
    """A class that formats have only through a hook."""

    number: int

    def __hash__(self) -> int:
        return self.number


@attrs.frozen
class Holder:
    id: Id
    others: list[Id]
    by_name: dict[str, Id]
    maybe: Id | None
    point: Point


FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
Shape = Point | Line
Pet = Cat | Dog


class _Counted:
    """A codec with a user's hooks for one class, which count their calls."""

    def __init__(self, codec: Codec, cls: type, read: Callable[[Any], Any], write: Callable[[Any], Any]) -> None:
        self.codec = codec.copy()
        self.reads = self.writes = 0

        def structure(value: Any, _: Any) -> Any:
            self.reads += 1
            return read(value)

        def unstructure(value: Any) -> Any:
            self.writes += 1
            return write(value)

        self.codec.converter.register_structure_hook(cls, structure)
        self.codec.converter.register_unstructure_hook(cls, unstructure)

    def check(self, tp: Any, value: Any, times: int) -> None:
        """Compare both directions with the reference, and check the number of calls."""
        codec = self.codec
        expected = reference_encoder(codec.converter, tp)(value)
        self.writes = 0
        assert codec.encode(value, tp) == expected
        assert self.writes == times
        assert reference_decoder(codec.converter, tp)(expected) == value
        self.reads = 0
        assert codec.decode(expected, tp) == value
        assert self.reads == times


def _point(codec: Codec) -> _Counted:
    def read(value: Any) -> Point:
        return Point(value["left"], value["top"])

    return _Counted(codec, Point, read, lambda point: {"left": point.x, "top": point.y})


def _cat(codec: Codec) -> _Counted:
    return _Counted(codec, Cat, lambda value: Cat(lives=value["n"]), lambda cat: {"kind": "cat", "n": cat.lives})


def _id(codec: Codec) -> _Counted:
    return _Counted(codec, Id, Id, lambda each: each.number)


@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_member_of_a_union(name, tagging):
    """The other members are encoded and decoded as without the hook."""
    # Untagged, the hook is tried on every document that no earlier member accepts.
    union: Any = Line | Point if tagging == "untagged" else Shape
    counted = _point(get_codec(name).with_union(union, tagging=tagging))
    values = [Point(1, 2), Line(1.5), Line(2.0), Point(3)]
    counted.check(list[Shape], values, 2)
    counted.check(Shape | None, Point(1), 1)
    counted.check(dict[str, Shape | None], {"a": None, "b": Line(1.0), "c": Point(1)}, 1)


@pytest.mark.parametrize("options", [{}, {"omit_defaults": True}, {"positional": True}])
@pytest.mark.parametrize("name", FORMATS)
def test_a_member_that_a_literal_tells_apart(name, options):
    """The literal is written even if the hook leaves it out, or if it is a default."""
    counted = _cat(get_codec(name).with_options(**{**options, "positional": False}))
    counted.check(list[Pet], [Cat(), Dog(), Cat(lives=1), Dog(age=2)], 2)
    codec = get_codec(name).with_options(**options)
    for value in (Cat(), Dog(), Dog(age=2)):
        expected = reference_encoder(codec.converter, Pet)(value)
        assert codec.encode(value, Pet) == expected
        assert codec.decode(expected, Pet) == value


@pytest.mark.parametrize("name", FORMATS)
def test_a_leaf_anywhere(name):
    """The value is in a field, a list and a map, beside None, and alone."""
    counted = _id(get_codec(name))
    value = Holder(Id(1), [Id(2), Id(3)], {"a": Id(4)}, Id(5), Point(1, 2))
    counted.check(Holder, value, 5)
    counted.check(list[Holder], [value, value], 10)
    counted.check(tuple[Id, ...], (Id(1), Id(2)), 2)
    counted.check(Id, Id(7), 1)
    counted.check(Id | str, Id(7), 1)


@pytest.mark.parametrize("name", FORMATS)
def test_the_root_and_an_item(name):
    """A class with a hook is beside a class without one."""
    counted = _point(get_codec(name))
    counted.check(Point, Point(1, 2), 1)
    counted.check(Line, Line(1.0, [Point(1, 2), Point(3, 4)]), 2)


@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
@pytest.mark.parametrize("name", FORMATS)
def test_exceptions_of_hooks_become_issues(name, tagging):
    """The issues have the path to the value, as in the reference, and stand beside other faults."""
    counted = _point(get_codec(name).with_union(Shape, tagging=tagging))
    codec = counted.codec
    data = codec.encode([Point(1, 2), Line(1.5)], list[Shape])
    fine = codec.format.loads(data, codec.options.limits, False)
    text = repr(fine).replace("'left'", "'right'").replace("1.5", "'x'")
    bad = codec.format.dumps(eval(text), codec.options.limits, False)
    with pytest.raises(DecodeError) as ours:
        codec.decode(bad, list[Shape])
    with pytest.raises(DecodeError) as theirs:
        reference_decoder(codec.converter, list[Shape])(bad)
    assert ours.value.issues == theirs.value.issues
    assert len(ours.value.issues) == 2
