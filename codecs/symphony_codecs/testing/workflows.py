"""Strategies for workflows: ports, nodes, edges, and valid graphs of them."""

from __future__ import annotations

import base64

from collections.abc import Callable
from typing import Any, Final

import attrs

from hypothesis import strategies as st

from symphony_types.ids import EdgeId, ExtensionId, MotifId, NodeId, WorkflowId
from symphony_types.workflow.config import ControlType, InstrumentConfig, OperatorConfig, OperatorType
from symphony_types.workflow.edge import ConditionalEdge, ControlEdge, DataEdge, WorkflowEdge
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

from .ids_and_time import durations, ids, timestamps, versions
from .scalars import I64_MIN, U64_MAX, json_objects, json_values, numbers, texts, u32s, u64s, unique_texts


__all__ = [
    "conditional_edges",
    "control_edges",
    "control_nodes",
    "data_edges",
    "data_transforms",
    "data_types",
    "expressions",
    "input_nodes",
    "instrument_configs",
    "instrument_nodes",
    "motif_nodes",
    "node_bases",
    "operator_configs",
    "operator_nodes",
    "operator_types",
    "output_nodes",
    "port_definitions",
    "positions",
    "workflow_edges",
    "workflow_metadata",
    "workflow_nodes",
    "workflows",
]

_NAMES = texts(min_size=1, max_size=12)
_NOTE = st.none() | texts()
_URLS: Final = ("https://models.example/v1", "http://127.0.0.1:8080", "unix+http://%2Frun%2Fmodel.sock/")


def data_types(*, max_leaves: int = 4) -> st.SearchStrategy[DataType]:
    """
    Types of data, nested ones included.

    Args:
        max_leaves: How deep they nest, about.
    """
    return st.recursive(
        st.sampled_from(list(DataType.members())) | _NAMES.map(DataType.custom),
        lambda inner: inner.map(DataType.list) | inner.map(DataType.map),
        max_leaves=max_leaves,
    )


def _values_of(kind: DataType) -> st.SearchStrategy[Any]:
    """Return JSON values of *kind*, as `DataType.accepts` has it."""
    if kind.variant == "List":
        return st.lists(_values_of(kind.value), max_size=2)
    if kind.variant == "Map":
        return st.dictionaries(texts(), _values_of(kind.value), max_size=2)
    return _VALUES[kind.variant]


_ANYTHING = json_values(max_leaves=3)
_VALUES: Final[dict[str, st.SearchStrategy[Any]]] = {
    "Any": _ANYTHING,
    "Null": st.none(),
    "Boolean": st.booleans(),
    "Integer": st.integers(I64_MIN, U64_MAX),
    "Float": numbers() | st.integers(I64_MIN, U64_MAX),
    "String": texts(),
    "Bytes": st.binary(max_size=12).map(lambda data: base64.b64encode(data).decode()),
    "Json": _ANYTHING,
    "Artifact": st.uuids().map(str),
    "Custom": _ANYTHING,
}


@st.composite
def port_definitions(draw: st.DrawFn) -> PortDefinition:
    """Ports, some with a default of their type."""
    kind = draw(data_types())
    return PortDefinition(
        name=draw(_NAMES),
        data_type=kind,
        required=draw(st.booleans()),
        default_value=draw(_values_of(kind)) if draw(st.booleans()) else None,
    )


def _ports() -> st.SearchStrategy[tuple[PortDefinition, ...]]:
    return st.lists(port_definitions(), max_size=2, unique_by=lambda port: port.name).map(tuple)


def expressions() -> st.SearchStrategy[Expression]:
    """Expressions in any language."""
    return st.builds(Expression, _NAMES, language=st.just("jsonpath-lite") | _NAMES)


def data_transforms() -> st.SearchStrategy[DataTransform]:
    """Changes of data on an edge."""
    return st.builds(DataTransform, transform_type=st.sampled_from(TransformType), config=json_values(max_leaves=3))


def positions() -> st.SearchStrategy[Position]:
    """Finite points."""
    return st.builds(Position, numbers(), numbers())


def operator_types() -> st.SearchStrategy[OperatorType]:
    """Built-in operators and custom ones."""
    return st.sampled_from(list(OperatorType.members())) | _NAMES.map(OperatorType.custom)


def instrument_configs(*, secrets: bool = False) -> st.SearchStrategy[InstrumentConfig]:
    """
    Settings of instrument nodes.

    Args:
        secrets: Whether some have an API key, which never travels: such a
            configuration is decoded without.
    """
    return st.builds(
        InstrumentConfig,
        api_key=_NOTE if secrets else st.none(),
        endpoint=st.none() | st.sampled_from(_URLS),
        timeout=durations(positive=True),
        max_retries=u32s(),
        rate_limit=st.none() | u32s(),
        custom=json_objects(max_size=2),
    )


def operator_configs() -> st.SearchStrategy[OperatorConfig]:
    """Limits of operator nodes."""
    return st.builds(
        OperatorConfig,
        timeout=durations(positive=True),
        max_input_size=u64s(),
        max_output_size=u64s(),
        custom=json_objects(max_size=2),
    )


def _common() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "id": ids(NodeId),
        "name": _NAMES,
        "description": _NOTE,
        "position": positions(),
        "enabled": st.booleans(),
        "metadata": json_objects(max_size=1),
        "extension_id": st.none() | ids(ExtensionId),
    }


def _ported() -> dict[str, st.SearchStrategy[Any]]:
    return {**_common(), "inputs": _ports(), "outputs": _ports()}


def node_bases() -> st.SearchStrategy[NodeBase]:
    """The fields that all nodes have."""
    return st.builds(NodeBase, **_common())


def instrument_nodes() -> st.SearchStrategy[InstrumentNode]:
    """Nodes that call a model."""
    return st.builds(
        InstrumentNode,
        **_ported(),
        model_id=_NAMES,
        model_version=st.none() | _NAMES,
        config=instrument_configs(),
    )


def operator_nodes() -> st.SearchStrategy[OperatorNode]:
    """Nodes that work without a model."""
    return st.builds(OperatorNode, **_ported(), operator_type=operator_types(), config=operator_configs())


def motif_nodes() -> st.SearchStrategy[MotifNode]:
    """Nodes that run a motif."""
    return st.builds(MotifNode, **_ported(), motif_id=ids(MotifId))


@st.composite
def control_nodes(draw: st.DrawFn) -> ControlNode:
    """Nodes that steer the flow, with a condition where they need one."""
    kind = draw(st.sampled_from(ControlType))
    fields = draw(st.fixed_dictionaries(_ported()))
    condition = draw(expressions() if kind.needs_condition else st.none() | expressions())
    return ControlNode(**fields, control_type=kind, condition=condition)


def input_nodes() -> st.SearchStrategy[InputNode]:
    """Nodes where data enters."""
    return st.builds(InputNode, **_common(), output=port_definitions())


def output_nodes() -> st.SearchStrategy[OutputNode]:
    """Nodes where data leaves."""
    return st.builds(OutputNode, **_common(), input=port_definitions())


def workflow_nodes() -> st.SearchStrategy[WorkflowNode]:
    """Nodes of all kinds."""
    return st.one_of(
        input_nodes(), output_nodes(), motif_nodes(), operator_nodes(), control_nodes(), instrument_nodes()
    )


@st.composite
def _edges(draw: st.DrawFn, make: Callable[..., Any], /, **fields: st.SearchStrategy[Any]) -> Any:
    source, target = draw(st.lists(ids(NodeId), min_size=2, max_size=2, unique=True))
    return make(id=draw(ids(EdgeId)), source_node=source, target_node=target, **draw(st.fixed_dictionaries(fields)))


def data_edges() -> st.SearchStrategy[DataEdge]:
    """Edges from port to port."""
    return _edges(DataEdge, source_port=_NAMES, target_port=_NAMES, transform=st.none() | data_transforms())


def control_edges() -> st.SearchStrategy[ControlEdge]:
    """Edges of plain order."""
    return _edges(ControlEdge, priority=st.integers(-(2**31), 2**31 - 1))


def conditional_edges() -> st.SearchStrategy[ConditionalEdge]:
    """Edges under a condition."""
    return _edges(ConditionalEdge, condition=expressions(), label=_NOTE)


def workflow_edges() -> st.SearchStrategy[WorkflowEdge]:
    """Edges of all kinds, of no workflow in particular."""
    return data_edges() | control_edges() | conditional_edges()


def workflow_metadata() -> st.SearchStrategy[WorkflowMetadata]:
    """Notes of people about a workflow."""
    return st.builds(
        WorkflowMetadata,
        author=_NOTE,
        tags=unique_texts(texts(), max_size=2),
        category=_NOTE,
        icon=_NOTE,
        color=_NOTE,
        custom=json_objects(max_size=2),
        is_public=st.booleans(),
        created_by=_NOTE,
        creation_source=st.sampled_from(CreationSource),
    )


@st.composite
def workflows(draw: st.DrawFn, *, max_nodes: int = 4) -> Workflow:
    """
    Valid workflows: without cycles, with ports that fit and inputs that are fed.

    Args:
        draw: Given by Hypothesis.
        max_nodes: Most nodes.
    """
    nodes = draw(st.lists(workflow_nodes(), max_size=max_nodes, unique_by=lambda node: node.id))
    edges: list[WorkflowEdge] = []
    for target in range(1, len(nodes)):
        edges.extend(draw(_edges_into(nodes, target)))
    edge_ids = draw(st.lists(ids(EdgeId), min_size=len(edges), max_size=len(edges), unique=True))
    edges = [attrs.evolve(edge, id=edge_id) for edge, edge_id in zip(edges, edge_ids, strict=True)]
    created_at = draw(timestamps())
    return Workflow(
        id=draw(ids(WorkflowId)),
        name=draw(texts(min_size=1, max_size=128)),
        description=draw(_NOTE),
        version=draw(versions()),
        nodes={node.id: node for node in (_made_valid(node, edges) for node in nodes)},
        edges=draw(st.permutations(edges)),
        metadata=draw(workflow_metadata()),
        created_at=created_at,
        updated_at=draw(timestamps(min_value=created_at)),
    )


@st.composite
def _edges_into(draw: st.DrawFn, nodes: list[WorkflowNode], target: int) -> list[WorkflowEdge]:
    """Return edges from nodes before *target*, so that there is no cycle; ids are left to the caller."""
    node = nodes[target]
    sources = [source for source in nodes[:target] if not isinstance(source, OutputNode)]
    if isinstance(node, InputNode) or not sources:
        return []
    edges: list[WorkflowEdge] = []
    for port in node.input_ports:
        source = draw(st.sampled_from(sources))
        ports = source.output_ports
        if draw(st.booleans()) and ports:
            leaving = draw(st.sampled_from(ports))
            transform = draw(st.none() | data_transforms())
            if transform is None and not leaving.data_type.is_compatible_with(port.data_type):
                transform = draw(data_transforms())
            edges.append(
                DataEdge(
                    source_node=source.id,
                    source_port=leaving.name,
                    target_node=node.id,
                    target_port=port.name,
                    transform=transform,
                )
            )
    others = draw(st.lists(control_edges() | conditional_edges(), max_size=2))
    ends = [draw(st.sampled_from(sources)).id for _ in others]
    return [
        *edges,
        *(attrs.evolve(edge, source_node=end, target_node=node.id) for edge, end in zip(others, ends, strict=True)),
    ]


def _made_valid(node: WorkflowNode, edges: list[WorkflowEdge]) -> WorkflowNode:
    """Return *node*, with what its edges leave unfed no longer required."""
    entering = [edge for edge in edges if edge.target_node == node.id]
    fed = {edge.target_port for edge in entering if isinstance(edge, DataEdge)}

    def fit(port: PortDefinition) -> PortDefinition:
        return port if port.has_default or port.name in fed else attrs.evolve(port, required=False)

    if isinstance(node, InputNode):
        return node
    if isinstance(node, OutputNode):
        return attrs.evolve(node, input=fit(node.input))
    if isinstance(node, ControlNode) and node.control_type.joins and len(entering) < 2:
        node = attrs.evolve(node, control_type=ControlType.PARALLEL)
    return attrs.evolve(node, inputs=tuple(map(fit, node.inputs)))
