"""Edges of a workflow: data from port to port, plain order, and order under a condition."""

from __future__ import annotations

from typing import Final

import attrs

from symphony_types import integers
from symphony_types.checks import I32, NON_EMPTY, TEXT, InstanceOf, optional
from symphony_types.ids import EdgeId, NodeId
from symphony_types.workflow.expression import DataTransform, Expression


__all__ = ["ConditionalEdge", "ControlEdge", "DataEdge", "WorkflowEdge"]

_EDGE_ID: Final = InstanceOf((EdgeId,), "an EdgeId")
_NODE_ID: Final = InstanceOf((NodeId,), "a NodeId")


@attrs.frozen(kw_only=True, unsafe_hash=False)
class DataEdge:
    """
    Data flows from an output port to an input port.

    Args:
        id: A new one if not given.
        source_node: Where the data comes from.
        source_port: The name of an output port there.
        target_node: Where it goes, not *source_node*.
        target_port: The name of an input port there.
        transform: A change on the way; the types of the two ports then need
            not fit.
    """

    id: EdgeId = attrs.field(factory=EdgeId.new, validator=_EDGE_ID)
    source_node: NodeId = attrs.field(validator=_NODE_ID)
    source_port: str = attrs.field(validator=NON_EMPTY)
    target_node: NodeId = attrs.field(validator=_NODE_ID)
    target_port: str = attrs.field(validator=NON_EMPTY)
    transform: DataTransform | None = attrs.field(
        default=None, validator=optional(InstanceOf((DataTransform,), "a DataTransform"))
    )


@attrs.frozen(kw_only=True)
class ControlEdge:
    """
    The target runs after the source.

    Args:
        id: A new one if not given.
        source_node: The node that runs first.
        target_node: The node that runs after it, not *source_node*.
        priority: i32; of several targets that are ready, the greatest goes first.
    """

    id: EdgeId = attrs.field(factory=EdgeId.new, validator=_EDGE_ID)
    source_node: NodeId = attrs.field(validator=_NODE_ID)
    target_node: NodeId = attrs.field(validator=_NODE_ID)
    priority: integers.I32 = attrs.field(default=0, validator=I32)


@attrs.frozen(kw_only=True)
class ConditionalEdge:
    """
    The target runs after the source if a condition holds.

    Args:
        id: A new one if not given.
        source_node: The node that runs first.
        target_node: The node that may run after it, not *source_node*.
        condition: Evaluated by the engine.
        label: For people.
    """

    id: EdgeId = attrs.field(factory=EdgeId.new, validator=_EDGE_ID)
    source_node: NodeId = attrs.field(validator=_NODE_ID)
    target_node: NodeId = attrs.field(validator=_NODE_ID)
    condition: Expression = attrs.field(validator=InstanceOf((Expression,), "an Expression"))
    label: str | None = attrs.field(default=None, validator=optional(TEXT))


WorkflowEdge = DataEdge | ControlEdge | ConditionalEdge
