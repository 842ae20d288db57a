"""The fields of attrs classes and dataclasses, as a codec's options have them on the wire."""

from __future__ import annotations

import dataclasses

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, NamedTuple, get_args, get_origin

import attrs

from cattrs.gen._consts import AttributeOverride

from .._issues import unsupported
from ..options import ClassOptions, FieldOptions
from . import nodes
from .annotations import admits_none, behind, class_of, hints_of, is_settled, overridden
from .defaults import AnyField, default_of


if TYPE_CHECKING:
    from .registry import Registry


__all__ = [
    "WireField",
    "is_positional",
    "is_struct",
    "options_of",
    "wire_fields",
]

_ANNOTATED: Final = type(Annotated[int, ""])
_NO_OPTIONS: Final = FieldOptions()
_NO_OVERRIDE: Final = AttributeOverride()
_NO_CLASS_OPTIONS: Final = ClassOptions()


def is_struct(tp: Any) -> bool:
    """Return whether *tp* is an attrs class or a dataclass, generic or not."""
    cls = get_origin(tp) or tp
    return isinstance(cls, type) and (attrs.has(cls) or dataclasses.is_dataclass(cls))


def options_of(cls: type, settings: Registry) -> ClassOptions:
    """Return the options of the class *cls*."""
    return settings.classes.get(cls) or _NO_CLASS_OPTIONS


def is_positional(cls: type, settings: Registry) -> bool:
    """Return whether *cls* is written as an array."""
    own = options_of(cls, settings).positional
    choices = (own, settings.options.positional, settings.format.positional)
    return bool(next(choice for choice in choices if choice is not None))


class WireField(NamedTuple):
    """
    One field of a class on the wire.

    Attributes:
        name: The attribute's name.
        argument: The name in the constructor.
        key: The name on the wire.
        type: Its type, generics filled in.
        of: The attribute or dataclass field.
        default: Its default, before a converter sees it.
        optional: Whether it may be missing from a map.
        omitted: Never on the wire.
        omit_none: Not written where it holds ``None``.
        omit_default: Not written where it holds its default.
        structure: The hook that reads it, in the place of that of its type.
        unstructure: The hook that writes it.
    """

    name: str
    argument: str
    key: str
    type: Any
    of: AnyField
    default: nodes.Default
    optional: bool
    omitted: bool
    omit_none: bool
    omit_default: bool
    structure: Callable[[Any, Any], Any] | None = None
    unstructure: Callable[[Any], Any] | None = None


def _fields_of(tp: Any) -> tuple[list[AnyField], dict[str, Any]]:
    """Return the fields that the constructor takes, and their types by name."""
    cls = class_of(tp)
    is_attrs = bool(attrs.has(cls))  # which says more to type checkers than is so
    every: Sequence[AnyField] = attrs.fields(cls) if is_attrs else dataclasses.fields(cls)
    types = {field.name: field.type for field in every}
    if not all(map(is_settled, types.values())):
        types = {**hints_of(tp), **(overridden(cls, types) if is_attrs else {})}
    taken = [field for field in every if field.init]
    if len(taken) < len(every):
        for field in every:
            if not field.init and _override(types.get(field.name)).omit is False:
                raise unsupported(
                    cls, f"field {field.name!r} is not to be omitted, but the constructor does not take it"
                )
    if not is_attrs and len(cls.__dataclass_fields__) > len(every):
        _refuse_init_only(cls, hints_of(tp))
    return taken, types


def _refuse_init_only(cls: Any, hints: Mapping[str, Any]) -> None:
    kept = {field.name for field in dataclasses.fields(cls)}
    for name in cls.__dataclass_fields__:
        if name not in kept and get_origin(hints.get(name)) is not ClassVar and hints.get(name) is not ClassVar:
            raise unsupported(cls, f"its constructor takes {name!r}, which it does not keep")


def _override(hint: Any) -> AttributeOverride:
    """Return what ``cattrs.override`` in ``Annotated`` says of a field."""
    if type(hint) is not _ANNOTATED:
        return _NO_OVERRIDE
    return next((each for each in get_args(hint)[1:] if isinstance(each, AttributeOverride)), _NO_OVERRIDE)


def _overridden(cls: type, name: str, options: FieldOptions, override: AttributeOverride) -> FieldOptions:
    """Return the options of a field, where they say nothing those of *override*."""
    if override.rename is not None and not isinstance(override.rename, str):
        raise unsupported(cls, f"field {name!r} is renamed to {override.rename!r}, which is no text")
    return attrs.evolve(
        options,
        rename=override.rename if options.rename is None else options.rename,
        omit=options.omit or bool(override.omit),
        omit_default=override.omit_if_default if options.omit_default is None else options.omit_default,
    )


def wire_fields(tp: Any, settings: Registry) -> tuple[WireField, ...]:
    """
    Return the fields of the class *tp* in order.

    Raises:
        FormatError: Two fields have one name on the wire, or an annotation
            cannot be resolved, or an omitted field has no default.
    """
    cls = class_of(tp)
    options = options_of(cls, settings)
    rename = options.rename or settings.options.rename
    omit_defaults = settings.options.omit_defaults if options.omit_defaults is None else options.omit_defaults
    fields: list[WireField] = []
    raw, types = _fields_of(behind(tp))
    if options.fields:
        names = {each.name for each in raw}
        for unknown in options.fields:
            if unknown not in names:
                raise unsupported(cls, f"options are given for {unknown!r}, which is not one of its fields")
    for each in raw:
        name = each.name
        argument = getattr(each, "alias", name)
        hint = types.get(name, Any)
        override = _override(hint)
        field = options.fields.get(name, _NO_OPTIONS)
        if override is not _NO_OVERRIDE:
            field = _overridden(cls, name, field, override)
        default = default_of(each)
        if field.omit and default is nodes.ABSENT:
            raise unsupported(cls, f"field {name!r} is omitted but has no default")
        is_filled = default is not nodes.ABSENT and not options.serde_required
        optional = not field.required and (is_filled or field.omit_none or field.omit or admits_none(hint))
        omit_default = omit_defaults if field.omit_default is None else field.omit_default
        fields.append(
            WireField(
                name=name,
                argument=argument,
                key=field.rename if field.rename is not None else rename(argument) if rename else argument,
                type=hint,
                of=each,
                default=default,
                optional=optional,
                omitted=field.omit,
                omit_none=field.omit_none,
                # What has to be there when reading is always written.
                omit_default=omit_default and optional and default is not nodes.ABSENT,
                structure=override.struct_hook,
                unstructure=override.unstruct_hook,
            )
        )
    keys = [field.key for field in fields if not field.omitted]
    if len(set(keys)) < len(keys):
        key = next(key for key in keys if keys.count(key) > 1)
        raise unsupported(cls, f"two of its fields are called {key!r} on the wire")
    return tuple(fields)
