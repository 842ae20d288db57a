"""Workflows: nodes and edges together, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final, get_args

import attrs

from symphony_types._json import JsonValue
from symphony_types.checks import (
    BOOL,
    TEXT,
    TEXT_MAP,
    Each,
    FieldError,
    InstanceOf,
    MapOf,
    Text,
    as_map,
    as_tuple,
    optional,
)
from symphony_types.errors import WorkflowCyclicDependencyError, WorkflowInvalidDefinitionError
from symphony_types.ids import NodeId, WorkflowId
from symphony_types.time import Timestamp
from symphony_types.traits.validatable import Issue
from symphony_types.version import Version
from symphony_types.workflow import rules
from symphony_types.workflow.dag import Digraph
from symphony_types.workflow.edge import WorkflowEdge
from symphony_types.workflow.node import WorkflowNode


__all__ = ["CreationSource", "Workflow", "WorkflowMetadata"]

_TIMESTAMP: Final = InstanceOf((Timestamp,), "a Timestamp")
_NODES: Final = MapOf(
    key=InstanceOf((NodeId,), "a NodeId"), value=InstanceOf(get_args(WorkflowNode), "a workflow node")
)
_EDGES: Final = Each(InstanceOf(get_args(WorkflowEdge), "a workflow edge"))


class CreationSource(Enum):
    """The kind of maker of a workflow."""

    USER_CREATED = "UserCreated"
    CONDUCTOR_GENERATED = "ConductorGenerated"


@attrs.frozen(kw_only=True, unsafe_hash=False)
class WorkflowMetadata:
    """
    Notes of people and tools about a workflow.

    Args:
        author: For people.
        tags: Unique.
        category: For people.
        icon: As the editor understands it.
        color: As the editor understands it.
        custom: Data of tools; read-only.
        is_public: Whether others may see it.
        created_by: The person or program that made it.
        creation_source: Which of the two kinds that is.
    """

    author: str | None = attrs.field(default=None, validator=optional(TEXT))
    tags: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=Each(TEXT, unique=True))
    category: str | None = attrs.field(default=None, validator=optional(TEXT))
    icon: str | None = attrs.field(default=None, validator=optional(TEXT))
    color: str | None = attrs.field(default=None, validator=optional(TEXT))
    custom: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP)
    is_public: bool = attrs.field(default=False, validator=BOOL)
    created_by: str | None = attrs.field(default=None, validator=optional(TEXT))
    creation_source: CreationSource = attrs.field(
        default=CreationSource.USER_CREATED, validator=InstanceOf((CreationSource,), "a CreationSource")
    )


@attrs.frozen(kw_only=True, unsafe_hash=False)
class Workflow:
    """
    A graph of nodes, joined by edges, without cycles.

    The constructor checks what can be said of each field; `validate` and
    `validation_errors` check the graph.

    Args:
        id: A new one if not given.
        name: 1 to 128 characters.
        description: For people.
        version: 1.0.0 if not given.
        nodes: By their ids; read-only.
        edges: Between *nodes*.
        metadata: Notes of people and tools.
        created_at: Now if not given.
        updated_at: Not before *created_at*, which it is if not given.

    Raises:
        FieldError: A key is not its node's id, or the times contradict.
    """

    id: WorkflowId = attrs.field(factory=WorkflowId.new, validator=InstanceOf((WorkflowId,), "a WorkflowId"))
    name: str = attrs.field(validator=Text(minimum=1, maximum=128))
    description: str | None = attrs.field(default=None, validator=optional(TEXT))
    version: Version = attrs.field(default=Version(1, 0, 0), validator=InstanceOf((Version,), "a Version"))
    nodes: Mapping[NodeId, WorkflowNode] = attrs.field(
        factory=dict, converter=as_map, validator=_NODES, repr=lambda nodes: f"<{len(nodes)} nodes>"
    )
    edges: tuple[WorkflowEdge, ...] = attrs.field(
        default=(), converter=as_tuple, validator=_EDGES, repr=lambda edges: f"<{len(edges)} edges>"
    )
    metadata: WorkflowMetadata = attrs.field(
        factory=WorkflowMetadata, validator=InstanceOf((WorkflowMetadata,), "a WorkflowMetadata")
    )
    created_at: Timestamp = attrs.field(factory=Timestamp.now, validator=_TIMESTAMP)
    updated_at: Timestamp = attrs.field(
        default=attrs.Factory(lambda self: self.created_at, takes_self=True), validator=_TIMESTAMP
    )

    def __attrs_post_init__(self) -> None:
        for key, node in self.nodes.items():
            if key.bytes != node.id.bytes:  # both are ids of nodes; comparing what is in them is a third of the time
                raise FieldError("invalid_value", ("nodes", str(key), "id"), f"the id of its key, {key}", str(node.id))
        if self.updated_at < self.created_at:
            raise FieldError(
                "invalid_value", ("updated_at",), f"a time from {self.created_at} on", str(self.updated_at)
            )

    @classmethod
    def of(cls, name: str, nodes: Iterable[WorkflowNode], edges: Iterable[WorkflowEdge] = ()) -> Workflow:
        """
        Return a new workflow of *nodes* and *edges*.

        Raises:
            FieldError: Two nodes have the same id.
        """
        by_id: dict[NodeId, WorkflowNode] = {}
        for index, node in enumerate(nodes):
            if node.id in by_id:
                raise FieldError("duplicate_id", ("nodes", index, "id"), "a unique node id", str(node.id))
            by_id[node.id] = node
        return cls(name=name, nodes=by_id, edges=tuple(edges))

    def validation_errors(self) -> tuple[Issue, ...]:
        """
        List what is broken in the graph, cycles first, 1,000 issues at the most.

        Codes: ``cycle self_loop duplicate_id dangling_edge port_mismatch
        missing_input``.  Each group of nodes that depend on one another gives
        one cycle.
        """
        return rules.graph_errors(self.nodes, self.edges)

    def warnings(self) -> tuple[Issue, ...]:
        """
        List what is odd but allowed, 1,000 issues at the most.

        That is nodes without edges (code ``orphan_node``), unless there is but one node.
        """
        return rules.graph_warnings(self.nodes, self.edges)

    def validate(self) -> None:
        """
        Raise for the first of `validation_errors`; notes of the error list the others.

        Raises:
            WorkflowCyclicDependencyError: Nodes depend on one another; a note
                gives the cycle.
            WorkflowInvalidDefinitionError: Anything else is broken.
        """
        issues = self.validation_errors()
        if not issues:
            return
        first, *others = issues
        error: WorkflowCyclicDependencyError | WorkflowInvalidDefinitionError
        if first.code in {"cycle", "self_loop"}:
            error = WorkflowCyclicDependencyError()
            others = [first, *others]
        else:
            error = WorkflowInvalidDefinitionError(reason=str(first))
        for issue in others:
            error.add_note(str(issue))
        raise error

    def topological_order(self) -> tuple[NodeId, ...]:
        """
        Return the nodes so that each comes after its dependencies.

        Where that leaves a choice, the id with the smaller bytes goes first,
        so equal graphs give equal orders.

        Raises:
            WorkflowCyclicDependencyError: Nodes depend on one another.
            WorkflowInvalidDefinitionError: An edge leads to no node.
        """
        ids, graph = self._digraph()
        order = graph.topological_order()
        if len(order) < len(ids):
            raise WorkflowCyclicDependencyError
        return tuple(ids[number] for number in order)

    def parallel_levels(self) -> tuple[tuple[NodeId, ...], ...]:
        """
        Return the nodes in groups that may run at the same time.

        A node stands in the first group after its dependencies; within
        a group ids are sorted.

        Raises:
            WorkflowCyclicDependencyError: Nodes depend on one another.
            WorkflowInvalidDefinitionError: An edge leads to no node.
        """
        ids, graph = self._digraph()
        levels = graph.levels()
        if sum(map(len, levels)) < len(ids):
            raise WorkflowCyclicDependencyError
        return tuple(tuple(ids[number] for number in level) for level in levels)

    def _digraph(self) -> tuple[list[NodeId], Digraph]:
        ids, numbers = rules.numbered(self.nodes)
        pairs: list[tuple[int, int]] = []
        for index, edge in enumerate(self.edges):
            source, target = numbers.get(edge.source_node.bytes), numbers.get(edge.target_node.bytes)
            if source is None or target is None:
                field = "source_node" if source is None else "target_node"
                reason = f"expected a node of the workflow, got {getattr(edge, field)} at $.edges[{index}].{field}"
                raise WorkflowInvalidDefinitionError(reason=reason)
            pairs.append((source, target))
        return ids, Digraph.from_edges(len(ids), pairs)
