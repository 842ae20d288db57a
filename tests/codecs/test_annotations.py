"""Annotations that classes of all shapes carry: generics, other names of types, old spellings, references."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import typing

from collections import Counter, defaultdict
from typing import Any, Generic, NewType, TypeVar

import attr
import attrs
import pytest

from typing_extensions import TypeAliasType, TypedDict

from symphony_codecs import Codec, DecodeError, EncodeError


T = TypeVar("T")
U = TypeVar("U")

OptionalId = NewType("OptionalId", typing.Optional[int])  # noqa: UP045 - NewType does not accept `int | None`
Flipped = TypeAliasType("Flipped", dict[U, T], type_params=(T, U))
Itself = TypeAliasType("Itself", T, type_params=(T,))
Maybe = TypeAliasType("Maybe", typing.Union[T, None], type_params=(T,))  # noqa: UP007 - as above
Tree = TypeAliasType("Tree", "dict[str, Tree] | list[Tree] | int | None")


@attrs.frozen
class Base(Generic[T]):
    """A generic class: its type variable stands for a different type in each class that derives from it."""

    x: T


@attrs.frozen
class ListBase(Base[list[T]], Generic[T]):
    """A subclass that uses the same variable for its own parameter."""

    y: T


@attrs.frozen
class Two(Generic[T, U]):
    """A class with two variables."""

    a: T
    b: U


@attrs.frozen
class Swapped(Two[U, T], Generic[T, U]):
    """A subclass with the same two variables in reverse order."""

    c: T


class Entry(TypedDict, Generic[T]):
    """A generic typed dict."""

    a: T


class ListEntry(Entry[list[T]], Generic[T]):
    """A generic typed dict that derives from another."""

    b: T


class IntEntry(ListEntry[int]):
    """A typed dict that is no longer generic."""

    c: str


@attr.s(auto_attribs=False)
class Old:
    """A class whose types are arguments of `attr.ib`."""

    x = attr.ib(type=int)
    y = attr.ib(type="Old | None", default=None)


def _to_datetime(_: type, fields: list[Any]) -> list[Any]:
    return [field.evolve(type=dt.datetime) if field.name == "when" else field for field in fields]


@attrs.define(field_transformer=_to_datetime)
class Transformed:
    """A class with a field transformer, so that its fields differ from its annotations."""

    when: str


@attrs.define
class Optionals:
    """Optional types under other names."""

    a: OptionalId
    b: Maybe[int]
    c: typing.Annotated[int | None, "metadata"]


class Bases(list[Base[T]]):
    """A generic subclass of list."""


class Named(dict[str, Base[int]]):
    """A subclass of dict."""


class Defaults(defaultdict[str, Base[int]]):
    """A subclass of defaultdict."""


class Counts(Counter[str]):
    """A subclass of Counter."""


@pytest.mark.parametrize(
    ("value", "as_type"),
    [
        (ListBase(x=[1], y=2), ListBase[int]),
        (Swapped(a="s", b=1, c=2), Swapped[int, str]),
        ({"a": [1], "b": 1}, ListEntry[int]),
        ({"a": [1], "b": 1, "c": "x"}, IntEntry),
        (Old(1, Old(2)), Old),
        (Transformed(dt.datetime(2020, 1, 1)), Transformed),  # type: ignore[arg-type]
        ({"k": 1}, Flipped[int, str]),
        (1, Itself[int]),
        (None, Maybe[int]),
        ({"a": [1, None, {"b": [2]}]}, Tree),
        ((1, "a"), typing.Tuple),  # noqa: UP006 - not the same as `tuple`
        ((), typing.Tuple[()]),  # noqa: UP006 - as above
        (Bases([Base(1)]), Bases[int]),
        (Named(a=Base(1)), Named),
        (Defaults(None, a=Base(1)), Defaults),
        (Counts("aab"), Counts),
        (collections.defaultdict(list, {"a": [1]}), defaultdict[str, list[int]]),
    ],
)
def test_round_trip(codec: Codec, value: Any, as_type: Any) -> None:
    """Values of all of them survive in each format."""
    again = codec.decode(codec.encode(value, as_type), as_type)
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    ("document", "as_type", "path"),
    [
        (b'{"x":1,"y":1}', ListBase[int], ("x",)),
        (b'{"x":"s"}', Old, ("x",)),
        (b'{"x":1,"y":{"x":"s"}}', Old, ("y", "x")),
        (b'{"when":"x"}', Transformed, ("when",)),
        (b'[{"x":"s"}]', Bases[int], (0, "x")),
        (b'{"a":{"x":"s"}}', Named, ("a", "x")),
        (b'{"a":"s","b":1,"c":"x"}', IntEntry, ("a",)),
    ],
)
def test_what_they_hold_is_checked(json: Codec, document: bytes, as_type: Any, path: Any) -> None:
    """A wrong value inside has its path."""
    with pytest.raises(DecodeError) as caught:
        json.decode(document, as_type)
    assert [issue.path for issue in caught.value.issues] == [path]


def test_optional_by_another_name_may_be_missing(json: Codec) -> None:
    """Fields may be missing if their type is a new type, an alias or an annotated type of an optional type."""
    assert json.decode(b"{}", Optionals) == Optionals(OptionalId(None), None, None)


def test_defaults_of_a_dict_of_ones_own(json: Codec) -> None:
    """The type of the values is the factory."""
    assert json.decode(b'{"a":{"x":1}}', Defaults).default_factory is Base


@dataclasses.dataclass
class Takes:
    """A dataclass whose constructor takes an argument that it does not keep."""

    a: int
    given: dataclasses.InitVar[int]


@dataclasses.dataclass
class TakesToo(Takes):
    """A subclass that inherits such an argument."""

    b: int = 0


@pytest.mark.parametrize("as_type", [Takes, TakesToo])
def test_constructors_that_take_more_are_refused(json: Codec, as_type: Any) -> None:
    """The error names the argument, inherited or not."""
    with pytest.raises(DecodeError, match="its constructor takes 'given', which it does not keep"):
        json.decode(b'{"a":1,"given":2}', as_type)


def test_names_that_cannot_be_resolved_are_reported(json: Codec) -> None:
    """Names in an alias are reported as well."""
    with pytest.raises(EncodeError, match="cannot resolve its annotations"):
        json.encode(1, TypeAliasType("Lost", "list[NobodyKnows]"))  # noqa: F821 - that is the point


@attrs.define
class Link:
    """A class for documents as deep as the limit allows."""

    next: typing.Annotated[Link | None, "metadata"] = None


@attrs.define
class Knot:
    """The same class behind a tag."""

    next: Knot | Bow | None = None


@attrs.define
class Bow:
    """Another member of its union."""

    next: Knot | Bow | None = None


def _from_below(function: Any, frames: int) -> Any:
    return function() if frames == 0 else _from_below(function, frames - 1)


@pytest.mark.parametrize("tagging", ["internal", "untagged"])
def test_as_deep_as_the_limit_from_a_deep_stack(codec: Codec, tagging: Any) -> None:
    """127 levels are encoded and decoded while 300 frames of the stack are in use."""
    codec = codec.with_union(Knot | Bow, tagging=tagging)
    link, knot = Link(), Knot()
    for _ in range(126):
        link, knot = Link(link), Knot(knot)
    for value, as_type in ((link, Link), (knot, Knot)):
        data = _from_below(lambda v=value, t=as_type: codec.encode(v, t), 300)
        depth, again = 0, _from_below(lambda d=data, t=as_type: codec.decode(d, t), 300)
        while again is not None:
            depth, again = depth + 1, again.next
        assert depth == 127
