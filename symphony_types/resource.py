"""Handles of managed resources: memory, processors, disks, files, and what extensions add."""

from __future__ import annotations

from typing import ClassVar

import attrs

from symphony_types._tagged import TaggedValue
from symphony_types.checks import TEXT, U64, Each, InstanceOf, as_tuple, optional
from symphony_types.ids import ResourceId
from symphony_types.integers import U64 as U64Int
from symphony_types.time import Timestamp


__all__ = ["ResourceHandle", "ResourceMetadata", "ResourceType"]


class ResourceType(
    TaggedValue,
    variants={
        "Memory": None,
        "Cpu": None,
        "Gpu": None,
        "Disk": None,
        "Network": None,
        "FileHandle": None,
        "Custom": str,
    },
):
    """The kind of a resource; on the wire ``"Gpu"`` or ``{"Custom": "tpu"}``, as serde writes it."""

    __slots__ = ()

    MEMORY: ClassVar[ResourceType]
    CPU: ClassVar[ResourceType]
    GPU: ClassVar[ResourceType]
    DISK: ClassVar[ResourceType]
    NETWORK: ClassVar[ResourceType]
    FILE_HANDLE: ClassVar[ResourceType]

    @classmethod
    def custom(cls, name: str) -> ResourceType:
        """Return the kind called *name*, which is any text and kept as it is."""
        return cls.from_variant("Custom", name)


@attrs.frozen(kw_only=True)
class ResourceMetadata:
    """
    The owner's record of a resource.

    Args:
        allocated_at: Since when it is held.
        size: How much, 0 to 2**64 - 1, in the unit of its kind (bytes for
            memory and disks).
        owner: The holder of it, any text.
        tags: Marks for people and policies; order and repetitions are kept.
    """

    allocated_at: Timestamp = attrs.field(validator=InstanceOf((Timestamp,), "a Timestamp"))
    size: U64Int = attrs.field(validator=U64)
    owner: str = attrs.field(validator=TEXT)
    tags: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=Each(TEXT))


@attrs.frozen(kw_only=True)
class ResourceHandle:
    """
    A reference to a managed resource.

    Args:
        id: Which resource.
        resource_type: Of which kind.
        metadata: This side's record of it.  It never goes on the wire
            (``serde(skip)`` on the Rust side), so it is ``None`` in a handle
            that was decoded.  It counts in comparisons.
    """

    id: ResourceId = attrs.field(validator=InstanceOf((ResourceId,), "a ResourceId"))
    resource_type: ResourceType = attrs.field(validator=InstanceOf((ResourceType,), "a ResourceType"))
    metadata: ResourceMetadata | None = attrs.field(
        default=None, validator=optional(InstanceOf((ResourceMetadata,), "a ResourceMetadata"))
    )
