"""Types of TypeScript, as text; `tests/peers` compiles them."""

from __future__ import annotations

import enum

from typing import Any, NotRequired

import attrs
import pytest

from typing_extensions import TypedDict

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec
from symphony_codecs.schema.export import Fragment, SchemaError, typescript
from symphony_codecs.testing import domain_strategies
from tests.codecs.schema.export.shapes import SHAPES


TEXT = """// Documents of Item in json, as decoding takes them.

export type Document = Item;

/**
 * A thing.
 *
 * Attributes follow *\\/ here.
 */
export interface Item {
  /**
   * One of id, key must be there.
   * @integer
   * @minimum 0
   * @maximum 255
   */
  id?: number;
  /**
   * One of id, key must be there.
   * @integer
   * @minimum 0
   * @maximum 255
   */
  key?: number;
  /**
   * @maxItems 3
   * @default []
   */
  "tag-list"?: string[];
  /**
   * Which one.
   * @default null
   */
  next?: Item | null;
  raw: Base64Text;
}

export type Base64Text = string;
"""


class Load(TypedDict, extra_items=float):
    host: str
    zone: NotRequired[str]


class Closed(TypedDict, closed=True):
    host: str


@attrs.frozen
class Rest:
    name: str
    rest: dict[str, bool]


@attrs.frozen
class Size:
    width: int


@attrs.frozen
class RestBesideAnother:
    size: Size
    rest: dict[str, bool]


def _flat(codec: Codec) -> Codec:
    flat = FieldOptions(flatten=True)
    both = codec.with_class(RestBesideAnother, fields={"rest": flat, "size": flat})
    return both.with_class(Rest, fields={"rest": flat})


@attrs.frozen
class Item:
    """
    A thing.

    Attributes follow */ here.
    """

    number: int = attrs.field(validator=[attrs.validators.ge(0), attrs.validators.le(255)])
    tag_list: list[str] = attrs.field(factory=list, validator=attrs.validators.max_len(3), kw_only=True)
    next: Item | None = attrs.field(default=None, metadata={"doc": "Which one."}, kw_only=True)
    raw: bytes


def test_bounds_defaults_aliases_and_docs_are_said() -> None:
    fields = {"number": FieldOptions(rename="id", aliases=("key",)), "tag_list": FieldOptions(rename="tag-list")}
    assert typescript(Item, get_codec("json").with_class(Item, fields=fields), direction="read") == TEXT


@pytest.mark.parametrize("direction", ["read", "write"])
@pytest.mark.parametrize("name", ["json", "msgpack-compact"])
def test_every_type_has_a_declaration_for_each_name(name: str, direction: Any) -> None:
    for shape in SHAPES:
        if shape.formats and name not in shape.formats:
            continue
        try:
            codec = shape.adapt(get_codec(name))
            codec.encoder(shape.type), codec.decoder(shape.type)
        except (ValueError, TypeError, EncodeError, DecodeError):
            continue  # what arrays cannot tell apart
        _hold(typescript(shape.type, codec, direction=direction))
    for tp in domain_strategies():
        _hold(typescript(tp, name, direction=direction))


def _hold(text: str) -> None:
    declared = [line.split()[2].split("<")[0] for line in text.splitlines() if line.startswith("export ")]
    assert declared.count("Document") == 1
    assert len(declared) == len(set(declared))


@attrs.frozen
class Money:
    cents: int


def test_what_only_a_hook_knows_is_refused_or_said_by_the_user() -> None:
    codec = get_codec("json").copy()
    codec.converter.register_structure_hook(Money, lambda text, _: Money(int(text)))
    codec.converter.register_unstructure_hook(Money, lambda money: str(money.cents))
    with pytest.raises(
        SchemaError, match=r"^list.* has no form in typescript: only a hook knows the form of Money; say"
    ):
        typescript(list[Money], codec)
    said = Fragment(typescript="`${number}`")
    assert "Document = ((`${number}`))[];" in typescript(list[Money], codec, forms={Money: said})


def test_integers_that_are_text_are_both() -> None:
    assert "Document = number;" in typescript(int)
    assert "JSON.parse loses digits" in typescript(int)


def test_the_end_of_an_enum_stands_before_the_comment() -> None:
    """A semicolon after ``//`` would be no code."""
    colour = enum.IntEnum("Colour", {"RED": 1, "BLUE": 2})
    assert "  | 1 // RED\n  | 2; // BLUE\n" in typescript(colour)


def test_arrays_of_names_have_no_parentheses() -> None:
    """Only what is more than a name has them."""
    assert "Document = string[][];" in typescript(list[list[str]])
    assert "Document = (number | null)[];" in typescript(list[int | None])


@pytest.mark.parametrize(
    ("tp", "adapt", "signature"),
    [
        (Load, lambda codec: codec, "[key: string]: number | string | undefined;"),
        (Rest, _flat, "[key: string]: boolean | string;"),
        (RestBesideAnother, _flat, "[key: string]: unknown;"),
        (Rest, lambda codec: codec.with_options(unknown_fields="keep"), "[key: string]: unknown;"),
        (Closed, lambda codec: codec, None),
    ],
)
def test_index_signatures_hold_for_all_keys(tp: Any, adapt: Any, signature: str | None) -> None:
    """Where others may be there, the type is of what they hold, and of what the fields hold."""
    lines = [line.strip() for line in typescript(tp, adapt(get_codec("json"))).splitlines()]
    assert [line for line in lines if line.startswith("[key")] == ([signature] if signature else [])
