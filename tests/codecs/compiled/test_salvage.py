"""What is left of a document that is refused: hooks look at the ways to the faults, and at nothing else."""

from __future__ import annotations

import time

from collections.abc import Callable
from typing import Any, Literal

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.executor import ENGINE, fast_decoder
from symphony_codecs.python import Structured, explainer
from symphony_codecs.python import decoder as reference_decoder
from symphony_types import U8, Timestamp
from tests.codecs.compiled.read_cases import issues


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")
EACH = pytest.mark.parametrize("name", NAMES)
LEAVES = pytest.mark.skipif(ENGINE == "python", reason="generated Python goes on itself")


@attrs.define
class Leaf:
    number: U8  # type: ignore[valid-type]  # a check
    text: str = ""


@attrs.define
class Cat:
    kind: Literal["cat"]
    leaf: Leaf


@attrs.define
class Dog:
    kind: Literal["dog"]
    friends: list[Cat | Dog] = attrs.Factory(list)


@attrs.define
class Circle:
    radius: Leaf


@attrs.define
class Square:
    sides: list[Leaf]
    inner: Circle | Square | None = None


@attrs.define
class Checked:
    leaf: Leaf
    few: list[int] = attrs.field(factory=list)

    @few.validator
    def _check_few(self, _: Any, value: list[int]) -> None:
        if len(value) > 2:
            raise ValueError("too many")


@attrs.define
class Node:
    leaf: Leaf
    at: Timestamp | None = None
    children: list[Node] = attrs.Factory(list)
    table: dict[str, Leaf] = attrs.Factory(dict)
    pair: tuple[int, Leaf] | None = None


def _internal(codec: Codec) -> Codec:
    return codec.with_union(Circle | Square, tagging="internal")


def _external(codec: Codec) -> Codec:
    return codec.with_union(Circle | Square, tagging="external")


def _newtype(codec: Codec) -> Codec:
    return codec.with_union(Circle | Square, tagging="external", newtype=[Circle])


def _as_it_is(codec: Codec) -> Codec:
    return codec


GOOD: dict[str, Any] = {"number": 1, "text": "x"}
BAD: dict[str, Any] = {"number": 256, "text": "x"}
AT = "2024-02-29T12:00:00Z"

# The type, what it is read with, and trees that have a fault, or several.
CASES: tuple[tuple[Any, Callable[[Codec], Codec], tuple[Any, ...]], ...] = (
    (
        Leaf,
        _as_it_is,
        ({"number": "1"}, {"number": 1, "text": 2}, {"text": "x"}, {"number": -1, "text": None, "more": 1}),
    ),
    (list[Leaf], _as_it_is, ([GOOD, BAD], [BAD, GOOD, 5, GOOD, BAD], [GOOD, [1, 2], GOOD])),
    (tuple[Leaf, ...], _as_it_is, ([GOOD] * 3 + [BAD],)),
    (tuple[int, Leaf, str], _as_it_is, ([1, BAD, "x"], ["x", BAD, 5], [1, GOOD, 5])),
    (tuple[Leaf], _as_it_is, ([BAD],)),
    (dict[str, Leaf], _as_it_is, ({"a": GOOD, "b": BAD, "c": GOOD, "d": 5},)),
    (dict[str, dict[str, int]], _as_it_is, ({"a": {"b": 1}, "c": {"d": "e", "f": 2}},)),
    (frozenset[int], _as_it_is, ([1, "x", 2],)),
    (Leaf | None, _as_it_is, (BAD,)),
    (
        Node,
        _as_it_is,
        (
            {"leaf": GOOD, "children": [{"leaf": GOOD}, {"leaf": BAD, "at": AT}, {"leaf": GOOD, "at": "never"}]},
            {"leaf": BAD, "table": {"a": GOOD, "b": BAD}, "pair": [1, BAD]},
            {"leaf": GOOD, "pair": ["1", GOOD], "at": AT, "children": [{"leaf": GOOD, "children": [{}]}]},
            {"children": [{"leaf": GOOD, "table": {"a": {}}}], "unknown": {"x": [1]}, "leaf": GOOD},
        ),
    ),
    (
        Cat | Dog,
        _as_it_is,
        (
            {"kind": "cat", "leaf": BAD},
            {"kind": "dog", "friends": [{"kind": "cat", "leaf": GOOD}, {"kind": "dog", "friends": [5]}]},
            {"kind": "dog", "friends": [{"kind": "cat", "leaf": BAD}, {"kind": "cow"}, {"leaf": BAD, "kind": "cat"}]},
        ),
    ),
    (
        list[Circle | Square],
        _external,
        (
            [{"Circle": {"radius": GOOD}}, {"Circle": {"radius": BAD}}],
            [{"Square": {"sides": [GOOD, BAD], "inner": {"Circle": {"radius": BAD}}}}, {"Cube": 1}],
        ),
    ),
    (list[Circle | Square], _newtype, ([{"Circle": GOOD}, {"Circle": BAD}, {"Square": {"sides": [BAD]}}],)),
    (
        list[Circle | Square],
        _internal,
        (
            [{"type": "Circle", "radius": GOOD}, {"type": "Circle", "radius": BAD}],
            [{"type": "Square", "sides": [GOOD, BAD], "inner": {"type": "Circle", "radius": BAD}}, {"type": "x"}],
            [{"radius": BAD, "type": "Circle"}, {"type": "Square", "sides": [GOOD]}],
        ),
    ),
    (list[Checked], _as_it_is, ([{"leaf": GOOD, "few": [1, 2, 3]}, {"leaf": BAD, "few": [1, 2, 3]}],)),
)


def _documents(codec: Codec, trees: tuple[Any, ...]) -> list[bytes]:
    return [codec.format.dumps(tree, codec.options.limits, False) for tree in trees]


class _NotExplainedError(Exception):
    pass


def _never(_: Any) -> Any:
    raise _NotExplainedError


@EACH
@LEAVES
@pytest.mark.parametrize(("tp", "how", "trees"), CASES, ids=[f"{case[0]}-{case[1].__name__}" for case in CASES])
def test_faults_are_told_as_ever(name, tp, how, trees):
    codec = how(get_codec(name))
    decode = fast_decoder(codec.converter, tp, _never, explainer(codec.converter, tp))
    reference = reference_decoder(codec.converter, tp)
    for data in _documents(codec, trees):
        assert issues(decode, data) == issues(reference, data)


@EACH
@LEAVES
def test_what_was_read_is_not_read_again(name):
    codec = get_codec(name)
    left: list[Any] = []
    decode = fast_decoder(codec.converter, Node, _never, left.append)
    (data,) = _documents(
        codec, ({"leaf": GOOD, "children": [{"leaf": GOOD}, {"leaf": BAD}, {"leaf": GOOD}], "table": {"a": GOOD}},)
    )
    with pytest.raises(_NotExplainedError):
        decode(data)
    (tree,) = left
    assert tree["leaf"].value == Leaf(1, "x")
    assert tree["table"].value == {"a": Leaf(1, "x")}
    first, second, third = tree["children"]
    assert [type(first), type(third)] == [Structured, Structured]
    assert first.value == third.value == Node(Leaf(1, "x"))
    if isinstance(second["leaf"], list):
        assert second["leaf"][0] == 256
    else:
        assert second["leaf"]["number"] == 256


@EACH
def test_hooks_of_the_user_run_once_where_nothing_is_wrong(name):
    """And what they have made is kept."""
    codec = get_codec(name).copy()
    calls: list[Any] = []

    def structure(value: Any, _: Any) -> complex:
        calls.append(value)
        return complex(value)

    codec.converter.register_structure_hook(complex, structure)
    (data,) = _documents(codec, ([1, 2, "x", 4],))
    found = issues(codec.decoder(list[complex]), data)
    assert [issue.path for issue in found] == [(2,)]
    assert calls == [1, 2, "x", 4, *(["x"] if ENGINE == "compiled" else [])]


@EACH
def test_hooks_of_before_are_kept(name):
    codec = get_codec(name).copy()
    decode = codec.decoder(list[Leaf])
    (data,) = _documents(codec, ([GOOD, BAD],))
    codec.converter.register_structure_hook(Leaf, lambda _, __: Leaf(0))
    (issue,) = issues(decode, data)
    assert issue.path == (1, "number")
    assert codec.decode(data, list[Leaf]) == [Leaf(0), Leaf(0)]


@EACH
@pytest.mark.parametrize("tail", [b"", b"x", b"\xff"], ids=["cut", "more", "no text"])
def test_what_is_no_document_is_told_first(name, tail):
    codec = get_codec(name)
    (data,) = _documents(codec, ([BAD, GOOD, BAD],))
    data = data + tail if tail else data[:-1]
    decode, reference = codec.decoder(list[Leaf]), reference_decoder(codec.converter, list[Leaf])
    assert issues(decode, data) == issues(reference, data)


@pytest.mark.parametrize("name", ["json", "cbor"])
def test_the_last_of_equal_names_counts_as_ever(name):
    """The first one is wrong, which the engine cannot know to be of no matter."""
    codec = get_codec(name)
    data = b'{"number":"x","number":1}' if name == "json" else b"\xa2\x66number\x61x\x66number\x01"
    assert _outcome(codec.decoder(Leaf), data) == _outcome(reference_decoder(codec.converter, Leaf), data)


def _outcome(decode: Callable[[Any], Any], data: bytes) -> Any:
    try:
        return decode(data)
    except Exception as exc:  # noqa: BLE001 - whatever it is, it is to be the same
        return type(exc), str(exc)


@attrs.define
class Deep:
    """Each label stands last, so that all that is inside of it has to be there before it can be told."""

    inner: Deep | Flat | None
    kind: Literal["deep"] = "deep"


@attrs.define
class Flat:
    number: int
    kind: Literal["flat"] = "flat"


def _deep(levels: int, width: int) -> bytes:
    flat = b'{"number":"' + b"x" * width + b'","kind":"flat"}'
    return b'{"inner":' * levels + flat + b',"kind":"deep"}' * levels


def test_labels_that_stand_last():
    """Each level would be read once for all those around it, which ends when as much has been read as there is."""
    codec = get_codec("json")
    data = b"[" + b",".join([_deep(100, 2_000)] * 20) + b"]"
    tp = list[Deep | Flat]
    decode = codec.decoder(tp)
    assert issues(decode, data) == issues(reference_decoder(codec.converter, tp), data)


@attrs.define
class One:
    number: int
    inner: One | Other | None = None


@attrs.define
class Other:
    number: str
    inner: One | Other | None = None


def test_members_that_do_not_fit_are_left_at_once():
    """If each read on behind its fault, each level would double the work."""
    codec = get_codec("json").with_union(One | Other, tagging="untagged")
    levels = 40
    data = b'{"number":"x","inner":' * levels + b"null" + b"}" * levels
    start = time.perf_counter()
    assert isinstance(codec.decode(data, One | Other), Other)
    assert time.perf_counter() - start < 5


@attrs.define
class Bounded:
    text: str
    items: list[Leaf]


@EACH
def test_limits_behind_a_fault_are_told(name):
    codec = get_codec(name).with_options(max_text=20, max_items=30, max_depth=6)
    trees: tuple[Any, ...] = (
        {"text": 5, "items": [BAD] * 31},
        {"text": 5, "items": [GOOD], "more": [[[[[[[1]]]]]]]},
        {"text": 5, "items": [{"number": 1, "text": "x" * 21}]},
    )
    limits = get_codec(name).options.limits
    reference = reference_decoder(codec.converter, Bounded)
    for tree in trees:
        data = codec.format.dumps(tree, limits, False)
        assert issues(codec.decoder(Bounded), data) == issues(reference, data)
