"""The rules of a workflow's graph: each is one function, and each finds all that breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from symphony_types._checks import describe
from symphony_types.ids import EdgeId, NodeId
from symphony_types.traits.validatable import Issue
from symphony_types.workflow.dag import Digraph
from symphony_types.workflow.edge import DataEdge, WorkflowEdge
from symphony_types.workflow.node import ControlNode, InputNode, OutputNode, WorkflowNode
from symphony_types.workflow.ports import PortDefinition


__all__ = ["graph_errors", "graph_warnings", "numbered"]

# A cycle through thousands of nodes is shown by its ends.
_MAX_CYCLE_SHOWN: Final = 8

_Nodes = Mapping[NodeId, WorkflowNode]
_Edges = Sequence[WorkflowEdge]
_Ports = Mapping[NodeId, Mapping[str, PortDefinition]]


def graph_errors(nodes: _Nodes, edges: _Edges) -> tuple[Issue, ...]:
    """Find all that is broken: cycles first, then by edge, then by node."""
    inputs: _Ports = {
        node_id: {port.name: port for port in node.input_ports}
        for node_id, node in nodes.items()
        if not isinstance(node, InputNode)
    }
    outputs: _Ports = {
        node_id: {port.name: port for port in node.output_ports}
        for node_id, node in nodes.items()
        if not isinstance(node, OutputNode)
    }
    found = [*_edge_ids(edges), *_ends(nodes, edges), *_ports(edges, inputs, outputs), *_fan_in(edges)]
    # Stable: what is wrong with one edge keeps the order of the rules.
    found.sort(key=_edge_index)
    return (
        *_cycles(nodes, edges),
        *_self_loops(edges),
        *found,
        *_missing_inputs(nodes, edges),
        *_joins(nodes, edges),
    )


def graph_warnings(nodes: _Nodes, edges: _Edges) -> tuple[Issue, ...]:
    """Find the nodes that no edge touches, unless there is only one node."""
    if len(nodes) < 2:
        return ()
    touched = {end for edge in edges for end in (edge.source_node, edge.target_node)}
    return tuple(
        Issue(("nodes", str(node_id)), "orphan_node", "a node with an edge", "one without")
        for node_id in nodes
        if node_id not in touched
    )


def numbered(nodes: _Nodes) -> tuple[list[NodeId], dict[NodeId, int]]:
    """Number the nodes in the order of their ids; return the ids by number, and the numbers by id."""
    ids = sorted(nodes, key=lambda node_id: node_id.bytes)
    return ids, {node_id: number for number, node_id in enumerate(ids)}


def _edge_index(issue: Issue) -> int:
    index = issue.path[1]
    assert isinstance(index, int)
    return index


def _cycles(nodes: _Nodes, edges: _Edges) -> Iterator[Issue]:
    ids, numbers = numbered(nodes)
    first_edge: dict[tuple[int, int], int] = {}
    for index, edge in enumerate(edges):
        source, target = numbers.get(edge.source_node), numbers.get(edge.target_node)
        if source is not None and target is not None and source != target:
            first_edge.setdefault((source, target), index)
    for cycle in Digraph.from_edges(len(ids), first_edge).cycles():
        # The edge that leads back to where the cycle begins.
        closing = first_edge[cycle[-2], cycle[-1]]
        shown = _show_cycle([ids[number] for number in cycle])
        yield Issue(("edges", closing), "cycle", "a graph without cycles", shown)


def _show_cycle(cycle: Sequence[NodeId]) -> str:
    names = [str(node_id) for node_id in cycle]
    if len(names) > _MAX_CYCLE_SHOWN:
        half = _MAX_CYCLE_SHOWN // 2
        names = [*names[:half], f"({len(names) - 2 * half} more)", *names[-half:]]
    return " -> ".join(names)


def _self_loops(edges: _Edges) -> Iterator[Issue]:
    for index, edge in enumerate(edges):
        if edge.source_node == edge.target_node:
            path = ("edges", index, "target_node")
            yield Issue(path, "self_loop", "a node other than the source", str(edge.target_node))


def _edge_ids(edges: _Edges) -> Iterator[Issue]:
    first: dict[EdgeId, int] = {}
    for index, edge in enumerate(edges):
        if first.setdefault(edge.id, index) != index:
            actual = f"{edge.id}, the id of edge {first[edge.id]}"
            yield Issue(("edges", index, "id"), "duplicate_id", "a unique edge id", actual)


def _ends(nodes: _Nodes, edges: _Edges) -> Iterator[Issue]:
    """Both ends exist; nothing leads into an input of the workflow or out of an output."""
    for index, edge in enumerate(edges):
        source, target = nodes.get(edge.source_node), nodes.get(edge.target_node)
        path = ("edges", index, "source_node")
        if source is None:
            yield Issue(path, "dangling_edge", "a node of the workflow", str(edge.source_node))
        elif isinstance(source, OutputNode):
            yield Issue(path, "port_mismatch", "a node that edges may leave", f"output node {edge.source_node}")
        path = ("edges", index, "target_node")
        if target is None:
            yield Issue(path, "dangling_edge", "a node of the workflow", str(edge.target_node))
        elif isinstance(target, InputNode):
            yield Issue(path, "port_mismatch", "a node that edges may enter", f"input node {edge.target_node}")


def _ports(edges: _Edges, inputs: _Ports, outputs: _Ports) -> Iterator[Issue]:
    """Data edges join ports that exist and whose types fit."""
    for index, edge in enumerate(edges):
        if not isinstance(edge, DataEdge):
            continue
        # An end that is wrong as such is in neither map, and has an issue of its own.
        sources, targets = outputs.get(edge.source_node), inputs.get(edge.target_node)
        source = None if sources is None else sources.get(edge.source_port)
        target = None if targets is None else targets.get(edge.target_port)
        if sources is not None and source is None:
            expected = f"an output port of node {edge.source_node}"
            yield Issue(("edges", index, "source_port"), "port_mismatch", expected, describe(edge.source_port))
        if targets is not None and target is None:
            expected = f"an input port of node {edge.target_node}"
            yield Issue(("edges", index, "target_port"), "port_mismatch", expected, describe(edge.target_port))
        if source is None or target is None or edge.transform is not None:
            continue
        if not source.data_type.is_compatible_with(target.data_type):
            expected = f"data that fits {target.data_type!r}"
            yield Issue(("edges", index, "target_port"), "port_mismatch", expected, repr(source.data_type))


def _fan_in(edges: _Edges) -> Iterator[Issue]:
    """At most one data edge leads to an input port; the same pair of ports is joined once."""
    first: dict[tuple[NodeId, str], int] = {}
    pairs: dict[tuple[NodeId, str, NodeId, str], int] = {}
    for index, edge in enumerate(edges):
        if not isinstance(edge, DataEdge):
            continue
        target = (edge.target_node, edge.target_port)
        pair = (edge.source_node, edge.source_port, *target)
        if pairs.setdefault(pair, index) != index:
            actual = f"the ports of edge {pairs[pair]} again"
            yield Issue(("edges", index), "duplicate_id", "a unique pair of ports", actual)
        elif first.setdefault(target, index) != index:
            expected = "an input port without another data edge"
            actual = f"{describe(edge.target_port)}, the target of edge {first[target]}"
            yield Issue(("edges", index, "target_port"), "port_mismatch", expected, actual)


def _missing_inputs(nodes: _Nodes, edges: _Edges) -> Iterator[Issue]:
    """Required inputs are connected or have a default."""
    connected = {(edge.target_node, edge.target_port) for edge in edges if isinstance(edge, DataEdge)}
    for node_id, node in nodes.items():
        for index, port in enumerate(node.input_ports):
            if port.required and not port.has_default and (node_id, port.name) not in connected:
                place: tuple[str | int, ...] = ("input",) if isinstance(node, OutputNode) else ("inputs", index)
                expected = f"an edge or a default for required input {port.name!r}"
                yield Issue(("nodes", str(node_id), *place), "missing_input", expected, "neither")


def _joins(nodes: _Nodes, edges: _Edges) -> Iterator[Issue]:
    """Merge and join nodes have two or more incoming edges."""
    counts = _count(edge.target_node for edge in edges)
    for node_id, node in nodes.items():
        if isinstance(node, ControlNode) and node.control_type.joins and counts.get(node_id, 0) < 2:
            expected = f"two or more edges into a {node.control_type.value.lower()} node"
            yield Issue(("nodes", str(node_id)), "missing_input", expected, str(counts.get(node_id, 0)))


def _count(targets: Iterable[NodeId]) -> dict[NodeId, int]:
    counts: dict[NodeId, int] = {}
    for target in targets:
        counts[target] = counts.get(target, 0) + 1
    return counts
