"""What the schema says of constructors."""

from typing import Any, Generic, TypeVar

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.schema import build_schema, nodes
from symphony_types.checks import NON_EMPTY, U8, IntRange, OneOf, as_tuple, optional


T = TypeVar("T")


def _anything(instance: Any, attribute: Any, value: Any) -> None: ...


@attrs.define
class Plain:
    x: int
    y: str = "y"
    z: list[int] = attrs.Factory(list)


@attrs.frozen(kw_only=True)
class Frozen:
    x: int = attrs.field(validator=U8)
    y: int | None = attrs.field(default=None, validator=optional(IntRange(0, 9)))
    z: str = attrs.field(default="a", validator=[NON_EMPTY, OneOf(("a", "b"))])


@attrs.define
class Of(Generic[T]):
    x: T


@attrs.define
class Child(Plain):
    w: tuple[int, ...] = attrs.field(default=(), converter=as_tuple)


@attrs.define
class Private:
    _x: int
    y: int = attrs.field(alias="why")


@attrs.define
class SelfTaking:
    x: int
    y: int = attrs.Factory(lambda self: self.x, takes_self=True)


@attrs.define
class NoneRefused:
    x: int | None = attrs.field(validator=U8)


@attrs.define
class CheckOfAnother:
    x: list[int] = attrs.field(validator=U8)


def _record(tp: Any) -> nodes.Struct:
    node = build_schema(tp, get_codec("json").converter, "structure").root
    assert isinstance(node, nodes.Struct)
    return node


def _attributes(tp: Any) -> tuple[nodes.Attribute, ...]:
    construction = _record(tp).construction
    assert construction is not None
    return construction.attributes


@pytest.mark.parametrize("tp", [Plain, Frozen, Of[int], Child, Private])
def test_plain_classes_store_what_is_read(tp: Any) -> None:
    construction = _record(tp).construction

    assert construction is not None
    assert construction.is_plain


def test_defaults_that_look_at_the_instance_are_called_with_it() -> None:
    x, y = _attributes(SelfTaking)

    assert x.default == nodes.Constant(None)
    assert isinstance(y.default, nodes.Factory)
    assert y.default.takes_self


def test_the_checks_of_a_class_that_is_made_directly_are_its_nodes() -> None:
    x, y, z = _record(Frozen).fields

    assert x.node == nodes.Integer(0, 255)
    assert y.node == nodes.Optional(nodes.Integer(0, 9))
    assert z.node != nodes.Text()
    assert x.unchecked == nodes.Integer()
    assert y.unchecked == nodes.Optional(nodes.Integer())


def test_a_check_that_no_node_says_is_called_after_it() -> None:
    (field,) = _record(CheckOfAnother).fields

    assert isinstance(field.node, nodes.Validated)
    assert field.node.checks == (U8.check,)


def test_what_is_converted_is_checked_afterwards() -> None:
    @attrs.define
    class Both:
        x: int = attrs.field(validator=U8, converter=abs)

    (attribute,) = _attributes(Both)

    assert _record(Both).fields[0].node == nodes.Integer()
    assert attribute.convert == nodes.Convert(abs)
    assert attribute.validators == (U8,)


def test_defaults_are_told_apart() -> None:
    _, y, z = _attributes(Plain)

    assert y.default == nodes.Constant("y")
    assert z.default == nodes.Factory(list)


def test_a_default_is_checked_again_only_where_it_may_be_wrong() -> None:
    @attrs.define
    class Made:
        x: int = attrs.field(factory=lambda: 300, validator=U8)
        y: int = attrs.field(default=3, validator=U8)
        z: int = attrs.field(default=300, validator=U8)

    assert [attribute.default_validators for attribute in _attributes(Made)] == [(U8,), (), (U8,)]


def test_fields_that_are_not_on_the_wire_are_filled_in() -> None:
    from symphony_codecs import FieldOptions

    codec = get_codec("json").with_class(Plain, fields={"y": FieldOptions(omit=True)})
    node = build_schema(Plain, codec.converter, "structure").root

    assert isinstance(node, nodes.Struct)
    assert node.construction is not None
    assert [attribute.field for attribute in node.construction.attributes] == [0, None, 1]
    assert node.omitted == {"y"}
