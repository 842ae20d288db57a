"""Strategies for artifacts, their content, metadata, relations and judgements."""

from __future__ import annotations

from typing import Final

import attrs

from hypothesis import strategies as st

from symphony_types.artifact.artifact import Artifact
from symphony_types.artifact.content import MAX_CONTENT_SIZE, ArtifactContent, Compression
from symphony_types.artifact.metadata import ArtifactCategory, ArtifactMetadata, ArtifactType
from symphony_types.artifact.quality import (
    DimensionScore,
    DimensionWeight,
    QualityDimension,
    QualityScore,
    QualityThresholds,
    QualityWeights,
)
from symphony_types.artifact.relation import ArtifactRelation, RelationType
from symphony_types.ids import ArtifactId, ContentHash, ExecutionId, ExtensionId, WorkflowId

from .ids_and_time import ids, timestamps
from .scalars import json_objects, numbers, texts, unique_texts


__all__ = [
    "artifact_contents",
    "artifact_metadata",
    "artifact_relations",
    "artifacts",
    "content_hashes",
    "dimension_scores",
    "dimension_weights",
    "quality_dimensions",
    "quality_scores",
    "quality_thresholds",
    "quality_weights",
]

_MEDIA_TYPES: Final = (
    "application/octet-stream",
    "text/plain; charset=utf-8",
    'multipart/mixed;boundary="a b"',
    "image/svg+xml",
    "application/vnd.symphony.msgpack-compact",
)
_NOTE = st.none() | texts()


def content_hashes(*, max_size: int = 64) -> st.SearchStrategy[ContentHash]:
    """
    Ids derived from bytes.

    Args:
        max_size: Most bytes.
    """
    return st.binary(max_size=max_size).map(ContentHash.of)


def _media_types() -> st.SearchStrategy[str]:
    token = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+-_", min_size=1, max_size=10)
    return st.sampled_from(_MEDIA_TYPES) | st.builds("{}/{}".format, token, token)


@st.composite
def artifact_contents(draw: st.DrawFn, *, max_size: int = 64) -> ArtifactContent:
    """
    Content with its data, and references to content elsewhere.

    Args:
        draw: Given by Hypothesis.
        max_size: Most bytes of data.
    """
    content = ArtifactContent.of(
        draw(st.binary(max_size=max_size)),
        content_type=draw(_media_types()),
        encoding=draw(st.sampled_from(Compression)),
    )
    if draw(st.booleans()):
        return content
    return attrs.evolve(content, data=None, size=draw(st.integers(0, MAX_CONTENT_SIZE)))


@st.composite
def artifact_metadata(draw: st.DrawFn, *, content: ArtifactContent | None = None) -> ArtifactMetadata:
    """
    Metadata of artifacts.

    Args:
        draw: Given by Hypothesis.
        content: The content that its type and size describe.
    """
    created_at = draw(timestamps())
    return ArtifactMetadata(
        content_type=draw(_media_types()) if content is None else content.content_type,
        size=draw(st.integers(0, MAX_CONTENT_SIZE)) if content is None else content.size,
        created_at=created_at,
        created_by=draw(_NOTE),
        tags=draw(unique_texts(texts(), max_size=3)),
        custom=draw(json_objects()),
        name=draw(_NOTE),
        artifact_type=draw(st.sampled_from(ArtifactType)),
        category=draw(st.sampled_from(ArtifactCategory)),
        extension_id=draw(st.none() | ids(ExtensionId)),
        workflow_id=draw(st.none() | ids(WorkflowId)),
        execution_id=draw(st.none() | ids(ExecutionId)),
        updated_at=draw(st.none() | timestamps(min_value=created_at)),
    )


@st.composite
def artifact_relations(draw: st.DrawFn) -> ArtifactRelation:
    """Relations of two artifacts."""
    source, target = draw(st.lists(ids(ArtifactId), min_size=2, max_size=2, unique=True))
    return ArtifactRelation(
        relation_type=draw(st.sampled_from(RelationType)), source=source, target=target, produced_by=draw(_NOTE)
    )


def quality_dimensions() -> st.SearchStrategy[QualityDimension]:
    """Built-in dimensions and custom ones."""
    return st.sampled_from(list(QualityDimension.members())) | texts(min_size=1).map(QualityDimension.custom)


def dimension_scores() -> st.SearchStrategy[DimensionScore]:
    """Scores of single dimensions."""
    return st.builds(DimensionScore, quality_dimensions(), numbers(0.0, 1.0))


def dimension_weights() -> st.SearchStrategy[DimensionWeight]:
    """Weights of single dimensions."""
    return st.builds(DimensionWeight, quality_dimensions(), numbers(0.0))


def quality_scores(*, max_size: int = 4) -> st.SearchStrategy[QualityScore]:
    """
    Judgements.

    Args:
        max_size: Most dimensions.
    """
    return st.builds(
        QualityScore,
        overall=numbers(0.0, 1.0),
        dimensions=st.dictionaries(quality_dimensions(), numbers(0.0, 1.0), max_size=max_size),
        confidence=st.none() | numbers(0.0, 1.0),
        assessed_at=timestamps(),
        assessor=_NOTE,
        notes=_NOTE,
    )


def quality_thresholds() -> st.SearchStrategy[QualityThresholds]:
    """Thresholds in order."""
    share = numbers(0.0, 1.0)
    return st.builds(
        lambda pair, output, confidence: QualityThresholds(
            fast_track=max(pair), enhance=min(pair), min_output_quality=output, min_confidence=confidence
        ),
        st.tuples(share, share),
        share,
        share,
    )


@st.composite
def quality_weights(draw: st.DrawFn, *, max_size: int = 4) -> QualityWeights:
    """
    Weights of dimensions, one above 0 at least.

    Args:
        draw: Given by Hypothesis.
        max_size: Most dimensions, at least 1.
    """
    weights = draw(st.dictionaries(quality_dimensions(), numbers(0.0), min_size=1, max_size=max_size))
    if not any(weight > 0 for weight in weights.values()):
        weights[next(iter(weights))] = 1.0
    return QualityWeights(weights=[DimensionWeight(dimension, weight) for dimension, weight in weights.items()])


def artifacts(*, max_size: int = 64) -> st.SearchStrategy[Artifact]:
    """
    Artifacts whose metadata fits their content.

    Args:
        max_size: Most bytes of data.
    """
    return artifact_contents(max_size=max_size).flatmap(
        lambda content: st.builds(
            Artifact,
            id=ids(ArtifactId),
            content=st.just(content),
            metadata=artifact_metadata(content=content),
            version=st.integers(1, 2**32 - 1),
            quality=st.none() | quality_scores(),
            created_at=timestamps(),
        )
    )
