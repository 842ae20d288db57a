"""Options of classes that cannot take effect or would lose data: refused where they are given, by name."""

from __future__ import annotations

import dataclasses

from typing import Annotated, Any, Generic, TypeVar

import attrs
import pytest

from cattrs import override

from symphony_codecs import Codec, CodecOptions, DecodeError, EncodeError, FieldOptions, get_codec


T = TypeVar("T")


@attrs.define
class Attrs:
    needed: int
    limit: int | None = 30
    note: str | None = None
    tags: list[str] | None = attrs.field(factory=list)
    plain: int = 0
    shown: Any = None
    summed: int | None = attrs.field(init=False, default=None)


@attrs.frozen(slots=False)
class Frozen(Generic[T]):
    needed: int
    limit: T | None = 30  # type: ignore[assignment]
    note: T | None = None
    tags: list[T] | None = attrs.field(factory=list)
    plain: int = 0
    shown: Any = None
    summed: int | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "summed", self.plain)


@dataclasses.dataclass
class Data:
    needed: int
    limit: int | None = 30
    note: str | None = None
    tags: list[str] | None = dataclasses.field(default_factory=list)
    plain: int = 0
    shown: Any = None
    summed: int | None = dataclasses.field(init=False, default=None)


OF_FIELDS: list[tuple[str, str, str]] = [
    ("limit", "omit_none", "default is not None"),
    ("tags", "omit_none", "default is not None"),
    ("plain", "omit_none", "default is not None"),
    ("needed", "omit_none", "never None"),
    ("needed", "omit", "no default"),
    ("needed", "omit_default", "no default"),
    ("note", "omit required", "omitted"),
    ("note", "omit omit_none", "omitted"),
    ("note", "omit omit_default", "omitted"),
    ("note", "required omit_none", "required"),
    ("plain", "required omit_default", "required"),
]
OF_CLASSES: list[tuple[dict[str, Any], str]] = [
    ({"omit_defaults": True, "positional": True}, "omit_defaults: the class is positional"),
    ({"fields": {"nothing": FieldOptions()}}, "'nothing', which is not one of its fields"),
    ({"fields": {"note": FieldOptions(rename="plain")}}, "two of its fields are called 'plain'"),
    ({"rename": lambda _: "x"}, "two of its fields are called 'x'"),
    ({"rename": lambda _: 5}, "expected a function that returns a str"),
    ({"positional": True, "fields": {"note": FieldOptions(omit_none=True)}}, "field 'note': omit_none: .* positional"),
    (
        {"positional": True, "fields": {"note": FieldOptions(omit_default=True)}},
        "field 'note': omit_default: .* positional",
    ),
    (
        {"serde_required": True, "fields": {"plain": FieldOptions(omit_default=True)}},
        "field 'plain': omit_default: .* required",
    ),
]


@pytest.mark.parametrize("cls", [Attrs, Frozen, Data])
@pytest.mark.parametrize(("name", "options", "reason"), OF_FIELDS)
def test_options_of_fields(codec: Codec, cls: Any, name: str, options: str, reason: str) -> None:
    given = FieldOptions(**dict.fromkeys(options.split(), True))  # type: ignore[arg-type]
    option = options.rsplit(maxsplit=1)[-1]
    with pytest.raises(ValueError, match=rf"^{cls.__name__}: field '{name}': {option}: .*{reason}"):
        codec.with_class(cls, fields={name: given})


@pytest.mark.parametrize("cls", [Attrs, Frozen, Data])
@pytest.mark.parametrize(("options", "reason"), OF_CLASSES)
def test_options_of_classes(codec: Codec, cls: Any, options: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=rf"^{cls.__name__}: .*{reason}"):
        codec.with_class(cls, **options)


@pytest.mark.parametrize("cls", [Attrs, Frozen, Data])
def test_all_fields_with_such_options_are_named_at_once(codec: Codec, cls: Any) -> None:
    """With the options of the codec, and with those of the class; so are names that no field has."""
    given = {"limit": FieldOptions(omit_none=True), "note": FieldOptions(rename="n"), "needed": FieldOptions(omit=True)}
    with pytest.raises(ValueError, match=r"field 'needed': omit: .*; .*field 'limit': omit_none: "):
        codec.with_class(cls, fields=given)
    with pytest.raises(ValueError, match=rf"{cls.__name__}: fields: .* 'one', 'two', which are not of its fields"):
        codec.with_class(cls, fields={"one": FieldOptions(), "note": FieldOptions(), "two": FieldOptions()})


@attrs.define
class NothingToLeaveOut:
    a: int = 0
    b: str = ""


def test_serde_required_leaves_nothing_to_be_left_out(codec: Codec) -> None:
    with pytest.raises(ValueError, match=r"NothingToLeaveOut: omit_defaults: serde_required"):
        codec.with_class(NothingToLeaveOut, serde_required=True, omit_defaults=True)
    own = codec.with_class(Attrs, serde_required=True, omit_defaults=True)
    assert own.decode(own.encode(Attrs(1)), Attrs) == Attrs(1)


@pytest.mark.parametrize("option", ["omit_none", "omit_default"])
def test_what_the_constructor_may_set_is_not_left_out(codec: Codec, option: str) -> None:
    given: Any = {option: True}
    with pytest.raises(ValueError, match=f"Frozen: field 'summed': {option}"):
        codec.with_class(Frozen, fields={"summed": FieldOptions(**given)})
    own = codec.with_class(Attrs, fields={"summed": FieldOptions(**given)})
    assert own.decode(own.encode(Attrs(1)), Attrs) == Attrs(1)


@pytest.mark.parametrize("cls", [Attrs, Frozen[int], Data])
@pytest.mark.parametrize("name", ["note", "shown", "summed"])
def test_omit_none_where_none_is_the_default(codec: Codec, cls: Any, name: str) -> None:
    of = getattr(cls, "__origin__", cls)
    if (of, name) == (Frozen, "summed"):
        return
    own = codec.with_class(of, fields={name: FieldOptions(omit_none=True)})
    data = own.encode(of(1), cls)
    assert own.decode(data, cls) == of(1)
    assert (name.encode() in data) is (name.encode() in codec.encode(of(1), cls) and codec.format.positional)


def _later() -> Any:
    @attrs.define
    class Later:
        limit: Unknown | None = 3  # type: ignore[name-defined]  # noqa: F821

    return Later


def test_a_class_that_cannot_be_resolved_yet_is_refused_when_it_is_used(codec: Codec) -> None:
    later = _later()
    own = codec.with_class(later, fields={"limit": FieldOptions(omit_none=True)})
    attrs.resolve_types(later, None, {"Unknown": int})
    for make in (own.encoder, own.decoder):
        with pytest.raises((EncodeError, DecodeError), match=r"Later: field 'limit': omit_none: its default"):
            make(later)


@attrs.define
class Overridden:
    a: Annotated[int | None, override(omit_if_default=True)]
    b: int = 0


@attrs.define
class OverriddenTwice:
    a: Annotated[int, override(omit=True, omit_if_default=True)] = 0


@pytest.mark.parametrize(
    ("cls", "reason"),
    [
        (Overridden, "field 'a': omit_default: it has no default"),
        (OverriddenTwice, "field 'a': omit_default: .*omitted"),
    ],
)
def test_overrides_of_cattrs(codec: Codec, cls: Any, reason: str) -> None:
    for make in (codec.encoder, codec.decoder):
        with pytest.raises((EncodeError, DecodeError), match=reason):
            make(cls)
    with pytest.raises(ValueError, match=reason):
        codec.with_class(cls, unknown_fields="forbid")


@attrs.define
class Cached:
    a: int
    cache: int = attrs.field(init=False, default=0, eq=False)


def test_options_of_a_field_that_is_off_the_wire() -> None:
    codec = get_codec("json")
    with pytest.raises(ValueError, match=r"Cached: field 'cache': .*omit=False"):
        codec.with_class(Cached, fields={"cache": FieldOptions(rename="c")})
    own = codec.with_class(Cached, fields={"cache": FieldOptions(rename="c", omit=False)})
    assert own.encode(Cached(1)) == b'{"a":1,"c":0}'


def test_options_of_another_type(codec: Codec) -> None:
    given: Any = {"a": {"rename": "b"}}
    with pytest.raises(TypeError, match="expected FieldOptions for field 'a'"):
        codec.with_class(Cached, fields=given)


@pytest.mark.parametrize("rename", [{}, ["camelCase"], 5, b"camelCase", "camel"])
def test_a_rule_for_names_is_a_text_or_a_function(rename: Any) -> None:
    for change in (lambda: get_codec("json").with_class(Attrs, rename=rename), lambda: CodecOptions(rename=rename)):
        with pytest.raises(ValueError, match=r"expected one of lowercase, .* or a function, got"):
            change()


@pytest.mark.parametrize("fields", ["note", 5, ["note"]])
def test_options_of_fields_are_a_map(fields: Any) -> None:
    with pytest.raises(TypeError, match="expected a map of fields' names to FieldOptions, got"):
        get_codec("json").with_class(Attrs, fields=fields)
