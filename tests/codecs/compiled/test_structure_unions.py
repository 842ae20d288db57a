"""Reading unions, enums and literals as the reference does."""

from __future__ import annotations

import enum

from typing import Any, Literal

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.executor import ENGINE
from symphony_codecs.formats.base import CborTag
from symphony_codecs.python.explain import TagRefusedError
from symphony_types import Capability, JsonValue, ProcessId, ResourceType, Timestamp
from tests.codecs.compiled.read_cases import NAMES, TREES, agree, agree_on_bytes, codec_of, decoder


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)


class Colour(enum.Enum):
    RED = "a"
    ALSO_RED = "a"  # noqa: PIE796 - an alias
    BLUE = "b"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Mixed(enum.Enum):
    ONE = 1
    TEXT = "1"
    TRUE = True
    NONE = None
    HALF = 1.5
    BYTES = b"a"
    TUPLE = (1, 2)


class Bits(enum.Flag):
    A = 1
    B = 2


Long: Any = enum.Enum("Long", {f"M{i}": f"m{i}" for i in range(300)})  # type: ignore[misc]  # made here


@attrs.define
class A:
    a: int


@attrs.define
class B:
    b: str = "b"
    inner: A | None = None


@attrs.define
class U:
    pass


@attrs.define
class N:
    value: list[int] | None


@attrs.define
class Cat:
    kind: Literal["cat", 1]
    lives: int = 9


@attrs.define
class Dog:
    kind: Literal["dog", True]
    tricks: list[str] = attrs.Factory(list)


@attrs.define
class Late:
    number: int
    kind: Literal["late"]


@attrs.define
class Node:
    left: Node | Leaf | None = None
    right: Node | Leaf | None = None


@attrs.define
class Leaf:
    x: int = 0


SIMPLE: tuple[Any, ...] = (
    *(int | None, str | None, A | None, U | None, list[int] | None, Any | None, JsonValue | None, Timestamp | None),
    *(
        int | str,
        int | float,
        float | str,
        bool | int,
        int | str | None,
        str | list[int],
        dict[str, int] | str,
        bool | float,
    ),
    *(
        A | str,
        A | int | None,
        ProcessId | int,
        A | B,
        A | B | U,
        A | U | None,
        A | B | str | int,
        Cat | Dog,
        Cat | Dog | None,
    ),
    *(Cat | Dog | Late, Node | Leaf, Colour, Level, Mixed, Bits, Long, Literal["a", 1, True] | None, Literal["a", "b"]),
    *(Literal[1, 2], Colour | int, Literal["a"] | int, Capability, ResourceType, Capability | None, list[A | B]),
)
UNIONS: tuple[Any, ...] = (
    *(
        {"A": {"a": 1}},
        {"A": [1]},
        {"A": {"a": "x"}},
        {"A": 1},
        {"A": None},
        {"B": {}},
        {"B": {"b": "x"}},
        {"B": []},
        "A",
        "B",
    ),
    *(
        {"B": {"inner": {"a": 1}}},
        {"B": {"inner": {"a": "x"}}},
        "U",
        {"U": None},
        {"U": []},
        {"U": {}},
        {"U": [1]},
        {"U": {"x": 1}},
    ),
    *(
        {"A": {"a": 1}, "B": {}},
        {"C": {}},
        {"": {}},
        {b"A": {"a": 1}},
        {b"A": {b"a": 1}},
        {CborTag(7, "A"): {"a": 1}},
        "a",
        "c",
    ),
    *(
        {"A": CborTag(7, {"a": 1})},
        {"U": CborTag(7, None)},
        CborTag(7, {"A": {"a": 1}}),
        CborTag(7, "U"),
        {CborTag(7, b"A"): [1]},
    ),
    *(
        {"type": "A", "a": 1},
        {"a": 1, "type": "A"},
        {"type": "A"},
        {"type": "U"},
        {"type": "U", "x": 1},
        ["A", 1],
        ["U"],
        ["A"],
    ),
    *(
        {"type": CborTag(7, "A"), "a": 1},
        [CborTag(7, "A"), 1],
        {b"type": "A", "a": 1},
        {"type": b"A", "a": 1},
        {"type": 1, "a": 1},
    ),
    *(
        {"type": "A", "type2": "B", "a": 1},
        {"type": "X"},
        {"a": 1},
        ["X", 1],
        ["A", 1, 2],
        ["A", "x"],
        ["B", "x", None],
        [None],
    ),
    *(
        {"type": "A", "content": {"a": 1}},
        {"content": {"a": 1}, "type": "A"},
        {"type": "U", "content": None},
        ["A", {"a": 1}],
    ),
    *(
        {"type": "A", "content": [1]},
        ["A", [1]],
        {"type": "N"},
        {"type": "N", "content": None},
        {"type": "N", "content": [1, 2]},
    ),
    *(
        {"type": "A", "content": {"a": 1}, "x": 1},
        ["N"],
        ["N", None],
        ["N", [1]],
        ["U", None],
        ["U", []],
        ["U", 1],
        ["A", 1, 2],
    ),
    *(
        {"N": [1]},
        {"N": None},
        {"N": ["x"]},
        {"N": CborTag(7, [1])},
        "N",
        {"type": "A", "content": CborTag(7, {"a": CborTag(7, 1)})},
    ),
    *(
        {"kind": "cat"},
        {"kind": "dog", "tricks": ["sit"]},
        {"lives": 1, "kind": "cat"},
        {"kind": 1},
        {"kind": True},
        {"kind": "x"},
    ),
    *(
        {"kind": 1.0},
        {"kind": None},
        {"kind": []},
        ["cat", 5],
        ["dog", ["sit"]],
        ["x"],
        [1],
        [True],
        {"kind": CborTag(7, "cat")},
    ),
    *(
        {"number": 1, "kind": "late"},
        [1, "late"],
        {"kind": b"cat"},
        [CborTag(7, "dog")],
        {b"kind": "cat"},
        {"kind": "dog", "tricks": 1},
    ),
    *(
        {"left": {"left": {"x": 1}}},
        {"Node": {"left": {"Leaf": {"x": 1}}}},
        {"Node": {"left": {"Node": {"right": None}}}},
    ),
    *(
        "m0",
        "m299",
        "m300",
        1.5,
        [1, 2],
        {"Custom": "x"},
        {"custom": "x"},
        {"Other": 1},
        {"CustomType": "y"},
        "custom:x",
    ),
)


@EACH
@pytest.mark.parametrize("tp", SIMPLE, ids=str)
def test_unions_enums_and_literals(name, tp):
    """Whatever tells their members apart."""
    for options in ({}, {"unknown_fields": "forbid"}):
        agree(codec_of(name, **options), tp, UNIONS if options else (*UNIONS, *TREES[::3]))


TAGGINGS: tuple[dict[str, Any], ...] = (
    {"tagging": "external", "newtype": [N]},
    {"tagging": "external", "names": {A: "é", B: "long" * 20}},
    {"tagging": "internal"},
    {"tagging": "internal", "tag": "kind"},
    {"tagging": "internal", "tag": "é"},
    {"tagging": "adjacent", "newtype": [N]},
    {"tagging": "adjacent", "tag": "t", "content": "c"},
    {"tagging": "untagged"},
    {"tagging": "untagged", "newtype": [N]},
)


@EACH
@pytest.mark.parametrize("tagging", TAGGINGS, ids=str)
def test_tagged_unions(name, tagging):
    """In serde's ways."""
    members = A | B | U if tagging["tagging"] == "internal" else A | B | U | N
    for options in ({}, {"unknown_fields": "forbid"}, {"positional": True}, {"unknown_fields": "keep"}):
        codec = codec_of(name, **options).with_union(members, **tagging)
        for tp in (members, members | None, list[members]):
            trees = (*UNIONS, *({"t": "A", "c": tree} for tree in ({"a": 1}, 1)), {"é": {"a": 1}}, {"é": "A", "a": 1})
            if tp == list[members]:
                agree(codec, tp, [[tree] for tree in trees[::5]])
            else:
                agree(codec, tp, trees[::3] if options or tp != members else (*trees, *TREES[::3]))


@EACH
def test_first_member_that_fits(name):
    """Whatever is in the document after what the others refuse."""
    for members, trees in (
        (
            A | Any,
            ({"a": "x"}, {"a": 1}, [1], ["x"], 5, {"b": 1, 5: 1}, CborTag(7, 1), CborTag(7, {"a": 1}), [CborTag(7, 1)]),
        ),
        (A | dict[str, Any], ({"a": "x"}, {"a": 1}, {"b": CborTag(7, 1)})),
        (A | B | list[int], ({"a": "x"}, {"b": 1}, {"b": "x", "a": None}, [1], ["x"], [1, 2], [1, "x"], [])),
        (float | int | str, (1, 1.5, True, "x", None, 2**70)),
        (Timestamp | str, ("2024-01-01T00:00:00Z", "x", 5)),
        (list[A] | list[B], ([{"a": 1}, {"a": 2}], [{"a": 1}, {"b": "x"}], [{"b": "x"}], [{"a": "x"}])),
    ):
        codec = codec_of(name).with_union(members, tagging="untagged")
        agree(codec, members, trees)
        agree(codec, list[members], [[tree] * 2 for tree in trees])


def test_equal_keys_before_the_next_member():
    """What counts of them is for the format to say."""
    json, msgpack = (codec_of(name).with_union(A | Any, tagging="untagged") for name in ("json", "msgpack"))
    agree_on_bytes(
        json, A | Any, (b'{"a":"x","a":1}', b'{"a":1,"a":"x"}', b'{"a":"x","b":{"c":1,"c":2}}', b'[{"a":"x","a":1}]')
    )
    agree_on_bytes(msgpack, A | Any, (b"\x82\xa1a\xa1x\xa1a\x01", b"\x82\xa1a\x01\xa1a\xa1x"))
    for tagging in TAGGINGS[:7]:
        codec = codec_of("json").with_union(A | B | U, **{**tagging, "newtype": []})
        documents = (
            *(
                b'{"A":{"a":1},"A":{"a":2}}',
                b'{"U":null,"U":null}',
                b'{"type":"A","type":"B","a":1}',
            ),
            *(
                b'{"type":"A","a":1,"type":"B"}',
                b'{"type":"A","a":1,"a":2}',
                b'{"type":"A","content":[1],"content":[2]}',
            ),
            *(
                b'{"kind":"A","kind":"B","a":1}',
                b'{"t":"A","t":"U","c":null}',
                b'{"\\u0041":[1]}',
            ),
        )
        agree_on_bytes(codec, A | B | U, documents)
        # The engine need not look for the same key again before it refuses what stands under the first.
        documents = (b'{"U":1,"U":null}', b'{"A":1,"A":[1]}', b'{"type":1,"type":"U"}', b'{"t":"A","c":null,"c":[1]}')
        agree_on_bytes(codec, A | B | U, documents, may_refuse=True)
    packed = (
        b"\x82\xa1A\x91\x01\xa1A\x91\x02",
        b"\x82\xa1U\xc0\xa1U\xc0",
        b"\x82\xa6Custom\xa1x\xa6Custom\xa1y",
        b"\x80",
    )
    for tp in (A | B | U, Capability):
        agree_on_bytes(codec_of("msgpack"), tp, packed)
    labels = (
        b'{"kind":"cat","kind":"dog"}',
        b'{"kind":"cat","lives":1,"kind":"cat"}',
        b'{"\\u006bind":"cat"}',
        b'{"kind":"c\\u0061t"}',
    )
    # The engine looks no further for the label than to its first key.
    agree_on_bytes(codec_of("json"), Cat | Dog, labels, may_refuse=True)
    agree_on_bytes(codec_of("json", unknown_fields="keep"), Cat | Dog, labels, may_refuse=True)


class Hooked:
    """A type whose hook does what a test wants."""


def hooked(name: str, does: Any) -> Codec:
    codec = get_codec(name).copy()
    codec.converter.register_structure_hook(Hooked, lambda value, _: does(value))
    codec.converter.register_unstructure_hook(Hooked, lambda value: value)
    return codec


def _takes_all(value: Any) -> Any:
    return "took", value


def _takes_no_tags(value: Any) -> Any:
    if isinstance(value, CborTag):
        raise TypeError
    return "took", value


def _forbids_tags(value: Any) -> Any:
    if isinstance(value, CborTag):
        raise TagRefusedError([])
    return "took", value


@EACH
@pytest.mark.parametrize("does", [_takes_all, _takes_no_tags, _forbids_tags])
@pytest.mark.parametrize(
    "tp", [Hooked, Hooked | None, Hooked | int, A | Hooked, list[Hooked], dict[str, Hooked | A]], ids=str
)
def test_hooks_meet_tags_as_in_the_reference(name, does, tp):
    """They are given the tagged value once; what is inside goes to the member whose it is."""
    values = (None, 1, "x", {"a": 1}, {"a": "x"}, [1])
    tagged = [CborTag(7, value) for value in values]
    agree(
        hooked(name, does), tp, [*values, *tagged, *([value] for value in tagged), *({"k": value} for value in tagged)]
    )


@EACH
def test_tags_and_refusals_at_each_level(name):
    """They do not double the work, in unions of each kind."""
    codec = codec_of(name)
    for tp, wrap in (
        (Node | Leaf, lambda tree: {"Node": {"left": tree}}),
        (Node | Leaf | None, lambda tree: {"Node": CborTag(7, {"right": tree})}),
    ):
        for leaf in ({"Leaf": {"x": 1}}, {"Leaf": {"x": "x"}}, 5):
            tree: Any = leaf
            for _ in range(60):
                tree = CborTag(7, wrap(tree))
            agree(codec, tp, [tree])
    for tagging in ({"tagging": "untagged"}, {"tagging": "internal"}, {"tagging": "adjacent"}):
        own = codec.with_union(Node | Leaf, **tagging)
        for leaf in ({"x": 1}, {"x": "x"}, 5):
            tree = leaf
            for _ in range(20):
                tree = CborTag(7, {"left": tree, "type": "Node", "content": {"left": tree}})
            agree(own, Node | Leaf, [tree])


def test_more_names_than_are_usual():
    """Of a class, an enum and a union."""
    many: Any = enum.Enum("many", {f"M{i}": f"m{i}" for i in range(33_000)})  # type: ignore[misc]  # made here
    decode = decoder(codec_of("json"), list[many])
    assert decode(b'["m0","m32999","m32767","m32768"]') == [many.M0, many.M32999, many.M32767, many.M32768]
