"""
Unions of classes, told apart in one of serde's four ways, or by a literal field.

Each function makes the pair of hooks for the class members of a union; see
https://serde.rs/enum-representations.html for the forms.  In positional form
internal tagging puts the name before the fields, adjacent tagging makes a pair,
as serde's own array form does.
"""

from __future__ import annotations

import threading

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, get_origin

import attrs

from symphony_types._checks import describe
from symphony_types.traits.validatable import Issue

from .._issues import FormatError, issues_of, mismatch, unsupported
from ..options import UnionOptions
from ._base import StructureHook, UnstructureHook, note, recover
from ._fields import WireField, wire_fields
from .enums import literal_values
from .structs import is_positional


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = [
    "Hooks",
    "Variant",
    "adjacent",
    "by_literal",
    "external",
    "find_literal",
    "internal",
    "untagged",
    "variants_of",
]

Hooks = tuple[StructureHook, UnstructureHook]

# Nested untagged unions multiply: each level may try each member on the same bytes.
_MAX_ATTEMPTS: Final = 10_000


@attrs.frozen(kw_only=True)
class Variant:
    """
    One class of a union.

    Attributes:
        name: The name on the wire.
        cls: The class.
        type: The class with its type arguments.
        unit: Whether it has no fields.
        newtype: The one field that goes bare, if so configured.
        read: The hook for what the variant holds.
        write: The same in the other direction.
    """

    name: str
    cls: Any
    type: Any
    unit: bool
    newtype: WireField | None
    read: StructureHook
    write: UnstructureHook
    positional: bool

    def load(self, body: Any) -> Any:
        """Return the instance whose content is *body*."""
        if self.unit:
            if body is not None:
                raise mismatch(f"nothing in variant {self.name!r}", body)
            return self.cls()
        if self.newtype is not None:
            inner = self.read(body, self.newtype.type)
            return self.cls(**{self.newtype.argument: inner})
        return self.read(body, self.type)

    def dump(self, value: Any) -> Any:
        """Return the content of *value*."""
        if self.newtype is not None:
            return self.write(getattr(value, self.newtype.name))
        return self.write(value)


def variants_of(members: Sequence[Any], converter: WireConverter) -> tuple[Variant, ...]:
    """
    Return the variants that the classes *members* are.

    Raises:
        FormatError: Two have one name, or a newtype has not exactly one field.
    """
    variants: list[Variant] = []
    for tp in members:
        cls = get_origin(tp) or tp
        fields = [f for f in wire_fields(tp, converter) if not f.omitted]
        newtype = None
        held = tp
        if cls in converter.unions.newtypes:
            if len(fields) != 1:
                raise unsupported(cls, f"a newtype has one field, it has {len(fields)}")
            newtype = fields[0]
            held = newtype.type
        variants.append(
            Variant(
                name=converter.unions.names.get(cls, cls.__name__),
                cls=cls,
                type=tp,
                unit=not fields,
                newtype=newtype,
                read=converter.get_structure_hook(held),
                write=converter.get_unstructure_hook(held),
                positional=is_positional(cls, converter),
            )
        )
    names = [variant.name for variant in variants]
    if len(set(names)) != len(names):
        raise unsupported(" | ".join(names), "two of its classes have one name: give names= to with_union")
    return tuple(variants)


def _by_class(variants: Sequence[Variant]) -> Mapping[type, Variant]:
    return {variant.cls: variant for variant in variants}


def _unknown_tag(value: Any, variants: Sequence[Variant]) -> FormatError:
    known = f"one of {', '.join(v.name for v in variants)}"
    actual = repr(value) if type(value) is str else describe(value)
    return FormatError.of("unknown_tag", known, actual, message=f"unknown variant {actual}, expected {known}")


def _load(variant: Variant, body: Any, *where: str) -> Any:
    try:
        return variant.load(body)
    except Exception as exc:
        issues: list[Issue] = []
        result = recover(exc, lambda inner, _: variant.load(inner), body, None, None, issues)
        if issues:
            raise FormatError(issue.prefixed(*where) for issue in issues) from exc
        return result


def _dump(variant: Variant, value: Any, *where: str) -> Any:
    try:
        return variant.dump(value)
    except FormatError as exc:
        raise FormatError(issue.prefixed(*where) for issue in exc.issues) from exc


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
            if bytes_keys and type(name) is bytes:
                name = name.decode(errors="replace")
            variant = by_name.get(name) if type(name) is str else None
            if variant is None:
                raise _unknown_tag(name, variants)
            return _load(variant, body, name)
        if type(value) is str:
            variant = by_name.get(value)
            if variant is None:
                raise _unknown_tag(value, variants)
            if variant.unit:
                return variant.cls()
            raise mismatch(f"a map of one entry, {variant.name!r}", value)
        actual = f"a map of {len(value)} entries" if type(value) is dict else describe(value)
        raise FormatError.of("wrong_type", "a variant's name or a map of one entry", actual)

    def unstructure_external(value: Any) -> Any:
        variant = _find(by_class, value)
        return variant.name if variant.unit else {variant.name: _dump(variant, value, variant.name)}

    return structure_external, unstructure_external


def internal(variants: Sequence[Variant], converter: WireConverter, options: UnionOptions) -> Hooks:
    """Tell classes apart by a further field: ``{"type": "Name", ...}``."""
    tag = options.tag
    for variant in variants:
        if variant.newtype is None and tag in {f.key for f in wire_fields(variant.type, converter) if not f.omitted}:
            raise unsupported(variant.cls, f"it has a field {tag!r}, which the union's tag is called, too")
    by_name = {variant.name: variant for variant in variants}
    by_class = _by_class(variants)

    def load(name: Any, body: Any) -> Any:
        variant = by_name.get(name) if type(name) is str else None
        if variant is None:
            raise FormatError(issues_of(_unknown_tag(name, variants), tag))
        return variant.cls() if variant.unit else _load(variant, body)

    def structure_internal(value: Any, _: Any) -> Any:
        if type(value) is dict:
            if tag not in value:
                raise FormatError.of(
                    "missing_field", f"field {tag!r}", "nothing", path=(tag,), message=f"missing field {tag!r}"
                )
            return load(value[tag], {key: item for key, item in value.items() if key != tag})
        if type(value) is list and value:
            return load(value[0], value[1:])
        raise mismatch(f"a map with field {tag!r}", value)

    def unstructure_internal(value: Any) -> Any:
        variant = _find(by_class, value)
        if variant.unit:
            return [variant.name] if variant.positional else {tag: variant.name}
        body = _dump(variant, value)
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

    def load(name: Any, body: Any, *, there: bool) -> Any:
        variant = by_name.get(name) if type(name) is str else None
        if variant is None:
            raise FormatError(issues_of(_unknown_tag(name, variants), tag))
        if not there and not variant.unit:
            raise FormatError.of(
                "missing_field", f"field {content!r}", "nothing", path=(content,), message=f"missing field {content!r}"
            )
        return _load(variant, body, content)

    def structure_adjacent(value: Any, _: Any) -> Any:
        if type(value) is dict:
            if tag not in value:
                raise FormatError.of(
                    "missing_field", f"field {tag!r}", "nothing", path=(tag,), message=f"missing field {tag!r}"
                )
            return load(value[tag], value.get(content), there=content in value)
        if type(value) is list:
            if not 1 <= len(value) <= 2:
                raise FormatError.of("wrong_arity", "an array of 1 to 2 items", f"{len(value)} items")
            return load(value[0], value[1] if len(value) == 2 else None, there=len(value) == 2)
        raise mismatch(f"a map with fields {tag!r} and {content!r}", value)

    def unstructure_adjacent(value: Any) -> Any:
        variant = _find(by_class, value)
        if variant.unit:
            return [variant.name] if positional else {tag: variant.name}
        body = _dump(variant, value, content)
        return [variant.name, body] if positional else {tag: variant.name, content: body}

    return structure_adjacent, unstructure_adjacent


class _Attempts(threading.local):
    """How many members the untagged unions of one document have tried, and how deep they stand."""

    depth = 0
    made = 0


_ATTEMPTS = _Attempts()


def untagged(members: Sequence[tuple[StructureHook, UnstructureHook, Any]]) -> Hooks:
    """Take the first of *members* (hooks and type) that fits."""
    known = ", ".join(str(getattr(tp, "__name__", tp)) for _, _, tp in members)

    def structure_untagged(value: Any, _as_type: Any) -> Any:
        if _ATTEMPTS.depth == 0:
            _ATTEMPTS.made = 0
        _ATTEMPTS.depth += 1
        reasons: list[str] = []
        try:
            for hook, _, tp in members:
                _ATTEMPTS.made += 1
                if _ATTEMPTS.made > _MAX_ATTEMPTS:
                    raise FormatError.of(
                        "too_deep", "less nesting of untagged unions", f"over {_MAX_ATTEMPTS} attempts"
                    )
                try:
                    return hook(value, tp)
                except RecursionError:
                    raise
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    reasons.append(f"{getattr(tp, '__name__', tp)}: {issues_of(exc)[0]}")
        finally:
            _ATTEMPTS.depth -= 1
        message = f"expected one of {known}, none fits ({'; '.join(reasons)[:500]})"
        raise FormatError.of("wrong_type", f"one of {known}", describe(value), message=message)

    def unstructure_untagged(value: Any) -> Any:
        issues: list[Issue] = []
        for _, hook, _ in members:
            try:
                return hook(value)
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                note(exc, None, issues)
        raise FormatError(issues)

    return structure_untagged, unstructure_untagged


def find_literal(members: Sequence[Any], converter: WireConverter) -> dict[str, list[tuple[Any, ...]]]:
    """Return the fields that are a ``Literal`` in all classes, with values that no two share; by name on the wire."""
    candidates: dict[str, list[tuple[Any, ...]]] = {}
    for tp in members:
        for field in wire_fields(tp, converter):
            if get_origin(field.type) is Literal:
                candidates.setdefault(field.key, []).append(literal_values(field.type))
    return {
        key: values
        for key, values in candidates.items()
        if len(values) == len(members) and len(set().union(*values)) == sum(map(len, values))
    }


def by_literal(key: str, members: Sequence[Any], converter: WireConverter) -> Hooks:
    """Tell classes apart by the ``Literal`` field *key* that all have."""
    readers: dict[tuple[type, Any], tuple[StructureHook, Any]] = {}
    writers: dict[Any, tuple[UnstructureHook, str, UnstructureHook]] = {}
    positions: set[int] = set()
    known: list[str] = []
    for tp in members:
        fields = [f for f in wire_fields(tp, converter) if not f.omitted]
        position, field = next((i, f) for i, f in enumerate(fields) if f.key == key)
        positions.add(position)
        write = converter.get_unstructure_hook(field.type)
        for literal in literal_values(field.type):
            wire = write(literal)
            readers[type(wire), wire] = converter.get_structure_hook(tp), tp
            known.append(str(wire))
        writers[get_origin(tp) or tp] = converter.get_unstructure_hook(tp), field.name, write

    def structure_by_literal(value: Any, _: Any) -> Any:
        if type(value) is dict:
            if key not in value:
                raise FormatError.of(
                    "missing_field", f"field {key!r}", "nothing", path=(key,), message=f"missing field {key!r}"
                )
            tag = value[key]
        elif type(value) is list and len(positions) == 1 and len(value) > min(positions):
            tag = value[min(positions)]
        else:
            raise mismatch(f"a map with field {key!r}", value)
        found = readers.get((type(tag), tag)) if type(tag) in (str, int, bool, bytes) else None
        if found is None:
            options = f"one of {', '.join(known)}"
            actual = repr(tag) if type(tag) is str else describe(tag)
            raise FormatError.of(
                "unknown_tag", options, actual, path=(key,), message=f"unknown variant {actual}, expected {options}"
            )
        hook, tp = found
        return hook(value, tp)

    def unstructure_by_literal(value: Any) -> Any:
        found = writers.get(type(value))
        if found is None:
            raise mismatch(f"one of {', '.join(cls.__name__ for cls in writers)}", value)
        hook, name, write = found
        body = hook(value)
        if type(body) is dict and key not in body:  # left out, being the default
            return {key: write(getattr(value, name)), **body}
        if type(body) is list and len(positions) > 1:
            message = f"field {key!r}, which tells the union's classes apart, stands at one place in all of them"
            raise FormatError.of("unsupported_type", message, "several places in an array")
        return body

    return structure_by_literal, unstructure_by_literal
