"""Workflows: nodes, edges, the graph that joins them, and its executions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_types.workflow.config import ControlType, InstrumentConfig, OperatorConfig, OperatorType
    from symphony_types.workflow.edge import ConditionalEdge, ControlEdge, DataEdge, WorkflowEdge
    from symphony_types.workflow.execution import NodeExecution, Progress, WorkflowExecution
    from symphony_types.workflow.expression import DataTransform, Expression, TransformType
    from symphony_types.workflow.graph import CreationSource, Workflow, WorkflowMetadata
    from symphony_types.workflow.node import (
        ControlNode,
        InputNode,
        InstrumentNode,
        MotifNode,
        NodeBase,
        OperatorNode,
        OutputNode,
        Position,
        WorkflowNode,
    )
    from symphony_types.workflow.ports import DataType, PortDefinition
    from symphony_types.workflow.state import (
        EXECUTION_TRANSITIONS,
        NODE_TRANSITIONS,
        ExecutionFailure,
        ExecutionState,
        InputPrompt,
        NodeFailure,
        NodeOutput,
        NodeSkip,
        NodeState,
    )

__all__ = [
    "EXECUTION_TRANSITIONS",
    "NODE_TRANSITIONS",
    "ConditionalEdge",
    "ControlEdge",
    "ControlNode",
    "ControlType",
    "CreationSource",
    "DataEdge",
    "DataTransform",
    "DataType",
    "ExecutionFailure",
    "ExecutionState",
    "Expression",
    "InputNode",
    "InputPrompt",
    "InstrumentConfig",
    "InstrumentNode",
    "MotifNode",
    "NodeBase",
    "NodeExecution",
    "NodeFailure",
    "NodeOutput",
    "NodeSkip",
    "NodeState",
    "OperatorConfig",
    "OperatorNode",
    "OperatorType",
    "OutputNode",
    "PortDefinition",
    "Position",
    "Progress",
    "TransformType",
    "Workflow",
    "WorkflowEdge",
    "WorkflowExecution",
    "WorkflowMetadata",
    "WorkflowNode",
]

_EXPORTS = {
    "EXECUTION_TRANSITIONS": "state",
    "NODE_TRANSITIONS": "state",
    "ConditionalEdge": "edge",
    "ControlEdge": "edge",
    "ControlNode": "node",
    "ControlType": "config",
    "CreationSource": "graph",
    "DataEdge": "edge",
    "DataTransform": "expression",
    "DataType": "ports",
    "ExecutionFailure": "state",
    "ExecutionState": "state",
    "Expression": "expression",
    "InputNode": "node",
    "InputPrompt": "state",
    "InstrumentConfig": "config",
    "InstrumentNode": "node",
    "MotifNode": "node",
    "NodeBase": "node",
    "NodeExecution": "execution",
    "NodeFailure": "state",
    "NodeOutput": "state",
    "NodeSkip": "state",
    "NodeState": "state",
    "OperatorConfig": "config",
    "OperatorNode": "node",
    "OperatorType": "config",
    "OutputNode": "node",
    "PortDefinition": "ports",
    "Position": "node",
    "Progress": "execution",
    "TransformType": "expression",
    "Workflow": "graph",
    "WorkflowEdge": "edge",
    "WorkflowExecution": "execution",
    "WorkflowMetadata": "graph",
    "WorkflowNode": "node",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, _EXPORTS)
