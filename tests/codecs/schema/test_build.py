"""What the builder makes of types: nodes where it knows them, hooks of cattrs where it does not."""

import datetime as dt
import decimal
import enum
import re
import uuid

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NewType

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs._issues import FormatError
from symphony_codecs.schema import build_schema, nodes
from symphony_types import (
    U8,
    Capability,
    Duration,
    Err,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    JsonValue,
    Ok,
    ProcessId,
    Timestamp,
)
from symphony_types.ids import TypedId


class Colour(enum.Enum):
    RED = "red"
    ALSO_RED = "red"  # noqa: PIE796 - an alias
    BLUE = 2


class Odd(enum.Enum):
    LIST = (1, 2)


@attrs.define
class A:
    x: int


@attrs.define
class B:
    y: str


@attrs.define
class Unit:
    pass


@attrs.define
class Tree:
    children: "list[Tree]"


@attrs.define
class Cat:
    kind: Literal["cat"]
    x: int


@attrs.define
class Dog:
    kind: Literal["dog"]
    y: int


Name = NewType("Name", str)


def _node(tp: Any, name: str = "json", direction: Any = "structure") -> nodes.Node:
    return build_schema(tp, get_codec(name).converter, direction).root


@pytest.mark.parametrize(
    ("tp", "expected"),
    [
        (int, nodes.Integer()),
        (bool, nodes.Boolean()),
        (float, nodes.Float()),
        (str, nodes.Text()),
        (bytes, nodes.Binary(base64=True)),
        (None, nodes.Null()),
        (Any, nodes.Anything(frozenset(), frozenset())),
        (JsonValue, nodes.Anything(frozenset(), frozenset())),
        (U8, nodes.Integer(0, 255)),
        (Name, nodes.Text()),
        (Timestamp, nodes.Timestamp()),
        (Duration, nodes.Duration(positional=False)),
        (int | None, nodes.Optional(nodes.Integer())),
        (list[int], nodes.Sequence(nodes.Integer(), list, (list, tuple, __import__("collections").deque))),
        (tuple[int, str], nodes.Tuple((nodes.Integer(), nodes.Text()), tuple)),
        (dict[str, int], nodes.Dict(None, str, nodes.Integer(), dict)),
        (Literal["a", 1], nodes.Enum(None, (("a", "a"), (1, 1)))),
        (Colour, nodes.Enum(Colour, (("red", Colour.RED), ("red", Colour.RED), (2, Colour.BLUE)))),
        (str | int, nodes.UnionByJsonType(readers={str: nodes.Text(), int: nodes.Integer()})),
    ],
)
def test_nodes_for_reading_json(tp: Any, expected: nodes.Node) -> None:
    assert _node(tp) == expected


@pytest.mark.parametrize(
    ("tp", "kind"),
    [
        (uuid.UUID, nodes.Uuid),
        (ProcessId, nodes.Uuid),
        (dt.datetime, nodes.DateTime),
        (dt.date, nodes.DateTime),
        (decimal.Decimal, nodes.FromText),
        (dt.timedelta, nodes.TimeDelta),
        (bytearray, nodes.Buffer),
        (re.RegexFlag, nodes.Flag),
        (Odd, nodes.Hook),
        (A, nodes.Struct),
        (A | B, nodes.TaggedUnion),
        (Cat | Dog, nodes.UnionByLiteral),
        (Ok[int] | Err[str], nodes.TaggedUnion),
        (Capability, nodes.TaggedValueNode),
        (frozenset[int], nodes.Set),
        (JsonRpcRequest | JsonRpcResponse | JsonRpcNotification, nodes.UntaggedUnion),
        (Annotated[Sequence[int], "words"], nodes.Sequence),
        (Mapping[ProcessId, int], nodes.Dict),
    ],
)
@pytest.mark.parametrize("direction", ["structure", "unstructure"])
@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_kinds_of_nodes(tp: Any, kind: type, name: str, direction: str) -> None:
    assert type(_node(tp, name, direction)) is kind


def test_a_type_that_holds_itself_is_in_the_table() -> None:
    schema = build_schema(Tree, get_codec("json").converter, "structure")

    assert isinstance(schema.root, nodes.Struct)
    (field,) = schema.root.fields
    assert isinstance(field.node, nodes.Sequence)
    assert isinstance(field.node.item, nodes.Reference)
    assert schema.table[field.node.item.key] is schema.root


@pytest.mark.parametrize("direction", ["structure", "unstructure"])
def test_a_hook_of_the_users_is_called_wherever_the_type_stands(direction: Any) -> None:
    codec = get_codec("json").copy()
    codec.converter.register_structure_hook(A, lambda value, _: A(value))
    codec.converter.register_unstructure_hook(A, lambda value: value.x)

    schema = build_schema(list[A], codec.converter, direction)

    assert isinstance(schema.root, nodes.Sequence)
    assert isinstance(schema.root.item, nodes.Hook)
    assert schema.root.item.type is A


def test_a_hook_for_one_direction_leaves_the_other_as_it_is() -> None:
    codec = get_codec("json").copy()
    codec.converter.register_structure_hook(A, lambda value, _: A(value))

    assert isinstance(build_schema(A, codec.converter, "structure").root, nodes.Hook)
    assert isinstance(build_schema(A, codec.converter, "unstructure").root, nodes.Struct)


def test_a_hook_for_a_builtin_is_not_gone_around_in_untyped_values() -> None:
    codec = get_codec("json").copy()
    codec.converter.register_unstructure_hook(int, str)

    assert isinstance(build_schema(Any, codec.converter, "unstructure").root, nodes.Hook)


@pytest.mark.parametrize("direction", ["structure", "unstructure"])
@pytest.mark.parametrize("tp", [str | dt.datetime, complex, Literal[1, Colour.BLUE, 2]])
def test_what_no_hook_can_be_made_for_is_refused(tp: Any, direction: Any) -> None:
    if tp is not complex and direction == "unstructure" and tp != str | dt.datetime:
        return  # written by value
    with pytest.raises(FormatError):
        build_schema(tp, get_codec("json").converter, direction)


def test_an_id_of_ones_own_is_planned_unless_it_takes_further_attributes() -> None:
    class Slim(TypedId):
        __slots__ = ()

    class Roomy(TypedId):
        pass

    class Other(TypedId):
        __slots__ = ()

        @classmethod
        def from_bytes(cls, data: bytes) -> Any:
            return super().from_bytes(data[::-1])

    assert isinstance(_node(Slim), nodes.Uuid)
    assert isinstance(_node(Roomy), nodes.Hook)
    assert isinstance(_node(Other), nodes.Hook)


def test_a_wide_integer_beside_text_is_held_to_the_formats_range() -> None:
    node = _node(int | str, "msgpack", "unstructure")

    assert isinstance(node, nodes.UnionByJsonType)
    assert node.writers[int] == nodes.Integer(-(2**63), 2**64 - 1, (-(2**63), 2**64 - 1))


def test_an_untagged_union_inside_another_has_its_hook() -> None:
    @attrs.define
    class Outer:
        inner: A | B

    codec = get_codec("json").with_union(A | B, tagging="untagged").with_union(Outer | Cat, tagging="untagged")
    schema = build_schema(Outer | Cat, codec.converter, "structure")

    assert isinstance(schema.root, nodes.UntaggedUnion)
    (outer, _) = schema.root.members
    assert isinstance(outer, nodes.Struct)
    inner = outer.fields[0].node
    assert isinstance(inner, nodes.UntaggedUnion)
    assert inner.hook is not None


def test_a_class_without_fields_is_a_unit_as_the_format_has_it() -> None:
    units = [_node(Unit, name, "unstructure").unit for name in ("json", "msgpack", "cbor")]  # type: ignore[attr-defined]

    assert units == [None, [], None]
