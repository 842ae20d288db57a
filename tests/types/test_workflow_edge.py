"""Edges of workflows."""

from __future__ import annotations

import pickle

import attrs
import pytest

from symphony_types.checks import FieldError
from symphony_types.ids import EdgeId, NodeId
from symphony_types.workflow import ConditionalEdge, ControlEdge, DataEdge, DataTransform, Expression, TransformType


A, B = NodeId.new(), NodeId.new()
DATA = DataEdge(source_node=A, source_port="out", target_node=B, target_port="in")
CONTROL = ControlEdge(source_node=A, target_node=B)
CONDITIONAL = ConditionalEdge(source_node=A, target_node=B, condition=Expression("$.ok"))


@pytest.mark.parametrize(
    ("edge", "fields"),
    [
        (DATA, ["id", "source_node", "source_port", "target_node", "target_port", "transform"]),
        (CONTROL, ["id", "source_node", "target_node", "priority"]),
        (CONDITIONAL, ["id", "source_node", "target_node", "condition", "label"]),
    ],
)
def test_fields_in_order_and_pickle(edge, fields):
    """The order of the fields is the order of positional encodings."""
    assert [field.name for field in attrs.fields(type(edge))] == fields
    assert isinstance(edge.id, EdgeId)
    assert pickle.loads(pickle.dumps(edge)) == edge
    assert attrs.evolve(edge, id=EdgeId.new()) != edge


def test_only_edges_without_untyped_parts_hash():
    """A transform holds any settings, so its edge does not hash."""
    assert len({CONTROL, CONDITIONAL, attrs.evolve(CONTROL)}) == 2
    for value in (DATA, DataTransform(transform_type=TransformType.MAP)):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


@pytest.mark.parametrize(
    ("edge", "changes"),
    [
        (DATA, {"id": A}),
        (DATA, {"source_node": EdgeId.new()}),
        (DATA, {"target_node": str(B)}),
        (DATA, {"source_port": ""}),
        (DATA, {"target_port": 1}),
        (DATA, {"transform": "Map"}),
        (CONTROL, {"priority": 2**31}),
        (CONTROL, {"priority": True}),
        (CONTROL, {"source_node": None}),
        (CONDITIONAL, {"condition": "$.ok"}),
        (CONDITIONAL, {"condition": None}),
        (CONDITIONAL, {"label": 1}),
    ],
)
def test_refused_fields(edge, changes):
    """Each field is checked and named."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(edge, **changes)
    assert caught.value.path == tuple(changes)


def test_transforms():
    """A transform has a kind and settings of any shape."""
    transform = DataTransform(transform_type=TransformType.FILTER, config={"keep": ["a"]})
    assert attrs.evolve(DATA, transform=transform).transform == transform
    with pytest.raises(FieldError):
        DataTransform(transform_type="Filter")
