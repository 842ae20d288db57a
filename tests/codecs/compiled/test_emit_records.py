"""Writing attrs classes and dataclasses, whatever has been done to them."""

from __future__ import annotations

import dataclasses
import functools
import gc
import sys

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import attrs
import pytest

from symphony_codecs import FieldOptions, get_codec
from symphony_types import UNSET, Unset
from tests.codecs.compiled.emit_cases import NAMES, agree, codec_of, engine, outcome, reference


EACH = pytest.mark.parametrize("name", NAMES)
T = TypeVar("T")


@attrs.define
class Slotted:
    a: int
    b: str | None = None


@attrs.define
class Derived(Slotted):
    c: list[int] = attrs.Factory(list)


@attrs.define(slots=False)
class Loose:
    a: int
    b: str | None = None


@attrs.frozen
class Frozen(Generic[T]):
    _private: T
    kept: int = attrs.field(default=1, alias="other")


@dataclasses.dataclass
class Data:
    a: int
    b: str | None = None


@dataclasses.dataclass(slots=True)
class SlottedData:
    a: int
    b: str | None = None


@attrs.define
class Cached:
    a: int
    b: str | None = None

    @functools.cached_property
    def twice(self) -> int:
        return 2 * self.a


class Base:
    @property
    def b(self) -> str:
        return "from the base"


@attrs.define
class Empty:
    pass


ALL: list[tuple[Any, Any]] = [
    (Slotted, Slotted(1, "x")),
    (Derived, Derived(1, None, [1, 2])),
    (Loose, Loose(1, "x")),
    (Frozen[int], Frozen(5, other=7)),
    (Data, Data(1, "é")),
    (SlottedData, SlottedData(1, None)),
    (Cached, Cached(4)),
    (Empty, Empty()),
]


@EACH
@pytest.mark.parametrize(
    "options",
    [{}, {"positional": True}, {"positional": False}, {"omit_defaults": True}, {"rename": "PascalCase"}],
    ids=str,
)
@pytest.mark.parametrize(("tp", "value"), ALL, ids=lambda each: getattr(each, "__name__", ""))
def test_classes_of_every_make(name, options, tp, value):
    """With slots and without, frozen, generic, derived; as a map, as an array, without defaults, renamed."""
    agree(codec_of(name, **options), tp, value)
    agree(codec_of(name, **options), list[tp], [value] * 3)


@EACH
def test_other_classes_are_refused(name):
    """A subclass has fields of its own, which would be lost."""
    agree(codec_of(name), Slotted, Derived(1), Loose(1), {"a": 1}, None, Slotted)


@EACH
def test_wrong_fields_are_refused(name):
    """The reference says all that is wrong."""
    for tp in (Slotted, Loose, Data):
        agree(codec_of(name), tp, tp("no int"), tp(1, b"no text"))


@EACH
@pytest.mark.parametrize("tp", [Slotted, Loose, Data, SlottedData, Cached])
def test_fields_that_are_gone(name, tp):
    """An empty slot is a missing attribute."""
    value = tp(1, "x")
    del value.b
    agree(codec_of(name), tp, value)


@EACH
def test_attributes_that_are_made_when_asked(name):
    """``__getattr__`` and ``__getattribute__`` have their say where slots do not."""

    @attrs.define
    class Asking:
        a: int
        b: str = "b"

        def __getattr__(self, attribute):
            if attribute == "b":
                return "made"
            raise AttributeError(attribute)

    @attrs.define
    class Always:
        a: int
        b: str = "b"

        def __getattribute__(self, attribute):
            return "always" if attribute == "b" else object.__getattribute__(self, attribute)

    asking = Asking(1)
    agree(codec_of(name), Asking, asking)
    del asking.b
    agree(codec_of(name), Asking, asking)
    assert b"made" in engine(codec_of(name), Asking)(asking)
    assert b"always" in engine(codec_of(name), Always)(Always(1))
    agree(codec_of(name), Always, Always(1))


@EACH
def test_classes_that_change_after_the_plan(name):
    """A field that has become something else is read as what it has become, and back."""

    @attrs.define
    class Changing:
        a: int
        b: str = "b"

    codec = codec_of(name)
    encode, theirs = engine(codec, Changing), reference(codec, Changing)
    value = Changing(1)
    assert encode(value) == theirs(value)
    slot = Changing.__dict__["b"]

    Changing.b = property(lambda _: "property")
    assert encode(value) == theirs(value)
    assert b"property" in encode(value)
    Changing.b = "constant"
    assert encode(value) == theirs(value)
    del Changing.b
    assert outcome(encode, value) is None
    Changing.b = slot
    assert encode(value) == theirs(value)
    Changing.a = Slotted.__dict__["a"]  # of a class whose instances these are not
    assert outcome(encode, value) is None
    assert outcome(theirs, value) is None


@EACH
def test_bases_that_change_after_the_plan(name):
    """Also what a class inherits may change."""

    class Parent:
        __slots__ = ()

    @attrs.define
    class Child(Parent):
        a: int
        b: str = "b"

    codec = codec_of(name)
    encode, theirs = engine(codec, Child), reference(codec, Child)
    value = Child(1)
    assert encode(value) == theirs(value)
    Parent.__getattribute__ = lambda self, attribute: (
        "x" if attribute == "b" else object.__getattribute__(self, attribute)
    )
    assert encode(value) == theirs(value)
    assert encode(value) != engine(codec, Slotted)(Slotted(1, "b"))


@EACH
def test_instances_that_change_their_class(name):
    """What counts is the class that it has now."""

    @attrs.define(slots=False)
    class One:
        a: int

    @attrs.define(slots=False)
    class Other:
        a: int

    value: Any = One(1)
    value.__class__ = Other
    agree(codec_of(name), One, value)
    agree(codec_of(name), Other, value)


@attrs.define
class Partly:
    first: Any = None
    second: Any = None
    last: Any = None


@attrs.define
class Unsure:
    first: int | Unset = UNSET
    second: Any = UNSET
    last: int | Unset = UNSET


@EACH
@pytest.mark.parametrize(
    "omitted", [(), ("first",), ("last",), ("first", "last"), ("first", "second", "last")], ids=str
)
def test_fields_that_are_left_out(name, omitted):
    """Heads and commas are right, whichever fields are there."""
    codec = codec_of(name).with_class(Partly, fields={field: FieldOptions(omit_none=True) for field in omitted})
    values = [Partly(*((1 if bit & mask else None) for mask in (1, 2, 4))) for bit in range(8)]
    agree(codec, Partly, *values)
    agree(codec.with_options(positional=True), Partly, *values)
    agree(codec.with_options(omit_defaults=True), list[Partly], values)


@EACH
def test_fields_that_are_absent(name):
    codec = codec_of(name)
    for bit in range(8):
        value = Unsure(*((1 if bit & mask else UNSET) for mask in (1, 2, 4)))
        agree(codec.with_options(positional=False), Unsure, value)
        agree(codec.with_options(positional=True), Unsure, value)
        agree(codec.with_options(omit_defaults=True), Unsure, value)


@EACH
@pytest.mark.parametrize("count", [14, 15, 16, 17, 23, 24, 25, 255, 256, 257])
def test_heads_of_maps_whose_fields_are_left_out(name, count):
    """The head is as short as the entries that are there allow."""
    fields = {f"f{i}": attrs.field(default=None) for i in range(count)}
    cls = attrs.make_class("Wide", fields, slots=True)
    codec = codec_of(name).with_class(cls, fields={field: FieldOptions(omit_none=True) for field in fields})
    full = cls(**dict.fromkeys(fields, 7))
    agree(
        codec, cls, full, cls(), attrs.evolve(full, f3=None), attrs.evolve(full, f0=None, f1=None, f13=None), cls(f1=1)
    )
    agree(codec.with_options(positional=True), cls, full, cls())


@attrs.define
class Defaults:
    a: int = 1
    b: list[int] = attrs.Factory(list)
    c: float = 0.0
    d: Any = attrs.Factory(lambda self: self.a, takes_self=True)


@EACH
def test_defaults_that_are_left_out(name):
    """Equal is not the same: 1, 1.0 and True, 0.0 and -0.0."""
    values = [
        Defaults(),
        Defaults(a=2),
        Defaults(b=[1]),
        Defaults(c=-0.0),
        Defaults(d=True),
        Defaults(a=3, d=3),
        Defaults(d=1.0),
    ]
    agree(codec_of(name, omit_defaults=True), Defaults, *values)

    class Odd:
        __hash__ = None

        def __eq__(self, other):
            raise ZeroDivisionError

    agree(codec_of(name, omit_defaults=True), Defaults, Defaults(d=Odd()))


@EACH
def test_unknown_fields_that_were_kept(name):
    """They are written after the others."""

    @attrs.define
    class Keeping:
        a: int

    @attrs.define
    class Nothing:
        pass

    codec = get_codec(name).with_options(unknown_fields="keep", positional=False)
    for tp, known in ((Keeping, {"a": 1}), (Nothing, {})):
        for extras in ({}, {"x": None}, {"é\n": [1, {"deep": 1.5}], "y": "text"}):
            value = codec.decode(codec.encode({**known, **extras}), tp)
            agree(codec, tp, value)
            assert engine(codec, tp)(value) == reference(codec, tp)(value)
            agree(codec.with_options(positional=True), tp, value)


@EACH
def test_nothing_is_left_behind(name):
    """Neither writing nor refusing keeps or loses a reference."""
    codec = codec_of(name)
    encode = engine(codec, list[Slotted])
    items = [Slotted(1000, "abc" * 9), Slotted(2000, "é" * 9)]
    bad = [*items, Slotted("x")]
    held = [each for item in items for each in (item, item.a, item.b)]

    def counts():
        gc.collect()
        return [sys.getrefcount(each) for each in held]

    encode(items)
    before = counts()
    for _ in range(50):
        encode(items)
        assert outcome(encode, bad) is None
    assert counts() == before


@attrs.define(slots=False)
class Open:
    a: Any = 1
    b: str = "x"
    c: list[int] = attrs.Factory(list)


def _changed(change: Callable[[Open], object]) -> Open:
    value = Open()
    change(value)
    return value


CHANGES: dict[str, Callable[[Open], object]] = {
    "as made": lambda value: None,
    "with a dict": vars,
    "more in its dict": lambda value: vars(value).update(a=[1], d=4),
    "set again": lambda value: setattr(value, "b", "é"),
    "deleted": lambda value: delattr(value, "a"),
    "deleted and set": lambda value: (delattr(value, "a"), setattr(value, "a", 7)),
    "another dict": lambda value: setattr(value, "__dict__", {"c": [1], "b": "y", "a": 2}),
    "a key that is no text": lambda value: vars(value).__setitem__(1, 2),
    "an empty dict": lambda value: vars(value).clear(),
}


@EACH
@pytest.mark.parametrize("how", CHANGES)
def test_classes_without_slots(name, how):
    """Wherever an instance keeps its attributes, whatever its class says of them meanwhile."""
    values = [Open(), _changed(CHANGES[how]), Open(b="z")]
    codec = codec_of(name)
    ours, theirs = engine(codec, list[Open]), reference(codec, list[Open])
    assert outcome(ours, []) == outcome(theirs, [])
    for _ in range(2):
        assert outcome(ours, values) == outcome(theirs, values)
    try:
        Open.b = property(lambda _: "of the class", lambda _, value: None)
        assert outcome(ours, values) == outcome(theirs, values)
        Open.b = "beside"
        assert outcome(ours, values) == outcome(theirs, values)
    finally:
        del Open.b
    Open.__getattr__ = lambda _, name: 5
    try:
        assert outcome(ours, values) == outcome(theirs, values)
    finally:
        del Open.__getattr__
    assert outcome(ours, values) == outcome(theirs, values)
