"""Unions of classes that share a ``Literal`` field, which tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, get_origin

from .._issues import FormatError, mismatch, missing_field, unknown_variant
from ..schema.annotations import behind, class_of
from ..schema.fields import wire_fields
from ._base import Hooks, StructureHook, UnstructureHook, untag
from .enums import literal_values


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["by_literal", "find_literal"]


def find_literal(members: Sequence[Any], converter: WireConverter) -> dict[str, list[tuple[Any, ...]]]:
    """Return the fields that are a ``Literal`` in all classes, with values that no two share; by name on the wire."""
    candidates: dict[str, list[tuple[Any, ...]]] = {}
    for tp in members:
        for field in wire_fields(tp, converter):
            literal = behind(field.type)
            if get_origin(literal) is Literal and not field.omitted:
                candidates.setdefault(field.key, []).append(literal_values(literal))
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
        for literal in literal_values(behind(field.type)):
            wire = write(literal)
            readers[type(wire), wire] = converter.get_structure_hook(tp), tp
            known.append(str(wire))
        writers[class_of(tp)] = converter.get_unstructure_hook(tp), field.name, write

    def structure_by_literal(value: Any, _: Any) -> Any:
        if type(value) is dict:
            if key not in value:
                raise FormatError([missing_field(key)])
            tag = untag(value[key])
        elif type(value) is list and len(positions) == 1 and len(value) > min(positions):
            tag = untag(value[min(positions)])
        else:
            raise mismatch(f"a map with field {key!r}", value)
        found = readers.get((type(tag), tag)) if type(tag) in (str, int, bool, bytes) else None
        if found is None:
            raise unknown_variant(tag, known, key)
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
