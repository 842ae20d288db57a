"""Names of a union's classes, and arguments of `with_union` that would have no effect."""

from __future__ import annotations

import datetime as dt
import pickle
import uuid

from typing import Annotated, Any, Generic, Literal, NewType, TypedDict, TypeVar, Union

import attrs
import pytest

from symphony_codecs import Codec
from symphony_codecs.options import variant_rule
from symphony_types import DataType, InputNode, NodeId, OutputNode, PortDefinition


RULES = (
    "lowercase",
    "UPPERCASE",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
)


# The table of serde_derive's own test (internals/case.rs, rename_variants).
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Outcome", ("outcome", "OUTCOME", "outcome", "outcome", "OUTCOME", "outcome", "OUTCOME")),
        ("VeryTasty", ("verytasty", "VERYTASTY", "veryTasty", "very_tasty", "VERY_TASTY", "very-tasty", "VERY-TASTY")),
        ("A", ("a", "A", "a", "a", "A", "a", "A")),
        ("Z42", ("z42", "Z42", "z42", "z42", "Z42", "z42", "Z42")),
        # ASCII alone changes its case, but any capital begins a word.
        ("GroßÉtat", ("großÉtat", "GROßÉTAT", "großÉtat", "groß_État", "GROß_ÉTAT", "groß-État", "GROß-ÉTAT")),
    ],
)
def test_variant_rules(name: str, expected: tuple[str, ...]) -> None:
    rules = [variant_rule(rule) for rule in RULES]  # type: ignore[arg-type]
    assert tuple(rule(name) for rule in rules if rule is not None) == expected
    same = variant_rule("PascalCase")
    assert same is not None
    assert same(name) == name


def test_other_rules() -> None:
    assert variant_rule(None) is None
    assert variant_rule(str.title) is str.title
    with pytest.raises(ValueError, match=r"expected one of lowercase, .* or a function, got 'title'"):
        variant_rule("title")  # type: ignore[arg-type]


@attrs.define
class VeryTasty:
    """A class of two words."""

    x: int = 0


@attrs.define
class Plain:
    """One of one word."""


Food = VeryTasty | Plain


@pytest.mark.parametrize(
    ("options", "wire"),
    [
        ({"rename": "snake_case"}, [{"very_tasty": {"x": 1}}, "plain"]),
        ({"rename": "SCREAMING-KEBAB-CASE"}, [{"VERY-TASTY": {"x": 1}}, "PLAIN"]),
        ({"rename": str.swapcase}, [{"vERYtASTY": {"x": 1}}, "pLAIN"]),
        ({"rename": "lowercase", "names": {Plain: "Plain"}}, [{"verytasty": {"x": 1}}, "Plain"]),
        ({"rename": "lowercase", "newtype": [VeryTasty]}, [{"verytasty": 1}, "plain"]),
        ({"rename": "kebab-case", "tagging": "internal"}, [{"type": "very-tasty", "x": 1}, {"type": "plain"}]),
        (
            {"rename": "camelCase", "tagging": "adjacent", "content": "c"},
            [{"type": "veryTasty", "c": {"x": 1}}, {"type": "plain"}],
        ),
    ],
)
def test_renaming(codec: Codec, options: Any, wire: Any) -> None:
    """A rule, or a function, makes the names of all classes that have no other."""
    codec = codec.with_options(positional=False).with_union(Food, **options)
    for each in (codec, pickle.loads(pickle.dumps(codec)), codec.copy()):
        data = each.encode([VeryTasty(1), Plain()], list[Food])
        assert each.decode(data, list[Food]) == [VeryTasty(1), Plain()]
        assert each.decode(data, Any) == wire
    assert codec.decode(codec.encode(Plain(), Food | None), Food | None) == Plain()


def test_renaming_of_classes_that_have_names(json: Codec) -> None:
    """The rule starts from the name that a class goes by."""
    codec = json.with_union(InputNode | OutputNode, rename="UPPERCASE")
    wire = b'{"INPUT":'
    node = InputNode(id=NodeId.new(), name="n", output=PortDefinition(name="p", data_type=DataType.STRING))
    assert codec.encode(node, InputNode | OutputNode).startswith(wire)


@attrs.define
class Words:
    """A newtype of two."""

    a: int
    b: int


class Typed(TypedDict):
    """No class on the wire."""

    t: Literal["a"]


class Other(TypedDict):
    """Nor is this."""

    t: Literal["b"]


T = TypeVar("T")


@attrs.define
class Held(Generic[T]):
    """A generic class."""

    value: T


@pytest.mark.parametrize(
    ("union", "options", "why"),
    [
        (Food, {"tag": "t"}, "expected no tag with external tagging"),
        (Food, {"content": "c"}, "expected no content with external tagging"),
        (Food, {"tagging": "internal", "content": "c"}, "expected no content with internal"),
        (Food, {"tagging": "untagged", "tag": "t"}, "expected no tag with untagged"),
        (Food, {"tagging": "untagged", "content": "content"}, "expected no content with untagged"),
        (Food, {"tagging": "untagged", "names": {Plain: "p"}}, "expected no names with untagged"),
        (Food, {"tagging": "untagged", "rename": "lowercase"}, "expected no rename with untagged"),
        (Food, {"rename": "title"}, "expected one of lowercase"),
        (Food, {"names": {Plain: "VeryTasty"}}, "'VeryTasty' for both VeryTasty and Plain"),
        (Food, {"names": {Plain: "x", VeryTasty: "x"}}, "'x' for both"),
        (Food, {"rename": lambda _: "x"}, "'x' for both"),
        (Food, {"newtype": [Plain]}, "expected newtypes of one field, got Plain, which has none"),
        (Typed | Other, {"tagging": "internal"}, "got Typed among the members, which takes no tag"),
        (list[int] | list[str], {"tagging": "external"}, "got list.int. among the members"),
        (Plain | int, {"tagging": "adjacent"}, "got int among the members"),
        (Plain | int | None, {}, "got int among the members"),
        (uuid.UUID | dt.datetime, {}, "got UUID among the members"),
        (Food | dict[str, int], {}, "got dict.str, int., which is a map"),
        (Food | Typed, {"tagging": "internal"}, "got Typed, which is a map"),
        (Food | list[int], {"tagging": "internal"}, "got list.int., which is an array"),
        (Food | tuple[int, str], {"tagging": "adjacent"}, "got tuple.int, str., which is an array"),
        (Food | int, {"names": {int: "i"}}, "got int, which takes no tag"),
        (Held[int] | Held[str], {}, "each class once"),
    ],
)
@pytest.mark.parametrize("under", [lambda tp: tp, lambda tp: Annotated[tp, "metadata"], lambda tp: NewType("N", tp)])
def test_what_has_no_effect_is_refused(codec: Codec, union: Any, options: Any, why: str, under: Any) -> None:
    """At once, whatever the union is called."""
    with pytest.raises(ValueError, match=why):
        codec.with_union(under(union), **options)


def test_names_in_strings_are_refused(json: Codec) -> None:
    """Nobody can say whether the union that is asked for later is this one."""
    with pytest.raises(ValueError, match="does not look it up"):
        json.with_union(Union["VeryTasty", "Plain"], tagging="internal")


@pytest.mark.parametrize(
    ("union", "options", "values"),
    [
        (Food | int | None, {"tagging": "internal"}, [VeryTasty(1), Plain(), 3, None]),
        (Food | list[int], {}, [VeryTasty(1), Plain(), [1]]),
        (Food | uuid.UUID, {"tagging": "adjacent", "names": {Plain: "p"}}, [VeryTasty(1), uuid.UUID(int=1)]),
        (list[int] | list[str], {"tagging": "untagged"}, [[1], ["x"]]),
        (Typed | Other, {"tagging": "untagged"}, [{"t": "a"}, {"t": "b"}]),
        (Held[int] | Held[str], {"tagging": "untagged"}, [Held(1), Held("x")]),
        (Held[int] | Plain, {"rename": "lowercase"}, [Held(1), Plain()]),
    ],
)
def test_what_has_an_effect_is_taken(codec: Codec, union: Any, options: Any, values: list[Any]) -> None:
    """Classes that are tagged beside what looks different, and anything without tags."""
    codec = codec.with_union(union, **options)
    for value in values:
        assert codec.decode(codec.encode(value, union), union) == value


def test_another_time_replaces(json: Codec) -> None:
    """What was said of the same union before."""
    codec = json.with_union(Food, tagging="internal", tag="t").with_union(Plain | VeryTasty, rename="lowercase")
    assert codec.encode(VeryTasty(1), Food) == b'{"verytasty":{"x":1}}'
