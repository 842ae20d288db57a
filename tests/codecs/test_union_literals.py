"""Unions of classes that their literal fields tell apart: by one, by several together, or not at all."""

from __future__ import annotations

import dataclasses
import enum
import itertools

from typing import Annotated, Any, Generic, Literal, NewType, TypeVar

import attrs
import pytest

from cattrs import override
from typing_extensions import TypeAliasType

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec


class Color(enum.Enum):
    """Its values are what is on the wire."""

    RED = "red"
    ONE = 1


T = TypeVar("T")


@attrs.define
class A:
    """The first kind."""

    kind: Literal["a"] = "a"
    size: int = 0


@attrs.frozen
class B:
    """Another kind."""

    kind: Literal["b", "bee"] = "b"


@dataclasses.dataclass
class D(Generic[T]):
    """A dataclass of a third kind."""

    kind: Literal["d"]
    held: T


@attrs.define
class V1A:
    """Of version 1, first kind."""

    version: Literal[1]
    kind: Literal["a"]
    name: str = ""


@attrs.define
class V1B:
    """Of version 1, second kind."""

    version: Literal[1]
    kind: Literal["b"]


@attrs.define
class V2A:
    """Of version 2, first kind, which has the same name."""

    version: Literal[2, 3] = 2
    kind: Literal["a"] = "a"


@attrs.define
class V4:
    """Its version says it all."""

    version: Literal[4] = 4
    kind: Literal["a", "b"] = "a"


NewB = NewType("NewB", B)
Inner = TypeAliasType("Inner", A | B)
Noted: Any = Annotated[A, "metadata"]
LITERALS: list[tuple[Any, list[Any]]] = [
    (A | B, [A(), B("bee")]),
    (A | NewB | D[int], [A(), B(), D("d", 3)]),
    (Noted | B | None, [A(size=1), B(), None]),
    (Inner | D[str], [A(), D("d", "x")]),
    (A | B | int | str, [A(), B(), 3, "x"]),
    (V1A | V1B | V2A, [V1A(1, "a", "x"), V1B(1, "b"), V2A(2), V2A(3)]),
    (V1A | V1B | V2A | V4 | None, [V1A(1, "a"), V1B(1, "b"), V2A(), V4(4, "b"), V4(), None]),
]


def _class(name: str, **types: Any) -> Any:
    """Return a class of fields of these types."""
    return attrs.make_class(name, {key: attrs.field(type=tp) for key, tp in types.items()})


@pytest.mark.parametrize(("union", "values"), LITERALS)
@pytest.mark.parametrize("omits", [False, True])
def test_they_come_back(codec: Codec, union: Any, values: list[Any], omits: bool) -> None:
    """Each member does, in maps and arrays, with the literals that tell it apart though they are defaults."""
    codec = codec.with_options(omit_defaults=omits)
    listed: Any = list[union]  # type: ignore[valid-type]
    assert codec.decode(codec.encode(values, listed), listed) == values
    for value in values:
        assert codec.decode(codec.encode(value, union), union) == value
        if attrs.has(type(value)) and not codec.format.positional:
            assert codec.decode(codec.encode(value, union), dict[str, Any])["kind"] == value.kind


def test_the_order_of_members_does_not_matter(codec: Codec) -> None:
    """Nor for the bytes, nor for what an error says."""
    members = (V1A, V1B, V2A, V4)
    texts = set()
    for order in itertools.permutations(members):
        union: Any = order[0] | order[1] | order[2] | order[3]
        assert codec.encode(V1B(1, "b"), union) == codec.encode(V1B(1, "b"), V1B)
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode({"version": 1, "kind": "c"}), union)
        (issue,) = caught.value.issues
        texts.add((issue.path, issue.code, tuple(sorted(issue.expected))))
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("value", "path", "code", "expected"),
    [
        ({}, ("version",), "missing_field", "field 'version'"),
        ({"version": 9, "kind": "a"}, ("version",), "unknown_tag", "one of 1, 2, 3"),
        ({"version": True, "kind": "a"}, ("version",), "unknown_tag", "one of 1, 2, 3"),
        ({"version": 1}, ("kind",), "missing_field", "field 'kind'"),
        ({"version": 1, "kind": "c"}, ("kind",), "unknown_tag", "one of a, b"),
        ({"version": 1, "kind": "a", "name": 5}, ("name",), "wrong_type", "a string"),
        ([9, "a"], ("version",), "unknown_tag", "one of 1, 2, 3"),
        ([1, "c"], ("kind",), "unknown_tag", "one of a, b"),
        ([1], (), "wrong_type", "a map with field 'kind'"),
    ],
)
def test_errors_name_the_key(codec: Codec, value: Any, path: Any, code: str, expected: str) -> None:
    """The one that is wrong, with the values known where the others are as they are."""
    shapes: tuple[Any, ...] = ((V1A | V1B | V2A, ()), (dict[str, V1A | V1B | V2A], ("k",)))
    for tp, prefix in shapes:
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode({"k": value} if prefix else value), tp)
        assert [(issue.path, issue.code) for issue in caught.value.issues] == [((*prefix, *path), code)]
        assert caught.value.issues[0].expected == expected


@attrs.define
class Plain:
    """A class without literals."""

    size: int = 0


@attrs.define
class OptionalKind:
    """It may have a kind."""

    kind: Literal["o"] | None = "o"


@attrs.define
class Hooked:
    """A hook reads its kind."""

    kind: Annotated[Literal["h"], override(struct_hook=lambda value, _: value)] = "h"


@attrs.define
class Omitting:
    """Its kind is not on the wire."""

    kind: Annotated[Literal["o"], override(omit=True)] = "o"


@attrs.define
class Overlapping:
    """Its kind may be that of `A`."""

    kind: Literal["a", "x"] = "x"


@attrs.define
class Mode:
    """It alone has a literal."""

    mode: Literal["r", "w"] = "r"


@attrs.define
class Level:
    """Its literal is as good as the other's."""

    number: Literal[1, Color.RED] = 1


@attrs.define
class Wire:
    """What it may be looks like that of `Level`."""

    number: Literal[Color.ONE] = Color.ONE


@pytest.mark.parametrize(
    ("union", "why"),
    [
        (A | B | Plain, "Plain has no field 'kind', which A and B have as a Literal"),
        (A | Plain, "Plain has no field 'kind', which A has as a Literal"),
        (Plain | Mode, "Plain has no field 'mode', which Mode has as a Literal"),
        (A | B | OptionalKind, "the field 'kind' of OptionalKind is no Literal of scalars, which A and B have"),
        (A | B | Hooked, "Hooked has a hook for its field 'kind'"),
        (A | B | Omitting, "Omitting leaves its field 'kind' out"),
        (A | B | Overlapping, "A and Overlapping are not told apart by 'kind', since 'kind' may be 'a' in both"),
        (V1A | V1B | Overlapping, "Overlapping"),
        (Level | Wire, "since 'number' may be 1 in both"),
    ],
)
def test_between_all_and_none_is_refused(codec: Codec, union: Any, why: str) -> None:
    """Where the codec's functions are made, in either direction, inside others, with the reason."""
    for make, error in ((codec.encoder, EncodeError), (codec.decoder, DecodeError)):
        shapes: tuple[Any, ...] = (union, list[union], union | None, union | int)
        for tp in shapes:
            with pytest.raises(error, match=why) as caught:  # type: ignore[arg-type]
                make(tp)
            assert caught.value.issues[0].code == "unsupported_type"
            assert "with_union" in str(caught.value)
    told = codec.with_union(union)
    member = union.__args__[0]
    assert told.decode(told.encode(member(1, "a") if member is V1A else member(), union), union).__class__ is member


def test_a_key_that_is_renamed_is_refused(codec: Codec) -> None:
    """In one class; in all, it tells them apart by its new name."""
    one = codec.with_class(B, fields={"kind": FieldOptions(rename="type")})
    with pytest.raises(
        EncodeError, match="the field 'kind' of B is called 'type' on the wire, not 'kind', which A has"
    ):
        one.encode(A(), A | B)
    both = one.with_class(A, fields={"kind": FieldOptions(rename="type")})
    assert both.decode(both.encode([A(), B()], list[A | B]), list[A | B]) == [A(), B()]


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        ({"version": Literal[1]}, {"version": Literal[1], "size": int}, 1),
        ({"level": Literal["low", "high"]}, {"size": int, "level": Literal["high", "low"]}, "low"),
        ({"kind": Literal["a"] | None}, {"kind": Literal["b"] | None}, None),
        ({"size": int}, {"text": str}, 1),
    ],
)
def test_what_is_the_same_in_all_is_no_tag(json: Codec, one: Any, other: Any, value: Any) -> None:
    """Nor is what is no literal: they go by their names."""
    first, second = _class("First", **one), _class("Second", **other)
    assert json.encode(first(value), first | second).startswith(b'{"First":')


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Literal[1], Literal[True]),
        (Literal[0, "x"], Literal[False]),
        (Literal[None, 1], Literal["a"]),  # noqa: PYI061 - the point of it
        (Literal[Color.RED], Literal[Color.ONE]),
        (Literal[Color.ONE], Literal["one"]),
        (Literal[b"x"], Literal[b"y"]),
    ],
)
def test_values_of_any_kind(codec: Codec, one: Any, other: Any) -> None:
    """Texts, numbers, booleans, null, bytes, members of enums; 1 is not True."""
    classes = _class("One", tag=one), _class("Other", tag=other)
    values = [cls(tag) for cls, tp in zip(classes, (one, other), strict=True) for tag in tp.__args__]
    union: Any = classes[0] | classes[1]
    listed: Any = list[union]  # type: ignore[valid-type]
    back = codec.decode(codec.encode(values, listed), listed)
    assert [(type(each), type(each.tag), each) for each in back] == [(type(v), type(v.tag), v) for v in values]


@attrs.define
class Behind:
    """Its kind does not stand first."""

    size: int = 0
    kind: Literal["behind"] = "behind"


def test_different_places_in_arrays_are_refused() -> None:
    """In maps they do not matter."""
    json, compact = get_codec("json"), get_codec("msgpack-compact")
    assert json.decode(json.encode([A(), Behind()], list[A | Behind]), list[A | Behind]) == [A(), Behind()]
    named = "field 'kind', which tells the union's classes apart, stands at one place.* the arrays of A, Behind"
    with pytest.raises(EncodeError, match=named):
        compact.encode(A(), A | Behind)
    with pytest.raises(DecodeError):
        compact.decode(compact.encode(A()), A | Behind)
