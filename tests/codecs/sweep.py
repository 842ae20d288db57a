"""The parts that the sweep combines: kinds of fields, classes with them, options, and ways of making an instance."""

from __future__ import annotations

import builtins
import copy
import dataclasses
import datetime as dt
import decimal
import enum
import functools
import ipaddress
import math
import pickle
import sys
import uuid

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, NotRequired, Optional, TypeVar, Union

import attrs

from typing_extensions import Sentinel, TypedDict

from symphony_codecs import Codec, FieldOptions
from symphony_types import I128, U8, U128, UNSET, Duration, Err, Ok, Result, Timestamp, Unset, WorkflowId
from tests.codecs.everything import Color, Level, Word


__all__ = ["CLASSES", "KINDS", "NOTHING", "OPTIONS", "WAYS", "Kind", "Option", "class_of", "same"]

T = TypeVar("T")
V = TypeVar("V")
Name = NewType("Name", str)


class Ratio(float, enum.Enum):
    """Floats, one of them whole."""

    HALF = 0.5
    WHOLE = 1.0


class Status(enum.Enum):
    """An enum that accepts unknown values."""

    ACTIVE = "active"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> Status:
        return cls.UNKNOWN


class Access(enum.Flag):
    """A flag that refuses unknown bits."""

    READ = 1
    WRITE = 2


class Mode(enum.IntFlag):
    """A flag that keeps unknown bits."""

    READ = 1
    WRITE = 2


@attrs.frozen
class Mass:
    """A class whose instances are the values of an enum."""

    kg: float


class Planet(enum.Enum):
    """An enum whose values are objects."""

    EARTH = Mass(5.97e24)
    MARS = Mass(6.4e23)


class Pair(NamedTuple):
    """A named tuple whose last item has a default."""

    left: int
    right: str = "r"


class Known(TypedDict):
    """A typed dict."""

    number: int


class Closed(TypedDict, closed=True):
    """A typed dict that is closed."""

    number: int
    text: NotRequired[str]


class Open(TypedDict, extra_items=int):
    """A typed dict with a type for all other keys."""

    text: str


class FrozenMap(Generic[T, V]):
    """A hashable map that is registered as a `Mapping`, as `frozendict` of Python 3.15."""

    def __init__(self, entries: Any = ()) -> None:
        self._entries = dict(entries)

    def __reduce__(self) -> Any:
        return FrozenMap, (self._entries,)

    def __getitem__(self, key: T) -> V:
        return self._entries[key]

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def keys(self) -> Any:
        return self._entries.keys()

    def items(self) -> Any:
        return self._entries.items()

    def values(self) -> Any:
        return self._entries.values()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrozenMap) and self._entries == other._entries

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        return f"FrozenMap({self._entries})"


Mapping.register(FrozenMap)
Frozen: Any = getattr(builtins, "frozendict", FrozenMap)
NOTHING = Sentinel("NOTHING")


@attrs.define
class Point:
    """A member of a union, tagged by its name."""

    x: int
    y: int | None = None


@attrs.define
class Nothing:
    """A class without fields."""


@attrs.frozen
class Circle:
    """A member of a union, told apart by a literal."""

    radius: float
    kind: Literal["circle"] = "circle"


@attrs.frozen
class Square:
    """Another member, whose constructor does not take the tag."""

    side: float
    kind: Literal["square"] = attrs.field(init=False, default="square")


@dataclasses.dataclass
class Plain:
    """A dataclass."""

    number: int
    text: str = "t"


@attrs.define
class Box(Generic[T]):
    """A generic class."""

    item: T


@attrs.define
class Tree:
    """A recursive class."""

    label: str
    below: list[Tree] = attrs.Factory(list)


@attrs.frozen(eq=False)
class Kind:
    """
    A kind of field.

    Attributes:
        name: The name in the ids of tests.
        type: The annotation.
        values: Values that the field should hold, each a case of its own.
        default: The default; NOTHING: there is none.
        init: Whether the constructor takes the field.
        is_abstract: Whether a decoded value may be of another class with the same items.
    """

    name: str
    type: Any
    values: Sequence[Any]
    default: Any = attrs.field(factory=lambda: attrs.NOTHING)
    init: bool = True
    is_abstract: bool = False


_ZONE = dt.timezone(dt.timedelta(hours=2))
_NESTED = defaultdict(functools.partial(defaultdict, list), {"a": defaultdict(list, {"b": [1]})})

KINDS = (
    Kind("bool", bool, [True]),
    Kind("int", int, [0, -1, 2**63, 2**64, 2**128, -(2**70)]),
    Kind("float", float, [1.0, -0.0, 1e300, 5e-324]),
    Kind("text", str, ["", "é\n"]),
    Kind("bytes", bytes, [b"", b"\xff"]),
    Kind("name", Name, ["n"]),
    Kind("bounded", U8, [255]),
    Kind("optional", Optional[int], [None, 1], None),  # noqa: UP045 - both forms
    Kind("optional that is 30", int | None, [None, 30, 1], 30),
    Kind("optional that is required", int | None, [None, 1]),
    Kind("absent or null", Union[int, None, Unset], [UNSET, None, 1], UNSET),  # noqa: UP007 - both forms
    Kind("wide", U128, [0, 2**128 - 1]),
    Kind("signed and wide", I128, [-(2**127), 5]),
    Kind("state", int, [0, 3], 0, init=False),
    Kind("tag", Literal["a"], ["a"], "a"),
    Kind("tag that is not taken", Literal["a"], ["a"], "a", init=False),
    Kind("literal", Literal["a", 1, True] | None, ["a", 1, True, None]),
    Kind("uuid", uuid.UUID, [uuid.UUID(int=1)]),
    Kind("id", WorkflowId, [WorkflowId(uuid.UUID(int=2))]),
    Kind("datetime", dt.datetime, [dt.datetime(2024, 1, 2, 3, 4, 5, 6, _ZONE), dt.datetime(1, 1, 1)]),
    Kind("date", dt.date, [dt.date(2024, 2, 29)]),
    Kind("time", dt.time, [dt.time(1, 2, 3, 4)]),
    Kind("timedelta", dt.timedelta, [dt.timedelta(days=-1, microseconds=1)]),
    Kind("timestamp", Timestamp, [Timestamp.parse("2024-01-02T03:04:05.000000007Z")]),
    Kind("duration", Duration, [Duration(1, 5)]),
    Kind("decimal", decimal.Decimal, [decimal.Decimal("1.10"), decimal.Decimal("-0")]),
    Kind("path", PurePosixPath, [PurePosixPath("a/b")]),
    Kind("address", ipaddress.IPv4Address, [ipaddress.IPv4Address("192.0.2.1")]),
    Kind(
        "either address",
        ipaddress.IPv4Address | ipaddress.IPv6Address,
        [ipaddress.IPv4Address("192.0.2.1"), ipaddress.IPv6Address("2001:db8::1")],
    ),
    Kind("enum", Color, list(Color)),
    Kind("int enum", Level, [Level.HIGH]),
    Kind("text enum", Word, [Word.NO]),
    Kind("float enum", Ratio, list(Ratio)),
    Kind("enum that takes all", Status, list(Status), Status.ACTIVE),
    Kind("enum of objects", Planet, list(Planet)),
    Kind("flag", Access, [Access(0), Access.READ | Access.WRITE]),
    Kind("flag that keeps", Mode, [Mode.READ, Mode(65), ~Mode.READ]),
    Kind("list", list[int], [[], [1]]),
    Kind("list of classes", list[Point], [[Point(1), Point(2, 3)]]),
    Kind("tuple", tuple[int, ...], [(), (1,)]),
    Kind("pair", tuple[int, str], [(1, "a")]),
    Kind("named tuple", Pair, [Pair(1), Pair(1, "x")]),
    Kind("sequence", Sequence[int], [[1], (1,)], is_abstract=True),
    Kind("set", set[int], [set(), {2, 1}]),
    Kind("frozenset", frozenset[str], [frozenset("ab")]),
    Kind("abstract set", AbstractSet[int], [frozenset((1,)), {1}], is_abstract=True),
    Kind("deque", deque[int], [deque([1]), deque([1], maxlen=3)]),
    Kind("map", dict[str, int], [{}, {"b": 1, "a": 2}]),
    Kind("abstract map", Mapping[str, int], [{"a": 1}, OrderedDict(a=1)], is_abstract=True),
    Kind("map by int", dict[int, str], [{1: "a", -5: "b"}]),
    Kind("map by bool", dict[bool, int], [{True: 1, False: 2}]),
    Kind("map by pair", dict[tuple[int, int], int], [{(1, 2): 3}]),
    Kind("map by class", dict[Mass, int], [{Mass(1.0): 2}]),
    Kind("map by enum", dict[Level, int], [{Level.LOW: 2}]),
    Kind("map by text enum", dict[Word, int], [{Word.YES: 2}]),
    Kind("map by id", dict[uuid.UUID, int], [{uuid.UUID(int=3): 2}]),
    Kind("map by date", dict[dt.date, int], [{dt.date(2024, 1, 2): 2}]),
    Kind("default map", defaultdict[str, defaultdict[str, list[int]]], [_NESTED]),
    Kind("ordered map", OrderedDict[str, int], [OrderedDict(b=1, a=2)]),
    Kind("counter", Counter[str], [Counter("aab")]),
    Kind("typed dict", Known, [{"number": 1}, {"number": 1, "more": 2}]),
    Kind("class", Point, [Point(1), Point(1, 2)]),
    Kind("class without fields", Nothing, [Nothing()]),
    Kind("optional class", Point | None, [None, Point(1)], None),
    Kind("optional class without fields", Nothing | None, [None, Nothing()]),
    Kind("dataclass", Plain, [Plain(1), Plain(1, "x")]),
    Kind("generic class", Box[int], [Box(1)]),
    Kind("recursive class", Tree, [Tree("a", [Tree("b")])]),
    Kind("union by name", Point | Nothing, [Point(1), Nothing()]),
    Kind("union by literal", Circle | Square, [Circle(1.0), Square(2.0)]),
    Kind("union by form", int | str | list[int] | None, [1, "a", [1], None]),
    Kind("union of a class and a list", Point | list[int], [[1]]),
    Kind("union by name beside others", Point | Nothing | int, [Point(1), Nothing(), 1]),
    Kind("number", int | float, [1, 1.0, -0.0]),
    Kind("result", Result[int, str], [Ok(1), Err("no")]),
    Kind("anything", Any, [None, {"a": [1, 1.5, "x", True]}, (1,), 2**64]),
    Kind("annotated", Annotated[list[int], "note"], [[1]]),
    Kind("closed typed dict", Closed, [{"number": 1}, {"number": 1, "text": "a"}, {"number": 1, "more": 2}]),
    Kind("typed dict with others", Open, [{"text": "a"}, {"text": "a", "b": 2, "é": 0}, {"text": "a", "more": ""}]),
    Kind("sentinel or null", Union[int, None, NOTHING], [NOTHING, None, 1], NOTHING),  # noqa: UP007 - both forms
    Kind("registered map", FrozenMap[str, int], [FrozenMap(), FrozenMap({"b": 1, "a": 2})]),
    Kind("frozen map", Frozen[str, Frozen[int, Point]], [Frozen({"a": Frozen({1: Point(1)})})]),
    Kind("set of frozen maps", frozenset[Frozen[str, int]], [frozenset((Frozen({"a": 1}), Frozen({"a": 2})))]),
)


def _attrs(**settings: Any) -> Callable[[str, Kind], type]:
    def make(name: str, kind: Kind) -> type:
        field = attrs.field(type=kind.type, default=kind.default, init=kind.init)
        return attrs.make_class(name, {"first_one": attrs.field(type=int), "held_value": field}, **settings)

    return make


def _dataclass(**settings: Any) -> Callable[[str, Kind], type]:
    def make(name: str, kind: Kind) -> type:
        default: dict[str, Any] = {}
        if kind.default is not attrs.NOTHING:
            default = {"default": kind.default}
        field: Any = dataclasses.field(init=kind.init, **default)
        return dataclasses.make_dataclass(name, [("first_one", int), ("held_value", kind.type, field)], **settings)

    return make


CLASSES: Mapping[str, Callable[[str, Kind], type]] = {
    "define": _attrs(slots=True),
    "frozen": _attrs(slots=True, frozen=True),
    "without slots": _attrs(slots=False),
    "keywords": _attrs(slots=True, kw_only=True),
    "dataclass": _dataclass(),
    "frozen dataclass": _dataclass(frozen=True, slots=True),
}


@functools.cache
def class_of(kind: Kind, made: str) -> type:
    """Return the class with a field of *kind*, made in one of the ways of `CLASSES`; its instances can be pickled."""
    name = f"{made} with {kind.name}".title().replace(" ", "")
    cls = CLASSES[made](name, kind)
    cls.__module__ = __name__
    setattr(sys.modules[__name__], name, cls)
    return cls


def instance_of(kind: Kind, cls: Any, value: Any) -> Any:
    """Return an instance of *cls* whose field holds *value*."""
    made = cls(first_one=1, **({"held_value": value} if kind.init else {}))
    if not kind.init:
        object.__setattr__(made, "held_value", value)
    return made


def _evolved(value: Any) -> Any:
    return attrs.evolve(value, first_one=1) if attrs.has(type(value)) else dataclasses.replace(value, first_one=1)


WAYS: Mapping[str, Callable[[Any], Any]] = {
    "new": lambda value: value,
    "evolved": _evolved,
    "copied": copy.copy,
    "copied with what it holds": copy.deepcopy,
    "pickled": lambda value: pickle.loads(pickle.dumps(value)),
}


@attrs.frozen
class Option:
    """
    An option of a codec, a class or a field.

    Attributes:
        name: Its name, as in the call that sets it.
        apply: Returns the codec with the option, for a codec, a class and the kind of its field.
    """

    name: str
    apply: Callable[[Codec, Any, Kind], Codec]


def _of_codec(**changes: Any) -> Callable[[Codec, Any, Kind], Codec]:
    return lambda codec, _cls, _kind: codec.with_options(**changes)


def _of_class(**changes: Any) -> Callable[[Codec, Any, Kind], Codec]:
    return lambda codec, cls, _: codec.with_class(cls, **changes)


def _of_field(**changes: Any) -> Callable[[Codec, Any, Kind], Codec]:
    return lambda codec, cls, _: codec.with_class(cls, fields={"held_value": FieldOptions(**changes)})


OPTIONS = (
    Option("none", lambda codec, _cls, _kind: codec),
    Option("strict", _of_codec(strict=True)),
    Option("rename", _of_codec(rename="camelCase")),
    Option("omit_defaults", _of_codec(omit_defaults=True)),
    Option("unknown_fields forbid", _of_codec(unknown_fields="forbid")),
    Option("unknown_fields keep", _of_codec(unknown_fields="keep")),
    Option("positional", _of_codec(positional=True)),
    Option("not positional", _of_codec(positional=False)),
    Option("rename of a class", _of_class(rename="SCREAMING-KEBAB-CASE")),
    Option("omit_defaults of a class", _of_class(omit_defaults=True)),
    Option("positional class", _of_class(positional=True)),
    Option("serde_required", _of_class(serde_required=True)),
    Option("sort_keys", _of_codec(sort_keys=True)),
    Option("enums by name", _of_codec(enums="name")),
    Option("rename of a field", _of_field(rename="other")),
    Option("rename to an integer", _of_field(rename=-7)),
    Option("aliases", _of_field(aliases=("older", "oldest"))),
    Option("omit", _of_field(omit=True)),
    Option("omit_none", _of_field(omit_none=True)),
    Option("omit_default", _of_field(omit_default=True)),
    Option("required", _of_field(required=True)),
)


def same(left: Any, right: Any) -> bool:
    """Return whether two values are equal, with the same classes and traits at every level."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return math.copysign(1, left) == math.copysign(1, right) and left == right
    if attrs.has(type(left)):
        return all(same(getattr(left, each.name), getattr(right, each.name)) for each in attrs.fields(type(left)))
    if dataclasses.is_dataclass(left):
        return all(same(getattr(left, each.name), getattr(right, each.name)) for each in dataclasses.fields(left))
    if isinstance(left, dict):
        has_order = left.keys() == right.keys() and list(left) == list(right)
        return has_order and _traits(left) == _traits(right) and all(map(same, _flat(left), _flat(right)))
    if isinstance(left, (list, tuple, deque)):
        return len(left) == len(right) and _traits(left) == _traits(right) and all(map(same, left, right))
    if isinstance(left, (set, frozenset)):
        return left == right and all(map(same, sorted(left, key=repr), sorted(right, key=repr)))
    return bool(left == right) and str(left) == str(right)


def _flat(value: dict[Any, Any]) -> Iterator[Any]:
    for key, item in value.items():
        yield key
        yield item


def _traits(value: Any) -> Any:
    """Return the properties of a container other than its items."""
    factory = getattr(value, "default_factory", None)
    return getattr(value, "maxlen", None), type(factory() if factory is not None else None)
