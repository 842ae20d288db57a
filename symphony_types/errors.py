"""
The errors of Symphony, one class per variant of the Rust side's enums.

Catch a group (`IpcError`), or a variant (`IpcTransportError`); programs that
cannot import these go by ``code``.  On the wire they are externally tagged,
as serde would write them: ``{"Ipc": {"Transport": {"reason": "closed"}}}``,
``{"Config": "no such key"}``, ``{"Workflow": "CyclicDependency"}``.

JSON-RPC codes are unique.  Three variants mean what JSON-RPC 2.0 itself has a
code for; the others are in its range for servers, a block of ten per group:

==================  =====================================
-32700              `IpcDeserializationFailedError`
-32600              `IpcInvalidMessageFormatError`
-32603              `InternalError`
-32000 to -32006    the variants outside the groups
-32010 to -32019    `ExtensionError`
-32020 to -32029    `WorkflowError`
-32030 to -32039    `IpcError`
-32040 to -32049    `ArtifactError`
-32050 to -32059    `ResourceError`
==================  =====================================

Texts of ids and hashes are `str` fields, as on the Rust side: pass ``str(id)``.
"""

from __future__ import annotations

from ._error_base import SymphonyError


__all__ = [
    "ArtifactAlreadyExistsError",
    "ArtifactError",
    "ArtifactHashMismatchError",
    "ArtifactInvalidMetadataError",
    "ArtifactNotFoundError",
    "ArtifactStorageError",
    "ConfigError",
    "ExtensionAlreadyLoadedError",
    "ExtensionCapabilityDeniedError",
    "ExtensionCrashedError",
    "ExtensionDependencyResolutionError",
    "ExtensionError",
    "ExtensionInvalidLifecycleTransitionError",
    "ExtensionInvalidManifestError",
    "ExtensionNotFoundError",
    "InitializationError",
    "InternalError",
    "IoError",
    "IpcAuthenticationFailedError",
    "IpcConnectionFailedError",
    "IpcDeserializationFailedError",
    "IpcError",
    "IpcInvalidMessageFormatError",
    "IpcRateLimitExceededError",
    "IpcSerializationFailedError",
    "IpcTransportError",
    "OtherError",
    "PermissionDeniedError",
    "ResourceAllocationFailedError",
    "ResourceError",
    "ResourceExhaustedError",
    "ResourceLockedError",
    "ResourceNotFoundError",
    "SerializationError",
    "SymphonyError",
    "TimedOutError",
    "WorkflowAlreadyRunningError",
    "WorkflowCyclicDependencyError",
    "WorkflowError",
    "WorkflowExecutionFailedError",
    "WorkflowInvalidDefinitionError",
    "WorkflowNodeNotFoundError",
    "WorkflowNotFoundError",
]


class ExtensionError(SymphonyError, variant="Extension", group=True):
    """Something about an extension; the root of its variants."""


class ExtensionNotFoundError(ExtensionError, variant="NotFound", json_rpc_code=-32010):
    """No extension has that id."""

    _text = "Extension not found: {id}"
    id: str


class ExtensionAlreadyLoadedError(ExtensionError, variant="AlreadyLoaded", json_rpc_code=-32011):
    """The extension is loaded, so it cannot be loaded again."""

    _text = "Extension already loaded: {id}"
    id: str


class ExtensionInvalidManifestError(ExtensionError, variant="InvalidManifest", json_rpc_code=-32012):
    """The extension's manifest breaks a rule."""

    _text = "Invalid manifest: {reason}"
    reason: str


class ExtensionDependencyResolutionError(ExtensionError, variant="DependencyResolution", json_rpc_code=-32013):
    """A dependency of the extension is absent, of another version, or depends on it in turn."""

    _text = "Dependency resolution failed: {reason}"
    reason: str


class ExtensionInvalidLifecycleTransitionError(
    ExtensionError, variant="InvalidLifecycleTransition", json_rpc_code=-32014, kw_only=True
):
    """The lifecycle has no such transition; ``from_`` is ``from`` on the wire."""

    _text = "Lifecycle transition invalid: {from_} -> {to}"
    from_: str
    to: str


class ExtensionCrashedError(ExtensionError, variant="Crashed", json_rpc_code=-32015, kw_only=True):
    """The extension ended on its own."""

    _text = "Extension crashed: {id}, reason: {reason}"
    id: str
    reason: str


class ExtensionCapabilityDeniedError(ExtensionError, variant="CapabilityDenied", json_rpc_code=-32016):
    """The extension asked for what it has no capability for."""

    _text = "Capability not granted: {capability}"
    capability: str


class WorkflowError(SymphonyError, variant="Workflow", group=True):
    """Something about a workflow; the root of its variants."""


class WorkflowNotFoundError(WorkflowError, variant="NotFound", json_rpc_code=-32020):
    """No workflow has that id."""

    _text = "Workflow not found: {id}"
    id: str


class WorkflowCyclicDependencyError(WorkflowError, variant="CyclicDependency", json_rpc_code=-32021):
    """The edges of the workflow form a cycle; a note tells its path where it is known."""

    _text = "Cyclic dependency detected in DAG"


class WorkflowNodeNotFoundError(WorkflowError, variant="NodeNotFound", json_rpc_code=-32022):
    """The workflow has no node of that id."""

    _text = "Node not found: {node_id}"
    node_id: str


class WorkflowExecutionFailedError(WorkflowError, variant="ExecutionFailed", json_rpc_code=-32023, kw_only=True):
    """A node failed, and the execution with it."""

    _text = "Execution failed at node {node_id}: {reason}"
    node_id: str
    reason: str


class WorkflowInvalidDefinitionError(WorkflowError, variant="InvalidDefinition", json_rpc_code=-32024):
    """The workflow breaks a rule other than having no cycles, or a state may not follow another."""

    _text = "Invalid workflow definition: {reason}"
    reason: str


class WorkflowAlreadyRunningError(WorkflowError, variant="AlreadyRunning", json_rpc_code=-32025):
    """The workflow runs, so it cannot be started again."""

    _text = "Workflow already running: {id}"
    id: str


class IpcError(SymphonyError, variant="Ipc", group=True):
    """Something about the exchange of messages; the root of its variants."""


class IpcConnectionFailedError(IpcError, variant="ConnectionFailed", json_rpc_code=-32030):
    """The connection to the peer could not be made, or broke."""

    _text = "Connection failed: {reason}"
    reason: str


class IpcSerializationFailedError(IpcError, variant="SerializationFailed", json_rpc_code=-32031):
    """A message cannot be written."""

    _text = "Message serialization failed: {reason}"
    reason: str


class IpcDeserializationFailedError(IpcError, variant="DeserializationFailed", json_rpc_code=-32700):
    """A message cannot be read."""

    _text = "Message deserialization failed: {reason}"
    reason: str


class IpcTransportError(IpcError, variant="Transport", json_rpc_code=-32032):
    """The transport cannot send or receive."""

    _text = "Transport error: {reason}"
    reason: str


class IpcAuthenticationFailedError(IpcError, variant="AuthenticationFailed", json_rpc_code=-32033):
    """The peer is not who it says, or a message is not what it sent."""

    _text = "Authentication failed: {reason}"
    reason: str


class IpcRateLimitExceededError(IpcError, variant="RateLimitExceeded", json_rpc_code=-32034):
    """The peer sends more than it may."""

    _text = "Rate limit exceeded"


class IpcInvalidMessageFormatError(IpcError, variant="InvalidMessageFormat", json_rpc_code=-32600):
    """The received data is not a message; a note gives the reason where it is known."""

    _text = "Invalid message format"


class ArtifactError(SymphonyError, variant="Artifact", group=True):
    """Something about an artifact; the root of its variants."""


class ArtifactNotFoundError(ArtifactError, variant="NotFound", json_rpc_code=-32040):
    """No artifact has that id."""

    _text = "Artifact not found: {id}"
    id: str


class ArtifactStorageError(ArtifactError, variant="Storage", json_rpc_code=-32041):
    """The artifact cannot be stored or fetched."""

    _text = "Storage error: {reason}"
    reason: str


class ArtifactHashMismatchError(ArtifactError, variant="HashMismatch", json_rpc_code=-32042, kw_only=True):
    """The content is not what its hash says."""

    _text = "Content hash mismatch: expected {expected}, got {actual}"
    expected: str
    actual: str


class ArtifactAlreadyExistsError(ArtifactError, variant="AlreadyExists", json_rpc_code=-32043):
    """There is an artifact of that id."""

    _text = "Artifact already exists: {id}"
    id: str


class ArtifactInvalidMetadataError(ArtifactError, variant="InvalidMetadata", json_rpc_code=-32044):
    """The artifact's metadata breaks a rule."""

    _text = "Invalid artifact metadata: {reason}"
    reason: str


class ResourceError(SymphonyError, variant="Resource", group=True):
    """Something about a resource; the root of its variants."""


class ResourceExhaustedError(ResourceError, variant="Exhausted", json_rpc_code=-32050):
    """Nothing of that type is left."""

    _text = "Resource exhausted: {resource_type}"
    resource_type: str


class ResourceNotFoundError(ResourceError, variant="NotFound", json_rpc_code=-32051):
    """No resource has that id."""

    _text = "Resource not found: {id}"
    id: str


class ResourceLockedError(ResourceError, variant="Locked", json_rpc_code=-32052):
    """Somebody else holds the resource."""

    _text = "Resource locked by: {holder}"
    holder: str


class ResourceAllocationFailedError(ResourceError, variant="AllocationFailed", json_rpc_code=-32053):
    """The resource cannot be had."""

    _text = "Resource allocation failed: {reason}"
    reason: str


class ConfigError(SymphonyError, variant="Config", json_rpc_code=-32001):
    """The configuration cannot be used."""

    _text = "Configuration error: {message}"
    message: str


class InitializationError(SymphonyError, variant="Initialization", json_rpc_code=-32002):
    """Something could not be started."""

    _text = "Initialization error: {message}"
    message: str


class PermissionDeniedError(SymphonyError, PermissionError, variant="PermissionDenied", json_rpc_code=-32003):
    """A capability that is needed was not granted; also a `PermissionError`."""

    _text = "Permission denied: {message}"
    message: str


class IoError(SymphonyError, OSError, variant="Io", json_rpc_code=-32004):
    """The operating system refused; also an `OSError`, without an ``errno``."""

    _text = "IO error: {message}"
    message: str


class SerializationError(SymphonyError, variant="Serialization", json_rpc_code=-32005):
    """A document could not be read or written, outside of messages."""

    _text = "Serialization error: {message}"
    message: str


class TimedOutError(SymphonyError, TimeoutError, variant="Timeout", json_rpc_code=-32006):
    """Something took longer than it may; also a `TimeoutError`."""

    _text = "Operation timed out: {message}"
    message: str


class InternalError(SymphonyError, variant="Internal", json_rpc_code=-32603):
    """Symphony broke one of its own rules."""

    _text = "Internal error: {message}"
    message: str


class OtherError(SymphonyError, variant="Other", json_rpc_code=-32000):
    """Any error without a variant of its own."""

    _text = "{message}"
    message: str
