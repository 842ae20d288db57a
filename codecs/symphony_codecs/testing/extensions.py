"""Strategies for extensions: manifests with all their parts, and what registries keep."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from symphony_types.extension.author import Author
from symphony_types.extension.declarations import CapabilityDeclaration, ExtensionDependency, ExtensionType
from symphony_types.extension.lifecycle import ExtensionLifecycle
from symphony_types.extension.lifecycle_config import LifecycleConfig, RestartPolicy, StartupPriority
from symphony_types.extension.manifest import ExtensionManifest
from symphony_types.extension.metadata import (
    ExtensionMetadata,
    ExtensionSource,
    MaintenanceStatus,
    Stability,
    TrustLevel,
)
from symphony_types.extension.requirements import (
    CpuRequirements,
    GpuRequirements,
    MemoryRequirements,
    NetworkRequirements,
    ResourceRequirements,
    StorageRequirements,
)
from symphony_types.ids import ExtensionId, ProcessId

from .ids_and_time import capabilities, ids, timestamps, version_requirements, versions
from .scalars import json_objects, matching, numbers, texts, u32s, u64s, unique_texts
from .settings import config_schemas, settings_for


__all__ = [
    "authors",
    "capability_declarations",
    "cpu_requirements",
    "extension_dependencies",
    "extension_manifests",
    "extension_metadata",
    "extension_sources",
    "gpu_requirements",
    "lifecycle_configs",
    "memory_requirements",
    "network_requirements",
    "resource_requirements",
    "storage_requirements",
]

_LABELS = texts(min_size=1, max_size=12)
_NOTE = st.none() | texts()
_KEBAB = matching(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,2}")
_URLS: Final = ("https://example.org", "http://example.org/a?b=c#d")
_LICENSES: Final = ("UNLICENSED", "MIT", "Apache-2.0", "(MIT OR Apache-2.0) AND BSD-3-Clause")
_ENTRY_POINTS: Final = ("package.module:Class", "src/main.py", "a..b", ".", "naïve/⚙.wasm")
_EVENTS: Final = ("onStartup", "onCommand:build", "onFileSystem:**/*.py", "onLanguage:rust", "onX:y")


def authors() -> st.SearchStrategy[Author]:
    """People and teams."""
    return st.builds(
        Author,
        name=matching(r"[^<>()\s]([^<>()]{0,8}[^<>()\s])?"),
        email=st.none() | matching(r"[^\s<>@]{1,8}@[^\s<>@]{1,8}"),
        url=st.none() | st.sampled_from(_URLS),
    )


def capability_declarations() -> st.SearchStrategy[CapabilityDeclaration]:
    """Features that extensions provide."""
    return st.builds(
        CapabilityDeclaration,
        name=matching(r"[a-z][a-z0-9_]{0,5}(\.[a-z][a-zA-Z0-9_]{0,5}){1,2}"),
        version=versions(),
        description=_NOTE,
    )


def extension_dependencies() -> st.SearchStrategy[ExtensionDependency]:
    """Dependencies on other extensions."""
    return st.builds(
        ExtensionDependency,
        name=_LABELS,
        requirement=version_requirements(),
        optional=st.booleans(),
        features=unique_texts(_LABELS, max_size=2),
    )


def memory_requirements() -> st.SearchStrategy[MemoryRequirements]:
    """Amounts of memory in order."""
    return st.builds(
        lambda amounts, bounded: MemoryRequirements(
            minimum_mb=amounts[0], recommended_mb=amounts[1], maximum_mb=amounts[2] if bounded else None
        ),
        st.tuples(u64s(), u64s(), u64s()).map(sorted),
        st.booleans(),
    )


def cpu_requirements() -> st.SearchStrategy[CpuRequirements]:
    """Amounts of cores in order."""
    return st.builds(
        lambda amounts, threads: CpuRequirements(
            minimum_cores=amounts[0], recommended_cores=amounts[1], supports_multithreading=threads
        ),
        st.tuples(numbers(0.0), numbers(0.0)).map(sorted),
        st.booleans(),
    )


def gpu_requirements() -> st.SearchStrategy[GpuRequirements]:
    """Demands on graphics processors."""
    return st.builds(
        GpuRequirements,
        required=st.booleans(),
        minimum_vram_mb=u64s(),
        cuda_version=st.none() | st.sampled_from(("12.4", "11.8.0")),
        supported_backends=unique_texts(_LABELS, max_size=2),
    )


def storage_requirements() -> st.SearchStrategy[StorageRequirements]:
    """Amounts of disk space in order."""
    return st.builds(
        lambda amounts, ssd: StorageRequirements(minimum_mb=amounts[0], recommended_mb=amounts[1], requires_ssd=ssd),
        st.tuples(u64s(), u64s()).map(sorted),
        st.booleans(),
    )


def network_requirements() -> st.SearchStrategy[NetworkRequirements]:
    """Demands on the network."""
    return st.builds(
        NetworkRequirements,
        requires_internet=st.booleans(),
        bandwidth_mbps=st.none() | numbers(0.0),
        allowed_hosts=unique_texts(_LABELS, max_size=2),
    )


def resource_requirements() -> st.SearchStrategy[ResourceRequirements]:
    """Demands on a machine."""
    return st.builds(
        ResourceRequirements,
        memory=memory_requirements(),
        cpu=cpu_requirements(),
        gpu=st.none() | gpu_requirements(),
        storage=storage_requirements(),
        network=network_requirements(),
    )


def lifecycle_configs() -> st.SearchStrategy[LifecycleConfig]:
    """How extensions want to be started and stopped."""
    handler = st.none() | _LABELS
    return st.builds(
        LifecycleConfig,
        on_load=handler,
        on_activate=handler,
        on_deactivate=handler,
        on_unload=handler,
        activation_events=unique_texts(st.sampled_from(_EVENTS), max_size=2),
        lazy_loading=st.booleans(),
        background_activation=st.booleans(),
        restart_policy=st.sampled_from(RestartPolicy),
        restart_delay_ms=u64s(),
        max_restarts=u32s(),
        startup_priority=st.sampled_from(StartupPriority),
        startup_budget_ms=u64s(),
        idle_timeout_ms=u64s(),
        cleanup_interval_ms=u64s(),
        memory_threshold=numbers(0.0, 1.0),
    )


def extension_sources() -> st.SearchStrategy[ExtensionSource]:
    """Where extensions come from."""
    return st.sampled_from(list(ExtensionSource.members())) | _LABELS.map(ExtensionSource.external)


@st.composite
def extension_manifests(draw: st.DrawFn, *, max_size: int = 2) -> ExtensionManifest:
    """
    Valid manifests: no dependency twice or on itself, default settings that fit the schema.

    Args:
        draw: Given by Hypothesis.
        max_size: Most items in each of its lists.
    """
    identity, name, publisher = draw(st.tuples(ids(ExtensionId), _KEBAB, st.none() | _KEBAB))
    own_names = {name, f"{publisher}.{name}", str(identity)}
    dependencies = draw(st.lists(extension_dependencies(), max_size=max_size, unique_by=lambda item: item.name))
    schema = draw(st.none() | config_schemas(max_size=max_size))
    return ExtensionManifest(
        schema_version=draw(versions()),
        id=identity,
        name=name,
        display_name=draw(st.none() | texts(min_size=1, max_size=128)),
        version=draw(versions()),
        description=draw(texts(max_size=500)),
        extension_type=draw(st.sampled_from(ExtensionType)),
        categories=draw(unique_texts(_LABELS, max_size=max_size)),
        tags=draw(unique_texts(_LABELS, max_size=min(max_size, 20))),
        authors=tuple(draw(st.lists(authors(), min_size=1, max_size=max(max_size, 1), unique=True))),
        publisher=publisher,
        license=draw(st.sampled_from(_LICENSES)),
        homepage=draw(st.none() | st.sampled_from(_URLS)),
        repository=draw(st.none() | st.sampled_from(_URLS)),
        entry_point=draw(st.sampled_from(_ENTRY_POINTS)),
        min_symphony_version=draw(st.none() | versions()),
        permissions=tuple(draw(st.lists(capabilities(), max_size=max_size, unique=True))),
        provides=tuple(draw(st.lists(capability_declarations(), max_size=max_size, unique_by=lambda item: item.name))),
        dependencies=tuple(item for item in dependencies if item.name not in own_names),
        resources=draw(resource_requirements()),
        config_schema=schema,
        default_config=draw(st.none() | json_objects() if schema is None else settings_for(schema)),
        lifecycle=draw(lifecycle_configs()),
    )


@st.composite
def extension_metadata(draw: st.DrawFn) -> ExtensionMetadata:
    """Entries of registries, for installed extensions."""
    state = draw(st.sampled_from(ExtensionLifecycle))
    installed_at = draw(timestamps())
    return ExtensionMetadata(
        id=draw(ids(ExtensionId)),
        name=draw(_LABELS),
        version=draw(versions()),
        extension_type=draw(st.sampled_from(ExtensionType)),
        state=state,
        source=draw(extension_sources()),
        install_path=draw(st.none() | _LABELS),
        enabled=draw(st.booleans()),
        config=draw(json_objects(max_size=2)),
        installed_at=installed_at,
        updated_at=draw(timestamps(min_value=installed_at)),
        process_id=draw(st.none() if state is ExtensionLifecycle.INSTALLED else st.none() | ids(ProcessId)),
        trust_level=draw(st.sampled_from(TrustLevel)),
        stability=draw(st.sampled_from(Stability)),
        maintenance_status=draw(st.sampled_from(MaintenanceStatus)),
        custom=draw(json_objects(max_size=2)),
    )
