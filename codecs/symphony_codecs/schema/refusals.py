"""Options of classes and fields that cannot take effect, or would lose data: they are refused where they are given."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from .._issues import FormatError
from ..options import ClassOptions, FieldOptions
from . import nodes
from .annotations import admits_none, behind


__all__ = ["UNSUPPORTED", "OptionError", "check_class", "check_field", "refuse"]


UNSUPPORTED: Final = "unsupported type "
"""How the message of an `OptionError` begins, which names a type that has been asked for."""


class OptionError(FormatError):
    """An option of a class or of one of its fields that cannot be."""


def refuse(cls: type, option: str, why: str, field: str | None = None) -> NoReturn:
    """
    Raise the error for an option.

    Args:
        cls: The class.
        option: The option.
        why: The reason.
        field: The field that it is given for.

    Raises:
        OptionError: Always.
    """
    where = cls.__qualname__ if field is None else f"{cls.__qualname__}: field {field!r}"
    message = f"{UNSUPPORTED}{where}: {option}: {why}"
    raise OptionError.of("unsupported_type", "options that can take effect", option, message=message)


def check_field(
    cls: type,
    name: str,
    hint: Any,
    field: FieldOptions,
    default: nodes.Default,
    options: ClassOptions,
    *,
    is_needed: bool,
    is_unsure: bool,
    is_absent: bool,
) -> None:
    """
    Refuse what the options of one field ask for in vain, or what would lose data.

    Args:
        cls: The class.
        name: The field.
        hint: Its type.
        field: Its options, those of the class's annotations among them.
        default: Its default.
        options: The options of the class.
        is_needed: Whether the constructor has to get it.
        is_unsure: Whether the constructor may set it to something that is not known.
        is_absent: Whether its type or its default says that it may be absent.

    Raises:
        OptionError: There is one.
    """
    if field.flatten:
        for option in ("rename", "aliases", "omit", "omit_none", "omit_default", "required"):
            if getattr(field, option):
                refuse(cls, option, "it is flattened", name)
        if options.positional:
            refuse(cls, "positional", "it is flattened, so that the class is always a map", name)
    if field.omit:
        if is_needed:
            refuse(cls, "omit", "it has no default", name)
        for option in ("required", "omit_none", "omit_default"):
            if getattr(field, option):
                refuse(cls, option, "it is omitted", name)
    for option in ("required", "omit_default"):
        if is_absent and getattr(field, option):
            refuse(cls, option, "it may be absent", name)
    if field.omit_none:
        if field.required:
            refuse(cls, "omit_none", "it is required when reading", name)
        is_none = default == nodes.Constant(None)
        if is_unsure or not (is_none or default is nodes.ABSENT):
            refuse(cls, "omit_none", "its default is not None, so None would be read back as that", name)
        if not is_none and _is_never_none(hint):
            refuse(cls, "omit_none", "it is never None", name)
    if field.omit_default:
        if field.required or (options.serde_required and not admits_none(hint)):
            refuse(cls, "omit_default", "it is required when reading", name)
        if default is nodes.ABSENT:
            refuse(cls, "omit_default", "it has no default", name)
        if is_unsure:
            refuse(cls, "omit_default", "the constructor may set it to something else", name)
    own = options.fields.get(name)
    if options.positional and own is not None and (own.omit_none or own.omit_default):
        option = "omit_none" if own.omit_none else "omit_default"
        refuse(cls, option, "the class is positional, and in an array the next field would take its place", name)


def _is_never_none(hint: Any) -> bool:
    inner = behind(hint)
    return isinstance(inner, type) and inner not in (Any, object, type(None))


def check_class(cls: type, options: ClassOptions, *, may_omit: bool) -> None:
    """
    Refuse what the options of a class ask for in vain.

    Args:
        cls: The class.
        options: Its options.
        may_omit: Whether there is a field that may be missing and has a default.

    Raises:
        OptionError: There is one.
    """
    if options.omit_defaults and options.positional:
        refuse(cls, "omit_defaults", "the class is positional, and in an array the next field would take its place")
    if options.omit_defaults and options.serde_required and not may_omit:
        refuse(cls, "omit_defaults", "serde_required makes every field with a default required")
