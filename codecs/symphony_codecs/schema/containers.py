"""The nodes of arrays, sets, tuples and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symphony_types._tagged import TaggedValue

from ..hooks import containers as hooks
from ..hooks import mappings
from . import nodes


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["a_set", "fixed", "mapped", "sequence"]


def sequence(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a sequence of any length."""
    return nodes.Sequence(builder.node(hooks.item_type(tp)), hooks.sequence_builder(tp), hooks.accepted_sequences(tp))


def a_set(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a set."""
    item = hooks.item_type(tp)
    if builder.format.top_level != "any":  # whose items are compared in another way
        return None
    by_declaration = isinstance(item, type) and issubclass(item, TaggedValue)
    return nodes.Set(builder.node(item), hooks.set_builder(tp), item if by_declaration else None)


def fixed(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a tuple of fixed length, or a named tuple."""
    return nodes.Tuple(tuple(map(builder.node, hooks.TupleShape.types(tp))), hooks.tuple_builder(tp))


def mapped(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a map."""
    key_type, value_type = mappings.entry_types(tp)
    value = builder.node(value_type)
    build = mappings.mapping_builder(tp)
    if key_type is str and builder.is_own(str):
        return nodes.Dict(None, str, value, build)
    make = mappings.structure_key_hook if builder.reads else mappings.unstructure_key_hook
    key = make(key_type, builder.converter)
    node = builder.node(key_type)
    return nodes.Dict(key, key_type, value, build, node if isinstance(node, nodes.Uuid) else None)
