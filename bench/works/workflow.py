"""A workflow: a chain of nodes of three kinds, each with its ports, and the edges between them."""

from __future__ import annotations

import itertools
import random
import uuid

from typing import Any, Final

from symphony_types import (
    DataEdge,
    DataType,
    EdgeId,
    InputNode,
    InstrumentNode,
    NodeId,
    OutputNode,
    PortDefinition,
    Position,
    Timestamp,
    Workflow,
    WorkflowId,
)


__all__ = ["COUNT", "DOMAIN", "NAME", "NODES", "PLAIN", "make", "plain"]

NAME: Final = "workflow"
COUNT: Final = 2
DOMAIN: Final = True
PLAIN: Final = "Workflow"
NODES: Final = 1000
_AT: Final = Timestamp(1_767_312_000_123_456_789)


def make(_classes: Any, count: int, seed: int, nodes: int = NODES) -> tuple[Any, list[Any]]:
    """Return workflows of *nodes* nodes each, at least 2."""
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    return Workflow, [_workflow(rng, number, nodes) for number in range(count)]


def plain(document: Any) -> Any:
    """Return the document for `PLAIN`, with tags as fields and timestamps cut to microseconds."""
    moments = {name: f"{document[name][:26]}Z" for name in ("created_at", "updated_at")}
    nodes = {key: _tagged(node) for key, node in document["nodes"].items()}
    return {**document, **moments, "nodes": nodes, "edges": [_tagged(edge) for edge in document["edges"]]}


def _tagged(entry: dict[str, Any]) -> dict[str, Any]:
    ((tag, fields),) = entry.items()
    return {"type": tag, **fields}


def _workflow(rng: random.Random, number: int, count: int) -> Workflow:
    nodes = [_node(rng, position, count) for position in range(count)]
    edges = tuple(
        DataEdge(
            id=EdgeId(_uuid(rng)),
            source_node=source.id,
            source_port="out",
            target_node=target.id,
            target_port="in",
        )
        for source, target in itertools.pairwise(nodes)
    )
    return Workflow(
        id=WorkflowId(_uuid(rng)),
        name=f"workflow {number}",
        description="A chain of nodes",
        nodes={node.id: node for node in nodes},
        edges=edges,
        created_at=_AT,
        updated_at=_AT,
    )


def _node(rng: random.Random, position: int, count: int) -> InputNode | InstrumentNode | OutputNode:
    base: dict[str, Any] = {
        "id": NodeId(_uuid(rng)),
        "name": f"node {position}",
        "position": Position(rng.random() * 1000, rng.random() * 1000),
    }
    if position == 0:
        return InputNode(**base, output=_port("out"))
    if position == count - 1:
        return OutputNode(**base, input=_port("in"))
    return InstrumentNode(**base, model_id="claude", inputs=(_port("in"),), outputs=(_port("out"),))


def _port(name: str) -> PortDefinition:
    return PortDefinition(name=name, data_type=DataType.STRING)


def _uuid(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
