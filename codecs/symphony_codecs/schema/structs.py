"""The nodes of attrs classes and dataclasses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_origin

import attrs

from ..hooks._extras import EXTRAS
from ..hooks.anything import AnyShape
from ..hooks.jsonrpc import without_nulls
from ..hooks.structs import is_default, is_weakly_referable
from ..options import ClassOptions
from . import nodes
from .constructors import interpret
from .fields import WireField, is_positional, wire_fields


if TYPE_CHECKING:
    from ..converter import WireConverter
    from .build import Builder


__all__ = ["body", "record", "response"]


def record(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a class; one without fields on the wire is a unit."""
    node = body(tp, builder)
    if node is None or node.fields or builder.reads:
        return node
    form = builder.format
    return attrs.evolve(node, unit=[] if form.unit_array else None if form.none else {})


def response(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a JSON-RPC response."""
    node = body(tp, builder)
    if node is None or not builder.reads:
        return node
    return attrs.evolve(node, adapt=without_nulls)


def body(tp: Any, builder: Builder) -> nodes.Struct | None:
    """Build the node of a class as a map or an array, also one without fields."""
    converter = builder.converter
    cls = get_origin(tp) or tp
    options = converter.classes.get(cls) or ClassOptions()
    every = wire_fields(tp, converter)
    unknown = options.unknown_fields or converter.options.unknown_fields
    keeps = unknown == "keep"
    if builder.reads and keeps and not is_weakly_referable(cls):
        return None  # which its hook says
    present = [field for field in every if not field.omitted]
    if not builder.reads:
        return nodes.Struct(
            cls=cls,
            fields=tuple(_written(field, builder) for field in present),
            positional=is_positional(cls, converter),
            kept=EXTRAS.of if keeps else None,
        )
    inner = [builder.node(field.type) for field in present]
    held = inner
    construction: nodes.Construction | None = None
    interpreted = interpret(cls, present, inner)
    if interpreted is not None:
        construction, held = interpreted
    return nodes.Struct(
        cls=cls,
        fields=tuple(map(_read, present, held, inner)),
        required=max((i + 1 for i, f in enumerate(present) if not f.optional or options.serde_required), default=0),
        unknown=unknown,
        omitted=frozenset(field.key for field in every if field.omitted),
        construction=construction,
        validates=callable(getattr(cls, "validation_errors", None)),
        keep=_keeper(converter) if keeps else None,
    )


def _read(field: WireField, node: nodes.Node, unchecked: nodes.Node) -> nodes.Field:
    return nodes.Field(
        name=field.name,
        argument=field.argument,
        key=field.key,
        node=node,
        unchecked=None if unchecked is node else unchecked,
        optional=field.optional,
        fill_none=field.fill_none,
    )


def _written(field: WireField, builder: Builder) -> nodes.Field:
    return nodes.Field(
        name=field.name,
        argument=field.argument,
        key=field.key,
        node=builder.node(field.type),
        omit_none=field.omit_none,
        is_default=None if field.default is None else _left_out(field, field.default, builder),
    )


def _left_out(field: WireField, default: Callable[[Any], Any], builder: Builder) -> Callable[[Any, Any], bool]:
    hook = builder.converter.get_unstructure_hook(field.type)

    def left_out(item: Any, instance: Any) -> bool:
        return is_default(item, default(instance), hook)

    return left_out


def _keeper(converter: WireConverter) -> Callable[[Any, dict[str, Any]], None]:
    # What could not be written back must not be kept.
    check = AnyShape.structure(Any, converter)

    def keep(instance: Any, fields: dict[str, Any]) -> None:
        for item in fields.values():
            check(item, Any)
        EXTRAS.put(instance, fields)

    return keep
