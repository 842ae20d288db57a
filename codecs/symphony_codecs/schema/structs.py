"""The nodes of attrs classes and dataclasses."""

from __future__ import annotations

import math

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_origin

import attrs

from .._extras import EXTRAS
from .._issues import unsupported
from ..options import UnknownFields
from ..unknown import UnknownVariant
from . import nodes, scalars
from .constructors import interpret
from .defaults import constant_default, default_for
from .faults import field_step
from .fields import WireField, is_positional, options_of, wire_fields
from .flatten import Nesting, as_map, flattened, for_engine
from .refusals import refuse


if TYPE_CHECKING:
    from .build import Builder
    from .registry import Registry


__all__ = ["body", "kept_fields", "record", "response"]


def record(tp: Any, builder: Builder) -> nodes.Struct:
    """Build the node of a class; one without fields on the wire is a unit."""
    if tp is UnknownVariant:
        raise unsupported(tp, "it keeps a variant of a tagged union of classes, and goes nowhere else")
    node = body(tp, builder)
    if node.fields or builder.reads:
        return node
    form = builder.format
    return attrs.evolve(node, unit=[] if form.unit_array else None if form.none else {})


def response(tp: Any, builder: Builder) -> nodes.Struct:
    """Build the node of a JSON-RPC response: the one of ``result`` and ``error`` that it has."""
    node = body(tp, builder)
    if not builder.reads:
        return attrs.evolve(node, nulls=True)
    places = {field.name: place for place, field in enumerate(node.fields)}
    if "result" not in places or "error" not in places:
        return node
    return attrs.evolve(node, adapt=_Answer(node), only_one=(places["result"], places["error"]))


@attrs.frozen(eq=False)
class _Answer:
    """From a response's builtins to those without what null stands for: no error, or beside an error no result."""

    node: nodes.Struct

    def __call__(self, value: Any) -> Any:
        fields = self.node.fields
        if type(value) is not list or len(value) != len(fields):
            return value
        held = {field.key: item for field, item in zip(fields, value, strict=True)}
        result, error = (field.key for field in fields if field.name in {"result", "error"})
        if held[error] is not None and held[result] is None:  # both: the class refuses it
            del held[result]
        return held


def body(tp: Any, builder: Builder) -> nodes.Struct:
    """
    Build the node of a class as a map or an array, also one without fields.

    Raises:
        FormatError: Its unknown fields are to be kept, and there is no place for them.
    """
    every = wire_fields(tp, builder.registry)
    flat = flattened(tp, every, builder)
    # What is being flattened may well stand inside a field that is not.
    before, builder.remaking = builder.remaking, frozenset()
    try:
        return _body(tp, every, flat, builder)
    finally:
        builder.remaking = before


def _body(tp: Any, every: Sequence[WireField], flat: Mapping[str, nodes.Flattened], builder: Builder) -> nodes.Struct:
    registry = builder.registry
    cls = get_origin(tp) or tp
    options = options_of(cls, registry)
    omitted = frozenset(name for field in every if field.omitted for name in (field.key, *field.aliases))
    unknown = _unknown(cls, registry)
    keeps = unknown == "keep"
    takes_all = any(part.keys is None for part in flat.values())
    if builder.reads and keeps and not takes_all and not getattr(cls, "__weakrefoffset__", 0):
        why = "'keep' needs a class that takes weak references (weakref_slot=True), or a field for them (flatten=True)"
        refuse(cls, "unknown_fields", why)
    present = [field for field in every if not field.omitted]
    if not builder.reads:
        fields = tuple(_written(field, cls, builder, flat) for field in present)
        hook: nodes.Hook | None = None
        if flat and builder.for_engine:
            own = {field.name: for_engine(builder.field(field)) for field in present if field.is_flattened}
            if keeps or None in own.values():
                hook = nodes.Hook(tp, builder.later(tp))
            fields = tuple(field._replace(node=own.get(field.name) or field.node) for field in fields)
        node = nodes.Struct(
            cls=cls,
            fields=fields,
            omitted=omitted,
            positional=is_positional(cls, registry),
            kept=kept_fields(cls, registry),
            hook=hook,
        )
        return attrs.evolve(node, as_map=as_map(node)) if keeps and node.positional else node
    inner = [_node_of(field, cls, builder) for field in present]
    always = options.serde_required
    construction, held = interpret(cls, present, inner) or (None, inner)
    return nodes.Struct(
        cls=cls,
        fields=tuple(_read(*each, flat) for each in zip(present, held, inner, strict=True)),
        required=next((i for i in range(len(present), 0, -1) if always or not present[i - 1].optional), 0),
        unknown=unknown,
        omitted=omitted,
        construction=construction,
        validates=callable(getattr(cls, "validation_errors", None)),
        adapt=_nesting(cls, present, omitted, flat, builder) if flat else None,
        keep=_keeper(registry.untyped_check()) if keeps else None,
        unknown_item=scalars.anything(Any, builder) if keeps else None,
    )


def _nesting(
    cls: type,
    fields: list[WireField],
    omitted: frozenset[nodes.FieldName],
    flat: Mapping[str, nodes.Flattened],
    builder: Builder,
) -> Nesting:
    known = omitted | {name for field in fields if not field.is_flattened for name in (field.key, *field.aliases)}
    parts = {field.key: flat[field.name] for field in fields if field.is_flattened}
    return Nesting(cls, known, parts, bytes_keys=builder.format.bytes_keys)


def kept_fields(cls: type, registry: Registry) -> Callable[[Any], Mapping[str, Any]] | None:
    """Return what gives the unknown fields that are kept for an instance of *cls*; ``None``: none are."""
    return EXTRAS.of if _unknown(cls, registry) == "keep" else None


def _unknown(cls: type, registry: Registry) -> UnknownFields:
    return options_of(cls, registry).unknown_fields or registry.options.unknown_fields


def _read(
    field: WireField, node: nodes.Node, unchecked: nodes.Node, flat: Mapping[str, nodes.Flattened]
) -> nodes.Field:
    weaker = None if unchecked is node else unchecked
    return nodes.Field(
        name=field.name,
        argument=field.argument,
        key=field.key,
        node=node,
        aliases=field.aliases,
        unchecked=weaker,
        optional=field.optional,
        fill=field.fill,
        is_passed=field.is_passed,
        store=field.store,
        flattened=flat.get(field.name),
    )


def _node_of(field: WireField, cls: type, builder: Builder) -> nodes.Node:
    faults = builder.faults
    before = faults.count
    node = builder.field(field)
    if faults.count > before and not field.is_passed:
        with faults.at(field_step(field.name)):
            raise unsupported(cls, "its constructor does not take this field: eq=False or omit=True leaves it out")
    return node


def _written(field: WireField, cls: type, builder: Builder, flat: Mapping[str, nodes.Flattened]) -> nodes.Field:
    part = flat.get(field.name)
    if part is not None:
        return nodes.Field(field.name, field.argument, field.key, part.node, flattened=part)
    node = _node_of(field, cls, builder)
    is_left_out: Callable[[Any, Any], bool] | None = None
    default: nodes.Default = nodes.ABSENT
    if field.omit_default:
        is_left_out = _left_out(field, builder)
        default = constant_default(field.of, field.default, node)
    return nodes.Field(
        name=field.name,
        argument=field.argument,
        key=field.key,
        aliases=field.aliases,
        node=node,
        omit_none=field.omit_none,
        absent=field.absent,
        is_default=is_left_out,
        default=default,
    )


def _left_out(field: WireField, builder: Builder) -> Callable[[Any, Any], bool]:
    write = builder.later(field.type) if field.unstructure is None else field.unstructure

    def left_out(item: Any, instance: Any) -> bool:
        return _is_default(item, default_for(instance, field.of, field.default), write)

    return left_out


def _is_default(item: Any, default: Any, write: Callable[[Any], Any]) -> bool:
    """Return whether *default*, read back, is *item*: what is equal may yet look different, as times in two zones."""
    if item is default:
        return True
    return type(item) is type(default) and bool(item == default) and _looks_same(write(item), write(default))


def _looks_same(wire: Any, other: Any) -> bool:
    """Return whether two values are written alike: 1, 1.0 and True are equal, and so are 0.0 and -0.0."""
    if type(wire) is not type(other) or wire != other:
        return False
    if type(wire) is list:
        return all(map(_looks_same, wire, other))
    if type(wire) is dict:
        return all(_looks_same(item, other[key]) for key, item in wire.items())
    return type(wire) is not float or math.copysign(1.0, wire) == math.copysign(1.0, other)


def _keeper(check: Callable[[Any], Any]) -> Callable[[Any, dict[str, Any]], None]:
    def keep(instance: Any, fields: dict[str, Any]) -> None:
        for item in fields.values():
            check(item)  # what could not be written back must not be kept
        EXTRAS.put(instance, fields)

    return keep
