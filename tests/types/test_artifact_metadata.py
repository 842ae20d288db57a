"""Metadata of artifacts, and relations between them."""

from __future__ import annotations

import pickle

import attrs
import pytest

from symphony_types.artifact import (
    ArtifactCategory,
    ArtifactMetadata,
    ArtifactRelation,
    ArtifactType,
    RelationType,
)
from symphony_types.checks import FieldError
from symphony_types.ids import ArtifactId, ExecutionId, ExtensionId, WorkflowId
from symphony_types.time import Duration, Timestamp


T0 = Timestamp.parse("2024-01-15T10:00:00Z")
META = ArtifactMetadata(size=3, created_at=T0)
A, B = ArtifactId.new(), ArtifactId.new()


def test_defaults():
    """Only the size has to be said."""
    assert (META.content_type, META.artifact_type, META.category) == (
        "application/octet-stream",
        ArtifactType.OTHER,
        ArtifactCategory.OUTPUTS,
    )
    assert (META.tags, META.custom, META.updated_at) == ((), {}, None)
    assert pickle.loads(pickle.dumps(META)) == META
    with pytest.raises(TypeError, match="unhashable"):
        hash(META)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"content_type": "plain"}, ("content_type",)),
        ({"size": -1}, ("size",)),
        ({"size": 2**30 + 1}, ("size",)),
        ({"created_at": "now"}, ("created_at",)),
        ({"created_by": 1}, ("created_by",)),
        ({"tags": ["a", "b", "a"]}, ("tags", 2)),
        ({"tags": "ab"}, ("tags",)),
        ({"tags": [1]}, ("tags", 0)),
        ({"custom": {1: 1}}, ("custom", "1")),
        ({"name": 1}, ("name",)),
        ({"artifact_type": "Code"}, ("artifact_type",)),
        ({"category": "Outputs"}, ("category",)),
        ({"extension_id": WorkflowId.new()}, ("extension_id",)),
        ({"workflow_id": ExecutionId.new()}, ("workflow_id",)),
        ({"execution_id": ExtensionId.new()}, ("execution_id",)),
        ({"updated_at": T0 - Duration(0, 1)}, ("updated_at",)),
        ({"updated_at": 0}, ("updated_at",)),
    ],
)
def test_refused_metadata(changes, path):
    """Each field is checked and named."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(META, **changes)
    assert caught.value.path == path


def test_an_update_may_be_at_once():
    """The same moment is not before."""
    assert attrs.evolve(META, updated_at=T0).updated_at == T0


def test_relations():
    """A relation joins two artifacts, and is a value."""
    relation = ArtifactRelation(relation_type=RelationType.DERIVATION, source=A, target=B, produced_by="model")
    assert pickle.loads(pickle.dumps(relation)) == relation
    assert hash(attrs.evolve(relation)) == hash(relation)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"target": A}, "target"),
        ({"source": B}, "target"),
        ({"source": WorkflowId.new()}, "source"),
        ({"relation_type": "Derivation"}, "relation_type"),
        ({"produced_by": 1}, "produced_by"),
    ],
)
def test_refused_relations(changes, path):
    """Nothing relates to itself."""
    relation = ArtifactRelation(relation_type=RelationType.DEPENDENCY, source=A, target=B)
    with pytest.raises(FieldError) as caught:
        attrs.evolve(relation, **changes)
    assert caught.value.path == (path,)
