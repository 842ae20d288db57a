"""The eight fields of a record, and functions that build each library's class from them."""

from __future__ import annotations

import dataclasses

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias

import attrs


__all__ = ["MISSING", "Dialect", "Field", "MakeClass", "NotExpressibleError", "as_attrs", "as_dataclass", "as_struct"]

# Classes for this project and cattrs, and the classes that msgspec handles fastest.
Dialect: TypeAlias = Literal["own", "struct"]
MakeClass: TypeAlias = Callable[[str, "Sequence[Field]"], Any]

MISSING: Final = object()


class NotExpressibleError(Exception):
    """A library has no equivalent; the message names the feature."""


@attrs.frozen(kw_only=True)
class Field:
    """
    A field of a class.

    Args:
        name: Its name.
        type: Its type.
        default: Its default, or a factory function.
        own: More arguments of `attrs.field`.
        bounds: The equivalent constraints of msgspec's ``Meta``; ``None`` if there are none.
        argument: The name of the constructor's argument.
    """

    name: str
    type: Any
    default: Any = MISSING
    own: Mapping[str, Any] = attrs.field(factory=dict)
    bounds: Mapping[str, Any] | None = attrs.field(factory=dict)
    argument: str = attrs.field(default=attrs.Factory(lambda self: self.name, takes_self=True))


def as_attrs(name: str, fields: Sequence[Field], body: Mapping[str, Any] | None = None, **how: Any) -> Any:
    """Return an attrs class."""
    made = {
        field.name: attrs.field(type=field.type, **_default(field, attrs.Factory, "default"), **field.own)
        for field in fields
    }
    options = {"slots": True, **how}
    return attrs.make_class(name, made, class_body=dict(body or {}), **options)


def as_dataclass(name: str, fields: Sequence[Field], body: Mapping[str, Any] | None = None, **how: Any) -> Any:
    """Return a dataclass with slots."""
    made = []
    for field in fields:
        if callable(field.default):
            made.append((field.name, field.type, dataclasses.field(default_factory=field.default)))
        elif field.default is MISSING:
            made.append((field.name, field.type, dataclasses.field()))
        else:
            made.append((field.name, field.type, dataclasses.field(default=field.default)))
    options = {"slots": True, **how}
    return dataclasses.make_dataclass(name, made, namespace=dict(body or {}), **options)


def as_struct(name: str, fields: Sequence[Field], body: Mapping[str, Any] | None = None, **how: Any) -> Any:
    """Return a msgspec Struct, with bounds as ``Meta`` constraints."""
    import msgspec

    made: list[Any] = []
    for field in fields:
        tp = field.type
        if _bounds(field):
            tp = Annotated[tp, msgspec.Meta(**_bounds(field))]
        if callable(field.default):
            made.append((field.name, field.type, msgspec.field(default_factory=field.default)))
        elif field.default is MISSING:
            made.append((field.name, tp))
        else:
            made.append((field.name, field.type, field.default))
    return msgspec.defstruct(name, made, namespace=dict(body or {}), **how)


def _default(field: Field, factory: Callable[[Any], Any], word: str) -> dict[str, Any]:
    if field.default is MISSING:
        return {}
    return {word: factory(field.default) if callable(field.default) else field.default}


def _bounds(field: Field) -> Mapping[str, Any]:
    if field.bounds is None:
        raise NotExpressibleError(f"no constraint like that of {field.name}")
    return field.bounds
