"""Absent is not null: fields that hold `UNSET` or another sentinel are left out of maps."""

# ruff: noqa: RUF036 - the order in which the types are written

import copy
import dataclasses
import pickle

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, Optional, TypedDict, TypeVar, Union

import attrs
import pytest
import typing_extensions

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec
from symphony_types import UNSET, Unset
from tests.codecs.executors import decoders, encoders, round_trip


T = TypeVar("T")
MISSING = typing_extensions.Sentinel("MISSING")
Maybe = typing_extensions.TypeAliasType("Maybe", str | None | Unset)

# Annotations with the same meaning, each with its sentinel.
ANNOTATIONS: dict[str, tuple[Any, Any]] = {
    "class": (str | None | Unset, UNSET),
    "class, in a string": ("str | None | Unset", UNSET),
    "value": (str | None | UNSET, UNSET),  # type: ignore[operator]
    "value, first": (UNSET | str | None, UNSET),
    "value, in a string": ("str | None | UNSET", UNSET),
    "value, by Union": (Union[str, None, UNSET], UNSET),  # noqa: UP007
    "class, by Optional": (Optional[Union[str, Unset]], UNSET),  # noqa: UP007, UP045
    "annotated": (Annotated[str | None | Unset, "note"], UNSET),
    "annotated inside": (Annotated[str, "note"] | None | Unset, UNSET),
    "alias": (Maybe, UNSET),
    "sentinel": (str | None | MISSING, MISSING),  # type: ignore[valid-type]
    "sentinel, in a string": ("str | None | MISSING", MISSING),
}
MAKERS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "attrs": (attrs.define, attrs.field),
    "attrs, frozen": (attrs.frozen(slots=False), attrs.field),
    "dataclass": (dataclasses.dataclass, dataclasses.field),
    "dataclass, frozen": (dataclasses.dataclass(frozen=True, slots=True), dataclasses.field),
}


def _refused(codec: Codec, value: Any, tp: Any, reason: str) -> list[Any]:
    found = []
    for encode in encoders(codec, tp):
        with pytest.raises(EncodeError, match=reason) as caught:
            encode(value)
        found.append([(issue.code, issue.path) for issue in caught.value.issues])
    assert found[0] == found[1]
    return found[0]


def _patch(maker: str, annotation: Any, *default: Any) -> Any:
    make, _ = MAKERS[maker]
    namespace: dict[str, Any] = {
        "__annotations__": {"number": int, "name": annotation},
        "__module__": __name__,
        **({"name": default[0]} if default else {}),
    }
    return make(type("Patch", (), namespace))


@pytest.mark.parametrize(
    ("maker", "title"),
    [*((maker, "class") for maker in MAKERS), *(("attrs", title) for title in ANNOTATIONS if title != "class")],
)
def test_absent_null_and_a_value_are_three_things(codec: Codec, maker: str, title: str) -> None:
    annotation, sentinel = ANNOTATIONS[title]
    cls = _patch(maker, annotation, sentinel)
    values = [cls(1), cls(1, None), cls(1, "me")]
    for how in ({}, {"omit_defaults": True, "unknown_fields": "forbid", "strict": True}):
        maps = codec.with_options(positional=False, **how)  # type: ignore[arg-type]
        for value in values:
            data = round_trip(maps, value, cls)
            assert (b"name" in data) is (value.name is not sentinel)
            round_trip(maps, [value, None], list[cls | None])
    arrays = codec.with_options(positional=True)
    for value in values[1:]:
        round_trip(arrays, value, cls)
    assert _refused(arrays, values[0], cls, f"Patch.name is {sentinel!r}: an array has no place") == [
        ("invalid_value", ("name",))
    ]
    for decode in decoders(arrays, cls):
        assert decode(codec.encode([1])) == values[0]


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("default", [(), (None,), ("x",)])
def test_what_is_missing_is_absent_whatever_the_default_is(codec: Codec, maker: str, default: Any) -> None:
    cls = _patch(maker, str | None | Unset, *default)
    for how in ({}, {"omit_defaults": True}):
        maps = codec.with_options(positional=False, **how)  # type: ignore[arg-type]
        for name in (UNSET, None, "x", "y"):
            round_trip(maps, cls(1, name), cls)
        for decode in decoders(maps, cls):
            assert decode(codec.encode({"number": 1})) == cls(1, UNSET)
    own = codec.with_class(cls, serde_required=True, positional=False)
    round_trip(own, cls(1, UNSET), cls)


@attrs.define
class Box(Generic[T]):
    held: T | Unset = UNSET
    many: list[T] | None | Unset = attrs.field(default=UNSET, validator=lambda *_: None)
    kind: Literal["a", "b"] | Unset = attrs.field(init=False, default=UNSET)
    last: Any = UNSET


@attrs.define
class Wide(Box[int]):
    more: dict[str, int] | Unset = attrs.field(default=UNSET, converter=lambda value: value)


def test_generic_classes_subclasses_and_classes_in_unions(codec: Codec) -> None:
    maps = codec.with_options(positional=False)
    wide = Wide(1, None, 3, {"a": 1})
    wide.kind = "b"
    for value, tp in (
        (Box(), Box[str]),
        (Box("x", ["y"], "z"), Box[str]),
        (Wide(), Wide),
        (wide, Wide),
        ([Box(Box(1)), Box(Box())], list[Box[Box[int]]]),
        (Box(1), Box[int] | Patch),
        (Patch(), Box[int] | Patch),
    ):
        round_trip(maps, value, tp)
    for tagging in ("internal", "adjacent"):
        round_trip(maps.with_union(Box | Patch, tagging=tagging), Patch(None), Box[int] | Patch)  # type: ignore[arg-type]


@attrs.define
class Patch:
    x: str | None | Unset = UNSET
    """Type checkers take it as it stands."""


@attrs.define
class OfAbsent:
    of: Unset = UNSET


@attrs.define
class OfTwo:
    of: int | Unset | MISSING = UNSET  # type: ignore[valid-type]


@attrs.define
class Deep:
    of: list[int | Unset]


@attrs.define
class DeepSentinel:
    of: dict[str, int | MISSING]  # type: ignore[valid-type]


class Keys(TypedDict):
    of: NotRequired[int | Unset]


class Others(typing_extensions.TypedDict, extra_items=Union[int, MISSING]):  # noqa: UP007 - of a value
    a: int


class Places(NamedTuple):
    of: int | Unset = UNSET


@pytest.mark.parametrize(
    ("tp", "reason"),
    [
        (OfAbsent, "OfAbsent: field 'of': it can be nothing but absent"),
        (OfTwo, "OfTwo: field 'of': two sentinels"),
        (Deep, r"Deep\.of.*what is absent"),
        (DeepSentinel, r"DeepSentinel\.of.*what is absent"),
        (Keys, r"Keys\.of.*NotRequired"),
        (Others, r"Others\{\}.*NotRequired"),
        (Places, r"Places\.of.*what is absent"),
        (list[int | Unset], "what is absent"),
        (int | Unset, "what is absent"),
        (Patch | Unset, "what is absent"),
        (Unset, "what is absent"),
        (Union[int, UNSET], "what is absent"),  # noqa: UP007
        (int | MISSING, "what is absent"),  # type: ignore[operator]
    ],
)
def test_elsewhere_nothing_can_be_absent(codec: Codec, tp: Any, reason: str) -> None:
    for make in (codec.encoder, codec.decoder):
        with pytest.raises((EncodeError, DecodeError), match=reason):
            make(tp)


@attrs.define
class Plain:
    of: Any = None
    text: str | None = None


def test_a_field_that_is_never_absent_does_not_take_the_sentinel(codec: Codec) -> None:
    for value in (Plain(of=UNSET), Plain(text=UNSET)):  # type: ignore[arg-type]
        _refused(codec, value, Plain, "UNSET|Unset")


@pytest.mark.parametrize("absent", [UNSET, MISSING], ids=repr)
def test_untyped_values_are_never_absent(codec: Codec, absent: Any) -> None:
    for value, path in ((absent, ()), ([1, absent], (1,)), ({"a": absent}, ("a",)), (Plain(of=absent), ("of",))):
        tp = Plain if isinstance(value, Plain) else Any
        for encode in encoders(codec.with_options(positional=False), tp):
            with pytest.raises(EncodeError, match="what is absent") as caught:
                encode(value)
            assert [(issue.code, issue.path) for issue in caught.value.issues] == [("unsupported_type", path)]


@pytest.mark.parametrize("absent", [UNSET, MISSING], ids=repr)
def test_copies_and_pickles_are_the_same_sentinel(absent: Any) -> None:
    value = _patch("attrs", Union[str, absent], absent)(1)  # noqa: UP007 - of a value
    for copied in (copy.copy(value), copy.deepcopy(value)):
        assert copied.name is absent
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps([absent], protocol))[0] is absent


@pytest.mark.parametrize("option", ["omit_none", "omit_default", "required"])
def test_options_that_would_make_absent_something_else(codec: Codec, option: str) -> None:
    given: Any = {option: True}
    with pytest.raises(ValueError, match=rf"Patch: field 'x': {option}: "):
        codec.with_class(Patch, fields={"x": FieldOptions(**given)})


def test_a_field_that_the_constructor_needs_cannot_be_omitted(codec: Codec) -> None:
    """`UNSET` counts as a default only where the class declares it as one."""

    @attrs.define
    class Needed:
        x: int | Unset

    with pytest.raises(ValueError, match="Needed: field 'x': omit: it has no default"):
        codec.with_class(Needed, fields={"x": FieldOptions(omit=True)})


def test_a_hook_for_the_whole_annotation_is_honoured(json: Codec) -> None:
    own = json.copy()
    tp = str | None | Unset
    own.converter.register_unstructure_hook(tp, lambda value: "?" if value is UNSET else value)
    own.converter.register_structure_hook(tp, lambda value, _: UNSET if value == "?" else value)
    for encode in encoders(own, Patch):
        assert encode(Patch("a")) == b'{"x":"a"}'
    for decode in decoders(own, Patch):
        assert decode(b'{"x":"?"}') == Patch()


def test_a_tag_that_may_be_absent_tells_nothing_apart() -> None:
    @attrs.define
    class One:
        kind: Literal["one"] | Unset = UNSET

    @attrs.define
    class Two:
        kind: Literal["two"] | Unset = UNSET

    codec = get_codec("json")
    assert round_trip(codec, Two("two"), One | Two) == b'{"Two":{"kind":"two"}}'
    assert round_trip(codec, One(), One | Two) == b'{"One":{}}'
