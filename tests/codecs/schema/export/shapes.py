"""Types with options in every combination that changes what documents look like, and values of each."""

from __future__ import annotations

import collections
import datetime as dt
import enum
import re
import uuid

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, TypeVar

import attrs

from typing_extensions import TypeAliasType, TypedDict

from symphony_codecs import Codec, FieldOptions, UnknownVariant
from symphony_types import (
    U8,
    U64,
    UNSET,
    Capability,
    Duration,
    JsonRpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    SymphonyError,
    Unset,
)
from symphony_types import checks as c
from symphony_types.errors import IoError, OtherError


__all__ = ["SHAPES", "Shape"]

T = TypeVar("T")
v = attrs.validators
FLAT = FieldOptions(flatten=True)


@attrs.frozen(eq=False)
class Shape:
    """
    A type with options.

    Attributes:
        name: What to call it.
        type: The type.
        values: Values of it.
        adapt: Gives a codec the options.
        formats: The formats that have it; empty: all.
    """

    name: str
    type: Any
    values: Sequence[Any]
    adapt: Callable[[Codec], Codec] = lambda codec: codec
    formats: tuple[str, ...] = ()


@attrs.define
class Point:
    x: int
    y: int | None = None


@attrs.define
class Unit:
    pass


@attrs.define
class Wrapped:
    point: Point


@attrs.define
class Name:
    text: str


@attrs.define
class Entries:
    held: dict[str, int]


@attrs.define
class Rest:
    y: int = 0


@attrs.frozen
class Cat:
    lives: int
    kind: Literal["cat"] = "cat"


@attrs.frozen
class Dog:
    name: str
    kind: Literal["dog", "puppy"] = "dog"


@attrs.frozen
class First:
    one: Literal[1] = 1
    two: Literal["a"] = "a"


@attrs.frozen
class Second:
    one: Literal[1] = 1
    two: Literal["b"] = "b"


@attrs.frozen
class Third:
    one: Literal[2]
    two: Literal["a"] = "a"


@attrs.define
class Listing:
    users: list[str]
    page: Point
    last: bool = False


@attrs.define
class MaybeFlat:
    point: Point | None
    name: str = ""


@attrs.define
class WithRest:
    name: str
    rest: dict[str, int] = attrs.field(factory=dict)


@attrs.define
class Twice:
    listing: Listing
    id: int = 0


@attrs.define
class Around:
    held: Point | Unit | Name
    a: int = 0


@attrs.define
class AroundPet:
    pet: Cat | Dog
    a: int = 0


@attrs.define
class AroundMaybe:
    held: Point | Name | None
    a: int = 0


@attrs.define
class WithDocs:
    right: Capability
    a: int = 0


class Closed(TypedDict, closed=True):
    name: str
    size: NotRequired[int]


class Extra(TypedDict, extra_items=int):
    name: str


class Loose(TypedDict, total=False):
    name: str


class Triple(NamedTuple):
    left: int
    middle: str = "m"
    right: float | None = None


@attrs.define
class Node(Generic[T]):
    item: T
    below: list[Node[T]] = attrs.field(factory=list)
    twin: Node[T] | None = None


Json = TypeAliasType("Json", "str | int | list[Json] | dict[str, Json] | None")


@attrs.define
class Checked:
    name: str = attrs.field(validator=[v.min_len(2), v.max_len(5)])
    code: str = attrs.field(validator=v.matches_re(r"[A-Z]{2}\d+"), default="AB1")
    line: str = attrs.field(validator=v.matches_re("^a.*b$", re.DOTALL, re.search), default="xab".removeprefix("x"))
    start: str = attrs.field(validator=v.matches_re("ab|cd", func=re.match), default="abx")
    caseless: str = attrs.field(validator=v.matches_re("(?i)ab"), default="Ab")
    possessive: str = attrs.field(validator=v.matches_re(r"a++(?:\.b++)*+"), default="a.b")
    grade: str = attrs.field(validator=v.in_(("a", "b")), default="a")
    digit: int = attrs.field(validator=v.in_([1, 2, 3]), default=1)
    positive: int = attrs.field(validator=v.and_(v.gt(0), v.le(10)), default=1)
    half: float = attrs.field(validator=[v.ge(0), v.lt(1)], default=0.5)
    ratio: float = attrs.field(validator=c.FloatRange(0.0, 1.0), default=1.0)
    maybe: int | None = attrs.field(validator=v.optional(v.ge(5)), default=None)
    items: list[int] = attrs.field(validator=v.deep_iterable(v.lt(5), v.max_len(3)), factory=list)
    ids: tuple[str, ...] = attrs.field(validator=c.Each(c.Text(1, 3, "[a-c]+"), 2, unique=True), default=("a",))
    table: dict[str, int] = attrs.field(
        validator=[v.min_len(1), v.deep_mapping(value_validator=v.ge(0))], default={"a": 1}
    )
    data: bytes = attrs.field(validator=v.max_len(4), default=b"\xff")
    longer: bytes = attrs.field(validator=[v.min_len(2), v.max_len(5)], default=b"\xff\xfe")
    longest: bytes = attrs.field(validator=[v.min_len(3), v.max_len(6)], default=b"\xff\xfe\xfd")
    either: int | str = attrs.field(validator=v.not_(v.is_callable()), default=1)


@attrs.define
class Opinion:
    low: int
    high: int = attrs.field(converter=int)

    @high.validator
    def _above(self, _: Any, value: int) -> None:
        if value < self.low:
            raise ValueError("expected at least low")


@attrs.define(init=False)
class Own:
    size: int

    def __init__(self, size: int) -> None:
        if size > 9:
            raise ValueError("expected at most 9")
        self.size = size


class Colour(enum.Enum):
    RED = "red"
    DARK_BLUE = "blue"
    CRIMSON = "red"  # noqa: PIE796 - an alias


class Number(enum.IntEnum):
    ONE = 1
    TWO = 2

    @classmethod
    def _missing_(cls, value: object) -> Number | None:
        return cls.ONE if value == 7 else None


class Bits(enum.Flag):
    A = 1
    C = 4


@attrs.define
class Keys:
    by_int: dict[int, int] = attrs.field(factory=dict)
    by_small: dict[U8, int] = attrs.field(factory=dict)
    by_bool: dict[bool, int] = attrs.field(factory=dict)
    by_float: dict[float, int] = attrs.field(factory=dict)
    by_id: dict[uuid.UUID, int] = attrs.field(factory=dict)
    by_enum: dict[Colour, int] = attrs.field(factory=dict)
    by_number: dict[Number, int] = attrs.field(factory=dict)
    by_day: dict[dt.date, int] = attrs.field(factory=dict)
    by_right: dict[Capability, int] = attrs.field(factory=dict)
    by_either: dict[int | str | None, int] = attrs.field(factory=dict)


@attrs.define
class Sized:
    octet: Annotated[int, c.IntRange(0, 255)]
    wide: Annotated[int, c.U128]
    any_int: int = 0
    texts: set[str] = attrs.field(factory=set)
    when: frozenset[dt.datetime] = frozenset()
    queue: collections.deque[int] = attrs.field(factory=collections.deque)
    short: collections.deque[int] = attrs.field(factory=lambda: collections.deque((1,), 2))
    data: bytearray = attrs.field(factory=bytearray)


@attrs.define
class Absent:
    a: int | Unset = UNSET
    b: int | Unset | None = UNSET
    c: int = 1


@attrs.define
class Fields:
    first_name: str
    size: int = 3
    note: str | None = None
    secret: str = "s"
    point: Point = attrs.field(factory=lambda: Point(1))


@attrs.define
class Members:
    plain: Point | int | str | None = None
    shapes: list[Point | Unit | None] = attrs.field(factory=list)
    bare: Unit | None = None


CLASSES = Point | Unit | Name
WRAPPED = Point | Unit | Wrapped | Name
OPEN = Point | Unit | UnknownVariant
POINTS = [Point(1), Point(1, 2), Unit(), Name("n")]
TAGGINGS: Mapping[str, Mapping[str, Any]] = {
    "external": {"tagging": "external"},
    "internal": {"tagging": "internal", "tag": "kind"},
    "adjacent": {"tagging": "adjacent", "tag": "t", "content": "c", "rename": "snake_case"},
}
LAYOUTS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    ", positional": {"positional": True},
    ", forbid": {"unknown_fields": "forbid"},
    ", omit": {"omit_defaults": True},
}


def _field_options(cls: type, **changes: Any) -> Callable[[Codec], Codec]:
    return lambda codec: codec.with_class(cls, fields=changes)


def _unions() -> list[Shape]:
    found = []
    for tagging, how in TAGGINGS.items():
        for layout, options in LAYOUTS.items():

            def adapt(codec: Codec, how: Any = how, options: Any = options) -> Codec:
                return codec.with_options(**options).with_union(CLASSES, **how)

            def wrap(codec: Codec, how: Any = how, options: Any = options) -> Codec:
                return codec.with_options(**options).with_union(WRAPPED, **how, newtype=(Wrapped,))

            def other(codec: Codec, how: Any = how, options: Any = options) -> Codec:
                return codec.with_options(**options).with_union(Point | Rest | Unit, **how, other=Rest)

            def unit(codec: Codec, how: Any = how, options: Any = options) -> Codec:
                return codec.with_options(**options).with_union(Point | Unit, **how, other=Unit)

            def opened(codec: Codec, how: Any = how, options: Any = options) -> Codec:
                return codec.with_options(**options).with_union(OPEN, **how)

            def flat(codec: Codec, how: Any = how, options: Any = options) -> Codec:
                return adapt(codec.with_class(Around, fields={"held": FLAT}), how, options)

            def maybe(codec: Codec, how: Any = how, options: Any = options) -> Codec:
                return adapt(codec.with_class(AroundMaybe, fields={"held": FLAT}), how, options)

            name = f"{tagging}{layout}"
            found += [
                Shape(name, CLASSES, POINTS, adapt),
                Shape(f"{name}, or None", list[CLASSES | None], [[*POINTS, None]], adapt),
                Shape(f"{name}, newtype", WRAPPED, [*POINTS, Wrapped(Point(1))], wrap),
                Shape(f"{name}, other", Point | Rest | Unit, [Point(1), Rest(2), Unit()], other),
                Shape(f"{name}, other that is a unit", Point | Unit, [Point(1), Unit()], unit),
                Shape(
                    f"{name}, unknown",
                    OPEN,
                    [Point(1), Unit(), UnknownVariant("New", {"a": 1}), UnknownVariant("New", UNSET)],
                    opened,
                ),
                Shape(f"{name}, flattened", Around, [Around(each, 1) for each in POINTS], flat),
                Shape(f"{name}, flattened or None", AroundMaybe, [AroundMaybe(Point(1)), AroundMaybe(None, 2)], maybe),
            ]
    return found


def _untagged(codec: Codec) -> Codec:
    return codec.with_union(CLASSES, tagging="untagged")


def _flat(cls: type, name: str, **options: Any) -> Callable[[Codec], Codec]:
    return lambda codec: codec.with_class(cls, fields={name: FLAT}, **options)


SHAPES = (
    *_unions(),
    Shape("untagged", CLASSES, POINTS[1:2] + POINTS[3:], _untagged),
    Shape("untagged or None", CLASSES | None, [None, *POINTS[:3]], _untagged),
    Shape(
        "untagged newtype",
        Point | Name,
        [Point(1), Name("n")],
        lambda codec: codec.with_union(Point | Name, tagging="untagged", newtype=(Name,)),
    ),
    *(
        Shape(
            f"literal{layout}",
            Cat | Dog,
            [Cat(1), Dog("d"), Dog("d", "puppy")],
            lambda codec, o=o: codec.with_options(**o),
        )
        for layout, o in LAYOUTS.items()
    ),
    Shape("two literals", First | Second | Third, [First(), Second(), Third(2)]),
    Shape(
        "two literals, left out",
        First | Second | Third,
        [First(), Second(), Third(2)],
        lambda codec: codec.with_options(omit_defaults=True),
    ),
    Shape(
        "literal with an alias",
        Cat | Dog,
        [Cat(1), Dog("d")],
        lambda codec: codec.with_class(Cat, fields={"kind": FieldOptions(aliases=("species",))}).with_class(
            Dog, fields={"kind": FieldOptions(aliases=("species",))}
        ),
    ),
    Shape(
        "flattened class", Listing, [Listing(["a"], Point(1)), Listing([], Point(1, 2), True)], _flat(Listing, "page")
    ),
    Shape(
        "flattened class, forbid",
        Listing,
        [Listing(["a"], Point(1))],
        _flat(Listing, "page", unknown_fields="forbid"),
    ),
    Shape(
        "flattened class, keep",
        Listing,
        [Listing(["a"], Point(1))],
        _flat(Listing, "page", unknown_fields="keep"),
        ("json",),
    ),
    Shape("flattened, optional", MaybeFlat, [MaybeFlat(Point(1)), MaybeFlat(None)], _flat(MaybeFlat, "point")),
    Shape("flattened map", WithRest, [WithRest("n"), WithRest("n", {"a": 1})], _flat(WithRest, "rest")),
    Shape(
        "flattened twice",
        Twice,
        [Twice(Listing(["a"], Point(1)))],
        lambda codec: codec.with_class(Twice, fields={"listing": FLAT}, unknown_fields="forbid").with_class(
            Listing, fields={"page": FLAT}
        ),
    ),
    Shape("flattened literal union", AroundPet, [AroundPet(Cat(1)), AroundPet(Dog("d"), 1)], _flat(AroundPet, "pet")),
    Shape("tagged value", Capability, [Capability.FILE_READ, Capability.custom("x")]),
    Shape("flattened tagged value", WithDocs, [WithDocs(Capability.custom("x"))], _flat(WithDocs, "right")),
    Shape("closed typed dict", Closed, [{"name": "n"}, {"name": "n", "size": 1}]),
    Shape("typed dict with extra items", Extra, [{"name": "n"}, {"name": "n", "more": 1}]),
    Shape("typed dict", Loose, [{}, {"name": "n"}]),
    Shape("typed dict, forbid", Loose, [{}], lambda codec: codec.with_options(unknown_fields="forbid")),
    Shape(
        "typed dict, keep", Loose, [{"name": "n", "more": [1]}], lambda codec: codec.with_options(unknown_fields="keep")
    ),
    Shape("named tuple", Triple, [Triple(1), Triple(1, "x", 2.0)]),
    Shape("generic and recursive", Node[int], [Node(1, [Node(2)], Node(3))]),
    Shape("generic of a class", Node[Point], [Node(Point(1))]),
    Shape("generic in a generic", Node[Node[str]], [Node(Node("a"))]),
    Shape("recursive alias", Json, ["a", 1, [None, {"a": [1]}]]),
    Shape("checked", Checked, [Checked("ab"), Checked("abc", "XY12", ids=("a", "b"), items=[1, 4])]),
    Shape("opinion", Opinion, [Opinion(1, 2)]),
    Shape("own constructor", Own, [Own(3)]),
    Shape("enum", list[Colour | Number], [[Colour.RED, Colour.DARK_BLUE, Number.TWO]]),
    Shape("flag", Bits, [Bits(0), Bits.A | Bits.C]),
    Shape(
        "enum by name with another",
        Colour,
        list(Colour),
        lambda codec: codec.with_enum(Colour, rename="kebab-case", other=Colour.RED),
    ),
    Shape(
        "keys",
        Keys,
        [
            Keys(
                {1: 2, -5: 3},
                {255: 1},
                {True: 1},
                {1.5: 2},
                {uuid.UUID(int=1): 1},
                {Colour.RED: 1},
                {Number.TWO: 1},
                {dt.date(2024, 2, 29): 1},
                {Capability.FILE_READ: 1},
            ),
            Keys(by_either={"a": 2}),
        ],
        formats=("json", "msgpack", "cbor"),
    ),
    Shape("sized", Sized, [Sized(255, 2**128 - 1, -(2**70), {"b", "a"}, frozenset((dt.datetime(2024, 1, 1),)))]),
    Shape("absent", Absent, [Absent(), Absent(1, None), Absent(b=2)], formats=("json", "msgpack", "cbor")),
    *(
        Shape(f"fields{layout}", Fields, [Fields("n"), Fields("n", 4, "x", "t", Point(2))], adapt)
        for layout, adapt in {
            "": lambda codec: codec,
            ", renamed": lambda codec: codec.with_options(rename="camelCase"),
            ", keep": lambda codec: codec.with_class(Fields, unknown_fields="keep"),
            ", serde_required": lambda codec: codec.with_class(Fields, serde_required=True),
            ", positional and required": lambda codec: codec.with_class(Fields, serde_required=True, positional=True),
            ", options": _field_options(
                Fields,
                first_name=FieldOptions(rename="givenName", aliases=("name", "nick")),
                size=FieldOptions(omit_default=True, aliases=("length",)),
                note=FieldOptions(omit_none=True),
                point=FieldOptions(required=True),
            ),
            ", omit": _field_options(Fields, secret=FieldOptions(omit=True)),
        }.items()
    ),
    Shape(
        "keys that are integers",
        Fields,
        [Fields("n")],
        _field_options(Fields, first_name=FieldOptions(rename=1), size=FieldOptions(rename=-2)),
        ("msgpack", "cbor"),
    ),
    Shape(
        "members", Members, [Members(), Members(Point(1), [Point(1), Unit(), None], Unit()), Members(5), Members("x")]
    ),
    Shape("class without fields", Unit, [Unit()]),
    Shape(
        "response",
        JsonRpcResponse,
        [JsonRpcResponse(id=1, result=[1]), JsonRpcResponse(id="a", error=JsonRpcError(code=-1, message="m"))],
    ),
    Shape(
        "calls",
        JsonRpcRequest | JsonRpcNotification | JsonRpcResponse | None,
        [JsonRpcRequest(method="m", id=1), JsonRpcNotification(method="m"), JsonRpcResponse(id=1, result=[1]), None],
    ),
    Shape(
        "calls, forbid",
        JsonRpcRequest | JsonRpcNotification,
        [JsonRpcRequest(method="m", id=1), JsonRpcNotification(method="m", params=[1])],
        lambda codec: codec.with_options(unknown_fields="forbid"),
    ),
    Shape("errors", list[SymphonyError], [[IoError("x"), OtherError("y")]]),
    Shape("durations", tuple[Duration, dt.timedelta], [(Duration(1, 5), dt.timedelta(days=-1, microseconds=7))]),
    Shape("durations, positional", Duration, [Duration(1, 5)], lambda codec: codec.with_options(positional=True)),
    Shape("empty tuple", tuple[()], [()]),
    Shape("map of everything", dict[str, Any], [{"a": [1, None, "x"]}]),
    Shape("integer", U64, [0, 2**64 - 1]),
)
