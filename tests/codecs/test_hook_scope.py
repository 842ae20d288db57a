"""The types that a hook applies to: a class and its subclasses, except those that look different on the wire."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import ipaddress

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypedDict, TypeVar

import attrs
import pytest

from symphony_codecs import Codec, executor


class Whole(enum.IntEnum):
    ONE = 1


class Word(enum.StrEnum):
    RED = "red"


class Mixed(str, enum.Enum):  # noqa: UP042 - what is tested
    RED = "red"


class Bits(enum.IntFlag):
    A = 1


class Pair(NamedTuple):
    a: int


class Shape(TypedDict):
    a: int


@attrs.define
class Words(collections.UserString):
    """A struct that derives from a class of another kind."""

    data: str


class Own(int):
    """A class of a user."""


class OwnDate(dt.date):
    """Another class."""


@pytest.fixture(name="runs", params=["engine", "python"], autouse=True)
def _runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(executor, "_decode", None)
        monkeypatch.setattr(executor, "_encode", None)


DATETIME = dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC)
OTHERS: dict[str, tuple[Any, Any, Any]] = {
    "datetime": (dt.date, dt.datetime, DATETIME),
    "bool": (int, bool, True),
    "int enum": (int, Whole, Whole.ONE),
    "flag": (int, Bits, Bits.A),
    "str enum": (str, Word, Word.RED),
    "enum of str": (str, Mixed, Mixed.RED),
    "typed dict": (dict, Shape, {"a": 1}),
    "named tuple": (tuple, Pair, Pair(1)),
    "counter": (dict, collections.Counter[str], collections.Counter(a=1)),
    "ordered": (dict, collections.OrderedDict[str, int], collections.OrderedDict(a=1)),
    "interface": (
        ipaddress.IPv4Address,
        ipaddress.IPv4Network,
        ipaddress.ip_network("10.0.0.0/8"),
    ),
}


def _holder(tp: Any) -> type:
    return attrs.make_class("Holder", {"held": attrs.field(type=tp)}, frozen=True)


def _places(tp: Any, value: Any) -> dict[str, tuple[Any, Any]]:
    holder = _holder(tp)
    return {
        "alone": (tp, value),
        "field": (holder, holder(value)),
        "item": (list[tp], [value]),
        "value": (dict[str, tp], {"a": value}),
        "optional": (tp | None, value),
        "fixed": (tuple[tp, None], (value, None)),
    }


def _refusing(*_: Any) -> Any:
    raise AssertionError("the hook is for another type")


@pytest.mark.parametrize("case", OTHERS)
def test_a_hook_for_a_builtin_class_is_not_for_its_builtin_subclasses(codec: Codec, case: str) -> None:
    """The bytes do not change, at any place of the value and in both directions."""
    base, tp, value = OTHERS[case]
    hooked = codec.copy()
    hooked.converter.register_structure_hook(base, _refusing)
    hooked.converter.register_unstructure_hook(base, _refusing)
    within = {int, str} & {base}  # their items are of the hooked class itself
    for place, (as_type, held) in _places(tp, value).items():
        if within and (place == "value" or case in ("typed dict", "named tuple", "counter", "ordered")):
            continue
        data = codec.encode(held, as_type)

        assert hooked.encode(held, as_type) == data, place
        assert hooked.decode(data, as_type) == held, place


@pytest.mark.parametrize("case", ["datetime", "bool", "int enum", "str enum"])
def test_a_hook_for_a_builtin_class_in_keys_untyped_values_and_unions(codec: Codec, case: str) -> None:
    """There the hook is looked up by the run-time class, or to tell members apart."""
    base, tp, value = OTHERS[case]
    hooked = codec.copy()
    hooked.converter.register_structure_hook(base, _refusing)
    hooked.converter.register_unstructure_hook(base, _refusing)

    assert hooked.encode([value]) == codec.encode([value])
    places: list[Any] = [(tp | list[tp], [value]), (dict[tp, tp], {value: value})]
    for as_type, held in places:
        if case == "bool" and held != [value]:
            continue
        data = codec.encode(held, as_type)

        assert hooked.encode(held, as_type) == data
        assert hooked.decode(data, as_type) == held


def test_a_hook_is_for_the_users_own_subclasses(codec: Codec) -> None:
    """As in cattrs, the hook applies to a user's class that derives from any of its classes."""
    hooked = codec.copy()
    for base, own in ((int, Own), (dt.date, OwnDate)):
        hooked.converter.register_structure_hook(base, lambda value, tp: (tp, value))
        hooked.converter.register_unstructure_hook(base, lambda value: f"<{type(value).__name__}>")

        assert hooked.decode(codec.encode("x"), own) == (own, "x")
    assert hooked.encode([Own(1), OwnDate(2024, 1, 1)], list[Any]) == codec.encode(["<Own>", "<OwnDate>"])
    assert hooked.encode([Own(1)], list[Own]) == codec.encode(["<Own>"])


def test_a_hook_for_all_enums_is_for_enums_of_every_kind(codec: Codec) -> None:
    """A hook for `enum.Enum` that writes names applies to all of them."""
    hooked = codec.copy()
    hooked.converter.register_structure_hook(enum.Enum, lambda value, tp: tp[value])
    hooked.converter.register_unstructure_hook(enum.Enum, lambda value: value.name)
    for member in (Whole.ONE, Word.RED, Mixed.RED):
        data = hooked.encode(member, type(member))

        assert data == codec.encode(member.name) == hooked.encode(member)
        assert hooked.decode(data, type(member)) is member


T = TypeVar("T")


@attrs.frozen
class Box(Generic[T]):
    item: T


@attrs.define(slots=False)
class Loose(Generic[T]):
    item: T


@dataclasses.dataclass(frozen=True)
class Data(Generic[T]):
    item: T


class Foreign(Generic[T]):
    """A class of another library, whose fields only hooks know."""

    def __init__(self, item: T) -> None:
        self.item = item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Foreign) and self.item == other.item

    __hash__ = None  # type: ignore[assignment]


class Derived(Box[T]):
    pass


def _hooks(codec: Codec, cls: Any, tag: str) -> None:
    seen: Callable[[Any], Any] = lambda value: [tag, value.item]  # noqa: E731
    codec.converter.register_unstructure_hook(cls, seen)

    def structure(value: Any, tp: Any) -> Any:
        assert value[0] == tag
        made: Any = getattr(tp, "__origin__", tp)
        return made(value[1])

    codec.converter.register_structure_hook(cls, structure)


@pytest.mark.parametrize("name", ["Box", "Loose", "Data", "Foreign", "Derived"])
def test_a_hook_for_a_generic_class_is_for_it_with_arguments(codec: Codec, name: str) -> None:
    """It applies in both directions and at any place; a hook for the class with its arguments takes precedence."""
    cls: Any = globals()[name]
    hooked = codec.copy()
    _hooks(hooked, Box if name == "Derived" else cls, "any")
    for place, (as_type, held) in _places(cls[int], cls(1)).items():
        data = hooked.encode(held, as_type)

        assert b"any" in data, place
        assert hooked.decode(data, as_type) == held, place

    _hooks(hooked, cls[int], "int")

    assert hooked.encode([cls(1)], list[cls[int]]) == codec.encode([["int", 1]])
    of_numbers: Any = list[cls[int]]
    assert hooked.decode(codec.encode([["int", 1]]), of_numbers) == [cls(1)]
    assert hooked.encode([cls("a")], list[cls[str]]) == codec.encode([["any", "a"]])
    bare: Any = list[Any]
    assert hooked.encode([cls("a")], bare) == codec.encode([["any", "a"]])


def test_factories_and_predicates_get_the_class_with_arguments(codec: Codec) -> None:
    """The factories get what cattrs would give them."""
    hooked = codec.copy()
    asked: list[Any] = []

    def factory(tp: Any) -> Callable[[Any], Any]:
        asked.append(tp)
        return lambda value: value.item

    hooked.converter.register_unstructure_hook_factory(lambda tp: getattr(tp, "__origin__", None) is Box, factory)

    assert hooked.encode(Box(1), Box[int]) == codec.encode(1)
    assert asked == [Box[int]]
