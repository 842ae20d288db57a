"""Executions: their states, what may follow what, times and counts."""

from __future__ import annotations

import itertools
import pickle

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types.checks import FieldError
from symphony_types.errors import WorkflowInvalidDefinitionError, WorkflowNodeNotFoundError
from symphony_types.ids import ExecutionId, NodeId, WorkflowId
from symphony_types.time import Duration, Timestamp
from symphony_types.workflow import (
    EXECUTION_TRANSITIONS,
    NODE_TRANSITIONS,
    ExecutionFailure,
    ExecutionState,
    InputPrompt,
    NodeExecution,
    NodeFailure,
    NodeOutput,
    NodeSkip,
    NodeState,
    OperatorNode,
    OperatorType,
    Progress,
    Workflow,
    WorkflowExecution,
)


T0 = Timestamp.parse("2024-01-15T10:00:00Z")
T1, T2 = T0 + Duration(1, 0), T0 + Duration(2, 0)
NODE = NodeId.new()

EXECUTION_STATES = [
    *ExecutionState.members(),
    ExecutionState.failed("boom"),
    ExecutionState.waiting_for_input("name?"),
]
NODE_STATES = [
    *NodeState.members(),
    NodeState.completed({"x": [1]}),
    NodeState.failed("boom"),
    NodeState.skipped("disabled"),
]

EXECUTION_ALLOWED = {
    ("Pending", "Running"), ("Pending", "Cancelled"),
    ("Running", "Paused"), ("Running", "Completed"), ("Running", "Failed"), ("Running", "Cancelled"),
    ("Running", "WaitingForInput"),
    ("Paused", "Running"), ("Paused", "Cancelled"),
    ("WaitingForInput", "Running"), ("WaitingForInput", "Cancelled"),
}  # fmt: skip
NODE_ALLOWED = {
    ("Pending", "Queued"), ("Pending", "Skipped"), ("Queued", "Running"), ("Queued", "Skipped"),
    ("Running", "Completed"), ("Running", "Failed"), ("Failed", "Queued"),
}  # fmt: skip

PAIRS = [
    *((a, b, EXECUTION_ALLOWED) for a, b in itertools.product(EXECUTION_STATES, repeat=2)),
    *((a, b, NODE_ALLOWED) for a, b in itertools.product(NODE_STATES, repeat=2)),
]


def execution(*nodes, **more):
    """Return an execution of *nodes*."""
    return WorkflowExecution(
        workflow_id=WorkflowId.new(), node_executions={node.node_id: node for node in nodes}, **more
    )


@pytest.mark.parametrize(("before", "after", "allowed"), PAIRS, ids=lambda value: getattr(value, "variant", ""))
def test_transitions(before, after, allowed):
    """Exactly the transitions of the table are possible; others name both states."""
    if (before.variant, after.variant) in allowed:
        assert before.can_transition_to(after)
        assert before.transition_to(after) is after
        return
    assert not before.can_transition_to(after)
    with pytest.raises(WorkflowInvalidDefinitionError, match=f"after {before.variant}, got {after.variant}"):
        before.transition_to(after)


@pytest.mark.parametrize(("kind", "table"), [(ExecutionState, EXECUTION_TRANSITIONS), (NodeState, NODE_TRANSITIONS)])
def test_tables_cover_all_variants(kind, table):
    """A table names each variant, and only variants."""
    assert list(table) == list(kind.__variants__)
    assert {name for following in table.values() for name in following} <= set(table)


def test_states_of_executions_and_nodes_do_not_mix():
    """A node's state never follows an execution's."""
    assert not ExecutionState.PENDING.can_transition_to(NodeState.RUNNING)
    with pytest.raises(WorkflowInvalidDefinitionError):
        NodeState.QUEUED.transition_to(ExecutionState.RUNNING)


def test_ends():
    """An execution ends in three states; a failed node is finished but may be queued again."""
    assert [s.variant for s in EXECUTION_STATES if s.is_terminal] == ["Completed", "Cancelled", "Failed"]
    assert [s.variant for s in NODE_STATES if s.is_terminal] == ["Completed", "Skipped"]
    assert [s.variant for s in NODE_STATES if s.is_finished] == ["Completed", "Failed", "Skipped"]


@pytest.mark.parametrize("state", EXECUTION_STATES + NODE_STATES)
def test_states_are_values(state):
    """They pickle, and units stay singletons."""
    again = pickle.loads(pickle.dumps(state))
    assert again == state
    assert (again is state) is state.is_unit


@pytest.mark.parametrize(
    ("state", "held"),
    [
        (ExecutionState.failed("e"), ExecutionFailure("e")),
        (ExecutionState.waiting_for_input("p"), InputPrompt("p")),
        (NodeState.completed([1]), NodeOutput([1])),
        (NodeState.completed(), NodeOutput(None)),
        (NodeState.failed("e"), NodeFailure("e")),
        (NodeState.skipped("r"), NodeSkip("r")),
    ],
)
def test_what_states_hold(state, held):
    """Text is wrapped, and the wrapped form is taken as it is, so the representation evaluates."""
    assert state.value == held
    assert eval(repr(state)) == state


@pytest.mark.parametrize(
    "make", [ExecutionState.failed, ExecutionState.waiting_for_input, NodeState.failed, NodeState.skipped]
)
def test_states_refuse_what_is_not_text(make):
    """A reason is text."""
    with pytest.raises(FieldError):
        make(5)
    with pytest.raises(FieldError):
        ExecutionState.from_variant("Failed", "text")


def test_life_of_a_node():
    """Times are set on the way, and cleared for another try."""
    node = NodeExecution(node_id=NODE)
    node = node.transition_to(NodeState.QUEUED, T0)
    assert (node.started_at, node.completed_at) == (None, None)
    node = node.transition_to(NodeState.RUNNING, T1)
    assert (node.started_at, node.completed_at) == (T1, None)
    failed = attrs.evolve(node, progress_percentage=50.0).transition_to(NodeState.failed("boom"), T2)
    assert (failed.started_at, failed.completed_at) == (T1, T2)
    assert failed.transition_to(NodeState.QUEUED, T2) == NodeExecution(node_id=NODE, state=NodeState.QUEUED)
    early = node.transition_to(NodeState.completed(1), T0)
    assert early.completed_at == T1
    with pytest.raises(WorkflowInvalidDefinitionError):
        early.transition_to(NodeState.QUEUED)


def test_life_of_an_execution():
    """The first start counts, the end is never before it, and the clock is asked if no time is given."""
    run = execution().transition_to(ExecutionState.RUNNING, T1)
    run = run.transition_to(ExecutionState.PAUSED, T2).transition_to(ExecutionState.RUNNING, T2)
    assert (run.started_at, run.completed_at) == (T1, None)
    done = run.transition_to(ExecutionState.COMPLETED, T0)
    assert (done.started_at, done.completed_at) == (T1, T1)
    cancelled = execution().transition_to(ExecutionState.CANCELLED)
    assert cancelled.started_at is None
    assert cancelled.completed_at is not None
    with pytest.raises(WorkflowInvalidDefinitionError, match="expected no state after Completed, got Running"):
        done.transition_to(ExecutionState.RUNNING)


@pytest.mark.parametrize(
    ("cls", "fields", "code"),
    [
        (NodeExecution, {"node_id": NODE, "state": NodeState.completed()}, "missing_field"),
        (NodeExecution, {"node_id": NODE, "completed_at": T1}, "invalid_value"),
        (
            NodeExecution,
            {"node_id": NODE, "state": NodeState.failed("x"), "started_at": T2, "completed_at": T1},
            "invalid_value",
        ),
        (WorkflowExecution, {"workflow_id": WorkflowId.new(), "state": ExecutionState.CANCELLED}, "missing_field"),
        (
            WorkflowExecution,
            {"workflow_id": WorkflowId.new(), "state": ExecutionState.RUNNING, "completed_at": T1},
            "invalid_value",
        ),
        (
            WorkflowExecution,
            {
                "workflow_id": WorkflowId.new(),
                "state": ExecutionState.COMPLETED,
                "started_at": T2,
                "completed_at": T1,
            },
            "invalid_value",
        ),
    ],
)
def test_times_fit_the_state(cls, fields, code):
    """An end is there exactly when it is over, and not before the start."""
    with pytest.raises(FieldError) as caught:
        cls(**fields)
    assert (caught.value.code, caught.value.path) == (code, ("completed_at",))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"execution_id": NODE}, ("execution_id",)),
        ({"workflow_id": NODE}, ("workflow_id",)),
        ({"state": "Pending"}, ("state",)),
        ({"state": NodeState.PENDING}, ("state",)),
        ({"node_executions": {NODE: NodeState.PENDING}}, ("node_executions", str(NODE))),
        ({"node_executions": {NODE: NodeExecution(node_id=NodeId.new())}}, ("node_executions", str(NODE), "node_id")),
        ({"started_at": "now"}, ("started_at",)),
        ({"retry_of": WorkflowId.new()}, ("retry_of",)),
        ({"metadata": {1: 1}}, ("metadata", "1")),
    ],
)
def test_refused_executions(changes, path):
    """Each field is checked and named."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(execution(), **changes)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"node_id": ExecutionId.new()}, "node_id"),
        ({"state": ExecutionState.PENDING}, "state"),
        ({"started_at": 0}, "started_at"),
        ({"progress_percentage": 100.5}, "progress_percentage"),
        ({"progress_percentage": float("nan")}, "progress_percentage"),
        ({"status_message": 1}, "status_message"),
    ],
)
def test_refused_node_executions(changes, path):
    """Each field is checked and named."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(NodeExecution(node_id=NODE), **changes)
    assert caught.value.path == (path,)


def test_an_execution_does_not_repeat_itself():
    """A retry names another execution."""
    first = execution()
    assert attrs.evolve(execution(), retry_of=first.execution_id).retry_of == first.execution_id
    with pytest.raises(FieldError) as caught:
        attrs.evolve(first, retry_of=first.execution_id)
    assert caught.value.path == ("retry_of",)


def test_executions_of_a_workflow():
    """All nodes are pending, disabled ones are skipped."""
    on = OperatorNode(name="on", operator_type=OperatorType.PARSE)
    off = attrs.evolve(on, id=NodeId.new(), enabled=False)
    workflow = Workflow.of("w", [on, off])
    old = ExecutionId.new()
    run = WorkflowExecution.of(workflow, retry_of=old)
    assert (run.workflow_id, run.state, run.retry_of) == (workflow.id, ExecutionState.PENDING, old)
    assert run.node_states == {on.id: NodeState.PENDING, off.id: NodeState.skipped("disabled")}
    assert run.progress == Progress(total_nodes=2, completed_nodes=1, pending_nodes=1)
    assert pickle.loads(pickle.dumps(run)) == run
    with pytest.raises(TypeError, match="unhashable"):
        hash(run)


def test_node_states_of_an_execution():
    """Nodes move on by themselves, the old execution stays as it was."""
    other = NodeId.new()
    run = execution(NodeExecution(node_id=NODE), NodeExecution(node_id=other))
    moved = run.with_node_state(NODE, NodeState.QUEUED).with_node_states(
        {NODE: NodeState.RUNNING, other: NodeState.skipped("x")}, T1
    )
    assert run.node_states == {NODE: NodeState.PENDING, other: NodeState.PENDING}
    assert moved.node_executions[NODE] == NodeExecution(node_id=NODE, state=NodeState.RUNNING, started_at=T1)
    assert moved.node_executions[other].completed_at == T1
    assert moved.execution_id == run.execution_id
    with pytest.raises(WorkflowInvalidDefinitionError):
        run.with_node_state(NODE, NodeState.RUNNING)
    stranger = NodeId.new()
    with pytest.raises(WorkflowNodeNotFoundError) as caught:
        run.with_node_state(stranger, NodeState.QUEUED)
    assert caught.value.node_id == str(stranger)


def test_percentages():
    """Three of ten nodes are thirty percent, none of none is nothing."""
    assert Progress(total_nodes=10, completed_nodes=3, pending_nodes=7).percentage == 30.0
    assert Progress().percentage == 0.0
    assert Progress(total_nodes=1, completed_nodes=1).percentage == 100.0
    assert Progress(total_nodes=1, completed_nodes=1, percentage=99.5).percentage == 99.5


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"total_nodes": 1}, "total_nodes"),
        ({"completed_nodes": 1}, "total_nodes"),
        ({"total_nodes": 2, "failed_nodes": 1, "running_nodes": 2}, "total_nodes"),
        ({"total_nodes": "1"}, "total_nodes"),
        ({"total_nodes": 1, "completed_nodes": "1"}, "completed_nodes"),
        ({"failed_nodes": -1}, "failed_nodes"),
        ({"percentage": 101.0}, "percentage"),
        ({"estimated_remaining": 5}, "estimated_remaining"),
    ],
)
def test_refused_progress(fields, path):
    """Counts add up and have ranges."""
    with pytest.raises(FieldError) as caught:
        Progress(**fields)
    assert caught.value.path == (path,)


@given(st.lists(st.sampled_from(NODE_STATES)))
def test_progress_counts_every_node_once(states):
    """Skipped nodes count as completed, queued ones as pending."""
    progress = Progress.of(iter(states), estimated_remaining=Duration(1, 0))
    names = [state.variant for state in states]
    assert progress.total_nodes == len(states)
    assert progress.completed_nodes == names.count("Completed") + names.count("Skipped")
    assert progress.failed_nodes == names.count("Failed")
    assert progress.running_nodes == names.count("Running")
    assert progress.pending_nodes == names.count("Pending") + names.count("Queued")
    assert 0.0 <= progress.percentage <= 100.0
    assert hash(progress) == hash(attrs.evolve(progress))
