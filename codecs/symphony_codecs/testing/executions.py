"""Strategies for executions of workflows: their states, their nodes, how far they are."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from symphony_types.ids import ExecutionId, NodeId, WorkflowId
from symphony_types.workflow.execution import NodeExecution, Progress, WorkflowExecution
from symphony_types.workflow.state import (
    ExecutionFailure,
    ExecutionState,
    InputPrompt,
    NodeFailure,
    NodeOutput,
    NodeSkip,
    NodeState,
)

from .ids_and_time import durations, ids, timestamps
from .scalars import json_objects, json_values, numbers, texts


__all__ = [
    "execution_failures",
    "execution_states",
    "input_prompts",
    "node_executions",
    "node_failures",
    "node_outputs",
    "node_skips",
    "node_states",
    "progresses",
    "workflow_executions",
]

_NOTE = st.none() | texts()
_PERCENTAGES = numbers(0.0, 100.0)


def execution_failures() -> st.SearchStrategy[ExecutionFailure]:
    """Why executions failed."""
    return st.builds(ExecutionFailure, texts())


def input_prompts() -> st.SearchStrategy[InputPrompt]:
    """Inputs that executions wait for."""
    return st.builds(InputPrompt, texts())


def node_outputs() -> st.SearchStrategy[NodeOutput]:
    """Outputs of nodes."""
    return st.builds(NodeOutput, json_values(max_leaves=4))


def node_failures() -> st.SearchStrategy[NodeFailure]:
    """Why nodes failed."""
    return st.builds(NodeFailure, texts())


def node_skips() -> st.SearchStrategy[NodeSkip]:
    """Why nodes did not run."""
    return st.builds(NodeSkip, texts())


def execution_states() -> st.SearchStrategy[ExecutionState]:
    """All states of executions."""
    return st.one_of(
        st.sampled_from(list(ExecutionState.members())),
        execution_failures().map(ExecutionState.failed),
        input_prompts().map(ExecutionState.waiting_for_input),
    )


def node_states() -> st.SearchStrategy[NodeState]:
    """All states of nodes."""
    return st.one_of(
        st.sampled_from(list(NodeState.members())),
        node_outputs().map(NodeState.completed),
        node_failures().map(NodeState.failed),
        node_skips().map(NodeState.skipped),
    )


@st.composite
def _times(draw: st.DrawFn, *, over: bool) -> dict[str, Any]:
    started_at = draw(st.none() | timestamps())
    return {"started_at": started_at, "completed_at": draw(timestamps(min_value=started_at)) if over else None}


@st.composite
def node_executions(draw: st.DrawFn) -> NodeExecution:
    """Nodes in an execution, with times that fit their state."""
    state = draw(node_states())
    return NodeExecution(
        node_id=draw(ids(NodeId)),
        state=state,
        **draw(_times(over=state.is_finished)),
        progress_percentage=draw(st.none() | _PERCENTAGES),
        status_message=draw(_NOTE),
    )


@st.composite
def progresses(draw: st.DrawFn) -> Progress:
    """Counts of nodes that add up."""
    count = st.integers(0, 20) | st.integers(0, 2**62 - 1)
    completed, failed, running, pending = draw(st.tuples(count, count, count, count))
    return Progress(
        total_nodes=completed + failed + running + pending,
        completed_nodes=completed,
        failed_nodes=failed,
        running_nodes=running,
        pending_nodes=pending,
        percentage=draw(_PERCENTAGES),
        estimated_remaining=draw(st.none() | durations()),
    )


@st.composite
def workflow_executions(draw: st.DrawFn, *, max_nodes: int = 4) -> WorkflowExecution:
    """
    Runs of a workflow, with times that fit their state.

    Args:
        draw: Given by Hypothesis.
        max_nodes: Most nodes.
    """
    state = draw(execution_states())
    execution_id, retry_of = draw(st.lists(ids(ExecutionId), min_size=2, max_size=2, unique=True))
    nodes = draw(st.lists(node_executions(), max_size=max_nodes, unique_by=lambda node: node.node_id))
    return WorkflowExecution(
        execution_id=execution_id,
        workflow_id=draw(ids(WorkflowId)),
        state=state,
        node_executions={node.node_id: node for node in nodes},
        **draw(_times(over=state.is_terminal)),
        retry_of=draw(st.sampled_from((None, retry_of))),
        metadata=draw(json_objects(max_size=2)),
    )
