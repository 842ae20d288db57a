"""Executions of a workflow: the state of the whole, of each node, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from symphony_types import integers
from symphony_types._json import JsonValue
from symphony_types.checks import (
    TEXT,
    TEXT_MAP,
    U64,
    FieldError,
    FloatRange,
    InstanceOf,
    MapOf,
    as_float,
    as_map,
    as_optional_float,
    optional,
)
from symphony_types.errors import WorkflowNodeNotFoundError
from symphony_types.ids import ExecutionId, NodeId, WorkflowId
from symphony_types.time import Duration, Timestamp
from symphony_types.workflow.graph import Workflow
from symphony_types.workflow.state import ExecutionState, NodeState


__all__ = ["NodeExecution", "Progress", "WorkflowExecution"]

_NODE_ID: Final = InstanceOf((NodeId,), "a NodeId")
_TIMESTAMP: Final = InstanceOf((Timestamp,), "a Timestamp")
_PERCENTAGE: Final = FloatRange(0.0, 100.0)


def _check_times(started_at: Timestamp | None, completed_at: Timestamp | None, *, over: bool) -> None:
    if over and completed_at is None:
        raise FieldError("missing_field", ("completed_at",), "a Timestamp once it is over", "None")
    if completed_at is None:
        return
    if not over:
        raise FieldError("invalid_value", ("completed_at",), "None before it is over", str(completed_at))
    if started_at is not None and completed_at < started_at:
        raise FieldError("invalid_value", ("completed_at",), f"a time from {started_at} on", str(completed_at))


def _not_before(now: Timestamp | None, started_at: Timestamp | None) -> Timestamp:
    # A clock that steps back must not make an engine's next transition fail.
    moment = Timestamp.now() if now is None else now
    return moment if started_at is None else max(moment, started_at)


@attrs.frozen(kw_only=True, unsafe_hash=False)
class NodeExecution:
    """
    One node in one execution.

    Args:
        node_id: Which node.
        state: How it stands.
        started_at: When it last began to run.
        completed_at: When it completed, failed or was skipped; not before
            *started_at*, ``None`` until then.
        progress_percentage: 0 to 100, as the node reports it.
        status_message: For people, as the node reports it.

    Raises:
        FieldError: The times contradict each other or the state.
    """

    node_id: NodeId = attrs.field(validator=_NODE_ID)
    state: NodeState = attrs.field(default=NodeState.PENDING, validator=InstanceOf((NodeState,), "a NodeState"))
    started_at: Timestamp | None = attrs.field(default=None, validator=optional(_TIMESTAMP))
    completed_at: Timestamp | None = attrs.field(default=None, validator=optional(_TIMESTAMP))
    progress_percentage: float | None = attrs.field(
        default=None, converter=as_optional_float, validator=optional(_PERCENTAGE)
    )
    status_message: str | None = attrs.field(default=None, validator=optional(TEXT))

    def __attrs_post_init__(self) -> None:
        _check_times(self.started_at, self.completed_at, over=self.state.is_finished)

    def transition_to(self, state: NodeState, now: Timestamp | None = None) -> NodeExecution:
        """
        Return this node in *state*, with its times set; queueing it again clears them.

        Args:
            state: The next state.
            now: When; the clock's time by default, at the least *started_at*.

        Raises:
            WorkflowInvalidDefinitionError: *state* may not follow.
        """
        self.state.transition_to(state)
        if state is NodeState.QUEUED:
            return NodeExecution(node_id=self.node_id, state=state)
        moment = _not_before(now, self.started_at)
        started_at = moment if state is NodeState.RUNNING else self.started_at
        completed_at = moment if state.is_finished else None
        return attrs.evolve(self, state=state, started_at=started_at, completed_at=completed_at)


def _share(completed: object, total: object) -> float:
    # Runs before the counts are checked; anything but a count is refused right after.
    if type(total) is not int or type(completed) is not int or not 0 < completed <= total:
        return 0.0
    return 100.0 * completed / total


@attrs.frozen(kw_only=True)
class Progress:
    """
    How far an execution is, in nodes.

    Args:
        total_nodes: The sum of the four below.
        completed_nodes: Completed or skipped.
        failed_nodes: Failed.
        running_nodes: Running.
        pending_nodes: Pending or queued.
        percentage: 0 to 100; the share of completed nodes if not given, 0 of
            none.
        estimated_remaining: How long it may take still.

    Raises:
        FieldError: The counts do not add up.
    """

    total_nodes: integers.U64 = attrs.field(default=0, validator=U64)
    completed_nodes: integers.U64 = attrs.field(default=0, validator=U64)
    failed_nodes: integers.U64 = attrs.field(default=0, validator=U64)
    running_nodes: integers.U64 = attrs.field(default=0, validator=U64)
    pending_nodes: integers.U64 = attrs.field(default=0, validator=U64)
    percentage: float = attrs.field(
        default=attrs.Factory(lambda self: _share(self.completed_nodes, self.total_nodes), takes_self=True),
        converter=as_float,
        validator=_PERCENTAGE,
    )
    estimated_remaining: Duration | None = attrs.field(
        default=None, validator=optional(InstanceOf((Duration,), "a Duration"))
    )

    def __attrs_post_init__(self) -> None:
        total = self.completed_nodes + self.failed_nodes + self.running_nodes + self.pending_nodes
        if total != self.total_nodes:
            raise FieldError("invalid_value", ("total_nodes",), f"the sum of the nodes, {total}", str(self.total_nodes))

    @classmethod
    def of(cls, states: Iterable[NodeState], *, estimated_remaining: Duration | None = None) -> Progress:
        """Count *states*; skipped nodes count as completed, queued ones as pending."""
        counts = dict.fromkeys(NodeState.__variants__, 0)
        for state in states:
            counts[state.variant] += 1
        return cls(
            total_nodes=sum(counts.values()),
            completed_nodes=counts["Completed"] + counts["Skipped"],
            failed_nodes=counts["Failed"],
            running_nodes=counts["Running"],
            pending_nodes=counts["Pending"] + counts["Queued"],
            estimated_remaining=estimated_remaining,
        )


@attrs.frozen(kw_only=True, unsafe_hash=False)
class WorkflowExecution:
    """
    One run of a workflow.

    Args:
        execution_id: A new one if not given.
        workflow_id: The workflow that runs.
        state: How it stands.
        node_executions: One for each node, by its id; read-only.
        started_at: When it first began to run.
        completed_at: When it completed, failed or was cancelled; not before
            *started_at*, ``None`` until then.
        retry_of: The failed execution that this one repeats.
        metadata: Data of the engine; read-only.

    Raises:
        FieldError: The times contradict each other or the state, a key is not
            its node's id, or it repeats itself.
    """

    execution_id: ExecutionId = attrs.field(
        factory=ExecutionId.new, validator=InstanceOf((ExecutionId,), "an ExecutionId")
    )
    workflow_id: WorkflowId = attrs.field(validator=InstanceOf((WorkflowId,), "a WorkflowId"))
    state: ExecutionState = attrs.field(
        default=ExecutionState.PENDING, validator=InstanceOf((ExecutionState,), "an ExecutionState")
    )
    node_executions: Mapping[NodeId, NodeExecution] = attrs.field(
        factory=dict,
        converter=as_map,
        validator=MapOf(key=_NODE_ID, value=InstanceOf((NodeExecution,), "a NodeExecution")),
        repr=lambda nodes: f"<{len(nodes)} nodes>",
    )
    started_at: Timestamp | None = attrs.field(default=None, validator=optional(_TIMESTAMP))
    completed_at: Timestamp | None = attrs.field(default=None, validator=optional(_TIMESTAMP))
    retry_of: ExecutionId | None = attrs.field(
        default=None, validator=optional(InstanceOf((ExecutionId,), "an ExecutionId"))
    )
    metadata: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP)

    def __attrs_post_init__(self) -> None:
        _check_times(self.started_at, self.completed_at, over=self.state.is_terminal)
        for key, node in self.node_executions.items():
            if key != node.node_id:
                path = ("node_executions", str(key), "node_id")
                raise FieldError("invalid_value", path, f"the node id of its key, {key}", str(node.node_id))
        if self.retry_of == self.execution_id:
            raise FieldError("invalid_value", ("retry_of",), "the id of another execution", str(self.retry_of))

    @classmethod
    def of(cls, workflow: Workflow, *, retry_of: ExecutionId | None = None) -> WorkflowExecution:
        """Return a new pending execution of *workflow*; its disabled nodes are skipped at once."""
        now = Timestamp.now()
        pending = {node_id: NodeExecution(node_id=node_id) for node_id in workflow.nodes}
        for node_id, node in workflow.nodes.items():
            if not node.enabled:
                pending[node_id] = pending[node_id].transition_to(NodeState.skipped("disabled"), now)
        return cls(workflow_id=workflow.id, node_executions=pending, retry_of=retry_of)

    @property
    def node_states(self) -> Mapping[NodeId, NodeState]:
        """The state of each node, by its id."""
        return {node_id: node.state for node_id, node in self.node_executions.items()}

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress.of(node.state for node in self.node_executions.values())

    def transition_to(self, state: ExecutionState, now: Timestamp | None = None) -> WorkflowExecution:
        """
        Return this execution in *state*, with its times set.

        Args:
            state: The next state.
            now: When; the clock's time by default, at the least *started_at*.

        Raises:
            WorkflowInvalidDefinitionError: *state* may not follow.
        """
        self.state.transition_to(state)
        moment = _not_before(now, self.started_at)
        started_at = moment if self.started_at is None and state is ExecutionState.RUNNING else self.started_at
        completed_at = moment if state.is_terminal else None
        return attrs.evolve(self, state=state, started_at=started_at, completed_at=completed_at)

    def with_node_state(self, node_id: NodeId, state: NodeState, now: Timestamp | None = None) -> WorkflowExecution:
        """
        Return this execution with one node in *state*; see `with_node_states`.

        It copies the map of all nodes: change several at once where there are many.
        """
        return self.with_node_states({node_id: state}, now)

    def with_node_states(self, states: Mapping[NodeId, NodeState], now: Timestamp | None = None) -> WorkflowExecution:
        """
        Return this execution with nodes in other states, as `NodeExecution.transition_to` does.

        Args:
            states: The next state of each node that changes.
            now: When; the clock's time by default.

        Raises:
            WorkflowNodeNotFoundError: The execution does not have that node.
            WorkflowInvalidDefinitionError: The state may not follow.
        """
        moment = Timestamp.now() if now is None else now
        nodes = dict(self.node_executions)
        for node_id, state in states.items():
            if node_id not in nodes:
                raise WorkflowNodeNotFoundError(node_id=str(node_id))
            nodes[node_id] = nodes[node_id].transition_to(state, moment)
        return attrs.evolve(self, node_executions=nodes)
