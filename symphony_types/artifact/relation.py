"""How artifacts follow from one another."""

from __future__ import annotations

from enum import Enum
from typing import Final

import attrs

from symphony_types.checks import TEXT, FieldError, InstanceOf, optional
from symphony_types.ids import ArtifactId


__all__ = ["ArtifactRelation", "RelationType"]

_ARTIFACT_ID: Final = InstanceOf((ArtifactId,), "an ArtifactId")


class RelationType(Enum):
    """How one artifact relates to another."""

    PARENT_CHILD = "ParentChild"
    DERIVATION = "Derivation"
    DEPENDENCY = "Dependency"


@attrs.frozen(kw_only=True)
class ArtifactRelation:
    """
    One artifact relates to another.

    Args:
        relation_type: How.
        source: The parent, what was derived from, or what depends.
        target: The child, what was derived, or what is depended on.
        produced_by: The person or program that made *target* so, for people.

    Raises:
        FieldError: *source* and *target* are the same.
    """

    relation_type: RelationType = attrs.field(validator=InstanceOf((RelationType,), "a RelationType"))
    source: ArtifactId = attrs.field(validator=_ARTIFACT_ID)
    target: ArtifactId = attrs.field(validator=_ARTIFACT_ID)
    produced_by: str | None = attrs.field(default=None, validator=optional(TEXT))

    def __attrs_post_init__(self) -> None:
        if self.source == self.target:
            raise FieldError("invalid_value", ("target",), "an artifact other than the source", str(self.target))
