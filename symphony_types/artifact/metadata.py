"""Facts about an artifact beside its content."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import attrs

from symphony_types._json import JsonValue
from symphony_types.artifact.content import MAX_CONTENT_SIZE, media_type_check
from symphony_types.checks import TEXT, TEXT_MAP, Each, FieldError, InstanceOf, IntRange, as_map, as_tuple, optional
from symphony_types.ids import ExecutionId, ExtensionId, WorkflowId
from symphony_types.integers import U64
from symphony_types.time import Timestamp


__all__ = ["ArtifactCategory", "ArtifactMetadata", "ArtifactType"]

_TIMESTAMP: Final = InstanceOf((Timestamp,), "a Timestamp")


class ArtifactType(Enum):
    """The kind of an artifact."""

    CODE = "Code"
    DOCUMENTATION = "Documentation"
    TEST = "Test"
    CONFIG = "Config"
    DATA = "Data"
    MODEL = "Model"
    OTHER = "Other"


class ArtifactCategory(Enum):
    """The role of an artifact in the workflow that made it."""

    INPUTS = "Inputs"
    INTERMEDIATES = "Intermediates"
    OUTPUTS = "Outputs"
    METADATA = "Metadata"


@attrs.frozen(kw_only=True, unsafe_hash=False)
class ArtifactMetadata:
    """
    Facts about an artifact.

    Args:
        content_type: The same as the content's.
        size: The same as the content's, in bytes.
        created_at: Now if not given.
        created_by: The person or program that made it.
        tags: Unique.
        custom: Data of tools; read-only.
        name: For people.
        artifact_type: Its kind.
        category: Its role in its workflow.
        extension_id: The extension that made it.
        workflow_id: The workflow that made it.
        execution_id: The execution that made it.
        updated_at: Not before *created_at*; ``None`` if it never changed.

    Raises:
        FieldError: *updated_at* is before *created_at*.
    """

    content_type: str = attrs.field(default="application/octet-stream", validator=media_type_check)
    size: U64 = attrs.field(validator=IntRange(0, MAX_CONTENT_SIZE))
    created_at: Timestamp = attrs.field(factory=Timestamp.now, validator=_TIMESTAMP)
    created_by: str | None = attrs.field(default=None, validator=optional(TEXT))
    tags: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=Each(TEXT, unique=True))
    custom: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP)
    name: str | None = attrs.field(default=None, validator=optional(TEXT))
    artifact_type: ArtifactType = attrs.field(
        default=ArtifactType.OTHER, validator=InstanceOf((ArtifactType,), "an ArtifactType")
    )
    category: ArtifactCategory = attrs.field(
        default=ArtifactCategory.OUTPUTS, validator=InstanceOf((ArtifactCategory,), "an ArtifactCategory")
    )
    extension_id: ExtensionId | None = attrs.field(
        default=None, validator=optional(InstanceOf((ExtensionId,), "an ExtensionId"))
    )
    workflow_id: WorkflowId | None = attrs.field(
        default=None, validator=optional(InstanceOf((WorkflowId,), "a WorkflowId"))
    )
    execution_id: ExecutionId | None = attrs.field(
        default=None, validator=optional(InstanceOf((ExecutionId,), "an ExecutionId"))
    )
    updated_at: Timestamp | None = attrs.field(default=None, validator=optional(_TIMESTAMP))

    def __attrs_post_init__(self) -> None:
        if self.updated_at is not None and self.updated_at < self.created_at:
            expected = f"a time from {self.created_at} on"
            raise FieldError("invalid_value", ("updated_at",), expected, str(self.updated_at))
