"""The texts of faults are short, however long the document is and however many faults it has."""

from __future__ import annotations

import copy
import itertools

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.python import decode_error
from symphony_types import (
    Artifact,
    ArtifactContent,
    ConfigOption,
    ConfigProperty,
    ConfigSchema,
    ConfigType,
    Constraint,
    ControlNode,
    ControlType,
    DataEdge,
    DataType,
    ExtensionDependency,
    ExtensionManifest,
    FieldError,
    InputNode,
    InstrumentNode,
    Issue,
    NodeId,
    OutputNode,
    PortDefinition,
    SymphonyError,
    Workflow,
)
from tests.samples import SAMPLES


MOST_ISSUES = 1000
MOST_TEXT = 4200
LONG = "äb c" * 2000
COUNT = 1200
# Each replaces a value at any place in a document of any type.
JUNK: dict[str, Any] = {
    "long text": LONG,
    "a long integer": 10**2000,
    "many long texts": [LONG] * COUNT,
    "many long keys": {f"{LONG}{number}": LONG for number in range(COUNT)},
    "long variant": {LONG: [LONG]},
}
# All samples of a type, except that types with text forms have a single one.
TYPES: dict[Any, list[Any]] = {}
for as_type, sample in SAMPLES.values():
    TYPES.setdefault(as_type, []).append(sample)
(MANIFEST,) = TYPES[ExtensionManifest]


def check(issues: tuple[Issue, ...]) -> None:
    assert 0 < len(issues) <= MOST_ISSUES
    for issue in issues:
        texts = len(issue.code) + len(issue.expected) + len(issue.actual) + len(issue.message)
        assert texts <= MOST_TEXT, issue.code
        assert len(str(issue)) <= MOST_TEXT * max(1, len(issue.path)), issue.code


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in *tree*: the container and the key or position."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, item in items:
        yield tree, key
        yield from places(item)


def spoilt(tree: Any, junk: Any) -> Iterator[Any]:
    """Yield documents in which *junk* replaces everything, replaces one of the first values, or has one more key."""
    yield junk
    for number in range(min(30, sum(1 for _ in places(tree)))):
        document = copy.deepcopy(tree)
        container, key = list(places(document))[number]
        container[key] = junk
        yield document
    if isinstance(tree, dict):
        yield {**tree, LONG: junk}


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_faults_of_any_type_are_short(kind: Any, json: Codec) -> None:
    """Junk at any place of any type gives issues of bounded size."""
    converter = json.with_options(unknown_fields="forbid").converter
    trees = [json.converter.unstructure(sample, kind) for sample in TYPES[kind]]
    containers = [tree for tree in trees if isinstance(tree, (dict, list))]
    refused = 0
    for tree, junk in itertools.product(containers or trees[:1], JUNK.values()):
        for document in spoilt(tree, junk):
            try:
                converter.structure(document, kind)
            except Exception as exc:  # noqa: BLE001 - which the codec takes apart
                refused += 1
                error = decode_error(exc, converter, kind)
                check(error.issues)
                assert len(error.reason) <= 11 * MOST_TEXT
    assert refused


def port(kind: DataType = DataType.ANY, name: str = LONG, **options: Any) -> PortDefinition:
    return PortDefinition(name=name, data_type=kind, **options)


def node(*inputs: PortDefinition) -> InstrumentNode:
    return InstrumentNode(name=LONG, model_id=LONG, inputs=inputs, outputs=[port(DataType.custom(LONG))])


def edge(source: Any, target: Any, source_port: str = LONG, target_port: str = LONG, **options: Any) -> DataEdge:
    ends: list[NodeId] = [end if isinstance(end, NodeId) else end.id for end in (source, target)]
    return DataEdge(
        source_node=ends[0], source_port=source_port, target_node=ends[1], target_port=target_port, **options
    )


def workflows() -> Iterator[tuple[str, list[Any], list[DataEdge]]]:
    """Yield a graph for each rule, with more than a thousand faults against it."""
    source, many = node(), [node(port()) for _ in range(COUNT)]
    pairs = list(zip(many[::2], many[1::2], strict=True))
    yield "cycle", many, [edge(tail, head) for a, b in pairs for tail, head in ((a, b), (b, a))]
    yield "self_loop", many, [edge(item, item) for item in many]
    same = edge(source, many[0])
    yield "duplicate_id", [source, *many], [edge(source, item, id=same.id) for item in many]
    yield "dangling_edge", [], [edge(NodeId.new(), NodeId.new()) for _ in range(COUNT)]
    ends = [InputNode(name=LONG, output=port()), OutputNode(name=LONG, input=port())]
    yield "port_mismatch", [*ends, *many], [edge(ends[1], item) for item in many]
    yield "port_mismatch", [*ends, *many], [edge(item, ends[0]) for item in many]
    yield "port_mismatch", [source, *many], [edge(source, item, f"{LONG}!", f"{LONG}!") for item in many]
    deep = DataType.custom(f"{LONG}!")
    for _ in range(100):
        deep = DataType.list(deep)
    others = [node(port(deep)) for _ in range(COUNT)]
    yield "port_mismatch", [source, *others], [edge(source, item) for item in others]
    yield "port_mismatch", [source, *many], [edge(item, many[0]) for item in many[1:]]
    yield "missing_input", many, []
    yield "missing_input", [ControlNode(name=LONG, control_type=ControlType.MERGE) for _ in range(COUNT)], []


def test_faults_of_graphs_are_short() -> None:
    """Each rule of a workflow stops after a thousand issues, none of which has a whole name or type."""
    for code, nodes, edges in workflows():
        workflow = Workflow.of("w", nodes, edges)
        issues = workflow.validation_errors()

        check(issues)
        assert code in {issue.code for issue in issues}
        assert len(issues) >= COUNT // 2
        with pytest.raises(SymphonyError) as caught:
            workflow.validate()
        assert len(str(caught.value)) <= 2 * MOST_TEXT


def test_warnings_are_bounded() -> None:
    """At most a thousand warnings are listed, too."""
    check(Workflow.of("w", [node(port()) for _ in range(COUNT)]).warnings())


CHOICES = ConfigType.enum([ConfigOption(value=f"{LONG}{number}") for number in range(COUNT)])
SETTINGS: dict[str, tuple[ConfigType, list[Constraint], Any]] = {
    "choices": (ConfigType.array(CHOICES), [], [LONG] * COUNT),
    "objects": (ConfigType.array(ConfigType.object([])), [], [{LONG: LONG}] * COUNT),
    "unknown settings": (ConfigType.object([]), [], {f"{LONG}{number}": 1 for number in range(COUNT)}),
    "types": (ConfigType.array(ConfigType.INTEGER), [], [LONG] * COUNT),
    "limits": (ConfigType.STRING, [Constraint.max_length(1), *map(Constraint.pattern, "xyz")], LONG),
    "patterns": (ConfigType.STRING, [Constraint.pattern(f"{number}{'x' * 90}") for number in range(COUNT)], LONG),
}


def manifest(**fields: Any) -> ExtensionManifest:
    return attrs.evolve(MANIFEST, **fields)


@pytest.mark.parametrize("name", SETTINGS)
def test_faults_of_settings_are_short(name: str) -> None:
    """Settings, and defaults of a manifest, give at most a thousand issues."""
    kind, constraints, value = SETTINGS[name]
    item = ConfigProperty(name="x", property_type=kind, constraints=constraints)
    schema = ConfigSchema(properties=[item])

    check(schema.validate_config({"x": value}))
    check(item.validate_value(value))
    if name != "patterns":
        check(manifest(config_schema=schema, default_config={"x": value}).validation_errors())
        with pytest.raises(FieldError) as caught:
            ConfigProperty(name="x", property_type=kind, constraints=constraints, default=value)
        assert len(str(caught.value)) <= MOST_TEXT * max(1, len(caught.value.path))


def test_faults_of_manifests_are_short() -> None:
    """At most a thousand duplicate names and dependencies of a manifest are listed."""
    again = [ExtensionDependency(name=LONG) for _ in range(COUNT)]
    own = [ExtensionDependency(name=manifest().name) for _ in range(COUNT)]
    for wrong in (manifest(dependencies=again), manifest(dependencies=own)):
        check(wrong.validation_errors())
        with pytest.raises(SymphonyError) as caught:
            wrong.validate()
        assert len(str(caught.value)) <= 2 * MOST_TEXT


def test_faults_of_artifacts_are_short() -> None:
    """No fault has the content itself."""
    content = ArtifactContent.of(b"x" * 100_000)
    other = Artifact.of(b"y" * 100_000)
    wrong = attrs.evolve(content, data=b"z" * 100_000)

    check(wrong.validation_errors())
    check(attrs.evolve(other, content=wrong).validation_errors())


def test_faults_travel_short() -> None:
    """Keys are cut in a path, and cut further in a text."""
    error = decode_error(FieldError("invalid_value", (LONG, 1), LONG, LONG), get_codec("json").converter, int)

    assert error.issues[0].path == (f"{LONG[:197]}...", 1)
    assert len(str(error)) <= MOST_TEXT
    assert len(str(error.to_json_rpc().data)) <= 3 * MOST_TEXT
