"""Artifacts: content addressed by its hash, what is known about it, and how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_types.artifact.artifact import Artifact
    from symphony_types.artifact.content import MAX_CONTENT_SIZE, ArtifactContent, Compression
    from symphony_types.artifact.metadata import ArtifactCategory, ArtifactMetadata, ArtifactType
    from symphony_types.artifact.quality import (
        DimensionScore,
        DimensionWeight,
        QualityDimension,
        QualityScore,
        QualityThresholds,
        QualityVerdict,
        QualityWeights,
    )
    from symphony_types.artifact.relation import ArtifactRelation, RelationType

__all__ = [
    "MAX_CONTENT_SIZE",
    "Artifact",
    "ArtifactCategory",
    "ArtifactContent",
    "ArtifactMetadata",
    "ArtifactRelation",
    "ArtifactType",
    "Compression",
    "DimensionScore",
    "DimensionWeight",
    "QualityDimension",
    "QualityScore",
    "QualityThresholds",
    "QualityVerdict",
    "QualityWeights",
    "RelationType",
]

_EXPORTS = {
    "MAX_CONTENT_SIZE": "content",
    "Artifact": "artifact",
    "ArtifactCategory": "metadata",
    "ArtifactContent": "content",
    "ArtifactMetadata": "metadata",
    "ArtifactRelation": "relation",
    "ArtifactType": "metadata",
    "Compression": "content",
    "DimensionScore": "quality",
    "DimensionWeight": "quality",
    "QualityDimension": "quality",
    "QualityScore": "quality",
    "QualityThresholds": "quality",
    "QualityVerdict": "quality",
    "QualityWeights": "quality",
    "RelationType": "relation",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, _EXPORTS)
