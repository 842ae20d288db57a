"""The fields of attrs classes and dataclasses, as a codec's options have them on the wire."""

from __future__ import annotations

import dataclasses
import enum

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, NamedTuple, get_args, get_origin

import attrs
import typing_extensions

from cattrs.gen._consts import AttributeOverride

from symphony_types.traits.validatable import Issue

from .._issues import FormatError, unsupported
from ..options import ClassOptions, FieldOptions
from . import nodes
from .absence import absent_default, without_absence
from .annotations import admits_none, are_settled, behind, class_of, field_types, hints_of
from .defaults import AnyField, default_of, storing
from .kept import is_hashed_by_value
from .refusals import UNSUPPORTED, OptionError, check_class, check_field, refuse


if TYPE_CHECKING:
    from .registry import Registry


__all__ = [
    "WireField",
    "check_options",
    "is_positional",
    "is_struct",
    "options_of",
    "wire_fields",
]

_ANNOTATED: Final = type(Annotated[int, ""])
# What attrs and dataclasses call around what they set themselves.
_METHODS: Final = ("__attrs_pre_init__", "__attrs_post_init__", "__post_init__")
_NO_OPTIONS: Final = FieldOptions()
_NO_OVERRIDE: Final = AttributeOverride()
_NO_CLASS_OPTIONS: Final = ClassOptions()


def is_struct(tp: Any) -> bool:
    """Return whether *tp* is an attrs class or a dataclass, generic or not; an enum is neither."""
    cls = get_origin(tp) or tp
    if not isinstance(cls, type) or issubclass(cls, enum.Enum):
        return False
    return attrs.has(cls) or dataclasses.is_dataclass(cls)


def options_of(cls: type, settings: Registry) -> ClassOptions:
    """Return the options of the class *cls*."""
    return settings.classes.get(cls) or _NO_CLASS_OPTIONS


def is_positional(cls: type, settings: Registry) -> bool:
    """Return whether *cls* is written as an array."""
    options = options_of(cls, settings)
    if any(field.flatten for field in options.fields.values()):
        return False
    choices = (options.positional, settings.options.positional, settings.format.positional)
    return bool(next(choice for choice in choices if choice is not None))


class WireField(NamedTuple):
    """
    One field of a class on the wire.

    Attributes:
        name: The attribute's name.
        argument: The name in the constructor.
        key: The name on the wire.
        aliases: Other names that are read.
        type: Its type, generics filled in.
        of: The attribute or dataclass field.
        default: Its default, before a converter sees it.
        is_passed: Whether the constructor takes it.
        store: What stores it where that does not, and may set something else.
        fill: What is passed or stored where it is missing; ABSENT: nothing.
        absent: What it holds where it is not there; ABSENT: it always is.
        optional: Whether it may be missing from a map.
        omitted: Never on the wire.
        omit_none: Not written where it holds ``None``.
        omit_default: Not written where it holds its default.
        structure: The hook that reads it, in the place of that of its type.
        unstructure: The hook that writes it.
        is_flattened: Whether its entries stand among those of the class.
        is_hashed: Whether the class has a hash, which its fields make.
    """

    name: str
    argument: str
    key: nodes.FieldName
    aliases: tuple[str, ...]
    type: Any
    of: AnyField
    default: nodes.Default
    is_passed: bool
    store: Callable[[Any, Any], None] | None
    fill: Any
    absent: Any
    optional: bool
    omitted: bool
    omit_none: bool
    omit_default: bool
    structure: Callable[[Any, Any], Any] | None = None
    unstructure: Callable[[Any], Any] | None = None
    is_flattened: bool = False
    is_hashed: bool = False


def _fields_of(tp: Any) -> tuple[Sequence[AnyField], dict[str, Any]]:
    """Return the fields, and their types by name."""
    cls = class_of(tp)
    is_attrs = bool(attrs.has(cls))  # which says more to type checkers than is so
    every: Sequence[AnyField] = attrs.fields(cls) if is_attrs else dataclasses.fields(cls)
    types = {field.name: field.type for field in every}
    # attrs.resolve_types may have left out what `Annotated` adds.
    if not are_settled(types.values(), cls) or "__attrs_types_resolved__" in vars(cls):
        types = field_types(tp, types) if is_attrs else hints_of(tp)
    if not is_attrs and len(cls.__dataclass_fields__) > len(every):
        _refuse_init_only(cls, hints_of(tp))
    return every, types


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
    own: Any = override.rename
    try:
        renamed = FieldOptions(rename=own)
    except (TypeError, ValueError) as exc:
        refuse(cls, "rename", str(exc), name)
    return attrs.evolve(
        options,
        rename=renamed.rename if options.rename is None else options.rename,
        omit=override.omit if options.omit is None else options.omit,
        omit_default=override.omit_if_default if options.omit_default is None else options.omit_default,
    )


def _is_state(field: AnyField, hint: Any) -> bool:
    """Return whether a field that the constructor does not take is part of the value: of comparisons, or a tag."""
    is_compared = field.compare if isinstance(field, dataclasses.Field) else field.eq
    return bool(is_compared) or get_origin(behind(hint)) is Literal


def _is_constant(hint: Any, default: nodes.Default) -> bool:
    """Return whether the constructor sets the one value that there is."""
    inner = behind(hint)
    return get_origin(inner) is Literal and isinstance(default, nodes.Constant) and get_args(inner) == (default.value,)


def _sets_more(cls: Any) -> bool:
    """Return whether code of the user's runs in the constructor, which may set fields that it does not take."""
    if (type(cls).__call__, cls.__new__) != (type.__call__, object.__new__) or any(hasattr(cls, n) for n in _METHODS):
        return True
    code = getattr(cls.__init__, "__code__", None)
    return code is None or not (code.co_filename.startswith("<attrs generated") or code.co_filename == "<string>")


def wire_fields(tp: Any, settings: Registry) -> tuple[WireField, ...]:
    """
    Return the fields of the class *tp* in order.

    Raises:
        FormatError: An annotation cannot be resolved.
        OptionError: An option cannot take effect or would lose data, or two
            fields have one name on the wire.
    """
    cls = class_of(tp)
    options = options_of(cls, settings)
    fields: list[WireField] = []
    raw, types = _fields_of(behind(tp))
    if options.fields:
        names = {each.name for each in raw}
        unknown = [name for name in options.fields if name not in names]
        if unknown:
            which = f"{', '.join(map(repr, unknown))}, which {'is not one' if len(unknown) == 1 else 'are not'}"
            refuse(cls, "fields", f"options are given for {which} of its fields")
    wrong: list[Issue] = []
    for each in raw:
        hint = types.get(each.name, Any)
        field = options.fields.get(each.name, _NO_OPTIONS)
        override = _override(hint)
        try:
            if override is not _NO_OVERRIDE:
                field = _overridden(cls, each.name, field, override)
            if each.init or field.omit is not None or _is_state(each, hint):
                fields.append(_wire_field(cls, each, hint, field, override, settings))
            elif each.name in options.fields:
                refuse(cls, "fields", "it is not on the wire, unless omit=False says so", each.name)
        except OptionError as exc:
            wrong.extend(exc.issues)
    if wrong:
        raise OptionError(wrong)
    if options.omit_defaults:
        may_omit = any(field.optional and field.default is not nodes.ABSENT for field in fields)
        check_class(cls, options, may_omit=may_omit)
    _check_names(cls, [field for field in fields if not field.omitted])
    return tuple(fields)


def _check_names(cls: type, fields: Sequence[WireField]) -> None:
    """Refuse two fields of one name."""
    keys = [field.key for field in fields]
    if len(set(keys)) < len(keys):
        key = next(key for key in keys if keys.count(key) > 1)
        refuse(cls, "rename", f"two of its fields are called {key!r} on the wire")
    known = set(keys)
    for field in fields:
        for alias in field.aliases:
            if alias in known:
                refuse(cls, "aliases", f"{alias!r} is the name of a field, or an alias, already", field.name)
            known.add(alias)


def _absence(cls: type, name: str, hint: Any, default: nodes.Default, settings: Registry) -> tuple[Any, Any]:
    """Return the type of what is there, and what the field holds where it is absent."""
    present, found = without_absence(hint)
    if found and not (settings.reads_own(hint) and settings.writes_own(hint)):
        present, found = hint, ()
    named = absent_default(default)
    markers: list[Any] = list({*found} if named is None else {*found, named})
    if not markers:
        return hint, nodes.ABSENT
    if len(markers) > 1 or present is typing_extensions.Never:
        why = "two sentinels stand for what is absent" if len(markers) > 1 else "it can be nothing but absent"
        raise unsupported(cls, f"field {name!r}: {why}")
    return present, markers[0]


def _wire_field(
    cls: type, each: AnyField, hint: Any, field: FieldOptions, override: AttributeOverride, settings: Registry
) -> WireField:
    options = options_of(cls, settings)
    rename = options.rename or settings.options.rename
    default = default_of(each)
    is_needed = each.init and default is nodes.ABSENT
    hint, absent = _absence(cls, each.name, hint, default, settings)
    is_unsure = not each.init and not _is_constant(hint, default) and _sets_more(cls)
    fill = None if default is nodes.ABSENT and not is_unsure else nodes.ABSENT
    if absent is not nodes.ABSENT and (is_unsure or absent_default(default) is None):
        default, fill = nodes.Constant(absent), absent
    if field is not _NO_OPTIONS:
        check_field(
            cls,
            each.name,
            hint,
            field,
            default,
            options,
            is_needed=is_needed,
            is_unsure=is_unsure,
            is_absent=absent is not nodes.ABSENT,
        )
    omit_default = field.omit_default
    for omits in (options.omit_defaults, settings.options.omit_defaults):
        omit_default = omits if omit_default is None else omit_default
    argument = getattr(each, "alias", each.name)
    is_set = default is not nodes.ABSENT
    is_filled = (is_set or is_unsure) and not options.serde_required
    optional = not field.required and bool(
        is_filled or absent is not nodes.ABSENT or field.omit_none or field.omit or admits_none(hint)
    )
    wire = WireField(
        name=each.name,
        argument=argument,
        key=_key(cls, each.name, field, rename, argument, settings),
        aliases=field.aliases,
        type=hint,
        of=each,
        default=default,
        is_passed=each.init,
        store=None if each.init or _is_constant(hint, default) else storing(each),
        fill=fill if optional else nodes.ABSENT,
        absent=absent,
        optional=optional,
        omitted=bool(field.omit),
        omit_none=field.omit_none,
        # What has to be there when reading is always written, and what the constructor may set to something else.
        omit_default=bool(omit_default) and optional and is_set and not is_unsure and absent is nodes.ABSENT,
        structure=override.struct_hook,
        unstructure=override.unstruct_hook,
        is_flattened=field.flatten,
        is_hashed=is_hashed_by_value(cls),
    )
    # It has no key: its entries are moved under one of which no other field is called, and are always there then.
    return wire._replace(key=f"\0{each.name}", optional=False, omit_default=False) if field.flatten else wire


def _key(
    cls: type,
    name: str,
    field: FieldOptions,
    rename: Callable[[str], str] | None,
    argument: str,
    settings: Registry,
) -> nodes.FieldName:
    """Return the name on the wire."""
    if type(field.rename) is int and settings.format.text_keys:
        refuse(cls, "rename", f"{field.rename} is no text, as all keys in {settings.format.name} are", name)
    if field.rename is not None:
        return field.rename
    if rename is None:
        return argument
    made: object = rename(argument)
    if not isinstance(made, str):
        refuse(cls, "rename", f"expected a function that returns a str, got {made!r}", name)
    return made


def check_options(cls: type, settings: Registry) -> None:
    """
    Check the options of a class, as far as its annotations can be resolved now.

    Raises:
        ValueError: One cannot take effect, or would lose data.
    """
    try:
        wire_fields(cls, settings)
    except OptionError as exc:
        reasons = (issue.message.removeprefix(UNSUPPORTED) for issue in exc.issues)
        raise ValueError("; ".join(reasons)) from None
    except FormatError:
        return  # which the schema will say
