"""Every variant of the errors, as the Rust side has it: fields, text, codes, wire form."""

from __future__ import annotations

from typing import Any

import pytest

from symphony_types import errors
from symphony_types.errors import SymphonyError


TABLE: list[tuple[Any, dict[str, str], str, str, int, Any]] = [
    (
        errors.ExtensionNotFoundError,
        {"id": "a"},
        "Extension not found: a",
        "extension.not_found",
        -32010,
        {"Extension": {"NotFound": {"id": "a"}}},
    ),
    (
        errors.ExtensionAlreadyLoadedError,
        {"id": "a"},
        "Extension already loaded: a",
        "extension.already_loaded",
        -32011,
        {"Extension": {"AlreadyLoaded": {"id": "a"}}},
    ),
    (
        errors.ExtensionInvalidManifestError,
        {"reason": "a"},
        "Invalid manifest: a",
        "extension.invalid_manifest",
        -32012,
        {"Extension": {"InvalidManifest": {"reason": "a"}}},
    ),
    (
        errors.ExtensionDependencyResolutionError,
        {"reason": "a"},
        "Dependency resolution failed: a",
        "extension.dependency_resolution",
        -32013,
        {"Extension": {"DependencyResolution": {"reason": "a"}}},
    ),
    (
        errors.ExtensionInvalidLifecycleTransitionError,
        {"from_": "a", "to": "b"},
        "Lifecycle transition invalid: a -> b",
        "extension.invalid_lifecycle_transition",
        -32014,
        {"Extension": {"InvalidLifecycleTransition": {"from": "a", "to": "b"}}},
    ),
    (
        errors.ExtensionCrashedError,
        {"id": "a", "reason": "b"},
        "Extension crashed: a, reason: b",
        "extension.crashed",
        -32015,
        {"Extension": {"Crashed": {"id": "a", "reason": "b"}}},
    ),
    (
        errors.ExtensionCapabilityDeniedError,
        {"capability": "a"},
        "Capability not granted: a",
        "extension.capability_denied",
        -32016,
        {"Extension": {"CapabilityDenied": {"capability": "a"}}},
    ),
    (
        errors.WorkflowNotFoundError,
        {"id": "a"},
        "Workflow not found: a",
        "workflow.not_found",
        -32020,
        {"Workflow": {"NotFound": {"id": "a"}}},
    ),
    (
        errors.WorkflowCyclicDependencyError,
        {},
        "Cyclic dependency detected in DAG",
        "workflow.cyclic_dependency",
        -32021,
        {"Workflow": "CyclicDependency"},
    ),
    (
        errors.WorkflowNodeNotFoundError,
        {"node_id": "a"},
        "Node not found: a",
        "workflow.node_not_found",
        -32022,
        {"Workflow": {"NodeNotFound": {"node_id": "a"}}},
    ),
    (
        errors.WorkflowExecutionFailedError,
        {"node_id": "a", "reason": "b"},
        "Execution failed at node a: b",
        "workflow.execution_failed",
        -32023,
        {"Workflow": {"ExecutionFailed": {"node_id": "a", "reason": "b"}}},
    ),
    (
        errors.WorkflowInvalidDefinitionError,
        {"reason": "a"},
        "Invalid workflow definition: a",
        "workflow.invalid_definition",
        -32024,
        {"Workflow": {"InvalidDefinition": {"reason": "a"}}},
    ),
    (
        errors.WorkflowAlreadyRunningError,
        {"id": "a"},
        "Workflow already running: a",
        "workflow.already_running",
        -32025,
        {"Workflow": {"AlreadyRunning": {"id": "a"}}},
    ),
    (
        errors.IpcConnectionFailedError,
        {"reason": "a"},
        "Connection failed: a",
        "ipc.connection_failed",
        -32030,
        {"Ipc": {"ConnectionFailed": {"reason": "a"}}},
    ),
    (
        errors.IpcSerializationFailedError,
        {"reason": "a"},
        "Message serialization failed: a",
        "ipc.serialization_failed",
        -32031,
        {"Ipc": {"SerializationFailed": {"reason": "a"}}},
    ),
    (
        errors.IpcDeserializationFailedError,
        {"reason": "a"},
        "Message deserialization failed: a",
        "ipc.deserialization_failed",
        -32700,
        {"Ipc": {"DeserializationFailed": {"reason": "a"}}},
    ),
    (
        errors.IpcTransportError,
        {"reason": "a"},
        "Transport error: a",
        "ipc.transport",
        -32032,
        {"Ipc": {"Transport": {"reason": "a"}}},
    ),
    (
        errors.IpcAuthenticationFailedError,
        {"reason": "a"},
        "Authentication failed: a",
        "ipc.authentication_failed",
        -32033,
        {"Ipc": {"AuthenticationFailed": {"reason": "a"}}},
    ),
    (
        errors.IpcRateLimitExceededError,
        {},
        "Rate limit exceeded",
        "ipc.rate_limit_exceeded",
        -32034,
        {"Ipc": "RateLimitExceeded"},
    ),
    (
        errors.IpcInvalidMessageFormatError,
        {},
        "Invalid message format",
        "ipc.invalid_message_format",
        -32600,
        {"Ipc": "InvalidMessageFormat"},
    ),
    (
        errors.ArtifactNotFoundError,
        {"id": "a"},
        "Artifact not found: a",
        "artifact.not_found",
        -32040,
        {"Artifact": {"NotFound": {"id": "a"}}},
    ),
    (
        errors.ArtifactStorageError,
        {"reason": "a"},
        "Storage error: a",
        "artifact.storage",
        -32041,
        {"Artifact": {"Storage": {"reason": "a"}}},
    ),
    (
        errors.ArtifactHashMismatchError,
        {"expected": "a", "actual": "b"},
        "Content hash mismatch: expected a, got b",
        "artifact.hash_mismatch",
        -32042,
        {"Artifact": {"HashMismatch": {"expected": "a", "actual": "b"}}},
    ),
    (
        errors.ArtifactAlreadyExistsError,
        {"id": "a"},
        "Artifact already exists: a",
        "artifact.already_exists",
        -32043,
        {"Artifact": {"AlreadyExists": {"id": "a"}}},
    ),
    (
        errors.ArtifactInvalidMetadataError,
        {"reason": "a"},
        "Invalid artifact metadata: a",
        "artifact.invalid_metadata",
        -32044,
        {"Artifact": {"InvalidMetadata": {"reason": "a"}}},
    ),
    (
        errors.ResourceExhaustedError,
        {"resource_type": "a"},
        "Resource exhausted: a",
        "resource.exhausted",
        -32050,
        {"Resource": {"Exhausted": {"resource_type": "a"}}},
    ),
    (
        errors.ResourceNotFoundError,
        {"id": "a"},
        "Resource not found: a",
        "resource.not_found",
        -32051,
        {"Resource": {"NotFound": {"id": "a"}}},
    ),
    (
        errors.ResourceLockedError,
        {"holder": "a"},
        "Resource locked by: a",
        "resource.locked",
        -32052,
        {"Resource": {"Locked": {"holder": "a"}}},
    ),
    (
        errors.ResourceAllocationFailedError,
        {"reason": "a"},
        "Resource allocation failed: a",
        "resource.allocation_failed",
        -32053,
        {"Resource": {"AllocationFailed": {"reason": "a"}}},
    ),
    (errors.ConfigError, {"message": "a"}, "Configuration error: a", "config", -32001, {"Config": "a"}),
    (
        errors.InitializationError,
        {"message": "a"},
        "Initialization error: a",
        "initialization",
        -32002,
        {"Initialization": "a"},
    ),
    (
        errors.PermissionDeniedError,
        {"message": "a"},
        "Permission denied: a",
        "permission_denied",
        -32003,
        {"PermissionDenied": "a"},
    ),
    (errors.IoError, {"message": "a"}, "IO error: a", "io", -32004, {"Io": "a"}),
    (
        errors.SerializationError,
        {"message": "a"},
        "Serialization error: a",
        "serialization",
        -32005,
        {"Serialization": "a"},
    ),
    (errors.TimedOutError, {"message": "a"}, "Operation timed out: a", "timeout", -32006, {"Timeout": "a"}),
    (errors.InternalError, {"message": "a"}, "Internal error: a", "internal", -32603, {"Internal": "a"}),
    (errors.OtherError, {"message": "a"}, "a", "other", -32000, {"Other": "a"}),
]


@pytest.mark.parametrize(("cls", "fields", "text", "code", "json_rpc_code", "form"), TABLE)
def test_every_variant_exactly(
    cls: Any, fields: dict[str, str], text: str, code: str, json_rpc_code: int, form: Any
) -> None:
    """Fields, text, codes and the externally tagged form of each variant are those of the Rust side."""
    error: SymphonyError = cls(**fields)
    assert str(error) == text
    assert error.fields() == fields
    assert cls.__fields__ == tuple(fields)
    assert (error.code, error.json_rpc_code) == (code, json_rpc_code)
    assert error.to_wire() == form
    assert SymphonyError.from_wire(form) == error


def test_the_table_is_complete() -> None:
    """Every variant stands in the table, in declaration order."""
    assert [row[0] for row in TABLE] == list(SymphonyError.variants().values())
