"""Typed dicts and named tuples, by both executors: the same values, bytes and issues."""

from __future__ import annotations

import collections
import itertools

from typing import Any, Final, NamedTuple, NotRequired

import pytest

from typing_extensions import TypedDict

from symphony_codecs import get_codec
from symphony_codecs.schema import build_schema, nodes, walk
from tests.codecs.compiled.emit_cases import agree as agree_on_writing
from tests.codecs.compiled.read_cases import NAMES, agree


class Address(TypedDict):
    street: str
    number: int


class Person(TypedDict, total=False):
    name: str
    address: Address
    friends: list[Person]
    age: NotRequired[int | None]


class Others(TypedDict, extra_items=Address):
    street: str


class Tree(TypedDict, extra_items="list[Tree]"):
    name: NotRequired[str]


class Closed(TypedDict, closed=True):
    street: str


class Pair(NamedTuple):
    left: int
    right: str = "x"


class Own(NamedTuple("Own", [("left", int)])):
    """With a maker of its own."""

    __slots__ = ()

    @classmethod
    def _make(cls, items: Any) -> Any:
        return cls(*[item + 1 for item in items])


ADDRESS: Final[dict[str, Any]] = {"street": "a", "number": 1}
PERSON: Final[dict[str, Any]] = {"name": "é", "address": ADDRESS, "friends": [{"name": "b"}, {}], "age": None}
TREES: Final[tuple[Any, ...]] = (
    ADDRESS,
    dict(reversed(ADDRESS.items())),
    PERSON,
    {"age": 3, "more": [1], "name": "x"},
    *({}, [], None, 1, "x", {"street": 1}, {"street": "a", "number": None}, {**ADDRESS, "number": "x", "street": 1}),
    *({"friends": [{"address": ADDRESS}, {"address": {"street": "a"}}, 1]}, {"friends": {"a": 1}}, [ADDRESS]),
    *([1, "a"], [1], ["a", 1], [1, 2], [1, "a", 2], {"left": 1}),
    *(
        {"street": "a", "x": ADDRESS},
        {"x": {"street": 1, "number": "a"}, "y": 1},
        {"x": ADDRESS, "street": "a", "y": 0},
    ),
    *({"a": [{"b": []}, {"name": "c"}], "name": "d"}, {"a": [{"b": [{"c": 1}]}], "d": [1]}),
)


@pytest.mark.parametrize("unknown", ["ignore", "forbid", "keep"])
@pytest.mark.parametrize(
    "tp", [Address, Person, dict[str, Address], Others, list[Others], Tree, Closed, Pair, list[Pair], Own]
)
@pytest.mark.parametrize("name", NAMES)
def test_reading(name, tp, unknown):
    """Keys in any order, missing, unknown and of the wrong type."""
    agree(get_codec(name).with_options(unknown_fields=unknown), tp, TREES)


@pytest.mark.parametrize("name", NAMES)
def test_writing(name):
    """In the order of the dict; a class derived from dict says itself what it holds."""

    class Odd(dict[str, Any]):
        def items(self) -> Any:
            return {"street": "other", "number": 2}.items()

    values: list[Any] = [*TREES, Odd(ADDRESS), collections.OrderedDict(ADDRESS), {**ADDRESS, "x": {1, 2}}]
    values += [{**ADDRESS, "more": object()}, {1: 2, **ADDRESS}, {"name": "\ud800"}]
    agree_on_writing(get_codec(name), Address, *values)
    agree_on_writing(get_codec(name), Person, *values)
    for tp in (Others, Tree, Closed):
        agree_on_writing(get_codec(name), tp, *values)


@pytest.mark.parametrize("tp", [Address, Others, Tree, Closed])
def test_the_engine_knows_all_typed_dicts(tp):
    """None of them is a detour to generated Python."""
    for direction in ("structure", "unstructure"):
        schema = build_schema(tp, get_codec("json").converter, direction)
        assert not any(isinstance(node, nodes.Hook) for node in walk(schema))


@pytest.mark.parametrize("name", NAMES)
def test_writing_tuples(name):
    """A class derived from tuple says itself what it holds."""

    class Short(tuple[Any, ...]):
        __slots__ = ()

        def __iter__(self) -> Any:
            return iter((1, "a"))

    tuples = (Pair(1), Pair(1, "a"), (1, "a"), Short((5,)), Pair("x", "y"), (1,), Own(1), [1, "a"])  # type: ignore[arg-type]
    agree_on_writing(get_codec(name), Pair, *tuples)
    for several in itertools.permutations(tuples, 2):
        agree_on_writing(get_codec(name), list[Pair], list(several))
