"""
Unions of classes, told apart by a name in one of serde's ways.

Each function makes the pair of hooks for the class members of a union; see
https://serde.rs/enum-representations.html for the forms.  In positional form
internal tagging puts the name before the fields, and adjacent tagging makes a
pair, as serde's own array form does; but for ``["Unit"]``, which serde writes
and cannot read: null stands there for no content, ``["Unit", null]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue

from .._issues import MAX_ISSUES, FormatError, mismatch, missing_field, unknown_variant, unsupported
from ..formats.base import path_element
from ..options import UnionOptions
from ..schema.annotations import admits_none, behind, class_of
from ..schema.fields import WireField, wire_fields
from ._base import Hooks, StructureHook, UnstructureHook, note, recover, untag
from .structs import body_hook


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = [
    "Variant",
    "adjacent",
    "external",
    "internal",
    "variants_of",
]


@attrs.frozen(kw_only=True)
class Variant:
    """
    One class of a union.

    Attributes:
        name: The name on the wire.
        cls: The class.
        type: The class with its type arguments.
        unit: Whether it has no fields.
        newtype: Whether its one field goes bare.
        optional: Whether that field may be ``None``.
        read: The hook from what the variant holds to an instance.
        write: The same in the other direction.
    """

    name: str
    cls: Any
    type: Any
    unit: bool
    newtype: bool
    optional: bool = False
    read: StructureHook
    write: UnstructureHook


def _unit_hooks(cls: type, name: str) -> Hooks:
    def structure_unit(body: Any, _: Any) -> Any:
        # Empty, it may be Rust's `Unit {}` or `Unit()`.
        if body is not None and not (type(body) in (dict, list) and not body):
            raise mismatch(f"nothing in variant {name!r}", body)
        return cls()

    return structure_unit, lambda _: None


def _newtype_hooks(cls: type, field: WireField, converter: WireConverter) -> Hooks:
    argument, attribute, tp = field.argument, field.name, field.type
    read: StructureHook = converter.get_structure_hook(tp)
    write: UnstructureHook = converter.get_unstructure_hook(tp)
    return (lambda body, _: cls(**{argument: read(body, tp)})), lambda value: write(getattr(value, attribute))


def variants_of(members: Sequence[Any], converter: WireConverter, options: UnionOptions) -> tuple[Variant, ...]:
    """
    Return the variants that the classes *members* are.

    A class with hooks of the user's holds what they make of it.

    Raises:
        FormatError: Two have one name, or a newtype has not exactly one field.
    """
    all_names = {**converter.unions.names, **options.names}
    newtypes = converter.unions.newtypes if options.newtypes is None else options.newtypes
    variants: list[Variant] = []
    for tp in members:
        cls = class_of(tp)
        name: str = all_names.get(cls) or cls.__name__
        hooks: Hooks = converter.get_structure_hook(tp), converter.get_unstructure_hook(tp)
        unit = newtype = optional = False
        if converter.is_own(tp) and converter.is_own(behind(tp)):
            fields = [f for f in wire_fields(tp, converter) if not f.omitted]
            unit, newtype = not fields, cls in newtypes
            if newtype:
                if len(fields) != 1:
                    raise unsupported(cls, f"a newtype has one field, it has {len(fields)}")
                hooks = _newtype_hooks(cls, fields[0], converter)
                optional = admits_none(fields[0].type)
            elif unit:
                hooks = _unit_hooks(cls, name)
        read, write = hooks
        variants.append(
            Variant(name=name, cls=cls, type=tp, unit=unit, newtype=newtype, optional=optional, read=read, write=write)
        )
    if len({variant.cls for variant in variants}) < len(variants):
        raise unsupported(
            " | ".join(str(getattr(tp, "__name__", tp)) if isinstance(tp, type) else str(tp) for tp in members),
            "one class is several of its members, which no tag tells apart: use with_union(tagging='untagged')",
        )
    names = [variant.name for variant in variants]
    if len(set(names)) != len(names):
        raise unsupported(" | ".join(names), "two of its classes have one name: give names= to with_union")
    return tuple(variants)


def _by_class(variants: Sequence[Variant]) -> Mapping[type, Variant]:
    return {variant.cls: variant for variant in variants}


def _again(exc: Exception, variant: Variant, body: Any, where: str | None) -> Any:
    """Deal with what *variant* raised for *body*: see `recover`."""
    issues: list[Issue] = []
    result = recover(exc, variant.read, body, variant.type, where, issues)
    if issues:
        raise FormatError(issues) from exc
    return result


def _faults(exc: Exception, where: str | None) -> FormatError:
    """Return what to raise where writing a variant raised *exc*."""
    issues: list[Issue] = []
    note(exc, where, issues)
    return FormatError(issues)


def _find(table: Mapping[type, Variant], value: Any) -> Variant:
    variant = table.get(type(value))
    if variant is None:
        raise mismatch(f"one of {', '.join(cls.__name__ for cls in table)}", value)
    return variant


def external(variants: Sequence[Variant], converter: WireConverter) -> Hooks:
    """Tell classes apart by ``{"Name": content}``; a class without fields is ``"Name"``."""
    by_name = {variant.name: variant for variant in variants}
    by_class = _by_class(variants)
    bytes_keys = converter.format.bytes_keys

    def structure_external(value: Any, _: Any) -> Any:
        if type(value) is dict and len(value) == 1:
            ((name, body),) = value.items()
            name = untag(name)
            if bytes_keys and type(name) is bytes:
                name = name.decode(errors="replace")
            variant = by_name.get(name) if type(name) is str else None
            if variant is None:
                raise unknown_variant(name, by_name)
            try:
                return variant.read(body, variant.type)
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                return _again(exc, variant, body, name)
        if type(value) is str:
            variant = by_name.get(value)
            if variant is None:
                raise unknown_variant(value, by_name)
            if variant.unit:
                return variant.cls()
            raise mismatch(f"a map of one entry, {variant.name!r}", value)
        actual = f"a map of {len(value)} entries" if type(value) is dict else describe(value)
        raise FormatError.of("wrong_type", "a variant's name or a map of one entry", actual)

    def unstructure_external(value: Any) -> Any:
        variant = _find(by_class, value)
        if variant.unit:
            return variant.name
        try:
            return {variant.name: variant.write(value)}
        except Exception as exc:
            raise _faults(exc, variant.name) from exc

    return structure_external, unstructure_external


def _inline(variant: Variant, converter: WireConverter) -> Variant:
    """Return *variant* for where the tag stands among its fields: one without any is still a map or an array."""
    if not variant.unit:
        return variant
    write = body_hook(variant.type, converter)
    return attrs.evolve(variant, read=converter.get_structure_hook(variant.type), write=write)


def internal(variants: Sequence[Variant], converter: WireConverter, options: UnionOptions) -> Hooks:
    """Tell classes apart by a further field: ``{"type": "Name", ...}``."""
    tag = options.tag
    variants = [_inline(variant, converter) for variant in variants]
    for variant in variants:
        is_struct_body = not variant.newtype and converter.is_own(variant.type)
        if is_struct_body and tag in {f.key for f in wire_fields(variant.type, converter) if not f.omitted}:
            raise unsupported(variant.cls, f"it has a field {tag!r}, which the union's tag is called, too")
    by_name = {variant.name: variant for variant in variants}
    by_class = _by_class(variants)

    def structure_internal(value: Any, _: Any) -> Any:
        if type(value) is dict:
            if tag not in value:
                raise FormatError([missing_field(tag)])
            name = untag(value[tag])
            body: Any = {key: item for key, item in value.items() if key != tag}
        elif type(value) is list and value:
            name, body = untag(value[0]), value[1:]
        else:
            raise mismatch(f"a map with field {tag!r}", value)
        variant = by_name.get(name) if type(name) is str else None
        if variant is None:
            raise unknown_variant(name, by_name, tag)
        try:
            return variant.read(body, variant.type)
        except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
            return _again(exc, variant, body, None)

    def unstructure_internal(value: Any) -> Any:
        variant = _find(by_class, value)
        try:
            body = variant.write(value)
        except Exception as exc:
            raise _faults(exc, None) from exc
        if type(body) is dict and tag not in body:
            return {tag: variant.name, **body}
        if type(body) is list:
            return [variant.name, *body]
        raise mismatch(f"a map without {tag!r} inside an internally tagged {variant.name}", body, "invalid_value")

    return structure_internal, unstructure_internal


def adjacent(variants: Sequence[Variant], converter: WireConverter, options: UnionOptions) -> Hooks:
    """Tell classes apart by a pair: ``{"type": "Name", "content": content}``."""
    tag, content = options.tag, options.content
    by_name = {variant.name: variant for variant in variants}
    by_class = _by_class(variants)
    positional = converter.format.positional if converter.options.positional is None else converter.options.positional
    forbids = converter.options.unknown_fields == "forbid"

    def load(name: Any, body: Any, *, there: bool) -> Any:
        variant = by_name.get(name) if type(name) is str else None
        if variant is None:
            raise unknown_variant(name, by_name, tag)
        if not there and not variant.unit and not variant.optional:
            raise FormatError([missing_field(content)])
        try:
            return variant.read(body, variant.type)
        except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
            return _again(exc, variant, body, content)

    def structure_adjacent(value: Any, _: Any) -> Any:
        if type(value) is dict:
            if tag not in value:
                raise FormatError([missing_field(tag)])
            if forbids and not value.keys() <= {tag, content}:
                known = f"one of {tag!r}, {content!r}"
                unknown = [key for key in value if key not in (tag, content)]
                raise FormatError(
                    Issue((path_element(key),), "unknown_field", known, repr(key), f"unknown field {key!r}")
                    for key in unknown[:MAX_ISSUES]
                )
            return load(untag(value[tag]), value.get(content), there=content in value)
        if type(value) is list:
            if not 1 <= len(value) <= 2:
                raise FormatError.of("wrong_arity", "an array of 1 to 2 items", f"{len(value)} items")
            return load(untag(value[0]), value[1] if len(value) == 2 else None, there=len(value) == 2)
        raise mismatch(f"a map with fields {tag!r} and {content!r}", value)

    def unstructure_adjacent(value: Any) -> Any:
        variant = _find(by_class, value)
        if variant.unit:
            return [variant.name, None] if positional else {tag: variant.name}
        try:
            body = variant.write(value)
        except Exception as exc:
            raise _faults(exc, content) from exc
        return [variant.name, body] if positional else {tag: variant.name, content: body}

    return structure_adjacent, unstructure_adjacent
