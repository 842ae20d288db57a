"""Writing unions, enums, literals and tagged values: what tells their members apart, and what they hold."""

from __future__ import annotations

import enum
import uuid

from typing import Any, Literal

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_types import Capability, IpcError, NodeId, SymphonyError, Timestamp
from tests.codecs.compiled.emit_cases import NAMES, agree, codec_of, engine, outcome, reference


EACH = pytest.mark.parametrize("name", NAMES)


@attrs.define
class Circle:
    radius: float


@attrs.define
class Square:
    side: int
    label: str | None = None


@attrs.define
class Dot:
    pass


@attrs.define
class Wrapped:
    inner: Any


@attrs.define
class Derived(Circle):
    pass


Shape = Circle | Square | Dot
VALUES = [Circle(1.5), Square(1), Square(2, "x"), Dot(), Circle(1), Circle("wrong"), Derived(1.0), None, 5, "Dot"]


@EACH
@pytest.mark.parametrize("positional", [None, False, True])
@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
@pytest.mark.parametrize(
    "tp", [Shape, Shape | None, list[Shape], Circle | Square | str | int, Circle | None, Dot | None], ids=str
)
def test_classes_in_every_way_of_tagging(name, tagging, positional, tp):
    """As maps and as arrays, alone, beside None, and beside scalars."""
    keys = {"internal": {"tag": 'ki"nd'}, "adjacent": {"tag": 'ki"nd', "content": "c\n"}}.get(tagging, {})
    names = {} if tagging == "untagged" else {Square: "é"}
    codec = get_codec(name).with_union(Shape, tagging=tagging, names=names, **keys)
    if positional is not None:
        codec = codec.with_options(positional=positional)
    values = [VALUES, VALUES[:4]] if tp == list[Shape] else VALUES
    agree(codec, tp, *values)


@EACH
@pytest.mark.parametrize("tagging", ["external", "adjacent", "internal", "untagged"])
def test_newtypes(name, tagging):
    """The one field goes bare, whatever it holds."""
    codec = get_codec(name).with_union(Wrapped | Circle, tagging=tagging, newtype=[Wrapped])
    theirs = reference(codec, Wrapped | Circle)
    inside = [1, None, [1], {"a": 1}, Circle(1.0), Wrapped(Circle(1.0)), object()]
    for value in (*map(Wrapped, inside), Circle(2.0)):
        assert outcome(engine(codec, Wrapped | Circle, theirs), value) == outcome(theirs, value)
    gone = Wrapped(1)
    del gone.inner
    agree(codec, Wrapped | Circle, gone)


@attrs.define
class Cat:
    kind: Literal["cat", "lion"] = "cat"
    lives: int = 9


@attrs.define
class Dog:
    kind: Literal["dog"] = "dog"


@EACH
@pytest.mark.parametrize("options", [{}, {"positional": True}, {"omit_defaults": True}], ids=str)
def test_classes_with_a_literal(name, options):
    """The literal is written in any case."""
    codec = codec_of(name, **options)
    agree(codec, list[Cat | Dog], [Cat(), Dog(), Cat("lion", 1)], [Cat("dog")], [None], [5])


class Colour(enum.Enum):
    RED = 'r"ed'
    ALIAS = 'r"ed'  # noqa: PIE796 - it is one member
    GREEN = 7
    NONE = None
    POINT = (1, "x")
    BYTES = b"x"

    def __hash__(self):
        raise ZeroDivisionError  # which nobody may ask for


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Bits(enum.Flag):
    A = 1
    B = 2


class Plain(enum.Enum):
    A = "a"
    B = 2.5
    C = float("nan")


@EACH
def test_enums(name):
    """Members by what they are; what is equal to one is none."""
    agree(codec_of(name), Plain, *Plain, "a", Level.LOW, None, 1)
    agree(codec_of(name, strict=True), Plain, *Plain)
    agree(codec_of(name), Level, Level.LOW, 1, True)
    agree(codec_of(name), Bits, Bits.A, Bits.A | Bits.B, Bits(0), 1)
    if name != "json":
        agree(codec_of(name), Colour, *Colour, 'r"ed', 7, None)


@EACH
def test_enums_that_changed(name):
    """A member is written as it was when the schema was made, as the reference does."""

    class Late(enum.Enum):
        A = "a"

    codec = codec_of(name)
    encode, theirs = engine(codec, Late), reference(codec, Late)
    fake = object.__new__(Late)
    for value in (Late.A, fake):
        assert outcome(encode, value) == outcome(theirs, value)


@EACH
def test_literals(name):
    """By class and value: 1 is not True."""
    few: Any = Literal["alpha", 1, None]  # noqa: PYI061 - one node, not an optional one
    tp: Any = few if name == "json" else Literal["alpha", 1, None, b"x", Level.HIGH]  # noqa: PYI061
    values = ["alpha", "-alpha"[1:], 1, True, 1.0, Level.LOW, Level.HIGH, None, b"x", [], {}, "b"]
    agree(codec_of(name), tp, *values)
    agree(codec_of(name), Literal[True, "true"], True, 1, "true")

    class Odd:
        def __hash__(self):
            raise ZeroDivisionError

    agree(codec_of(name), tp, Odd())


@EACH
@pytest.mark.parametrize(
    "tp",
    [int | str, int | float, bool | int | None, str | list[int] | None, uuid.UUID | int, Timestamp | int, Level | str],
)
def test_scalars_told_apart_by_their_kind(name, tp):
    """Of exactly one class or of none; a wide int would be text in MessagePack."""
    values = [
        1,
        2**64,
        -(2**63) - 1,
        1.5,
        "x",
        True,
        None,
        [1],
        [None],
        (1,),
        uuid.UUID(int=1),
        Timestamp(0),
        Level.LOW,
        b"x",
    ]
    agree(codec_of(name), tp, *values)


@EACH
def test_tagged_values(name):
    """Units are found by identity, and by name where they are other objects."""
    copy = object.__new__(Capability)
    object.__setattr__(copy, "variant", Capability.FILE_READ.variant)
    object.__setattr__(copy, "value", None)
    broken = object.__new__(Capability)
    agree(codec_of(name), Capability, *Capability.members(), Capability.custom("x"), copy, broken, "FileRead", None)
    odd = object.__new__(Capability)
    object.__setattr__(odd, "variant", "Unheard")
    object.__setattr__(odd, "value", None)
    theirs = reference(codec_of(name), Capability)
    assert outcome(engine(codec_of(name), Capability, theirs), odd) == outcome(theirs, odd)


@EACH
def test_errors(name):
    """They are written by their hook."""
    error = next(iter(IpcError.variants().values()))
    agree(codec_of(name), SymphonyError, error, None, NodeId.new())
