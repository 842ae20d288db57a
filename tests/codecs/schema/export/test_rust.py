"""Rust types: the attributes, types and names that stand for forms; tests/peers/rust compiles them."""

from __future__ import annotations

import re

from collections.abc import Callable
from typing import Annotated, Any, Literal

import attrs
import pytest

from symphony_codecs import Codec, FieldOptions, get_codec
from symphony_codecs.schema.export import Fragment, SchemaError, rust
from symphony_codecs.schema.export._rust.names import field_name, text_literal, type_name
from symphony_codecs.testing import domain_strategies
from symphony_types import I16, I128, U8, U64, UNSET, Duration, JsonRpcRequest, MessageEnvelope, Timestamp, Unset
from symphony_types.checks import IntRange
from tests.codecs.conftest import NAMES
from tests.codecs.document_models import MODELS, Model


@attrs.frozen
class Move:
    x: U8


@attrs.frozen
class Say:
    text: str


@attrs.frozen
class Quit:
    pass


@attrs.frozen
class Tree:
    """A tree."""

    left: Tree | None = None
    below: list[Tree] = attrs.Factory(list)


@attrs.frozen
class Cat:
    kind: Literal["cat"] = "cat"


@attrs.frozen
class Dog:
    kind: Literal["dog"] = "dog"


@attrs.frozen
class Patch:
    title: str | Unset = UNSET


@attrs.frozen
class Words:
    type: str
    note: str | None = None
    text: str = "a\u202e"


@attrs.frozen
class Numbers:
    a: Annotated[int, "free"]
    b: I16
    c: U64
    d: I128
    e: int = attrs.field(validator=IntRange(1, 60))


@attrs.frozen
class Wide:
    number: I128


class Money:
    """A class that only hooks know."""


@attrs.frozen
class Price:
    amount: Money


Command = Move | Say | Quit
FLAT = FieldOptions(flatten=True)


def _same(codec: Codec) -> Codec:
    return codec


def _union(**options: Any) -> Callable[[Codec], Codec]:
    return lambda codec: codec.with_union(Command, **options)


@pytest.mark.parametrize(
    ("tp", "name", "adapt", "parts"),
    [
        (Words, "json", _same, ["pub r#type: String,", "pub note: Option<String>,", r'"a\u{202e}".to_owned()']),
        (Words, "json", lambda c: c.with_options(rename="camelCase", unknown_fields="forbid"), ["deny_unknown_fields"]),
        (
            Words, "json", lambda c: c.with_options(unknown_fields="keep"),
            ["#[serde(flatten)]", "IndexMap<String, wire::Any>"],
        ),
        (
            Words,
            "json",
            lambda c: c.with_class(Words, fields={"type": FieldOptions(rename="kind", aliases=("older",))}),
            ['#[serde(rename = "kind", alias = "older")]\n    pub r#type: String,'],
        ),
        (
            Words,
            "cbor",
            lambda c: c.with_options(omit_defaults=True),
            [
                '#[serde(default, skip_serializing_if = "Option::is_none")]\n    pub note',
                '#[serde(default = "default_words_text", skip_serializing_if = "is_default_words_text")]',
            ],
        ),
        (
            Words, "json", lambda c: c.with_options(positional=True),
            ["pub struct Words(\n    /// type\n    pub String,"],
        ),
        (Words, "msgpack-compact", _same, ["pub struct Words {", "Write with rmp_serde::to_vec."]),
        (Words, "msgpack-compact", lambda c: c.with_options(positional=False), ["pub as_map: (),"]),
        (Patch, "json", _same, ['deserialize_with = "wire::some", skip_serializing_if', "pub title: Option<String>,"]),
        (
            Numbers, "json", _same,
            ["a: wire::Int,", "b: i16,", "c: u64,", "d: i128,", "/// From 1 to 60.\n    pub e: u8,"],
        ),
        (Tree, "json", _same, ["/// A tree.", "pub left: Option<Box<Tree>>,", "pub below: Vec<Tree>,"]),
        (Command, "json", _same, ["pub enum Document {\n    Move(Move),\n    Say(Say),\n    Quit,\n}"]),
        (Command, "json", _union(names={Move: "go"}, newtype={Say}), ['rename = "go"', "    Say(String),"]),
        (Command, "json", _union(tagging="internal", tag="op"), ['#[serde(tag = "op")]', "    Quit,"]),
        (Command, "json", _union(tagging="adjacent", tag="t", content="c"), ['#[serde(tag = "t", content = "c")]']),
        (Command, "msgpack-compact", _union(tagging="adjacent"), ["    Quit(()),"]),
        (
            Command, "json", _union(tagging="untagged"),
            ["#[serde(untagged)]", "    Say(Say),", "    Quit,"],
        ),
        (Cat | Dog, "json", _same, ["#[serde(untagged)]", "pub kind: CatKind,"]),
        (
            Cat | Dog, "json", lambda c: c.with_options(omit_defaults=True),
            ['#[serde(tag = "kind")]', '(rename = "cat")'],
        ),
        (
            list[Duration], "json", _same,
            ["pub type Document = Vec<Duration>;", "pub type Duration = std::time::Duration;"],
        ),
        (dict[str, bytes], "json", _same, ["indexmap::IndexMap<String, wire::Bytes>", 'base64 = "0.22"']),
        (
            tuple[Timestamp, int | float], "json", _same,
            ["(chrono::DateTime<chrono::Utc>, Document1)","Int(wire::Int64)"],
        ),
        (Literal["a b", "1"], "json", _same, ['#[serde(rename = "a b")]\n    AB,', '#[serde(rename = "1")]\n    V1,']),
        (Literal["a", 2], "json", _same, ['try_from = "wire::Any"', 'Any::Text("a".to_owned())', "Any::Int(2)"]),
    ],
)  # fmt: skip
def test_what_stands_for_forms(tp: Any, name: str, adapt: Callable[[Codec], Codec], parts: list[str]) -> None:
    """Each option and each kind of form has its attribute or its type."""
    text = rust(tp, adapt(get_codec(name)))

    assert [part for part in parts if part not in text] == [], text


def test_flattened_fields_say_how_cbor_is_written() -> None:
    """Serde does not know how many entries there are, and the header says what to do."""
    codec = get_codec("cbor").with_class(Price, fields={"amount": FLAT})
    text = rust(Price, codec, forms={Money: Words})

    assert "#[serde(flatten)]" in text
    assert "ciborium::Value::serialized" in text


@pytest.mark.parametrize(
    ("tp", "adapt", "message"),
    [
        (Price, _same, "Price.amount has no form in rust: only a hook knows the form of Money"),
        (
            Words,
            lambda c: c.with_class(Words, fields={"note": FieldOptions(rename=1)}),
            "Words.note has no form in rust: the derives of serde have no integers for names of fields",
        ),
        (
            Wide | list[int],
            lambda c: c.with_union(Wide | list[int], tagging="untagged"),
            "inside of what serde buffers there are no integers of 128 bits",
        ),
    ],
)  # fmt: skip
def test_what_serde_does_not_have_is_refused(tp: Any, adapt: Callable[[Codec], Codec], message: str) -> None:
    """The error names the part, and the next step."""
    base = get_codec("msgpack").copy()
    base.converter.register_unstructure_hook(Money, str)
    base.converter.register_structure_hook(Money, lambda *_: Money())

    with pytest.raises(SchemaError, match=re.escape(message)):
        rust(tp, adapt(base))


def test_fragments_stand_as_they_are() -> None:
    """A user's own type of Rust is taken for what it is."""
    text = rust(Price, "json", forms={Money: Fragment(rust="crate::Money")})

    assert "pub amount: crate::Money," in text
    assert "Eq" not in re.findall(r"derive\((.*)\)", text)[0].split(", "), "nothing is known of its traits"


@pytest.mark.parametrize(
    ("text", "of_type", "of_field"),
    [
        ("sensorId", "SensorId", "sensor_id"),
        ("HTTPServer", "HttpServer", "http_server"),
        ("go to", "GoTo", "go_to"),
        ("type", "Type", "r#type"),
        ("self", "SelfType", "self_field"),
        ("Option", "OptionType", "option"),
        ("1st", "V1st", "n1st"),
        ("", "Value", "field"),
        ("-", "Value", "field"),
        ("_", "Value", "_field"),
        ("café", "Café", "café"),
        ("_private", "Private", "_private"),
    ],
)
def test_names(text: str, of_type: str, of_field: str) -> None:
    """Any text becomes a name that Rust takes."""
    assert (type_name(text), field_name(text)) == (of_type, of_field)


def test_literals_show_what_cannot_be_seen() -> None:
    """The compiler refuses text that changes its direction."""
    assert text_literal('a"\\\n\u202eé') == '"a\\"\\\\\\u{a}\\u{202e}é"'


@pytest.mark.parametrize("tp", domain_strategies(), ids=str)
def test_one_text_serves_all_formats(tp: Any) -> None:
    """The types are the same for JSON, MessagePack and CBOR; what stands for bytes and wide integers is not."""
    # Copies, since a codec that has met int | str first keeps that order for str | int, which is equal.
    made = [rust(tp, get_codec(name).copy()).split("\n\n", 1)[1] for name in NAMES if name != "msgpack-compact"]

    assert len({text.split("/// What serde's derives")[0].strip() for text in made}) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_all_kinds_of_documents_have_types(model: Model, name: str) -> None:
    """Real formats are said, or the error says which part is not."""
    if name not in model.refused:
        text = rust(model.type, model.adapt(get_codec(name)))

        assert text.count("{") == text.count("}")


def test_the_largest_message() -> None:
    """Generic types have the names of their arguments."""
    text = rust(MessageEnvelope[JsonRpcRequest], "json")

    assert "pub struct MessageEnvelopeJsonRpcRequest {" in text
    assert "pub payload: JsonRpcRequest," in text
