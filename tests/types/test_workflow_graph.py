"""Workflows: the rules of their graph, and the order of their nodes."""

from __future__ import annotations

import itertools
import pickle
import time
import uuid

import attrs
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_types.checks import FieldError
from symphony_types.errors import WorkflowCyclicDependencyError, WorkflowInvalidDefinitionError
from symphony_types.ids import EdgeId, MotifId, NodeId
from symphony_types.time import Duration, Timestamp
from symphony_types.traits.validatable import Validatable
from symphony_types.version import Version
from symphony_types.workflow import (
    ConditionalEdge,
    ControlEdge,
    ControlNode,
    ControlType,
    CreationSource,
    DataEdge,
    DataTransform,
    DataType,
    Expression,
    InputNode,
    MotifNode,
    OperatorNode,
    OperatorType,
    OutputNode,
    PortDefinition,
    TransformType,
    Workflow,
    WorkflowMetadata,
)
from symphony_types.workflow.dag import Digraph


def node_id(number):
    """Return the id whose bytes are *number*, so that ids sort as numbers do."""
    return NodeId(uuid.UUID(int=number))


def edge_id(number):
    """Return an id of an edge."""
    return EdgeId(uuid.UUID(int=number))


def port(name, kind=DataType.STRING, **more):
    """Return a port."""
    return PortDefinition(name=name, data_type=kind, **more)


def step(number, inputs=(), outputs=()):
    """Return an operator node."""
    return OperatorNode(
        id=node_id(number), name=f"n{number}", operator_type=OperatorType.TRANSFORM, inputs=inputs, outputs=outputs
    )


def source(number):
    """Return an operator node with outputs of two types."""
    return step(number, outputs=[port("s"), port("i", DataType.INTEGER)])


def sink(number, **more):
    """Return an operator node with two inputs, one of them required."""
    return step(number, inputs=[port("s", **more), port("f", DataType.FLOAT, required=False)])


def data(number, start, out, end, into, **more):
    """Return a data edge."""
    return DataEdge(
        id=edge_id(number),
        source_node=node_id(start),
        source_port=out,
        target_node=node_id(end),
        target_port=into,
        **more,
    )


def control(number, start, end):
    """Return a control edge."""
    return ControlEdge(id=edge_id(number), source_node=node_id(start), target_node=node_id(end))


def text(number):
    """Return the text of a node's id."""
    return str(node_id(number))


GOOD = Workflow.of(
    "good",
    [
        InputNode(id=node_id(1), name="in", output=port("s")),
        source(2),
        sink(3),
        ControlNode(id=node_id(4), name="join", control_type=ControlType.JOIN),
        OutputNode(id=node_id(5), name="out", input=port("s")),
    ],
    [
        data(1, 1, "s", 5, "s"),
        data(2, 2, "s", 3, "s"),
        data(3, 2, "i", 3, "f"),
        control(4, 3, 4),
        ConditionalEdge(id=edge_id(5), source_node=node_id(2), target_node=node_id(4), condition=Expression("$.x")),
    ],
)


def test_good_workflow():
    """A workflow that breaks no rule says so, and round trips through pickle."""
    assert isinstance(GOOD, Validatable)
    assert GOOD.validation_errors() == GOOD.warnings() == ()
    GOOD.validate()
    assert pickle.loads(pickle.dumps(GOOD)) == GOOD
    with pytest.raises(TypeError, match="unhashable"):
        hash(GOOD)


def test_defaults():
    """An empty workflow is one."""
    empty = Workflow(name="x")
    assert (empty.version, empty.nodes, empty.edges, empty.metadata) == (Version(1, 0, 0), {}, (), WorkflowMetadata())
    assert empty.updated_at == empty.created_at
    assert empty.validation_errors() == empty.warnings() == empty.topological_order() == empty.parallel_levels() == ()
    assert [field.name for field in attrs.fields(Workflow)] == [
        "id", "name", "description", "version", "nodes", "edges", "metadata", "created_at", "updated_at",
    ]  # fmt: skip


BROKEN = {
    "duplicate edge id": (
        [source(1), sink(2)],
        [data(7, 1, "s", 2, "s"), data(7, 1, "i", 2, "f")],
        [(("edges", 1, "id"), "duplicate_id")],
    ),
    "no source": ([sink(2)], [data(1, 9, "s", 2, "s")], [(("edges", 0, "source_node"), "dangling_edge")]),
    "no target": ([source(1)], [control(1, 1, 9)], [(("edges", 0, "target_node"), "dangling_edge")]),
    "neither end": (
        [source(1)],
        [data(1, 8, "s", 9, "s")],
        [(("edges", 0, "source_node"), "dangling_edge"), (("edges", 0, "target_node"), "dangling_edge")],
    ),
    "self loop": ([step(1), step(2)], [control(1, 2, 2)], [(("edges", 0, "target_node"), "self_loop")]),
    "no such output": (
        [source(1), sink(2)],
        [data(1, 1, "x", 2, "s")],
        [(("edges", 0, "source_port"), "port_mismatch")],
    ),
    "output taken for an input": (
        [source(1), sink(2, default_value="d")],
        [data(1, 1, "s", 1 + 1, "i")],
        [(("edges", 0, "target_port"), "port_mismatch")],
    ),
    "types do not fit": (
        [source(1), sink(2)],
        [data(1, 1, "i", 2, "s")],
        [(("edges", 0, "target_port"), "port_mismatch")],
    ),
    "two edges into a port": (
        [source(1), source(2), sink(3)],
        [data(1, 1, "s", 3, "s"), data(2, 2, "s", 3, "s")],
        [(("edges", 1, "target_port"), "port_mismatch")],
    ),
    "the same ports twice": (
        [source(1), sink(3)],
        [data(1, 1, "s", 3, "s"), data(2, 1, "s", 3, "s")],
        [(("edges", 1), "duplicate_id")],
    ),
    "edge into an input": (
        [step(1), InputNode(id=node_id(2), name="in", output=port("s"))],
        [control(1, 1, 2)],
        [(("edges", 0, "target_node"), "port_mismatch")],
    ),
    "edge out of an output": (
        [OutputNode(id=node_id(1), name="out", input=port("s", required=False)), sink(2)],
        [data(1, 1, "s", 2, "s")],
        [(("edges", 0, "source_node"), "port_mismatch")],
    ),
    "required input open": ([source(1), sink(2)], [], [(("nodes", text(2), "inputs", 0), "missing_input")]),
    "result open": (
        [OutputNode(id=node_id(3), name="out", input=port("s"))],
        [],
        [(("nodes", text(3), "input"), "missing_input")],
    ),
    "join of one": (
        [step(1), ControlNode(id=node_id(2), name="j", control_type=ControlType.JOIN)],
        [control(1, 1, 2)],
        [(("nodes", text(2)), "missing_input")],
    ),
    "merge of none": (
        [ControlNode(id=node_id(2), name="m", control_type=ControlType.MERGE)],
        [],
        [(("nodes", text(2)), "missing_input")],
    ),
    "cycle": (
        [step(1), step(2), step(3)],
        [control(1, 2, 3), control(2, 3, 1), control(3, 1, 2)],
        [(("edges", 1), "cycle")],
    ),
    "two cycles": (
        [step(n) for n in range(1, 6)],
        [control(1, 1, 2), control(2, 2, 1), control(3, 2, 3), control(4, 4, 5), control(5, 5, 4)],
        [(("edges", 1), "cycle"), (("edges", 4), "cycle")],
    ),
}


@pytest.mark.parametrize(("nodes", "edges", "expected"), BROKEN.values(), ids=BROKEN)
def test_broken_rules(nodes, edges, expected):
    """Each rule has a path and a code, and `validate` raises the error of the domain."""
    broken = Workflow.of("broken", nodes, edges)
    assert [(issue.path, issue.code) for issue in broken.validation_errors()] == expected
    cyclic = expected[0][1] in {"cycle", "self_loop"}
    with pytest.raises(WorkflowCyclicDependencyError if cyclic else WorkflowInvalidDefinitionError):
        broken.validate()


def test_cycles_are_shown_closed():
    """The path begins and ends with the same node; other problems follow, edge by edge."""
    broken = Workflow.of(
        "broken",
        [step(1), step(2), step(3), sink(4)],
        [control(9, 4, 8), control(1, 2, 3), control(2, 3, 1), control(3, 1, 2), control(3, 2, 2)],
    )
    issues = broken.validation_errors()
    assert [issue.code for issue in issues] == ["cycle", "self_loop", "dangling_edge", "duplicate_id", "missing_input"]
    assert issues[0].actual == " -> ".join([text(1), text(2), text(3), text(1)])
    with pytest.raises(WorkflowCyclicDependencyError) as caught:
        broken.validate()
    assert caught.value.__notes__ == [str(issue) for issue in issues]


def test_long_cycles_are_shortened():
    """A message stays short, whatever the graph."""
    size = 50
    broken = Workflow.of("ring", [step(n) for n in range(size)], [control(n, n, (n + 1) % size) for n in range(size)])
    (issue,) = broken.validation_errors()
    assert "(43 more)" in issue.actual
    assert issue.actual.startswith(text(0))
    assert issue.actual.endswith(text(0))


def test_invalid_definition_names_the_first_and_notes_the_rest():
    """All problems can be read off the error."""
    broken = Workflow.of("broken", [sink(1), sink(2)])
    with pytest.raises(WorkflowInvalidDefinitionError) as caught:
        broken.validate()
    first, second = broken.validation_errors()
    assert caught.value.reason == str(first)
    assert caught.value.__notes__ == [str(second)]


def test_what_is_allowed():
    """Defaults, transforms, fan-out, optional inputs and edges of several kinds between two nodes break no rule."""
    transform = DataTransform(transform_type=TransformType.MAP)
    allowed = Workflow.of(
        "allowed",
        [source(1), sink(2, default_value="x"), sink(3)],
        [
            data(1, 1, "i", 3, "s", transform=transform),
            data(2, 1, "i", 2, "f"),
            data(3, 1, "i", 3, "f"),
            control(4, 1, 2),
            control(5, 1, 2),
        ],
    )
    assert allowed.validation_errors() == ()


def test_orphans_are_warned_of():
    """A node without edges is odd, unless it is alone."""
    orphan = MotifNode(id=node_id(3), name="m", motif_id=MotifId.new())
    lonely = Workflow.of("lonely", [step(1), step(2), orphan], [control(1, 1, 2)])
    assert [(issue.path, issue.code) for issue in lonely.warnings()] == [(("nodes", text(3)), "orphan_node")]
    assert lonely.validation_errors() == ()
    assert Workflow.of("single", [orphan]).warnings() == ()


def test_node_key_is_node_id():
    """The map's key and the node agree."""
    with pytest.raises(FieldError) as caught:
        Workflow(name="x", nodes={node_id(1): step(2)})
    assert caught.value.path == ("nodes", text(1), "id")


def test_duplicate_nodes_are_refused():
    """A list of nodes with one id twice is no workflow."""
    with pytest.raises(FieldError) as caught:
        Workflow.of("x", [step(1), step(1)])
    assert (caught.value.code, caught.value.path) == ("duplicate_id", ("nodes", 1, "id"))


NOW = Timestamp.now()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"id": node_id(1)}, ("id",)),
        ({"name": ""}, ("name",)),
        ({"name": "x" * 129}, ("name",)),
        ({"version": "1.0.0"}, ("version",)),
        ({"nodes": [step(1)]}, ("nodes",)),
        ({"nodes": {text(1): step(1)}}, ("nodes", text(1))),
        ({"nodes": {node_id(1): control(1, 1, 2)}}, ("nodes", text(1))),
        ({"edges": [step(1)]}, ("edges", 0)),
        ({"edges": "x"}, ("edges",)),
        ({"metadata": {}}, ("metadata",)),
        ({"created_at": NOW, "updated_at": NOW - Duration(1, 0)}, ("updated_at",)),
    ],
)
def test_refused_fields(changes, path):
    """Each field is checked and named."""
    with pytest.raises(FieldError) as caught:
        Workflow(**{"name": "x", **changes})
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"tags": ["a", "a"]}, ("tags", 1)),
        ({"tags": "a"}, ("tags",)),
        ({"author": 1}, ("author",)),
        ({"custom": {1: 1}}, ("custom", "1")),
        ({"is_public": None}, ("is_public",)),
        ({"creation_source": "UserCreated"}, ("creation_source",)),
    ],
)
def test_refused_metadata(changes, path):
    """Metadata is checked too."""
    with pytest.raises(FieldError) as caught:
        WorkflowMetadata(**changes)
    assert caught.value.path == path
    assert WorkflowMetadata().creation_source is CreationSource.USER_CREATED


def test_order_of_a_diamond():
    """Smaller ids go first where there is a choice, whatever the order of the map."""
    edges = [control(1, 9, 3), control(2, 9, 2), control(3, 3, 1), control(4, 2, 1), control(5, 9, 3)]
    nodes = [step(1), step(3), step(9), step(2), step(5)]
    diamond = Workflow.of("diamond", nodes, edges)
    assert diamond.topological_order() == tuple(map(node_id, [5, 9, 2, 3, 1]))
    assert diamond.parallel_levels() == tuple(tuple(map(node_id, level)) for level in [[5, 9], [2, 3], [1]])
    shuffled = Workflow.of("diamond", nodes[::-1], edges[::-1])
    assert shuffled.topological_order() == diamond.topological_order()


@pytest.mark.parametrize("method", [Workflow.topological_order, Workflow.parallel_levels])
def test_no_order_of_a_broken_graph(method):
    """A cycle has no order, nor has an edge to nowhere."""
    for edges in ([control(1, 1, 2), control(2, 2, 1)], [control(1, 1, 1)]):
        with pytest.raises(WorkflowCyclicDependencyError):
            method(Workflow.of("x", [step(1), step(2)], edges))
    for edge, field in ((control(1, 1, 9), "target_node"), (control(1, 9, 1), "source_node")):
        with pytest.raises(WorkflowInvalidDefinitionError, match=rf"edges\[0\]\.{field}"):
            method(Workflow.of("x", [step(1)], [edge]))


@st.composite
def dags(draw):
    """Draw a graph whose edges go from lower to higher places of a random permutation of ids."""
    places = draw(st.permutations(range(draw(st.integers(1, 12)))))
    pairs = st.tuples(st.integers(0, len(places) - 1), st.integers(0, len(places) - 1))
    edges = draw(st.lists(pairs, max_size=30))
    return [*places], [(places[min(pair)], places[max(pair)]) for pair in edges if pair[0] != pair[1]]


@settings(max_examples=60)
@given(dags())
def test_orders_go_forward(dag):
    """Every edge leads from an earlier node to a later one, and to a later level, one past the last predecessor's."""
    numbers, pairs = dag
    workflow = Workflow.of("dag", map(step, numbers), [control(n, a, b) for n, (a, b) in enumerate(pairs)])
    assert workflow.validation_errors() == ()
    order = workflow.topological_order()
    levels = workflow.parallel_levels()
    assert sorted(order) == sorted(node for level in levels for node in level) == sorted(workflow.nodes)
    place = {node: index for index, node in enumerate(order)}
    level_of = {node: index for index, level in enumerate(levels) for node in level}
    for a, b in pairs:
        assert place[node_id(a)] < place[node_id(b)]
    for number in numbers:
        before = [level_of[node_id(a)] for a, b in pairs if b == number]
        assert level_of[node_id(number)] == max(before, default=-1) + 1
    assert all(list(level) == sorted(level) for level in levels)


@given(st.integers(1, 9), st.data())
def test_cycles_are_cycles(size, draws):
    """A reported cycle is closed, follows edges, and there is one exactly where there is no order."""
    ends = st.integers(0, size - 1)
    pairs = draws.draw(st.lists(st.tuples(ends, ends), max_size=20))
    graph = Digraph.from_edges(size, pairs)
    cycles = graph.cycles()
    for cycle in cycles:
        assert cycle[0] == cycle[-1] == min(cycle)
        assert len(set(cycle)) == len(cycle) - 1
        assert all(step in pairs for step in itertools.pairwise(cycle))
    complete = len(graph.topological_order()) == size
    assert complete is graph.is_acyclic() is (not cycles)
    assert (sum(map(len, graph.levels())) == size) is complete
    reach = {n: {n} for n in range(size)}
    for _ in range(size):
        for a, b in pairs:
            for seen in reach.values():
                if a in seen:
                    seen.add(b)
    expected = {frozenset(m for m in range(size) if m in reach[n] and n in reach[m]) for n in range(size)}
    assert {frozenset(component) for component in graph.components()} == expected


def test_large_chains_are_fast_and_do_not_recurse():
    """Ten thousand nodes in a row are checked and ordered in well under a second each."""
    size = 10_000
    nodes = [step(n) for n in range(size)]
    chain = Workflow.of("chain", nodes, [control(n, n, n + 1) for n in range(size - 1)])
    began = time.process_time()
    assert chain.validation_errors() == ()
    assert len(chain.topological_order()) == len(chain.parallel_levels()) == size
    # Ten times what it takes, for busy machines; anything quadratic takes minutes.
    assert time.process_time() - began < 3
    ring = attrs.evolve(chain, edges=[*chain.edges, control(size, size - 1, 0)])
    assert [issue.code for issue in ring.validation_errors()] == ["cycle"]
