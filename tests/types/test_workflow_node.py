"""Nodes, ports, data types and configurations of workflows."""

from __future__ import annotations

import copy
import pickle
import typing

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import workflow
from symphony_types.checks import FieldError, FieldTypeError
from symphony_types.ids import ExtensionId, MotifId, NodeId
from symphony_types.time import Duration
from symphony_types.workflow import (
    ControlNode,
    ControlType,
    DataType,
    Expression,
    InputNode,
    InstrumentConfig,
    InstrumentNode,
    MotifNode,
    NodeBase,
    OperatorConfig,
    OperatorNode,
    OperatorType,
    OutputNode,
    PortDefinition,
    Position,
)


TEXT_PORT = PortDefinition(name="text", data_type=DataType.STRING)
UNITS = tuple(DataType.members())
LIST = DataType.list
MAP = DataType.map

NODES = [
    InstrumentNode(name="a", model_id="m", inputs=[TEXT_PORT], outputs=[TEXT_PORT]),
    OperatorNode(name="a", operator_type=OperatorType.PARSE, inputs=[TEXT_PORT], outputs=[TEXT_PORT]),
    MotifNode(name="a", motif_id=MotifId.new(), inputs=[TEXT_PORT], outputs=[TEXT_PORT]),
    ControlNode(name="a", control_type=ControlType.MERGE, inputs=[TEXT_PORT], outputs=[TEXT_PORT]),
    InputNode(name="a", output=TEXT_PORT),
    OutputNode(name="a", input=TEXT_PORT),
]

data_types = st.recursive(
    st.sampled_from(UNITS) | st.text(min_size=1, max_size=4).map(DataType.custom),
    lambda inner: inner.map(LIST) | inner.map(MAP),
    max_leaves=4,
)


@pytest.mark.parametrize("node", NODES, ids=lambda node: type(node).__name__)
def test_common_fields_come_first_and_have_defaults(node):
    """Every node begins with the fields of the base, in the same order."""
    names = [field.name for field in attrs.fields(type(node))]
    assert names[:7] == ["id", "name", "description", "position", "enabled", "metadata", "extension_id"]
    assert isinstance(node.id, NodeId)
    assert (node.description, node.position, node.enabled) == (None, Position(0.0, 0.0), True)
    assert (node.metadata, node.extension_id) == ({}, None)


@pytest.mark.parametrize(
    ("cls", "own"),
    [
        (InstrumentNode, ["model_id", "model_version", "config", "inputs", "outputs"]),
        (OperatorNode, ["operator_type", "config", "inputs", "outputs"]),
        (MotifNode, ["motif_id", "inputs", "outputs"]),
        (ControlNode, ["control_type", "condition", "inputs", "outputs"]),
        (InputNode, ["output"]),
        (OutputNode, ["input"]),
    ],
)
def test_own_fields_in_order(cls, own):
    """The order of the fields is the order of positional encodings."""
    assert [field.name for field in attrs.fields(cls)][7:] == own


@pytest.mark.parametrize("node", NODES, ids=lambda node: type(node).__name__)
def test_nodes_copy_pickle_compare_and_do_not_hash(node):
    """Nodes are values that hold maps."""
    assert pickle.loads(pickle.dumps(node)) == node
    assert copy.deepcopy(node) == node
    assert attrs.evolve(node, name="b") != node
    with pytest.raises(TypeError, match="unhashable"):
        hash(node)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        node.name = "b"


@pytest.mark.parametrize("cls", [getattr(workflow, name) for name in workflow.__all__], ids=workflow.__all__)
def test_annotations_resolve(cls):
    """All fields' types are there at run time."""
    if attrs.has(cls):
        hints = typing.get_type_hints(cls, include_extras=True)
        assert {field.name for field in attrs.fields(cls)} <= set(hints)


def test_all_is_sorted_and_lazy_names_agree():
    """The package exports what it says."""
    assert workflow.__all__ == sorted(workflow.__all__)
    assert set(workflow.__all__) <= set(dir(workflow))


@pytest.mark.parametrize("node", NODES, ids=lambda node: type(node).__name__)
def test_ports_of_each_node(node):
    """Inputs have no input ports, outputs no output ports."""
    assert node.input_ports == (() if isinstance(node, InputNode) else (TEXT_PORT,))
    assert node.output_ports == (() if isinstance(node, OutputNode) else (TEXT_PORT,))
    assert NodeBase(name="x").input_ports == NodeBase(name="x").output_ports == ()


@pytest.mark.parametrize("field", ["inputs", "outputs"])
def test_port_names_are_unique_per_direction(field):
    """The same name twice in one direction is refused, once in each is not."""
    with pytest.raises(FieldError) as caught:
        OperatorNode(name="a", operator_type=OperatorType.FILTER, **{field: [TEXT_PORT, TEXT_PORT]})
    assert (caught.value.code, caught.value.path) == ("duplicate_id", (field, 1, "name"))


@pytest.mark.parametrize("kind", list(ControlType))
def test_branch_and_loop_need_a_condition(kind):
    """What decides needs something to decide by."""
    needs = kind in {ControlType.BRANCH, ControlType.LOOP}
    assert kind.needs_condition is needs
    assert ControlNode(name="c", control_type=kind, condition=Expression("$.x")).condition == Expression("$.x")
    if not needs:
        assert ControlNode(name="c", control_type=kind).condition is None
        return
    with pytest.raises(FieldError) as caught:
        ControlNode(name="c", control_type=kind)
    assert (caught.value.code, caught.value.path) == ("missing_field", ("condition",))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"id": ExtensionId.new()}, ("id",)),
        ({"name": ""}, ("name",)),
        ({"description": 1}, ("description",)),
        ({"position": (0, 0)}, ("position",)),
        ({"enabled": 1}, ("enabled",)),
        ({"metadata": [("a", 1)]}, ("metadata",)),
        ({"metadata": {1: 2}}, ("metadata", "1")),
        ({"extension_id": NodeId.new()}, ("extension_id",)),
        ({"model_id": ""}, ("model_id",)),
        ({"model_version": ""}, ("model_version",)),
        ({"config": OperatorConfig()}, ("config",)),
        ({"inputs": "text"}, ("inputs",)),
        ({"inputs": {"text": TEXT_PORT}}, ("inputs",)),
        ({"inputs": 5}, ("inputs",)),
        ({"outputs": [TEXT_PORT, "text"]}, ("outputs", 1)),
    ],
)
def test_refused_fields(changes, path):
    """Each field is checked and named."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(NODES[0], **changes)
    assert caught.value.path == path


def test_lists_become_tuples_and_maps_are_copied():
    """What the caller keeps does not reach into the node."""
    metadata = {"a": 1}
    node = InstrumentNode(name="a", model_id="m", metadata=metadata, inputs=iter([TEXT_PORT]))
    metadata["b"] = 2
    assert (node.metadata, node.inputs) == ({"a": 1}, (TEXT_PORT,))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1", True, None])
def test_positions_are_finite(value):
    """A place is a pair of finite numbers."""
    with pytest.raises(FieldError):
        Position(value, 0.0)
    with pytest.raises(FieldError):
        Position(0.0, value)


COMPATIBLE = [
    (DataType.INTEGER, DataType.FLOAT),
    (DataType.ANY, DataType.BYTES),
    (DataType.ARTIFACT, DataType.ANY),
    (LIST(DataType.INTEGER), LIST(DataType.FLOAT)),
    (LIST(DataType.ANY), LIST(DataType.BYTES)),
    (MAP(LIST(DataType.INTEGER)), MAP(LIST(DataType.FLOAT))),
    (LIST(MAP(DataType.STRING)), DataType.JSON),
    (MAP(LIST(DataType.STRING)), MAP(DataType.JSON)),
    (DataType.NULL, DataType.JSON),
    (DataType.custom("x"), DataType.custom("x")),
]
INCOMPATIBLE = [
    (DataType.FLOAT, DataType.INTEGER),
    (DataType.JSON, DataType.STRING),
    (DataType.JSON, LIST(DataType.JSON)),
    (DataType.BYTES, DataType.JSON),
    (LIST(DataType.ARTIFACT), DataType.JSON),
    (LIST(DataType.STRING), MAP(DataType.STRING)),
    (LIST(DataType.STRING), DataType.STRING),
    (LIST(DataType.FLOAT), LIST(DataType.INTEGER)),
    (DataType.custom("x"), DataType.custom("y")),
    (DataType.custom("x"), DataType.JSON),
    (DataType.BOOLEAN, DataType.INTEGER),
]


@pytest.mark.parametrize(("source", "target"), COMPATIBLE)
def test_compatible_types(source, target):
    """Data of these types flows."""
    assert source.is_compatible_with(target)


@pytest.mark.parametrize(("source", "target"), INCOMPATIBLE)
def test_incompatible_types(source, target):
    """Data of these types does not flow."""
    assert not source.is_compatible_with(target)


@given(data_types, data_types)
def test_compatibility_laws(one, other):
    """It is reflexive, `Any` fits both ways, containers are covariant."""
    assert one.is_compatible_with(one)
    assert one.is_compatible_with(DataType.ANY)
    assert DataType.ANY.is_compatible_with(one)
    fits = one.is_compatible_with(other)
    assert LIST(one).is_compatible_with(LIST(other)) is fits
    assert MAP(one).is_compatible_with(MAP(other)) is fits


@given(data_types)
def test_data_types_pickle_and_sort(kind):
    """They are values, with units that stay singletons."""
    again = pickle.loads(pickle.dumps(kind))
    assert again == kind
    assert hash(again) == hash(kind)
    assert not kind < again


@pytest.mark.parametrize(
    ("make", "value"), [(LIST, "String"), (MAP, None), (DataType.custom, ""), (DataType.custom, 1)]
)
def test_refused_data_types(make, value):
    """A container holds a data type, a custom type has a name."""
    with pytest.raises(FieldError):
        make(value)


ACCEPTED = [
    (DataType.ANY, object()),
    (DataType.NULL, None),
    (DataType.BOOLEAN, True),
    (DataType.INTEGER, 5),
    (DataType.FLOAT, 5),
    (DataType.FLOAT, 5.5),
    (DataType.STRING, "x"),
    (DataType.BYTES, "AAE="),
    (DataType.JSON, {"a": [1]}),
    (DataType.ARTIFACT, "67e55044-10b1-426f-9247-bb680e5fe0c8"),
    (DataType.custom("x"), 1),
    (LIST(DataType.INTEGER), [1, 2]),
    (MAP(LIST(DataType.STRING)), {"a": ["b"], "c": []}),
]
REFUSED = [
    (DataType.NULL, 0),
    (DataType.BOOLEAN, 1),
    (DataType.INTEGER, True),
    (DataType.INTEGER, 1.0),
    (DataType.FLOAT, True),
    (DataType.FLOAT, "1"),
    (DataType.STRING, b"x"),
    (DataType.BYTES, "A"),
    (DataType.BYTES, "é"),
    (DataType.BYTES, 1),
    (DataType.BYTES, b"AAE="),
    (DataType.ARTIFACT, "x"),
    (DataType.ARTIFACT, 1),
    (LIST(DataType.INTEGER), [1, "2"]),
    (LIST(DataType.INTEGER), {"a": 1}),
    (LIST(DataType.STRING), "text"),
    (MAP(DataType.INTEGER), {1: 1}),
    (MAP(DataType.INTEGER), [1]),
    (MAP(LIST(DataType.INTEGER)), {"a": [1, None]}),
]


@pytest.mark.parametrize(("kind", "value"), ACCEPTED)
def test_accepted_values(kind, value):
    """Defaults of the port's type are taken."""
    assert kind.accepts(value)
    port = PortDefinition(name="p", data_type=kind, default_value=value)
    assert port.has_default is (value is not None)


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_refused_values(kind, value):
    """Defaults of another type are refused."""
    assert not kind.accepts(value)
    with pytest.raises(FieldError) as caught:
        PortDefinition(name="p", data_type=kind, default_value=value)
    assert caught.value.path == ("default_value",)


@pytest.mark.parametrize(
    ("changes", "path"), [({"name": ""}, "name"), ({"data_type": "String"}, "data_type"), ({"required": 0}, "required")]
)
def test_refused_ports(changes, path):
    """A port's fields are checked."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(TEXT_PORT, **changes)
    assert caught.value.path == (path,)


def test_secrets_stay_out_of_sight():
    """Neither a representation nor an error shows the key."""
    assert "hunter2" not in repr(InstrumentNode(name="a", model_id="m", config=InstrumentConfig(api_key="hunter2")))
    assert "api_key=None" in repr(InstrumentConfig())
    assert attrs.fields(InstrumentConfig).api_key.metadata["wire"] is False
    with pytest.raises(FieldTypeError) as caught:
        InstrumentConfig(api_key=123456789)
    assert "123456789" not in str(caught.value)
    assert caught.value.path == ("api_key",)


def test_defaults_of_configs():
    """What a node runs under if nothing is said."""
    instrument, operator = InstrumentConfig(), OperatorConfig()
    assert (instrument.timeout, instrument.max_retries, instrument.rate_limit) == (Duration(30, 0), 3, 100)
    assert (operator.timeout, operator.max_input_size, operator.max_output_size) == (Duration(5, 0), 10**7, 10**7)


@pytest.mark.parametrize(
    ("cls", "changes"),
    [
        (InstrumentConfig, {"timeout": Duration(0, 0)}),
        (InstrumentConfig, {"timeout": 30}),
        (InstrumentConfig, {"endpoint": "example"}),
        (InstrumentConfig, {"endpoint": "http://a b"}),
        (InstrumentConfig, {"max_retries": -1}),
        (InstrumentConfig, {"rate_limit": 2**32}),
        (InstrumentConfig, {"custom": {1: 1}}),
        (OperatorConfig, {"timeout": Duration(0, 0)}),
        (OperatorConfig, {"max_input_size": -1}),
        (OperatorConfig, {"max_output_size": 2**64}),
    ],
)
def test_refused_configs(cls, changes):
    """Limits have ranges, and the error names the field."""
    with pytest.raises(FieldError) as caught:
        cls(**changes)
    assert caught.value.path[0] in changes


@pytest.mark.parametrize("endpoint", ["https://example.org/v1", "ws://localhost:80", "unix:///run/model.sock"])
def test_endpoints(endpoint):
    """Any absolute URL will do."""
    assert InstrumentConfig(endpoint=endpoint).endpoint == endpoint


def test_operator_types_by_name():
    """A name that is not known is a custom operator."""
    assert OperatorType.from_name("Filter") is OperatorType.FILTER
    assert OperatorType.from_name("JsonFormat") == OperatorType.custom("JsonFormat")
    assert OperatorType.from_name("Custom") == OperatorType.custom("Custom")
    with pytest.raises(FieldError):
        OperatorType.custom("")


def test_expressions():
    """The language has a default, and comes first where position counts."""
    assert Expression("$.x") == Expression("$.x", language="jsonpath-lite")
    assert [field.name for field in attrs.fields(Expression)] == ["language", "source"]
    assert str(Expression("$.x")) == "$.x"
    with pytest.raises(FieldError):
        Expression("")
