"""Unknown names in tagged unions: read as a class, serde's `other`, or kept as they are."""

from __future__ import annotations

import pickle

from typing import Any, Literal, Union, get_args

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, UnknownVariant
from symphony_types import UNSET


@attrs.define
class Point:
    """A class with a field."""

    x: int


@attrs.define
class Unit:
    """A class without fields."""


@attrs.define
class Rest:
    """A class that takes what others write, if it can."""

    y: int = 0
    z: str | None = None


@attrs.define
class Bare:
    """A newtype."""

    held: Any


Open = Point | Unit | UnknownVariant
TAGGINGS: dict[str, dict[str, Any]] = {
    "external": {},
    "internal": {"tagging": "internal"},
    "adjacent": {"tagging": "adjacent", "content": "c"},
    "renamed": {"tagging": "adjacent", "tag": "t", "rename": "snake_case"},
}
UNKNOWN: dict[str, list[Any]] = {
    "external": ["New", {"New": None}, {"New": {"a": [1, {"b": 2.5}]}}, {"New": [1, None, "x"]}, {"New": 5}],
    "internal": [{"type": "New"}, {"type": "New", "a": {"b": [1]}}, ["New", 1, "x"]],
    "adjacent": [{"type": "New"}, {"type": "New", "c": None}, {"type": "New", "c": {"a": 1}}, {"type": "New", "c": 5}],
    "renamed": [{"t": "Point", "content": {"x": 1}}, {"t": "New"}],
}


def _of(codec: Codec, union: Any, tagging: str, **options: Any) -> Codec:
    return codec.with_union(union, **TAGGINGS[tagging], **options)


@pytest.mark.parametrize("tagging", TAGGINGS)
@pytest.mark.parametrize("positional", [False, True])
def test_kept_as_it_is(codec: Codec, tagging: str, positional: bool) -> None:
    """What is read under an unknown name is written back byte for byte, beside classes that are known."""
    own = _of(codec.with_options(positional=positional), Open, tagging)
    listed: Any = list[Open | None]
    is_pair = positional and tagging in {"adjacent", "renamed"}
    for wire in [list(each.values()) if is_pair else each for each in UNKNOWN[tagging]]:
        data = own.encode([wire, None])
        back = own.decode(data, listed)
        assert isinstance(back[0], UnknownVariant)
        assert own.encode(back, listed) == data
        assert own.decode(own.encode(back, listed), listed) == back
    values = [Point(1), Unit(), None]
    assert own.decode(own.encode(values, listed), listed) == values


@pytest.mark.parametrize("tagging", TAGGINGS)
@pytest.mark.parametrize("opened", [Open, Point | UnknownVariant, Unit | UnknownVariant | None])
def test_goes_as_the_union_it_opens(codec: Codec, tagging: str, opened: Any) -> None:
    """The options of a union are those of one that has an `UnknownVariant` more."""
    plain, whole = _of(codec, Point | Unit, tagging), _of(codec, Open, tagging)
    for value in (Point(1), Unit(), UnknownVariant("New"), None):
        if type(value) in get_args(opened):
            data = plain.encode(value, opened)
            assert data == whole.encode(value, opened)
            assert plain.decode(data, opened) == value
    untagged = codec.with_union(Point | Unit, tagging="untagged")
    with pytest.raises(EncodeError, match="UnknownVariant keeps what goes by a name"):
        untagged.encoder(opened)


def test_what_it_holds(json: Codec) -> None:
    """The name, and the content as builtins; `UNSET` where there is none."""
    assert json.decode(b'"New"', Open) == UnknownVariant("New")
    assert json.decode(b'"New"', Open) != UnknownVariant("New", None)
    assert json.decode(b'{"New":null}', Open) == UnknownVariant("New", None)
    internal = _of(json, Open, "internal")
    assert internal.decode(b'{"a":1,"type":"New"}', Open) == UnknownVariant("New", {"a": 1})
    assert internal.decode(b'{"type":"New"}', Open) == UnknownVariant("New", UNSET)
    assert json.decode(b'[5,"New",{"Point":{"x":1}}]', list[Open | int]) == [5, UnknownVariant("New"), Point(1)]
    assert json.decode(b'["New"]', list[Point | UnknownVariant]) == [UnknownVariant("New")]
    with pytest.raises(TypeError):
        UnknownVariant(5)  # type: ignore[arg-type]


def test_binary_content(codec: Codec) -> None:
    """Whatever the format can say untyped."""
    if codec.is_binary:
        data = codec.encode({"New": {"raw": b"\0\1", 5: 2**63}})
        back = codec.decode(data, Open)
        assert back == UnknownVariant("New", {"raw": b"\0\1", 5: 2**63})
        assert codec.encode(back, Open) == data


@pytest.mark.parametrize("tagging", list(TAGGINGS)[:3])
def test_a_class_without_fields(codec: Codec, tagging: str) -> None:
    """As serde's `other`: the content is dropped, and the class is written under its own name."""
    union = Point | Unit
    own = _of(codec, union, tagging, other=Unit)
    for each in (own, own.with_options(unknown_fields="forbid"), pickle.loads(pickle.dumps(own))):
        for wire in UNKNOWN[tagging]:
            assert each.decode(each.encode(wire), union) == Unit()
            assert each.decode(each.encode([wire, None]), list[union | None]) == [Unit(), None]
    assert own.encode(Unit(), union) == _of(codec, union, tagging).encode(Unit(), union)
    for value in (Point(1), Unit()):
        assert own.decode(own.encode(value, union), union) == value


@pytest.mark.parametrize(
    ("tagging", "wire", "expected"),
    [
        ("external", {"New": {"y": 1}}, Rest(1)),
        ("external", {"New": {"y": "x"}}, ("New", "y")),
        ("external", "New", ()),
        ("internal", {"type": "New", "y": 1, "more": 2}, Rest(1)),
        ("internal", {"type": "New"}, Rest()),
        ("internal", {"type": "New", "y": "x"}, ("y",)),
        ("adjacent", {"type": "New", "c": {"z": "a"}}, Rest(0, "a")),
        ("adjacent", {"type": "New", "c": {"y": "x"}}, ("c", "y")),
        ("adjacent", {"type": "New"}, ("c",)),
    ],
)
def test_a_class_with_fields(codec: Codec, tagging: str, wire: Any, expected: Any) -> None:
    """It is read from the content; what is wrong there has its path."""
    own = _of(codec, Point | Rest, tagging, other=Rest)
    data = own.encode(wire)
    if isinstance(expected, Rest):
        assert own.decode(data, Point | Rest) == expected
        return
    with pytest.raises(DecodeError) as caught:
        own.decode(data, Point | Rest)
    assert [issue.path for issue in caught.value.issues] == [expected]


def test_a_newtype(codec: Codec) -> None:
    """Its one field is the content."""
    own = codec.with_union(Point | Bare, other=Bare, newtype=[Bare])
    assert own.decode(own.encode({"New": [1, 2]}), Point | Bare) == Bare([1, 2])


def test_what_is_no_name(codec: Codec) -> None:
    """It stays an error, with the names that are known."""
    own = _of(codec, Open, "internal")
    for wire, path in (({"type": 5}, ("type",)), ({}, ("type",)), (5, ())):
        with pytest.raises(DecodeError) as caught:
            own.decode(own.encode(wire), Open)
        assert [issue.path for issue in caught.value.issues] == [path]
    with pytest.raises(DecodeError):
        codec.decode(codec.encode({"A": 1, "B": 2}), Open)


def test_some_of_the_members(codec: Codec) -> None:
    """A union without the other member takes no unknown names."""
    own = codec.with_union(Point | Unit | Rest, other=Rest)
    assert own.decode(own.encode({"New": {"y": 2}}), Point | Rest) == Rest(2)
    with pytest.raises(DecodeError, match="unknown variant 'New'"):
        own.decode(own.encode({"New": {"y": 2}}), Point | Unit)


@pytest.mark.parametrize(
    ("value", "tagging", "why"),
    [
        (UnknownVariant("Point", {"x": 1}), "external", "that no class of the union goes by"),
        (UnknownVariant("point"), "renamed", "that no class of the union goes by"),
        (UnknownVariant("New", 5), "internal", "as the content of an UnknownVariant"),
        (UnknownVariant("New", {}), "internal", "as the content of an UnknownVariant"),
        (UnknownVariant("New", {"type": 1}), "internal", "as the content of an UnknownVariant"),
        (UnknownVariant("New", [object()]), "external", "New"),
    ],
)
def test_what_could_not_be_read_back(codec: Codec, value: Any, tagging: str, why: str) -> None:
    """It is not written."""
    with pytest.raises(EncodeError, match=why):
        _of(codec, Open, tagging).encode(value, Open)


@attrs.define
class Labelled:
    """A class with a literal."""

    kind: Literal["k"] = "k"


def test_where_it_has_no_place(codec: Codec) -> None:
    """Alone, without a type, among classes that literals tell apart."""
    for tp in (UnknownVariant, list[UnknownVariant], UnknownVariant | None, UnknownVariant | int):
        for make, error in ((codec.encoder, EncodeError), (codec.decoder, DecodeError)):
            with pytest.raises(error, match="goes nowhere else"):  # type: ignore[arg-type]
                make(tp)  # type: ignore[arg-type]
    with pytest.raises(EncodeError):
        codec.encode(UnknownVariant("New"))
    for tp in (Labelled | UnknownVariant, Union[Labelled, UnknownVariant, None]):  # noqa: UP007 - both spellings
        with pytest.raises(EncodeError, match="say with with_union"):
            codec.encoder(tp)
    own = codec.with_union(Labelled | UnknownVariant)
    assert own.decode(own.encode("New"), Labelled | UnknownVariant) == UnknownVariant("New")


@pytest.mark.parametrize(
    ("union", "options", "why"),
    [
        (Point | Unit, {"other": Rest}, "expected members"),
        (Point | Unit, {"other": Unit, "tagging": "untagged"}, "expected no other with untagged"),
        (Open, {"tagging": "untagged"}, "beside UnknownVariant, got untagged"),
        (Open, {"other": Unit}, "got Unit beside UnknownVariant"),
        (Open, {"names": {UnknownVariant: "u"}}, "which keeps that of the document"),
        (Open, {"newtype": [UnknownVariant]}, "which keeps that of the document"),
        (Point | Unit | int, {"other": int}, "got int, which takes no tag"),
    ],
)
def test_options_without_effect(json: Codec, union: Any, options: Any, why: str) -> None:
    """They are refused at once."""
    with pytest.raises(ValueError, match=why):
        json.with_union(union, **options)
    assert json.with_union(Open, other=UnknownVariant).decode(b'"New"', Open) == UnknownVariant("New")


def test_hooks_of_the_users(json: Codec) -> None:
    """The hook of the other class gets the content."""
    codec = json.with_union(Point | Rest, other=Rest)
    codec.converter.register_structure_hook(Rest, lambda value, _: Rest(len(value)))
    codec.converter.register_unstructure_hook(Rest, lambda rest: "r" * rest.y)
    assert codec.decode(b'{"New":"abc"}', Point | Rest) == Rest(3)
    assert codec.encode(Rest(2), Point | Rest) == b'{"Rest":"rr"}'
