"""Types of which only a hook knows the form: named with their place, unless the user says what they look like."""

from __future__ import annotations

from typing import Annotated, Any

import attrs
import pytest

from cattrs import override

from symphony_codecs import Codec, get_codec
from symphony_codecs.schema.export import Fragment, SchemaError, document_of, json_schema
from symphony_codecs.schema.export import forms as f


@attrs.frozen
class Money:
    cents: int


@attrs.frozen
class Places:
    alone: Money
    maybe: Money | None
    either: Money | list[int]
    items: list[Money]
    table: dict[str, Money]
    pair: tuple[int, Money]


@attrs.frozen
class ReadByHook:
    total: Annotated[Money, override(struct_hook=lambda value, _: Money(value))]


@attrs.frozen
class WrittenByHook:
    total: Annotated[Money, override(unstruct_hook=lambda money: money.cents)]


@attrs.frozen
class Tree:
    value: Money
    below: list[Tree] = attrs.field(factory=list)


def _codec(*, reads: bool = True, writes: bool = True) -> Codec:
    codec = get_codec("json").copy()
    if reads:
        codec.converter.register_structure_hook(Money, lambda value, _: Money(int(value)))
    if writes:
        codec.converter.register_unstructure_hook(Money, lambda money: str(money.cents))
    return codec


def _opaque(value: Any) -> set[str]:
    """Return the paths of all opaque forms in *value*."""
    if isinstance(value, (tuple, dict)):
        items = value.values() if isinstance(value, dict) else value
        return set().union(*map(_opaque, items))
    if isinstance(value, f.Opaque):
        return {value.path}
    if not isinstance(value, (f.Form, f.Field, f.Variant, f.Document)):
        return set()
    return set().union(*(_opaque(getattr(value, each.name)) for each in attrs.fields(type(value))))


PATHS = {
    "Places.alone",
    "Places.maybe",
    "Places.either",
    "Places.items[]",
    "Places.table{}",
    "Places.pair[1]",
}


@pytest.mark.parametrize("direction", ["read", "write"])
def test_each_place_is_named(direction: Any) -> None:
    assert _opaque(document_of(Places, _codec(), direction=direction)) == PATHS


def test_a_hook_for_reading_alone_is_opaque_where_documents_are_read() -> None:
    codec = _codec(writes=False)
    assert _opaque(document_of(Places, codec, direction="read")) == PATHS
    assert not _opaque(document_of(Tree, codec, direction="write"))


@pytest.mark.parametrize(("cls", "written"), [(ReadByHook, set()), (WrittenByHook, {"WrittenByHook.total"})])
def test_hooks_of_fields(cls: Any, written: set[str]) -> None:
    codec = get_codec("json")
    assert _opaque(document_of(cls, codec, direction="write")) == written
    assert _opaque(document_of(cls, codec, direction="read")) == {f"{cls.__name__}.total"}
    assert not _opaque(document_of(cls, codec, direction="read", forms={Money: str}))


def test_what_the_user_says_stands_at_each_place() -> None:
    text, money = {"type": "string"}, {"type": "string", "pattern": "^[0-9]+$"}
    for said, schema in ((str, text), (Fragment(json_schema=money), money)):
        found = json_schema(Places, _codec(), forms={Money: said})["$defs"]["Places"]["properties"]
        assert found["alone"] == schema
        assert found["maybe"]["anyOf"] == [schema, {"type": "null"}]
        assert found["either"]["anyOf"] == [schema, {"type": "array", "items": {"type": "integer"}}]
        assert (found["items"]["items"], found["table"]["additionalProperties"]) == (schema, schema)
        assert found["pair"]["prefixItems"] == [{"type": "integer"}, schema]


def test_what_the_user_says_stays_in_the_call() -> None:
    """Nodes of builtins are shared between schemas, those with what was said are not."""
    assert json_schema(list[int], forms={int: str})["items"] == {"type": "string"}
    assert json_schema(list[int])["items"] == {"type": "integer"}
    assert get_codec("json").decode(b"[1]", list[int]) == [1]


def test_a_type_that_no_codec_takes_can_be_given() -> None:
    schema = json_schema(dict[str, complex], forms={complex: tuple[float, float]})
    assert schema["additionalProperties"]["maxItems"] == 2


def test_the_error_says_where_and_what_to_do() -> None:
    with pytest.raises(SchemaError, match=r"^Tree\.value has no form in json-schema: .*Money; say what .* Fragment$"):
        json_schema(Tree, _codec())
    with pytest.raises(SchemaError, match="Tree"):
        json_schema(Tree, _codec(), forms={Money: Fragment(cddl="tstr")})
