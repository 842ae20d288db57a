"""Extensions: their manifests, their lifecycle, and what a registry knows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_types.extension.author import Author
    from symphony_types.extension.config_schema import ConfigOption, ConfigProperty, ConfigSchema, ConfigType
    from symphony_types.extension.constraint import Constraint
    from symphony_types.extension.declarations import CapabilityDeclaration, ExtensionDependency, ExtensionType
    from symphony_types.extension.document import manifest_from_toml_document
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

__all__ = [
    "Author",
    "CapabilityDeclaration",
    "ConfigOption",
    "ConfigProperty",
    "ConfigSchema",
    "ConfigType",
    "Constraint",
    "CpuRequirements",
    "ExtensionDependency",
    "ExtensionLifecycle",
    "ExtensionManifest",
    "ExtensionMetadata",
    "ExtensionSource",
    "ExtensionType",
    "GpuRequirements",
    "LifecycleConfig",
    "MaintenanceStatus",
    "MemoryRequirements",
    "NetworkRequirements",
    "ResourceRequirements",
    "RestartPolicy",
    "Stability",
    "StartupPriority",
    "StorageRequirements",
    "TrustLevel",
    "manifest_from_toml_document",
]

_EXPORTS = {
    "Author": "author",
    "CapabilityDeclaration": "declarations",
    "ConfigOption": "config_schema",
    "ConfigProperty": "config_schema",
    "ConfigSchema": "config_schema",
    "ConfigType": "config_schema",
    "Constraint": "constraint",
    "CpuRequirements": "requirements",
    "ExtensionDependency": "declarations",
    "ExtensionLifecycle": "lifecycle",
    "ExtensionManifest": "manifest",
    "ExtensionMetadata": "metadata",
    "ExtensionSource": "metadata",
    "ExtensionType": "declarations",
    "GpuRequirements": "requirements",
    "LifecycleConfig": "lifecycle_config",
    "MaintenanceStatus": "metadata",
    "MemoryRequirements": "requirements",
    "NetworkRequirements": "requirements",
    "ResourceRequirements": "requirements",
    "RestartPolicy": "lifecycle_config",
    "Stability": "metadata",
    "StartupPriority": "lifecycle_config",
    "StorageRequirements": "requirements",
    "TrustLevel": "metadata",
    "manifest_from_toml_document": "document",
}

_SUBMODULES = frozenset(
    {
        "author",
        "config_schema",
        "constraint",
        "declarations",
        "document",
        "lifecycle",
        "lifecycle_config",
        "manifest",
        "metadata",
        "requirements",
    }
)

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, _EXPORTS, _SUBMODULES)
