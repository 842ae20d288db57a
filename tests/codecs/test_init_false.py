"""Fields that the constructor does not take: tags and other state are on the wire, caches are not."""

from __future__ import annotations

import dataclasses
import itertools
import threading

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar

import attrs
import pytest

from cattrs import override

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec
from tests.codecs.executors import decoders, encoders, round_trip


T = TypeVar("T")
FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")

# The ways to make a class, each with its way to exclude a field from the constructor.
MAKERS: dict[str, tuple[Callable[[type], Any], Callable[..., Any]]] = {
    **{
        f"attrs, {frozen=}, {slots=}": (attrs.define(frozen=frozen, slots=slots), attrs.field)
        for frozen, slots in itertools.product((False, True), repeat=2)
    },
    **{
        f"dataclass, {frozen=}, {slots=}": (dataclasses.dataclass(frozen=frozen, slots=slots), dataclasses.field)
        for frozen, slots in itertools.product((False, True), repeat=2)
    },
}


def _codecs() -> list[Codec]:
    codecs = [get_codec(name) for name in FORMATS]
    return [*codecs, get_codec("json").with_options(positional=True), get_codec("json").with_options(strict=True)]


def _issues(codec: Codec, data: bytes, tp: Any) -> list[tuple[str, tuple[Any, ...]]]:
    found = []
    for decode in decoders(codec, tp):
        with pytest.raises(DecodeError) as caught:
            decode(data)
        found.append([(issue.code, issue.path) for issue in caught.value.issues])
    assert found[0] == found[1]
    return found[0]


def _shape(maker: str, name: str, **tag: Any) -> Any:
    make, field = MAKERS[maker]
    namespace = {
        "__annotations__": {"size": int, "type": Literal[name]},
        "type": field(init=False, **{"default": name, **tag}),
    }
    return make(type(name, (), namespace))


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("how", [{}, {"omit_defaults": True, "unknown_fields": "forbid"}])
def test_a_tag_that_nobody_may_set_is_written_and_tells_a_union_apart(maker: str, how: Any) -> None:
    square, circle = (_shape(maker, name) for name in ("Square", "Circle"))
    for codec in _codecs():
        own = codec.with_options(**how)
        alone = round_trip(own, square(2), square)
        assert b"Square" in alone or "omit_defaults" in how
        for value in (square(1), circle(2)):
            assert type(value).__name__.encode() in round_trip(own, value, square | circle)
            round_trip(own, [value, None], list[square | circle | None])


@pytest.mark.parametrize("maker", MAKERS)
def test_a_tag_refuses_another_value_where_it_stands(maker: str) -> None:
    square = _shape(maker, "Square")
    for codec in _codecs():
        data = codec.encode({"size": 1, "type": "Circle"})
        assert _issues(codec, data, square) == [("unknown_tag", ("type",))]
        data = codec.encode({"size": "x", "type": 5})
        assert _issues(codec, data, square) == [("wrong_type", ("size",)), ("wrong_type", ("type",))]
        for data in (codec.encode({"size": 1}), codec.encode([1])):
            assert [decode(data) for decode in decoders(codec, square)] == [square(1)] * 2


def _counter(maker: str, **count: Any) -> Any:
    make, field = MAKERS[maker]
    namespace = {
        "__annotations__": {"name": str, "count": int, "seen": list[int], "lock": Any, "last": "int | None"},
        "count": field(init=False, **count),
        "seen": field(init=False, **({"factory": list} if field is attrs.field else {"default_factory": list})),
        "lock": field(
            init=False, default=None, **({"eq": False} if field is attrs.field else {"compare": False}), repr=False
        ),
        "last": field(default=None),
    }
    return make(type("Counter", (), namespace))


def _set(value: Any, **state: Any) -> Any:
    for name, item in state.items():
        object.__setattr__(value, name, item)
    return value


@pytest.mark.parametrize("maker", MAKERS)
def test_state_is_written_and_set_after_construction_but_no_cache(maker: str) -> None:
    cls = _counter(maker, default=0)
    for codec in _codecs():
        for how in ({}, {"omit_defaults": True, "unknown_fields": "forbid"}):
            own = codec.with_options(**how)  # type: ignore[arg-type]
            round_trip(own, cls("a"), cls)
            data = round_trip(own, _set(cls("a"), count=3, seen=[1, 2], lock=threading.Lock()), cls)
            assert b"lock" not in data
            round_trip(own, [_set(cls("a", 5), seen=[7])], list[cls])
        data = codec.encode({"name": "a", "count": "x", "seen": [1, "y"]})
        assert _issues(codec, data, cls) == [("wrong_type", ("count",)), ("wrong_type", ("seen", 1))]
        for decode in decoders(codec, cls):
            assert decode(codec.encode({"name": "a"})) == cls("a")
            assert decode(codec.encode(["a"])) == cls("a")
            assert decode(codec.encode({"count": 4, "name": "a"})) == _set(cls("a"), count=4)


@pytest.mark.parametrize("maker", MAKERS)
def test_state_without_a_default_has_to_be_there(maker: str) -> None:
    cls = _counter(maker)
    for codec in _codecs():
        round_trip(codec, _set(cls("a"), count=3), cls)
        assert _issues(codec, codec.encode({"name": "a"}), cls) == [("missing_field", ("count",))]
        for encode in encoders(codec, cls):
            with pytest.raises(EncodeError, match="count") as caught:
                encode(cls("a"))
            assert [issue.path for issue in caught.value.issues] == [("count",)]


@pytest.mark.parametrize("maker", MAKERS)
def test_what_the_constructor_may_set_may_be_missing(maker: str) -> None:
    make, field = MAKERS[maker]

    def after(self: Any) -> None:
        object.__setattr__(self, "total", sum(self.parts))

    for total in ({}, {"default": 0}):
        namespace = {
            "__annotations__": {"parts": list[int], "total": "int | None"},
            "total": field(init=False, **total),
            "__attrs_post_init__" if field is attrs.field else "__post_init__": after,
        }
        cls: Any = make(type("Sum", (), namespace))
        for codec in _codecs():
            for how in ({}, {"omit_defaults": True}):
                own = codec.with_options(**how)
                for value in (cls([1, 2]), _set(cls([1, 2]), total=0), _set(cls([1]), total=None)):
                    round_trip(own, value, cls)
                for decode in decoders(own, cls):
                    assert decode(codec.encode({"parts": [3, 4]})) == cls([3, 4])


@attrs.define
class Checked:
    a: int
    b: int = attrs.field(init=False, default=1, converter=abs, validator=attrs.validators.lt(10))
    c: list[int] = attrs.field(init=False, factory=list, validator=attrs.validators.max_len(2))


def test_what_is_set_is_converted_and_validated_as_an_assignment_is(codec: Codec) -> None:
    for decode in decoders(codec, Checked):
        assert decode(codec.encode({"a": 1, "b": -5, "c": [1]})) == _set(Checked(1), b=5, c=[1])
    data = codec.encode({"a": 1, "b": -50, "c": [1, 2, 3]})
    assert _issues(codec, data, Checked) == [("invalid_value", ("b",)), ("invalid_value", ("c",))]
    with attrs.validators.disabled():
        for decode in decoders(codec, Checked):
            assert decode(data) == _set(Checked(1), b=50, c=[1, 2, 3])


@attrs.define
class Base:
    id: int
    kind: Literal["base", "leaf"] = attrs.field(init=False, default="base")


@attrs.define
class Leaf(Base):
    kind: Literal["leaf"] = attrs.field(init=False, default="leaf", eq=False)
    note: str = ""


@attrs.define
class Page(Generic[T]):
    items: list[T]
    of: Literal["page"] = attrs.field(init=False, default="page")
    last: T | None = attrs.field(init=False, default=None)


@dataclasses.dataclass
class Text:
    text: str
    of: Literal["text"] = dataclasses.field(init=False, default="text", compare=False)


def test_subclasses_and_generic_classes_have_them_too(codec: Codec) -> None:
    assert b"leaf" in round_trip(codec, Leaf(1, "x"), Leaf)
    round_trip(codec, _set(Base(1), kind="leaf"), Base)
    page: Any = _set(Page([Leaf(1)]), last=Leaf(2))
    round_trip(codec, page, Page[Leaf])
    for value in (page, Text("x")):
        round_trip(codec, value, Page[Leaf] | Text)
    for tagging in ("external", "internal", "adjacent", "untagged"):
        own = codec.with_union(Base | Text, tagging=tagging)
        for item in (Base(1), Text("x")):
            round_trip(own, item, Base | Text)


@attrs.define
class Chosen:
    a: int
    put_on: Annotated[int, override(omit=False)] = attrs.field(init=False, default=1, eq=False)
    taken_off: Annotated[int, override(omit=True)] = attrs.field(init=False, default=2)
    cache: dict[str, int] = attrs.field(init=False, factory=dict, eq=False)
    state: int = attrs.field(init=False, default=3)


def test_an_option_takes_them_off_or_puts_them_on(json: Codec) -> None:
    assert json.encode(Chosen(0)) == b'{"a":0,"put_on":1,"state":3}'
    own = json.with_class(Chosen, fields={"cache": FieldOptions(omit=False), "state": FieldOptions(omit=True)})
    assert own.encode(Chosen(0)) == b'{"a":0,"put_on":1,"cache":{}}'
    for decode in decoders(
        own.with_class(Chosen, unknown_fields="forbid", fields=own.converter.classes[Chosen].fields), Chosen
    ):
        found = decode(b'{"a":0,"put_on":5,"cache":{"x":1},"state":9,"taken_off":9}')
        assert (found.put_on, found.cache, found.state, found.taken_off) == (5, {"x": 1}, 3, 2)


@attrs.define
class Private:
    _hidden: int
    _count: int = attrs.field(init=False, default=0)


def test_private_names_go_by_those_of_arguments(json: Codec) -> None:
    assert round_trip(json, _set(Private(1), _count=2), Private) == b'{"hidden":1,"count":2}'


@attrs.define
class Locked:
    a: int
    lock: threading.Lock = attrs.field(init=False, factory=threading.Lock)


def test_a_field_that_cannot_be_written_is_named_with_the_way_out(codec: Codec) -> None:
    for make in (codec.encoder, codec.decoder):
        with pytest.raises((EncodeError, DecodeError), match=r"Locked.lock: .*\bLocked: .*eq=False or omit=True"):
            make(Locked)
    assert codec.with_class(Locked, fields={"lock": FieldOptions(omit=True)}).decode(codec.encode([1]), Locked).a == 1


@attrs.define
class OnlyState:
    held: int = attrs.field(init=False, default=0)


def test_a_newtype_holds_what_its_constructor_takes(json: Codec) -> None:
    codec = json.with_union(OnlyState | Text, newtype={OnlyState})
    with pytest.raises(EncodeError, match=r"OnlyState.*constructor"):
        codec.encoder(OnlyState | Text)
