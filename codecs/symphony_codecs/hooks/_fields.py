"""The fields of attrs classes and dataclasses, as a codec's options have them on the wire."""

from __future__ import annotations

import dataclasses
import inspect
import types

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin

import attrs

from .._issues import unsupported
from .._typevars import hints_of
from ..options import ClassOptions, FieldOptions


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["NO_DEFAULT", "WireField", "admits_none", "wire_fields"]

NO_DEFAULT: Final = attrs.NOTHING
_NO_OPTIONS: Final = FieldOptions()


@attrs.frozen(kw_only=True)
class WireField:
    """
    One field of a class on the wire.

    Attributes:
        name: The attribute's name.
        argument: The name in the constructor.
        key: The name on the wire.
        type: Its type, generics filled in.
        optional: Whether it may be missing from a map.
        fill_none: Whether ``None`` is passed where it is missing.
        omitted: Never on the wire.
        omit_none: Not written where it holds ``None``.
        default: What it is left out for, with ``omit_default``: a function
            of the instance, or ``None``.
    """

    name: str
    argument: str
    key: str
    type: Any
    optional: bool
    fill_none: bool
    omitted: bool
    omit_none: bool
    default: Callable[[Any], Any] | None


def admits_none(tp: Any) -> bool:
    """Return whether *tp* is an optional type (serde's ``Option``)."""
    origin = get_origin(tp)
    return origin in (Union, types.UnionType) and type(None) in get_args(tp)


def _attrs_default(default: Any) -> Callable[[Any], Any] | None:
    if default is attrs.NOTHING:
        return None
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        factory: Callable[..., Any] = default.factory
        return factory if default.takes_self else lambda _: factory()
    return lambda _: default


def _dataclass_default(field: dataclasses.Field[Any]) -> Callable[[Any], Any] | None:
    if field.default is not dataclasses.MISSING:
        return lambda _: field.default
    if field.default_factory is not dataclasses.MISSING:
        factory = field.default_factory
        return lambda _: factory()
    return None


def _raw_fields(cls: type) -> list[tuple[str, str, Callable[[Any], Any] | None]]:
    """Return attribute, argument and default of each field that the constructor takes."""
    if attrs.has(cls):
        return [(a.name, a.alias, _attrs_default(a.default)) for a in attrs.fields(cls) if a.init]
    for name, hint in inspect.get_annotations(cls).items():
        if isinstance(hint, dataclasses.InitVar) or str(hint).startswith(("InitVar", "dataclasses.InitVar")):
            raise unsupported(cls, f"its constructor takes {name!r}, which it does not keep")
    return [(f.name, f.name, _dataclass_default(f)) for f in dataclasses.fields(cls) if f.init]


def wire_fields(tp: Any, converter: WireConverter) -> tuple[WireField, ...]:
    """
    Return the fields of the class *tp* in order.

    Raises:
        FormatError: Two fields have one name on the wire, or an annotation
            cannot be resolved, or an omitted field has no default.
    """
    cls = get_origin(tp) or tp
    options = converter.classes.get(cls) or ClassOptions()
    rename = options.rename or converter.options.rename
    hints = hints_of(tp)
    fields: list[WireField] = []
    raw = _raw_fields(cls)
    for unknown in set(options.fields) - {name for name, _, _ in raw}:
        raise unsupported(cls, f"options are given for {unknown!r}, which is none of its fields")
    for name, argument, default in raw:
        field = options.fields.get(name, _NO_OPTIONS)
        hint = hints.get(name, Any)
        has_default = default is not None
        if field.omit and not has_default:
            raise unsupported(cls, f"field {name!r} is omitted but has no default")
        omit_default = next(
            (o for o in (field.omit_default, options.omit_defaults) if o is not None), converter.options.omit_defaults
        )
        optional = admits_none(hint) or field.omit_none or field.omit or (has_default and not options.exact)
        fields.append(
            WireField(
                name=name,
                argument=argument,
                key=field.rename if field.rename is not None else rename(argument) if rename else argument,
                type=hint,
                optional=optional and not field.required,
                fill_none=not has_default,
                omitted=field.omit,
                omit_none=field.omit_none,
                default=default if omit_default and not field.required else None,
            )
        )
    keys = [field.key for field in fields if not field.omitted]
    for key in keys:
        if keys.count(key) > 1:
            raise unsupported(cls, f"two of its fields are called {key!r} on the wire")
    return tuple(fields)
