"""
The rules of a workflow's graph: each is one function, and yields an issue for each place that breaks it.

Their first `MAX_ISSUES` issues are reported, and no more are made.

Nodes are looked up by the bytes of their ids, whose hashes Python keeps: a
workflow of a thousand nodes is read by looking up ten thousand.
"""

from __future__ import annotations

import collections
import itertools
import operator

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from symphony_types.checks import cut, describe
from symphony_types.ids import NodeId
from symphony_types.traits.validatable import MAX_ISSUES, Issue
from symphony_types.workflow.dag import Digraph
from symphony_types.workflow.edge import DataEdge, WorkflowEdge
from symphony_types.workflow.node import ControlNode, InputNode, OutputNode, WorkflowNode
from symphony_types.workflow.ports import DataType, PortDefinition


__all__ = ["graph_errors", "graph_warnings", "numbered"]

# A cycle through thousands of nodes is shown by its ends.
_MAX_CYCLE_SHOWN: Final = 8
_BYTES: Final = operator.attrgetter("bytes")

_Nodes = Mapping[NodeId, WorkflowNode]
_Edges = Sequence[WorkflowEdge]
_DataEdges = Sequence[tuple[int, DataEdge]]
# By the bytes of a node's id, and a name.
_Ports = Mapping[tuple[bytes, str], PortDefinition]


def graph_errors(nodes: _Nodes, edges: _Edges) -> tuple[Issue, ...]:
    """Find what is broken: cycles first, then by edge, then by node."""
    by_bytes = {node_id.bytes: node for node_id, node in nodes.items()}
    data_edges = [(index, edge) for index, edge in enumerate(edges) if isinstance(edge, DataEdge)]
    connected = {(edge.target_node.bytes, edge.target_port) for _, edge in data_edges}
    by_edge = [_edge_ids(edges), _ends(by_bytes, edges), _ports(by_bytes, data_edges)]
    if len(connected) < len(data_edges):
        by_edge.append(_fan_in(data_edges))
    # Each goes through the edges in order.  Stable: what is wrong with one edge keeps the order of the rules.
    found = [issue for rule in by_edge for issue in itertools.islice(rule, MAX_ISSUES)]
    found.sort(key=_edge_index)
    rules = (_cycles(nodes, edges), _self_loops(edges), found, _missing_inputs(nodes, connected), _joins(nodes, edges))
    return tuple(itertools.islice(itertools.chain.from_iterable(rules), MAX_ISSUES))


def graph_warnings(nodes: _Nodes, edges: _Edges) -> tuple[Issue, ...]:
    """Find the nodes that no edge touches, unless there is only one node."""
    if len(nodes) < 2:
        return ()
    touched = {end for edge in edges for end in (edge.source_node, edge.target_node)}
    orphans = (node_id for node_id in nodes if node_id not in touched)
    return tuple(
        Issue(("nodes", str(node_id)), "orphan_node", "a node with an edge", "one without")
        for node_id in itertools.islice(orphans, MAX_ISSUES)
    )


def numbered(nodes: _Nodes) -> tuple[list[NodeId], dict[bytes, int]]:
    """Number the nodes in the order of their ids; return the ids by number, and the numbers by the ids' bytes."""
    ids = sorted(nodes, key=_BYTES)
    return ids, {node_id.bytes: number for number, node_id in enumerate(ids)}


def _edge_index(issue: Issue) -> int:
    index = issue.path[1]
    assert isinstance(index, int)
    return index


def _is_acyclic(nodes: _Nodes, edges: _Edges) -> bool:
    numbers = {node_id.bytes: number for number, node_id in enumerate(nodes)}
    successors: list[list[int]] = [[] for _ in numbers]
    for edge in edges:
        source, target = numbers.get(edge.source_node.bytes), numbers.get(edge.target_node.bytes)
        if source is not None and target is not None and source != target:
            successors[source].append(target)
    return Digraph(successors).is_acyclic()


def _cycles(nodes: _Nodes, edges: _Edges) -> Iterator[Issue]:
    if _is_acyclic(nodes, edges):
        return  # which is quickly seen, unlike where a cycle is
    ids, numbers = numbered(nodes)
    first_edge: dict[tuple[int, int], int] = {}
    for index, edge in enumerate(edges):
        source, target = numbers.get(edge.source_node.bytes), numbers.get(edge.target_node.bytes)
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
        if edge.source_node.bytes == edge.target_node.bytes:
            path = ("edges", index, "target_node")
            yield Issue(path, "self_loop", "a node other than the source", str(edge.target_node))


def _edge_ids(edges: _Edges) -> Iterator[Issue]:
    first: dict[bytes, int] = {}
    for index, edge in enumerate(edges):
        if first.setdefault(edge.id.bytes, index) != index:
            actual = f"{edge.id}, the id of edge {first[edge.id.bytes]}"
            yield Issue(("edges", index, "id"), "duplicate_id", "a unique edge id", actual)


def _ends(nodes: Mapping[bytes, WorkflowNode], edges: _Edges) -> Iterator[Issue]:
    """Both ends exist; nothing leads into an input of the workflow or out of an output."""
    for index, edge in enumerate(edges):
        source, target = nodes.get(edge.source_node.bytes), nodes.get(edge.target_node.bytes)
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


def _ports(nodes: Mapping[bytes, WorkflowNode], edges: _DataEdges) -> Iterator[Issue]:
    """Data edges join ports that exist and whose types fit."""
    # Of nodes that an edge may enter, and leave; an end that is wrong as such has an issue of its own.
    inputs: _Ports = {
        (key, port.name): port
        for key, node in nodes.items()
        if not isinstance(node, InputNode)
        for port in node.input_ports
    }
    outputs: _Ports = {
        (key, port.name): port
        for key, node in nodes.items()
        if not isinstance(node, OutputNode)
        for port in node.output_ports
    }
    fits = _Fits()
    for index, edge in edges:
        source = outputs.get((edge.source_node.bytes, edge.source_port))
        target = inputs.get((edge.target_node.bytes, edge.target_port))
        if source is None and not isinstance(nodes.get(edge.source_node.bytes), (OutputNode, type(None))):
            expected = f"an output port of node {edge.source_node}"
            yield Issue(("edges", index, "source_port"), "port_mismatch", expected, describe(edge.source_port))
        if target is None and not isinstance(nodes.get(edge.target_node.bytes), (InputNode, type(None))):
            expected = f"an input port of node {edge.target_node}"
            yield Issue(("edges", index, "target_port"), "port_mismatch", expected, describe(edge.target_port))
        if source is None or target is None or edge.transform is not None:
            continue
        if not fits(source.data_type, target.data_type):
            expected = f"data that fits {fits.shown(target.data_type)}"
            actual = fits.shown(source.data_type)
            yield Issue(("edges", index, "target_port"), "port_mismatch", expected, actual)


class _Fits:
    """Whether data of one type fits another; a type may be as long as the document, so each pair is compared once."""

    def __init__(self) -> None:
        # By the ids of types that the workflow holds.
        self._fits: dict[tuple[int, int], bool] = {}
        self._shown: dict[int, str] = {}

    def __call__(self, source: DataType, target: DataType) -> bool:
        pair = id(source), id(target)
        if pair not in self._fits:
            self._fits[pair] = source.is_compatible_with(target)
        return self._fits[pair]

    def shown(self, kind: DataType) -> str:
        """Return the ``repr`` of *kind*, cut."""
        if id(kind) not in self._shown:
            self._shown[id(kind)] = cut(repr(kind))
        return self._shown[id(kind)]


def _fan_in(edges: _DataEdges) -> Iterator[Issue]:
    """At most one data edge leads to an input port; the same pair of ports is joined once."""
    first: dict[tuple[bytes, str], int] = {}
    pairs: dict[tuple[bytes, str, bytes, str], int] = {}
    for index, edge in edges:
        target = (edge.target_node.bytes, edge.target_port)
        pair = (edge.source_node.bytes, edge.source_port, *target)
        if pairs.setdefault(pair, index) != index:
            actual = f"the ports of edge {pairs[pair]} again"
            yield Issue(("edges", index), "duplicate_id", "a unique pair of ports", actual)
        elif first.setdefault(target, index) != index:
            expected = "an input port without another data edge"
            actual = f"{describe(edge.target_port)}, the target of edge {first[target]}"
            yield Issue(("edges", index, "target_port"), "port_mismatch", expected, actual)


def _missing_inputs(nodes: _Nodes, connected: Collection[tuple[bytes, str]]) -> Iterator[Issue]:
    """Required inputs are connected or have a default."""
    for node_id, node in nodes.items():
        for index, port in enumerate(node.input_ports):
            if port.required and not port.has_default and (node_id.bytes, port.name) not in connected:
                place: tuple[str | int, ...] = ("input",) if isinstance(node, OutputNode) else ("inputs", index)
                expected = f"an edge or a default for required input {cut(port.name)!r}"
                yield Issue(("nodes", str(node_id), *place), "missing_input", expected, "neither")


def _joins(nodes: _Nodes, edges: _Edges) -> Iterator[Issue]:
    """Merge and join nodes have two or more incoming edges."""
    counts = collections.Counter(edge.target_node.bytes for edge in edges)
    for node_id, node in nodes.items():
        if isinstance(node, ControlNode) and node.control_type.joins and counts[node_id.bytes] < 2:
            expected = f"two or more edges into a {node.control_type.value.lower()} node"
            yield Issue(("nodes", str(node_id)), "missing_input", expected, str(counts[node_id.bytes]))
