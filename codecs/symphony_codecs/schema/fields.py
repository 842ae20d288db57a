"""The fields of attrs classes and dataclasses, as a codec's options have them on the wire."""

from __future__ import annotations

import dataclasses

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Protocol, get_args, get_origin

import attrs

from cattrs.gen._consts import AttributeOverride

from .._issues import unsupported
from ..formats.base import Format
from ..options import ClassOptions, CodecOptions, FieldOptions
from .annotations import admits_none, behind, class_of, hints_of, overridden


__all__ = [
    "Settings",
    "WireField",
    "attrs_default",
    "converted",
    "is_positional",
    "is_struct",
    "options_of",
    "wire_fields",
]

_NO_OPTIONS: Final = FieldOptions()
_NO_OVERRIDE: Final = AttributeOverride()
_NO_CLASS_OPTIONS: Final = ClassOptions()


class Settings(Protocol):
    """What a codec says of all types."""

    @property
    def format(self) -> Format:
        """The format."""
        ...

    @property
    def options(self) -> CodecOptions:
        """The codec's options."""
        ...

    @property
    def classes(self) -> Mapping[type, ClassOptions]:
        """Options of single classes."""
        ...


def is_struct(tp: Any) -> bool:
    """Return whether *tp* is an attrs class or a dataclass, generic or not."""
    cls = get_origin(tp) or tp
    return isinstance(cls, type) and (attrs.has(cls) or dataclasses.is_dataclass(cls))


def options_of(cls: type, settings: Settings) -> ClassOptions:
    """Return the options of the class *cls*."""
    return settings.classes.get(cls) or _NO_CLASS_OPTIONS


def is_positional(cls: type, settings: Settings) -> bool:
    """Return whether *cls* is written as an array."""
    own = options_of(cls, settings).positional
    choices = (own, settings.options.positional, settings.format.positional)
    return bool(next(choice for choice in choices if choice is not None))


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
        structure: The hook that reads it, in the place of that of its type.
        unstructure: The hook that writes it.
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
    structure: Callable[[Any, Any], Any] | None = None
    unstructure: Callable[[Any], Any] | None = None


def converted(attribute: attrs.Attribute[Any], value: Any, instance: Any) -> Any:
    """Return what the attribute's converter, if it has one, makes of *value*."""
    converter: Any = attribute.converter
    if converter is None:
        return value
    takes_all = isinstance(converter, attrs.Converter)
    convert: Callable[..., Any] = converter
    return convert(value, instance, attribute) if takes_all else convert(value)


def attrs_default(attribute: attrs.Attribute[Any], instance: Any) -> Any:
    """Return the default of the attribute, as its constructor sets it; NOTHING if it has none."""
    default: Any = attribute.default
    if default is attrs.NOTHING:
        return default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        default = default.factory(instance) if default.takes_self else default.factory()
    return converted(attribute, default, instance)


def _attrs_default(attribute: attrs.Attribute[Any]) -> Callable[[Any], Any] | None:
    if attribute.default is attrs.NOTHING:
        return None
    return lambda instance: attrs_default(attribute, instance)


def _dataclass_default(field: dataclasses.Field[Any]) -> Callable[[Any], Any] | None:
    if field.default is not dataclasses.MISSING:
        return lambda _: field.default
    if field.default_factory is not dataclasses.MISSING:
        factory = field.default_factory
        return lambda _: factory()
    return None


def _raw_fields(tp: Any) -> list[tuple[str, str, Any, Callable[[Any], Any] | None]]:
    """Return attribute, argument, type and default of each field that the constructor takes."""
    cls = class_of(tp)
    hints = hints_of(tp)
    if attrs.has(cls):
        types = {**hints, **overridden(cls, {a.name: a.type for a in attrs.fields(cls)})}
        _refuse_kept_out(cls, types, (a.name for a in attrs.fields(cls) if not a.init))
        return [(a.name, a.alias, types.get(a.name, Any), _attrs_default(a)) for a in attrs.fields(cls) if a.init]
    fields = {field.name: field for field in dataclasses.fields(cls)}
    for name in cls.__dataclass_fields__:
        if name not in fields and get_origin(hints.get(name)) is not ClassVar and hints.get(name) is not ClassVar:
            raise unsupported(cls, f"its constructor takes {name!r}, which it does not keep")
    _refuse_kept_out(cls, hints, (f.name for f in fields.values() if not f.init))
    return [(f.name, f.name, hints.get(f.name, Any), _dataclass_default(f)) for f in fields.values() if f.init]


def _override(hint: Any) -> AttributeOverride:
    """Return what ``cattrs.override`` in ``Annotated`` says of a field."""
    metadata = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((each for each in metadata if isinstance(each, AttributeOverride)), _NO_OVERRIDE)


def _overridden(cls: type, name: str, options: FieldOptions, override: AttributeOverride) -> FieldOptions:
    """Return the options of a field, where they say nothing those of *override*."""
    if override is _NO_OVERRIDE:
        return options
    if override.rename is not None and not isinstance(override.rename, str):
        raise unsupported(cls, f"field {name!r} is renamed to {override.rename!r}, which is no text")
    return attrs.evolve(
        options,
        rename=override.rename if options.rename is None else options.rename,
        omit=options.omit or bool(override.omit),
        omit_default=override.omit_if_default if options.omit_default is None else options.omit_default,
    )


def _refuse_kept_out(cls: type, hints: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raise if a field that the constructor does not take is to be on the wire."""
    for name in names:
        if _override(hints.get(name)).omit is False:
            raise unsupported(cls, f"field {name!r} is not to be omitted, but the constructor does not take it")


def wire_fields(tp: Any, settings: Settings) -> tuple[WireField, ...]:
    """
    Return the fields of the class *tp* in order.

    Raises:
        FormatError: Two fields have one name on the wire, or an annotation
            cannot be resolved, or an omitted field has no default.
    """
    cls = class_of(tp)
    options = options_of(cls, settings)
    rename = options.rename or settings.options.rename
    fields: list[WireField] = []
    raw = _raw_fields(behind(tp))
    names = [name for name, *_ in raw]
    for unknown in options.fields:
        if unknown not in names:
            raise unsupported(cls, f"options are given for {unknown!r}, which is none of its fields")
    for name, argument, hint, default in raw:
        override = _override(hint)
        field = _overridden(cls, name, options.fields.get(name, _NO_OPTIONS), override)
        has_default = default is not None
        if field.omit and not has_default:
            raise unsupported(cls, f"field {name!r} is omitted but has no default")
        omit_default = next(
            (o for o in (field.omit_default, options.omit_defaults) if o is not None), settings.options.omit_defaults
        )
        optional = admits_none(hint) or field.omit_none or field.omit or (has_default and not options.serde_required)
        optional = optional and not field.required
        fields.append(
            WireField(
                name=name,
                argument=argument,
                key=field.rename if field.rename is not None else rename(argument) if rename else argument,
                type=hint,
                optional=optional,
                fill_none=not has_default,
                omitted=field.omit,
                omit_none=field.omit_none,
                # What has to be there when reading is always written.
                default=default if omit_default and optional else None,
                structure=override.struct_hook,
                unstructure=override.unstruct_hook,
            )
        )
    keys = [field.key for field in fields if not field.omitted]
    for key in keys:
        if keys.count(key) > 1:
            raise unsupported(cls, f"two of its fields are called {key!r} on the wire")
    return tuple(fields)
