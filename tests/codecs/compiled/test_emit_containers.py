"""Writing sequences, sets, tuples and maps, and whatever passes for one."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import ipaddress
import pathlib
import types
import uuid

from collections import abc
from typing import Any, Literal, NamedTuple, NewType

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import EncodeError, get_codec
from symphony_types import Capability, NodeId, WorkflowId
from tests.codecs.compiled.emit_cases import NAMES, agree, codec_of, engine, outcome


EACH = pytest.mark.parametrize("name", NAMES)


class OwnList(list[int]):
    def __iter__(self):
        return iter([7, 8])

    def __len__(self):
        return 5


class OwnTuple(tuple[int, ...]):
    __slots__ = ()

    def __len__(self):
        return 2


class Pair(NamedTuple):
    left: int
    right: str | None = None


class OwnDict(dict[Any, Any]):
    def items(self):
        return [("own", 1)]


SEQUENCES: list[Any] = [
    *([], [1], [1, 2], (), (1, 2, 3), collections.deque([1, 2]), OwnList([1]), OwnTuple((1, 2)), [1, "x"], [None]),
    *(range(3), "text", b"bytes", bytearray(b"x"), memoryview(b"x"), {1}, {1: 2}, iter([1]), None, 5),
]


@EACH
@pytest.mark.parametrize(
    "tp",
    [list[int], tuple[int, ...], abc.Sequence[int], abc.Collection[int], collections.deque[int], list[Any]],
    ids=str,
)
def test_sequences(name, tp):
    """What the annotation allows; text is no sequence of characters."""
    agree(codec_of(name), tp, *SEQUENCES)


@EACH
@pytest.mark.parametrize("size", [15, 16, 23, 24, 255, 256, 65535, 65536])
def test_heads_of_every_length(name, size):
    """Containers of so many items."""
    codec = codec_of(name)
    agree(codec, list[int], [1] * size)
    agree(
        codec,
        Any,
        [None] * size,
        dict.fromkeys(range(size)) if name != "json" else dict.fromkeys(map(str, range(size))),
    )
    agree(codec, dict[str, int], dict.fromkeys(map(str, range(size)), 1))
    agree(codec, set[int], set(range(size)))


@EACH
def test_tuples_of_fixed_length(name):
    """Of exactly so many items, named or not."""
    values = [
        (1, "x"),
        (1, None),
        (1,),
        (1, "x", 2),
        [1, "x"],
        Pair(1),
        Pair(1, "é"),
        OwnTuple((1, 2)),
        OwnTuple((1, 2, 3)),
        None,
    ]
    agree(codec_of(name), tuple[int, str | None], *values)
    agree(codec_of(name), Pair, *values)
    agree(codec_of(name), tuple[()], (), (1,), [])


@EACH
@pytest.mark.parametrize(
    "tp", [set[int], frozenset[str], abc.Set[Any], set[tuple[int, str]], set[uuid.UUID], set[float]], ids=str
)
def test_sets(name, tp):
    """In the order of the bytes of their items, whatever the order that they come in."""
    values: list[Any] = [
        *(set(), {1}, {3, 1, 2, 100, -1, 300, 70000}, frozenset("abc"), {"b", "aa", "", "é", '"', "a"}),
        *({(1, "x"), (1, "a"), (0, "z")}, {uuid.UUID(int=5), uuid.UUID(int=2**127)}, {1.5, -0.0, float("nan"), 1e300}),
        *({1: 2}.keys(), [1], None, {None, 1, "x"}),
        *({f"a prefix of all {number}" for number in range(count)} for count in (5, 16, 17, 60)),
        *({"a" * number for number in range(20)}, {"a\0" * number for number in range(9)}, set(range(-900, 900, 31))),
    ]
    agree(codec_of(name), tp, *values)


@EACH
def test_sets_of_tagged_values(name):
    """In the order of their declaration, then of what they hold."""
    members = [*Capability.members(), Capability.custom("b"), Capability.custom("a")]
    agree(codec_of(name), frozenset[Capability], frozenset(members), frozenset(members[:3]), frozenset(members[-2:]))
    agree(codec_of(name), set[Capability], set(), {1}, {members[0], "FileRead"})


class Word(enum.StrEnum):
    YES = "yes"


class Text(str):
    __slots__ = ()


MAPS: list[Any] = [
    *({}, {"a": 1}, {"b": 1, "a": 2, 'q"\n': 3}, collections.OrderedDict(b=1), types.MappingProxyType({"a": 1})),
    *(collections.ChainMap({"a": 1}, {"b": 2}), OwnDict(a=1), {"a": "x"}, {"a": None}, {1: 1}, {b"a": 1}, {None: 1}),
    *({Word.YES: 1}, {"no": 0, Word.YES: 1}, {Text("a"): 1, "b": 2}, [("a", 1)], None, {("a",): 1}, {True: 1}),
]


@EACH
@pytest.mark.parametrize(
    "tp", [dict[str, int], abc.Mapping[str, int], dict[str, Any], dict[Any, int], collections.Counter[str]], ids=str
)
def test_maps(name, tp):
    """Keys are text, of a subclass, too."""
    agree(codec_of(name), tp, *MAPS)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = -300


class Mixed(enum.Enum):
    TEXT = "text"
    NUMBER = 7
    SHARE = 0.5


class Bits(enum.Flag):
    A = 1
    B = 2


class Number(int):
    pass


@attrs.frozen
class Point:
    x: int = 1


class Same(str):
    """A key that is another one, and the same on the wire."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


Name = NewType("Name", str)
DAY = dt.date(2024, 2, 29)
NOON = dt.datetime(2024, 2, 29, 12, 0, 0, 5000, tzinfo=dt.UTC)
KEYS: dict[Any, list[Any]] = {
    str: ["x", 'q"\n', "", Text("x"), Word.YES, Same("x"), Same("a")],
    int: [1, -5, 0, 2**63, -(2**63), 2**64, -(2**64), 10**30, True, Number(1), Number(2)],
    bytes: [b"", b"x", b"x" * 40, memoryview(b"y")],
    bool: [True, False],
    float: [1.5, 1.0],
    uuid.UUID: [uuid.UUID(int=3), uuid.UUID(int=4)],
    NodeId: [NodeId(uuid.UUID(int=3)), WorkflowId(uuid.UUID(int=3))],
    dt.date: [DAY, NOON],
    dt.time: [NOON.time(), NOON.timetz(), NOON.time().replace(fold=1)],
    dt.datetime: [
        NOON,
        NOON.replace(tzinfo=None),
        NOON.astimezone(dt.timezone(dt.timedelta(hours=1))),
    ],
    dt.timedelta: [dt.timedelta(1)],
    decimal.Decimal: [decimal.Decimal("1.0"), decimal.Decimal(2), decimal.Decimal("NaN")],
    ipaddress.IPv4Address: [ipaddress.IPv4Address("1.2.3.4")],
    Word: list(Word),
    Level: [*Level, 1],
    Mixed: list(Mixed),
    Bits: [Bits.A, Bits.A | Bits.B],
    Name: ["x", Text("x")],
    Literal["a", 1] | None: ["a", Text("a"), 1, True, None, "b"],
    int | None: [1, None],
    int | str: [1, "1", "x"],
    int | bytes: [1, b"1"],
    Any: ["x", 1, b"x", True, DAY, NOON, Word.YES, Level.HIGH, None],
    tuple[int, ...]: [(), (1, 2)],
    Point: [Point()],
}
NO_TEXT: list[Any] = [dt.timedelta, tuple[int, ...], Point]
ODD_KEYS: list[Any] = [1, "x", b"x", None, (1, 2), 1.5, object(), Point(2)]


@pytest.mark.parametrize("key", NO_TEXT, ids=str)
def test_keys_that_are_no_text(key):
    """In JSON they are refused when the encoder is made."""
    with pytest.raises(EncodeError, match="no key of a map in json"):
        get_codec("json").encoder(dict[key, int])


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name in NAMES for key in KEYS if name != "json" or key not in NO_TEXT], ids=str
)
def test_maps_with_other_keys(name, key):
    """A key is the token of its value, text or an int or bytes; ints are text where keys must be text."""
    keys = [*KEYS[key], *ODD_KEYS]
    several = dict.fromkeys(KEYS[key], 1)
    maps = [{}, *({each: 1} for each in keys), several, dict.fromkeys(keys, 1), dict.fromkeys(reversed(several), 1)]
    maps += [{first: 1, second: 2} for first in KEYS[key] for second in KEYS[key]]
    agree(codec_of(name), dict[key, int], *maps, collections.OrderedDict(several), types.MappingProxyType(several))
    agree(codec_of(name), dict[key, Any], *maps)  # user code may run
    agree(codec_of(name), collections.Counter[key], collections.Counter(several), collections.Counter({"x": 1}))


@EACH
def test_keys_that_are_the_same_on_the_wire(name):
    """Nobody could read both back."""
    half = [dt.timezone(dt.timedelta(minutes=30), label) for label in "ab"]
    agree(
        codec_of(name),
        dict[str, int],
        {Same("a"): 1, Same("a"): 2},
        {Same("a"): 1, "a": 2},
        {Same("a"): 1, Same("b"): 2},
        {**dict.fromkeys(map(str, range(500)), 1), Same("499"): 2},
    )
    agree(codec_of(name), dict[int, int], {1: 1, Number(2): 2}, {Same("1"): 1, 1: 2})
    agree(codec_of(name), dict[Any, int], {Same("a"): 1, "a": 2}, {1: 1, b"1": 2, "1": 3}, {DAY: 1, str(DAY): 2})
    agree(codec_of(name), dict[decimal.Decimal, int], {decimal.Decimal("NaN"): 1, decimal.Decimal("-NaN"): 2})
    agree(codec_of(name), dict[pathlib.PurePath, int], {pathlib.PurePosixPath("a"): 1, pathlib.PureWindowsPath("a"): 2})
    agree(codec_of(name), dict[dt.time, int], {NOON.time().replace(tzinfo=each): 1 for each in half})


@EACH
def test_a_map_that_changes_while_its_keys_are_written(name):
    """A hook may do that; it is refused, or written as it was."""
    codec = codec_of(name).copy()
    entries: dict[Any, int] = {}

    def write(value: Any) -> str:
        if value.x == 3:
            entries.pop(Point(1), None)
            entries[Point(7)] = 7
        return str(value.x)

    codec.converter.register_unstructure_hook(Point, write)
    for _ in range(3):
        entries.clear()
        entries.update((Point(x), x) for x in range(20))
        assert isinstance(outcome(engine(codec, dict[Point, int]), entries), bytes | None)


@EACH
def test_untyped_containers(name):
    """By what they are; anything else goes by its class."""
    values: list[Any] = [
        *(
            [],
            {},
            (),
            [[], {}, ()],
            {"a": [1, {"b": (None, True)}]},
            [b"x"],
            {1: 2},
            {b"x": 1},
            {True: 1},
            {None: 1},
            {1.5: 1},
        ),
        *(
            [Word.YES],
            {Word.YES: 1},
            {Text("a"): 1},
            OwnDict(a=1),
            OwnList([1]),
            OwnTuple((1, 2)),
            [{1, 2}],
            [uuid.UUID(int=1)],
        ),
        *([object()], [object], [2**64], [-(2**63) - 1], [Pair(1)], collections.deque([1])),
    ]
    agree(codec_of(name), Any, *values)


@attrs.define
class Node:
    value: int
    children: list[Node] = attrs.Factory(list)
    parent: Node | None = None
    named: dict[str, Node] = attrs.Factory(dict)


@given(
    st.recursive(
        st.builds(Node, st.integers()),
        lambda inner: st.builds(
            Node, st.integers(), st.lists(inner), st.none() | inner, st.dictionaries(st.text(), inner)
        ),
        max_leaves=8,
    )
)
def test_classes_that_hold_themselves(value):
    """To any depth."""
    for name in NAMES:
        agree(codec_of(name), Node, value)
        assert outcome(engine(codec_of(name), Node), value) is not None
