"""A class with a field of every type that codecs support, a strategy for it, and an exact comparison."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import functools
import math
import uuid

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, NotRequired, TypedDict, TypeVar

import attrs

from hypothesis import strategies as st

from symphony_codecs.testing import strategies as st_symphony
from symphony_types import I16, U8, Capability, SymphonyError, Timestamp, Version, WorkflowId


T = TypeVar("T")

UserName = NewType("UserName", str)


class Color(enum.Enum):
    """Values of several types, one of them a tuple."""

    RED = "red"
    NUMBER = 7
    NOTHING = None
    POINT = (1, "x")


class Level(enum.IntEnum):
    """An enum whose members are integers."""

    LOW = 1
    HIGH = 10


class Word(enum.StrEnum):
    """An enum whose members are strings."""

    YES = "yes"
    NO = "no"


class Access(enum.Flag):
    """A flag."""

    READ = 1
    WRITE = 2
    ALL = 3


class Pair(NamedTuple):
    """A named tuple."""

    left: int
    right: str | None = None


class Options(TypedDict):
    """A typed dict."""

    name: str
    size: NotRequired[int]


@dataclasses.dataclass
class Record:
    """A dataclass, with a default and a factory."""

    count: int
    labels: list[str] = dataclasses.field(default_factory=list)


@attrs.define
class Circle:
    """A member of a union, tagged by its name."""

    radius: float


@attrs.define
class Square:
    """Another member."""

    side: int
    label: str = ""


@attrs.define
class Dot:
    """Another member, without fields."""


@attrs.define
class Cat:
    """A member of a union, told apart by a literal."""

    lives: int
    kind: Literal["cat"] = "cat"


@attrs.define
class Dog:
    """Another member."""

    name: str
    kind: Literal["dog", "puppy"] = "dog"


@attrs.define
class Tree:
    """A recursive class."""

    value: int
    children: list[Tree] = attrs.Factory(list)
    parent: Tree | None = None


@attrs.define
class Box(Generic[T]):
    """A generic class."""

    content: T
    spare: list[T] = attrs.Factory(list)


@attrs.define(kw_only=True)
class Everything:
    """A field of every type that codecs support; about half of them have defaults."""

    boolean: bool = False
    integer: int
    big: int = 0
    real: float = 0.0
    text: str = "text"
    data: bytes = b""
    mutable_data: bytearray = attrs.Factory(bytearray)
    nothing: None = None
    identity: uuid.UUID
    moment: dt.datetime
    naive: dt.datetime
    day: dt.date
    clock: dt.time
    span: dt.timedelta = dt.timedelta(0)
    decimal_number: decimal.Decimal
    path: Path = Path("a/b")
    color: Color = Color.RED
    level: Level
    word: Word
    access: Access = Access.READ
    literal: Literal["a", 1, True] = "a"
    name: UserName
    small: Annotated[U8, "a note"] = 0
    wide: I16
    listed: list[int] = attrs.Factory(list)
    pairs: tuple[tuple[int, str], ...]
    fixed: tuple[int, str, float | None]
    empty: tuple[()] = ()
    ids: set[uuid.UUID]
    words: frozenset[str] = frozenset()
    levels: set[Level]
    by_text: dict[str, dict[str, int]]
    by_int: Mapping[int, str]
    by_id: dict[uuid.UUID, list[bool]]
    by_word: dict[Word, dt.date]
    queue: deque[Pair]
    maybe: str | None = None
    nested: list[list[int | None] | None]
    tree: Tree
    box: Box[int]
    boxes: Box[Box[str]]
    shape: Circle | Square | Dot
    shapes: list[Circle | Square | Dot | None]
    animal: Cat | Dog
    scalar: int | str | bool | list[int] | None
    mixed: Circle | str | None
    pair: Pair
    options: Options
    record: Record
    anything: Any
    version: Version
    workflow: WorkflowId
    when: Timestamp
    rights: frozenset[Capability]
    error: SymphonyError


@attrs.frozen(kw_only=True)
class Knobs:
    """
    The values that a format can carry.

    Args:
        infinities: Whether floats may be infinite.
        nulls: Whether lists and untyped maps may hold ``None``.
        ints: The range of integers in untyped places and in unions.
        big: The greatest magnitude of integers whose type is declared.
        binary: Whether untyped places may hold bytes and integer keys.
    """

    infinities: bool = True
    nulls: bool = True
    ints: tuple[int, int] = (-(2**63), 2**64 - 1)
    big: int = 10**300
    binary: bool = True


KNOBS = {
    "json": Knobs(infinities=False, binary=False),
    "msgpack": Knobs(),
    "msgpack-compact": Knobs(),
    "cbor": Knobs(),
    "toml": Knobs(nulls=False, ints=(-(2**63), 2**63 - 1), binary=False),
}


def _zones() -> st.SearchStrategy[dt.timezone]:
    return st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


def _anything(knobs: Knobs) -> st.SearchStrategy[Any]:
    low, high = knobs.ints
    plain = st_symphony.json_values(min_int=low, max_int=high, allow_none=knobs.nulls)
    if not knobs.binary:
        return plain
    keys = st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=4)
    return plain | st.dictionaries(keys, st.binary(max_size=8) | plain, max_size=3)


def _in_order(options: Options) -> dict[str, Any]:
    """Return a typed dict in the order of its declaration, as decoding gives it."""
    return dict(sorted(options.items()))


def trees(max_leaves: int = 4) -> st.SearchStrategy[Tree]:
    """Return trees of any shape."""
    leaves = st.builds(Tree, st.integers(-9, 9))
    return st.recursive(
        leaves,
        lambda inner: st.builds(Tree, st.integers(), st.lists(inner, max_size=3), st.none() | inner),
        max_leaves=max_leaves,
    )


def everythings(knobs: Knobs | None = None) -> st.SearchStrategy[Everything]:
    """Return instances of `Everything` that a format with *knobs* can carry."""
    knobs = knobs or Knobs()
    texts = st_symphony.texts(max_size=8)
    ints = st.integers(*knobs.ints)
    reals = st.floats(allow_nan=False, allow_infinity=knobs.infinities)
    shapes = st.builds(Circle, reals) | st.builds(Square, ints, texts) | st.builds(Dot)
    pairs = st.builds(Pair, ints, st.none() | texts if knobs.nulls else texts)
    nulls = st.none() if knobs.nulls else st.nothing()
    fields: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "integer": ints,
        "big": st.integers(-knobs.big, knobs.big),
        "real": reals,
        "text": texts,
        "data": st.binary(max_size=16),
        "mutable_data": st.binary(max_size=4).map(bytearray),
        "identity": st.uuids(),
        "moment": st.datetimes(timezones=_zones()),
        "naive": st.datetimes(),
        "day": st.dates(),
        "clock": st.times(timezones=st.none() | _zones()),
        "span": st.timedeltas(),
        "decimal_number": st.decimals(allow_nan=False),
        "path": st.sampled_from((Path(), Path("/"), Path("a/../b c"), Path("ü/⚙.txt"))),
        "color": st.sampled_from([color for color in Color if knobs.nulls or color is not Color.NOTHING]),
        "level": st.sampled_from(Level),
        "word": st.sampled_from(Word),
        "access": st.sampled_from((Access(0), Access.READ, Access.WRITE, Access.ALL)),
        "literal": st.sampled_from(("a", 1, True)),
        "name": texts.map(UserName),
        "small": st.integers(0, 255),
        "wide": st.integers(-(2**15), 2**15 - 1),
        "listed": st.lists(ints, max_size=4),
        "pairs": st.lists(st.tuples(ints, texts), max_size=3).map(tuple),
        "fixed": st.tuples(ints, texts, reals | nulls),
        "ids": st.sets(st.uuids(), max_size=3),
        "words": st.frozensets(texts, max_size=4),
        "levels": st.sets(st.sampled_from(Level)),
        "by_text": st.dictionaries(texts, st.dictionaries(texts, ints, max_size=2), max_size=2),
        "by_int": st.dictionaries(ints, texts, max_size=3),
        "by_id": st.dictionaries(st.uuids(), st.lists(st.booleans(), max_size=2), max_size=2),
        "by_word": st.dictionaries(st.sampled_from(Word), st.dates(), max_size=2),
        "queue": st.lists(pairs, max_size=2).map(deque),
        "maybe": st.none() | texts,
        "nested": st.lists(nulls | st.lists(ints | nulls, max_size=3), max_size=3),
        "tree": trees(),
        "box": st.builds(Box, ints, st.lists(ints, max_size=2)),
        "boxes": st.builds(Box, st.builds(Box, texts), st.lists(st.builds(Box, texts), max_size=2)),
        "shape": shapes,
        "shapes": st.lists(shapes | nulls, max_size=3),
        "animal": st.builds(Cat, ints) | st.builds(Dog, texts, st.sampled_from(("dog", "puppy"))),
        "scalar": st.none() | ints | texts | st.booleans() | st.lists(ints, max_size=2),
        "mixed": st.none() | texts | st.builds(Circle, reals),
        "pair": pairs,
        "options": st.fixed_dictionaries({"name": texts}, optional={"size": ints}).map(_in_order),
        "record": st.builds(Record, ints, st.lists(texts, max_size=2)),
        "anything": _anything(knobs),
        "version": st_symphony.versions(),
        "workflow": st_symphony.ids(WorkflowId),
        "when": st_symphony.timestamps(),
        "rights": st.frozensets(st_symphony.capabilities(), max_size=4),
        "error": st_symphony.symphony_errors(),
    }
    needed = {field.name for field in attrs.fields(Everything) if field.default is attrs.NOTHING}
    return st.fixed_dictionaries(
        {name: strategy for name, strategy in fields.items() if name in needed},
        optional={name: strategy for name, strategy in fields.items() if name not in needed},
    ).map(lambda values: Everything(**values))


def identical(left: Any, right: Any, *, ordered: bool = True) -> bool:
    """
    Return whether two values are equal, in types, signs of zero and NaN as well.

    Args:
        left: One value.
        right: The other value.
        ordered: Whether the order of maps matters.
    """
    if type(left) is not type(right):
        return False
    same = functools.partial(identical, ordered=ordered)
    if isinstance(left, float):
        same_sign = math.copysign(1, left) == math.copysign(1, right)
        return (left == right and same_sign) or (math.isnan(left) and math.isnan(right))
    if attrs.has(type(left)):
        names = [field.name for field in attrs.fields(type(left))]
        return all(same(getattr(left, name), getattr(right, name)) for name in names)
    if dataclasses.is_dataclass(left):
        return same(vars(left), vars(right))
    if isinstance(left, dict):
        if ordered and list(left) != list(right):
            return False
        return left.keys() == right.keys() and all(same(item, right[key]) for key, item in left.items())
    if isinstance(left, (list, tuple, deque)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, (decimal.Decimal, dt.datetime, dt.time)):
        return bool(left == right) and str(left) == str(right)
    return bool(left == right)
