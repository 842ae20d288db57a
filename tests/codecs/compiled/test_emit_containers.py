"""Writing sequences, sets, tuples and maps, and whatever passes for one."""

from __future__ import annotations

import collections
import enum
import types
import uuid

from collections import abc
from typing import Any, NamedTuple

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

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


@EACH
@pytest.mark.parametrize("key", [int, uuid.UUID, NodeId, Word, bytes, int | None], ids=str)
def test_maps_with_other_keys(name, key):
    """Their hook makes text of them where keys must be text."""
    codec = codec_of(name)
    keys = [
        1,
        -5,
        2**64,
        uuid.UUID(int=3),
        NodeId(uuid.UUID(int=3)),
        WorkflowId(uuid.UUID(int=3)),
        Word.YES,
        b"x",
        None,
        (1, 2),
        "x",
    ]
    agree(codec, dict[key, int], {}, *({each: 1} for each in keys), dict.fromkeys(keys, 1))


class Same(str):
    """A key that is another one, and the same on the wire."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


@EACH
def test_keys_that_are_the_same_on_the_wire(name):
    """Nobody could read both back."""
    agree(
        codec_of(name),
        dict[str, int],
        {Same("a"): 1, Same("a"): 2},
        {Same("a"): 1, "a": 2},
        {Same("a"): 1, Same("b"): 2},
    )


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
