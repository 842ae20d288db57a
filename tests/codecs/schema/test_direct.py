"""Which classes may be made without their constructor: only those whose constructor would do nothing else."""

import abc
import dataclasses

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


@attrs.define(slots=False)
class WithDict:
    x: int


class Undecorated(Plain):
    pass


class UndecoratedInit(Plain):
    def __init__(self, x: int) -> None:
        super().__init__(x + 1)


@attrs.define
class PostInit:
    x: int

    def __attrs_post_init__(self) -> None:
        self.x += 1


@attrs.define
class PreInit:
    x: int

    def __attrs_pre_init__(self) -> None: ...


@attrs.define
class New:
    x: int

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(cls)


@attrs.define
class OwnInit:
    x: int

    def __init__(self, x: int) -> None:
        self.__attrs_init__(x)


@attrs.define
class OwnSetattr:
    x: int

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


@attrs.frozen(cache_hash=True)
class CachedHash:
    x: int


class Meta(type):
    pass


@attrs.define
class WithMeta(metaclass=Meta):
    x: int


@attrs.define
class Abstract(abc.ABC):
    x: int


@attrs.define
class NotInInit:
    x: int
    y: int = attrs.field(default=1, init=False)


@attrs.define
class Converter:
    x: int = attrs.field(converter=abs)


@attrs.define
class FullConverter:
    x: int = attrs.field(converter=attrs.Converter(lambda v, _: v, takes_self=True))


@attrs.define
class SelfTaking:
    x: int
    y: int = attrs.Factory(lambda self: self.x, takes_self=True)


@attrs.define
class Validator:
    x: int = attrs.field(validator=_anything)


@attrs.define
class StandardValidator:
    x: int = attrs.field(validator=attrs.validators.ge(0))


@attrs.define
class BadDefault:
    x: int = attrs.field(default=300, validator=U8)


@attrs.define
class NoneRefused:
    x: int | None = attrs.field(validator=U8)


@attrs.define
class CheckOfAnother:
    x: list[int] = attrs.field(validator=U8)


@attrs.define(auto_exc=True)
class AnError(Exception):
    x: int


@dataclasses.dataclass(slots=True)
class Data:
    x: int


def _record(tp: Any) -> nodes.Struct:
    node = build_schema(tp, get_codec("json").converter, "structure").root
    assert isinstance(node, nodes.Struct)
    return node


@pytest.mark.parametrize("tp", [Plain, Frozen, Of[int], Child, Private])
def test_plain_classes_are_made_directly(tp: Any) -> None:
    assert _record(tp).direct


@pytest.mark.parametrize(
    "tp",
    [
        WithDict,
        Undecorated,
        UndecoratedInit,
        PreInit,
        New,
        OwnInit,
        OwnSetattr,
        CachedHash,
        WithMeta,
        Abstract,
        NotInInit,
        Converter,
        FullConverter,
        Validator,
        StandardValidator,
        BadDefault,
        NoneRefused,
        AnError,
        Data,
    ],
)
def test_any_other_class_is_called(tp: Any) -> None:
    assert not _record(tp).direct


def test_defaults_that_look_at_the_instance_are_left_to_the_constructor() -> None:
    record = _record(SelfTaking)
    assert record.direct
    assert [field.default for field in record.fields] == [nodes.ABSENT, nodes.ABSENT]
    decode = get_codec("json").decoder(SelfTaking)
    assert decode(b'{"x":1}') == SelfTaking(1, 1)
    assert decode(b'{"x":1,"y":2}') == SelfTaking(1, 2)


def test_what_comes_after_the_constructor_is_called() -> None:
    node = _record(PostInit)

    assert node.direct
    assert node.finishes
    assert not _record(Plain).finishes


def test_the_checks_of_a_class_that_is_made_directly_are_its_nodes() -> None:
    x, y, z = _record(Frozen).fields

    assert x.node == nodes.Integer(0, 255)
    assert y.node == nodes.Optional(nodes.Integer(0, 9))
    assert z.node != nodes.Text()


def test_a_check_that_no_node_says_is_called_after_it() -> None:
    (field,) = _record(CheckOfAnother).fields

    assert isinstance(field.node, nodes.Validated)
    assert field.node.checks == (U8.check,)


def test_a_class_that_is_called_keeps_its_checks_to_itself() -> None:
    @attrs.define
    class Both:
        x: int = attrs.field(validator=U8)
        y: int = attrs.field(converter=abs)

    assert _record(Both).fields[0].node == nodes.Integer()


def test_defaults_are_told_apart() -> None:
    x, y, z = _record(Plain).fields

    assert x.default is nodes.ABSENT
    assert y.default == nodes.Constant("y")
    assert z.default == nodes.Factory(list)


def test_a_factory_behind_a_validator_is_held_to_it() -> None:
    @attrs.define
    class Made:
        x: int = attrs.field(factory=lambda: 300, validator=U8)

    default = _record(Made).fields[0].default

    assert isinstance(default, nodes.Factory)
    with pytest.raises(ValueError, match="255"):
        default.call()


def test_fields_that_are_not_on_the_wire_are_filled_in() -> None:
    from symphony_codecs import FieldOptions

    codec = get_codec("json").with_class(Plain, fields={"y": FieldOptions(omit=True)})
    node = build_schema(Plain, codec.converter, "structure").root

    assert isinstance(node, nodes.Struct)
    assert node.rest == (("y", nodes.Constant("y")),)
    assert node.omitted == {"y"}
