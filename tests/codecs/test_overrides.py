"""``Annotated[T, cattrs.override(...)]``: each option does what it does in cattrs, in each format and executor."""

from __future__ import annotations

import dataclasses

from collections.abc import Callable
from typing import Annotated, Any

import attrs
import cattrs
import pytest

from cattrs import override
from cattrs.preconf.json import make_converter

from symphony_codecs import DecodeError, EncodeError, FieldOptions, get_codec
from symphony_codecs.executor import ENGINE, fast_decoder, fast_encoder
from symphony_codecs.python import decoder as generated_decoder
from symphony_codecs.python import encoder as generated_encoder
from tests.codecs.python.interpreted import interpreted_decoder, interpreted_encoder


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")


def _upper(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return value.upper()


def _lower(value: str) -> str:
    return value.lower()


def _fields() -> list[tuple[str, Any, Any]]:
    return [
        ("plain", int, attrs.NOTHING),
        ("renamed", Annotated[int, override(rename="other-name")], attrs.NOTHING),
        ("omitted", Annotated[int, override(omit=True)], 5),
        ("left_out", Annotated[int, override(omit_if_default=True)], 7),
        ("kept", Annotated[int, override(omit_if_default=False)], 7),
        ("text", Annotated[str, override(struct_hook=_upper, unstruct_hook=_lower)], "A"),
        ("read_only", Annotated[str, override(struct_hook=_upper)], "B"),
        ("written_only", Annotated[str | None, "a note", override(unstruct_hook=lambda value: [value])], None),
    ]


def _attrs() -> Any:
    return attrs.make_class("Made", {name: attrs.field(type=tp, default=default) for name, tp, default in _fields()})


def _dataclass() -> Any:
    return dataclasses.make_dataclass(
        "Made",
        [
            (name, tp) if default is attrs.NOTHING else (name, tp, dataclasses.field(default=default))
            for name, tp, default in _fields()
        ],
    )


MAKES = pytest.mark.parametrize("cls", [_attrs(), _dataclass()])
VALUES = (
    {"plain": 1, "renamed": 2},
    {"plain": 1, "renamed": 2, "omitted": 6, "left_out": 8, "kept": 8, "text": "X", "read_only": "Y"},
    {"plain": 1, "renamed": 2, "left_out": 7, "kept": 7, "text": "A"},
)


def _refuse(_: Any) -> Any:
    raise LookupError


def _encoders(codec: Any, cls: Any) -> list[Callable[[Any], bytes]]:
    made = [interpreted_encoder(codec, cls), codec.encoder(cls), generated_encoder(codec.converter, cls)]
    return made if ENGINE == "python" else [*made, fast_encoder(codec.converter, cls, _refuse)]


def _decoders(codec: Any, cls: Any) -> list[Callable[[bytes], Any]]:
    made = [interpreted_decoder(codec, cls), codec.decoder(cls), generated_decoder(codec.converter, cls)]
    return made if ENGINE == "python" else [*made, fast_decoder(codec.converter, cls, _refuse)]


@MAKES
@pytest.mark.parametrize("omit_defaults", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_it_does_what_it_does_in_cattrs(cls: Any, name: str, omit_defaults: bool) -> None:
    codec = get_codec(name).with_options(positional=False, omit_defaults=omit_defaults)
    theirs = make_converter(omit_if_default=omit_defaults)
    builtins = get_codec(name)
    for given in VALUES:
        value = cls(**given)
        tree = theirs.unstructure(value, cls)
        for encode in _encoders(codec, cls):
            assert builtins.decode(encode(value), dict[str, Any]) == tree
        if tree.get("written_only") == [None]:
            tree = {**tree, "written_only": None}
        data = builtins.encode({**tree, "omitted": 9})
        expected = theirs.structure(tree, cls)
        for decode in _decoders(codec, cls):
            assert decode(data) == expected


@MAKES
def test_arrays_have_the_fields_that_are_not_omitted(cls: Any) -> None:
    codec = get_codec("json").with_options(positional=True)
    value = cls(1, 2, written_only="x")
    data = b'[1,2,7,7,"a","B",["x"]]'

    for encode in _encoders(codec, cls):
        assert encode(value) == data
    for decode in _decoders(codec, cls):
        assert decode(b'[1,2,7,7,"a","b","x"]') == value


@MAKES
def test_errors_are_under_the_name_on_the_wire(cls: Any) -> None:
    codec = get_codec("json").with_options(unknown_fields="forbid")
    for decode in (codec.decoder(cls), interpreted_decoder(codec, cls)):
        with pytest.raises(DecodeError) as caught:
            decode(b'{"plain":1,"other-name":"x","text":5,"renamed":3}')
        assert {issue.path for issue in caught.value.issues} == {("other-name",), ("text",), ("renamed",)}


def test_the_codecs_options_come_first() -> None:
    cls = _attrs()
    codec = get_codec("json").with_class(
        cls, fields={"renamed": FieldOptions(rename="r"), "left_out": FieldOptions(omit_default=False)}
    )

    assert codec.encode(cls(1, 2), cls) == (
        b'{"plain":1,"r":2,"left_out":7,"kept":7,"text":"a","read_only":"B","written_only":[null]}'
    )


def test_hooks_of_a_field_get_no_tags() -> None:
    cls = _attrs()
    codec = get_codec("cbor")
    data = codec.encode({"plain": 1, "other-name": 2, "text": "abc"})
    tagged = data.replace(b"cabc", b"\xd8\x64cabc")

    assert len(tagged) == len(data) + 2
    for decode in _decoders(codec, cls):
        assert decode(tagged).text == "ABC"


def test_a_newtype_has_the_hooks_of_its_field() -> None:
    @attrs.define
    class New:
        text: Annotated[str, override(struct_hook=_upper, unstruct_hook=_lower)]

    @attrs.define
    class Other:
        x: int

    codec = get_codec("json").with_union(New | Other, newtype={New})
    for encode in _encoders(codec, New | Other):
        assert encode(New("X")) == b'{"New":"x"}'
    for decode in _decoders(codec, New | Other):
        assert decode(b'{"New":"x"}') == New("X")


@attrs.define
class OmittedWithoutDefault:
    x: Annotated[int, override(omit=True)]


@attrs.define
class Twice:
    x: Annotated[int, override(rename="y")]
    y: int


@pytest.mark.parametrize(
    ("cls", "reason"),
    [
        (OmittedWithoutDefault, "no default"),
        (Twice, "two of its fields"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(cls: Any, reason: str) -> None:
    codec = get_codec("json")
    with pytest.raises(DecodeError, match=reason):
        codec.decoder(cls)
    with pytest.raises(EncodeError, match=reason):
        codec.encoder(cls)


def test_the_pattern_of_cattrs_is_what_is_looked_for() -> None:
    assert type(override()) is cattrs.gen.AttributeOverride
