"""Every style of class: attrs, dataclasses, typed dicts and tuples, with validators, converters and methods."""

from __future__ import annotations

import dataclasses
import operator
import types
import typing

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, cast

import attrs
import typing_extensions

from attrs import validators as v

from .fields import MISSING, Field, NotExpressibleError, as_attrs, as_dataclass, as_struct


__all__ = ["STYLES", "Style"]

Fields: TypeAlias = Sequence[Field]
# Called with the name, the fields, and the arguments of options.
Make: TypeAlias = Callable[..., Any]
Kind: TypeAlias = Literal["class", "dict", "tuple"]
T = TypeVar("T")
_GENERIC: Final = operator.getitem(cast("Any", Generic), T)


@attrs.frozen(kw_only=True)
class Style:
    """
    A way to write the class of a record.

    Args:
        name: The name in tables.
        make: Makes the class for this project and cattrs.
        change: Changes the fields, for all libraries.
        struct: Makes the class for msgspec.
        calls: Whether a Python function of the user runs for each record.
        kind: The kind of the values.
    """

    name: str
    make: Make = as_attrs
    change: Callable[[Fields], Fields] = lambda fields: fields
    struct: Make = as_struct
    calls: bool = False
    kind: Kind = "class"


def _none(reason: str) -> Make:
    def refuse(_name: str, _fields: Fields, **_how: Any) -> Any:
        raise NotExpressibleError(reason)

    return refuse


def _attrs(**how: Any) -> Make:
    return lambda name, fields: as_attrs(name, fields, **how)


def _dataclass(**how: Any) -> Make:
    return lambda name, fields: as_dataclass(name, fields, **how)


def _changed(**changes: Mapping[str, Any]) -> Callable[[Fields], Fields]:
    """Return a function that changes fields, given by name."""
    return lambda fields: [attrs.evolve(field, **changes.get(field.name, {})) for field in fields]


def _validated(name: str, field: str, validator: Any, bounds: Mapping[str, Any] | None = None, **more: Any) -> Style:
    change = _changed(**{field: {"own": {"validator": validator}, "bounds": bounds}})
    return Style(name=f"validators.{name}", change=change, **more)


def _converted(name: str, field: str, converter: Any, **more: Any) -> Style:
    return Style(
        name=name,
        change=_changed(**{field: {"own": {"converter": converter}}}),
        struct=_none("no converters"),
        calls=True,
        **more,
    )


def _method(name: str, *, own: str, struct: str | None, make: Callable[..., Any] = as_attrs) -> Style:
    body = {own: _checked}
    return Style(
        name=name,
        make=lambda title, fields: make(title, fields, body=body),
        struct=(lambda title, fields, **how: as_struct(title, fields, body={struct: _checked}, **how))
        if struct
        else _none(f"no {own}"),
        calls=True,
    )


def _checked(self: Any) -> None:
    if getattr(self, "id", 0) < 0:
        raise ValueError("expected an id of at least 0")


def _own_validator(_self: Any, _attribute: Any, value: Any) -> None:
    if value < 0:
        raise ValueError("expected a value of at least 0")


def _defaults(fields: Fields) -> Fields:
    defaults: dict[str, Any] = {"id": 0, "name": "", "score": 0.0, "tags": list, "note": None}
    return [
        attrs.evolve(field, default=defaults[field.name]) if field.name in defaults else field
        for field in sorted(fields, key=lambda field: field.name in defaults)
    ]


def _private(fields: Fields) -> Fields:
    return [attrs.evolve(field, name=f"_{field.name}", argument=field.name) for field in fields]


def _aliased(fields: Fields) -> Fields:
    return [attrs.evolve(field, own={"alias": f"with_{field.name}"}, argument=f"with_{field.name}") for field in fields]


def _generic(decorate: Callable[[type], type], bases: tuple[type, ...] = ()) -> Make:
    """Return a function that makes a generic class with the type of the three leaves as its argument."""

    def make(name: str, fields: Fields, **how: Any) -> Any:
        (argument,) = {id(field.type): field.type for field in fields if field.name in {"a", "b", "c"}}.values()
        names = {field.name: T if field.type is argument and len(field.name) == 1 else field.type for field in fields}
        body: dict[str, Any] = {"__annotations__": names, "__module__": __name__}
        body.update({field.name: field.default for field in fields if field.default is not MISSING})
        cls: Any = decorate(types.new_class(name, (*bases, _GENERIC), how, lambda space: space.update(body)))
        return cls[argument]

    return make


def _generic_struct(name: str, fields: Fields, **how: Any) -> Any:
    import msgspec

    return _generic(lambda cls: cls, (msgspec.Struct,))(name, fields, **how)


def _subclass(name: str, fields: Fields) -> Any:
    half = len(fields) // 2
    base = as_attrs(f"{name}Base", fields[:half])
    return as_attrs(name, fields[half:], bases=(base,))


def _own_init(name: str, fields: Fields) -> Any:
    defaults = {field.name: field.default for field in fields}

    def __init__(self: Any, *given: Any, **named: Any) -> None:  # noqa: N807 - becomes a method
        for key, value in {**defaults, **dict(zip(defaults, given, strict=False)), **named}.items():
            setattr(self, key, value)

    return as_attrs(name, fields, body={"__init__": __init__}, init=False)


def _not_in_init(name: str, fields: Fields) -> Any:
    extra = Field(name="made", type=int, default=0, own={"init": False})
    return as_attrs(name, [*fields, extra])


def _named_tuple(name: str, fields: Fields) -> Any:
    body = {
        "__annotations__": {field.name: field.type for field in fields},
        "__module__": __name__,
        **{field.name: field.default for field in fields if field.default is not MISSING},
    }
    return types.new_class(name, (typing.NamedTuple,), {}, lambda space: space.update(body))


def _typed_dict(**how: Any) -> Make:
    def make(name: str, fields: Fields) -> Any:
        return typing_extensions.TypedDict(name, {field.name: field.type for field in fields}, **how)  # type: ignore[operator]

    return make


def _same(name: str, make: Make, kind: Kind) -> Style:
    """Return a style that every library supports."""

    def checked(title: str, fields: Fields, **how: Any) -> Any:
        if how:
            raise NotExpressibleError(f"no {', '.join(how)} for a {name}")
        return make(title, fields)

    return Style(name=name, make=make, struct=checked, kind=kind)


def _kw_struct(name: str, fields: Fields, **how: Any) -> Any:
    return as_struct(name, fields, kw_only=True, **how)


_AT_LEAST: Final = {"ge": 0}
_TEXTS: Final = v.deep_iterable(v.instance_of(str), v.instance_of(list))
_PATTERN: Final = r"record \d+"

STYLES: Final = {
    style.name: style
    for style in (
        Style(name="attrs"),
        Style(name="attrs, no slots", make=_attrs(slots=False)),
        Style(name="attrs, frozen", make=_attrs(frozen=True)),
        Style(name="attrs, frozen, no slots", make=_attrs(frozen=True, slots=False)),
        Style(name="attrs, kw_only", make=_attrs(kw_only=True), struct=_kw_struct),
        Style(name="attrs, frozen, kw_only", make=_attrs(frozen=True, kw_only=True), struct=_kw_struct),
        Style(name="attrs, eq=False", make=_attrs(eq=False)),
        Style(name="attrs, order", make=_attrs(order=True)),
        Style(name="attrs, cache_hash", make=_attrs(frozen=True, unsafe_hash=True, cache_hash=True, eq=True)),
        Style(name="attrs, defaults", change=_defaults),
        Style(name="attrs, subclass", make=_subclass),
        Style(name="attrs, own __init__", make=_own_init, calls=True),
        Style(name="attrs, init=False", make=_not_in_init, struct=_none("no init=False")),
        Style(
            name="attrs, private names",
            change=_private,
        ),
        Style(name="attrs, aliases", change=_aliased),
        Style(
            name="attrs, generic",
            make=_generic(attrs.define),
            struct=_generic_struct,
        ),
        _method("attrs, __attrs_post_init__", own="__attrs_post_init__", struct="__post_init__"),
        _method("attrs, __attrs_pre_init__", own="__attrs_pre_init__", struct=None),
        _validated("ge", "id", v.ge(0), {"ge": 0}),
        _validated("gt", "id", v.gt(-1), {"gt": -1}),
        _validated("le", "id", v.le(10**9), {"le": 10**9}),
        _validated("lt", "score", v.lt(1e9), {"lt": 1e9}),
        _validated("max_len", "name", v.max_len(50), {"max_length": 50}),
        _validated("min_len", "name", v.min_len(1), {"min_length": 1}),
        _validated("matches_re", "name", v.matches_re(_PATTERN), {"pattern": _PATTERN}),
        _validated("instance_of", "name", v.instance_of(str)),
        _validated("in_", "name", v.in_([f"record {number}" for number in range(200)])),
        _validated("is_callable, not_", "name", v.not_(v.is_callable())),
        _validated("optional", "note", v.optional(v.max_len(50))),
        _validated("and_", "id", v.and_(v.ge(0), v.lt(10**9)), {"ge": 0, "lt": 10**9}),
        _validated("or_", "id", v.or_(v.lt(0), v.ge(0))),
        _validated("not_", "id", v.not_(v.lt(0), exc_types=ValueError)),
        _validated("deep_iterable", "tags", _TEXTS),
        _validated("a list of two", "id", [v.instance_of(int), v.ge(0)], _AT_LEAST),
        _validated("own function", "id", _own_validator, None, calls=True),
        _converted("converter, function", "name", lambda text: text.strip()),
        _converted("converter, builtin", "name", str),
        _converted("converter, tuple", "tags", list),
        _converted("converter, optional", "note", attrs.converters.optional(str)),
        _converted("converter, default_if_none", "note", attrs.converters.default_if_none(default=None)),
        Style(name="dataclass", make=_dataclass(slots=False)),
        Style(name="dataclass, slots", make=as_dataclass),
        Style(name="dataclass, frozen", make=_dataclass(slots=False, frozen=True)),
        Style(name="dataclass, frozen, slots", make=_dataclass(frozen=True)),
        Style(name="dataclass, kw_only", make=_dataclass(kw_only=True), struct=_kw_struct),
        Style(name="dataclass, defaults", make=as_dataclass, change=_defaults),
        Style(
            name="dataclass, generic",
            make=_generic(dataclasses.dataclass),
            struct=_generic_struct,
        ),
        _method("dataclass, __post_init__", own="__post_init__", struct="__post_init__", make=as_dataclass),
        _same("TypedDict", _typed_dict(), "dict"),
        _same("TypedDict, total=False", _typed_dict(total=False), "dict"),
        _same("NamedTuple", _named_tuple, "tuple"),
    )
}
