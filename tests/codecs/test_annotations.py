"""Annotations that classes of all shapes carry: generics, names for other types, old spellings, references."""

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

OptionalId = NewType("OptionalId", typing.Optional[int])  # noqa: UP045 - a new type of a `|` is none
Flipped = TypeAliasType("Flipped", dict[U, T], type_params=(T, U))
Itself = TypeAliasType("Itself", T, type_params=(T,))
Maybe = TypeAliasType("Maybe", typing.Union[T, None], type_params=(T,))  # noqa: UP007 - as above
Tree = TypeAliasType("Tree", "dict[str, Tree] | list[Tree] | int | None")


@attrs.frozen
class Base(Generic[T]):
    """What a type variable stands for depends on the class that names it."""

    x: T


@attrs.frozen
class ListBase(Base[list[T]], Generic[T]):
    """The same variable, of this class."""

    y: T


@attrs.frozen
class Two(Generic[T, U]):
    """Two variables."""

    a: T
    b: U


@attrs.frozen
class Swapped(Two[U, T], Generic[T, U]):
    """The same two, the other way round."""

    c: T


class Entry(TypedDict, Generic[T]):
    """A generic typed dict."""

    a: T


class ListEntry(Entry[list[T]], Generic[T]):
    """One that derives from it."""

    b: T


class IntEntry(ListEntry[int]):
    """One that is no more generic."""

    c: str


@attr.s(auto_attribs=False)
class Old:
    """The old way to give a type."""

    x = attr.ib(type=int)
    y = attr.ib(type="Old | None", default=None)


def _to_datetime(_: type, fields: list[Any]) -> list[Any]:
    return [field.evolve(type=dt.datetime) if field.name == "when" else field for field in fields]


@attrs.define(field_transformer=_to_datetime)
class Transformed:
    """A class whose fields are not what its annotations say."""

    when: str


@attrs.define
class Optionals:
    """Optional by any name."""

    a: OptionalId
    b: Maybe[int]
    c: typing.Annotated[int | None, "metadata"]


class Bases(list[Base[T]]):
    """A generic list of one's own."""


class Named(dict[str, Base[int]]):
    """A dict of one's own."""


class Defaults(defaultdict[str, Base[int]]):
    """A dict with a default."""


class Counts(Counter[str]):
    """A counter of one's own."""


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
    """All of them are what they say."""
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
    """A wrong value inside is found where it stands."""
    with pytest.raises(DecodeError) as caught:
        json.decode(document, as_type)
    assert [issue.path for issue in caught.value.issues] == [path]


def test_optional_by_another_name_may_be_missing(json: Codec) -> None:
    """New types, aliases and annotated types of an optional one are optional."""
    assert json.decode(b"{}", Optionals) == Optionals(OptionalId(None), None, None)


def test_defaults_of_a_dict_of_ones_own(json: Codec) -> None:
    """Its factory is the type of its values."""
    assert json.decode(b'{"a":{"x":1}}', Defaults).default_factory is Base


@dataclasses.dataclass
class Takes:
    """A constructor that takes what it does not keep."""

    a: int
    given: dataclasses.InitVar[int]


@dataclasses.dataclass
class TakesToo(Takes):
    """One that inherits this."""

    b: int = 0


@pytest.mark.parametrize("as_type", [Takes, TakesToo])
def test_constructors_that_take_more_are_refused(json: Codec, as_type: Any) -> None:
    """With the name of what would be lost, inherited or not."""
    with pytest.raises(DecodeError, match="its constructor takes 'given', which it does not keep"):
        json.decode(b'{"a":1,"given":2}', as_type)


def test_names_that_cannot_be_found_are_told(json: Codec) -> None:
    """Those of an alias, too."""
    with pytest.raises(EncodeError, match="cannot resolve its annotations"):
        json.encode(1, TypeAliasType("Lost", "list[NobodyKnows]"))  # noqa: F821 - that is the point


@attrs.define
class Link:
    """As deep as a document may be."""

    next: typing.Annotated[Link | None, "metadata"] = None


@attrs.define
class Knot:
    """The same behind a tag."""

    next: Knot | Bow | None = None


@attrs.define
class Bow:
    """Its other class."""

    next: Knot | Bow | None = None


def _from_below(function: Any, frames: int) -> Any:
    return function() if frames == 0 else _from_below(function, frames - 1)


@pytest.mark.parametrize("tagging", ["internal", "untagged"])
def test_as_deep_as_the_limit_from_a_deep_stack(codec: Codec, tagging: Any) -> None:
    """127 levels are read and written where 300 frames are in use already."""
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
