"""Untagged unions: what is written comes back as it was, or is refused, whatever the members are."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import itertools
import uuid

from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple, TypedDict, Union, get_args

import attrs
import pytest

from symphony_codecs import Codec, EncodeError, FieldOptions, get_codec
from symphony_codecs._union_options import UnionArguments, with_options_of
from symphony_codecs.schema import build_schema
from symphony_types import Duration, NodeId, Timestamp

from .executors import encoders


@attrs.define
class Empty:
    """A class without fields."""


@attrs.define
class AllDefaults:
    """All fields may be missing."""

    x: int = 0
    y: int | None = None


@attrs.define
class One:
    """A field."""

    x: int


@attrs.define
class Two:
    """One field more than `One`."""

    x: int
    y: int


@attrs.frozen(eq=False)
class Other:
    """A field of another name, and no equality."""

    z: str

    def __repr__(self) -> str:
        return f"Other({self.z!r})"


@dataclasses.dataclass
class Kind:
    """Its literal is its own."""

    kind: Literal["k"]
    x: int = 0


@attrs.define
class Kind2:
    """So is its."""

    kind: Literal["k2"]
    x: int = 0


class Color(enum.Enum):
    """Texts."""

    RED = "red"


class Level(enum.IntEnum):
    """Numbers."""

    ONE = 1


class Typed(TypedDict):
    """A typed dict."""

    x: int


class Named(NamedTuple):
    """A named tuple."""

    x: int


@attrs.define
class Pair:
    """A number and text."""

    x: int
    y: str


@attrs.define
class Inside:
    """A class in a class."""

    a: One


@attrs.define
class Inside2:
    """Another."""

    a: Other


@attrs.define
class Tagged:
    """Its literal stands last."""

    a: One
    tag: Literal["t"]


@attrs.define
class Tagged2:
    """So does its."""

    a: One
    tag: Literal["t2"]


@attrs.define
class Fixed:
    """A tuple."""

    a: tuple[int, str]


@attrs.define
class Maybe:
    """What may be None."""

    a: One | None = None


MOMENT = dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
VALUES: dict[Any, list[Any]] = {
    list[int]: [[], [1], [1, 2], [0, 255]],
    list[str]: [[], ["x"]],
    dict[str, int]: [{}, {"x": 1}, {"x": 1, "y": 2}, {"secs": 1, "nanos": 2}],
    tuple[int, ...]: [(), (1,), (1, 2)],
    tuple[int, int]: [(1, 2)],
    set[int]: [set(), {1}],
    str: ["", "x", "red", "k", "2020-01-02", "1.5", "AAAA", "12345678901234567890123", str(uuid.UUID(int=5)), "a/b"],
    int: [0, 1, -5, 2**70],
    float: [0.0, 1.0, 1.5],
    bool: [True, False],
    bytes: [b"", b"\0\0\0", uuid.UUID(int=5).bytes],
    uuid.UUID: [uuid.UUID(int=5)],
    NodeId: [NodeId(uuid.UUID(int=7))],
    dt.datetime: [MOMENT],
    dt.date: [dt.date(2020, 1, 2)],
    dt.timedelta: [dt.timedelta(seconds=1)],
    Timestamp: [Timestamp.from_datetime(MOMENT)],
    Duration: [Duration(1, 2)],
    decimal.Decimal: [decimal.Decimal("1.5"), decimal.Decimal(1)],
    PurePosixPath: [PurePosixPath("a/b")],
    Color: [Color.RED],
    Level: [Level.ONE],
    Typed: [{"x": 1}],
    Named: [Named(1)],
    Empty: [Empty()],
    AllDefaults: [AllDefaults(), AllDefaults(1, 2)],
    One: [One(1)],
    Two: [Two(1, 2)],
    Other: [Other("x")],
    Kind: [Kind("k", 1)],
    Kind2: [Kind2("k2", 1)],
    Pair: [Pair(1, "x"), Pair(1, str(2**70))],
    Inside: [Inside(One(1))],
    Inside2: [Inside2(Other("x"))],
    Tagged: [Tagged(One(1), "t")],
    Tagged2: [Tagged2(One(1), "t2")],
    Fixed: [Fixed((1, "x")), Fixed((2**70, str(2**70)))],
    Maybe: [Maybe(), Maybe(One(1))],
    tuple[int, str]: [(1, "x"), (2**70, "1")],
    tuple[tuple[int, int], str]: [((1, 2), "x")],
    dict[str, str]: [{}, {"x": "1", "y": "2"}, {"a": "x"}],
    dict[str, list[int]]: [{}, {"x": [1]}],
    dict[str, dict[str, int]]: [{}, {"a": {"x": 1}}],
    list[list[int]]: [[], [[1]], [[1, 2], []]],
}
CLASSES = (list[int], dict[str, int], tuple[int, ...], Empty, AllDefaults, One, Two, Other, Kind, Kind2)
SCALARS = (str, int, float, bool, bytes, uuid.UUID, dt.datetime, Timestamp, decimal.Decimal, Level, list[int], set[int])
NESTED = (
    Pair,
    Inside,
    Inside2,
    Tagged,
    Tagged2,
    Fixed,
    Maybe,
    tuple[int, str],
    tuple[tuple[int, int], str],
    dict[str, str],
    dict[str, dict[str, int]],
    list[list[int]],
    list[int],
)
OTHERS = (
    str,
    NodeId,
    dt.date,
    dt.timedelta,
    Duration,
    PurePosixPath,
    Color,
    Typed,
    Named,
    list[str],
    One,
    tuple[int, int],
)


def _told(codec: Codec, unions: Any) -> Codec:
    """Return a codec that knows all of *unions* as untagged; for one at a time it would take a while."""
    given = UnionArguments(tagging="untagged", tag=None, content=None, names={}, rename=None, newtype=())
    known = codec.converter.unions
    for union in unions:
        known = with_options_of(known, union, given)
    return Codec(codec.format, codec.converter.derive(unions=known))


def _same(back: Any, value: Any) -> bool:
    return type(back) is type(value) and (back == value or repr(back) == repr(value))


def _union(*members: Any) -> Any:
    return Union[members]  # noqa: UP007 - found at run time


@pytest.mark.parametrize(
    ("members", "options", "beside"),
    [
        (CLASSES, {}, ()),
        (CLASSES, {}, (None,)),
        (CLASSES, {"omit_defaults": True}, ()),
        (CLASSES, {"unknown_fields": "forbid"}, (None,)),
        (SCALARS, {}, ()),
        (OTHERS, {}, (None,)),
        (NESTED, {}, ()),
    ],
)
def test_what_is_written_comes_back(codec: Codec, members: Any, options: Any, beside: Any) -> None:
    """As itself, or it is refused; of the member that is tried first all is written."""
    if (options or beside) and members is CLASSES and codec.name in {"msgpack", "cbor"}:
        return  # as in JSON
    codec = codec.with_options(**options)
    for ordered in (members, members[::-1]):
        pairs = list(itertools.combinations(ordered, 2))
        own = _told(codec, [_union(*pair) for pair in pairs])
        for pair in pairs:
            union = _union(*pair, *beside)
            for member, value in [(tp, value) for tp in pair for value in VALUES[tp]]:
                try:
                    data = own.encode(value, union)
                except EncodeError:
                    assert member is pair[1], (union, value)
                else:
                    back = own.decode(data, union)
                    assert _same(back, value), (union, value, data, back)


@pytest.mark.parametrize(
    ("union", "good", "bad"),
    [
        (list[int] | One, [[1], [], [1, 2]], []),
        (One | list[int], [One(1), [], [1, 2]], [[1]]),
        (One | dict[str, int], [One(1), {}, {"y": 1}], [{"x": 1}, {"x": 1, "y": 2}]),
        (One | Two, [One(1)], [Two(1, 2)]),
        (Two | One, [One(1), Two(1, 2)], []),
        (AllDefaults | Other, [AllDefaults(), AllDefaults(3)], [Other("x")]),
        (Other | AllDefaults, [AllDefaults(), AllDefaults(3)], []),
        (Kind | Kind2, [Kind("k", 1), Kind2("k2")], []),
        (str | uuid.UUID, ["x", str(uuid.UUID(int=5))], [uuid.UUID(int=5)]),
        (uuid.UUID | str, ["x", uuid.UUID(int=5)], [str(uuid.UUID(int=5))]),
        (dt.datetime | str, ["x", MOMENT], ["2020-01-02T03:04:05Z"]),
        (float | int, [1.0, 1.5], [1]),
        (int | float, [1, 1.5], []),
        (Any | One, [5, [1], {"x": "y"}], [One(1)]),
        (Level | int, [Level.ONE, 5], [1]),
        (list[int] | tuple[int, ...], [[1]], [(1,)]),
    ],
)
def test_in_json(json: Codec, union: Any, good: Any, bad: Any) -> None:
    """Only what another member would take is refused, with both their names."""
    codec = json.with_union(union, tagging="untagged")
    for value in good:
        assert _same(codec.decode(codec.encode(value, union), union), value)
    for value in bad:
        for as_type, wrapped, path in ((union, value, ()), (list[union], [value], (0,))):
            with pytest.raises(EncodeError, match="which is tried before it") as caught:
                codec.encode(wrapped, as_type)
            assert [(issue.path, issue.code) for issue in caught.value.issues] == [(path, "invalid_value")]


def test_arrays_of_classes() -> None:
    """Where classes are arrays, one is taken for a list, or for another; as maps they are not."""
    compact = get_codec("msgpack-compact")
    for codec, comes_back in ((compact, False), (compact.with_class(One, positional=False), True)):
        own = codec.with_union(list[int] | One, tagging="untagged")
        assert own.decode(own.encode([1], list[int] | One), list[int] | One) == [1]
        if comes_back:
            assert own.decode(own.encode(One(1), list[int] | One), list[int] | One) == One(1)
        else:
            with pytest.raises(EncodeError, match=r"a One that reads as list\[int\], which is tried before it"):
                own.encode(One(1), list[int] | One)
    own = compact.with_union(One | Other, tagging="untagged")
    assert own.decode(own.encode([One(1), Other("x")], list[One | Other]), list[One | Other])[0] == One(1)


@pytest.mark.parametrize(
    ("name", "union"),
    [
        ("json", Two | One | dict[str, list[int]] | Tagged),
        ("json", dict[str, int] | Pair),
        ("json", Inside | Inside2),
        ("msgpack-compact", Tagged | Tagged2),
        ("msgpack-compact", Two | One),
        ("msgpack-compact", Fixed | Inside),
        ("msgpack-compact", list[list[int]] | Pair),
        ("cbor", dict[str, str] | Pair),
    ],
)
def test_what_a_schema_excludes_is_not_tried(name: str, union: Any) -> None:
    """By the number of items, their kinds at each place, required keys and literals, also further down."""
    codec = get_codec(name).with_union(union, tagging="untagged")
    for for_engine in (True, False):
        node: Any = build_schema(union, codec.converter, "unstructure", for_engine=for_engine).root
        assert not any(node.doubts), union
        assert not node.trials
    for member in get_args(union):
        for value in VALUES[member]:
            assert _same(codec.decode(codec.encode(value, union), union), value)


@attrs.define
class Boxed:
    """A newtype of what may be None."""

    inner: int | None


def test_null_is_none(codec: Codec) -> None:
    """Beside None, what is null on the wire is refused."""
    union: Any = Boxed | Other
    own = codec.with_union(union, tagging="untagged", newtype=[Boxed])
    assert own.decode(own.encode(Boxed(None), union), union) == Boxed(None)
    assert own.decode(own.encode(Boxed(1), union | None), union | None) == Boxed(1)
    with pytest.raises(EncodeError, match="a Boxed that reads as None"):
        own.encode(Boxed(None), union | None)


@attrs.define
class Tree:
    """It holds its union."""

    items: list[Tree | Leaf]
    tree: int = 0


@attrs.define
class Leaf:
    """It looks like a `Tree` without items."""

    items: list[int]


@pytest.mark.parametrize("positional", [None, False])
def test_inside_each_other(codec: Codec, positional: bool | None) -> None:
    """A class that holds the union; what is refused has its path."""
    codec = codec.with_options(positional=positional)
    own = codec.with_union(Tree | Leaf, tagging="untagged")
    good = Tree([Tree([], 1), Leaf([1, 2])])
    assert own.decode(own.encode(good, Tree | Leaf), Tree | Leaf) == good
    with pytest.raises(EncodeError) as caught:
        own.encode(Tree([Tree([]), Leaf([])]), Tree | Leaf)
    assert ("items", 1) in [issue.path for issue in caught.value.issues]


def test_renamed_fields_count(json: Codec) -> None:
    """The keys on the wire are looked at, not the attributes."""
    codec = json.with_class(Other, fields={"z": FieldOptions(rename="x")}).with_union(One | Other, tagging="untagged")
    assert _same(codec.decode(codec.encode(Other("a"), One | Other), One | Other), Other("a"))


@attrs.frozen
class Discount:
    percent: float


@pytest.mark.parametrize("unknown", ["ignore", "forbid", "keep"])
def test_an_array_of_a_class_is_not_taken_for_a_list(unknown: Any) -> None:
    """Also where the class is a map if it holds unknown fields."""
    union: Any = list[float] | Discount
    codec = get_codec("msgpack-compact").with_union(union, tagging="untagged").with_options(unknown_fields=unknown)
    for encode in encoders(codec, union):
        with pytest.raises(EncodeError, match="a Discount that reads as list"):
            encode(Discount(1.5))
        assert encode([1.5]) == codec.encode([1.5])
