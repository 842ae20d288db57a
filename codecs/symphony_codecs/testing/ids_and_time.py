"""Strategies for ids, time, versions, resources and capabilities."""

from __future__ import annotations

from typing import Final, TypeVar

from hypothesis import strategies as st

from symphony_types._rfc3339 import MAX_NANOS, MIN_NANOS
from symphony_types.capability import Capability, CapabilityToken
from symphony_types.ids import CapabilityId, ResourceId, TypedId
from symphony_types.resource import ResourceHandle, ResourceMetadata, ResourceType
from symphony_types.time import Duration, Timestamp, Ttl
from symphony_types.version import Version, VersionRange, VersionRequirement

from .scalars import texts, u32s, u64s


__all__ = [
    "capabilities",
    "capability_tokens",
    "durations",
    "ids",
    "resource_handles",
    "resource_metadata",
    "resource_types",
    "timestamps",
    "ttls",
    "version_ranges",
    "version_requirements",
    "versions",
]

T = TypeVar("T", bound=TypedId)

# 2000-01-01 to 2099-12-31: what most timestamps are like.
_USUAL: Final = (946_684_800_000_000_000, 4_102_444_799_999_999_999)


def ids(cls: type[T]) -> st.SearchStrategy[T]:
    """
    Ids over any 16 bytes, UUIDs of a known version or not.

    Args:
        cls: The type of id, such as `symphony_types.WorkflowId`.
    """
    return st.binary(min_size=16, max_size=16).map(cls.from_bytes)


def timestamps(*, min_value: Timestamp | None = None, usual: bool = False) -> st.SearchStrategy[Timestamp]:
    """
    Points in time, with fractions of every length.

    Args:
        min_value: The earliest.
        usual: Only years from 2000 to 2099, or from *min_value* on if that is
            later; otherwise any year that a `Timestamp` has, and these more
            often.
    """
    least = MIN_NANOS if min_value is None else min_value.nanos
    first = max(least, _USUAL[0])
    nanos = st.integers(first, max(_USUAL[1], first))
    if not usual:
        nanos |= st.integers(least, MAX_NANOS)
    # whole seconds, milliseconds and microseconds are written with fewer digits
    units = st.sampled_from((1, 1000, 1_000_000, 1_000_000_000))

    def rounded(value: int, unit: int) -> Timestamp:
        return Timestamp(max(least, value - value % unit))

    return st.builds(rounded, nanos, units)


def durations(*, positive: bool = False, max_secs: int = 2**64 - 1) -> st.SearchStrategy[Duration]:
    """
    Spans of time.

    Args:
        positive: Whether zero is left out.
        max_secs: Most whole seconds.
    """
    nanos = st.integers(0, 999_999_999)
    spans = st.builds(Duration, st.integers(0, max_secs), nanos)
    if not positive:
        return spans
    return st.builds(Duration, st.integers(0, max_secs), st.integers(1, 999_999_999)) | st.builds(
        Duration, st.integers(1, max(1, max_secs)), nanos
    )


def ttls() -> st.SearchStrategy[Ttl]:
    """Times to live."""
    return st.builds(Ttl, created_at=timestamps(), duration=durations())


def versions() -> st.SearchStrategy[Version]:
    """Versions, of small numbers and of any of 32 bits."""
    number = st.integers(0, 9) | u32s()
    return st.builds(Version, number, number, number)


def version_ranges() -> st.SearchStrategy[VersionRange]:
    """Pairs of versions in order."""
    return st.tuples(versions(), versions()).map(lambda pair: VersionRange(min=min(pair), max=max(pair)))


def version_requirements() -> st.SearchStrategy[VersionRequirement]:
    """Requirements of all four kinds."""
    return st.one_of(
        versions().map(VersionRequirement.exact),
        versions().map(VersionRequirement.greater_or_equal),
        versions().map(VersionRequirement.compatible),
        version_ranges().map(lambda held: VersionRequirement.range(held.min, held.max)),
    )


def capabilities() -> st.SearchStrategy[Capability]:
    """Built-in rights and custom ones, some with a built-in one's name."""
    units = list(Capability.members())
    names = texts() | st.sampled_from([unit.variant for unit in units])
    return st.sampled_from(units) | names.map(Capability.custom)


def capability_tokens(*, max_size: int = 6) -> st.SearchStrategy[CapabilityToken]:
    """
    Tokens, expired or not.

    Args:
        max_size: Most capabilities in one.
    """
    return st.builds(
        CapabilityToken,
        id=ids(CapabilityId),
        capabilities=st.frozensets(capabilities(), max_size=max_size),
        granted_at=timestamps(),
        expires_at=st.none() | timestamps(),
    )


def resource_types() -> st.SearchStrategy[ResourceType]:
    """Built-in kinds of resources and custom ones."""
    return st.sampled_from(list(ResourceType.members())) | texts().map(ResourceType.custom)


def resource_metadata() -> st.SearchStrategy[ResourceMetadata]:
    """Metadata of resources, as the owner keeps it."""
    return st.builds(
        ResourceMetadata,
        allocated_at=timestamps(),
        size=u64s(),
        owner=texts(),
        tags=st.lists(texts(), max_size=3).map(tuple),
    )


def resource_handles(*, with_metadata: bool = False) -> st.SearchStrategy[ResourceHandle]:
    """
    Handles of resources.

    Args:
        with_metadata: Whether some have metadata, which never travels: such a
            handle is decoded without.
    """
    return st.builds(
        ResourceHandle,
        id=ids(ResourceId),
        resource_type=resource_types(),
        metadata=st.none() | resource_metadata() if with_metadata else st.none(),
    )
