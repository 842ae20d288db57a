"""The nodes of arrays, sets, tuples and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symphony_types._tagged import TaggedValue

from ..hooks import containers as hooks
from ..hooks import mappings
from .nodes import Fixed, Mapped, Node, Sequence, Set, Uuid


if TYPE_CHECKING:
    from .planner import Planner


__all__ = ["a_set", "fixed", "mapped", "sequence"]


def sequence(tp: Any, planner: Planner) -> Node:
    """Plan a sequence of any length."""
    return Sequence(planner.node(hooks.item_type(tp)), hooks.sequence_builder(tp), hooks.accepted_sequences(tp))


def a_set(tp: Any, planner: Planner) -> Node | None:
    """Plan a set."""
    item = hooks.item_type(tp)
    if planner.format.top_level != "any":  # whose items are compared in another way
        return None
    by_declaration = isinstance(item, type) and issubclass(item, TaggedValue)
    return Set(planner.node(item), hooks.set_builder(tp), item if by_declaration else None)


def fixed(tp: Any, planner: Planner) -> Node:
    """Plan a tuple of fixed length, or a named tuple."""
    return Fixed(tuple(map(planner.node, hooks.TupleShape.types(tp))), hooks.tuple_builder(tp))


def mapped(tp: Any, planner: Planner) -> Node:
    """Plan a map."""
    key_type, value_type = mappings.entry_types(tp)
    value = planner.node(value_type)
    build = mappings.mapping_builder(tp)
    if key_type is str and planner.is_own(str):
        return Mapped(None, str, value, build)
    make = mappings.structure_key_hook if planner.reads else mappings.unstructure_key_hook
    key = make(key_type, planner.converter)
    node = planner.node(key_type)
    return Mapped(key, key_type, value, build, node if isinstance(node, Uuid) else None)
