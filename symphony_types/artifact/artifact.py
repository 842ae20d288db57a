"""Artifacts: content with an identity, a history and a judgement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from symphony_types.artifact.content import ArtifactContent, Compression
from symphony_types.artifact.metadata import ArtifactMetadata, ArtifactType
from symphony_types.artifact.quality import QualityScore
from symphony_types.checks import FieldError, InstanceOf, IntRange, optional
from symphony_types.ids import ArtifactId
from symphony_types.integers import U32
from symphony_types.time import Timestamp
from symphony_types.traits.validatable import Issue


__all__ = ["Artifact"]

_VERSION: Final = IntRange(1, 2**32 - 1)


@attrs.frozen(kw_only=True, unsafe_hash=False)
class Artifact:
    """
    Something that a workflow made or takes.

    Args:
        id: A new one if not given; stays the same from version to version.
        content: The bytes, or a reference to them.
        metadata: Facts about it; type and size are the content's.
        version: 1 and up, u32.
        quality: ``None`` if nobody judged it.
        created_at: Now if not given.

    Raises:
        FieldError: Metadata and content contradict each other.
    """

    id: ArtifactId = attrs.field(factory=ArtifactId.new, validator=InstanceOf((ArtifactId,), "an ArtifactId"))
    content: ArtifactContent = attrs.field(validator=InstanceOf((ArtifactContent,), "an ArtifactContent"))
    metadata: ArtifactMetadata = attrs.field(validator=InstanceOf((ArtifactMetadata,), "an ArtifactMetadata"))
    version: U32 = attrs.field(default=1, validator=_VERSION)
    quality: QualityScore | None = attrs.field(
        default=None, validator=optional(InstanceOf((QualityScore,), "a QualityScore"))
    )
    created_at: Timestamp = attrs.field(factory=Timestamp.now, validator=InstanceOf((Timestamp,), "a Timestamp"))

    def __attrs_post_init__(self) -> None:
        if self.metadata.size != self.content.size:
            expected = f"the size of the content, {self.content.size}"
            raise FieldError("invalid_value", ("metadata", "size"), expected, str(self.metadata.size))
        if self.metadata.content_type != self.content.content_type:
            expected = f"the type of the content, {self.content.content_type}"
            raise FieldError("invalid_value", ("metadata", "content_type"), expected, self.metadata.content_type)

    @classmethod
    def of(
        cls,
        data: bytes | bytearray | memoryview,
        *,
        content_type: str = "application/octet-stream",
        encoding: Compression = Compression.NONE,
        name: str | None = None,
        artifact_type: ArtifactType = ArtifactType.OTHER,
        tags: Iterable[str] = (),
        created_by: str | None = None,
        quality: QualityScore | None = None,
    ) -> Artifact:
        """
        Return a new artifact whose content is *data*.

        Args:
            data: The bytes to keep.
            content_type: Its media type.
            encoding: How *data* is compressed already.
            name: For people.
            artifact_type: Its kind.
            tags: Unique.
            created_by: The person or program that made it.
            quality: A judgement.
        """
        now = Timestamp.now()
        content = ArtifactContent.of(data, content_type=content_type, encoding=encoding)
        metadata = ArtifactMetadata(
            content_type=content_type,
            size=content.size,
            created_at=now,
            created_by=created_by,
            tags=tags,
            name=name,
            artifact_type=artifact_type,
        )
        return cls(content=content, metadata=metadata, quality=quality, created_at=now)

    def validation_errors(self) -> tuple[Issue, ...]:
        """Return what is wrong with the content, see `ArtifactContent.validation_errors`."""
        return tuple(issue.prefixed("content") for issue in self.content.validation_errors())

    def validate(self) -> None:
        """
        Verify the content's data if it is here.

        Raises:
            ArtifactHashMismatchError: It is not what the content's digest says.
        """
        self.content.validate()
