"""An extension's needs of the machine that it runs on."""

from __future__ import annotations

from typing import Final

import attrs

from symphony_types.checks import (
    BOOL,
    NON_EMPTY,
    U64,
    Each,
    FieldError,
    FloatRange,
    InstanceOf,
    as_float,
    as_optional_float,
    as_tuple,
    optional,
)
from symphony_types.integers import U64 as U64Int


__all__ = [
    "CpuRequirements",
    "GpuRequirements",
    "MemoryRequirements",
    "NetworkRequirements",
    "ResourceRequirements",
    "StorageRequirements",
]

_AMOUNT: Final = FloatRange(minimum=0)
_NAMES: Final = Each(NON_EMPTY, unique=True)


def _too_low(field: str, value: float, other: str, least: float) -> FieldError:
    """Return the error for *field*, which may not be less than *other*."""
    return FieldError("out_of_range", (field,), f"at least the {other}, {least}", repr(value))


@attrs.frozen(kw_only=True)
class MemoryRequirements:
    """
    Main memory, in MiB; minimum, recommended and maximum may not fall.

    Args:
        minimum_mb: Without it the extension does not run.
        recommended_mb: With it the extension runs well; the minimum by default.
        maximum_mb: It never takes more; ``None`` for no limit.
    """

    minimum_mb: U64Int = attrs.field(default=0, validator=U64)
    recommended_mb: U64Int = attrs.field(
        default=attrs.Factory(lambda self: self.minimum_mb, takes_self=True), validator=U64
    )
    maximum_mb: U64Int | None = attrs.field(default=None, validator=optional(U64))

    def __attrs_post_init__(self) -> None:
        if self.recommended_mb < self.minimum_mb:
            raise _too_low("recommended_mb", self.recommended_mb, "minimum", self.minimum_mb)
        if self.maximum_mb is not None and self.maximum_mb < self.recommended_mb:
            raise _too_low("maximum_mb", self.maximum_mb, "recommended", self.recommended_mb)


@attrs.frozen(kw_only=True)
class CpuRequirements:
    """
    Processor cores; fractions are shares of one.

    Args:
        minimum_cores: Without them the extension does not run.
        recommended_cores: At least the minimum, which is the default.
        supports_multithreading: Whether more than one core is of use.
    """

    minimum_cores: float = attrs.field(default=0.0, converter=as_float, validator=_AMOUNT)
    recommended_cores: float = attrs.field(
        default=attrs.Factory(lambda self: self.minimum_cores, takes_self=True),
        converter=as_float,
        validator=_AMOUNT,
    )
    supports_multithreading: bool = attrs.field(default=False, validator=BOOL)

    def __attrs_post_init__(self) -> None:
        if self.recommended_cores < self.minimum_cores:
            raise _too_low("recommended_cores", self.recommended_cores, "minimum", self.minimum_cores)


@attrs.frozen(kw_only=True)
class GpuRequirements:
    """
    A graphics processor.

    Args:
        required: Whether the extension does not run without one.
        minimum_vram_mb: Its memory, in MiB.
        cuda_version: The CUDA it needs, as NVIDIA writes versions (``12.4``).
        supported_backends: Its ways to compute (``cuda``, ``metal``), in
            order of preference.
    """

    required: bool = attrs.field(default=False, validator=BOOL)
    minimum_vram_mb: U64Int = attrs.field(default=0, validator=U64)
    cuda_version: str | None = attrs.field(default=None, validator=optional(NON_EMPTY))
    supported_backends: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=_NAMES)


@attrs.frozen(kw_only=True)
class StorageRequirements:
    """
    Room on a disk, in MiB.

    Args:
        minimum_mb: Without it the extension does not run.
        recommended_mb: At least the minimum, which is the default.
        requires_ssd: Whether a spinning disk is too slow.
    """

    minimum_mb: U64Int = attrs.field(default=0, validator=U64)
    recommended_mb: U64Int = attrs.field(
        default=attrs.Factory(lambda self: self.minimum_mb, takes_self=True), validator=U64
    )
    requires_ssd: bool = attrs.field(default=False, validator=BOOL)

    def __attrs_post_init__(self) -> None:
        if self.recommended_mb < self.minimum_mb:
            raise _too_low("recommended_mb", self.recommended_mb, "minimum", self.minimum_mb)


@attrs.frozen(kw_only=True)
class NetworkRequirements:
    """
    The network.

    Args:
        requires_internet: Whether the extension does not run offline.
        bandwidth_mbps: The bandwidth it needs, in Mbit/s; ``None`` is unknown.
        allowed_hosts: The only hosts that it talks to; empty says nothing.
    """

    requires_internet: bool = attrs.field(default=False, validator=BOOL)
    bandwidth_mbps: float | None = attrs.field(default=None, converter=as_optional_float, validator=optional(_AMOUNT))
    allowed_hosts: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=_NAMES)


@attrs.frozen(kw_only=True)
class ResourceRequirements:
    """
    All that an extension needs; by default nothing in particular.

    Args:
        memory: Main memory.
        cpu: Processor cores.
        gpu: A graphics processor; ``None`` if it has no use for one.
        storage: Room on a disk.
        network: The network.
    """

    memory: MemoryRequirements = attrs.field(
        factory=MemoryRequirements, validator=InstanceOf((MemoryRequirements,), "a MemoryRequirements")
    )
    cpu: CpuRequirements = attrs.field(
        factory=CpuRequirements, validator=InstanceOf((CpuRequirements,), "a CpuRequirements")
    )
    gpu: GpuRequirements | None = attrs.field(
        default=None, validator=optional(InstanceOf((GpuRequirements,), "a GpuRequirements"))
    )
    storage: StorageRequirements = attrs.field(
        factory=StorageRequirements, validator=InstanceOf((StorageRequirements,), "a StorageRequirements")
    )
    network: NetworkRequirements = attrs.field(
        factory=NetworkRequirements, validator=InstanceOf((NetworkRequirements,), "a NetworkRequirements")
    )
