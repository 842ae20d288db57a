"""The table of changes: what people do to classes between two releases."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import typing
import uuid

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Final, Generic, Literal, NewType, TypeVar

import attrs

from typing_extensions import TypedDict

import symphony_types

from symphony_codecs import Codec, FieldOptions, UnknownVariant
from tests.codecs.schema.export.changed import Change, made


__all__ = ["CHANGES"]

S = TypeVar("S")


def _class(cls: Any, **options: Any) -> Callable[[Codec], Codec]:
    return lambda codec: codec.with_class(cls, **options)


def _field(cls: Any, name: str, **options: Any) -> Callable[[Codec], Codec]:
    return lambda codec: codec.with_class(cls, fields={name: FieldOptions(**options)})


def _options(**options: Any) -> Callable[[Codec], Codec]:
    return lambda codec: codec.with_options(**options)


def _union(union: Any, **options: Any) -> Callable[[Codec], Codec]:
    return lambda codec: codec.with_union(union, **options)


def _enum(cls: Any, **options: Any) -> Callable[[Codec], Codec]:
    return lambda codec: codec.with_enum(cls, **options)


def _both(*shapes: Callable[[Codec], Codec]) -> Callable[[Codec], Codec]:
    def shape(codec: Codec) -> Codec:
        for each in shapes:
            codec = each(codec)
        return codec

    return shape


def _checked(*validators: Any, **rest: Any) -> dict[str, Any]:
    return {"validator": list(validators), **rest}


v = attrs.validators


def _fields() -> Iterator[Change]:
    a, ab = made(a=int), made(a=int, b=int)
    yield Change(name="nothing", old=ab, new=made(a=int, b=int))
    yield Change(name="add a required field", old=a, new=ab)
    yield Change(name="add a field with a default", old=a, new=made(a=int, b=(int, 7)))
    yield Change(name="add a field with a factory", old=a, new=made(a=int, b=(list[int], {"factory": list})))
    yield Change(
        name="add a field in the middle", old=ab, new=made(a=int, c=(int, {"default": 0, "kw_only": True}), b=int)
    )
    yield Change(
        name="add a text in the middle", old=ab, new=made(a=int, c=(str, {"default": "", "kw_only": True}), b=int)
    )
    yield Change(name="remove the last field", old=ab, new=a)
    yield Change(name="remove the first field", old=ab, new=made(b=int))
    yield Change(name="remove the first field, of another type", old=made(a=str, b=int), new=made(b=int))
    yield Change(name="remove a field that readers may lack", old=made(a=int, b=(int, 7)), new=a)
    yield Change(name="rename", old=ab, new=made(a=int, c=int))
    with_alias = made(a=int, c=int)
    yield Change(
        name="rename with an alias",
        old=ab,
        new=with_alias,
        shape_new=_field(with_alias, "c", aliases=("b",)),
        renamed={"b": "c"},
    )
    yield Change(name="rename a field with a default", old=made(a=int, b=(int, 7)), new=made(a=int, c=(int, 7)))
    same_key = made(a=int, c=int)
    yield Change(
        name="rename in Python alone",
        old=ab,
        new=same_key,
        shape_new=_field(same_key, "c", rename="b"),
        renamed={"b": "c"},
    )
    yield Change(name="another field in place of the only one", old=made(number=str), new=made(holder=str))
    yield Change(name="a new field in place of the first", old=ab, new=made(b=int, c=int))
    merged = made(b=int)
    yield Change(
        name="an alias for a field that is removed", old=ab, new=merged, shape_new=_field(merged, "b", aliases=("a",))
    )
    yield Change(name="reorder fields of one type", old=ab, new=made(b=int, a=int))
    yield Change(name="reorder fields of two types", old=made(a=int, b=str), new=made(b=str, a=int))
    yield Change(
        name="reorder with something new between",
        old=ab,
        new=made(b=int, c=(int, 1), a=(int, 1)),
        old_values=(ab(a=1, b=1),),
    )
    swapped = made(a=int, b=int)
    yield Change(
        name="swap the keys of two fields",
        old=ab,
        new=swapped,
        shape_new=_class(swapped, fields={"a": FieldOptions(rename="b"), "b": FieldOptions(rename="a")}),
    )
    camel = made(unit_price=int)
    yield Change(
        name="rename all by a rule", old=made(unit_price=int), new=camel, shape_new=_class(camel, rename="camelCase")
    )
    numbered = made(a=int, b=int)
    yield Change(
        name="ints for keys",
        old=ab,
        new=numbered,
        shape_new=lambda codec: (
            codec if codec.name == "json" else codec.with_class(numbered, fields={"a": FieldOptions(rename=1)})
        ),
    )
    yield Change(name="a default for a field", old=ab, new=made(a=int, b=(int, 7)))
    required = made(a=int, b=(int, 7))
    yield Change(
        name="require a field with a default", old=a, new=required, shape_new=_field(required, "b", required=True)
    )
    forbidding = made(a=int)
    yield Change(
        name="forbid unknown fields", old=ab, new=forbidding, shape_new=_class(forbidding, unknown_fields="forbid")
    )
    keeping = made(a=int)
    yield Change(name="keep unknown fields", old=ab, new=keeping, shape_new=_class(keeping, unknown_fields="keep"))
    yield Change(
        name="all forbid, one added", old=a, new=made(a=int, b=(int, 1)), shape=_options(unknown_fields="forbid")
    )
    omitted = made(a=int, b=(int, 7))
    yield Change(
        name="omit a field",
        old=omitted,
        new=made(a=int, b=(int, 7)),
        shape_old=_field(omitted, "b", omit=True),
        unread=("b",),
    )
    serde = made(a=int, b=(int, 7))
    yield Change(
        name="serde's rule for what is required", old=a, new=serde, shape_new=_class(serde, serde_required=True)
    )
    yield Change(name="a class without fields gets one", old=made(), new=made(a=(int, 1)))
    yield Change(name="a class without fields gets a required one", old=made(), new=made(a=int))


def _defaults() -> Iterator[Change]:
    omit = _options(omit_defaults=True)
    yield Change(name="another default", old=made(a=(int, 1)), new=made(a=(int, 2)))
    yield Change(name="another default, defaults left out", old=made(a=(int, 1)), new=made(a=(int, 2)), shape=omit)
    yield Change(name="the same default, left out", old=made(a=(int, 1)), new=made(a=(int, 1), b=(int, 2)), shape=omit)
    yield Change(name="no default any more, left out", old=made(a=(int, 1)), new=made(a=int), shape=omit)
    yield Change(name="begin to leave defaults out", old=made(a=(int, 1)), new=made(a=(int, 1)), shape_new=omit)
    yield Change(name="another default of a text, left out", old=made(a=(str, "a")), new=made(a=(str, "b")), shape=omit)
    yield Change(
        name="another default, list, left out",
        old=made(a=(list[int], {"factory": list})),
        new=made(a=(list[int], {"factory": lambda: [1]})),
        shape=omit,
    )
    none = made(a=int, b=(int | None, None))
    other = made(a=int, b=(int | None, 5))
    yield Change(
        name="another default than None, None left out",
        old=none,
        new=other,
        shape_old=_field(none, "b", omit_none=True),
    )
    yield Change(
        name="begin to leave None out",
        old=none,
        new=made(a=int, b=(int | None, None)),
        shape_old=_field(none, "b", omit_none=True),
    )
    yield Change(
        name="None left out, required afterwards",
        old=none,
        new=made(a=int, b=int | None),
        shape_old=_field(none, "b", omit_none=True),
    )


def _scalars() -> Iterator[Change]:
    def change(name: str, old: Any, new: Any, **rest: Any) -> Change:
        return Change(name=name, old=made(a=old), new=made(a=new), **rest)

    yield change("int to float", int, float)
    yield change("small int to float", (int, _checked(v.ge(0), v.le(100))), float)
    yield change("int to text", int, str)
    yield change("int to bool", int, bool)
    for one, other in (
        ("int", "U128"),
        ("U64", "U128"),
        ("U64", "int"),
        ("I64", "U64"),
        ("I128", "int"),
        ("U8", "U16"),
        ("I128", "U128"),
    ):
        sizes = {
            "int": int,
            **{name: getattr(symphony_types, name) for name in ("U8", "U16", "U64", "I64", "U128", "I128")},
        }
        yield change(f"{one} to {other}", sizes[one], sizes[other])
    yield change("int to None", int, None)
    yield change("int to anything", int, Any)
    yield change("bytes to anything", bytes, Any)
    yield change("UUID to anything", uuid.UUID, Any)
    yield change("lists to anything", list[bytes], Any)
    yield change("anything or None", Any, Any | None)
    yield change("anything to a union with it", int | str, Any)
    yield change("datetime to Path", dt.datetime, pathlib.Path)
    yield change("text to bytes", str, bytes)
    yield change("UUID to text", uuid.UUID, str)
    yield change("UUID to bytes", uuid.UUID, bytes)
    yield change("date to text", dt.date, str)
    yield change("date to datetime", dt.date, dt.datetime)
    yield change("datetime to text", dt.datetime, str)
    yield change("UUID to date", uuid.UUID, dt.date)
    yield change("timedelta to text", dt.timedelta, str)
    yield change("timedelta to float", dt.timedelta, float)
    yield change("Decimal to text", decimal.Decimal, str)
    yield change("Decimal to float", decimal.Decimal, float)
    yield change("int to Decimal", int, decimal.Decimal)
    yield change("Path to text", pathlib.Path, str)
    yield change("a new type of int", int, NewType("Count", int))
    yield change("Option", int, int | None)
    yield change("Option with a default", int, (int | None, None))
    yield change("Option of Option's default", (int | None, None), (int | None, 3))
    yield change("bounds of an int", int, (int, _checked(v.ge(0))))
    yield change("wider bounds", (int, _checked(v.ge(0), v.le(5))), (int, _checked(v.ge(-1), v.le(100))))
    yield change("bounds that exclude all", (int, _checked(v.ge(0))), (int, _checked(v.le(-1))))
    yield change("strict bound", (int, _checked(v.ge(0))), (int, _checked(v.gt(0))))
    yield change("bounds of a float", float, (float, _checked(v.ge(0.0))))
    yield change("a length of a text", str, (str, _checked(v.max_len(2))))
    yield change("a longer text", (str, _checked(v.max_len(2))), (str, _checked(v.max_len(3))))
    yield change("a length of a list", list[int], (list[int], _checked(v.max_len(1))))
    yield change("a list that is not empty", list[int], (list[int], _checked(v.min_len(1))))
    yield change("a pattern", str, (str, _checked(v.matches_re("[a-z]+"))))
    yield change("a wider pattern", (str, _checked(v.matches_re("[a-z]+"))), (str, _checked(v.matches_re("[a-z0-9]+"))))
    yield change(
        "a pattern for nothing that was",
        (str, _checked(v.matches_re("[a-z]+"))),
        (str, _checked(v.matches_re("[0-9]+"))),
    )
    yield change(
        "a pattern within a length", (str, _checked(v.matches_re("[a-z]{1,3}"))), (str, _checked(v.max_len(3)))
    )
    yield change(
        "a length within a pattern", (str, _checked(v.max_len(3))), (str, _checked(v.matches_re(r"[\s\S]{0,4}")))
    )
    yield change("a rule of code", int, (int, _checked(_even)))
    yield change("one of some", str, (str, _checked(v.in_(["a", "b", ""]))))
    yield change("one of more", (str, _checked(v.in_(["a", "b"]))), (str, _checked(v.in_(["a", "b", ""]))))


def _even(_: Any, attribute: Any, value: int) -> None:
    if value % 2:
        raise ValueError(attribute.name)


def _enums() -> Iterator[Change]:
    def named(**members: Any) -> Any:
        return Enum("Colour", members, module=__name__)

    red = named(RED="red", BLUE="blue")

    def change(name: str, old: Any, new: Any, **rest: Any) -> Change:
        return Change(name=name, old=made(a=old), new=made(a=new), **rest)

    yield change("add a member", red, named(RED="red", BLUE="blue", GREEN="green"))
    yield change("rename a member, by value", red, named(ROT="red", BLUE="blue"))
    yield change("rename a member, by name", red, named(ROT="red", BLUE="blue"), shape=_options(enums="name"))
    yield change("another value", red, named(RED="r", BLUE="blue"))
    yield change("another value, by name", red, named(RED="r", BLUE="blue"), shape=_options(enums="name"))
    yield change("reorder members", red, named(BLUE="blue", RED="red"))
    ints = named(A=1, B=2, C=3)
    yield change("swap ints of two members", ints, named(A=2, B=1, C=3))
    yield change("move ints of all members", ints, named(A=2, B=3, C=1))
    yield change("int enum to int", enum.IntEnum("N", {"A": 1, "B": 2}), int)
    yield change("enum to text", red, str)
    yield change("enum to literal", red, Literal["red", "blue"])
    yield change("literal to more", Literal["a"], Literal["a", "b"])
    yield change("literal of another value", Literal["a"], Literal["b"])
    yield change("literal to enum", Literal["red"], red)
    yield change("bool to literal", bool, Literal[True, False])
    yield change("literal of int to int", Literal[1, 2], int)
    unknown = named(RED="red", BLUE="blue", OTHER="other")
    other = _enum(unknown, other=unknown.OTHER)
    yield change(
        "a member for unknown values",
        named(RED="red", GREEN="green"),
        unknown,
        shape_new=other,
        others=(unknown.OTHER,),
    )
    yield change("an enum that takes any text", str, red)
    by_name = {"shape_old": _enum(red, by="name"), "shape_new": _enum(red, by="value")}
    yield change("from names to values", red, red, **by_name)
    english, german = named(RED="r", BLUE="b"), named(RED="r", BLUE="b")
    yield change(
        "other names on the wire",
        english,
        german,
        shape_old=_enum(english, by="name"),
        shape_new=_enum(german, by="name", names={german.RED: "rot"}),
    )
    yield change("flags", enum.Flag("F", {"A": 1, "B": 2}), enum.Flag("F", {"A": 1, "B": 2, "C": 4}))


class Pair(typing.NamedTuple):
    a: int
    b: int


class Pair2(typing.NamedTuple):
    b: int
    a: int


class Pair3(typing.NamedTuple):
    a: int
    b: int
    c: int = 0


class Dict1(TypedDict):
    a: int


class Dict2(TypedDict):
    a: int
    b: int


class Dict3(TypedDict, total=False):
    a: int
    b: int


class Closed1(TypedDict, closed=True):
    a: int


class Closed2(TypedDict, closed=True):
    a: int
    b: int


class Ints(TypedDict, extra_items=int):
    a: int


class Floats(TypedDict, extra_items=float):
    a: int


class Texts(TypedDict, extra_items=str):
    a: int


class Anys(TypedDict, extra_items=Any):
    a: int


class Bare(TypedDict, extra_items=int):
    pass


def _containers() -> Iterator[Change]:
    def change(name: str, old: Any, new: Any, **rest: Any) -> Change:
        return Change(name=name, old=made(a=old), new=made(a=new), **rest)

    yield change("list to set", list[int], set[int])
    yield change("list to tuple", list[int], tuple[int, ...])
    yield change("list to pair", list[int], tuple[int, int])
    yield change("pair to triple", tuple[int, int], tuple[int, int, int])
    yield change("list of other items", list[int], list[str])
    yield change("list of wider items", list[int], list[int | None])
    yield change("one to a list", int, list[int])
    yield change("list to dict", list[int], dict[str, int])
    yield change("dict of other values", dict[str, int], dict[str, str])
    yield change("dict of other keys", dict[str, int], dict[int, int])
    yield change("dict of uuids to texts", dict[uuid.UUID, int], dict[str, int])
    yield change("dict to class", dict[str, int], made("K", b=int))
    yield change("dict to class with defaults", dict[str, int], made("K", b=(int, 1)))
    yield change("tuple to class", tuple[int, int], made("K", a=int, b=int))
    yield change("named tuple, reordered", Pair, Pair2)
    yield change("named tuple, longer", Pair, Pair3)
    yield change("named tuple to class", Pair, made("K", a=int, b=int))
    yield change("typed dict, added", Dict1, Dict2)
    yield change("typed dict, optional", Dict2, Dict3)
    yield change("typed dict to class", Dict2, made("K", a=int, b=int))
    yield change("class to typed dict", made("K", a=int, b=(int, 1)), Dict2)
    yield change("typed dict, closed", Dict1, Closed1)
    yield change("typed dict, closed and added", Closed1, Closed2)
    yield change("typed dict, other keys", Dict1, Ints)
    yield change("typed dict, anything under other keys", Ints, Anys)
    yield change("typed dict, no other keys any more", Ints, Closed1)
    yield change("typed dict, other keys of another type", Ints, Texts)
    yield change("typed dict, other keys of a wider type", Ints, Floats)
    yield change("typed dict, one of the other keys by name", Ints, Dict2)
    yield change("typed dict of other keys to dict", Bare, dict[str, int])
    yield change("typed dict of other keys to dict of texts", Bare, dict[str, str])
    yield change("typed dict of other keys to class", Bare, made("K", b=(int, 1)))


def _classes() -> Iterator[Change]:
    inner, wider = made("Inner", x=int), made("Inner", x=int, y=(int, 0))
    needy = made("Inner", x=int, y=int)

    def change(name: str, old: Any, new: Any, **rest: Any) -> Change:
        return Change(name=name, old=old, new=new, **rest)

    yield change("a nested class grows", made(p=inner), made(p=wider))
    yield change("a nested class requires", made(p=inner), made(p=needy))
    yield change("a nested class in a list requires", made(p=list[inner]), made(p=list[needy]))
    yield change("a nested class that may be None requires", made(p=inner | None), made(p=needy | None))
    yield change("a nested class in a dict requires", made(p=dict[str, inner]), made(p=dict[str, needy]))
    yield change("another name of a nested class", made(p=inner), made(p=made("Other", x=int)))
    yield change("a class in place of its field", made(p=int), made(p=inner))
    nested, flat = made(p=inner), made(p=inner)
    yield change("flatten", nested, flat, shape_new=_field(flat, "p", flatten=True))
    direct, flattened = made(x=int, b=int), made(p=inner, b=int)
    yield change(
        "move fields into a flattened class",
        direct,
        flattened,
        shape_new=_field(flattened, "p", flatten=True),
        flat=("p",),
    )
    catching = made(a=int, rest=dict[str, int])
    catching_more = made(a=int, b=(int, {"default": 0}), rest=(dict[str, int], {"factory": dict}))
    rest = {"rest": FieldOptions(flatten=True)}
    yield change(
        "a field beside a flattened map",
        catching,
        catching_more,
        shape_old=_class(catching, fields=rest),
        shape_new=_class(catching_more, fields=rest),
        old_values=(catching(a=1, rest={"b": 5}),),
        flat=("rest",),
    )
    maybe_old, maybe_new = made(p=inner | None), made(p=needy | None)
    flat_p = {"p": FieldOptions(flatten=True)}
    yield change(
        "a flattened class that may be None",
        maybe_old,
        maybe_new,
        shape_old=_class(maybe_old, fields=flat_p),
        shape_new=_class(maybe_new, fields=flat_p),
    )
    positional = made(a=int, b=int)
    yield change("an array from now on", made(a=int, b=int), positional, shape_new=_class(positional, positional=True))
    array_old, array_new = made(a=int), made(a=int, b=(int, 1))
    yield change(
        "an array that grows",
        array_old,
        array_new,
        shape_old=_class(array_old, positional=True),
        shape_new=_class(array_new, positional=True),
    )
    yield change("a dataclass", made(p=Point1), made(p=Point2))
    yield change("a dataclass in place of an attrs class", made(p=inner), made(p=Point1))
    yield change("an enum in the place of an int", made(d=int, b=Side), made(b=Side, d=int))
    yield change("a newtype of a class", made(p=inner), made(p=NewType("Alias", inner)))
    yield change("a frozen set in place of a tuple", made(p=tuple[int, ...]), made(p=frozenset[int]))
    yield change("generic", Box1[int], Box2[int])
    yield change("generic of another type", Box1[int], Box1[str])
    yield change("generic of a wider type", Box1[int], Box1[int | None])
    yield change("recursive", Tree1, Tree2)
    yield change("recursive, wider", Tree2, Tree3)
    yield change("recursive, other items", Tree1, Tree4)
    yield change("init=False", made(a=int), made(a=int, b=(int, {"init": False, "default": 3})))


Side = Enum("Side", {"LEFT": 1, "RIGHT": 2}, module=__name__)


@dataclasses.dataclass(frozen=True)
class Point1:
    x: int


@dataclasses.dataclass(frozen=True)
class Point2:
    x: int
    y: int = 0


@attrs.frozen
class Box1(Generic[S]):
    item: S


@attrs.frozen
class Box2(Generic[S]):
    item: S
    label: str = ""


@attrs.frozen
class Tree1:
    value: int
    children: list[Tree1]


@attrs.frozen
class Tree2:
    value: int
    children: list[Tree2]
    label: str = ""


@attrs.frozen
class Tree3:
    value: int
    children: list[Tree3]
    label: str | None = None


@attrs.frozen
class Tree4:
    value: float
    children: list[Tree4 | None]


def _unions() -> Iterator[Change]:
    circle, square = made("Circle", r=int), made("Square", r=int)
    dot, tall = made("Dot"), made("Tall", h=int, w=(int, 0))
    two, three = circle | square, circle | square | tall

    for tagging in ("external", "internal", "adjacent", "untagged"):

        def change(name: str, old: Any, new: Any, tagging: str = tagging, **rest: Any) -> Change:
            tag = _both(*(_union(each, tagging=tagging) for each in (old, new) if typing.get_args(each)))
            return Change(name=f"{name}, {tagging}", old=made(s=old), new=made(s=new), shape=tag, **rest)

        yield change("add a member to a union", two, three)
        yield change("reorder a union", two, square | circle)
        yield change("a class without fields", circle | dot, circle | made("Dot", x=int))
        yield change("a class without fields gets a default", circle | dot, circle | made("Dot", x=(int, 1)))
        yield change("a member changes", circle | tall, circle | made("Tall", h=int))
        yield change("a member requires", circle | made("Tall", h=int), circle | made("Tall", h=int, w=int))
        yield change("a class to a union", circle, two)
        yield change("a union of others", two, tall | made("Small", s=str))

    taggings = {
        "external": {"tagging": "external"},
        "internal": {"tagging": "internal"},
        "adjacent": {"tagging": "adjacent"},
        "untagged": {"tagging": "untagged"},
        "kind": {"tagging": "internal", "tag": "kind"},
        "data": {"tagging": "adjacent", "content": "data"},
    }
    for old, new in (
        ("external", "internal"),
        ("external", "adjacent"),
        ("internal", "kind"),
        ("adjacent", "data"),
        ("internal", "adjacent"),
        ("untagged", "internal"),
        ("external", "untagged"),
    ):
        ours, theirs = made(s=circle | tall), made(s=circle | tall)
        yield Change(
            name=f"tagging: {old} to {new}",
            old=ours,
            new=theirs,
            shape_old=_union(circle | tall, **taggings[old]),
            shape_new=_union(circle | tall, **taggings[new]),
        )
    ring, disc = made("Ring", r=int), made("Disc", r=int)
    union = ring | disc
    yield Change(
        name="a newtype goes bare",
        old=made(s=union),
        new=made(s=union),
        shape_old=_union(union, tagging="external"),
        shape_new=_union(union, tagging="external", newtype=(ring,)),
    )
    yield Change(
        name="another name of a member",
        old=made(s=union),
        new=made(s=union),
        shape_old=_union(union),
        shape_new=_union(union, names={ring: "O"}),
    )
    yield Change(
        name="rename members by a rule",
        old=made(s=union),
        new=made(s=union),
        shape_old=_union(union),
        shape_new=_union(union, rename="snake_case"),
    )
    a1, b1 = made("A", kind=Literal["a"], x=int), made("B", kind=Literal["b"], x=int)
    c1 = made("C", kind=Literal["c"], x=int)
    yield Change(name="literal tags: add a member", old=made(s=a1 | b1), new=made(s=a1 | b1 | c1))
    yield Change(name="literal tags: reorder", old=made(s=a1 | b1), new=made(s=b1 | a1))
    yield Change(name="literal tags: one class to more", old=made(s=a1), new=made(s=a1 | b1))
    a2 = made("A", kind=Literal["z"], x=int)
    yield Change(name="literal tags: another tag", old=made(s=a1 | b1), new=made(s=a2 | b1))
    p1, p2 = made("A", x=int), made("B", x=int)
    yield Change(
        name="internal tags to literals",
        old=made(s=p1 | p2),
        new=made(s=a1 | b1),
        shape_old=_union(p1 | p2, tagging="internal", tag="kind", names={p1: "a", p2: "b"}),
        unread=("kind",),
    )
    yield Change(name="int or text", old=made(s=int), new=made(s=int | str))
    yield Change(name="int or text to text", old=made(s=int | str), new=made(s=str))
    yield Change(name="int or float", old=made(s=int | str), new=made(s=float | str))
    yield Change(name="float or int", old=made(s=float), new=made(s=int | float))
    yield Change(
        name="a class or a list of it",
        old=made(s=circle),
        new=made(s=circle | list[circle]),
        shape=_union(circle | list[circle], tagging="untagged"),
    )
    other = made("Other")
    wide, wider = circle | square | other, circle | tall | other
    loose = made("Loose", r=(int, 0))
    for tagging in ("external", "internal", "adjacent"):
        yield Change(
            name=f"a union to a class of defaults, {tagging}",
            old=made(s=loose | square),
            new=made(s=loose),
            shape=_union(loose | square, tagging=tagging),
        )
    empty, other_empty = made("Empty"), made("OtherEmpty")
    yield Change(
        name="untagged: a class without fields is taken for another",
        old=made(s=dict[str, circle | empty | other_empty]),
        new=made(s=dict[str, circle | other_empty | empty]),
        shape=_union(circle | empty | other_empty, tagging="untagged"),
        shape_new=_union(circle | other_empty | empty, tagging="untagged"),
    )
    yield Change(
        name="untagged: a union to a class without fields",
        old=made(s=loose | empty | None),
        new=made(s=empty | None),
        shape=_union(loose | empty, tagging="untagged"),
    )
    rest = made("Rest")
    for tagging in ("external", "internal", "adjacent"):
        yield Change(
            name=f"a member for unknown names, {tagging}",
            old=made(s=circle | tall),
            new=made(s=circle | rest),
            shape_old=_union(circle | tall, tagging=tagging),
            shape_new=_union(circle | rest, tagging=tagging, other=rest),
            others=(rest(),),
        )
        yield Change(
            name=f"unknown names are kept, {tagging}",
            old=made(s=circle | tall),
            new=made(s=circle | UnknownVariant),
            shape_old=_union(circle | tall, tagging=tagging),
            shape_new=_union(circle | UnknownVariant, tagging=tagging),
        )
    yield Change(name="one to many", old=made(s=list[two]), new=made(s=list[three]))
    yield Change(name="text or None at the top", old=str, new=str | None)
    yield Change(name="at the top", old=list[circle], new=list[tall])
    del wide, wider


CHANGES: Final = tuple(
    change for changes in (_fields, _defaults, _scalars, _enums, _containers, _classes, _unions) for change in changes()
)
